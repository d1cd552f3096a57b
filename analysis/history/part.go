package history

import (
	"fmt"
	"slices"
)

// part tells of a history what it is a part of.
type part struct {
	whole *History
	first int32  // number in whole of the key that is number 0 here
	ids   []OpID // by operation: its number in whole
}

// CrossedError says why keys of a history cannot be taken apart.
type CrossedError struct{ Reason string }

func (e *CrossedError) Error() string { return e.Reason }

// OperationsByKey counts the operations of each key.
func (h *History) OperationsByKey() []int32 {
	counts := make([]int32, h.Keys())
	for _, ops := range h.EachChunk {
		for i := range ops {
			counts[ops[i].Key]++
		}
	}
	return counts
}

// Part returns the history of the keys from first up to end, end not included,
// in memory. Operations are numbered anew, and keys count from first; names of
// versions, clients and processes, times, and the indexes of events are those
// that they have in h, and so is what the nemesis did. Where operations of other
// keys belong to them, as in a read-modify-write of two keys, it is a
// *CrossedError.
func (h *History) Part(first, end int32) (*History, error) {
	p := *h
	p.part = &part{whole: h, first: first}
	p.keys = names{list: h.keys.list[first:end:end]}
	p.ops, p.lines, p.versions, p.states = list[Operation]{}, list[Line]{}, pool[OpID]{}, list[State]{}
	p.spilled, p.spillAfter, p.openSpill = nil, 0, nil
	p.stamps, p.labels = list[stamp]{}, nil
	b := parting{from: h.inOrder(), to: &p, first: first, end: end}
	b.operations()
	b.tags()
	b.lines()
	b.states()
	return &p, b.err
}

// Whole returns the history that h is a part of, or h itself.
func (h *History) Whole() *History {
	if h.part == nil {
		return h
	}
	return h.part.whole
}

// FirstKey is the number in Whole of key 0.
func (h *History) FirstKey() int32 {
	if h.part == nil {
		return 0
	}
	return h.part.first
}

// InWhole is the number in Whole of an operation or version.
func (h *History) InWhole(id OpID) OpID {
	if h.part == nil || !id.Written() {
		return id
	}
	return h.part.ids[id]
}

// FromWhole finds an operation or version by its number in Whole.
func (h *History) FromWhole(id OpID) (OpID, bool) {
	if h.part == nil || !id.Written() {
		return id, true
	}
	at, found := slices.BinarySearch(h.part.ids, id)
	return OpID(at), found
}

// HasStates reports whether the whole history tells what nodes hold at the end.
func (h *History) HasStates() bool { return h.Whole().states.n > 0 }

// parting copies the operations of some keys.
type parting struct {
	from, to   *History
	first, end int32
	err        error
}

// operations copies the operations, and then lets them name each other by their
// new numbers.
func (b *parting) operations() {
	h, p := b.from, b.to
	for id, ops := range h.EachChunk {
		for i := range ops {
			o := &ops[i]
			if o.Key < b.first || o.Key >= b.end {
				continue
			}
			p.part.ids = append(p.part.ids, id+OpID(i))
			n := p.ops.add()
			*n = *o
			n.Key -= b.first
			n.flags &= withoutNames
			p.name(n, h.Named(o))
			if o.stamp > 0 {
				*p.stamps.add() = *h.stamps.at(int(o.stamp) - 1)
				n.stamp = int32(p.stamps.n)
			}
			if label, ok := h.labels[id+OpID(i)]; ok {
				p.SetVersion(OpID(p.ops.n-1), label)
			}
		}
	}
	for id, ops := range p.EachChunk {
		for i := range ops {
			b.rename(id+OpID(i), &ops[i])
		}
	}
}

func (b *parting) rename(id OpID, o *Operation) {
	if o.Group != NoVersion {
		o.Group = b.near(id, o.Group, "the read-modify-write of")
	}
	named := b.to.Named(o)
	for i, v := range named {
		named[i] = b.near(id, v, "what is named by")
	}
}

// near finds the new number of an operation that one names, which is usually
// not far from it.
func (b *parting) near(by, v OpID, what string) OpID {
	if !v.Written() {
		return v
	}
	ids := b.to.part.ids
	from, to, step := int(by), int(by)+1, 1
	for from > 0 && ids[from] > v {
		to, from, step = from, max(0, from-step), 2*step
	}
	for to < len(ids) && ids[to-1] < v {
		from, to, step = to, min(len(ids), to+step), 2*step
	}
	at, found := slices.BinarySearch(ids[from:to], v)
	if !found {
		b.crossed(by, what)
	}
	return OpID(from + at)
}

func (b *parting) crossed(by OpID, what string) {
	if b.err == nil {
		b.err = &CrossedError{fmt.Sprintf("%s %s belongs to operations of other keys", what, b.from.VersionName(b.to.part.ids[by]))}
	}
}

// tags looks for what is taken out of a cart of other keys.
func (b *parting) tags() {
	p := b.to
	if p.extras.n == 0 {
		return
	}
	added := map[int32]bool{} // looked up only
	for id, ops := range p.EachChunk {
		for i := range ops {
			if ops[i].HasExtras() {
				for _, a := range p.Adds(id + OpID(i)) {
					added[a.Tag] = true
				}
			}
		}
	}
	for id, ops := range p.EachChunk {
		for i := range ops {
			if !ops[i].HasExtras() {
				continue
			}
			for _, tag := range p.Removes(id + OpID(i)) {
				if !added[tag] {
					b.crossed(id+OpID(i), "what is taken out of a cart by")
				}
			}
		}
	}
}

// lines puts begins and ends in their order.
func (b *parting) lines() {
	p := b.to
	ends := make([]int64, 0, p.ops.n) // index in the high half, operation in the low
	for id, ops := range p.EachChunk {
		for i := range ops {
			if ops[i].Outcome != Open {
				ends = append(ends, int64(ops[i].ReturnIndex)<<32|int64(id)+int64(i))
			}
		}
	}
	slices.Sort(ends)
	for id, ops := range p.EachChunk {
		for i := range ops {
			for len(ends) > 0 && int32(ends[0]>>32) < ops[i].InvokeIndex {
				*p.lines.add() = lineReturn | Line(uint32(ends[0]))<<2
				ends = ends[1:]
			}
			*p.lines.add() = lineInvoke | Line(int(id)+i)<<2
		}
	}
	for _, e := range ends {
		*p.lines.add() = lineReturn | Line(uint32(e))<<2
	}
}

// states copies what nodes hold of the keys.
func (b *parting) states() {
	p := b.to
	var ids []OpID
	for i := range b.from.States() {
		s, held := b.from.State(i)
		if s.Key < b.first || s.Key >= b.end {
			continue
		}
		ids = ids[:0]
		for _, v := range held {
			local, ok := p.FromWhole(v)
			if !ok && b.err == nil {
				b.err = &CrossedError{fmt.Sprintf("%s holds of key %s what was written to another one", b.from.NodeName(s.Node), b.from.KeyName(s.Key))}
			}
			ids = append(ids, local)
		}
		n := p.states.add()
		*n = *s
		n.Key -= b.first
		n.versions = p.versions.put(ids)
	}
}

// Ranges cuts the keys into runs whose operations number about n at most, but
// for single keys that have more; each run ends where the next one begins.
func (h *History) Ranges(n int) []int32 {
	ends, sum := []int32{}, 0
	for key, count := range h.OperationsByKey() {
		if sum > 0 && sum+int(count) > n {
			ends, sum = append(ends, int32(key)), 0
		}
		sum += int(count)
	}
	return append(ends, int32(h.Keys()))
}
