package analysis

import "slices"

// Distribution holds whole numbers and answers exactly: its quantiles are
// values that occurred, its mean is a quotient of integer sums. So it is the
// same on every machine.
type Distribution struct {
	sorted []int64
	sum    int64
}

// NewDistribution takes the values over and sorts them.
func NewDistribution(values []int64) Distribution {
	d := Distribution{sorted: values}
	for _, v := range values {
		d.sum += v
	}
	slices.Sort(values)
	return d
}

// Count returns how many values there are.
func (d *Distribution) Count() int { return len(d.sorted) }

// Sum returns the sum of the values.
func (d *Distribution) Sum() int64 { return d.sum }

// Mean returns the mean, rounded to the nearest whole number; 0 of nothing.
func (d *Distribution) Mean() int64 {
	n := int64(len(d.sorted))
	if n == 0 {
		return 0
	}
	whole, rest := d.sum/n, d.sum%n
	if rest < 0 {
		whole, rest = whole-1, rest+n
	}
	if rest >= n-rest {
		whole++
	}
	return whole
}

// Min returns the least value, 0 of nothing.
func (d *Distribution) Min() int64 { return d.Quantile(0) }

// Max returns the largest value, 0 of nothing.
func (d *Distribution) Max() int64 { return d.Quantile(Whole) }

// Whole is the share of all values in the unit of Quantile.
const Whole = 1_000_000

// Quantile returns the least value that at least ppm millionths of the values
// do not exceed (nearest rank): 500,000 is the median, 999,900 is p99.99. It
// is 0 if there are no values.
func (d *Distribution) Quantile(ppm int64) int64 {
	n := int64(len(d.sorted))
	if n == 0 {
		return 0
	}
	rank := (ppm*n + Whole - 1) / Whole
	return d.sorted[max(0, min(rank, n)-1)]
}

// AtMost returns how many values do not exceed v.
func (d *Distribution) AtMost(v int64) int {
	i, _ := slices.BinarySearch(d.sorted, v+1)
	return i
}

// Values returns the values in rising order; the slice is shared.
func (d *Distribution) Values() []int64 { return d.sorted }
