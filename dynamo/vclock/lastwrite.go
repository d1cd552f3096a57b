package vclock

// newer reports whether v beats w by timestamp, node and value id, in this order.
func (v *Version) newer(w *Version) bool {
	if c := v.Stamp.Compare(w.Stamp); c != 0 {
		return c > 0
	}
	return v.Value.ID > w.Value.ID
}

// mergeLast keeps the set with the newer version.
func mergeLast(x, y *Set) *Set {
	switch {
	case len(y.Versions) == 0:
		return x
	case len(x.Versions) == 0, y.Versions[0].newer(&x.Versions[0]):
		return y
	}
	return x
}

// putLast replaces the held version if the new one is newer, and is no error if
// it is not: the put then took effect before the other (§6).
func putLast(a *Arena, s *Set, v Version) (*Set, PutStats) {
	_, held := s.parts()
	if len(held) == 0 {
		return a.single(v), PutStats{}
	}
	if !v.newer(&held[0]) {
		return s, PutStats{}
	}
	return a.single(v), PutStats{Superseded: 1}
}
