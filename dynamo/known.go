package dynamo

import "dynamosim/dynamo/membership"

// Views and placements that are known. Nodes that know the same share one object; what nobody has used for a while is forgotten, and would be worked
// out again, with the same result. So a large cluster in which many nodes join does not hold all that it has gone through.

// known are the views and placements that are not forgotten.
type known struct {
	views      [64]*membership.View  // that were met last, in a ring
	next       int                   // of views
	placements map[uint64]*Placement // by the hash of the view; looked up, never ranged over
	idle       []*Placement          // that no node acts upon, the one that came first first; some of them are in use again
}

// keptIdle is how many placements are kept that no node acts upon.
const keptIdle = 16

// Same gives the one object for all views with the content of v.
func (s *Shared) Same(v *membership.View) *membership.View {
	if p, ok := s.known.placements[v.Hash()]; ok {
		return p.View
	}
	k := &s.known
	for _, known := range k.views {
		if known != nil && known.Hash() == v.Hash() {
			return known
		}
	}
	k.next = (k.next + 1) % len(k.views)
	k.views[k.next] = v
	return v
}

// Place gives the placement of a view.
func (s *Shared) Place(v *membership.View) *Placement {
	if p, ok := s.known.placements[v.Hash()]; ok {
		return p
	}
	p := &Placement{View: s.Same(v), Ring: s.ringOf(v), keys: s.Keys}
	if s.known.placements == nil {
		s.known.placements = make(map[uint64]*Placement)
	}
	s.known.placements[v.Hash()] = p
	s.known.leave(p)
	return p
}

// actUpon makes a placement the one that a node acts upon, in place of the one before.
func (n *Node) actUpon(p *Placement) {
	old := n.place
	n.place = p
	p.users++
	if old == nil {
		return
	}
	if old.users--; old.users == 0 {
		n.shared.known.leave(old)
	}
}

// leave puts a placement among those that nobody acts upon, and forgets the one that has been there for longest.
func (k *known) leave(p *Placement) {
	if !p.idle {
		p.idle = true
		k.idle = append(k.idle, p)
	}
	for len(k.idle) > keptIdle {
		first := k.idle[0]
		k.idle = k.idle[1:]
		if first.idle = false; first.users == 0 && k.placements[first.View.Hash()] == first {
			delete(k.placements, first.View.Hash())
		}
	}
}
