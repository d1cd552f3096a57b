package analysis

import (
	"flag"
	"fmt"
	"math"
	"testing"

	"dynamosim/sim/rng"
)

// Intervals are honest if they hold what they speak of as often as they say.
// Each test repeats an experiment whose truth is known.
var repeats = flag.Int("repeats", 1000, "how often the coverage of intervals is tried")

// lot draws numbers for these tests.
type lot struct{ *rng.Stream }

func newLot(key uint64) lot { return lot{rng.NewStream(key)} }

func (l lot) unit() float64 { return (float64(l.Uint64()>>11) + .5) / (1 << 53) }

func (l lot) normal() float64 { return rng.NormalQuantile(l.unit()) }

func (l lot) exponential() float64 { return -math.Log(l.unit()) }

// hits counts how many of n things with a probability happen.
func (l lot) hits(n int64, p float64) (k int64) {
	for range n {
		if l.unit() < p {
			k++
		}
	}
	return k
}

// coverage repeats an experiment that tells whether its interval held.
func coverage(t *testing.T, name string, least, most float64, once func(l lot) bool) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		held := 0
		for i := range *repeats {
			if once(newLot(rng.Mix(rng.Hash(name), uint64(i)))) {
				held++
			}
		}
		if got := float64(held) / float64(*repeats); got < least || got > most {
			t.Errorf("the interval holds the truth in %.1f %% of %d repeats, want %.0f to %.0f %%", 100*got, *repeats, 100*least, 100*most)
		}
	})
}

func (e Estimate) holds(truth float64) bool { return e.Low <= truth && truth <= e.High }

func series(n int, f func() float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = f()
	}
	return values
}

func TestIntervalsOfMeansHold(t *testing.T) {
	for _, n := range []int{2, 5, 20} {
		coverage(t, fmt.Sprintf("normal, %d runs", n), .93, .97, func(l lot) bool {
			return MeanOf(series(n, func() float64 { return 7 + 3*l.normal() })).holds(7)
		})
		coverage(t, fmt.Sprintf("uniform, %d runs", max(n, 10)), .93, .97, func(l lot) bool {
			return MeanOf(series(max(n, 10), func() float64 { return 2 * l.unit() })).holds(1)
		})
	}
	coverage(t, "means of exponential latencies, 10 runs", .93, .97, func(l lot) bool {
		return MeanOf(series(10, func() float64 {
			sum := 0.
			for range 30 {
				sum += l.exponential()
			}
			return sum / 30
		})).holds(1)
	})
}

func TestIntervalsOfPairedDifferencesHold(t *testing.T) {
	coverage(t, "means that share most of their noise", .93, .97, func(l lot) bool {
		a, b := make([]float64, 10), make([]float64, 10)
		for i := range a {
			shared := 10 * l.normal()
			a[i], b[i] = 5+shared+l.normal(), 4+shared+l.normal()
		}
		return DifferenceOf(MeanOf(a), MeanOf(b)).holds(1)
	})
	coverage(t, "means of which runs are missing", .93, .97, func(l lot) bool {
		a, b := make([]float64, 20), make([]float64, 20)
		for i := range a {
			shared := 10 * l.normal()
			a[i], b[i] = shared+l.normal(), 2+shared+l.normal()
			if i%4 == 1 {
				a[i] = math.NaN()
			}
			if i%5 == 2 {
				b[i] = math.NaN()
			}
		}
		return DifferenceOf(MeanOf(a), MeanOf(b)).holds(-2)
	})
	coverage(t, "mean latencies of runs of different length", .93, .97, func(l lot) bool {
		a, b, n := make([]int64, 20), make([]int64, 20), make([]int64, 20)
		for i := range a {
			n[i] = 100 + int64(l.Below(200))
			shared := 50 * l.normal()
			a[i], b[i] = int64(float64(n[i])*(1000+shared+l.normal())), int64(float64(n[i])*(900+shared+l.normal()))
		}
		return DifferenceOf(RatioOf(a, n), RatioOf(b, n)).holds(100)
	})
	coverage(t, "shares", .93, .97, func(l lot) bool {
		a, b, n := make([]int64, 20), make([]int64, 20), make([]int64, 20)
		for i := range a {
			bad := .1 * l.unit() // of the run
			n[i] = 100 + int64(l.Below(200))
			a[i], b[i] = l.hits(n[i], .05+bad), l.hits(n[i], bad)
		}
		return DifferenceOf(ShareOf(a, n), ShareOf(b, n)).holds(.05)
	})
	truth := quantileOfScaled(2e6, .5, .3) - quantileOfScaled(1e6, .5, .3)
	coverage(t, "medians", .93, .97, func(l lot) bool {
		a, b := make([]*Histogram, 20), make([]*Histogram, 20)
		for i := range a {
			factor := math.Exp(.3 * l.normal())
			a[i], b[i] = l.latencies(100, 2e6*factor), l.latencies(100, 1e6*factor)
		}
		return DifferenceOf(QuantileOf(a, 500_000), QuantileOf(b, 500_000)).holds(truth)
	})
}

