package vclock

// Multi-writer atomic registers: Attiya, Bar-Noy and Dolev, "Sharing Memory Robustly in Message-Passing Systems", JACM 1995, with the
// timestamps of many writers after Lynch and Shvartsman, 1997.
//
// A version's timestamp is (counter, node, boot, sequence): the counter is the stamp's Wall, which is no time here, and the rest is the dot,
// whose actor is a node in one of its lives. No dot is given twice, so no timestamp is.

// above reports whether v's timestamp is above w's.
func (v *Version) above(w *Version) bool {
	if v.Stamp.Wall != w.Stamp.Wall {
		return v.Stamp.Wall > w.Stamp.Wall
	}
	return v.Dot.Compare(w.Dot) > 0
}

// mergeABD keeps the set with the version of the larger timestamp.
func mergeABD(x, y *Set) *Set {
	switch {
	case len(y.Versions) == 0:
		return x
	case len(x.Versions) == 0, y.Versions[0].above(&x.Versions[0]):
		return y
	}
	return x
}

// putABD takes the new version if its timestamp is the larger one.
func putABD(a *Arena, s *Set, v Version) (*Set, PutStats) {
	_, held := s.parts()
	switch {
	case len(held) == 0:
		return a.single(v), PutStats{}
	case !v.above(&held[0]):
		return s, PutStats{}
	}
	return a.single(v), PutStats{Superseded: 1}
}

// NextCounter is the counter of a timestamp above that of the register's value.
func (s *Set) NextCounter() int64 {
	_, held := s.parts()
	if len(held) == 0 {
		return 1
	}
	return max(held[0].Stamp.Wall, 0) + 1
}
