package analysis

import (
	"math"
	"slices"

	"dynamosim/analysis/history"
)

// Subject is a history made ready for judging: its operations by key, and what
// they read and supersede as positions within their key.
type Subject struct {
	History *history.History
	Model   history.Model // to judge by; the history's own unless overridden
	Facts   Facts

	order   []history.OpID // operations grouped by key, in the order of invocation
	start   []int32        // by key: where its group begins in order; one more at the end
	place   []placement    // by operation: where it stands
	sets    []int32        // positions within the key that operations read or supersede
	setAt   []int32        // by index in order: where its part of sets begins; one more at the end
	known   []int32        // by index in order: from when on the version is certain to exist, see knownAt
	suspect []bool         // by key: some get returned what no store may return, see reads.go

	fresh  *freshness // which gets were stale, see freshness.go
	groups []group    // read-modify-writes, see measures.go
	load   *Measures  // of the load, see measures.go
}

// placement tells where an operation stands in the order by key.
type placement struct{ key, position int32 }

// never is the return of an operation that has no known end.
const never = math.MaxInt32

// NewSubject groups a history by key under its own model.
func NewSubject(h *history.History, facts Facts) *Subject {
	s := &Subject{History: h, Model: h.Model, Facts: facts}
	s.group()
	s.link()
	return s
}

// group sorts the operations by key.
func (s *Subject) group() {
	h := s.History
	s.start = make([]int32, h.Keys()+1)
	s.place = make([]placement, h.Len())
	for i := range s.place {
		k := h.Op(history.OpID(i)).Key
		s.place[i] = placement{key: k, position: s.start[k+1]}
		s.start[k+1]++
	}
	for k := range h.Keys() {
		s.start[k+1] += s.start[k]
	}
	s.order = make([]history.OpID, h.Len())
	for i, p := range s.place {
		s.order[s.start[p.key]+p.position] = history.OpID(i)
	}
}

// link resolves what gets returned and writes supersede to positions, and
// notes when versions are certain to exist and which keys are suspect.
func (s *Subject) link() {
	h := s.History
	s.setAt = make([]int32, len(s.order)+1)
	s.known = make([]int32, len(s.order))
	s.suspect = make([]bool, h.Keys())
	for i, id := range s.order {
		s.known[i] = never
		if o := h.Op(id); o.Func.Writes() {
			s.known[i] = ended(o)
		}
	}
	s.sets = make([]int32, 0, len(s.order))
	for i, id := range s.order {
		o := h.Op(id)
		if o.Func.Writes() {
			s.linkContext(id, o)
		} else if o.Outcome == history.Ok {
			s.linkVersions(id, o)
		}
		s.setAt[i+1] = int32(len(s.sets))
	}
}

func (s *Subject) linkContext(id history.OpID, o *history.Operation) {
	for _, v := range s.History.Context(id) {
		if p, ok := s.local(v, o.Key); ok && v < id {
			s.sets = append(s.sets, p)
		}
	}
}

func (s *Subject) linkVersions(id history.OpID, o *history.Operation) {
	for _, v := range s.History.Versions(id) {
		p, ok := s.local(v, o.Key)
		if !ok {
			s.suspect[o.Key] = true
			continue
		}
		s.sets = append(s.sets, p)
		known := &s.known[s.start[o.Key]+p]
		*known = min(*known, o.ReturnIndex)
		if w := s.History.Op(v); w.Outcome == history.Fail || w.InvokeIndex > o.ReturnIndex {
			s.suspect[o.Key] = true
		}
	}
	if _, altered := s.History.Altered(id); altered {
		s.suspect[o.Key] = true
	}
}

// operations returns those on a key, in the order of their invocation.
func (s *Subject) operations(key int32) []history.OpID {
	return s.order[s.start[key]:s.start[key+1]]
}

// set returns the positions that the operation at a position of the key
// returned (a successful get) or supersedes (a write). The slice is shared.
func (s *Subject) set(key, position int32) []int32 {
	i := s.start[key] + position
	return s.sets[s.setAt[i]:s.setAt[i+1]]
}

// local returns the position of version v among the operations on key; ok is
// false if nothing ever wrote it there.
func (s *Subject) local(v history.OpID, key int32) (position int32, ok bool) {
	if !v.Written() || s.place[v].key != key {
		return 0, false
	}
	return s.place[v].position, true
}

// knownAt tells for every operation on a key, by position, from which index on
// its version is certain to exist: it was acknowledged or a get returned it.
func (s *Subject) knownAt(key int32) []int32 {
	return s.known[s.start[key]:s.start[key+1]]
}

// acknowledgedAt tells by position when a version was acknowledged.
func (s *Subject) acknowledgedAt(key int32) []int32 {
	ops := s.operations(key)
	known := make([]int32, len(ops))
	for p, id := range ops {
		known[p] = never
		if o := s.History.Op(id); o.Func.Writes() {
			known[p] = ended(o)
		}
	}
	return known
}

// gets calls yield for every successful get of a key, in the order of their
// invocation, until it returns false.
func (s *Subject) gets(key int32, yield func(position int32, get history.OpID, o *history.Operation) bool) {
	for p, id := range s.operations(key) {
		if o := s.History.Op(id); o.Func == history.Get && o.Outcome == history.Ok && !yield(int32(p), id, o) {
			return
		}
	}
}

// acknowledgedWrites returns the acknowledged writes of a key in the order of
// their ends.
func (s *Subject) acknowledgedWrites(key int32) []history.OpID {
	var writes []history.OpID
	for _, id := range s.operations(key) {
		if s.History.Op(id).Acknowledged() {
			writes = append(writes, id)
		}
	}
	slices.SortFunc(writes, func(a, b history.OpID) int {
		return int(s.History.Op(a).ReturnIndex - s.History.Op(b).ReturnIndex)
	})
	return writes
}

// deletions returns the deletions of a key that may have happened, in the
// order of their invocation.
func (s *Subject) deletions(key int32) []history.OpID {
	var deletes []history.OpID
	for _, id := range s.operations(key) {
		if o := s.History.Op(id); o.Func == history.Delete && o.Outcome != history.Fail {
			deletes = append(deletes, id)
		}
	}
	return deletes
}

// hasFinals reports whether some get is marked final and succeeded.
func (s *Subject) hasFinals() bool {
	for i := range s.History.Len() {
		if o := s.History.Op(history.OpID(i)); o.Final() && o.Outcome == history.Ok {
			return true
		}
	}
	return false
}

// hasStamps reports whether some acknowledged put carries a timestamp, or
// there is none to carry one.
func (s *Subject) hasStamps() bool {
	acknowledged := false
	for i := range s.History.Len() {
		if o := s.History.Op(history.OpID(i)); o.Acknowledged() {
			if o.Stamped() {
				return true
			}
			acknowledged = true
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
	p := s.place[v]
	return s.known[s.start[p.key]+p.position] != never
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
