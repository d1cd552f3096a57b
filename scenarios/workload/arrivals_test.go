package workload

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const second = int64(1e9)

func arrivals(t testing.TB, cfg ArrivalConfig) *Arrivals {
	t.Helper()
	cfg.Name = "shop"
	a, err := NewArrivals(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// collect returns all arrivals before the end.
func collect(t testing.TB, cfg ArrivalConfig) []int64 {
	t.Helper()
	if cfg.Until == 0 {
		t.Fatal("an endless schedule cannot be collected")
	}
	a := arrivals(t, cfg)
	var times []int64
	for {
		at, ok := a.Next()
		if !ok {
			if at, ok := a.Next(); ok {
				t.Fatalf("an arrival at %d after the last", at)
			}
			return times
		}
		times = append(times, at)
	}
}

// count returns how many of the times lie in [from, until).
func count(times []int64, from, until int64) (n int) {
	for _, at := range times {
		if at >= from && at < until {
			n++
		}
	}
	return n
}

func TestEvenArrivalsKeepTheRateExactly(t *testing.T) {
	times := collect(t, ArrivalConfig{Even: true, Rate: 3000, From: second, Until: 1001 * second})
	if len(times) != 2999 {
		t.Fatalf("%d arrivals in 1000 s at 3/s, want the 2999 before the end", len(times))
	}
	for i, at := range times {
		// the i-th of 3/s is at (i+1)/3 s, rounded up to a nanosecond
		want := second + (int64(i+1)*second+2)/3
		if at != want {
			t.Fatalf("arrival %d at %d, want %d", i, at, want)
		}
	}
}

func TestSeveralArrivalsInOneNanosecond(t *testing.T) {
	// 7 million a second for 10 µs: 70 arrivals, the last just at the end
	times := collect(t, ArrivalConfig{Even: true, Rate: 7e9, Until: 10_000})
	if len(times) != 69 {
		t.Errorf("%d arrivals, want 69", len(times))
	}
}

func TestPoissonMeanAndVariance(t *testing.T) {
	const windows, rate = 2000, 50
	times := collect(t, ArrivalConfig{Seed: 3, Rate: rate * 1000, Until: windows * second})
	perWindow := make([]float64, windows)
	for _, at := range times {
		perWindow[at/second]++
	}
	mean, variance := meanAndVariance(perWindow)
	// standard errors: of the mean sqrt(rate/windows), of the variance about rate*sqrt(2/windows)
	if math.Abs(mean-rate) > 5*math.Sqrt(float64(rate)/windows) {
		t.Errorf("%.2f arrivals a second, want %d", mean, rate)
	}
	if math.Abs(variance-rate) > 5*rate*math.Sqrt(2.0/windows) {
		t.Errorf("variance %.2f, want %d: not Poisson", variance, rate)
	}
}

func meanAndVariance(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, variance
}

// The gaps of a Poisson process are exponential: Kolmogorov's distance at the
// level of one in a million (1.9495 = 2.76/sqrt(2)).
func TestPoissonGapsAreExponential(t *testing.T) {
	times := collect(t, ArrivalConfig{Seed: 5, Rate: 1e6, Until: 20 * second})
	gaps := make([]int64, len(times)-1)
	for i := range gaps {
		gaps[i] = times[i+1] - times[i]
	}
	steps := 400
	seen := make([]int, steps)
	for _, g := range gaps {
		if i := int(float64(g) / 1e6 * 100); i < steps {
			seen[i]++
		}
	}
	below := 0
	for i, n := range seen {
		below += n
		theory := 1 - math.Exp(-float64(i+1)/100)
		got := float64(below) / float64(len(gaps))
		if math.Abs(got-theory) > 2.76/math.Sqrt(float64(len(gaps))) {
			t.Fatalf("%.4f of the gaps are below %.2f means, want %.4f", got, float64(i+1)/100, theory)
		}
	}
}

func TestStages(t *testing.T) {
	cfg := ArrivalConfig{Even: true, Rate: 100_000, Until: 40 * second, Stages: []Stage{
		{For: 10 * second, To: 100_000}, // 100/s
		{For: 10 * second, To: 300_000}, // up to 300/s
		{For: 0, To: 0},                 // a step
		{For: 10 * second, To: 0},       // silence
		{For: 0, To: 50_000},            // a step, and 50/s for ever
	}}
	times := collect(t, cfg)
	for _, w := range []struct{ from, until, want int64 }{
		{0, 10, 1000}, {10, 15, 750}, {15, 20, 1250}, {20, 30, 0}, {30, 40, 500},
	} {
		got := int64(count(times, w.from*second, w.until*second))
		if got < w.want-1 || got > w.want+1 {
			t.Errorf("%d arrivals from %d s to %d s, want %d", got, w.from, w.until, w.want)
		}
	}
}

func TestPoissonStages(t *testing.T) {
	times := collect(t, ArrivalConfig{Seed: 11, Until: 200 * second, Stages: []Stage{{100 * second, 400_000}, {100 * second, 0}}})
	for _, w := range []struct{ from, until, mean float64 }{
		{0, 50, 5000}, {50, 100, 15000}, {100, 150, 15000}, {150, 200, 5000},
	} {
		got := count(times, int64(w.from)*second, int64(w.until)*second)
		if math.Abs(float64(got)-w.mean) > 5*math.Sqrt(w.mean) {
			t.Errorf("%d arrivals from %v s to %v s, want %v", got, w.from, w.until, w.mean)
		}
	}
}

// integralTwin returns the integral of the rate from the start to t, in units,
// with exact fractions.
func integralTwin(cfg ArrivalConfig, t int64) *big.Rat {
	sum, rate, left := new(big.Rat), cfg.Rate, t
	for _, s := range cfg.Stages {
		d := min(s.For, left)
		area := big.NewRat(rate, 1)
		area.Mul(area, big.NewRat(d, 1))
		if s.For > 0 {
			ramp := big.NewRat(s.To-rate, 2*s.For)
			ramp.Mul(ramp, big.NewRat(d, 1))
			area.Add(area, ramp.Mul(ramp, big.NewRat(d, 1)))
		}
		sum.Add(sum, area)
		left -= d
		if left == 0 && d < s.For {
			return sum
		}
		rate = s.To
	}
	last := big.NewRat(rate, 1)
	return sum.Add(sum, last.Mul(last, big.NewRat(left, 1)))
}

// The i-th even arrival is the first nanosecond at which the integral of the
// rate has reached i+1, up to the change of the rate in each stage so far.
func TestArrivalsAgainstExactFractions(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cfg := ArrivalConfig{Even: true, Name: "shop", Rate: rapid.Int64Range(0, RateMax).Draw(rt, "rate")}
		slack, rate := int64(0), cfg.Rate
		for range rapid.IntRange(0, 4).Draw(rt, "stages") {
			s := Stage{
				For: rapid.Int64Range(0, 1e7).Draw(rt, "for"),
				To:  rapid.Int64Range(0, RateMax).Draw(rt, "to"),
			}
			cfg.Stages = append(cfg.Stages, s)
			slack, rate = slack+max(s.To-rate, rate-s.To), s.To
		}
		a, err := NewArrivals(cfg)
		if err != nil {
			rt.Skip("no rate at all")
		}
		for i := range int64(300) {
			at, ok := a.Next()
			if !ok {
				return
			}
			low := big.NewRat((i+1)*one-slack, 1)
			high := big.NewRat((i+1)*one+slack, 1)
			if integralTwin(cfg, max(0, at-1)).Cmp(high) > 0 || integralTwin(cfg, at).Cmp(low) < 0 {
				rt.Fatalf("%+v: arrival %d at %d", cfg, i, at)
			}
		}
	})
}

