package analysis

import "slices"

// What gets need in the sweep of sweep.go, and what would spoil them.

// satisfyFree lets open gets take effect whose answer equals the state.
func (s *sweep) satisfyFree(cfg config) config {
	copied := false
	for _, g := range s.open {
		if s.calls[g].writes || !s.right(cfg.state, g) || slices.Contains(cfg.done, g) {
			continue
		}
		if !copied {
			cfg.done = slices.Clone(cfg.done)
			copied = true
		}
		cfg.done = with(cfg.done, g)
	}
	return cfg
}

// right reports whether a get may answer as it did in this state: it returned
// nothing that is not there, and left out tombstones at most.
func (s *sweep) right(state []int32, get int32) bool {
	set := s.calls[get].set
	found := 0
	for _, v := range state {
		if found < len(set) && set[found] == v {
			found++
		} else if !s.calls[v].tomb {
			return false
		}
	}
	return found == len(set)
}

// needs calls yield for every set of open writes that would make the answer of
// a get right, smallest effect first.
func (s *sweep) needs(cfg config, get int32, yield func(writes []int32)) {
	if s.steps++; s.steps > s.limit {
		return
	}
	var writes []int32
	for _, v := range s.calls[get].set {
		if has(cfg.state, v) {
			continue
		}
		if !has(s.open, v) || slices.Contains(cfg.done, v) {
			return
		}
		writes = append(writes, v)
	}
	s.clear(cfg, get, writes, yield)
}

// clear adds unknown or open deletions to writes until nothing is left that
// the get did not return.
func (s *sweep) clear(cfg config, get int32, writes []int32, yield func([]int32)) {
	if s.steps++; s.steps > s.limit {
		return
	}
	state := s.apply(cfg, writes, -1).state
	set := s.calls[get].set
	for _, v := range set {
		if !has(state, v) {
			return
		}
	}
	for _, v := range state {
		if s.calls[v].tomb || has(set, v) {
			continue
		}
		for _, d := range s.above[v] {
			if s.calls[d].tomb && has(s.open, d) && !slices.Contains(cfg.done, d) && !slices.Contains(writes, d) {
				s.clear(cfg, get, append(slices.Clone(writes), d), yield)
			}
		}
		return
	}
	yield(writes)
}

// spoils reports whether the answer of an open get would become wrong, or more
// wrong, if writes took effect.
func (s *sweep) spoils(cfg config, writes []int32, get int32) bool {
	set := s.calls[get].set
	for _, w := range writes {
		if !s.calls[w].tomb && !has(set, w) || intersects(s.calls[w].set, set) {
			return true
		}
	}
	return false
}

// hopeless reports whether the answer of an open get could never be right once
// writes have taken effect: a version that it returned is gone for good, or
// one that it did not return stays, as nothing supersedes it in time.
func (s *sweep) hopeless(writes []int32, get int32) bool {
	g := &s.calls[get]
	for _, w := range writes {
		if intersects(s.calls[w].set, g.set) {
			return true
		}
		if s.calls[w].tomb || has(g.set, w) {
			continue
		}
		if above := s.above[w]; len(above) == 0 || s.calls[above[0]].begin > g.end {
			return true
		}
	}
	return false
}