// latencies is a run of exponential latencies with a mean in ns.
func (l lot) latencies(n int, mean float64) *Histogram {
	values := make([]int64, n)
	for i := range values {
		values[i] = int64(mean * l.exponential())
	}
	d := NewDistribution(values)
	h := d.Histogram()
	return &h
}

// quantileOfScaled is a quantile of exponential latencies to which each run
// brings a factor exp(sigma z) of its own, by integration.
func quantileOfScaled(mean, p, sigma float64) float64 {
	below := func(v float64) float64 {
		sum := 0.
		const steps = 4000
		for i := range steps {
			z := rng.NormalQuantile((float64(i) + .5) / steps)
			sum += 1 - math.Exp(-v/(mean*math.Exp(sigma*z)))
		}
		return sum / steps
	}
	low, high := 0., 50*mean
	for range 60 {
		if middle := (low + high) / 2; below(middle) < p {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

func TestIntervalsOfSharesHold(t *testing.T) {
	for _, p := range []float64{.5, .05, .001} {
		coverage(t, fmt.Sprintf("independent, %v", p), .93, 1, func(l lot) bool {
			parts, wholes := make([]int64, 10), make([]int64, 10)
			for i := range parts {
				wholes[i] = 100
				parts[i] = l.hits(100, p)
			}
			return ShareOf(parts, wholes).holds(p)
		})
	}
	coverage(t, "runs that differ", .93, 1, func(l lot) bool {
		parts, wholes := make([]int64, 20), make([]int64, 20)
		for i := range parts {
			wholes[i] = 50 + int64(l.Below(200))
			parts[i] = l.hits(wholes[i], .2*l.unit())
		}
		return ShareOf(parts, wholes).holds(.1)
	})
	coverage(t, "verdicts, one a run", .93, 1, func(l lot) bool {
		parts, wholes := make([]int64, 20), make([]int64, 20)
		for i := range parts {
			wholes[i], parts[i] = 1, l.hits(1, .1)
		}
		return ShareOf(parts, wholes).holds(.1)
	})
}

func TestIntervalsOfPercentilesHold(t *testing.T) {
	coverage(t, "median, independent", .93, 1, func(l lot) bool {
		runs := make([]*Histogram, 10)
		for i := range runs {
			runs[i] = l.latencies(100, 1e6)
		}
		return QuantileOf(runs, 500_000).holds(1e6 * math.Ln2)
	})
	truth := quantileOfScaled(1e6, .99, .2)
	coverage(t, "p99, runs that differ", .93, 1, func(l lot) bool {
		runs := make([]*Histogram, 20)
		for i := range runs {
			runs[i] = l.latencies(150, 1e6*math.Exp(.2*l.normal()))
		}
		return QuantileOf(runs, 990_000).holds(truth)
	})
}

// What is stopped when it is precise enough has looked at its own numbers; the
// interval holds nevertheless.
func TestIntervalsHoldWherePrecisionStopped(t *testing.T) {
	coverage(t, "stopped at 10 %", .93, .97, func(l lot) bool {
		var values []float64
		for len(values) < 500 {
			values = append(values, 10+3*l.normal())
			if e := MeanOf(values); Precise(&e, .1*e.Value) {
				break
			}
		}
		return MeanOf(values).holds(10)
	})
}

// Clopper and Pearson's intervals as tables have them.
func TestSharesHaveTheExactInterval(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{0, 10, 0, .3085}, {1, 10, .0025, .4450}, {5, 10, .1871, .8129}, {10, 10, .6915, 1}, {0, 50, 0, .0711}, {3, 100, .0062, .0852}} {
		parts, wholes := make([]int64, c.n), make([]int64, c.n)
		for i := range parts {
			wholes[i] = 1
			if i < c.k {
				parts[i] = 1
			}
		}
		e := ShareOf(parts, wholes)
		if math.Abs(e.Low-c.low) > 5e-5 || math.Abs(e.High-c.high) > 5e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.k, c.n, e.Low, e.High, c.low, c.high)
		}
	}
}

