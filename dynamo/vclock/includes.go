package vclock

// Includes reports whether s has version v, or what superseded it.
func (m Mode) Includes(s *Set, v *Version) bool {
	if s == nil {
		return false
	}
	switch m {
	case Dotted, Riak:
		return s.Context.Covers(v.Dot)
	case LastWriteWins:
		return len(s.Versions) > 0 && !v.newer(&s.Versions[0])
	case ABD:
		return len(s.Versions) > 0 && !v.above(&s.Versions[0])
	}
	for i := range s.Versions {
		if s.Versions[i].Clock.Covers(v.Dot) {
			return true
		}
	}
	return false
}
