package analysis

import (
	"cmp"
	"slices"
)

// frontier follows, event by event, which versions of a key every answer must
// cover: those that are certain to exist when the get begins. It keeps only
// the newest of them; whoever covers those covers all.
type frontier struct {
	a         *ancestry
	rows      []row
	known     []int32 // by position: index from which on the version is certain to exist
	order     []int32 // positions by known
	next      int     // in order
	newest    []int32 // certain to exist and not below another such version
	dominated []bool  // by position: it is below one that was certain to exist
	deletes   []int32 // positions of deletions that were invoked and did not fail, rising
	asked     []int32 // by position: how many answers have lacked it
	stack     []int32
	seen      []int32 // by position: number of the last get that was counted with it
	round     int32
}

// frontierOf prepares a key in memory that the next call reuses. known gives
// by position when a version is certain to exist, never if at no time.
func (s *Subject) frontierOf(a *ancestry, known []int32) *frontier {
	f := &s.room.front
	n := len(a.rows)
	f.a, f.rows, f.known = a, a.rows, known
	f.order, f.next, f.newest, f.deletes, f.round = f.order[:0], 0, f.newest[:0], f.deletes[:0], 0
	f.dominated, f.asked, f.seen = cleared(f.dominated, n), cleared(f.asked, n), cleared(f.seen, n)
	if s.traits[a.key]&keyDeletes == 0 {
		return f
	}
	for p := range f.rows {
		if r := &f.rows[p]; r.is(rowDeletes) && !r.is(rowFailed) {
			f.deletes = append(f.deletes, int32(p))
		}
	}
	return f
}

// cleared returns n zeros, in the memory of list if they fit.
func cleared[T any](list []T, n int) []T {
	list = slices.Grow(list[:0], n)[:n]
	clear(list)
	return list
}

// sort readies the frontier for advance.
func (f *frontier) sort() {
	for p := range f.known {
		if f.known[p] != never {
			f.order = append(f.order, int32(p))
		}
	}
	slices.SortFunc(f.order, func(x, y int32) int { return cmp.Compare(f.known[x], f.known[y]) })
}

// advance takes in the versions that are certain to exist before index.
func (f *frontier) advance(index int32) {
	for f.next < len(f.order) && f.known[f.order[f.next]] < index {
		f.next++
		f.take(f.order[f.next-1])
	}
}

// take notes that the version at a position is certain to exist from now on.
func (f *frontier) take(p int32) {
	if !f.dominated[p] {
		f.dominate(p)
		if !f.isDelete(p) {
			f.newest = append(f.newest, p)
		}
	}
}

// dominate marks everything below p, each position once in the whole run.
func (f *frontier) dominate(p int32) {
	f.stack = append(f.stack[:0], p)
	removed := false
	for len(f.stack) > 0 {
		q := f.stack[len(f.stack)-1]
		f.stack = f.stack[:len(f.stack)-1]
		for _, r := range f.a.parents(q) {
			if !f.dominated[r] {
				f.dominated[r] = true
				removed = true
				f.stack = append(f.stack, r)
			}
		}
	}
	if removed {
		f.newest = slices.DeleteFunc(f.newest, func(q int32) bool {
			if f.dominated[q] {
				f.a.forget(q)
			}
			return f.dominated[q]
		})
	}
}

func (f *frontier) isDelete(p int32) bool {
	return f.rows[p].is(rowDeletes)
}

// missed returns the first of the newest versions that the get at a position
// should cover and does not, or -1.
func (f *frontier) missed(get int32) int32 {
	set, end := f.a.s.set(f.a.key, get), f.rows[get].end
	for _, w := range f.newest {
		if f.misses(set, end, w) {
			return w
		}
	}
	return -1
}

// misses reports whether an answer that came at index end should have covered
// the put w and did not. What is below a deletion that had been invoked by
// then may be gone, tombstone and all.
func (f *frontier) misses(set []int32, end, w int32) bool {
	if f.isDelete(w) || f.a.covers(set, w) {
		return false
	}
	f.asked[w]++
	if f.asked[w] == patience {
		f.a.remember(w)
	}
	return !f.deleted(w, end)
}

// missedDeletes returns the deletions that were certain to exist before index
// and that an answer does not cover although it has something below them.
func (f *frontier) missedDeletes(set []int32, index int32) []int32 {
	var missed []int32
	for _, d := range f.deletes {
		if f.known[d] < index && f.returnsBelow(set, d) && !f.a.covers(set, d) {
			missed = append(missed, d)
		}
	}
	return missed
}

// patience is how many answers may lack a version before what is above it is
// remembered.
const patience = 16

// returnsBelow reports whether one of the versions is below w.
func (f *frontier) returnsBelow(set []int32, w int32) bool {
	for _, p := range set {
		if f.a.above(w, p) {
			return true
		}
	}
	return false
}

// deleted reports whether a deletion invoked before index is above w.
func (f *frontier) deleted(w, index int32) bool {
	for i := len(f.deletes) - 1; i >= 0 && f.deletes[i] > w; i-- {
		d := f.deletes[i]
		if f.rows[d].begin < index && f.a.above(d, w) {
			return true
		}
	}
	return false
}
