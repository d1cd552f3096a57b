package rng

import (
	"math"
	"math/bits"
)

// A table holds the quantile function of a continuous distribution as two
// tails of 32 octaves of probability with 32 bins each; between two entries it
// is linear. Entry 32*o+j of a tail belongs to the tail probability
// 2^-(o+2)*(2-j/32): the first to ½, the last to 2^-33, which also stands for
// everything beyond. Looking a value up takes integers only.
type table [2 * tailEntries]int64

const (
	tableOctaves = 32
	tableBins    = 32
	tailEntries  = tableOctaves*tableBins + 1
)

// Limit is the longest duration a distribution deals in, in ns: 146 years.
// Longer ones are cut to it, so that two of them can be added.
const Limit int64 = 1<<62 - 1

// newTable tabulates a distribution. quantile(p, upper) is its value at
// probability p, or at 1-p if upper is set; p is at most ½, so that neither
// tail loses digits.
func newTable(quantile func(p float64, upper bool) float64) *table {
	t := new(table)
	median := toNs(quantile(0.5, false))
	lower, upper := median, median
	for i := range tailEntries {
		p := tailMass(i)
		// A last bit of noise in quantile must not make the table fall.
		lower = min(lower, toNs(quantile(p, false)))
		upper = max(upper, toNs(quantile(p, true)))
		t[i], t[tailEntries+i] = lower, upper
	}
	t[tailEntries] = t[0]
	return t
}

// tailMass is the tail probability of an entry; all of its steps are exact.
func tailMass(entry int) float64 {
	octave, bin := entry/tableBins, entry%tableBins
	return math.Ldexp(float64(2*tableBins-bin), -octave-2-5)
}

// toNs rounds to whole nanoseconds and cuts to ±Limit.
func toNs(x float64) int64 {
	switch {
	case math.IsNaN(x):
		panic("rng: a quantile is not a number")
	case x >= 0x1p62:
		return Limit
	case x <= -0x1p62:
		return -Limit
	}
	return int64(math.Round(x))
}

// at returns the value for 64 uniform bits; it is monotone in u.
func (t *table) at(u uint64) int64 {
	upper := uint64(int64(u) >> 63) // all ones in the upper half
	mass := (u^upper)<<1 | 1        // of the tail, times 2^65
	tail := t[upper&tailEntries:][:tailEntries]
	octave := bits.LeadingZeros64(mass)
	if octave >= tableOctaves {
		return tail[tailEntries-1]
	}
	within := ^(mass << octave << 1) // 0 at the octave's largest mass
	i := octave*tableBins + int(within>>59)
	sign := ^upper // the lower tail falls from its first entry on
	step := (uint64(tail[i+1]-tail[i]) ^ sign) - sign
	move := (mulHi(step, within<<5) ^ sign) - sign
	return tail[i] + int64(move)
}
