package sim

import (
	"fmt"
	"math"
	"math/bits"
)

// ClockConfig is how the clock of a process starts.
type ClockConfig struct {
	Offset     int64 // ns that the wall clock is ahead
	DriftPPM   int64 // parts per million that the clock is fast, above -1e6 up to 1e6
	Resolution int64 // ns between two values of the wall clock; 0 or 1 = exact
}

const million = 1_000_000

// clock is a process's own idea of time: a monotonic clock that drifts, and a
// wall clock that is offset and jumps besides. Both are integer arithmetic.
type clock struct {
	since      int64 // true time at which drift began to be ppm
	local      int64 // monotonic time at that moment
	ppm        int64
	ahead      int64 // what the wall clock shows beyond the monotonic clock
	resolution int64
	wrong      bool // the wall clock was set or jumped away from true time
}

func newClock(cfg ClockConfig) clock {
	c := clock{resolution: cfg.Resolution}
	c.set(0, cfg.Offset, cfg.DriftPPM)
	return c
}

// set makes the wall clock show true time plus offset now, and both clocks
// drift by ppm from now on. The monotonic clock does not jump.
func (c *clock) set(now, offset, ppm int64) {
	if ppm <= -million || ppm > million {
		panic(fmt.Sprintf("sim: drift of %d ppm; want above -1e6 up to 1e6", ppm))
	}
	c.local = c.monotonic(now)
	c.since, c.ppm = now, ppm
	c.ahead = now - c.local + offset
	c.wrong = offset != 0 || ppm != 0
}

func (c *clock) jump(by int64) {
	c.ahead += by
	c.wrong = true
}

// monotonic is the drifting clock; it saturates at the end of time.
func (c *clock) monotonic(now int64) int64 {
	if c.ppm|c.since|c.local == 0 {
		return now // it never drifted
	}
	return c.drifted(now)
}

// drifted is the monotonic clock of a process where any may drift.
func (c *core) drifted(id ProcID) int64 {
	if p := &c.processes[id]; p.drifts {
		return p.clock.drifted(c.now)
	}
	return c.now
}

func (c *clock) drifted(now int64) int64 {
	d := now - c.since
	if c.ppm == 0 {
		return saturate(c.local, d)
	}
	return saturate(saturate(c.local, d), drift(d, c.ppm))
}

func (c *clock) wall(now int64) int64 {
	w := saturate(c.monotonic(now), c.ahead)
	if c.resolution > 1 {
		w -= floorMod(w, c.resolution)
	}
	return w
}

// delay is how long the true clock takes until the monotonic clock has
// advanced by d, rounded up.
func (c *clock) delay(d int64) int64 {
	if c.ppm == 0 || d <= 0 {
		return max(d, 0)
	}
	rate := uint64(million + c.ppm)
	hi, lo := bits.Mul64(uint64(d), million)
	lo, carry := bits.Add64(lo, rate-1, 0)
	if hi += carry; hi >= rate {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, rate)
	return int64(min(q, math.MaxInt64))
}

// drift is d*ppm/1e6, rounded down, without overflow for any d >= 0.
func drift(d, ppm int64) int64 {
	whole, rest := d/million, d%million
	x := rest * ppm
	return whole*ppm + (x-floorMod(x, million))/million
}

// saturate is a+b, at most and at least what int64 can hold.
func saturate(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}

func floorMod(a, m int64) int64 {
	r := a % m
	if r < 0 {
		r += m
	}
	return r
}
