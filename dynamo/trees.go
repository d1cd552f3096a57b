package dynamo

import (
	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
)

// Merkle trees over what a node stores (§4.7). The index behind them is made when somebody first asks for a tree or a range, and kept up
// from then on: a node that nobody asks has none. A write only notes which key it changed; the index takes in what was noted when it is asked
// again.

// trees is a node's part in anti-entropy.
type trees struct {
	index    merkle.Index
	changed  []int32  // slots since the index was last asked, each once
	noted    []uint64 // by slot, one bit each: it is in changed
	seen     []uint32 // by slot, see compareBucket
	round    uint32
	ring     *ring.Ring // that partners are of
	partners []NodeID   // the nodes with which this one has ranges in common, in turn
	turn     int
	open     []exchange
	number   uint64 // of the last exchange
}

func (t *trees) emptied() trees {
	t.index.Reset()
	clear(t.noted)
	return trees{index: t.index, changed: t.changed[:0], noted: t.noted[:0], seen: t.seen[:0], partners: t.partners[:0], open: t.open[:0]}
}

// hold replaces what the node stores of a key. Everything that changes while the node serves changes here.
func (n *Node) hold(slot int32, set *vclock.Set) {
	n.store.hold(slot, set)
	if n.indexed {
		n.trees.note(slot)
	}
}

// note remembers that what is stored under a slot has changed.
func (t *trees) note(slot int32) {
	word, bit := int(slot)>>6, uint64(1)<<(uint(slot)&63)
	for word >= len(t.noted) {
		t.noted = append(t.noted, 0)
	}
	if t.noted[word]&bit == 0 {
		t.noted[word] |= bit
		t.changed = append(t.changed, slot)
	}
}

// takeIn brings the index up to date with the key of a slot.
func (n *Node) takeIn(slot int32) {
	x := &n.trees.index
	n.trees.noted[slot>>6] &^= 1 << (uint(slot) & 63)
	switch {
	case n.store.entries[slot].set == nil:
		x.Remove(slot)
	case x.Has(slot):
		x.Touch(slot)
	default:
		x.Put(slot, merkle.Position(n.shared.Keys.Position(n.store.entries[slot].key)))
	}
}

// index is what the node stores in the order of the ring. It is made on first use.
func (n *Node) index() *merkle.Index {
	t := &n.trees
	if !n.indexed {
		n.indexed = true
		if t.index.Content == nil {
			t.index.Content = n.content
		}
		for slot := range n.store.entries {
			if n.store.entries[slot].set != nil {
				t.note(int32(slot))
			}
		}
	}
	for _, slot := range t.changed {
		n.takeIn(slot)
	}
	t.changed = t.changed[:0]
	return &t.index
}

// content is the hash of a key and all that the node stores of it; 0 where no version is left but tombstones past their grace, which other
// replicas may have forgotten already.
func (n *Node) content(slot int32) uint64 {
	set := n.store.entries[slot].set
	if n.cfg.Versions.Grace > 0 && set.Live() < len(set.Versions) {
		set = set.Buried(n.shared.Arena, n.env.Wall()-n.cfg.Versions.Grace)
		if set != nil && len(set.Versions) == 0 {
			return 0 // the context alone goes with them
		}
	}
	h := set.Hash()
	if h == 0 {
		return 0
	}
	return fold(h^n.shared.Keys.Hash(n.store.entries[slot].key), 0x9e3779b97f4a7c15) | 1
}

// EachInRange calls f for every key that the node stores in a range of the ring, clockwise, until f returns false. f may change what the
// node stores, but not ask it for ranges; keys that are new then are not shown.
func (n *Node) EachInRange(r ring.Range, f func(key KeyID, set *vclock.Set) bool) {
	n.index().Each(rangeOf(r), func(_ merkle.Position, slot int32) bool {
		e := n.store.entries[slot]
		return e.set == nil || f(e.key, e.set)
	})
}

// CountInRange is how many keys the node stores in a range of the ring.
func (n *Node) CountInRange(r ring.Range) int { return n.index().Count(rangeOf(r)) }

// RangeHash is the root of the Merkle tree over a range of the ring, 0 where the node stores nothing there.
func (n *Node) RangeHash(r ring.Range) uint64 { return n.index().Hash(rangeOf(r)) }

func rangeOf(r ring.Range) merkle.Range {
	return merkle.Range{After: merkle.Position(r.After), Upto: merkle.Position(r.Upto)}
}

// meetPartners finds out, once for each ring, with whom this node has ranges in common. The first in turn is the one after itself.
func (n *Node) meetPartners() {
	t, r := &n.trees, n.place.Ring
	if t.ring == r {
		return
	}
	t.ring, t.turn, t.partners = r, 0, t.partners[:0]
	met := make([]bool, len(n.shared.Names))
	for _, i := range r.Hosted(int32(n.id), n.cfg.N) {
		for _, home := range n.rangeHomes(int(i)) {
			met[home] = true
		}
	}
	for k := 1; k < len(met); k++ {
		if id := (int(n.id) + k) % len(met); met[id] {
			t.partners = append(t.partners, NodeID(id))
		}
	}
}

// rangeHomes are the nodes that store a range.
func (n *Node) rangeHomes(i int) []int32 {
	list := n.place.Ring.Prefer(i, n.cfg.N)
	return list[:min(n.cfg.N, len(list))]
}

// hosts tells whether a range is one of those of the ring that this node knows, and the node one of its homes.
func (n *Node) hosts(r merkle.Range) bool {
	if n.place.Ring.Ranges() == 0 {
		return false
	}
	i := n.place.Ring.RangeOf(ring.Position(r.Upto))
	return rangeOf(n.place.Ring.Range(i)) == r && contains(n.rangeHomes(i), int32(n.id))
}

func contains(list []int32, id int32) bool {
	for _, x := range list {
		if x == id {
			return true
		}
	}
	return false
}
