package analysis

import (
	"cmp"
	"slices"

	"dynamosim/analysis/history"
)

// staleGet is a get that did not cover everything acknowledged before it
// began.
type staleGet struct {
	get    history.OpID
	missed history.OpID // one that it misses
	behind int32        // how many it misses: its k-lag
	lag    int64        // ns from the acknowledgement of the oldest one missed to the begin of the get: its t-lag
}

// freshness is what all successful gets of a history missed.
type freshness struct {
	stale    []staleGet // by key, then by get
	shadowed []shadow
	from     []int32    // by key: where its part of stale begins; one more at the end
	byGet    []staleGet // stale in the order of operations, made when asked for
}

// shadow is a put of last-write-wins that lost to one that had ended before it
// began.
type shadow struct{ put, by history.OpID }

// freshness computes once which gets were stale under the subject's model.
func (s *Subject) freshness() *freshness {
	if s.fresh != nil {
		return s.fresh
	}
	f := &freshness{from: make([]int32, 0, s.History.Keys()+1)}
	for key := range int32(s.History.Keys()) {
		f.from = append(f.from, int32(len(f.stale)))
		switch s.Model {
		case history.Siblings:
			s.staleSiblings(key, f)
		case history.Register:
			s.staleRegister(key, f)
		default:
			s.staleLastWriteWins(key, f)
		}
	}
	f.from = append(f.from, int32(len(f.stale)))
	s.fresh = f
	return f
}

// of returns the stale gets of a key.
func (f *freshness) of(key int32) []staleGet { return f.stale[f.from[key]:f.from[key+1]] }

func (s *Subject) staleSiblings(key int32, f *freshness) {
	a, known := newAncestry(s, key), s.acknowledgedAt(key)
	front, gone := newFrontier(a, known), newSupersession(a, known)
	s.gets(key, func(p int32, _ history.OpID, o *history.Operation) bool {
		front.advance(o.InvokeIndex)
		var deletes []int32
		if _, _, returned := gone.returned(a, p); returned {
			deletes = front.missedDeletes(s.set(key, p), o.InvokeIndex)
		}
		if w := front.missed(p); w >= 0 {
			f.stale = append(f.stale, front.lagOf(p, w, deletes))
		} else if len(deletes) > 0 {
			f.stale = append(f.stale, front.lagOf(p, deletes[0], deletes))
		}
		return true
	})
}

// lagOf counts what the get at a position missed: from the newest versions
// that it does not cover down to those that it does, and deletions.
func (f *frontier) lagOf(get, missed int32, deletes []int32) staleGet {
	h := f.a.s.History
	o, set := h.Op(f.a.ops[get]), f.a.s.set(f.a.key, get)
	g := staleGet{get: f.a.ops[get], missed: f.a.ops[missed]}
	oldest := o.Invoke
	seen := map[int32]bool{} // lookups only
	stack := slices.Clone(deletes)
	visit := func(p int32) {
		if !seen[p] && f.misses(set, o.ReturnIndex, p) {
			seen[p] = true
			stack = append(stack, p)
		}
	}
	for _, w := range f.newest {
		visit(w)
	}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if f.known[p] < o.InvokeIndex {
			g.behind++
			oldest = min(oldest, h.Op(f.a.ops[p]).Return)
		}
		for _, q := range f.a.parents(p) {
			visit(q)
		}
	}
	g.lag = o.Invoke - oldest
	return g
}

// before returns how many of the writes, in the order of their ends, ended
// before index.
func (s *Subject) before(writes []history.OpID, index int32) int {
	n, _ := slices.BinarySearchFunc(writes, index, func(w history.OpID, index int32) int {
		return cmp.Compare(s.History.Op(w).ReturnIndex, index)
	})
	return n
}

