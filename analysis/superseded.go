package analysis

// supersession tells from when on the versions of a key are certain to have
// been superseded.
type supersession struct {
	at []int32 // by position: index, or never
	by []int32 // position of the version that supersedes it then, or -1
}

// newSupersession computes it from known, which gives by position when a
// version is certain to exist: a version that exists has superseded its whole
// context, and so have the versions below it.
func newSupersession(a *ancestry, known []int32) *supersession {
	n := len(a.rows)
	s := &supersession{at: make([]int32, n), by: make([]int32, n)}
	for p := range s.at {
		s.at[p], s.by[p] = never, -1
	}
	for p := int32(n) - 1; p >= 0; p-- {
		exists, shownBy := known[p], p
		if s.at[p] < exists {
			exists, shownBy = s.at[p], s.by[p]
		}
		if exists == never || !a.rows[p].is(rowWrites) {
			continue
		}
		for _, q := range a.parents(p) {
			if exists < s.at[q] {
				s.at[q], s.by[q] = exists, shownBy
			}
		}
	}
	return s
}

// returned finds a version that the get at a position returned although it was
// superseded for certain before the get began; by is the version that shows it.
func (s *supersession) returned(a *ancestry, get int32) (v, by int32, found bool) {
	begin := a.rows[get].begin
	for _, p := range a.s.setOf(&a.rows[get]) {
		if s.at[p] < begin {
			return p, s.by[p], true
		}
	}
	return 0, 0, false
}

// falseSiblings finds two versions that the get at a position returned
// together although one is above the other.
func (a *ancestry) falseSiblings(get int32) (older, newer int32, found bool) {
	set := a.s.set(a.key, get)
	if len(set) < 2 {
		return 0, 0, false
	}
	for _, q := range set {
		for _, p := range set {
			if p < q && a.above(q, p) {
				return p, q, true
			}
		}
	}
	return 0, 0, false
}
