package membership

import (
	"math/bits"
	"slices"
)

// View is an immutable set of changes. The zero view knows of none.
type View struct {
	changes []Change // in order
	members []Change // the joins that hold, by node
	peers   []int32  // whom to gossip with, by node
	hash    uint64
	size    int64
}

// New returns the view of some changes, in any order, repeated or not.
func New(changes ...Change) *View {
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b Change) int { return a.Compare(&b) })
	return of(slices.CompactFunc(sorted, func(a, b Change) bool { return a.Compare(&b) == 0 }))
}

// of makes a view of changes that are in order, each once.
func of(changes []Change) *View {
	v := &View{changes: changes, hash: 0x6a09e667f3bcc909, size: viewSize}
	for i := range changes {
		v.hash = changes[i].hash(v.hash)
		v.size += changes[i].WireSize()
	}
	v.settle()
	return v
}

// settle finds out who is a member: whose last change is a join. Whoever left and has not drained is a peer still.
func (v *View) settle() {
	all := make([]*Change, len(v.changes))
	for i := range v.changes {
		all[i] = &v.changes[i]
	}
	byNode := func(a, b *Change) int { return int(a.Node) - int(b.Node) }
	if !slices.IsSortedFunc(all, byNode) { // founders and those that joined after them come in this order
		slices.SortStableFunc(all, byNode)
	}
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].Node == all[from].Node {
			to++
		}
		c := decisive(all[from:to])
		from = to
		switch c.What {
		case Join:
			v.members = append(v.members, *c)
			v.peers = append(v.peers, c.Node)
		case Leave:
			v.peers = append(v.peers, c.Node)
		}
	}
}

// Changes lists the changes in their order. The slice is shared and must not be changed.
func (v *View) Changes() []Change { return v.changes }

// Members lists, by node, the join of every member. The slice is shared and must not be changed.
func (v *View) Members() []Change { return v.members }

// Peers lists the nodes that take part in gossip: members, and those that left and are not drained yet. The slice is shared and must not be changed.
func (v *View) Peers() []int32 { return v.peers }

// Has tells whether a node is a member.
func (v *View) Has(node int32) bool {
	_, ok := slices.BinarySearchFunc(v.members, node, func(c Change, n int32) int { return int(c.Node) - int(n) })
	return ok
}

// decisive is the change that says what a node is, of all that are about it, in order. To have drained is the end of a leave: of a node that an
// administrator told to join again before the news of it was there, it says nothing.
func decisive(all []*Change) *Change {
	last := len(all) - 1
	for i := last; i >= 0 && all[last].What == Drained; i-- {
		switch all[i].What {
		case Leave:
			return all[last]
		case Join:
			return all[i]
		}
	}
	return all[last]
}

// Last gives the change that says what a node is now, nil if the view knows nothing of the node.
func (v *View) Last(node int32) (last *Change) {
	for i := len(v.changes) - 1; i >= 0; i-- {
		switch c := &v.changes[i]; {
		case c.Node != node:
		case last == nil && c.What != Drained:
			return c
		case last == nil:
			last = c
		case c.What == Leave:
			return last
		case c.What == Join:
			return c
		}
	}
	return last
}

// Next is the counter of a change issued by whoever has this view.
func (v *View) Next() uint64 {
	if len(v.changes) == 0 {
		return 1
	}
	return v.changes[len(v.changes)-1].Counter + 1
}

// With returns the view that also knows one more change.
func (v *View) With(c Change) *View { return Merge(v, New(c)) }

// Without returns the view that does not know one of its changes.
func (v *View) Without(c *Change) *View {
	rest := make([]Change, 0, len(v.changes))
	for i := range v.changes {
		if v.changes[i].Compare(c) != 0 {
			rest = append(rest, v.changes[i])
		}
	}
	return of(rest)
}

// Hash names the content: equal views have equal hashes in every world.
func (v *View) Hash() uint64 { return v.hash }

// WireSize is the length of the whole view on the wire in bytes.
func (v *View) WireSize() int64 { return v.size }

// fold mixes two words by one wide multiplication.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