// staleRegister: a version is stale if an acknowledged write began after it
// had ended, and itself ended before the get began.
func (s *Subject) staleRegister(key int32, f *freshness) {
	writes, deletes := s.acknowledgedWrites(key), s.deletions(key)
	s.gets(key, func(_ int32, get history.OpID, o *history.Operation) bool {
		since := s.endOfRead(get, o, deletes)
		first, last := s.before(writes, since), s.before(writes, o.InvokeIndex)
		g := staleGet{get: get, missed: history.NoVersion}
		for i := first; i < last; i++ {
			if s.History.Op(writes[i]).InvokeIndex > since {
				g.count(s.History, writes[i], o)
			}
		}
		if g.behind > 0 {
			f.stale = append(f.stale, g)
		}
		return true
	})
}

// count adds a missed write, given in the order of their ends.
func (g *staleGet) count(h *history.History, w history.OpID, get *history.Operation) {
	if g.behind == 0 {
		g.lag = get.Invoke - h.Op(w).Return
	}
	g.behind++
	g.missed = w
}

// endOfRead returns the index at which what a get returned was certainly
// written: the end of its write, initially for the initial value, never if
// that is not known. Nothing at all may also be what a deletion left behind.
func (s *Subject) endOfRead(get history.OpID, o *history.Operation, deletes []history.OpID) int32 {
	if versions := s.History.Versions(get); len(versions) > 0 {
		if _, ok := s.local(versions[0], o.Key); !ok {
			return initially
		}
		return ended(s.History.Op(versions[0]))
	}
	since := int32(initially)
	for _, id := range deletes {
		if d := s.History.Op(id); d.InvokeIndex < o.ReturnIndex {
			since = max(since, ended(d))
		}
	}
	return since
}

// staleLastWriteWins: a version is stale if a write with a larger stamp was
// acknowledged before the get began.
func (s *Subject) staleLastWriteWins(key int32, f *freshness) {
	h := s.History
	writes, deletes := s.acknowledgedWrites(key), s.deletions(key)
	largest := make([]history.OpID, len(writes)+1) // of the first i writes
	largest[0] = history.NoVersion
	for i, w := range writes {
		largest[i+1] = w
		if top := largest[i]; top != history.NoVersion && !laterStamp(h, w, top) {
			largest[i+1] = top
		}
		if top := largest[s.before(writes, h.Op(w).InvokeIndex)]; top != history.NoVersion && laterStamp(h, top, w) {
			f.shadowed = append(f.shadowed, shadow{put: w, by: top})
		}
	}
	s.gets(key, func(_ int32, get history.OpID, o *history.Operation) bool {
		if g, stale := s.behindStamps(get, o, writes, largest, deletes); stale {
			f.stale = append(f.stale, g)
		}
		return true
	})
}

// behindStamps counts the writes that a get missed, from the newest back until
// no older one can have a larger stamp than what it returned.
func (s *Subject) behindStamps(get history.OpID, o *history.Operation, writes, largest, deletes []history.OpID) (staleGet, bool) {
	h := s.History
	g := staleGet{get: get}
	newer := func(w history.OpID) bool {
		versions := h.Versions(get)
		if len(versions) == 0 {
			return h.Op(w).Func != history.Delete && !s.mayBeDeleted(w, o, deletes)
		}
		_, _, known := h.StampOf(versions[0])
		return known && versions[0] != w && laterStamp(h, w, versions[0])
	}
	for i := s.before(writes, o.InvokeIndex); i > 0 && newer(largest[i]); i-- {
		if w := writes[i-1]; newer(w) {
			g.behind++
			g.lag = o.Invoke - h.Op(w).Return
			if g.behind == 1 {
				g.missed = largest[i]
			}
		}
	}
	return g, g.behind > 0
}

// mayBeDeleted reports whether a deletion with a larger stamp, or one that
// nobody knows, was invoked before a get ended.
func (s *Subject) mayBeDeleted(w history.OpID, get *history.Operation, deletes []history.OpID) bool {
	for _, id := range deletes {
		d := s.History.Op(id)
		if d.InvokeIndex < get.ReturnIndex && (!s.stamped(id) || laterStamp(s.History, id, w)) {
			return true
		}
	}
	return false
}
