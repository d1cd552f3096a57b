package lab

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Study is a published result that dynamosim measures again.
type Study struct {
	Name   string // for the command line
	Title  string
	Source string // who published it, and where
	Method string // how it is measured here
	Rule   string // what counts as agreement

	run func(a *measuring) (*Reproduction, error)
}

// Reproduction is a study with its numbers.
type Reproduction struct {
	*Study
	Axes     [2]string // what Reading.X and the values are
	Readings []Reading
	Notes    []string // what cannot be compared, or has to be explained
	Figures  []*Figure
}

// Reading is one number: as published, as it follows from theory or an independent program, and as measured here.
type Reading struct {
	Table     string  // the heading under which it stands; "" for the only table of a study
	Series    string  // which curve, or which setting
	At        string  // where on it, in words; "" is X
	X         float64 // where on it
	Published float64 // NaN: not published
	Reference float64 // NaN: none
	Ours      Estimate
	Agrees    bool
	Shown     bool // nothing is asked of it
}

// Estimate is a mean with its 95 % interval.
type Estimate struct {
	Mean, Low, High float64
	N               int // how many independent repetitions it is the mean of
}

// Studies lists what can be reproduced.
func Studies() []*Study {
	return []*Study{pbs(), figure8(), ringBalance(), availability(), gossip(), merkleCost(), queueing(), hints(), figure5(), figure6(), versions(), table2()}
}

// FindStudy finds a study by its name.
func FindStudy(name string) (*Study, bool) {
	for _, s := range Studies() {
		if s.Name == name {
			return s, true
		}
	}
	return nil, false
}

// Effort says how many of a study's repetitions are made: all, or a part of them, with wider intervals.
type Effort int

// The efforts, by what the number of repetitions is divided by.
const (
	Full  Effort = 1
	Quick Effort = 10
	Least Effort = 100 // seconds: it shows that a study works, not that it agrees
)

// Attempt is how a study is to be measured.
type Attempt struct {
	Effort   Effort                         // 0 is Full
	Progress func(what string, done, n int) // is told of each part that is done, by one goroutine at a time; nil: nobody
}

// measuring is a study under way.
type measuring struct {
	*Study
	Attempt
	ctx context.Context
}

// Reproduce measures a study. ErrInterrupted: the context was cancelled.
func Reproduce(ctx context.Context, s *Study, how Attempt) (*Reproduction, error) {
	how.Effort = max(how.Effort, Full)
	r, err := s.run(&measuring{s, how, ctx})
	if ctx.Err() != nil {
		err = ErrInterrupted
	}
	if err != nil {
		return nil, fmt.Errorf("reproducing %s: %w", s.Name, err)
	}
	return r, nil
}

// of is how many of n repetitions are made.
func (a *measuring) of(n int) int { return max(2, n/int(a.Effort)) }

// each calls f for the numbers below n, on all processors. Every goroutine has a number of its own below workers, with which it may keep memory.
func (a *measuring) each(what string, n int, f func(worker, i int) error) error {
	var next, done atomic.Int64
	var running sync.WaitGroup
	var told sync.Mutex
	failed := make([]error, workers())
	for worker := range min(n, workers()) {
		running.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && a.ctx.Err() == nil && failed[worker] == nil; i = int(next.Add(1)) - 1 {
				failed[worker] = f(worker, i)
				count := int(done.Add(1))
				if a.Progress != nil {
					told.Lock()
					a.Progress(what, count, n)
					told.Unlock()
				}
			}
		})
	}
	running.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return a.ctx.Err()
}

// workers is how many goroutines work at once.
func workers() int { return runtime.GOMAXPROCS(0) }

// repeatWith is like repeat, and tells f the number of its goroutine too.
func (a *measuring) repeatWith(what string, n int, f func(worker, i int) (float64, error)) ([]float64, error) {
	values := make([]float64, n)
	err := a.each(what, n, func(worker, i int) (err error) {
		values[i], err = f(worker, i)
		return err
	})
	return values, err
}

// repeat calls f for the numbers below n on all processors. The results are in the order of the numbers.
func (a *measuring) repeat(what string, n int, f func(i int) (float64, error)) ([]float64, error) {
	return a.repeatWith(what, n, func(_, i int) (float64, error) { return f(i) })
}

// Agrees tells whether every number does that is asked to.
func (r *Reproduction) Agrees() bool {
	for _, c := range r.Readings {
		if !c.Agrees && !c.Shown {
			return false
		}
	}
	return true
}

// estimate is the mean of independent values with Student's interval.
func estimate(values []float64) Estimate {
	mean, sd := stat.MeanStdDev(values, nil)
	n := float64(len(values))
	if n < 2 {
		return Estimate{mean, math.Inf(-1), math.Inf(1), len(values)}
	}
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(.975) * sd / math.Sqrt(n)
	return Estimate{mean, mean - half, mean + half, len(values)}
}

// exactly is a value without any doubt, from n repetitions.
func exactly(v float64, n int) Estimate { return Estimate{v, v, v, n} }

// times scales an estimate.
func (e Estimate) times(x float64) Estimate { return Estimate{e.Mean * x, e.Low * x, e.High * x, e.N} }

// half is half the width of the interval.
func (e Estimate) half() float64 { return (e.High - e.Low) / 2 }

// normal95 is how many standard errors a 95 % interval reaches to each side.
const normal95 = 1.959963984540054

// String is the mean with half the width of its interval, of which two digits say enough.
func (e Estimate) String() string {
	half := e.half()
	switch {
	case half == 0:
		return shortNumber(e.Mean)
	case e.Mean == 1 && e.High == 1:
		return "1, at least " + strconv.FormatFloat(e.Low, 'f', digitsOf(half), 64)
	case math.IsInf(half, 0) || math.IsNaN(half):
		return shortNumber(e.Mean) + " ± ?"
	}
	digits := digitsOf(half)
	return strconv.FormatFloat(e.Mean, 'f', digits, 64) + " ± " + strconv.FormatFloat(half, 'f', digits, 64)
}

// digitsOf is how many digits after the point show two digits of a width.
func digitsOf(width float64) int { return min(8, max(0, 1-int(math.Floor(math.Log10(width))))) }

// shortNumber writes a value with up to five digits that mean something.
func shortNumber(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	if a := math.Abs(v); a >= 1e4 && a < 1e15 {
		return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 5, 64), 64)
	if err != nil {
		return fmt.Sprint(v)
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// series are the cells by curve, in the order of their first.
func series(all []Reading) [][]Reading {
	var list [][]Reading
	for _, c := range all {
		i := slices.IndexFunc(list, func(s []Reading) bool { return s[0].Series == c.Series && s[0].Table == c.Table })
		if i < 0 {
			i = len(list)
			list = append(list, nil)
		}
		list[i] = append(list[i], c)
	}
	return list
}
