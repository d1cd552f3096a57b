package lab

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
)

// BenchOptions say how a benchmark is run.
type BenchOptions struct {
	Quick    bool                               // shorter measurements, smaller kernels
	Rounds   int                                // how often everything is measured; 0 is the default
	Only     []string                           // names of workloads; ratios that need others are left out; empty: all
	Progress func(round, rounds int, at string) // told what is measured next; nil: nobody
	Stop     func() bool                        // asked between measurements; true interrupts the benchmark
}

// defaultRounds is the least number whose median two measurements gone wrong cannot move much.
const defaultRounds = 5

// Bench is what a benchmark found.
type Bench struct {
	Quick     bool
	Rounds    int
	Workloads []BenchWorkload
	Ratios    []BenchRatio
	Cores     float64 // processors that two goroutines got which never wait; well below 2: the machine was busy, or has but one
	Host      BenchHost
	Peers     *BenchPeers // other simulators, measured apart; nil: not measured
}

// BenchHost is the machine.
type BenchHost struct {
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Cores    int    `json:"cores"` // that Go programs use
	Program  string `json:"program"`
	Commit   string `json:"commit,omitempty"`
}

// BenchWorkload is what was measured of one workload: its costs by round.
type BenchWorkload struct {
	Name, About string
	Costs       []Cost
}

// BenchRatio is a ratio that is to stay within a bound. Its value is the median of the rounds, in each of which both sides were measured
// close to each other.
type BenchRatio struct {
	Name, About string
	Bound       float64
	AtLeast     bool // the bound is a lower one
	Value       float64
	Low, High   float64 // over the rounds
	Quickest    float64 // of the quickest measurement of each side; 0 where times on the wall are compared
	Unjudged    string  // why the value says nothing; "" when it does
}

// Holds tells whether the value is within the bound, give or take a share of it. What says nothing holds.
func (r *BenchRatio) Holds(tolerance float64) bool {
	switch {
	case r.Unjudged != "":
		return true
	case r.AtLeast:
		return r.Value >= r.Bound*(1-tolerance)
	}
	return r.Value <= r.Bound*(1+tolerance)
}

// Failed lists the ratios that do not hold, those to other simulators too.
func (b *Bench) Failed(tolerance float64) []BenchRatio {
	all := slices.Clone(b.Ratios)
	if b.Peers != nil {
		for _, p := range b.Peers.Peers {
			if p.Bound > 0 && p.Missing == "" {
				all = append(all, BenchRatio{Name: "kernel / " + p.Name, Bound: p.Bound, Value: p.Ratio, Low: p.Low, High: p.High})
			}
		}
	}
	return slices.DeleteFunc(all, func(r BenchRatio) bool { return r.Holds(tolerance) })
}

// Each gives the median over the rounds of a number that is computed of a cost.
func (w *BenchWorkload) Each(f func(c *Cost) float64) float64 {
	values := make([]float64, len(w.Costs))
	for i := range w.Costs {
		values[i] = f(&w.Costs[i])
	}
	return median(values)
}

// median is the middle value, the mean of the two middle ones of an even number; 0 of none.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// RunBench measures the standard workloads in turn, round after round, so that what the machine does meanwhile hits all of them.
func RunBench(opts BenchOptions) (*Bench, error) {
	s, err := newSuite(opts.Quick)
	if err != nil {
		return nil, err
	}
	ratios, err := s.choose(opts.Only)
	if err != nil {
		return nil, err
	}
	rounds := cmp.Or(opts.Rounds, defaultRounds)
	b := &Bench{Quick: opts.Quick, Rounds: rounds, Host: BenchHost{
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.GOMAXPROCS(0), Program: Program(), Commit: Commit(),
	}}
	for round := range rounds {
		if err := s.round(round, rounds, &opts); err != nil {
			return nil, err
		}
	}
	b.Cores = s.cores()
	for _, w := range s.workloads() {
		if w.chosen && !w.hidden {
			b.Workloads = append(b.Workloads, BenchWorkload{w.name, w.about, w.costs})
		}
	}
	for _, r := range ratios {
		b.Ratios = append(b.Ratios, s.ratio(r, b.Cores))
	}
	return b, nil
}

// round measures every workload once: those of a group in turn, in several passes, so that all of them see the same moods of the machine.
func (s *suite) round(round, rounds int, opts *BenchOptions) error {
	for _, g := range s.groups {
		for pass := range g.passes {
			for _, w := range g.workloads {
				if !w.chosen {
					continue
				}
				if opts.Stop != nil && opts.Stop() {
					return ErrInterrupted
				}
				if opts.Progress != nil {
					opts.Progress(round, rounds, w.name)
				}
				if err := w.take(pass == 0); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// take measures once more; the first measurement of a round begins a new cost.
func (w *suiteWorkload) take(first bool) error {
	cost, err := w.measure()
	if err != nil {
		return fmt.Errorf("measuring %s: %w", w.name, err)
	}
	if first {
		w.costs = append(w.costs, Cost{})
	}
	w.costs[len(w.costs)-1].add(cost)
	return nil
}

// cores is how many processors there were for two goroutines.
func (s *suite) cores() float64 {
	w := BenchWorkload{Costs: s.find(spinning).costs}
	return w.Each(func(c *Cost) float64 { return per(float64(c.CPU), float64(c.Wall)) })
}

// enoughCores is how many processors two workers need to be compared with one.
const enoughCores = 1.9

// ratio computes a ratio of each round.
func (s *suite) ratio(r *suiteRatio, cores float64) BenchRatio {
	found := BenchRatio{Name: r.name, About: r.about, Bound: r.bound, AtLeast: r.atLeast}
	if r.byClock && cores < enoughCores {
		found.Unjudged = fmt.Sprintf("two goroutines got %.2f processors", cores)
	}
	var values []float64
	for round := range s.find(r.needs[0]).costs {
		values = append(values, r.of(func(name string) *Cost { return &s.find(name).costs[round] }))
	}
	found.Value, found.Low, found.High = median(values), slices.Min(values), slices.Max(values)
	if !r.byClock {
		found.Quickest = r.of(func(name string) *Cost { return s.find(name).quickest() })
	}
	return found
}

// quickest is the cost of the round in which an event took least. What else a machine does only ever makes a measurement longer.
func (w *suiteWorkload) quickest() *Cost {
	least := &w.costs[0]
	for i := range w.costs {
		if c := &w.costs[i]; c.perEvent() < least.perEvent() || c.Events == 0 && c.CPU < least.CPU {
			least = c
		}
	}
	return least
}
