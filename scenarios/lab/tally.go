package lab

import (
	"math"
	"math/bits"
	"slices"
)

// tally counts durations so finely that order statistics can be read off it: 4096 bins to each doubling, so that a value is known to one part
// in 8000. Tallies of parts of a sample add up to that of the whole, in any order.
type tally struct {
	bins []uint32
	n    int64
	zero int64 // values of 0 and below
}

// tallySteps is how many bins a doubling has, as a power of two.
const tallySteps = 12

// bin numbers the bin of a value above 0.
func bin(ns int64) int {
	top := bits.Len64(uint64(ns)) - 1
	if top <= tallySteps {
		return int(ns)
	}
	return (top-tallySteps)<<tallySteps + int(ns>>(top-tallySteps))
}

// middle is the middle of a bin.
func middle(b int) float64 {
	if b < 2<<tallySteps {
		return float64(b)
	}
	shift := b>>tallySteps - 1
	return math.Ldexp(float64(b-shift<<tallySteps)+.5, shift)
}

// add counts a value in ns.
func (t *tally) add(ns int64) {
	t.n++
	if ns <= 0 {
		t.zero++
		return
	}
	b := bin(ns)
	if b >= len(t.bins) {
		t.bins = append(t.bins, make([]uint32, b+1-len(t.bins))...)
	}
	t.bins[b]++
}

// join adds what another tally has counted.
func (t *tally) join(o *tally) {
	t.n += o.n
	t.zero += o.zero
	if len(o.bins) > len(t.bins) {
		t.bins = append(t.bins, make([]uint32, len(o.bins)-len(t.bins))...)
	}
	for i, c := range o.bins {
		t.bins[i] += c
	}
}

// ranked is the value of a rank, which counts from 1; 0 where that is 0 or below.
func (t *tally) ranked(rank int64) float64 {
	left := min(max(rank, 1), t.n) - t.zero
	if left <= 0 {
		return 0
	}
	for b, c := range t.bins {
		if left -= int64(c); left <= 0 {
			return middle(b)
		}
	}
	return math.NaN()
}

// quantile is the p-quantile with an interval of so many standard errors of the rank to each side (order statistics: the number of values below
// the true quantile is binomial).
func (t *tally) quantile(p, errors float64) Estimate {
	n := float64(t.n)
	at, half := n*p, errors*math.Sqrt(n*p*(1-p))
	return Estimate{
		Mean: t.ranked(int64(math.Ceil(at))),
		Low:  t.ranked(int64(math.Floor(at - half))), High: t.ranked(int64(math.Ceil(at + half))), N: int(t.n),
	}
}

// share is how many of the values are at most a limit.
func (t *tally) share(limit int64) float64 {
	count := t.zero
	if limit > 0 {
		last := min(bin(limit), len(t.bins)-1)
		for _, c := range t.bins[:last+1] {
			count += int64(c)
		}
	}
	return float64(count) / float64(t.n)
}

// proportion is a share of n independent trials with Wilson's 95 % interval.
func proportion(hits, n int64) Estimate {
	const z = 1.959963984540054
	p, m := float64(hits)/float64(n), float64(n)
	center, half := (p+z*z/(2*m))/(1+z*z/m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))/(1+z*z/m)
	return Estimate{Mean: p, Low: max(0, center-half), High: min(1, center+half), N: int(n)}
}

// sorted copies and sorts.
func sorted(values []float64) []float64 {
	values = slices.Clone(values)
	slices.Sort(values)
	return values
}
