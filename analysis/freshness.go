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
	from     []int32 // by key: where its part of stale begins; one more at the end
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
		switch {
		case s.Model == history.LastWriteWins: // shadows fall on linearizable keys too
			s.staleLastWriteWins(key, f)
		case s.plainly(key): // no get is stale where all are right
		case s.Model == history.Register:
			s.staleRegister(key, f)
		default:
			s.staleSiblings(key, f)
		}
	}
	f.from = append(f.from, int32(len(f.stale)))
	s.forget()
	s.fresh = f
	return f
}

// of returns the stale gets of a key.
func (f *freshness) of(key int32) []staleGet { return f.stale[f.from[key]:f.from[key+1]] }

// staleSiblings follows the events of a key: at its begin a get is held
// against what had been acknowledged by then.
func (s *Subject) staleSiblings(key int32, f *freshness) {
	front := s.frontierOf(s.ancestryOf(key), s.knownAt(key))
	rows := s.rowsOf(key)
	var gone *supersession
	if len(front.deletes) > 0 {
		front.known = s.acknowledgedAt(key)
		gone = newSupersession(front.a, front.known)
	}
	for _, m := range s.momentsOf(key) {
		p := m.position()
		switch r := &rows[p]; {
		case m.ends():
			if r.is(rowWrites) {
				front.take(p)
			}
		case !r.is(rowReads):
		case gone == nil:
			if w := front.missed(p); w >= 0 {
				f.stale = append(f.stale, front.lagOf(p, w, nil))
			}
		default:
			s.staleBesideDeletes(p, front, gone, f)
		}
	}
}

// staleBesideDeletes judges the get at a position of a key with deletions.
func (s *Subject) staleBesideDeletes(p int32, front *frontier, gone *supersession, f *freshness) {
	var deletes []int32
	if _, _, returned := gone.returned(front.a, p); returned {
		deletes = front.missedDeletes(s.set(front.a.key, p), front.rows[p].begin)
	}
	if w := front.missed(p); w >= 0 {
		f.stale = append(f.stale, front.lagOf(p, w, deletes))
	} else if len(deletes) > 0 {
		f.stale = append(f.stale, front.lagOf(p, deletes[0], deletes))
	}
}

// lagOf counts what the get at a position missed: from the newest versions
// that it does not cover down to those that it does, and deletions.
func (f *frontier) lagOf(get, missed int32, deletes []int32) staleGet {
	h, r, set := f.a.s.History, &f.rows[get], f.a.s.set(f.a.key, get)
	began := h.Op(r.id).Invoke
	g := staleGet{get: r.id, missed: f.rows[missed].id}
	oldest := began
	f.round++
	stack := append(f.stack[:0], deletes...)
	visit := func(p int32) {
		if f.seen[p] != f.round && f.misses(set, r.end, p) {
			f.seen[p] = f.round
			stack = append(stack, p)
		}
	}
	for _, w := range f.newest {
		visit(w)
	}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if f.rows[p].is(rowWrites) && f.rows[p].end < r.begin {
			g.behind++
			oldest = min(oldest, h.Op(f.rows[p].id).Return)
		}
		for _, q := range f.a.parents(p) {
			visit(q)
		}
	}
	f.stack = stack
	g.lag = began - oldest
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
// had ended, and itself ended before the get began. To find out whether there
// is one, the latest begin among the writes that have ended suffices.
func (s *Subject) staleRegister(key int32, f *freshness) {
	rows, deletes := s.rowsOf(key), s.deletions(key)
	writes, latest := s.room.writes[:0], int32(initially)
	for _, m := range s.momentsOf(key) {
		p := m.position()
		switch r := &rows[p]; {
		case r.is(rowWrites) && m.ends():
			writes = append(writes, r.id)
			latest = max(latest, r.begin)
		case r.is(rowReads) && !m.ends():
			if since := s.endOfRead(key, p, r, deletes); latest > since {
				f.stale = append(f.stale, s.missedSince(since, r.id, writes))
			}
		}
	}
	s.room.writes = writes
}

// missedSince counts the writes, in the order of their ends, that began after
// an index.
func (s *Subject) missedSince(since int32, get history.OpID, writes []history.OpID) staleGet {
	g := staleGet{get: get, missed: history.NoVersion}
	o := s.History.Op(get)
	for i := s.before(writes, since); i < len(writes); i++ {
		if s.History.Op(writes[i]).InvokeIndex > since {
			g.count(s.History, writes[i], o)
		}
	}
	return g
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
func (s *Subject) endOfRead(key, p int32, get *row, deletes []history.OpID) int32 {
	if set := s.set(key, p); len(set) > 0 {
		return s.rowsOf(key)[set[0]].end
	}
	since := int32(initially)
	if len(deletes) == 0 || len(s.History.Versions(get.id)) > 0 {
		return since
	}
	for _, id := range deletes {
		if d := s.History.Op(id); d.InvokeIndex < get.end {
			since = max(since, ended(d))
		}
	}
	return since
}

// staleLastWriteWins: a version is stale if a write with a larger stamp was
// acknowledged before the get began.
func (s *Subject) staleLastWriteWins(key int32, f *freshness) {
	rows, stamps, deletes := s.rowsOf(key), s.stampsOf(key), s.deletions(key)
	writes, largest := s.room.writes[:0], append(s.room.largest[:0], history.NoVersion)
	top := int32(-1) // of the writes acknowledged by now
	for _, m := range s.momentsOf(key) {
		p := m.position()
		switch r := &rows[p]; {
		case m.ends() && r.is(rowWrites):
			if top < 0 || stamps[p].above(&stamps[top]) {
				top = p
			}
			writes, largest = append(writes, r.id), append(largest, rows[top].id)
		case m.ends() || top < 0:
		case r.is(rowReads):
			if set := s.set(key, p); len(set) > 0 && rows[set[0]].is(rowStamped) && !stamps[top].above(&stamps[set[0]]) {
				continue
			}
			if g, stale := s.behindStamps(r, writes, largest, deletes); stale {
				f.stale = append(f.stale, g)
			}
		case r.end != never && stamps[top].above(&stamps[p]):
			f.shadowed = append(f.shadowed, shadow{put: r.id, by: rows[top].id})
		}
	}
	s.room.writes, s.room.largest = writes, largest
}

// behindStamps counts the writes that a get missed, from the newest back until
// no older one can have a larger stamp than what it returned.
func (s *Subject) behindStamps(get *row, writes, largest, deletes []history.OpID) (staleGet, bool) {
	h := s.History
	g, o := staleGet{get: get.id}, h.Op(get.id)
	versions := h.Versions(get.id)
	newer := func(w history.OpID) bool {
		if len(versions) == 0 {
			return h.Op(w).Func != history.Delete && !s.mayBeDeleted(w, o, deletes)
		}
		_, _, known := h.StampOf(versions[0])
		return known && versions[0] != w && laterStamp(h, w, versions[0])
	}
	for i := len(writes); i > 0 && newer(largest[i]); i-- {
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
