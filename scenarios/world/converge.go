package world

import (
	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
)

// convergence watches, from the heal until everything is quiet, whether the homes of every key hold the same versions. The final reads
// are made after that: they repair, and what one of them finds in a hint parts the homes for a moment.
type convergence struct {
	diverged []bool // by KeyID
	count    int
	healed   int64 // time of the heal
	closed   bool  // the final reads have begun
	at       int64 // since when no key has diverged; meaningful while count is 0
}

// watchConvergence looks at every key once; from now on a key is looked at when a node stores something new for it.
func (w *World) watchConvergence() {
	w.converge = convergence{healed: w.now(), at: w.now()}
	for key := range w.shared.Keys.Len() {
		w.keyChanged(dynamo.KeyID(key))
	}
}

// recheckConvergence looks at every key again: their homes are others.
func (w *World) recheckConvergence() {
	for key := range w.shared.Keys.Len() {
		w.keyChanged(dynamo.KeyID(key))
	}
}

// keyChanged compares the homes of a key.
func (w *World) keyChanged(key dynamo.KeyID) {
	c := &w.converge
	if c.closed {
		return
	}
	for int(key) >= len(c.diverged) {
		c.diverged = append(c.diverged, false)
	}
	now := !w.homesAgree(key)
	if now == c.diverged[key] {
		return
	}
	c.diverged[key] = now
	if now {
		c.count++
		return
	}
	if c.count--; c.count == 0 {
		c.at = w.now()
	}
}

// homesAgree tells whether all homes of a key hold the same versions. A home that is down, or still reads its disk, agrees with nobody, unless it is
// outside the core.
func (w *World) homesAgree(key dynamo.KeyID) bool {
	var first *vclock.Set
	compared := false
	for _, home := range w.homes(key) {
		h := w.hosts[home]
		if w.outsider(h) {
			continue
		}
		if !w.sys.Up(h.id) || !h.node.Serving() {
			return false
		}
		set := h.node.Stored(key)
		if !compared {
			first, compared = set, true
		} else if !w.sameVersions(first, set) {
			return false
		}
	}
	return true
}

// sameVersions compares what two homes hold, contexts apart. A tombstone past its grace counts as absent.
func (w *World) sameVersions(a, b *vclock.Set) bool {
	if a == b {
		return true
	}
	a, b = w.unexpired(a), w.unexpired(b)
	if a == nil || b == nil {
		return a == b
	}
	if len(a.Versions) != len(b.Versions) {
		return false
	}
	for i := range a.Versions {
		if a.Versions[i].Dot != b.Versions[i].Dot || a.Versions[i].Value.ID != b.Versions[i].Value.ID {
			return false
		}
	}
	return true
}

// unexpired is a set without the tombstones past their grace, nil when nothing else is in it.
func (w *World) unexpired(set *vclock.Set) *vclock.Set {
	v := &w.config.Versions
	if set == nil || set.Live() == len(set.Versions) || v.Grace == 0 {
		return set
	}
	set = set.Buried(w.shared.Arena, w.now()-v.Grace)
	if set != nil && len(set.Versions) == 0 {
		return nil
	}
	return set
}
