package analysis

import (
	"math"
	"slices"

	"dynamosim/analysis/history"
)

// Subject is a history made ready for judging: its operations by key, and what
// they read and supersede as positions within their key. It is for one
// goroutine at a time.
type Subject struct {
	History *history.History
	Model   history.Model // to judge by; the history's own unless overridden
	Facts   Facts

	byKey
	ranges []int32 // where the parts end that it is judged in, see parts.go; nil: it is judged as one

	passes   []passed   // what was measured of a subject in parts
	expected []passed   // what it will be asked for
	fresh    *freshness // which gets were stale, see freshness.go
	groups   []group    // read-modify-writes, see measures.go
	load     *Measures  // of the load, see measures.go
	held     [][]holding
	room     *room // memory that checks use in turn

	plain   []answer // by key: whether the short way accepts it; made when asked for
	longWay bool     // tests: nothing goes the short way
}

// answer is a question's answer once it has been asked.
type answer uint8

const (
	unasked answer = 0
	yes     answer = 1
	no      answer = 2
)

// plainly reports whether the short way finds a key linearizable. Then it keeps
// every weaker promise too, and no get of it is stale; and if all keys do, so
// do they together, since linearizability is local (Herlihy and Wing 1990).
func (s *Subject) plainly(key int32) bool {
	if s.plain == nil {
		s.plain = make([]answer, s.History.Keys())
	}
	a := &s.plain[key]
	if *a == unasked {
		*a = no
		if !s.longWay && s.room.quick.accepts(s, key) {
			*a = yes
		}
	}
	return *a == yes
}

// never is the return of an operation that has no known end.
const never = math.MaxInt32

// NewSubject groups a history by key under its own model.
func NewSubject(h *history.History, facts Facts) *Subject {
	s := &Subject{History: h, Model: h.Model, Facts: facts, room: &room{}}
	if h.Spilled() {
		s.ranges = h.Ranges(max(1, h.SpilledAfter()/2))
		return s
	}
	s.byKey.make(h)
	return s
}

// acknowledgedAt tells by position when a version was acknowledged.
func (s *Subject) acknowledgedAt(key int32) []int32 {
	rows := s.rowsOf(key)
	known := make([]int32, len(rows))
	for p := range rows {
		known[p] = never
		if rows[p].is(rowWrites) {
			known[p] = rows[p].end
		}
	}
	return known
}

// gets calls yield for every successful get of a key, in the order of their
// invocation, until it returns false.
func (s *Subject) gets(key int32, yield func(position int32, get history.OpID, o *history.Operation) bool) {
	for p, r := range s.rowsOf(key) {
		if r.is(rowReads) && !yield(int32(p), r.id, s.History.Op(r.id)) {
			return
		}
	}
}

// acknowledgedWrites returns the acknowledged writes of a key in the order of
// their ends. The slice is shared and valid until the next call.
func (s *Subject) acknowledgedWrites(key int32) []history.OpID {
	writes, rows := s.room.writes[:0], s.rowsOf(key)
	for _, m := range s.momentsOf(key) {
		if r := &rows[m.position()]; m.ends() && r.is(rowWrites) {
			writes = append(writes, r.id)
		}
	}
	s.room.writes = writes
	return writes
}

// deletions returns the deletions of a key that may have happened, in the
// order of their invocation.
func (s *Subject) deletions(key int32) []history.OpID {
	if s.traits[key]&keyDeletes == 0 {
		return nil
	}
	var deletes []history.OpID
	for i := range s.rowsOf(key) {
		if r := &s.rowsOf(key)[i]; r.is(rowDeletes) && !r.is(rowFailed) {
			deletes = append(deletes, r.id)
		}
	}
	return deletes
}

// hasFinals reports whether some get is marked final and succeeded.
func (s *Subject) hasFinals() bool {
	for _, ops := range s.History.EachChunk {
		for i := range ops {
			if ops[i].Final() && ops[i].Outcome == history.Ok {
				return true
			}
		}
	}
	return false
}

// hasDeletions reports whether some deletion may have happened.
func (s *Subject) hasDeletions() bool {
	return slices.ContainsFunc(s.traits, func(t keyTraits) bool { return t&keyDeletes != 0 })
}

// hasStamps reports whether some acknowledged put carries a timestamp, or
// there is none to carry one.
func (s *Subject) hasStamps() bool {
	acknowledged := false
	for _, ops := range s.History.EachChunk {
		for i := range ops {
			if ops[i].Acknowledged() && ops[i].Stamped() {
				return true
			}
			acknowledged = acknowledged || ops[i].Acknowledged()
		}
	}
	return !acknowledged
}

// ended returns the index at which a write is known to have happened because
// its client was told so, or never.
func ended(o *history.Operation) int32 {
	if o.Outcome == history.Ok {
		return o.ReturnIndex
	}
	return never
}

// index returns the index of an operation's invocation, by which evidence
// names it.
func (s *Subject) index(id history.OpID) int { return int(s.History.Op(id).InvokeIndex) }

// stamped reports whether a version has a timestamp that the file of the
// history tells too: of unknown writes only those that a get returned do.
func (s *Subject) stamped(v history.OpID) bool {
	if _, _, ok := s.History.StampOf(v); !ok || !v.Written() {
		return ok
	}
	return s.rowOf(v).knownFrom() != never
}

// laterStamp reports whether a's last-write-wins stamp is above b's: by time,
// then by node, then by the order of invocation.
func laterStamp(h *history.History, a, b history.OpID) bool {
	ta, na, _ := h.StampOf(a)
	tb, nb, _ := h.StampOf(b)
	if ta != tb {
		return ta > tb
	}
	if na != nb {
		return na > nb
	}
	return a > b
}
