package dynamo

import (
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/ring"
)

// Placing is the rule by which every node of a cluster turns a view of the members into a ring (§6.2).
type Placing struct {
	// Strategy is that of the paper: 1: the members' tokens end ranges; 2: they order the nodes, and ranges are equal; 3: equal ranges are
	// dealt out to the members.
	Strategy int
	Tokens   int  // tokens for a unit of capacity that a node draws which joins (strategies 1 and 2)
	Ranges   int  // how many equal ranges (strategies 2 and 3)
	Spread   bool // preference lists span datacenters
	// Deal gives the random bits of the i-th step of a shuffle that a change of the members asks for, by the change's name; 0 names the founding
	// of the cluster. A pure function that all nodes know (strategy 3).
	Deal func(change uint64, i int) uint64
}

// Placement says where one view of the members puts keys. It is a pure function of the view and the rule, so nodes with equal views share it; it
// works out what it is asked for, once.
type Placement struct {
	View   *membership.View
	Ring   *ring.Ring
	keys   *Keys
	users  int     // nodes that act upon it
	idle   bool    // it is among those that may be forgotten
	ranges []int32 // by key: the range that it lies in, plus one; 0: not asked for yet
}

// Preference is a key's preference list (§4.3), at least its first most nodes: every member once, in the order of the ring; the first N are its
// homes. It is shared and must not be changed. All of it for every key costs memory by the square of the cluster's size.
func (p *Placement) Preference(key KeyID, most int) []int32 {
	if i := int(key); uint(i) < uint(len(p.ranges)) {
		if r := p.ranges[i]; r != 0 {
			if list := p.Ring.Listed(int(r - 1)); most <= len(list) {
				return list
			}
			return p.Ring.Prefer(int(r-1), most)
		}
	}
	return p.locate(key, most)
}

// Homes are the nodes that a key with n replicas belongs on: the first n of the preference list, all of it if there are fewer.
func (p *Placement) Homes(key KeyID, n int) []int32 {
	list := p.Preference(key, n)
	return list[:min(n, len(list))]
}

// IsHome tells whether a node is one of the homes of a key.
func (p *Placement) IsHome(id NodeID, key KeyID, n int) bool {
	for _, home := range p.Homes(key, n) {
		if NodeID(home) == id {
			return true
		}
	}
	return false
}

// locate finds the range that a key lies in and remembers it.
func (p *Placement) locate(key KeyID, most int) []int32 {
	if p.Ring.Ranges() == 0 {
		return nil
	}
	for int(key) >= len(p.ranges) {
		p.ranges = append(p.ranges, make([]int32, max(p.keys.Len()-len(p.ranges), 1))...)
	}
	r := p.Ring.RangeOf(p.keys.Position(key))
	p.ranges[key] = int32(r) + 1
	return p.Ring.Prefer(r, most)
}

// ringOf builds the ring of a view.
func (s *Shared) ringOf(v *membership.View) *ring.Ring {
	opts := ring.Options{Spread: s.Placing.Spread, ZoneOf: func(node int32) int32 { return zoneOf(v, node) }}
	if s.Placing.Strategy == 3 {
		return s.dealt(v, opts)
	}
	if s.Placing.Strategy == 2 {
		opts.Ranges = s.Placing.Ranges
	}
	var tokens []ring.Token
	for _, m := range v.Members() {
		for _, t := range m.Tokens {
			tokens = append(tokens, ring.Token{At: ring.Position(t), Node: m.Node})
		}
	}
	return ring.New(tokens, opts)
}

func zoneOf(v *membership.View, node int32) int32 {
	if last := v.Last(node); last != nil {
		return last.Zone
	}
	return 0
}
