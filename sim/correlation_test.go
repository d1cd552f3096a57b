package sim

import (
	"math"
	"testing"

	"dynamosim/sim/rng"
)

// With a correlation the share of the lost messages stays, and those that are lost follow each other: a message meets the fate of the one
// before with probability ρ, or by chance.
func TestCorrelatedLoss(t *testing.T) {
	const n, share, rho = 20000, 20, 75
	for _, correlation := range []int{0, rho} {
		_, times := arrivals(noteConfig(), n, &Rule{Name: "burst", Loss: percent(share), Correlation: percent(correlation)})
		lost := make([]bool, n)
		for i := range lost {
			lost[i] = times[uint64(i)] == nil
		}
		total, same := 0, 0
		for i := range lost {
			if lost[i] {
				total++
				if i > 0 && lost[i-1] {
					same++
				}
			}
		}
		p, q := float64(share)/100, float64(correlation)/100
		if sd := math.Sqrt(p * (1 - p) / n * (1 + q) / (1 - q)); math.Abs(float64(total)/n-p) > 5*sd {
			t.Errorf("correlation %d %%: %d of %d lost", correlation, total, n)
		}
		want := q + float64((1-q)*p)
		if got := float64(same) / float64(total); math.Abs(got-want) > 0.03 {
			t.Errorf("correlation %d %%: after a lost message %.3f are lost, want %.3f", correlation, got, want)
		}
	}
}

func TestCorrelatedDelay(t *testing.T) {
	const n = 5000
	delay := must(rng.Uniform(0, 1000*ms))
	_, free := arrivals(noteConfig(), n, &Rule{Name: "d", Delay: delay})
	_, bound := arrivals(noteConfig(), n, &Rule{Name: "d", Delay: delay, Correlation: percent(90)})
	if a, b := distinct(free), distinct(bound); a < n*9/10 || math.Abs(float64(b)-n/10) > 150 {
		t.Errorf("%d and %d distinct delays of %d messages", a, b, n)
	}
}

func distinct(times map[uint64][]int64) int {
	seen := map[int64]bool{}
	for _, t := range times { // order: counted only
		seen[t[0]] = true
	}
	return len(seen)
}
