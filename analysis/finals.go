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
	f := finalizer{all: all, counts: make([]int32, h.Keys())}
	for range 2 { // count, then fill
		for i := range h.States() {
			state, versions := h.State(i)
			f.add(state.Key, history.NoVersion, versions)
		}
		if !h.HasStates() {
			s.finalGets(&f)
		}
		f.makeRoom()
	}
	for i := range all {
		all[i].known = all[i].known || h.HasStates()
		slices.Sort(all[i].versions)
		all[i].versions = slices.Compact(all[i].versions)
	}
	return all
}

// finalizer counts what is left, and then gathers it.
type finalizer struct {
	all     []finals
	counts  []int32 // by key
	counted bool
}

func (f *finalizer) add(key int32, get history.OpID, versions []history.OpID) {
	if !f.counted {
		f.counts[key] += int32(len(versions))
		return
	}
	k := &f.all[key]
	if get != history.NoVersion {
		k.known, k.get = true, get
	}
	k.versions = append(k.versions, versions...)
}

// makeRoom ends the counting.
func (f *finalizer) makeRoom() {
	if f.counted {
		return
	}
	f.counted = true
	total := int32(0)
	for _, n := range f.counts {
		total += n
	}
	list := make([]history.OpID, total)
	for i, n := range f.counts {
		f.all[i] = finals{get: history.NoVersion, versions: list[:0:n]}
		list = list[n:]
	}
}

func (s *Subject) finalGets(f *finalizer) {
	for first, ops := range s.History.EachChunk {
		for i := range ops {
			if o := &ops[i]; o.Final() && o.Outcome == history.Ok {
				f.add(o.Key, first+history.OpID(i), s.History.Named(o))
			}
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
