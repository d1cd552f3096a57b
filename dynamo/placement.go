package dynamo

import (
	"cmp"
	"slices"

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
	ranges []int32 // by key: the range that it lies in, plus one; 0: not asked for yet
}

// Preference is a key's preference list (§4.3), at least its first most nodes: every member once, in the order of the ring; the first N are its
// homes. It is shared and must not be changed. All of it for every key costs memory by the square of the cluster's size.
func (p *Placement) Preference(key KeyID, most int) []int32 {
	if i := int(key); uint(i) < uint(len(p.ranges)) {
		if r := p.ranges[i]; r != 0 {
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

// Same gives the one object for all views with the content of v.
func (s *Shared) Same(v *membership.View) *membership.View {
	if known, ok := s.views[v.Hash()]; ok {
		return known
	}
	if s.views == nil {
		s.views = make(map[uint64]*membership.View)
	}
	s.views[v.Hash()] = v
	return v
}

// Place gives the placement of a view.
func (s *Shared) Place(v *membership.View) *Placement {
	if p, ok := s.placements[v.Hash()]; ok {
		return p
	}
	p := &Placement{View: s.Same(v), Ring: s.ringOf(v), keys: s.Keys}
	if s.placements == nil {
		s.placements = make(map[uint64]*Placement)
	}
	s.placements[v.Hash()] = p
	return p
}

// ringOf builds the ring of a view.
func (s *Shared) ringOf(v *membership.View) *ring.Ring {
	opts := ring.Options{Spread: s.Placing.Spread, ZoneOf: func(node int32) int32 { return zoneOf(v, node) }}
	if s.Placing.Strategy == 3 {
		return ring.New(s.dealt(v), opts)
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

// dealt assigns equal ranges (strategy 3): at first to the founders; then each change, in the order that all nodes agree on, moves as few as it can.
// So two nodes with equal views assign alike, whatever they knew before. Changes that their issuers did not know of each other may move a
// range twice, which is why the paper's strategy asks for coordination.
func (s *Shared) dealt(v *membership.View) []ring.Token {
	var tokens []ring.Token
	var members []ring.Member
	changes := v.Changes()
	for len(changes) > 0 && changes[0].Counter == 0 {
		members = s.changed(members, &changes[0])
		changes = changes[1:]
	}
	if len(members) > 0 {
		tokens = ring.EqualRanges(members, s.Placing.Ranges, func(i int) uint64 { return s.Placing.Deal(0, i) })
	}
	for k := 0; k < len(changes); k++ {
		c := &changes[k]
		if c.What == membership.Drained {
			continue
		}
		before := len(members)
		if k+1 < len(changes) && replaces(members, c, &changes[k+1]) {
			for i := range tokens {
				if tokens[i].Node == c.Node {
					tokens[i].Node = changes[k+1].Node
				}
			}
			members = s.changed(s.changed(members, c), &changes[k+1])
			k++
			continue
		}
		members = s.changed(members, c)
		deal := func(i int) uint64 { return s.Placing.Deal(s.nameOf(c), i) }
		switch {
		case len(members) == 0:
			tokens = nil
		case before == 0:
			tokens = ring.EqualRanges(members, s.Placing.Ranges, deal)
		default:
			tokens = ring.Rebalance(tokens, members, deal)
		}
	}
	return tokens
}

// replaces tells whether a node that joins takes the place of one that leaves: the next thing that the same node was told, and as large. Then nothing
// else moves.
func replaces(members []ring.Member, leave, join *membership.Change) bool {
	if leave.What != membership.Leave || join.What != membership.Join || join.Issuer != leave.Issuer || join.Counter != leave.Counter+1 {
		return false
	}
	leaver := slices.IndexFunc(members, func(m ring.Member) bool { return m.Node == leave.Node })
	there := slices.ContainsFunc(members, func(m ring.Member) bool { return m.Node == join.Node })
	return leaver >= 0 && !there && cmp.Compare(members[leaver].Capacity, join.Capacity) == 0
}

// changed applies a change to a list of members in the order of their numbers.
func (s *Shared) changed(members []ring.Member, c *membership.Change) []ring.Member {
	at := 0
	for at < len(members) && members[at].Node < c.Node {
		at++
	}
	known := at < len(members) && members[at].Node == c.Node
	m := ring.Member{Node: c.Node, Name: s.Names[c.Node], Capacity: c.Capacity, Zone: c.Zone}
	switch {
	case c.What == membership.Join && known:
		members[at] = m
	case c.What == membership.Join:
		members = append(members, ring.Member{})
		copy(members[at+1:], members[at:])
		members[at] = m
	case known:
		members = append(members[:at], members[at+1:]...)
	}
	return members
}

// nameOf names a change by what it says, with the names of nodes in place of their numbers; never 0.
func (s *Shared) nameOf(c *membership.Change) uint64 {
	h := fold(hashName(s.Names[c.Node])^c.Counter, hashName(s.Names[c.Issuer])^uint64(c.What)<<56)
	return max(h, 1)
}