// A gap belongs to its number: at twice the rate the i-th arrival is at half
// the time, so that rates can be compared seed by seed.
func TestGapsAreKeyedByNumber(t *testing.T) {
	slow := arrivals(t, ArrivalConfig{Seed: 9, Rate: 1000})
	fast := arrivals(t, ArrivalConfig{Seed: 9, Rate: 2000})
	for i := range 1000 {
		s, _ := slow.Next()
		f, _ := fast.Next()
		if s-2*f > 1 || s-2*f < -1 {
			t.Fatalf("arrival %d at %d and, twice as fast, at %d", i, s, f)
		}
	}
}

func TestResetStartsOver(t *testing.T) {
	a := arrivals(t, ArrivalConfig{Seed: 9, Rate: 1000, Stages: []Stage{{second, 5000}}})
	var first []int64
	for range 100 {
		at, _ := a.Next()
		first = append(first, at)
	}
	a.Reset()
	for i, want := range first {
		if got, _ := a.Next(); got != want {
			t.Fatalf("arrival %d at %d after Reset, %d before", i, got, want)
		}
	}
}

func TestArrivalsEndWhereTheRateEnds(t *testing.T) {
	a := arrivals(t, ArrivalConfig{Even: true, Rate: 10_000, Stages: []Stage{{second, 0}}})
	n := 0
	for at, ok := a.Next(); ok; at, ok = a.Next() {
		if n++; at > second {
			t.Fatalf("an arrival at %d, after the rate fell to 0", at)
		}
	}
	if n < 4 || n > 5 {
		t.Errorf("%d arrivals while 10/s falls to 0 in a second, want 5", n)
	}
}

func TestRefusedArrivals(t *testing.T) {
	for want, cfg := range map[string]ArrivalConfig{
		"0 throughout":         {},
		"the rate is -1":       {Rate: -1},
		"stage 0: the rate":    {Rate: 1, Stages: []Stage{{1, RateMax + 1}}},
		"stage 1: takes":       {Rate: 1, Stages: []Stage{{year, 1}, {1, 1}}},
		"must not be negative": {Rate: 1, From: -1},
	} {
		cfg.Name = "shop"
		if _, err := NewArrivals(cfg); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "workload shop") {
			t.Errorf("got %v, want an error about %q of workload shop", err, want)
		}
	}
}

func TestArrivalsAllocateNothing(t *testing.T) {
	a := arrivals(t, ArrivalConfig{Rate: 1000, Stages: []Stage{{100 * second, 100_000}}})
	if n := testing.AllocsPerRun(1000, func() { a.Next() }); n != 0 {
		t.Errorf("%v allocations an arrival", n)
	}
}

func BenchmarkArrivals(b *testing.B) {
	for name, cfg := range map[string]ArrivalConfig{
		"constant": {Rate: 1e6},
		"ramp":     {Rate: 1e6, Stages: []Stage{{year, 2e6}}},
	} {
		b.Run(name, func(b *testing.B) {
			a := arrivals(b, cfg)
			b.ReportAllocs()
			for range b.N {
				a.Next()
			}
		})
	}
}
