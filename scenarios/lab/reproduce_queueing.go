package lab

import (
	"fmt"
	"math"

	"dynamosim/analysis"
	"dynamosim/scenarios/world"
)

// queueing is how long requests wait for a disk.
func queueing() *Study {
	return &Study{
		Name:  "queueing",
		Title: "Queueing at a disk (M/M/1 and M/D/1)",
		Source: "closed forms for a first-in-first-out server of rate μ at arrivals of rate λ, ρ = λ/μ: with exponential service the sojourn is exponential with the rate μ−λ, so its mean is 1/(μ−λ) and its 99th percentile ln(100)/(μ−λ); " +
			"with constant service the mean wait is ρ/(2μ(1−ρ))",
		Method: "One node, N=R=1, whose disk takes 10 ms on average to read and whose other parts take no time; gets arrive at random, each reads the disk once, and its latency as its client saw it is the sojourn.",
		Rule:   "within 3.5 standard errors, by runs with seeds of their own",
		run:    runQueueing,
	}
}

const (
	queueRuns  = 16
	queueCount = 2_000 // gets of a run, divided by the square of what is left of the disk: a fuller queue forgets more slowly
	queueRun   = `version: 1
name: queueing
warmup: %ds
duration: %ds
quiesce: 0s
final_reads: false
cluster:
  nodes: 1
  n: 1
  r: 1
  w: 1
  gossip: false
  timeouts: {replica: 1000s, read: 1000s, write: 1000s, client: 1000s}
  disk: {read: %s, write: 0s, sync: 0s, bandwidth: 1000GB/s, queue: 1000000}
  read_repair: false
  handoff: false
  anti_entropy: false
  failure_detection: {kind: none}
  cpu: {service: 0s, queue: 1000000}
network: {same-dc: {latency: 0s}}
workloads: [{name: kv, clients: 1, rate: %d/s, ops: {get: 1}, max_in_flight: 1000000, keys: {count: 1000}}]
`
)

func runQueueing(a *measuring) (*Reproduction, error) {
	r := &Reproduction{Study: a.Study, Axes: [2]string{"ρ", "ms"}}
	f := &Figure{Name: a.Name, Title: a.Title, X: "load ρ", Y: "mean sojourn, ms"}
	runs := a.of(queueRuns)
	for k, service := range []struct{ name, dist string }{{"M/M/1", "{dist: exponential, mean: 10ms}"}, {"M/D/1", "10ms"}} {
		measured, form := Curve{Name: service.name + ", simulated", Style: OnlyPoints, Color: k}, Curve{Name: service.name + ", closed form", Style: Predicted, Color: k}
		var means, tails []Reading
		for _, rate := range []int{30, 50, 70, 90} {
			mean, tail := make([]float64, runs), make([]float64, runs)
			memory := make([]*world.World, workers())
			if err := a.each(fmt.Sprintf("%s, ρ=.%d", service.name, rate/10), runs, func(worker, i int) (err error) {
				memory[worker], mean[i], tail[i], err = a.sojourn(memory[worker], service.dist, rate, uint64(i)+1)
				return err
			}); err != nil {
				return nil, err
			}
			rho := float64(rate) / 100
			want := 10 / (1 - rho)
			if service.name == "M/D/1" {
				want = 10 + 10*rho/(2*(1-rho))
			}
			ours := estimate(mean)
			means = append(means, Reading{Series: service.name + ", mean sojourn, ms", X: rho, Published: math.NaN(), Reference: want, Ours: ours, Agrees: withinErrors(ours, want, 0)})
			measured.Points = append(measured.Points, CurvePoint{rho, ours.Mean, ours.Low, ours.High})
			if service.name == "M/M/1" {
				want, ours := 10*math.Log(100)/(1-rho), estimate(tail)
				tails = append(tails, Reading{Series: "M/M/1, 99th percentile, ms", X: rho, Published: math.NaN(), Reference: want, Ours: ours, Agrees: withinErrors(ours, want, 0)})
			}
		}
		for i := range 91 {
			rho := .25 + float64(i)*.67/90
			y := 10 / (1 - rho)
			if service.name == "M/D/1" {
				y = 10 + 10*rho/(2*(1-rho))
			}
			form.Points = append(form.Points, CurvePoint{X: rho, Y: y})
		}
		r.Readings = append(append(r.Readings, means...), tails...)
		f.Curves = append(f.Curves, measured, form)
	}
	r.Figures = []*Figure{f}
	return r, nil
}

// sojourn is the mean and the 99th percentile of the latencies of a run, in ms.
func (a *measuring) sojourn(old *world.World, service string, rate int, seed uint64) (w *world.World, mean, tail float64, err error) {
	const warmup = 60
	idle := 100 - rate
	count := queueCount * 10_000 / (idle * idle)
	if a.Effort >= Least {
		count /= 20
	}
	seconds := warmup + count/rate
	w, result, err := a.simulate(old, fmt.Sprintf(queueRun, warmup, seconds, service, rate), seed, world.Options{})
	if err != nil {
		return nil, 0, 0, err
	}
	m := analysis.Measure(result.History, analysis.Facts{}, analysis.Between(warmup*1e9, int64(seconds)*1e9))
	d := &m.Latency[analysis.Get]
	return w, float64(d.Mean()) / 1e6, float64(d.Quantile(99*analysis.Whole/100)) / 1e6, nil
}
