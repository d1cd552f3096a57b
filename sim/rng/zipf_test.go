package rng

import (
	"fmt"
	"math"
	"testing"
)

// cumulative is the share of the ranks 0..k, summed the slow way.
func cumulative(n int, theta float64) []float64 {
	sums := make([]float64, n)
	total := 0.0
	for k := range sums {
		total += math.Pow(float64(k+1), -theta)
		sums[k] = total
	}
	for k := range sums {
		sums[k] /= total
	}
	return sums
}

var thetas = []float64{0, 0.5, 0.99, 1, 1.5, 3}

// A draw u belongs to the rank whose part of the cumulative weights it falls
// into, on both sides of the end of the table.
func TestRankIsWhereTheWeightsSay(t *testing.T) {
	for _, n := range []int{1, 2, 10, 1000, zipfTable - 1, zipfTable, zipfTable + 1, 400_000} {
		for _, theta := range thetas {
			z, sums := NewZipf(n, theta), cumulative(n, theta)
			for i := range uint64(3000) {
				u := Draw(1, 1, 1, i)
				if i%3 == 0 {
					u |= 0xff << 56 // the rare ranks
				}
				p, k := float64(u)/0x1p64, z.Rank(u)
				if p > sums[k]+1e-11 || k > 0 && p < sums[k-1]-1e-11 {
					t.Fatalf("n=%d theta=%v: %v is rank %d, which ends at %v", n, theta, p, k, sums[k])
				}
			}
		}
	}
}

// Of a billion ranks with theta 1, rank k has a share of 1/((k+1)*H), where H
// is the harmonic number ln(n) + 0.5772.
func TestManyRanks(t *testing.T) {
	const n = 1_000_000_000
	harmonic := math.Log(n) + 0.5772156649015329
	z := NewZipf(n, 1)
	for _, below := range []float64{1e6, 1e7, 1e8, 5e8} {
		share := (math.Log(below) + 0.5772156649015329) / harmonic
		got := float64(z.Rank(threshold(share)))
		if math.Abs(got-below) > 2+1e-8*below {
			t.Errorf("a share of %v lies below rank %v, want %v", share, got, below)
		}
	}
}

func TestRankRisesAndStaysInRange(t *testing.T) {
	for _, n := range []int{1, 2, 7, 100, 70_000, math.MaxInt32} {
		for _, theta := range []float64{0, 1e-9, 0.5, 0.99, 1, 1 + 1e-12, 1.5, 5, 20, 100} {
			z, last := NewZipf(n, theta), 0
			rising(func(u uint64) {
				k := z.Rank(u)
				if k < last || k >= n {
					t.Fatalf("n=%d theta=%v: rank %d at %#x after %d", n, theta, k, u, last)
				}
				last = k
			})
			if theta < 2 && n < 100_000 && last != n-1 {
				t.Errorf("n=%d theta=%v: the last rank is %d", n, theta, last)
			}
		}
	}
}

func TestZipfRefuses(t *testing.T) {
	for _, c := range []struct {
		n     int
		theta float64
	}{{0, 1}, {-1, 1}, {10, -0.1}, {10, 101}, {10, math.NaN()}, {10, math.Inf(1)}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("was accepted")
				}
			}()
			NewZipf(c.n, c.theta)
		})
	}
}
