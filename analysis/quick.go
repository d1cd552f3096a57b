package analysis

import (
	"slices"

	"dynamosim/analysis/history"
)

// Short ways to find a key linearizable, each in one walk over its events.
// They accept only what the exact tests would accept; where they do not, those
// decide.

// quick holds the memory that the short ways use in turn.
type quick struct {
	zones []span  // by position
	first []int32 // clusters in the order of f, then forward ones only
	last  []int32 // backward clusters in the order of s
	open  []int32 // gets that have begun and not seen yet what they returned
	state []int32 // versions that are there
	need  []int32 // writes that are to take effect
	done  []bool  // by position: it has taken effect
}

// span is the zone of a version's cluster, see zones.go.
type span struct{ f, s int32 }

// accepts reports whether a key is linearizable for certain. Where it says no,
// nothing is known.
func (q *quick) accepts(s *Subject, key int32) bool {
	if s.traits[key]&(keySuspect|keyDeletes) != 0 {
		return false
	}
	switch s.Model {
	case history.Register:
		return q.register(s, key)
	case history.LastWriteWins:
		return q.stamped(s, key)
	}
	return s.traits[key]&keyInvented == 0 && q.siblings(s, key)
}

// register is the zone test of zones.go without its sorting: clusters come in
// the order of f at their first end, in that of s at their last begin.
func (q *quick) register(s *Subject, key int32) bool {
	rows := s.rowsOf(key)
	n := int32(len(rows)) // the cluster of the initial value
	q.zones = slices.Grow(q.zones[:0], len(rows)+1)[:len(rows)+1]
	q.zones[n] = span{f: initially, s: initially}
	for p := range rows {
		q.zones[p] = span{f: rows[p].end, s: rows[p].begin}
	}
	for p := range rows {
		if rows[p].is(rowReads) {
			z := &q.zones[q.cluster(s, key, int32(p), n)]
			z.f, z.s = min(z.f, rows[p].end), max(z.s, rows[p].begin)
		}
	}
	q.sortZones(s, key, n)
	return q.disjoint()
}

// cluster returns whose version the operation at a position wrote or read.
func (q *quick) cluster(s *Subject, key, p, initial int32) int32 {
	if s.rowsOf(key)[p].is(rowWrites) {
		return p
	}
	if set := s.set(key, p); len(set) > 0 {
		return set[0]
	}
	return initial
}

func (q *quick) sortZones(s *Subject, key, n int32) {
	rows := s.rowsOf(key)
	q.first, q.last = append(q.first[:0], n), q.last[:0]
	if z := &q.zones[n]; z.f >= z.s {
		q.first, q.last = q.first[:0], append(q.last, n)
	}
	for _, m := range s.momentsOf(key) {
		p := m.position()
		if !rows[p].is(rowWrites | rowReads) {
			continue
		}
		c := q.cluster(s, key, p, n)
		switch z := &q.zones[c]; {
		case m.ends() && z.f == rows[p].end && z.f < z.s && c != n:
			q.first = append(q.first, c)
		case !m.ends() && z.s == rows[p].begin && z.f >= z.s:
			q.last = append(q.last, c)
		}
	}
}

// disjoint reports whether no two forward zones overlap and no backward zone
// lies strictly inside a forward one.
func (q *quick) disjoint() bool {
	for i := 1; i < len(q.first); i++ {
		if q.zones[q.first[i]].f < q.zones[q.first[i-1]].s {
			return false
		}
	}
	at := 0
	for _, c := range q.last {
		b := &q.zones[c]
		for at < len(q.first) && q.zones[q.first[at]].f < b.s {
			at++
		}
		if at > 0 && b.f < q.zones[q.first[at-1]].s {
			return false
		}
	}
	return true
}

// stamped is the test of maxregister.go turned round: what is the largest
// stamp that is certain to be there when a get, or the put of what it
// returned, begins?
func (q *quick) stamped(s *Subject, key int32) bool {
	rows, stamps := s.rowsOf(key), s.stampsOf(key)
	q.first = cleared(q.first, len(rows)) // by position: the largest when the put began, plus one
	top := int32(-1)
	for _, m := range s.momentsOf(key) {
		p := m.position()
		r := &rows[p]
		switch {
		case m.ends():
			c := q.cluster(s, key, p, -1)
			if c < 0 || c == top {
				continue
			}
			if !rows[c].is(rowStamped) || r.is(rowReads) && q.first[c] > 0 && stamps[q.first[c]-1].above(&stamps[c]) {
				return false
			}
			if top < 0 || stamps[c].above(&stamps[top]) {
				top = c
			}
		case r.is(rowWrites):
			q.first[p] = top + 1
		case r.is(rowReads) && top >= 0:
			if c := q.cluster(s, key, p, -1); c < 0 || c != top && (!rows[c].is(rowStamped) || stamps[top].above(&stamps[c])) {
				return false
			}
		}
	}
	return true
}

