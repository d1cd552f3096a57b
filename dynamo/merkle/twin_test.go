package merkle

import (
	"cmp"
	"math/big"
	"slices"
)

// twin is an index that is only simple: a sorted list, and hashes added up key by key.
type twin struct {
	keys    []twinKey
	content func(slot int32) uint64
}

type twinKey struct {
	at   Position
	slot int32
}

func (w *twin) put(slot int32, at Position) {
	if w.find(slot) >= 0 {
		return
	}
	w.keys = append(w.keys, twinKey{at, slot})
	slices.SortFunc(w.keys, func(a, b twinKey) int {
		return cmp.Or(cmp.Compare(a.at.Hi, b.at.Hi), cmp.Compare(a.at.Lo, b.at.Lo), cmp.Compare(a.slot, b.slot))
	})
}

func (w *twin) remove(slot int32) {
	if i := w.find(slot); i >= 0 {
		w.keys = slices.Delete(w.keys, i, i+1)
	}
}

func (w *twin) find(slot int32) int {
	return slices.IndexFunc(w.keys, func(k twinKey) bool { return k.slot == slot })
}

// in lists the slots in a range, clockwise from where it begins.
func (w *twin) in(r Range) []int32 {
	var inside []twinKey
	for _, k := range w.keys {
		if r.Contains(k.at) {
			inside = append(inside, k)
		}
	}
	slices.SortStableFunc(inside, func(a, b twinKey) int { return distance(r, a.at).Cmp(distance(r, b.at)) })
	slots := make([]int32, len(inside))
	for i, k := range inside {
		slots[i] = k.slot
	}
	return slots
}

func (w *twin) hash(r Range) uint64 {
	sum := uint64(0)
	for _, k := range w.keys {
		if r.Contains(k.at) {
			sum += hash(k.at, w.content(k.slot))
		}
	}
	return sum
}

var ring = new(big.Int).Lsh(big.NewInt(1), 128)

func number(p Position) *big.Int {
	n := new(big.Int).SetUint64(p.Hi)
	return n.Add(n.Lsh(n, 64), new(big.Int).SetUint64(p.Lo))
}

// distance is how far a position of a range lies past its beginning, from 1 to the range's width.
func distance(r Range, p Position) *big.Int {
	d := new(big.Int).Sub(number(p), number(r.After))
	if d.Sign() <= 0 {
		d.Add(d, ring)
	}
	return d
}

// width is the length of a range.
func width(r Range) *big.Int { return distance(r, r.Upto) }

// leafOf is the leaf i with floor(i*width/leaves) < distance <= floor((i+1)*width/leaves), found by asking all.
func leafOf(s Shape, r Range, p Position) uint64 {
	d := distance(r, p)
	for i := uint64(0); ; i++ {
		end := new(big.Int).SetUint64(i + 1)
		end.Mul(end, width(r)).Div(end, new(big.Int).SetUint64(s.Leaves()))
		if d.Cmp(end) <= 0 {
			return i
		}
	}
}

// differing lists the leaves in which two twins differ.
func differing(s Shape, r Range, a, b *twin) []uint64 {
	var leaves []uint64
	at := func(w *twin, slot int32) (Position, uint64, bool) {
		i := w.find(slot)
		if i < 0 || !r.Contains(w.keys[i].at) || w.content(slot) == 0 {
			return Position{}, 0, false
		}
		return w.keys[i].at, w.content(slot), true
	}
	for _, k := range append(slices.Clone(a.keys), b.keys...) {
		pa, ca, oka := at(a, k.slot)
		pb, cb, okb := at(b, k.slot)
		if oka != okb || ca != cb {
			leaves = append(leaves, leafOf(s, r, map[bool]Position{true: pa, false: pb}[oka]))
		}
	}
	slices.Sort(leaves)
	return slices.Compact(leaves)
}
