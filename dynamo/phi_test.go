package dynamo

import (
	"math"
	"math/rand/v2"
	"testing"
)

// phi is the definition: -log10 of the probability that a heartbeat comes later than after this silence, by the normal distribution with the
// mean and the standard deviation of the samples (Hayashibara et al. 2004, §4.2).
func phi(silence float64, samples []float64) float64 {
	sum, square := 0.0, 0.0
	for _, s := range samples {
		sum += s
	}
	mean := sum / float64(len(samples))
	for _, s := range samples {
		square += (s - mean) * (s - mean)
	}
	sigma := math.Sqrt(square / float64(len(samples)))
	return -math.Log10(0.5 * math.Erfc((silence-mean)/(sigma*math.Sqrt2)))
}

// threshold is z of a threshold of phi, by bisection.
func threshold(limit float64) uint64 {
	lo, hi := 0.0, 40.0
	for range 60 {
		if mid := (lo + hi) / 2; -math.Log10(0.5*math.Erfc(mid/math.Sqrt2)) < limit {
			lo = mid
		} else {
			hi = mid
		}
	}
	return uint64(lo * 65536)
}

// A peer is suspected at the moment when φ, computed as it is defined, reaches its threshold.
func TestPhiAgainstItsDefinition(t *testing.T) {
	draws := rand.New(rand.NewPCG(1, 2))
	for _, limit := range []float64{0.5, 1, 3, 8, 12, 50} {
		for _, spread := range []float64{0.15, 0.3, 2} {
			cfg := Accrual{Heartbeat: 1_000_000_000, Samples: 100, Threshold: threshold(limit)}
			var a arrivals
			var gaps []float64
			now := int64(5)
			a.heartbeatArrived(now, &cfg)
			for range 350 {
				gap := int64(1e9 * (1 + spread*draws.ExpFloat64()))
				now += gap
				a.heartbeatArrived(now, &cfg)
				gaps = append(gaps, float64(gap))
			}
			if got := phi(float64(a.margin), gaps[250:]); math.Abs(got-limit) > 0.001*limit+0.001 {
				t.Errorf("threshold %v, spread %v: suspected after %d ns, where phi is %v", limit, spread, a.margin, got)
			}
		}
	}
}

// The sums stay exact whatever arrives, and for ever.
func TestPhiSumsAreExact(t *testing.T) {
	draws := rand.New(rand.NewPCG(3, 4))
	cfg := Accrual{Heartbeat: 10_000_000_000, Samples: MaxSamples, Threshold: 6 << 16}
	var a arrivals
	now := int64(1)
	for range 3 * MaxSamples {
		a.heartbeatArrived(now, &cfg)
		now += draws.Int64N(1 << uint(10+draws.IntN(32)))
	}
	sum, square := int64(0), uint64(0)
	for _, d := range a.recent {
		sum += int64(d)
		square += uint64(int64(d) * int64(d))
	}
	if len(a.recent) != MaxSamples || sum != a.sum || square != a.square {
		t.Errorf("%d samples, sums %d and %d, want %d and %d", len(a.recent), a.sum, a.square, sum, square)
	}
	for range MaxSamples {
		a.sample(maxDeviation+5, MaxSamples)
	}
	if v := a.variance(MaxSamples); v != 0 || a.sum != MaxSamples*maxDeviation {
		t.Errorf("equal samples of the largest size have the variance %d", v)
	}
	for i := range MaxSamples {
		a.sample(int64(1-2*(i%2))*2*maxDeviation, MaxSamples)
	}
	if v := a.variance(MaxSamples); v != maxDeviation*maxDeviation {
		t.Errorf("the largest variance is %d", v)
	}
}

// A perfectly regular network does not make the first delay look like a crash, and nothing is suspected before it was heard twice.
func TestPhiWithoutSpread(t *testing.T) {
	cfg := Accrual{Heartbeat: 1_000_000_000, Samples: 10, Threshold: threshold(8)}
	var a arrivals
	for i := range int64(20) {
		a.heartbeatArrived(1+i*cfg.Heartbeat, &cfg)
	}
	if a.margin < cfg.Heartbeat*3/2 || a.margin > cfg.Heartbeat*2 {
		t.Errorf("suspected after %d ns", a.margin)
	}
	if first := a.firstSilence(&cfg); first < 2*cfg.Heartbeat || first > 3*cfg.Heartbeat {
		t.Errorf("at first suspected after %d ns", first)
	}
}

func TestSquareRoot(t *testing.T) {
	for _, v := range []uint64{0, 1, 2, 3, 4, 15, 16, 17, 1 << 40, 1<<40 - 1, math.MaxUint64} {
		r := squareRoot(v)
		if r*r > v || r < math.MaxUint32 && (r+1)*(r+1) <= v {
			t.Errorf("root of %d: %d", v, r)
		}
	}
}
