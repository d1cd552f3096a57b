package rng

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// Quantile is a point of a measured distribution: a share P of the samples,
// from 0 to 1, is at most NS nanoseconds.
type Quantile struct {
	P  float64
	NS int64
}

// point is a quantile whose probability is a fraction of 2^64.
type point struct {
	at uint64
	ns int64
}

// Empirical returns the distribution through the given quantiles, which must
// rise or stay equal in both P and NS. Between two points it is linear; two
// points at one P make a jump; below the first point and above the last one
// the value is that of the point.
func Empirical(quantiles []Quantile) (*Dist, error) {
	if len(quantiles) == 0 {
		return nil, errors.New("empirical: want at least one quantile")
	}
	d := Dist{kind: empirical}
	for i, q := range quantiles {
		switch {
		case !(q.P >= 0 && q.P <= 1):
			return nil, fmt.Errorf("empirical: probability %v must be from 0 to 1", q.P)
		case q.NS < -Limit || q.NS > Limit:
			return nil, fmt.Errorf("empirical: %d ns at p %v must lie within ±%d ns", q.NS, q.P, Limit)
		case i > 0 && (q.P < quantiles[i-1].P || q.NS < quantiles[i-1].NS):
			return nil, fmt.Errorf("empirical: p %v at %d ns must not come after p %v at %d ns",
				q.P, q.NS, quantiles[i-1].P, quantiles[i-1].NS)
		}
		d.points = append(d.points, point{at: threshold(q.P), ns: q.NS})
	}
	return newDist(d), nil
}

// interpolate returns the value at u on the line through the points.
func interpolate(points []point, u uint64) int64 {
	next := pointAfter(points, u)
	switch next {
	case 0:
		return points[0].ns
	case len(points):
		return points[next-1].ns
	}
	from, to := points[next-1], points[next]
	hi, lo := bits.Mul64(u-from.at, uint64(to.ns-from.ns))
	rise, _ := bits.Div64(hi, lo, to.at-from.at)
	return from.ns + int64(rise)
}

// pointAfter returns the index of the first point above u.
func pointAfter(points []point, u uint64) int {
	lo, hi := 0, len(points)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if points[mid].at > u {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// integralOfPoints samples each segment between the points at 64 places.
func (d *Dist) integralOfPoints() float64 {
	sum, from := 0.0, uint64(0)
	for _, p := range d.points {
		sum += d.integralOver(from, p.at)
		from = p.at
	}
	return sum + d.integralOver(from, math.MaxUint64)
}

func (d *Dist) integralOver(from, to uint64) float64 {
	const places = 64
	cell := (to - from) / places
	sum := 0.0
	for k := range uint64(places) {
		sum += float64(d.Sample(from + k*cell + cell/2))
	}
	return float64(math.Ldexp(float64(to-from), -64-6) * sum)
}
