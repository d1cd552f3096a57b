package analysis

import (
	"math/bits"
	"slices"
)

// Distribution holds whole numbers and answers exactly: its quantiles are
// values that occurred, its mean is a quotient of integer sums. So it is the
// same on every machine.
type Distribution struct {
	sorted []int64
	sum    int64
	packed *packed // in place of sorted, where there are very many or few differ
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
func (d *Distribution) Count() int {
	if d.packed != nil {
		return int(d.packed.count)
	}
	return len(d.sorted)
}

// Sum returns the sum of the values.
func (d *Distribution) Sum() int64 { return d.sum }

// Mean returns the mean, rounded to the nearest whole number; 0 of nothing.
func (d *Distribution) Mean() int64 {
	n := int64(d.Count())
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
	n := int64(d.Count())
	if n == 0 {
		return 0
	}
	rank := max(0, min((ppm*n+Whole-1)/Whole, n)-1)
	if d.packed != nil {
		return d.packed.at(rank)
	}
	return d.sorted[rank]
}

// AtMost returns how many values do not exceed v.
func (d *Distribution) AtMost(v int64) int {
	if d.packed != nil {
		return int(d.packed.atMost(v))
	}
	i, _ := slices.BinarySearch(d.sorted, v+1)
	return i
}

// runs calls yield for the values in rising order, and how often each occurs.
func (d *Distribution) runs(yield func(v, n int64) bool) {
	if d.packed != nil {
		d.packed.runs(yield)
		return
	}
	for i := 0; i < len(d.sorted); {
		v, n := d.sorted[i], 1
		for i+n < len(d.sorted) && d.sorted[i+n] == v {
			n++
		}
		if !yield(v, int64(n)) {
			return
		}
		i += n
	}
}

// add puts the values of another distribution to d.
func (d *Distribution) add(o *Distribution) {
	if o.Count() > 0 {
		*d = Distribution{sum: d.sum + o.sum, packed: mergeRuns(d, o)}
	}
}

// distribution is NewDistribution with the memory of the room, of values none
// of which is negative.
func (r *room) distribution(values []int64) Distribution {
	d := Distribution{sorted: values}
	for _, v := range values {
		d.sum += v
	}
	r.numbers = radixSort(values, r.numbers)
	return d
}

// distributionOf is the distribution of small numbers, of each of which it is
// told how often it occurs.
func distributionOf(times []int64) (d Distribution) {
	for v, n := range times {
		d.append(int64(v), n)
	}
	return d
}

// distributionWith is the distribution of so many zeros and of a few values,
// none of which is negative.
func distributionWith(zeros int64, values []int64) (d Distribution) {
	slices.Sort(values)
	for len(values) > 0 && values[0] == 0 {
		zeros, values = zeros+1, values[1:]
	}
	d.append(0, zeros)
	rest := Distribution{sorted: values}
	rest.runs(d.append)
	return d
}

// append adds a value above all before it, that occurs n times.
func (d *Distribution) append(v, n int64) bool {
	if n == 0 {
		return true
	}
	if d.packed == nil {
		d.packed = new(packed)
	}
	d.packed.append(v, n)
	d.sum += v * n
	return true
}

// digitBits is how many bits the digits have at most that numbers are sorted by.
const digitBits = 11

// radixSort sorts values, none of which is negative, by digits, the lowest
// first. Digits that all share cost one look. It returns the memory for copies,
// to be used again.
func radixSort(values, spare []int64) []int64 {
	const few = 256
	if len(values) < few {
		slices.Sort(values)
		return spare
	}
	spare = slices.Grow(spare[:0], len(values))[:len(values)]
	all, some := int64(-1), int64(0)
	for _, v := range values {
		all, some = all&v, some|v
	}
	length := uint(bits.Len64(uint64(some)))
	digits := (length + digitBits - 1) / digitBits
	from, to := values, spare
	for n := range digits { // about as many bits each
		shift, end := n*length/digits, (n+1)*length/digits
		if mask := int64(1)<<(end-shift) - 1; (all^some)>>shift&mask != 0 {
			sortDigit(to, from, shift, mask)
			from, to = to, from
		}
	}
	if &from[0] != &values[0] {
		copy(values, from)
	}
	return spare
}

// sortDigit copies values in the order of a digit, and in their own where it is
// the same.
func sortDigit(to, from []int64, shift uint, mask int64) {
	var next [1 << digitBits]int32 // by digit: how many there are, then where the next one belongs
	mask &= int64(len(next) - 1)
	for _, v := range from {
		next[v>>(shift&63)&mask]++
	}
	at := int32(0)
	for i := range next[:mask+1] {
		n := next[i]
		next[i] = at
		at += n
	}
	for _, v := range from {
		n := &next[v>>(shift&63)&mask]
		to[*n] = v
		*n++
	}
}
