package workload

import (
	"errors"
	"fmt"
	"math"

	"dynamosim/sim/rng"
)

// ArrivalConfig describes when the operations of an open loop arrive.
//
// Rates are whole numbers of arrivals per 1000 s, so that 0.5/s is 500 and
// 400/s is 400000.
type ArrivalConfig struct {
	Seed   uint64  // the workload class seed of the run
	Name   string  // name of the workload
	Even   bool    // equal distances; otherwise a Poisson process
	Rate   int64   // rate at From, where the first stage starts
	Stages []Stage // after the last stage its rate goes on
	From   int64   // virtual time of the start, ns
	Until  int64   // no arrival at or after it, ns; 0 means no end
}

// Stage is a stretch of time in which the rate changes evenly from what it was
// to To. A stage that takes no time is a step.
type Stage struct {
	For int64 // ns, 0 up to a year
	To  int64 // arrivals per 1000 s
}

// RateMax is the highest rate, 10 million arrivals a second.
const RateMax = 10_000_000_000

const (
	year int64 = 365 * 24 * 3600 * 1e9
	// one is an arrival in the unit that the process counts in: a rate of one
	// arrival per 1000 s for 1 ns.
	one int64 = 1_000_000_000_000
)

// Arrivals is the arrival process of an open loop, a sequence of times. With
// the rate r(t) and the i-th gap g(i), which is 1 for even arrivals and drawn
// from the exponential distribution of mean 1 by (seed, workload, i)
// otherwise, the i-th arrival is where the integral of r reaches
// g(0)+...+g(i): the time change that turns a process of rate 1 into one of
// rate r(t) (Çinlar, "Introduction to Stochastic Processes", 1975, §4.7).
// All of it is integer arithmetic, and what rounding to whole nanoseconds
// leaves over is carried on, so that rates are kept exactly.
type Arrivals struct {
	cfg   ArrivalConfig
	name  uint64    // hash of the workload's name
	gap   *rng.Dist // of units
	done  bool      // there are no more
	next  int64     // number of the next arrival
	stage int       // index into stages; len(stages) is the time after the last
	start int64     // when that stage began, ns
	rate  int64     // at its beginning
	at    int64     // ns after start up to which the process was followed
	over  uint64    // by how many units the integral exceeds the gaps there
}

// NewArrivals compiles a schedule. It fails when cfg leaves the ranges its
// fields state, or when nothing would ever arrive.
func NewArrivals(cfg ArrivalConfig) (*Arrivals, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("workload %s: arrivals: %w", cfg.Name, err)
	}
	gap := rng.Constant(one)
	if !cfg.Even {
		var err error
		if gap, err = rng.Exponential(one); err != nil {
			return nil, fmt.Errorf("workload %s: arrivals: %w", cfg.Name, err)
		}
	}
	a := &Arrivals{cfg: cfg, name: rng.Hash(cfg.Name), gap: gap}
	a.Reset()
	return a, nil
}

func (c ArrivalConfig) check() error {
	highest, length := c.Rate, int64(0)
	if c.Rate < 0 || c.Rate > RateMax {
		return fmt.Errorf("the rate is %d per 1000 s, outside 0..%d", c.Rate, int64(RateMax))
	}
	for i, s := range c.Stages {
		switch {
		case s.To < 0 || s.To > RateMax:
			return fmt.Errorf("stage %d: the rate is %d per 1000 s, outside 0..%d", i, s.To, int64(RateMax))
		case s.For < 0 || length+s.For > year:
			return fmt.Errorf("stage %d: takes %d ns, the stages together must take 0 to a year", i, s.For)
		}
		highest, length = max(highest, s.To), length+s.For
	}
	switch {
	case highest == 0:
		return errors.New("the rate is 0 throughout")
	case c.From < 0 || c.From > year || c.Until < 0:
		return fmt.Errorf("from %d ns until %d ns: times must not be negative, and the start within a year", c.From, c.Until)
	}
	return nil
}

// Reset goes back to before the first arrival.
func (a *Arrivals) Reset() {
	a.done, a.next, a.stage, a.start, a.rate, a.at, a.over = false, 0, 0, a.cfg.From, a.cfg.Rate, 0, 0
}

// Next returns the virtual time of the next arrival in ns; times never fall.
// It returns false when there is none before Until, and then for ever.
func (a *Arrivals) Next() (at int64, ok bool) {
	gap := uint64(a.gap.Sample(rng.Draw(a.cfg.Seed, drawArrival, a.name, uint64(a.next))))
	for !a.done && !a.reach(gap) {
		gap -= a.leave()
	}
	at = a.start + a.at
	if a.done || at < 0 || a.cfg.Until > 0 && at >= a.cfg.Until {
		a.done = true
		return math.MaxInt64, false
	}
	a.next++
	return at, true
}