// Things of one run that go together say less than as many that do not.
func TestSharesCountRunsNotThings(t *testing.T) {
	wholes, alike, mixed := []int64{100, 100, 100, 100}, []int64{100, 0, 100, 0}, []int64{50, 51, 49, 50}
	a, m := ShareOf(alike, wholes), ShareOf(mixed, wholes)
	if a.Value != .5 || m.Value != .5 || a.Half() < 4*m.Half() {
		t.Errorf("all or nothing by run: %v, evenly: %v", a, m)
	}
	if m.Half() < .048 {
		t.Errorf("400 things give ± %.3f, less than if they were independent", m.Half())
	}
}

func TestNothingIsKnownOfNothing(t *testing.T) {
	for _, e := range []Estimate{MeanOf(nil), MeanOf([]float64{math.NaN()}), ShareOf([]int64{0, 0}, []int64{0, 0}), QuantileOf([]*Histogram{nil, nil}, 500_000)} {
		if e.Known() || e.N != 0 {
			t.Errorf("%+v", e)
		}
		if d := DifferenceOf(e, e); d.Told || d.Same || d.More != 0 || d.Known() {
			t.Errorf("%+v", d)
		}
	}
	if e := MeanOf([]float64{3}); e.Value != 3 || !math.IsInf(e.Half(), 1) {
		t.Errorf("one run: %+v", e)
	}
	if e := QuantileOf([]*Histogram{newLot(1).latencies(50, 1e6), newLot(2).latencies(50, 1e6)}, 999_000); !math.IsInf(e.High, 1) || math.IsInf(e.Low, 0) {
		t.Errorf("p99.9 of 100 values: %v to %v", e.Low, e.High)
	}
}

func TestDifferences(t *testing.T) {
	a, b := MeanOf([]float64{1, 2, 3, 4}), MeanOf([]float64{1.1, 2, 3.1, 4})
	if d := DifferenceOf(a, a); !d.Same || d.Told || d.Value != 0 {
		t.Errorf("of the same: %+v", d)
	}
	d := DifferenceOf(b, a)
	if math.Abs(d.Value-.05) > 1e-12 || d.Told || d.More < 5 || d.More > 20 {
		t.Errorf("a difference of .05 ± %.3f: %+v", d.Half(), d)
	}
}

// With as many more runs as were announced, the difference can be told in about four of five repeats.
func TestAnnouncedRunsSuffice(t *testing.T) {
	told, total := 0, 0
	for i := range 400 {
		l := newLot(rng.Mix(77, uint64(i)))
		noise := func(n int, shift float64) Estimate {
			return MeanOf(series(n, func() float64 { return shift + l.normal() }))
		}
		first := DifferenceOf(noise(200, .08), noise(200, 0))
		if first.Told || math.Abs(first.Value-.08) > .01 {
			continue // the announcement is for a difference as it seems to be
		}
		n := 200 + first.More
		if n > 20_000 {
			t.Fatalf("%d more runs for %v", first.More, first.Value)
		}
		total++
		if DifferenceOf(noise(n, first.Value), noise(n, 0)).Told {
			told++
		}
	}
	if total < 20 || float64(told)/float64(total) < .65 {
		t.Errorf("told apart in %d of %d", told, total)
	}
}
