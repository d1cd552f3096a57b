package rng

import "math"

// Quantile returns the value that a share p of the samples does not exceed; p
// is cut to [0,1].
func (d *Dist) Quantile(p float64) int64 {
	want := threshold(p)
	if d == nil || d.kind != mixture {
		return d.Sample(want)
	}
	lo, hi := -Limit, Limit
	for lo < hi {
		mid := lo + (hi-lo)>>1
		if last, ok := d.lastAtMost(mid); ok && last >= want {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// lastAtMost returns the last input whose sample is at most x, and whether
// there is one.
func (d *Dist) lastAtMost(x int64) (last uint64, ok bool) {
	if d.kind == mixture {
		return lastAtMostOfParts(d.parts, x)
	}
	if d.Sample(0) > x {
		return 0, false
	}
	for bit := uint64(1) << 63; bit != 0; bit >>= 1 {
		if d.Sample(last|bit) <= x {
			last |= bit
		}
	}
	return last, true
}

// threshold returns p*2^64, cut to what a word can hold.
func threshold(p float64) uint64 {
	switch {
	case p >= 1:
		return math.MaxUint64
	case p > 0:
		return uint64(math.Ldexp(p, 64))
	}
	return 0
}

// Mean returns the mean of the samples in ns, for estimates: a numerical
// integral that is exact for what is linear between the entries of a table.
func (d *Dist) Mean() int64 {
	switch {
	case d == nil || d.kind == constant:
		return d.Sample(0)
	case d.kind == mixture:
		return toNs(meanOfParts(d.parts))
	case d.kind == empirical:
		return toNs(d.integralOfPoints())
	}
	return toNs(d.integral())
}

// integral sums the middles of the bins of both tails.
func (d *Dist) integral() float64 {
	sum := 0.0
	for i := tailEntries - 2; i >= 0; i-- {
		from, to := tailMass(i+1), tailMass(i)
		middle := threshold(float64((from + to) * 0.5))
		both := float64(d.Sample(middle)) + float64(d.Sample(^middle))
		sum += float64((to - from) * both)
	}
	rest := float64(d.Sample(0)) + float64(d.Sample(math.MaxUint64))
	return sum + float64(tailMass(tailEntries-1)*rest)
}
