package sim

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestDriftAgainstBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Int64Range(0, math.MaxInt64).Draw(t, "d")
		ppm := rapid.Int64Range(-million+1, million).Draw(t, "ppm")
		product := new(big.Int).Mul(big.NewInt(d), big.NewInt(ppm))
		want := product.Div(product, big.NewInt(million)) // Euclidean, which is down for a positive divisor
		if got := drift(d, ppm); !want.IsInt64() || got != want.Int64() {
			t.Fatalf("drift(%d, %d) = %d, want %v", d, ppm, got, want)
		}
	})
}

func TestDelayAgainstBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Int64Range(1, math.MaxInt64).Draw(t, "d")
		ppm := rapid.Int64Range(-million+1, million).Draw(t, "ppm")
		c := newClock(ClockConfig{DriftPPM: ppm})
		rate := big.NewInt(million + ppm)
		want := new(big.Int).Mul(big.NewInt(d), big.NewInt(million))
		want.Add(want, new(big.Int).Sub(rate, big.NewInt(1)))
		want.Div(want, rate)
		if !want.IsInt64() {
			want.SetInt64(math.MaxInt64)
		}
		if got := c.delay(d); got != want.Int64() {
			t.Fatalf("delay(%d) at %d ppm = %d, want %v", d, ppm, got, want)
		}
	})
}

// No timer fires before its time on the monotonic clock, whatever the drift.
func TestTimersAreNeverEarly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ppm := rapid.Int64Range(-million+1, million).Draw(t, "ppm")
		c := newClock(ClockConfig{DriftPPM: ppm})
		now := rapid.Int64Range(0, 1<<50).Draw(t, "now")
		d := rapid.Int64Range(1, 1<<40).Draw(t, "d")
		start := c.monotonic(now)
		at := now + c.delay(d)
		if at < now { // beyond the end of time
			return
		}
		if passed := c.monotonic(at) - start; passed < d {
			t.Fatalf("a timer of %d fires after %d", d, passed)
		}
	})
}

func TestMonotonicClockNeverFalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock(ClockConfig{})
		now, last := int64(0), int64(0)
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			now += rapid.Int64Range(0, 1<<rapid.IntRange(0, 55).Draw(t, "size")).Draw(t, "step")
			switch rapid.IntRange(0, 3).Draw(t, "action") {
			case 0:
				c.set(now, rapid.Int64Range(-1e12, 1e12).Draw(t, "offset"), rapid.Int64Range(-million+1, million).Draw(t, "ppm"))
			case 1:
				c.jump(rapid.Int64Range(-1e12, 1e12).Draw(t, "jump"))
			}
			local := c.monotonic(now)
			if local < last {
				t.Fatalf("the clock went from %d to %d", last, local)
			}
			last = local
		}
	})
}

func TestClocks(t *testing.T) {
	const hour = 3600 * 1000 * ms
	c := stage(noteConfig(), 0, ProcessConfig{})
	fast := c.enter("fast", ProcessConfig{Clock: ClockConfig{Offset: 5 * ms, DriftPPM: 100}})
	coarse := c.enter("coarse", ProcessConfig{Clock: ClockConfig{Offset: -1, Resolution: 10 * ms}})
	want := func(a *actor, now, wall int64) {
		t.Helper()
		if gotNow, gotWall := a.env.Now(), a.env.Wall(); gotNow != now || gotWall != wall {
			t.Errorf("%s at %d: now %d, wall %d; want %d, %d", a.env.Name(), c.Now(), gotNow, gotWall, now, wall)
		}
	}
	want(fast, 0, 5*ms)
	want(coarse, 0, -10*ms)
	c.RunUntil(hour)
	want(fast, hour+360*ms, hour+365*ms)
	want(coarse, hour, hour-10*ms)
	c.JumpClock(0, -hour)
	want(fast, hour+360*ms, 365*ms)
	c.SetClock(0, 0, 0) // healed: true time, and no jump of the monotonic clock
	want(fast, hour+360*ms, hour)
	c.RunUntil(2 * hour)
	want(fast, 2*hour+360*ms, 2*hour)
	if a, b := c.ProcessCounters(0).SkewedWalls, c.ProcessCounters(1).SkewedWalls; a != 3 || b != 2 {
		t.Errorf("%d and %d readings of wrong wall clocks, want 3 and 2", a, b)
	}
}

func TestTimersDrift(t *testing.T) {
	c := stage(noteConfig(), 0, ProcessConfig{})
	slow := c.enter("slow", ProcessConfig{Clock: ClockConfig{DriftPPM: -500_000}})
	c.do(0, func(env *Proc[note]) { env.SetTimer(Timer{Kind: 1}, 10*ms) })
	c.SetClock(0, 0, 0) // does not move a timer that is set
	c.Step(1)
	wantSeen(t, slow, "20 timer 1")
	if got := c.ProcessCounters(0).SkewedTimers; got != 1 {
		t.Errorf("%d timers under drift", got)
	}
}

func TestEndOfTime(t *testing.T) {
	c := stage(noteConfig(), 0, ProcessConfig{})
	a := c.enter("fast", ProcessConfig{Clock: ClockConfig{Offset: 1, DriftPPM: million}})
	c.RunUntil(math.MaxInt64 - 1)
	if a.env.Now() != math.MaxInt64 || a.env.Wall() != math.MaxInt64 {
		t.Errorf("clocks at the end of time: %d and %d", a.env.Now(), a.env.Wall())
	}
	c.do(0, func(env *Proc[note]) { env.SetTimer(Timer{Kind: 1}, math.MaxInt64) })
	if n := c.Step(10); n != 1 || c.Now() != math.MaxInt64 {
		t.Errorf("%d timers at %d", n, c.Now())
	}
}

func TestImpossibleDriftIsRefused(t *testing.T) {
	for _, ppm := range []int64{-million, million + 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a drift of %d ppm was accepted", ppm)
				}
			}()
			newClock(ClockConfig{DriftPPM: ppm})
		}()
	}
}
