package analysis

import (
	"slices"

	"dynamosim/analysis/history"
)

// finals is what is left at the end, F(key): in a run the union of all synced
// stores as its state lines tell, in a history from elsewhere what the gets
// marked final returned.
type finals struct {
	versions []history.OpID // rising, each once
	known    bool           // the history tells
	get      history.OpID   // a final get that told, or NoVersion
}

// finals returns F of every key.
func (s *Subject) finals() []finals {
	h := s.History
	all := make([]finals, h.Keys())
	for i := range all {
		all[i] = finals{known: h.States() > 0, get: history.NoVersion}
	}
	for i := range h.States() {
		state, versions := h.State(i)
		f := &all[state.Key]
		f.versions = append(f.versions, versions...)
	}
	if h.States() == 0 {
		s.finalGets(all)
	}
	for i := range all {
		slices.Sort(all[i].versions)
		all[i].versions = slices.Compact(all[i].versions)
	}
	return all
}

func (s *Subject) finalGets(all []finals) {
	for i := range s.History.Len() {
		id := history.OpID(i)
		if o := s.History.Op(id); o.Final() && o.Outcome == history.Ok {
			f := &all[o.Key]
			f.known, f.get = true, id
			f.versions = append(f.versions, s.History.Versions(id)...)
		}
	}
}

// collected reports whether a version is a tombstone past its grace, which
// counts as absent.
func (s *Subject) collected(v history.OpID) bool {
	switch {
	case !v.Written() || s.History.Op(v).Func != history.Delete:
		return false
	case s.Facts.Collected != nil:
		return s.Facts.Collected(v)
	case s.Facts.Grace == 0:
		return false
	}
	return s.History.End()-s.History.Op(v).Invoke > s.Facts.Grace
}
