package workload

import "math/bits"

// reach moves on by one gap within the current stage. It returns false when
// the stage ends before.
func (a *Arrivals) reach(gap uint64) bool {
	if a.over >= gap {
		a.over -= gap
		return true
	}
	need := gap - a.over
	end, to, last := a.current()
	if last && a.rate == 0 {
		a.done = true
		return false
	}
	x, ok := a.at, false
	if to == a.rate {
		x, ok = a.evenly(need, end, last)
	} else {
		x, ok = a.ramp(need, end)
	}
	if !ok {
		return false
	}
	a.over = a.gain(x, end, to) - need
	a.at = x
	return true
}

// leave enters the next stage and returns how many units of the gap the rest
// of this one took.
func (a *Arrivals) leave() uint64 {
	if a.done {
		return 0
	}
	end, to, _ := a.current()
	taken := a.over + a.gain(end, end, to)
	a.start, a.rate, a.at, a.over = a.start+end, to, 0, 0
	a.stage++
	return taken
}

// current returns the length of the stage and the rate at its end; the time
// after the last stage has no end.
func (a *Arrivals) current() (end, to int64, last bool) {
	if a.stage == len(a.cfg.Stages) {
		return 0, a.rate, true
	}
	s := a.cfg.Stages[a.stage]
	return s.For, s.To, false
}

// evenly finds the time at which a constant rate has gained need.
func (a *Arrivals) evenly(need uint64, end int64, last bool) (at int64, ok bool) {
	if a.rate == 0 {
		return 0, false
	}
	rate := uint64(a.rate)
	at = a.at + int64((need-1)/rate) + 1
	return at, last || at <= end
}

// ramp finds the first time at which a changing rate has gained need: steps
// that double from a first guess, then halving.
func (a *Arrivals) ramp(need uint64, end int64) (at int64, ok bool) {
	to := a.cfg.Stages[a.stage].To
	if a.gain(end, end, to) < need {
		return 0, false
	}
	low, step := a.at, int64(need/uint64(max(a.rate, to)))+1
	high := min(low+step, end)
	for a.gain(high, end, to) < need {
		low, step = high, 2*step
		high = min(low+step, end)
	}
	for low+1 < high {
		if mid := low + (high-low)/2; a.gain(mid, end, to) < need {
			low = mid
		} else {
			high = mid
		}
	}
	return high, true
}

// gain returns the integral of the rate from a.at to x, in units; it saturates.
// The rate changes by (to-rate)/end a nanosecond. Rounding x*x/(2*end) down to
// whole numbers leaves at most to-rate units of a stage out, and never makes
// the integral fall.
func (a *Arrivals) gain(x, end, to int64) uint64 {
	hi, lo := bits.Mul64(uint64(a.rate), uint64(x-a.at))
	switch square := halfSquare(x, end) - halfSquare(a.at, end); {
	case to > a.rate:
		h, l := bits.Mul64(uint64(to-a.rate), square)
		var carry uint64
		lo, carry = bits.Add64(lo, l, 0)
		hi += h + carry
	case to < a.rate:
		h, l := bits.Mul64(uint64(a.rate-to), square)
		var borrow uint64
		lo, borrow = bits.Sub64(lo, l, 0)
		hi -= h + borrow
	}
	if hi != 0 {
		return ^uint64(0)
	}
	return lo
}

// halfSquare returns x*x / (2*end), and 0 for the stage without an end.
func halfSquare(x, end int64) uint64 {
	if end == 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(x), uint64(x))
	q, _ := bits.Div64(hi, lo, 2*uint64(end))
	return q
}
