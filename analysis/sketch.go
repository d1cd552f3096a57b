package analysis

import (
	"math"
	"math/bits"
)

// Sketch is a distribution in buckets, none wider than 1/256 of its values: a
// few kilobytes whatever the number of values, and many sketches add up to the
// sketch of all. Within a bucket values are taken to lie evenly.
type Sketch struct {
	buckets []bucket // by index, rising
	count   int64
}

type bucket struct {
	index int32
	count int64
}

// sketchBits is how many bits of a value decide its bucket; what is below
// 2·2^sketchBits is exact.
const sketchBits = 8

// SketchOf returns the sketch of a distribution, whose values must not be
// negative.
func SketchOf(d *Distribution) *Sketch {
	s := &Sketch{count: int64(d.Count())}
	for _, v := range d.Values() {
		if v < 0 {
			v = 0
		}
		i := bucketOf(v)
		if n := len(s.buckets); n > 0 && s.buckets[n-1].index == i {
			s.buckets[n-1].count++
		} else {
			s.buckets = append(s.buckets, bucket{i, 1})
		}
	}
	return s
}

// bucketOf is the index of the bucket of a value.
func bucketOf(v int64) int32 {
	shift := max(0, bits.Len64(uint64(v))-sketchBits-1)
	return int32(shift)<<sketchBits + int32(v>>shift)
}

// bounds are the least value of a bucket and the least above it.
func bounds(index int32) (from, to float64) {
	shift := max(0, index>>sketchBits-1)
	v := int64(index - shift<<sketchBits)
	return float64(v << shift), float64((v + 1) << shift)
}

// Count returns how many values there are.
func (s *Sketch) Count() int64 { return s.count }

// MergeSketches adds sketches up; nil is an empty one.
func MergeSketches(all []*Sketch) *Sketch {
	switch len(all) {
	case 0:
		return &Sketch{}
	case 1:
		if all[0] == nil {
			return &Sketch{}
		}
		return all[0]
	}
	return MergeSketches(all[:len(all)/2]).plus(MergeSketches(all[len(all)/2:]))
}

func (s *Sketch) plus(o *Sketch) *Sketch {
	sum := &Sketch{buckets: make([]bucket, 0, len(s.buckets)+len(o.buckets)), count: s.count + o.count}
	a, b := s.buckets, o.buckets
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].index < b[0].index:
			sum.buckets, a = append(sum.buckets, a[0]), a[1:]
		case a[0].index > b[0].index:
			sum.buckets, b = append(sum.buckets, b[0]), b[1:]
		default:
			sum.buckets = append(sum.buckets, bucket{a[0].index, a[0].count + b[0].count})
			a, b = a[1:], b[1:]
		}
	}
	sum.buckets = append(append(sum.buckets, a...), b...)
	return sum
}

// Quantile returns the value that a share of the values does not exceed; NaN
// if there are none. A bucket of one whole number is that number.
func (s *Sketch) Quantile(p float64) float64 {
	if s.count == 0 {
		return math.NaN()
	}
	rank, below := p*float64(s.count), int64(0)
	for _, b := range s.buckets {
		if n := below + b.count; float64(n) >= rank {
			from, to := bounds(b.index)
			if to-from <= 1 {
				return from
			}
			return from + (to-from)*max(0, rank-float64(below))/float64(b.count)
		}
		below += b.count
	}
	from, to := bounds(s.buckets[len(s.buckets)-1].index)
	return max(from, to-1)
}

// AtMost returns how many values do not exceed v.
func (s *Sketch) AtMost(v float64) float64 {
	n := int64(0)
	for _, b := range s.buckets {
		from, to := bounds(b.index)
		switch {
		case v < from:
			return float64(n)
		case to-from > 1 && v < to:
			return float64(n) + float64(b.count)*(v-from)/(to-from)
		}
		n += b.count
	}
	return float64(n)
}

// QuantileOf estimates the value that a share p, between 0 and 1, of what all
// runs measured does not exceed. Runs without a sketch say nothing.
//
// The interval is Woodruff's (1952): how sure the share below the value is,
// counted by runs, translated back into values. An end beyond what was seen is
// infinite: 200 values do not bound their p99.9 from above.
func QuantileOf(runs []*Sketch, p float64) Estimate {
	e := unknown(len(runs))
	all := MergeSketches(runs)
	if all.count == 0 {
		return e
	}
	at := all.Quantile(p)
	share := Estimate{Value: p, pull: make([]float64, len(runs))}
	for _, s := range runs {
		if s != nil && s.count > 0 {
			share.N++
		}
	}
	e.N, e.Value = share.N, at
	mean, below := float64(all.count)/float64(e.N), all.AtMost(at)/float64(all.count)
	for i, s := range runs {
		share.pull[i] = math.NaN()
		if s != nil && s.count > 0 {
			share.pull[i] = (s.AtMost(at) - below*float64(s.count)) / mean
		}
	}
	if e.N < 2 {
		return e
	}
	weight := share.effective(float64(all.count))
	low, high := clopperPearson(p*weight, weight)
	e.Low, e.High = all.bound(low), all.bound(high)
	slope := 0.
	if high > low && !math.IsInf(e.Half(), 0) {
		slope = (e.High - e.Low) / (high - low)
	} else {
		slope = math.Inf(1)
	}
	for i, v := range share.pull {
		if e.pull[i] = -slope * v; v == 0 {
			e.pull[i] = 0
		}
	}
	return e
}

// bound is the quantile that bounds an interval, infinite if no value lies
// beyond it.
func (s *Sketch) bound(p float64) float64 {
	switch n := float64(s.count); {
	case p*n < 1:
		return math.Inf(-1)
	case p*n > n-1:
		return math.Inf(1)
	}
	return s.Quantile(p)
}
