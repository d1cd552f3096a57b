package vclock

// Dotted version vector sets: Preguiça, Baquero, Almeida, Fonte and Gonçalves,
// "Dotted Version Vectors: Logical Clocks for Optimistic Replication", 2010.

// mergeDotted keeps the versions that both sets hold, and of those that only one
// holds, the ones that the other has never seen.
func mergeDotted(a *Arena, x, y *Set) *Set {
	if x.put && y.put && len(y.Versions) == 1 && same(y.Versions[0].Clock, x.Context) {
		return y // the client put it in full view of x, and of x alone: nearly always
	}
	xLacks, yLacks, union := relate(x.Context, y.Context)
	if xLacks && !yLacks && supersedes(y, x) {
		return y
	}
	return mergeSiblings(a, x, y, xLacks, yLacks, union)
}

// supersedes tells the usual case: the one version of y is new to x, and its client had seen the one version of x.
func supersedes(y, x *Set) bool {
	return len(x.Versions) == 1 && len(y.Versions) == 1 && y.Context.Covers(x.Versions[0].Dot) && !x.Context.Covers(y.Versions[0].Dot)
}

// mergeSiblings is mergeDotted for any sets, of which relate has told how the contexts stand to each other.
func mergeSiblings(a *Arena, x, y *Set, xLacks, yLacks bool, union int) *Set {
	n, isX, isY := surviveDotted(nil, x, y)
	switch {
	case isX && !xLacks:
		return x
	case isY && !yLacks:
		return y
	}
	context := x.Context
	switch {
	case xLacks && yLacks:
		context = join(a.clock(union), x.Context, y.Context)
	case xLacks:
		context = y.Context
	}
	versions := x.Versions
	switch {
	case isX:
	case isY:
		versions = y.Versions
	default:
		versions = a.list(n)
		surviveDotted(versions, x, y)
	}
	return a.set(context, versions)
}

// surviveDotted counts the versions of the merged set, fills out with them unless
// it is nil, and tells whether they are exactly x's, exactly y's.
func surviveDotted(out []Version, x, y *Set) (n int, isX, isY bool) {
	isX, isY = true, true
	xs, ys := x.Versions, y.Versions
	for len(xs) > 0 || len(ys) > 0 {
		var v *Version
		switch c := compareHeads(xs, ys); {
		case c < 0:
			if v = &xs[0]; y.Context.Covers(v.Dot) {
				v, isX = nil, false
			} else {
				isY = false
			}
			xs = xs[1:]
		case c > 0:
			if v = &ys[0]; x.Context.Covers(v.Dot) {
				v, isY = nil, false
			} else {
				isX = false
			}
			ys = ys[1:]
		default:
			v = &xs[0]
			if w := &ys[0]; v.Value.ID != w.Value.ID {
				v = ofOneDot(v, w)
				isX, isY = isX && v == &xs[0], isY && v == w
			}
			xs, ys = xs[1:], ys[1:]
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

// compareHeads compares the first dots of two lists; an empty list comes last.
func compareHeads(xs, ys []Version) int {
	switch {
	case len(ys) == 0:
		return -1
	case len(xs) == 0:
		return 1
	}
	return xs[0].Dot.Compare(ys[0].Dot)
}

// ofOneDot picks one of two different versions under one dot. There should be
// none; where a defective node made them, all replicas still pick the same.
func ofOneDot(v, w *Version) *Version {
	if v.compare(w) < 0 {
		return w
	}
	return v
}

// putDotted drops exactly the held versions that the context covers.
func putDotted(a *Arena, s *Set, context Clock, v *Version) (*Set, PutStats) {
	made := v.Clock == nil && !context.Covers(v.Dot)
	seen, held := s.parts()
	n := 0
	for i := range held {
		if !context.Covers(held[i].Dot) {
			n++
		}
	}
	kept := a.list(n + 1)
	put := &kept[0]
	if n > 0 {
		put = besides(kept, held, context, v)
	}
	*put = *v
	if v.Clock == nil {
		put.Clock = context
	}
	set := a.set(a.With(a.Join(seen, context), v.Dot, v.Stamp.Wall), kept)
	set.put = made && n == 0
	return set, PutStats{Superseded: len(held) - n}
}

// besides fills a list with those held that the context does not cover, and leaves
// the place free where v belongs among them.
func besides(list, held []Version, context Clock, v *Version) *Version {
	var free *Version
	for i := range held {
		h := &held[i]
		if context.Covers(h.Dot) {
			continue
		}
		if free == nil && v.compare(h) < 0 {
			free, list = &list[0], list[1:]
		}
		list[0], list = *h, list[1:]
	}
	if free == nil {
		free = &list[0]
	}
	return free
}
