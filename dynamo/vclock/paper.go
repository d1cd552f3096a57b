package vclock

// precedes is the order of mode Paper: v goes where w is, since w's clock
// dominates v's. Equal clocks name one version; should a defective node make two,
// their canonical order decides, so that all replicas decide alike.
func (v *Version) precedes(w *Version) bool {
	switch v.Clock.Compare(w.Clock) {
	case Before:
		return true
	case Equal:
		return v.compare(w) < 0
	}
	return false
}

// precededIn reports whether some version of the list dominates v.
func (v *Version) precededIn(list []Version) bool {
	for i := range list {
		if v.precedes(&list[i]) {
			return true
		}
	}
	return false
}

// mergePaper keeps the versions that no other dominates (§4.4, syntactic
// reconciliation).
func mergePaper(a *Arena, x, y *Set) *Set {
	n, isX, isY := survivePaper(nil, x.Versions, y.Versions)
	switch {
	case isX:
		return x
	case isY:
		return y
	}
	versions := a.list(n)
	survivePaper(versions, x.Versions, y.Versions)
	return a.set(nil, versions)
}

// survivePaper counts the versions of the merged set, fills out with them unless
// it is nil, and tells whether they are exactly those of xs, of ys.
func survivePaper(out, xs, ys []Version) (n int, isX, isY bool) {
	isX, isY = true, true
	restX, restY := xs, ys
	for len(restX) > 0 || len(restY) > 0 {
		var v *Version
		switch c := compareWhole(restX, restY); {
		case c < 0:
			if v = &restX[0]; v.precededIn(ys) {
				v, isX = nil, false
			} else {
				isY = false
			}
			restX = restX[1:]
		case c > 0:
			if v = &restY[0]; v.precededIn(xs) {
				v, isY = nil, false
			} else {
				isX = false
			}
			restY = restY[1:]
		default:
			v = &restX[0]
			restX, restY = restX[1:], restY[1:]
		}
		if v == nil {
			continue
		}
		if out != nil {
			out[n] = *v
		}
		n++
	}
	return n, isX, isY
}

// compareWhole compares the first versions of two lists; an empty one comes last.
func compareWhole(xs, ys []Version) int {
	switch {
	case len(ys) == 0:
		return -1
	case len(xs) == 0:
		return 1
	}
	return xs[0].compare(&ys[0])
}

// putPaper merges the new version in as if another replica had sent it, and
// counts what it dominates without having been told of it.
func putPaper(a *Arena, s *Set, context Clock, v Version) (*Set, PutStats) {
	if v.Clock == nil {
		v.Clock = a.With(context, v.Dot, v.Stamp.Wall)
	}
	var stats PutStats
	_, held := s.parts()
	for i := range held {
		if held[i].precedes(&v) {
			stats.Superseded++
			if !context.Descends(held[i].Clock) {
				stats.FalseDominations++
			}
		}
	}
	return Paper.Merge(a, s, a.single(v)), stats
}

// single returns the set of this one version, without a context.
func (a *Arena) single(v Version) *Set { return a.set(nil, a.one(v)) }

// one returns the list of this one version.
func (a *Arena) one(v Version) []Version {
	versions := a.list(1)
	versions[0] = v
	return versions
}
