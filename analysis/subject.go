package analysis

import (
	"math"

	"dynamosim/analysis/history"
)

// Subject is a history made ready for judging: its operations by key.
type Subject struct {
	History *history.History
	Model   history.Model // to judge by; the history's own unless overridden
	Facts   Facts

	order []history.OpID // operations grouped by key, in the order of invocation
	start []int32        // by key: where its group begins in order; one more at the end
	place []int32        // by operation: its position within its group

	fresh  *freshness // which gets were stale, see freshness.go
	groups []group    // read-modify-writes, see measures.go
}

// never is the return of an operation that has no known end.
const never = math.MaxInt32

// NewSubject groups a history by key under its own model.
func NewSubject(h *history.History, facts Facts) *Subject {
	s := &Subject{History: h, Model: h.Model, Facts: facts}
	s.start = make([]int32, h.Keys()+1)
	s.place = make([]int32, h.Len())
	for i := range h.Len() {
		k := h.Op(history.OpID(i)).Key
		s.place[i] = s.start[k+1]
		s.start[k+1]++
	}
	for k := range h.Keys() {
		s.start[k+1] += s.start[k]
	}
	s.order = make([]history.OpID, h.Len())
	for i := range h.Len() {
		s.order[s.start[h.Op(history.OpID(i)).Key]+s.place[i]] = history.OpID(i)
	}
	return s
}

// operations returns those on a key, in the order of their invocation.
func (s *Subject) operations(key int32) []history.OpID {
	return s.order[s.start[key]:s.start[key+1]]
}

// local returns the position of version v among the operations on key; ok is
// false if nothing ever wrote it there.
func (s *Subject) local(v history.OpID, key int32) (position int32, ok bool) {
	if !v.Written() || s.History.Op(v).Key != key {
		return 0, false
	}
	return s.place[v], true
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
