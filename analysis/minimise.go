package analysis

import (
	"slices"

	"dynamosim/analysis/history"
)

// minimiser looks for a small part of a key's history that is already illegal.
//
// What may be left out so that a legal history stays legal: any get; and a
// write whose version no remaining get returned, if the writes that superseded
// it go on to supersede what it did, unless it is a deletion that could be why
// a remaining get did not see something. So what remains illegal proves the
// whole to be.
type minimiser struct {
	s       *Subject
	key     int32
	b       *callBuilder
	keep    []bool
	illegal func(calls []call) bool
	tests   int

	superseded *supersession
}

// minimiseTests bounds how often the minimiser judges a part.
const minimiseTests = 400

// minimise returns the operations of a smaller part of those marked in keep
// that is still illegal. The marked ones must be.
func minimise(s *Subject, key int32, keep []bool, illegal func(calls []call) bool) []history.OpID {
	m := &minimiser{s: s, key: key, b: newCallBuilder(s), keep: keep, illegal: illegal}
	m.superseded = newSupersession(newAncestry(s, key), s.acknowledgedAt(key))
	m.dropEarlyGets()
	m.dropOneByOne(func(o *history.Operation) bool { return !o.Func.Writes() })
	m.dropWrites()
	m.dropOneByOne(func(o *history.Operation) bool { return o.Func.Writes() })
	m.dropOneByOne(func(o *history.Operation) bool { return !o.Func.Writes() })
	return m.kept()
}

func (m *minimiser) kept() []history.OpID {
	var ids []history.OpID
	for p, id := range m.s.operations(m.key) {
		if m.keep[p] {
			ids = append(ids, id)
		}
	}
	return ids
}

// still reports whether the part marked in keep is illegal.
func (m *minimiser) still(keep []bool) bool {
	m.tests++
	return m.tests <= minimiseTests && m.illegal(m.b.build(m.key, keep))
}

// try drops the marked positions for good if the rest is still illegal.
func (m *minimiser) try(drop func(p int, o *history.Operation) bool) bool {
	smaller := slices.Clone(m.keep)
	dropped := false
	for p, id := range m.s.operations(m.key) {
		if smaller[p] && drop(p, m.s.History.Op(id)) {
			smaller[p] = false
			dropped = true
		}
	}
	m.hold(smaller)
	if dropped && !slices.Equal(smaller, m.keep) && m.still(smaller) {
		m.keep = smaller
		return true
	}
	return false
}

// hold puts back the operations that may not be left out.
func (m *minimiser) hold(keep []bool) {
	ops := m.s.operations(m.key)
	first, last, nothing := int32(never), int32(0), false
	for p, id := range ops {
		o := m.s.History.Op(id)
		if !keep[p] || o.Func != history.Get || o.Outcome != history.Ok {
			continue
		}
		first, last = min(first, o.InvokeIndex), max(last, o.ReturnIndex)
		nothing = nothing || len(m.s.History.Versions(id)) == 0
		for _, q := range m.s.set(m.key, int32(p)) {
			keep[q] = true
		}
	}
	for p, id := range ops {
		if o := m.s.History.Op(id); m.keep[p] && o.Func == history.Delete && o.InvokeIndex < last {
			keep[p] = keep[p] || m.explains(p, first, nothing)
		}
	}
}

// explains reports whether a deletion could be why a remaining get, the first
// of which begins at first, did not see something. A deletion that had been
// superseded by then has handed on what it superseded.
func (m *minimiser) explains(p int, first int32, nothing bool) bool {
	if m.s.Model != history.Siblings {
		return nothing
	}
	return m.superseded.at[p] > first
}

// dropEarlyGets keeps the last 1, 2, 4, ... gets, as few as suffice.
func (m *minimiser) dropEarlyGets() {
	var gets []int
	for p, id := range m.s.operations(m.key) {
		if m.keep[p] && m.s.History.Op(id).Func == history.Get {
			gets = append(gets, p)
		}
	}
	for n := 1; n < len(gets); n *= 2 {
		first := gets[len(gets)-n]
		if m.try(func(p int, o *history.Operation) bool { return o.Func == history.Get && p < first }) {
			return
		}
	}
}

// dropWrites drops all writes that no get returned, or else the earlier halves
// of them.
func (m *minimiser) dropWrites() {
	if m.try(func(_ int, o *history.Operation) bool { return o.Func.Writes() }) {
		return
	}
	for end := len(m.keep) / 2; end > 0; end /= 2 {
		m.try(func(p int, o *history.Operation) bool { return o.Func.Writes() && p < end })
	}
}

func (m *minimiser) dropOneByOne(which func(o *history.Operation) bool) {
	for p, id := range m.s.operations(m.key) {
		if m.keep[p] && which(m.s.History.Op(id)) {
			m.try(func(q int, _ *history.Operation) bool { return q == p })
		}
	}
}
