package lab

import (
	"context"
	"fmt"
	"math"
	"slices"

	"dynamosim/analysis"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// figure5 is §6.1's comparison of buffered and direct writes over a day.
func figure5() *Study {
	return &Study{
		Name:   "figure-5",
		Title:  "Buffered and direct writes over a day (Figure 5)",
		Source: "Dynamo §6.1, Figure 5, read off the plot: the 99.9th percentile of writes is 35 to 40 ms off-peak, at its peaks 190, 182 and 170 ms without the buffer and 55 to 75 ms with it; the text says a factor of 5",
		Method: "A day of 24 hours of 4 s each with three peaks of load, on three nodes whose disks sync every write, with a buffer of 1000 objects and without. " +
			"The hardware of the paper is not known, so each curve is divided by the off-peak percentile without the buffer, the paper's by 37.5 ms; what is compared is the shape.",
		Rule: "at each peak the percentile without the buffer is at least twice its off-peak value and at least twice that with the buffer; off-peak the two differ by less than a third; at the other hours nothing is asked",
		run:  runFigure5,
	}
}

const (
	figure5Hours = 24
	figure5Hour  = 4_000_000_000 // ns
	figure5Days  = 20
	figure5Unit  = 37.5 // ms, the paper's off-peak value
)

// The hours whose values are compared.
var (
	figure5Peaks   = []int{4, 12, 20}
	figure5Troughs = []int{1, 8, 16, 23}
)

// figure5Published are the values of the plot in ms, by hour: without the buffer, with it. Hours between are not given.
var figure5Published = map[int][2]float64{
	1: {37.5, 37.5}, 4: {190, 65}, 8: {37.5, 37.5}, 12: {182, 65}, 16: {37.5, 37.5}, 20: {170, 65}, 23: {37.5, 37.5},
}

// figure5Day is a day with its peaks in the hours that begin at 4, 12 and 20.
const figure5Day = `version: 1
name: figure-5
duration: 96s
quiesce: 5s
final_reads: false
cluster:
  nodes: 3
  write_buffer: {enabled: %v, objects: 1000, flush: 1s, durable: 1}
  timeouts: {replica: 2s, read: 3s, write: 3s, client: 5s}
  disk: {read: 400us, write: 100us, sync: {dist: lognormal, p50: 2ms, p99: 6ms}}
network: {client: {latency: {dist: lognormal, p50: 1ms, p99: 6ms}}}
workloads:
  - name: services
    clients: 200
    ops: {get: 50, put: 50}
    value_size: 1KB
    keys: {count: 4000}
    max_in_flight: 4000
    stages: [{for: 2ms, to: 200/s}, {for: 12s, to: 200/s}, {for: 5s, to: 670/s}, {for: 2s, to: 670/s}, {for: 5s, to: 200/s},
      {for: 20s, to: 200/s}, {for: 5s, to: 670/s}, {for: 2s, to: 670/s}, {for: 5s, to: 200/s},
      {for: 20s, to: 200/s}, {for: 5s, to: 670/s}, {for: 2s, to: 670/s}, {for: 5s, to: 200/s}, {for: 12s, to: 200/s}]
`

// runFigure5 measures some days, each with a seed of its own, with the buffer and without.
func runFigure5(a *measuring) (*Reproduction, error) {
	days := a.of(figure5Days)
	percentiles := make([][figure5Hours]float64, 2*days)
	if err := a.each("days", 2*days, func(_, i int) (err error) {
		percentiles[i], err = figure5Percentiles(a.ctx, i%2 == 1, uint64(i/2)+1)
		return err
	}); err != nil {
		return nil, err
	}
	var curves [2][figure5Hours][]float64 // without, with; by hour; by day
	for i := range percentiles {
		for hour, p := range percentiles[i] {
			curves[i%2][hour] = append(curves[i%2][hour], p)
		}
	}
	return figure5Readings(a.Study, &curves), nil
}

// figure5Percentiles is the 99.9th percentile of the writes of each hour of a day, in ns.
func figure5Percentiles(ctx context.Context, buffer bool, seed uint64) (hours [figure5Hours]float64, err error) {
	text := fmt.Sprintf(figure5Day, buffer)
	plan, problems := scenarios.Load("figure-5", []byte(text), nil, Vocabulary(), scenarios.LoadOptions{Program: Program(), Seed: &seed})
	if plan == nil {
		return hours, fmt.Errorf("the day: %s", scenarios.FormatAll(problems))
	}
	w, err := world.New(plan, world.Options{})
	if err != nil {
		return hours, fmt.Errorf("the day: %w", err)
	}
	for w.Step(stride) {
		if ctx.Err() != nil {
			return hours, ctx.Err()
		}
	}
	subject := analysis.NewSubject(w.Result().History, analysis.Facts{})
	for hour := range hours {
		m := subject.Measure(analysis.Between(int64(hour)*figure5Hour, int64(hour+1)*figure5Hour))
		hours[hour] = float64(m.Latency[analysis.Put].Quantile(999 * analysis.Whole / 1000))
	}
	return hours, nil
}

// figure5Readings divides all percentiles by the off-peak ones without the buffer, and judges.
func figure5Readings(s *Study, curves *[2][figure5Hours][]float64) *Reproduction {
	r := &Reproduction{Study: s, Axes: [2]string{"hour of the day", "99.9th percentile, direct off-peak = 1"}}
	unit := 0.0
	for _, hour := range figure5Troughs {
		unit += estimate(curves[0][hour]).Mean / float64(len(figure5Troughs))
	}
	means := [2][figure5Hours]float64{}
	for k, series := range []string{"direct", "buffered"} {
		for hour := range figure5Hours {
			ours := estimate(curves[k][hour])
			c := Reading{Series: series, X: float64(hour), Published: math.NaN(), Reference: math.NaN(),
				Ours: Estimate{ours.Mean / unit, ours.Low / unit, ours.High / unit, ours.N}}
			if published, ok := figure5Published[hour]; ok {
				c.Published = published[k] / figure5Unit
			}
			means[k][hour] = c.Ours.Mean
			r.Readings = append(r.Readings, c)
		}
	}
	for i := range r.Readings {
		r.Readings[i].Agrees, r.Readings[i].Shown = figure5Agrees(&means, int(r.Readings[i].X))
	}
	factor := 0.0
	for _, hour := range figure5Peaks {
		factor += means[0][hour] / means[1][hour] / float64(len(figure5Peaks))
	}
	r.Notes = []string{fmt.Sprintf("At the peaks the buffer lowers the percentile by a factor of %.1f on average; the paper's text says 5, its plot 2.5 to 3. The off-peak value without the buffer is %.1f ms here.",
		factor, unit/1e6)}
	return r
}

// figure5Agrees is the rule of the study for one hour; most hours are only shown.
func figure5Agrees(means *[2][figure5Hours]float64, hour int) (agrees, shown bool) {
	direct, buffered := means[0][hour], means[1][hour]
	switch {
	case slices.Contains(figure5Peaks, hour):
		return direct >= 2 && direct >= 2*buffered, false
	case slices.Contains(figure5Troughs, hour):
		return math.Abs(direct-buffered) <= direct/3, false
	}
	return true, true
}
