package vclock

// mergeRiak keeps the set that has seen more and, if neither has or both have seen
// the same, the versions of both.
func mergeRiak(a *Arena, x, y *Set) *Set {
	xLacks, yLacks, union := relate(x.Context, y.Context)
	switch {
	case yLacks && !xLacks:
		return x
	case xLacks && !yLacks:
		return y
	}
	n, isX, isY := uniteRiak(nil, x.Versions, y.Versions)
	concurrent := xLacks && yLacks
	switch {
	case isX && !concurrent:
		return x
	case isY && !concurrent:
		return y
	}
	context := x.Context
	if concurrent {
		context = join(a.clock(union), x.Context, y.Context)
	}
	versions := a.list(n)
	uniteRiak(versions, x.Versions, y.Versions)
	return a.set(context, versions)
}

// uniteRiak counts the versions of both lists, each once, fills out with them unless
// it is nil, and tells whether they are exactly those of xs, of ys.
func uniteRiak(out, xs, ys []Version) (n int, isX, isY bool) {
	isX, isY = true, true
	for len(xs) > 0 || len(ys) > 0 {
		var v *Version
		switch c := compareWhole(xs, ys); {
		case c < 0:
			v, isY, xs = &xs[0], false, xs[1:]
		case c > 0:
			v, isX, ys = &ys[0], false, ys[1:]
		default:
			v, xs, ys = &xs[0], xs[1:], ys[1:]
		}
		if out != nil {
			out[n] = *v
		}
		n++
	}
	return n, isX, isY
}

// putRiak replaces all that is held if the context has seen it all, and else adds
// one more sibling to it: the set cannot tell which of them the client saw.
func putRiak(a *Arena, s *Set, context Clock, v Version) (*Set, PutStats) {
	if v.Clock == nil {
		v.Clock = context
	}
	seen, held := s.parts()
	now := a.With(a.Join(seen, context), v.Dot, v.Stamp.Wall)
	if context.Descends(seen) {
		return a.set(now, a.one(v)), PutStats{Superseded: len(held)}
	}
	versions := a.list(len(held) + 1)
	uniteRiak(versions, held, a.one(v))
	return a.set(now, versions), PutStats{}
}
