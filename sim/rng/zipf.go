package rng

import (
	"fmt"
	"math"
)

// Zipf draws ranks 0..n-1 so that rank k has a weight of 1/(k+1)^theta: theta
// 0 is uniform, 0.99 is YCSB's usual skew, and 1 and above are allowed. Rank 0
// is the most popular.
//
// The ranks up to 65535 are drawn from an exact table of cumulative weights.
// Those beyond are drawn by inverting the integral of x^-theta, which gives
// each its weight within one part in 10^10.
type Zipf struct {
	n     int
	theta float64
	upTo  []uint64 // upTo[k]: the last input of the ranks 0..k; nil when uniform
	guide []uint32 // guide[g]: the rank of the input g<<guideShift

	// Of the ranks that are not in upTo: where they begin, half a rank before
	// the first one, and the integral of t^-theta over t = x/edge.
	edge, tail float64
}

const (
	zipfTable  = 1 << 16
	guideBits  = 12
	guideShift = 64 - guideBits
)

// NewZipf compiles the distribution of n ranks. It panics unless n > 0 and
// theta is from 0 to 100.
func NewZipf(n int, theta float64) *Zipf {
	if n <= 0 || !(theta >= 0 && theta <= 100) {
		panic(fmt.Sprintf("rng: Zipf of %d ranks with theta %v: want n > 0 and theta from 0 to 100", n, theta))
	}
	z := &Zipf{n: n, theta: theta}
	if theta > 0 {
		z.tabulate(min(n, zipfTable))
	}
	return z
}

// tabulate fills the tables for the first ranks.
func (z *Zipf) tabulate(ranks int) {
	theta := z.theta
	sums := make([]float64, ranks)
	total := 0.0
	for k := range sums {
		total += Exp(-float64(theta * Log(float64(k+1))))
		sums[k] = total
	}
	if ranks < z.n {
		// The sum is an integral by the midpoint rule.
		z.edge = float64(ranks) + 0.5
		z.tail = z.integral((float64(z.n) + 0.5) / z.edge)
		total += float64(z.tail * Pow(z.edge, 1-theta))
	}
	z.upTo = make([]uint64, ranks)
	for k, sum := range sums {
		z.upTo[k] = threshold(sum / total)
	}
	if ranks == z.n {
		z.upTo[ranks-1] = math.MaxUint64
	}
	z.fillGuide()
}

func (z *Zipf) fillGuide() {
	z.guide = make([]uint32, 1<<guideBits+1)
	rank := 0
	for g := range z.guide[:1<<guideBits] {
		for rank < len(z.upTo) && z.upTo[rank] < uint64(g)<<guideShift {
			rank++
		}
		z.guide[g] = uint32(rank)
	}
	z.guide[1<<guideBits] = uint32(len(z.upTo))
}

// Rank returns the rank in [0,n) that belongs to 64 uniform bits. It never
// falls when u rises.
func (z *Zipf) Rank(u uint64) int {
	if z.upTo == nil {
		return int(Below(u, uint64(z.n)))
	}
	g := u >> guideShift
	lo, hi := int(z.guide[g]), int(z.guide[g+1])
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if z.upTo[mid] >= u {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	if lo == len(z.upTo) {
		return z.tailRank(u)
	}
	return lo
}

// tailRank serves the inputs beyond the table.
func (z *Zipf) tailRank(u uint64) int {
	from := z.upTo[len(z.upTo)-1]
	share := float64(u-from) / float64(math.MaxUint64-from)
	x := float64(z.edge * z.inverse(float64(share*z.tail)))
	if !(x < float64(z.n)) {
		return z.n - 1
	}
	return max(int(math.Round(x))-1, len(z.upTo))
}

// integral is the integral of t^-theta from 1 to x, without the division by
// zero that its usual form has at theta 1.
func (z *Zipf) integral(x float64) float64 {
	ln := Log(x)
	return float64(ln * expm1Over(float64((1-z.theta)*ln)))
}

// inverse returns the x at which the integral is y.
func (z *Zipf) inverse(y float64) float64 {
	return Exp(float64(y * log1pOver(float64((1-z.theta)*y))))
}

// expm1Over is (e^x-1)/x; a series where the quotient would lose its digits.
func expm1Over(x float64) float64 {
	if math.Abs(x) > 1e-3 {
		return (Exp(x) - 1) / x
	}
	return 1 + float64(x*(1.0/2+float64(x*(1.0/6+float64(x*(1.0/24+float64(x*(1.0/120))))))))
}

// log1pOver is ln(1+x)/x.
func log1pOver(x float64) float64 {
	if math.Abs(x) > 1e-3 {
		return Log(1+x) / x
	}
	return 1 - float64(x*(1.0/2-float64(x*(1.0/3-float64(x*(1.0/4-float64(x*(1.0/5))))))))
}