// siblings builds one way in which things may have happened, in the manner of
// sweep.go: a write takes effect when it ends, or when a get needs it; a get as
// soon as the state is what it returned. Where a write would spoil that, the
// get is served first if it can be. Unknown puts that no get needs never take
// effect. If every get is served in its time, the way is a proof.
func (q *quick) siblings(s *Subject, key int32) bool {
	rows := s.rowsOf(key)
	q.open, q.state, q.need = q.open[:0], q.state[:0], q.need[:0]
	q.done = cleared(q.done, len(rows))
	w := walk{quick: q, s: s, rows: rows}
	moments := s.momentsOf(key)
	for i := 0; i < len(moments); i++ {
		m := moments[i]
		p := m.position()
		switch read := rows[p].is(rowReads); {
		case !m.ends():
			w.now = p
			if len(q.open) == 0 && i+1 < len(moments) && moments[i+1].position() == p { // alone, as most are
				if i++; !w.alone(p, read) {
					return false
				}
				continue
			}
			if read {
				q.open = append(q.open, p)
			}
		case read:
			if !q.done[p] && !w.shows(s.setOf(&rows[p])) && !w.serve(p, 0) {
				return false
			}
			i := slices.Index(q.open, p)
			q.open[i] = q.open[len(q.open)-1]
			q.open = q.open[:len(q.open)-1]
		case !q.done[p]:
			q.need = append(q.need, p)
			w.apply(q.need, p, 0)
			q.need = q.need[:0]
		}
	}
	return true
}

// walk is one way in which the operations on a key may have happened.
type walk struct {
	*quick
	s    *Subject
	rows []row
	now  int32 // position of the last operation that has begun
}

// alone takes an operation that ends before another one begins, while no get is
// open.
func (w *walk) alone(p int32, read bool) bool {
	switch {
	case read:
		return w.shows(w.s.setOf(&w.rows[p])) || w.serve(p, 0)
	case !w.done[p]:
		w.done[p] = true
		w.write(p)
	}
	return true
}

// depths bounds how many gets are served on behalf of another one.
const depths = 6

// serve lets the writes that an open get needs take effect, so that it sees
// what it returned. It reports false if that is not possible now.
func (w *walk) serve(get int32, depth int) bool {
	set := w.s.setOf(&w.rows[get])
	if !w.shows(set) {
		from := len(w.need)
		if w.lacks(set) {
			w.apply(w.need[from:], get, depth)
		}
		w.need = w.need[:from]
	}
	w.done[get] = w.done[get] || w.shows(set)
	return w.done[get]
}

// lacks adds to need what must take effect to make a set the state. It reports
// false if that would not do.
func (w *walk) lacks(set []int32) bool {
	from := len(w.need)
	for _, v := range set {
		if slices.Contains(w.state, v) {
			continue
		}
		if w.done[v] || v > w.now || meet(w.s.setOf(&w.rows[v]), set) {
			return false
		}
		w.need = append(w.need, v)
	}
	for _, v := range w.state {
		if !slices.Contains(set, v) && !w.removed(w.need[from:], v) {
			return false
		}
	}
	return true
}

// shows reports whether the state is what a get returned.
func (w *walk) shows(set []int32) bool {
	if len(set) != len(w.state) {
		return false
	}
	if len(set) == 1 {
		return set[0] == w.state[0]
	}
	for i, v := range set {
		if !slices.Contains(w.state, v) || i > 0 && slices.Contains(set[:i], v) {
			return false
		}
	}
	return true
}

// removed reports whether one of the needed writes supersedes v.
func (w *walk) removed(need []int32, v int32) bool {
	for _, p := range need {
		if slices.Contains(w.s.setOf(&w.rows[p]), v) {
			return true
		}
	}
	return false
}

// apply lets the needed writes take effect on behalf of an operation, after
// the open gets that are right before them or can be made so.
func (w *walk) apply(need []int32, cause int32, depth int) {
	for _, p := range w.open {
		if !w.done[p] && w.shows(w.s.setOf(&w.rows[p])) {
			w.done[p] = true
		}
	}
	for _, p := range w.open {
		if !w.done[p] && p != cause && depth < depths && w.spoils(need, w.s.setOf(&w.rows[p])) {
			w.serve(p, depth+1)
		}
	}
	for _, p := range need {
		if !w.done[p] {
			w.done[p] = true
			w.write(p)
		}
	}
}

// write lets a write take effect.
func (w *walk) write(p int32) {
	context := w.s.setOf(&w.rows[p])
	left := w.state[:0]
	for _, v := range w.state {
		if !slices.Contains(context, v) {
			left = append(left, v)
		}
	}
	w.state = append(left, p)
}

// spoils reports whether what a get returned would be wrong, or more wrong,
// after the needed writes.
func (w *walk) spoils(need, set []int32) bool {
	for _, p := range need {
		if !slices.Contains(set, p) || meet(w.s.setOf(&w.rows[p]), set) {
			return true
		}
	}
	return false
}

// meet reports whether two sets share a version.
func meet(a, b []int32) bool {
	for _, v := range a {
		if slices.Contains(b, v) {
			return true
		}
	}
	return false
}
