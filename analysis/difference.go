package analysis

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Difference is how far two estimates of one quantity lie apart, paired run by
// run: both settings met the same seeds, so what a seed does to both of them
// cancels out.
type Difference struct {
	Estimate // of the first less the second

	Told bool // the interval leaves 0 out: they can be told apart
	Same bool // no run differs
	// More is about how many more runs it takes to tell them apart, if they
	// differ as much as they seem to, with a chance of 80 %; 0 if they can be
	// told apart or nothing can be said.
	More int
}

// LeastRuns is how many runs a comparison that stops when it is precise enough
// does at least: fewer could look alike by luck.
const LeastRuns = 10

// Precise tells whether an estimate is as precise as wanted, so that no more
// runs are needed: its interval is no wider than half on either side. Who looks
// after each run and stops at the first that pleases has chosen a moment at
// which the runs looked alike; so more is asked of few runs.
func Precise(e *Estimate, half float64) bool {
	return e.N >= LeastRuns && e.Half()*(1+2/float64(e.N)) <= half
}

// mostRuns bounds what is said about further runs.
const mostRuns = 1_000_000

// DifferenceOf compares estimates made over the same runs in the same order.
// Runs that only one of them has a value of are left out.
func DifferenceOf(a, b Estimate) Difference {
	d := Difference{Estimate: unknown(len(a.pull)), Same: true}
	if len(a.pull) != len(b.pull) || !a.Known() || !b.Known() {
		d.Same = false
		return d
	}
	sum := 0.
	for i := range d.pull {
		d.pull[i] = a.pull[i] - b.pull[i]
		if math.IsNaN(d.pull[i]) {
			continue
		}
		d.N, sum = d.N+1, sum+d.pull[i]
		d.Same = d.Same && d.pull[i] == 0
	}
	if d.N == 0 {
		d.Same = false
		return d
	}
	d.Value = a.Value - b.Value + sum/float64(d.N)
	d.Same = d.Same && a.Value == b.Value
	half := halfWidth(d.pull)
	if math.IsNaN(half) {
		half = math.Inf(1)
	}
	d.Low, d.High = d.Value-half, d.Value+half
	d.Told = d.Low > 0 || d.High < 0
	if !d.Told && !d.Same {
		d.More = d.more()
	}
	return d
}

// more is about how many more runs tell the difference from 0.
func (d *Difference) more() int {
	sd, n := spread(d.pull)
	if n < 2 || d.Value == 0 || math.IsNaN(sd) || math.IsInf(sd, 0) {
		return 0
	}
	power := distuv.UnitNormal.Quantile(.8)
	need := float64(n)
	for range 4 { // the quantile depends on the number that is looked for
		width := (student(need-1) + power) * sd / math.Abs(d.Value)
		need = max(2, width*width)
	}
	return int(min(max(1, math.Ceil(need)-float64(n)), mostRuns))
}

// RunsFor is about how many runs, those done included, make the interval of
// the estimate no wider than half on either side; 0 if that cannot be said.
func (e *Estimate) RunsFor(half float64) int {
	sd, n := spread(e.pull)
	if n < 2 || half <= 0 || math.IsNaN(sd) || math.IsInf(sd, 0) {
		return 0
	}
	need := float64(n)
	for range 4 {
		width := student(need-1) * sd / half
		need = max(2, width*width)
	}
	return int(min(math.Ceil(need), mostRuns))
}
