package lab

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"dynamosim/analysis"
	"dynamosim/scenarios"
)

// CompareOptions say how a comparison is run. None of it changes what it finds.
type CompareOptions struct {
	Jobs     int // worlds side by side; 0: as many as there are processors
	Progress func(CompareProgress)
}

// CompareProgress is how far a comparison has come.
type CompareProgress struct {
	Done, Total int // runs
	Wall        time.Duration
	Stops       bool // when it is precise enough, so that Total may be more than is needed
}

// comparedRun is what is kept of one run.
type comparedRun struct {
	record  *RunRecord
	seed    uint64
	cell    int
	samples []analysis.Sample // by metric; nil: the run came to no end
	windows []analysis.Window
	curve   []analysis.VisiblePoint
	claims  int // expectations that do not hold
}

// Comparison is a Compare that can be run.
type Comparison struct{ *comparison }

// Begin checks everything that can be wrong with a comparison, and runs nothing. The error is a *BadInput, or the host's.
func (c *Compare) Begin() (*Comparison, error) {
	k, err := c.understand()
	if err != nil {
		return nil, err
	}
	return &Comparison{k}, nil
}

// Run runs every cell with every seed, one seed after the other, and estimates. What it finds depends on the comparison alone: not on the number of
// jobs, nor on which run is done first. The error is the host's or ErrInterrupted; with the latter there is a result of the seeds that were finished,
// unless those are fewer than two.
func (c *Comparison) Run(ctx context.Context, o CompareOptions) (*CompareResult, error) {
	return c.run(ctx, o)
}

func (k *comparison) run(ctx context.Context, o CompareOptions) (*CompareResult, error) {
	began := time.Now()
	r := newCompareResult(k)
	total := len(k.Seeds) * len(k.cells)
	places, kept := make([]uint64, total), make([]*comparedRun, total)
	for i := range places {
		places[i] = uint64(i)
	}
	at := func(place uint64) (cell int, seed uint64) {
		return int(place % uint64(len(k.cells))), k.Seeds[place/uint64(len(k.cells))]
	}
	plan := func(place uint64) (*scenarios.Scenario, error) {
		cell, seed := at(place)
		return k.open(k.cells[cell], &seed)
	}
	keep := func(place uint64, report *Report) {
		cell, seed := at(place)
		kept[place] = k.keep(cell, seed, report)
		report.Result.History, report.Measures, report.subject = nil, nil, nil // what waits for its turn is small
	}
	err := eachSeed(ctx, places, o.Jobs, plan, keep, func(run SeedRun) error {
		one := kept[run.Seed]
		kept[run.Seed] = nil
		if run.Err != nil {
			cell, seed := at(run.Seed)
			one = &comparedRun{record: (&Sweep{Set: k.Set}).recordOf(k.unit(cell, seed), nil, run.Err), cell: cell, seed: seed}
		}
		r.add(one)
		if o.Progress != nil {
			o.Progress(CompareProgress{len(r.runs), total, time.Since(began), k.Precision > 0})
		}
		if len(r.runs)%len(k.cells) == 0 && r.preciseEnough() {
			return errEnough
		}
		return nil
	})
	switch {
	case err == nil, errors.Is(err, errEnough):
		r.estimate()
		return r, nil
	case errors.Is(err, context.Canceled), errors.Is(err, ErrInterrupted):
		r.interrupted = true
		if r.seeds() < 2 {
			return nil, ErrInterrupted
		}
		r.estimate()
		return r, ErrInterrupted
	}
	return nil, err
}

func (k *comparison) unit(cell int, seed uint64) unit {
	return unit{index: cell, source: k.Source, cell: k.cells[cell], seed: seed}
}

// keep takes from a report what the comparison needs.
func (k *comparison) keep(cell int, seed uint64, report *Report) *comparedRun {
	run := &comparedRun{cell: cell, seed: seed, record: (&Sweep{Set: k.Set}).recordOf(k.unit(cell, seed), report, nil)}
	f := report.Findings()
	run.samples = make([]analysis.Sample, len(k.metrics))
	for i := range k.metrics {
		run.samples[i] = k.metrics[i].Sample(f)
	}
	shareHistograms(k.metrics, run.samples)
	plan := report.Plan
	span := analysis.Interval{From: int64(plan.Warmup), To: int64(plan.Duration)}
	run.windows = report.subject.Windows(span, max(int64(plan.Measures.Window), (span.To-span.From)/mostWindows))
	run.curve = report.subject.Visibility(report.subject.Load(), analysis.VisibilityEdges())
	for _, c := range report.Expectations {
		run.claims += count(!c.Holds)
	}
	return run
}

// mostWindows bounds the rows of windows.csv for a cell.
const mostWindows = 1000

// shareHistograms lets all percentiles of one distribution hold one histogram.
func shareHistograms(metrics []analysis.Metric, samples []analysis.Sample) {
	of := map[string]*analysis.Histogram{}
	for i := range samples {
		if samples[i].Values == nil {
			continue
		}
		family := metrics[i].Name[:strings.LastIndex(metrics[i].Name, "_p")]
		if of[family] == nil {
			of[family] = samples[i].Values
		}
		samples[i].Values = of[family]
	}
}

// preciseEnough tells whether every interval of the table is as narrow as wanted.
func (r *CompareResult) preciseEnough() bool {
	if r.Precision <= 0 || r.seeds() < analysis.LeastRuns {
		return false
	}
	for _, m := range r.shown {
		estimates, largest := make([]analysis.Estimate, len(r.cells)), 0.
		for c := range r.cells {
			estimates[c] = r.metrics[m].Estimate(r.samplesOf(c, m))
			if e := &estimates[c]; e.Known() {
				largest = max(largest, abs(e.Value))
			}
		}
		for c := range estimates {
			if e := &estimates[c]; e.Known() && !analysis.Precise(e, r.Precision*largest) {
				return false
			}
		}
	}
	r.precise = r.seeds() < len(r.Seeds)
	return true
}

// samplesOf is what a metric was in a cell, by the seeds that all cells have.
func (r *CompareResult) samplesOf(cell, metric int) []analysis.Sample {
	list := make([]analysis.Sample, r.seeds())
	for s := range list {
		if run := r.runs[s*len(r.cells)+cell]; run.samples != nil {
			list[s] = run.samples[metric]
		}
	}
	return list
}

// seeds is how many seeds all cells have.
func (r *CompareResult) seeds() int { return len(r.runs) / len(r.cells) }

// runsOf are the runs of a cell, as far as all cells have the seed.
func (r *CompareResult) runsOf(cell int) []*comparedRun {
	var list []*comparedRun
	for s := range r.seeds() {
		list = append(list, r.runs[s*len(r.cells)+cell])
	}
	return list
}

func abs(v float64) float64 { return max(v, -v) }

// checkNames are the checks that were judged anywhere, in their order.
func (r *CompareResult) checkNames() []string {
	var names []string
	for _, run := range r.runs {
		for _, c := range run.record.Checks {
			if !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

func seedText(seed uint64) string { return strconv.FormatUint(seed, 10) }
