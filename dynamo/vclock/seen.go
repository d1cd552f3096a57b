package vclock

// Seen prepares a put whose client has seen, beside what its context covers,
// single versions by their dots: its own earlier puts, acknowledged without a
// get in between. It returns the context and the set to put on.
//
// An entry of a context says "everything up to here", so a dot can enter it only
// if nothing lies between. Otherwise a dot that the coordinator's set covers is
// taken out of the set: that version is superseded. A dot that the coordinator
// has not heard of cannot be told apart from what its maker made before, which
// the client may never have seen; it stays beside the new version, as a sibling,
// rather than take an unseen version with it. In mode Riak a version cannot be
// taken out of a set, and it stays too. In mode Paper clocks are plain and the dot
// simply enters: that is its gap (see the package comment).
func (m Mode) Seen(a *Arena, s *Set, context Clock, dots []Dot) (Clock, *Set) {
	for _, d := range dots {
		switch {
		case m == LastWriteWins || m == ABD || context.Covers(d):
		case m == Paper || context.Get(d.Actor)+1 == d.Counter:
			context = a.With(context, d, 0)
		case m == Dotted && s != nil && s.Context.Covers(d):
			s = s.without(a, d)
		}
	}
	return context, s
}

// without returns the set without one version, its context unchanged.
func (s *Set) without(a *Arena, d Dot) *Set {
	if s.Find(d) == nil {
		return s
	}
	kept := a.list(len(s.Versions) - 1)
	n := 0
	for i := range s.Versions {
		if s.Versions[i].Dot != d {
			kept[n] = s.Versions[i]
			n++
		}
	}
	return a.set(s.Context, kept)
}
