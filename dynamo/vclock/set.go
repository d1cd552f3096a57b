package vclock

import "strings"

// Value is what a client wrote. Values are accounted, not carried: ID names the
// client operation that wrote it, Len is its length in bytes, and Content holds
// small contents only (a cart) and counts as part of Len.
type Value struct {
	ID      uint64
	Len     uint32
	Content string
}

// Stamp is the coordinator's timestamp of a version: its wall clock in
// nanoseconds and its number, which breaks ties (§6, last write wins).
type Stamp struct {
	Wall int64
	Node uint32
}

// Compare orders stamps by time, then node.
func (s Stamp) Compare(t Stamp) int {
	switch {
	case s.Wall < t.Wall, s.Wall == t.Wall && s.Node < t.Node:
		return -1
	case s == t:
		return 0
	}
	return 1
}

// Version is one immutable version of a key (§4.4: "each modification's result is
// a new and immutable version of the data").
type Version struct {
	Dot Dot
	// Clock is, in modes Dotted and Riak, the context that the put was given, without
	// Dot; in mode Paper, the version's whole clock, Dot included.
	Clock Clock
	Stamp Stamp
	// Tombstone marks a deletion: a version like any other, with no value.
	Tombstone bool
	Value     Value
}

// Shown returns the version's clock as the paper's Figure 3 prints it: the join
// of its dot and its clock.
func (v *Version) Shown(a *Arena) Clock { return a.With(v.Clock, v.Dot, v.Stamp.Wall) }

// compare is the canonical order of versions in a set.
func (v *Version) compare(w *Version) int {
	if c := v.Dot.Compare(w.Dot); c != 0 {
		return c
	}
	switch {
	case v.Value.ID < w.Value.ID:
		return -1
	case v.Value.ID > w.Value.ID:
		return 1
	}
	return v.Stamp.Compare(w.Stamp)
}

// equal compares all but the times of clock entries.
func (v *Version) equal(w *Version) bool {
	return v.Dot == w.Dot && v.Stamp == w.Stamp && v.Tombstone == w.Tombstone &&
		v.Value == w.Value && v.Clock.Compare(w.Clock) == Equal
}

// Set is all that a replica knows of a key: its siblings (versions none of which
// supersedes another) in canonical order, sorted by dot, and their causal
// context. It is immutable; nil means that nothing is known. A set without
// versions but with a context remembers what was there and is no more.
//
// Context is used in modes Dotted and Riak: all dots that this replica has seen for
// the key, those of Versions included. It stays nil in the others.
type Set struct {
	Context  Clock
	Versions []Version

	hash uint64 // what Hash returns, 0: not computed yet
	wire uint32 // what WireSize returns, 0: not computed yet, or too much for this
	// put: a put in mode Dotted left its version alone, so that Context covers the version and the version's Clock, which does not cover the version.
	put bool
}

// Live returns how many versions are no tombstones.
func (s *Set) Live() int {
	n := 0
	if s != nil {
		for i := range s.Versions {
			if !s.Versions[i].Tombstone {
				n++
			}
		}
	}
	return n
}

// Equal reports whether both sets hold equal versions and contexts. Times of
// clock entries are left out.
func (s *Set) Equal(o *Set) bool {
	if s == o {
		return true
	}
	sc, sv := s.parts()
	oc, ov := o.parts()
	if len(sv) != len(ov) || sc.Compare(oc) != Equal {
		return false
	}
	for i := range sv {
		if !sv[i].equal(&ov[i]) {
			return false
		}
	}
	return true
}

// parts returns what a set is made of; nil is made of nothing.
func (s *Set) parts() (Clock, []Version) {
	if s == nil {
		return nil, nil
	}
	return s.Context, s.Versions
}

// Find returns the version with this dot, nil if the set does not hold it.
func (s *Set) Find(d Dot) *Version {
	_, versions := s.parts()
	for i := range versions {
		if versions[i].Dot == d {
			return &versions[i]
		}
	}
	return nil
}

// ContextFor returns the context that a get hands to its client: in modes Dotted and
// Riak the set's own, else the pointwise maximum of the clocks of its versions (§4.4).
func (s *Set) ContextFor(m Mode, a *Arena) Clock {
	context, versions := s.parts()
	if m == Dotted || m == Riak {
		return context
	}
	var c Clock
	for i := range versions {
		c = a.Join(c, versions[i].Clock)
	}
	return c
}

// Buried returns the set without the tombstones stamped before the given wall
// time (nanoseconds): s itself if there are none. In modes with a context that
// stays, and keeps a late copy of the tombstone from coming back; in the other
// modes nothing does, and a set that held nothing else becomes nil.
func (s *Set) Buried(a *Arena, before int64) *Set {
	context, versions := s.parts()
	n := 0
	for i := range versions {
		if !versions[i].buried(before) {
			n++
		}
	}
	if n == len(versions) {
		return s
	}
	kept := a.list(n)[:0]
	for i := range versions {
		if !versions[i].buried(before) {
			kept = append(kept, versions[i])
		}
	}
	return a.set(context, kept)
}

func (v *Version) buried(before int64) bool { return v.Tombstone && v.Stamp.Wall < before }

// Newest returns the set without all but the version with the latest timestamp
// (§6, "timestamp based reconciliation"), the context unchanged: s itself if it has
// no more than one.
func (s *Set) Newest(a *Arena) *Set {
	context, versions := s.parts()
	if len(versions) < 2 {
		return s
	}
	best := 0
	for i := range versions {
		if versions[i].newer(&versions[best]) {
			best = i
		}
	}
	return a.set(context, a.one(versions[best]))
}

// Format writes the set's versions with the clocks that Shown gives, a deletion
// with a dagger: {3[(sx,2),(sy,1)] 4†[(sz,1)]}. It is for people and tests.
func (s *Set) Format(name func(Actor) string, value func(id uint64) string) string {
	_, versions := s.parts()
	texts := make([]string, len(versions))
	for i := range versions {
		v := &versions[i]
		texts[i] = value(v.Value.ID)
		if v.Tombstone {
			texts[i] += "†"
		}
		texts[i] += v.Shown(nil).Format(name)
	}
	return "{" + strings.Join(texts, " ") + "}"
}
