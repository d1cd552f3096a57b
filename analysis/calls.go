package analysis

import (
	"slices"

	"dynamosim/analysis/history"
)

// call is one operation on a key as the tests of linearizability see it: a
// closed interval of event indexes and what was read or written.
type call struct {
	id         history.OpID
	begin, end int32 // end is never for a write that may take effect at any later time
	writes     bool
	tomb       bool    // a deletion: its version may vanish on its own
	set        []int32 // calls whose versions a get returned, or (siblings) a write supersedes; rising
}

// callBuilder turns the operations of a key into calls, reusing its memory.
type callBuilder struct {
	s     *Subject
	key   int32
	calls []call
	slot  []int32 // by position within the key: index in calls, or -1
	first []int32 // by position: end of the first get that returned the version, or never
	sets  []int32 // behind call.set

	passed []int32 // by position: the write plus one whose context it was last followed for
}

func newCallBuilder(s *Subject) *callBuilder { return &callBuilder{s: s} }

// build returns the calls of a key: everything but what certainly or
// harmlessly did not happen. Failed operations are left out, and so are gets
// without a result.
//
// A put whose outcome is unknown is left out if no get returned its version:
// it can always be placed last. If some get did, it took effect before the
// first of them ended, which becomes its end. Both steps are exact. Unknown
// deletions stay, since an empty answer may be their doing.
//
// If keep is not nil, only the operations that it marks (by position) remain;
// see restrictable for what may be left out. A write that supersedes a
// version left out supersedes what that one superseded.
func (b *callBuilder) build(key int32, keep []bool) []call {
	rows := b.s.rowsOf(key)
	b.key = key
	b.calls, b.sets = b.calls[:0], b.sets[:0]
	b.slot = slices.Grow(b.slot[:0], len(rows))[:len(rows)]
	b.findFirstReads(rows, keep)
	for p := range rows {
		b.slot[p] = -1
		if keep != nil && !keep[p] {
			continue
		}
		if c, ok := b.interval(rows[p].id, b.first[p]); ok {
			b.slot[p] = int32(len(b.calls))
			b.calls = append(b.calls, c)
		}
	}
	b.fillSets(keep)
	return b.calls
}

// findFirstReads notes for every version when the first get that returned it
// ended.
func (b *callBuilder) findFirstReads(rows []row, keep []bool) {
	b.first = slices.Grow(b.first[:0], len(rows))[:len(rows)]
	for p := range b.first {
		b.first[p] = never
	}
	for p := range rows {
		if keep != nil && !keep[p] {
			continue
		}
		if r := &rows[p]; r.is(rowReads) {
			for _, q := range b.s.setOf(r) {
				b.first[q] = min(b.first[q], r.end)
			}
		}
	}
}

// interval returns the call of an operation without its set.
func (b *callBuilder) interval(id history.OpID, firstRead int32) (call, bool) {
	o := b.s.History.Op(id)
	c := call{id: id, begin: o.InvokeIndex, end: ended(o), writes: o.Func.Writes(), tomb: o.Func == history.Delete}
	switch {
	case o.Outcome == history.Fail, !c.writes && o.Outcome != history.Ok:
		return c, false
	case o.Outcome == history.Ok:
		return c, true
	case firstRead != never:
		c.end = max(c.begin, firstRead)
		return c, true
	}
	return c, c.tomb
}

// fillSets fills in what every call read or supersedes.
func (b *callBuilder) fillSets(keep []bool) {
	if keep != nil {
		b.passed = append(b.passed[:0], make([]int32, len(b.slot))...)
	}
	for p, i := range b.slot {
		if i < 0 {
			continue
		}
		c := &b.calls[i]
		from := len(b.sets)
		if !c.writes {
			b.addReturned(int32(p))
		} else if b.s.Model == history.Siblings {
			b.addContext(int32(p), int32(p), keep)
			b.close(b.sets[from:], c.begin)
		}
		set := b.sets[from:]
		if len(set) > 1 {
			slices.Sort(set)
			set = slices.Compact(set)
		}
		b.sets = b.sets[:from+len(set)]
		c.set = set[:len(set):len(set)]
	}
}

func (b *callBuilder) addReturned(p int32) {
	for _, q := range b.s.set(b.key, p) {
		if i := b.slot[q]; i >= 0 {
			b.sets = append(b.sets, i)
		}
	}
}

// close ends writes before a later one that names them in its context: who
// names a version knows that it exists. In a whole history a get or an
// acknowledgement says so too, but a restricted one may lack it.
func (b *callBuilder) close(writes []int32, begin int32) {
	for _, w := range writes {
		b.calls[w].end = min(b.calls[w].end, begin-1)
	}
}

// addContext adds the calls that the write at a position supersedes: its
// context, and in place of versions left out those that they superseded.
func (b *callBuilder) addContext(write, p int32, keep []bool) {
	for _, q := range b.s.set(b.key, p) {
		if i := b.slot[q]; i >= 0 {
			b.sets = append(b.sets, i)
		} else if keep != nil && b.passed[q] != write+1 {
			b.passed[q] = write + 1 // beyond it there is the same on every path
			b.addContext(write, q, keep)
		}
	}
}
