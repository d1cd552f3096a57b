package analysis

import (
	"fmt"
	"math"
	"testing"

	"dynamosim/sim/rng"
)

// With exponential W and the other legs constant the model has an exact solution: a put that is acknowledged by W replicas is without memory
// on the others.
func TestPredictionMeetsTheExactCase(t *testing.T) {
	const trials = 100_000
	w, err := rng.Exponential(10e6)
	if err != nil {
		t.Fatal(err)
	}
	legs := Legs{W: []*rng.Dist{w}, A: []*rng.Dist{rng.Constant(2e6)}, R: []*rng.Dist{rng.Constant(1e6)}, S: []*rng.Dist{rng.Constant(1e6)}}
	for _, c := range []struct {
		r, w  int
		stale float64 // C(N-W, R)/C(N, R)
	}{{1, 1, 2. / 3}, {2, 1, 1. / 3}, {1, 2, 1. / 3}, {2, 2, 0}, {1, 3, 0}, {3, 1, 0}} {
		p := PredictWARS(legs, 3, c.r, c.w, trials)
		for _, ms := range []float64{0, 5, 20} {
			want := 1 - c.stale*math.Exp(-float64(c.r)*.1*(ms+3))
			sigma := math.Sqrt(want*(1-want)/trials) + 1e-12
			if got := p.Fresh(int64(ms * 1e6)); math.Abs(got-want) > 3.5*sigma {
				t.Errorf("R=%d W=%d: %.5f of gets fresh after %v ms, exactly %.5f", c.r, c.w, got, ms, want)
			}
		}
	}
}

// The mixtures of the paper's Table 3 for LinkedIn's disks, against an independent program of a million trials.
func TestPredictionMeetsPublishedLatencies(t *testing.T) {
	ssd := mixtureOf(t, 912_200, mustPareto(t, 235_000, 10), mustExponential(t, 602_410))
	disk := mixtureOf(t, 380_000, mustPareto(t, 1_050_000, 1.51), mustExponential(t, 5_464_481))
	legs := Legs{W: []*rng.Dist{disk}, A: []*rng.Dist{ssd}, R: []*rng.Dist{ssd}, S: []*rng.Dist{ssd}}
	for _, c := range []struct {
		r, w                int
		fresh, put999, t999 float64
	}{{1, 1, .43726, 10.93, 51.9}, {1, 2, .71298, 20.9, 48.1}, {2, 1, .76287, 10.93, 14.18}} {
		p := PredictWARS(legs, 3, c.r, c.w, 200_000)
		if got := p.Fresh(0); math.Abs(got-c.fresh) > .004 {
			t.Errorf("R=%d W=%d: %.4f fresh at once, want %.4f", c.r, c.w, got, c.fresh)
		}
		if got := float64(p.Put.Quantile(999_000)) / 1e6; math.Abs(got/c.put999-1) > .06 {
			t.Errorf("R=%d W=%d: p99.9 of puts %.2f ms, want %.2f", c.r, c.w, got, c.put999)
		}
		if got := float64(p.Visible(999_000)) / 1e6; math.Abs(got/c.t999-1) > .09 {
			t.Errorf("R=%d W=%d: 99.9 %% fresh after %.2f ms, want %.2f", c.r, c.w, got, c.t999)
		}
	}
}

func mustPareto(t *testing.T, min int64, shape float64) *rng.Dist {
	t.Helper()
	d, err := rng.Pareto(min, shape, 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mustExponential(t *testing.T, mean int64) *rng.Dist {
	t.Helper()
	d, err := rng.Exponential(mean)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// mixtureOf has a share of a, in millionths, and else b.
func mixtureOf(t *testing.T, ppm int, a, b *rng.Dist) *rng.Dist {
	t.Helper()
	share, err := rng.ParseChance(fmt.Sprintf("0.%06d", ppm))
	if err != nil {
		t.Fatal(err)
	}
	rest, err := rng.ParseChance(fmt.Sprintf("0.%06d", 1_000_000-ppm))
	if err != nil {
		t.Fatal(err)
	}
	d, err := rng.Mixture([]rng.Part{{Share: share, Dist: a}, {Share: rest, Dist: b}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
