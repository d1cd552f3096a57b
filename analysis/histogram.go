package analysis

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// Histogram counts whole numbers that are not negative, each to three
// significant digits, so that those of many runs can be put together without
// keeping every value. Its slots are those of an HDR histogram that begins at
// 1: exact below 2048, and from there 1024 between every power of two and the
// next. The zero value is empty.
type Histogram struct {
	slots []slotCount // by rising slot, none empty
	count int64
	sum   float64 // of the values themselves, not of their slots
	max   int64   // exact
}

// slotCount is how many values fell into a slot.
type slotCount struct {
	slot  int32
	count int64
}

// halfBits is how many bits of a large value a slot keeps beside the leading
// one: 1/1024 is below the 0.1 % of three significant digits.
const halfBits = 10

// slotOf is the slot of a value: the value itself, or its leading bits behind
// how many were cut off.
func slotOf(v int64) int32 {
	shift := max(0, bits.Len64(uint64(v))-halfBits-1)
	return int32(shift)<<halfBits + int32(v>>shift)
}

// slotEnd is the largest value of a slot.
func slotEnd(slot int32) int64 {
	if slot < 2<<halfBits {
		return int64(slot)
	}
	shift := slot>>halfBits - 1
	return (int64(slot)-int64(shift)<<halfBits+1)<<shift - 1
}

// Histogram returns the values of the distribution, none of which may be
// negative, as a histogram.
func (d *Distribution) Histogram() Histogram {
	h := Histogram{count: int64(d.Count()), sum: float64(d.sum)}
	for v, times := range d.runs {
		slot := slotOf(v)
		if n := len(h.slots); n > 0 && h.slots[n-1].slot == slot {
			h.slots[n-1].count += times
			continue
		}
		h.slots = append(h.slots, slotCount{slot, times})
	}
	if h.count > 0 {
		h.max = d.Max()
	}
	return h
}

// Add puts the values of another histogram into h.
func (h *Histogram) Add(o *Histogram) {
	all := make([]slotCount, 0, max(len(h.slots), len(o.slots)))
	a, b := h.slots, o.slots
	for len(a) > 0 && len(b) > 0 {
		switch cmp.Compare(a[0].slot, b[0].slot) {
		case -1:
			all, a = append(all, a[0]), a[1:]
		case 1:
			all, b = append(all, b[0]), b[1:]
		default:
			all = append(all, slotCount{a[0].slot, a[0].count + b[0].count})
			a, b = a[1:], b[1:]
		}
	}
	h.slots = append(append(all, a...), b...)
	h.count += o.count
	h.sum += o.sum
	h.max = max(h.max, o.max)
}

// Count returns how many values there are.
func (h *Histogram) Count() int64 { return h.count }

// Max returns the largest value, 0 of nothing.
func (h *Histogram) Max() int64 { return h.max }

// Mean returns the mean, 0 of nothing.
func (h *Histogram) Mean() float64 {
	if h.count == 0 {
		return 0
	}
	return h.sum / float64(h.count)
}

// Quantile returns a value that at least ppm millionths of the values do not
// exceed, as Distribution.Quantile but up to 0.1 % above it.
func (h *Histogram) Quantile(ppm int64) int64 {
	rank := max(1, int64(math.Ceil(float64(ppm)*float64(h.count)/Whole)))
	for _, s := range h.slots {
		if rank -= s.count; rank <= 0 {
			return min(slotEnd(s.slot), h.max)
		}
	}
	return h.max
}

// AtMost returns how many values do not exceed v, give or take those that
// share its slot.
func (h *Histogram) AtMost(v int64) int64 {
	i, _ := slices.BinarySearchFunc(h.slots, slotOf(v)+1, func(s slotCount, slot int32) int { return cmp.Compare(s.slot, slot) })
	n := int64(0)
	for _, s := range h.slots[:i] {
		n += s.count
	}
	return n
}
