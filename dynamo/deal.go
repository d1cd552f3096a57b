package dynamo

import (
	"cmp"
	"math"
	"slices"

	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/ring"
)

// dealing is how equal ranges are dealt out (strategy 3) after some changes of the members: at first to the founders; then each change, in the order
// that all nodes agree on, moves as few as it can. So two nodes with equal views assign alike, whatever they knew before. Changes that their issuers
// did not know of each other may move a range twice, which is why the paper's strategy asks for coordination.
type dealing struct {
	changes []membership.Change // that it is the result of
	name    uint64              // of these
	members []ring.Member
	deal    *ring.Deal // nil: there are no members
	ring    *ring.Ring // of this dealing, or one like it; nil: there is none
}

// dealings are those that were worked out last. A view mostly says what an earlier one said, and something more: then that is all there is to do.
type dealings struct {
	last   []dealing // the one that was used last comes first; they are never changed
	orders []shuffled
	next   int                    // of orders, the one that is forgotten next
	gifts  map[uint64][]ring.Gift // by the name of the changes up to the one that they are for; looked up, never ranged over
}

// shuffled is the order in which ranges are dealt out for the sake of a change.
type shuffled struct {
	change uint64 // its name
	places []int32
}

// What is kept: so many dealings, one after so many changes on the way to others; orders of so many ranges in all; what was given for
// the sake of so many changes.
const (
	keptDealings = 32
	dealingEvery = 64
	keptPlaces   = 1 << 24
	keptGifts    = 1 << 14
)

// dealt gives the ring of equal ranges that are dealt out to the members of a view.
func (s *Shared) dealt(v *membership.View, opts ring.Options) *ring.Ring {
	all := v.Changes()
	d := s.dealingOf(all)
	for len(d.changes) < len(all) {
		if from := len(d.changes); from > 0 && from%dealingEvery == 0 {
			s.keepDealing(dealing{d.changes, d.name, slices.Clone(d.members), d.clone(), d.ring})
		}
		s.deal(&d, all)
	}
	if d.deal == nil {
		return ring.New(nil, opts)
	}
	d.ring = ring.OfDeal(d.deal, d.ring, opts)
	s.keepDealing(d)
	return d.ring
}

func (d *dealing) clone() *ring.Deal {
	if d.deal == nil {
		return nil
	}
	return d.deal.Clone()
}

// dealingOf gives a dealing after the first of some changes: the one that is kept after the most of them, or that to the founders.
func (s *Shared) dealingOf(all []membership.Change) dealing {
	best := -1
	for i := range s.dealings.last {
		if d := &s.dealings.last[i]; d.isOf(all) && (best < 0 || len(d.changes) > len(s.dealings.last[best].changes)) {
			best = i
		}
	}
	if best < 0 {
		return s.foundedDealing(all)
	}
	d := s.dealings.last[best]
	copy(s.dealings.last[1:], s.dealings.last[:best])
	s.dealings.last[0] = d
	return dealing{all[:len(d.changes):len(d.changes)], d.name, slices.Clone(d.members), d.clone(), d.ring}
}

// isOf tells whether a dealing is one after the first of some changes, and after all of the founding.
func (d *dealing) isOf(all []membership.Change) bool {
	n := len(d.changes)
	if n > len(all) || n < len(all) && all[n].Counter == 0 {
		return false
	}
	for i := n - 1; i >= 0; i-- { // those that differ do so near the end
		if d.changes[i].Compare(&all[i]) != 0 {
			return false
		}
	}
	return true
}

// keepDealing keeps a dealing for others that go on from it. After a leave it is not known yet whether somebody takes the leaver's place.
func (s *Shared) keepDealing(d dealing) {
	if n := len(d.changes); n == 0 || d.changes[n-1].What == membership.Leave {
		return
	}
	l := &s.dealings
	if len(l.last) < keptDealings {
		l.last = append(l.last, dealing{})
	}
	copy(l.last[1:], l.last)
	l.last[0] = d
}

// foundedDealing deals to the founders.
func (s *Shared) foundedDealing(all []membership.Change) (d dealing) {
	n := 0
	for ; n < len(all) && all[n].Counter == 0; n++ {
		d.takeNext(s, &all[n])
	}
	if d.changes = all[:n:n]; len(d.members) > 0 {
		d.deal = ring.DealOut(d.members, s.Placing.Ranges, func(i int) uint64 { return s.Placing.Deal(0, i) })
	}
	return d
}

// deal takes the next change into account, or the next two if a node takes the place of another one.
func (s *Shared) deal(d *dealing, all []membership.Change) {
	k := len(d.changes)
	c := &all[k]
	d.changes = all[: k+1 : k+1]
	if c.What == membership.Drained {
		d.takeNext(s, c)
		return
	}
	if k+1 < len(all) && replaces(d.members, c, &all[k+1]) {
		if d.deal != nil {
			d.deal.Pass(c.Node, all[k+1].Node)
		}
		d.takeNext(s, c)
		d.takeNext(s, &all[k+1])
		d.changes = all[: k+2 : k+2]
		return
	}
	before := len(d.members)
	d.takeNext(s, c)
	switch {
	case len(d.members) == 0:
		d.deal = nil
	case before == 0:
		name := s.nameOf(c)
		d.deal = ring.DealOut(d.members, s.Placing.Ranges, func(i int) uint64 { return s.Placing.Deal(name, i) })
	default:
		s.rebalance(d, c)
	}
}

// takeNext changes the list of members.
func (d *dealing) takeNext(s *Shared, c *membership.Change) {
	if c.What != membership.Drained {
		d.members = s.changed(d.members, c)
	}
	d.name = fold(d.name^math.Float64bits(c.Capacity)^0x94d049bb133111eb, s.nameOf(c))
}

// rebalance gives each member its share after a change. What that comes to is remembered for those that take the same way.
func (s *Shared) rebalance(d *dealing, c *membership.Change) {
	l := &s.dealings
	if gifts, known := l.gifts[d.name]; known {
		d.deal.Give(gifts)
		return
	}
	if l.gifts == nil || len(l.gifts) >= keptGifts {
		l.gifts = make(map[uint64][]ring.Gift)
	}
	l.gifts[d.name] = d.deal.Rebalance(d.members, s.orderFor(c, d.deal.Ranges()))
}

// orderFor is the order in which ranges are dealt out for the sake of a change.
func (s *Shared) orderFor(c *membership.Change, ranges int) []int32 {
	l, name := &s.dealings, s.nameOf(c)
	for i := range l.orders {
		if o := &l.orders[i]; o.change == name && len(o.places) == ranges {
			return o.places
		}
	}
	o := shuffled{name, ring.Shuffle(ranges, func(i int) uint64 { return s.Placing.Deal(name, i) })}
	if len(l.orders) < max(1, keptPlaces/max(1, ranges)) {
		l.orders = append(l.orders, o)
	} else {
		l.orders[l.next] = o
		l.next = (l.next + 1) % len(l.orders)
	}
	return o.places
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
	at, known := slices.BinarySearchFunc(members, c.Node, func(m ring.Member, node int32) int { return int(m.Node) - int(node) })
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
