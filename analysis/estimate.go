package analysis

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// confidence is that of every interval.
const confidence = .95

// Estimate is what a quantity is thought to be after some independent runs: a
// value and its 95 % interval. An end that the runs cannot bound is infinite.
// The run is the unit: operations of one run share its faults, its keys and its
// luck, so their number alone says little.
type Estimate struct {
	Value, Low, High float64
	N                int // runs that had a value

	// pull is by run how far it pulls the value away from what it would be
	// without it (its influence, times the number of runs); NaN for a run that
	// had no value. A difference of two estimates over the same runs follows
	// from it, whatever is estimated.
	pull []float64
}

// Known tells whether there is a value at all.
func (e *Estimate) Known() bool { return e.N > 0 && !math.IsNaN(e.Value) }

// Half is half the width of the interval, infinite if an end is.
func (e *Estimate) Half() float64 { return (e.High - e.Low) / 2 }

// unknown is the estimate after runs without a value.
func unknown(runs int) Estimate {
	e := Estimate{Value: math.NaN(), Low: math.Inf(-1), High: math.Inf(1), pull: make([]float64, runs)}
	for i := range e.pull {
		e.pull[i] = math.NaN()
	}
	return e
}

// MeanOf estimates the mean of a value over runs, with Student's interval. NaN
// stands for a run that has none. One value has no interval.
func MeanOf(values []float64) Estimate {
	e := unknown(len(values))
	sum := 0.
	for _, v := range values {
		if !math.IsNaN(v) {
			e.N, sum = e.N+1, sum+v
		}
	}
	if e.N == 0 {
		return e
	}
	e.Value = sum / float64(e.N)
	for i, v := range values {
		e.pull[i] = v - e.Value
	}
	half := halfWidth(e.pull)
	e.Low, e.High = e.Value-half, e.Value+half
	return e
}

// ShareOf estimates a share: of wholes[i] things in run i, parts[i] had a
// property. A run with a whole of 0 says nothing.
//
// The interval is that of Korn and Graubard (1998) for clustered samples:
// Clopper and Pearson's exact one, with as many things as would be as certain
// if they were independent. So it holds for shares near 0 and 1 too. Where all
// or none have the property, things are taken as independent, since nothing
// shows how they hang together.
func ShareOf(parts, wholes []int64) Estimate {
	e := unknown(len(parts))
	part, whole, single := int64(0), int64(0), true
	for i, n := range wholes {
		if n > 0 {
			part, whole, e.N = part+parts[i], whole+n, e.N+1
			single = single && n == 1
		}
	}
	if whole == 0 {
		return e
	}
	e.Value = float64(part) / float64(whole)
	e.pullRatio(parts, wholes, float64(whole))
	weight := float64(whole)
	if !single {
		weight = e.effective(float64(whole))
	}
	e.Low, e.High = clopperPearson(e.Value*weight, weight)
	return e
}

// Rest is the estimate of the share of all others: 1 less a share.
func (e Estimate) Rest() Estimate {
	rest := Estimate{Value: 1 - e.Value, Low: 1 - e.High, High: 1 - e.Low, N: e.N, pull: make([]float64, len(e.pull))}
	for i, v := range e.pull {
		rest.pull[i] = -v
	}
	return rest
}

// RatioOf estimates a quotient of sums, parts[i] over wholes[i] in run i, with
// Student's interval of its linear part: means over operations, costs of one.
func RatioOf(parts, wholes []int64) Estimate {
	e := unknown(len(parts))
	part, whole := 0., 0.
	for i, n := range wholes {
		if n > 0 {
			part, whole, e.N = part+float64(parts[i]), whole+float64(n), e.N+1
		}
	}
	if whole == 0 {
		return e
	}
	e.Value = part / whole
	e.pullRatio(parts, wholes, whole)
	half := halfWidth(e.pull)
	e.Low, e.High = e.Value-half, e.Value+half
	return e
}

// pullRatio fills the pulls of a quotient of sums.
func (e *Estimate) pullRatio(parts, wholes []int64, whole float64) {
	mean := whole / float64(e.N)
	for i, n := range wholes {
		if n > 0 {
			e.pull[i] = (float64(parts[i]) - e.Value*float64(n)) / mean
		}
	}
}

// effective returns how many independent things would be as certain about a
// share as those of the runs, at most as many as there are.
func (e *Estimate) effective(whole float64) float64 {
	sd, n := spread(e.pull)
	if n < 2 || sd == 0 || e.Value <= 0 || e.Value >= 1 {
		return whole
	}
	variance := sd * sd / float64(n)
	ratio := student(whole-1) / student(float64(n-1))
	return min(whole, e.Value*(1-e.Value)/variance*ratio*ratio)
}

// clopperPearson is the exact interval of a share that x of n have, for numbers
// that need not be whole.
func clopperPearson(x, n float64) (low, high float64) {
	const tail = (1 - confidence) / 2
	low, high = 0, 1
	if x > 0 {
		low = mathext.InvRegIncBeta(x, n-x+1, tail)
	}
	if x < n {
		high = mathext.InvRegIncBeta(x+1, n-x, 1-tail)
	}
	return low, high
}

// spread returns the standard deviation of numbers around 0, and how many there
// are; NaN is none.
func spread(pulls []float64) (sd float64, n int) {
	squares, sum := 0., 0.
	for _, v := range pulls {
		if !math.IsNaN(v) {
			n, sum = n+1, sum+v
		}
	}
	mean := sum / float64(n)
	for _, v := range pulls {
		if !math.IsNaN(v) {
			squares += (v - mean) * (v - mean)
		}
	}
	return math.Sqrt(squares / float64(n-1)), n
}

// halfWidth is half of Student's interval of the mean of numbers.
func halfWidth(pulls []float64) float64 {
	sd, n := spread(pulls)
	if n < 2 {
		return math.Inf(1)
	}
	return student(float64(n-1)) * sd / math.Sqrt(float64(n))
}

// student is the quantile of Student's distribution that bounds an interval.
func student(degrees float64) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: max(degrees, 1)}.Quantile((1 + confidence) / 2)
}

// SumOf estimates the sum of two quantities of the same runs.
func SumOf(a, b Estimate) Estimate {
	e := unknown(len(a.pull))
	if !a.Known() || !b.Known() || len(a.pull) != len(b.pull) {
		return e
	}
	e.Value, e.N = a.Value+b.Value, min(a.N, b.N)
	for i := range e.pull {
		e.pull[i] = a.pull[i] + b.pull[i]
	}
	if half := halfWidth(e.pull); !math.IsNaN(half) {
		e.Low, e.High = e.Value-half, e.Value+half
	}
	return e
}
