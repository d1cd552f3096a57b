package merkle

import (
	"fmt"
	"math"
)

// Index holds keys in the order of their positions. A key is known by the dense number that its owner gives it, its slot; several keys may
// share a position. The zero value is an empty index once Content is set.
type Index struct {
	// Content gives the hash of what is held under a slot, key included; equal contents have equal hashes on all nodes. 0: the key counts
	// as not held in every tree, as one does of which nothing is left but a tombstone past its grace. It is asked once after each Put.
	Content func(slot int32) uint64

	leaves []leaf // by slot
	inner  []inner
	free   []int32 // of inner
	root   int32   // inner node, or ^slot; meaningful while count > 0
	count  int
	last   prefix
}

// prefix is the answer to the last question about the keys from zero on: ranges are mostly asked about in turn, and where one ends the next begins.
type prefix struct {
	upto  Position
	sum   uint64
	count int
	known bool // and nothing has changed since
}

// leaf is a key.
type leaf struct {
	at     Position
	hash   uint64 // of position and content; 0 where the content's is
	parent int32  // -1: it is the root
	state  leafState
}

type leafState uint8

const (
	absent leafState = iota
	stale            // hash is out of date
	fresh
)

// inner is a place where the keys below it part: those with a 0 in a bit, and those with a 1. They agree in all bits before.
type inner struct {
	sum    uint64 // of the hashes below
	count  int32  // of the leaves below
	parent int32
	child  [2]int32 // inner node, or ^slot
	bit    uint8    // from the top: 0 to 127 of the position, 128 to 159 of the slot
	stale  bool     // sum is out of date; then so are those above
}

// Reset empties the index. It keeps memory and nothing else.
func (x *Index) Reset() {
	*x = Index{Content: x.Content, leaves: x.leaves[:0], inner: x.inner[:0], free: x.free[:0]}
}

// Len is how many keys the index holds.
func (x *Index) Len() int { return x.count }

// Has reports whether the index holds a slot.
func (x *Index) Has(slot int32) bool {
	return int(slot) < len(x.leaves) && x.leaves[slot].state != absent
}

// Put says that the content of a key is new, or that the key is. Its hash is asked for when a tree is. Of a key that is held the position
// cannot change.
func (x *Index) Put(slot int32, at Position) {
	if x.Has(slot) {
		x.Touch(slot)
		return
	}
	for int(slot) >= len(x.leaves) {
		x.leaves = append(x.leaves, leaf{})
	}
	x.last.known = false
	x.leaves[slot] = leaf{at: at, parent: -1, state: stale}
	if x.count++; x.count == 1 {
		x.root = ^slot
		return
	}
	x.insert(slot)
}

// Touch is Put for a key that is held.
func (x *Index) Touch(slot int32) {
	l := &x.leaves[slot]
	if l.state == absent {
		panic(fmt.Sprintf("merkle: slot %d is not held", slot))
	}
	if l.state == stale {
		return
	}
	l.state, x.last.known = stale, false
	for n := l.parent; n >= 0 && !x.inner[n].stale; n = x.inner[n].parent {
		x.inner[n].stale = true
	}
}

// insert hangs a leaf where its path leaves that of the others.
func (x *Index) insert(slot int32) {
	k := x.keyOf(slot)
	near := x.keyOf(^x.closest(&k))
	bit := k.parts(&near)
	at, parent := x.root, int32(-1)
	for at >= 0 && x.inner[at].bit < bit {
		n := &x.inner[at]
		n.count++
		n.stale = true
		parent, at = at, n.child[k.bit(n.bit)]
	}
	side := k.bit(bit)
	fork := x.newInner(inner{count: int32(x.below(at)) + 1, parent: parent, bit: bit, stale: true})
	x.inner[fork].child[side] = ^slot
	x.inner[fork].child[1-side] = at
	x.leaves[slot].parent = fork
	x.setParent(at, fork)
	x.replace(parent, at, fork)
}

// Remove forgets a key.
func (x *Index) Remove(slot int32) {
	if !x.Has(slot) {
		return
	}
	fork := x.leaves[slot].parent
	x.last.known = false
	x.leaves[slot] = leaf{}
	if x.count--; x.count == 0 {
		return
	}
	n := x.inner[fork]
	sibling := n.child[0]
	if sibling == ^slot {
		sibling = n.child[1]
	}
	x.setParent(sibling, n.parent)
	x.replace(n.parent, fork, sibling)
	x.free = append(x.free, fork)
	for up := n.parent; up >= 0; up = x.inner[up].parent {
		x.inner[up].count--
		x.inner[up].stale = true
	}
}

func (x *Index) newInner(n inner) int32 {
	if last := len(x.free) - 1; last >= 0 {
		i := x.free[last]
		x.free = x.free[:last]
		x.inner[i] = n
		return i
	}
	x.inner = append(x.inner, n)
	return int32(len(x.inner) - 1)
}

func (x *Index) setParent(at, parent int32) {
	if at >= 0 {
		x.inner[at].parent = parent
		return
	}
	x.leaves[^at].parent = parent
}

// replace puts another node in the place of a child.
func (x *Index) replace(parent, old, now int32) {
	if parent < 0 {
		x.root = now
		return
	}
	n := &x.inner[parent]
	if n.child[0] == old {
		n.child[0] = now
		return
	}
	n.child[1] = now
}

// below is how many keys there are in a subtree.
func (x *Index) below(at int32) int {
	if at >= 0 {
		return int(x.inner[at].count)
	}
	return 1
}

// closest follows the path of a key to a leaf. None agrees with the key in more bits.
func (x *Index) closest(k *key) int32 {
	at := x.root
	for at >= 0 {
		n := &x.inner[at]
		at = n.child[k.bit(n.bit)]
	}
	return at
}

// sum is the sum of the hashes in a subtree, brought up to date where a write made it out of date.
func (x *Index) sum(at int32) uint64 {
	if at < 0 {
		return x.hash(^at)
	}
	if n := &x.inner[at]; n.stale {
		n.sum = x.sum(n.child[0]) + x.sum(n.child[1])
		n.stale = false
	}
	return x.inner[at].sum
}

// hash is that of one key.
func (x *Index) hash(slot int32) uint64 {
	l := &x.leaves[slot]
	if l.state == stale {
		l.hash, l.state = hash(l.at, x.Content(slot)), fresh
	}
	return l.hash
}

// hash covers a position and a content. The constants are part of what nodes compare and never change.
func hash(at Position, content uint64) uint64 {
	if content == 0 {
		return 0
	}
	return mix(content ^ mix(at.Hi^mix(at.Lo+0x9e3779b97f4a7c15)))
}

// mix is the finaliser of MurmurHash3 (Appleby, public domain).
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// key orders the leaves: by position, then by slot, which is shifted to the top of the third word. The fourth is not used: with it every number of a
// bit names one.
type key [4]uint64

func (x *Index) keyOf(slot int32) key {
	at := &x.leaves[slot].at
	return key{at.Hi, at.Lo, uint64(uint32(slot)) << 32}
}

// after is past every key at a position, and before every later one.
func after(p Position) key { return key{p.Hi, p.Lo, math.MaxUint64} }

// bit gives a bit, counted from the top.
func (k *key) bit(i uint8) int { return int(k[i>>6] >> (63 - i&63) & 1) }
