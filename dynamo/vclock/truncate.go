package vclock

// Truncate returns set s with the clock of its newest version cut down to limit
// entries, and how many entries went: the oldest by time, never that of dot newest
// (§4.4, "clock truncation scheme"). Only the coordinator truncates, once, right
// after the Put that made the version. What is cut is the version's clock and, in the
// modes that have one, the set's context; in LastWriteWins and ABD neither.
//
// What was cut is seen no more: versions come out concurrent that are not and, with
// plain clocks, dominated that are not.
func (m Mode) Truncate(a *Arena, s *Set, newest Dot, limit int) (*Set, int) {
	v := s.Find(newest)
	if v == nil || m == LastWriteWins || m == ABD {
		return s, 0
	}
	clock := a.Shorten(v.Clock, newest.Actor, limit)
	context := a.Shorten(s.Context, newest.Actor, limit)
	cut := max(len(v.Clock)-len(clock), len(s.Context)-len(context))
	if cut == 0 {
		return s, 0
	}
	versions := a.list(len(s.Versions))
	copy(versions, s.Versions)
	for i := range versions {
		if versions[i].Dot == newest {
			versions[i].Clock = clock
		}
	}
	return a.set(context, versions), cut
}

// Shorten returns clock c without its oldest entries, so that at most limit remain:
// c itself if it is short enough. The entry of actor keep stays; of entries of
// equal time the one of the smaller actor goes first.
func (a *Arena) Shorten(c Clock, keep Actor, limit int) Clock {
	if limit = max(limit, 1); len(c) <= limit {
		return c
	}
	out := a.clock(len(c))
	copy(out, c)
	for len(out) > limit {
		oldest := -1
		for i := range out {
			if out[i].Actor != keep && (oldest < 0 || out[i].Time < out[oldest].Time) {
				oldest = i
			}
		}
		out = append(out[:oldest], out[oldest+1:]...)
	}
	return out[:limit:limit]
}
