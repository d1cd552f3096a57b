package merkle

import "math/bits"

// parts is the first bit in which two keys differ.
func (k *key) parts(o *key) uint8 {
	word := 0
	for word < 2 && k[word] == o[word] {
		word++
	}
	return uint8(64*word + bits.LeadingZeros64(k[word]^o[word]))
}

// upto is the sum of the hashes and the number of the keys from zero to p, p included.
func (x *Index) upto(p Position, summed bool) (sum uint64, count int) {
	switch {
	case x.count == 0:
		return 0, 0
	case x.last.known && x.last.upto == p:
		return x.last.sum, x.last.count
	}
	k := after(p)
	near := x.keyOf(^x.closest(&k))
	bit := k.parts(&near)
	at := x.root
	for at >= 0 && x.inner[at].bit < bit {
		n := &x.inner[at]
		if k.bit(n.bit) == 0 {
			at = n.child[0]
			continue
		}
		if count += x.below(n.child[0]); summed {
			sum += x.sum(n.child[0])
		}
		at = n.child[1]
	}
	if k.bit(bit) == 1 {
		if count += x.below(at); summed {
			sum += x.sum(at)
		}
	}
	x.last = prefix{p, sum, count, summed}
	return sum, count
}

// Count is how many keys the index holds in a range.
func (x *Index) Count(r Range) int {
	_, from := x.upto(r.After, false)
	_, to := x.upto(r.Upto, false)
	if r.After.less(r.Upto) {
		return to - from
	}
	return x.count - from + to
}

// Hash is the sum of the hashes of the keys in a range: the hash of the root of a tree over it.
func (x *Index) Hash(r Range) uint64 {
	from, _ := x.upto(r.After, true)
	to, _ := x.upto(r.Upto, true)
	if r.After.less(r.Upto) {
		return to - from
	}
	return x.total() - from + to
}

// total is the sum over the whole ring.
func (x *Index) total() uint64 {
	if x.count == 0 {
		return 0
	}
	return x.sum(x.root)
}

// Each calls f for every key in a range, clockwise from where the range begins, keys at one position in the order of their slots, until f
// returns false. f may remove the key that it is called with, and change nothing else.
func (x *Index) Each(r Range, f func(at Position, slot int32) bool) {
	left := x.Count(r)
	if left == 0 {
		return
	}
	next := x.first(r.After)
	for ; left > 0; left-- {
		slot := next
		if left > 1 {
			next = x.next(slot)
		}
		if !f(x.leaves[slot].at, slot) {
			return
		}
	}
}

// first is the first key clockwise after p.
func (x *Index) first(p Position) int32 {
	k := after(p)
	near := x.keyOf(^x.closest(&k))
	bit := k.parts(&near)
	at := x.root
	for at >= 0 && x.inner[at].bit < bit {
		n := &x.inner[at]
		at = n.child[k.bit(n.bit)]
	}
	if k.bit(bit) == 0 {
		return x.edge(at, 0)
	}
	return x.next(x.edge(at, 1))
}

// next is the key clockwise after another one.
func (x *Index) next(slot int32) int32 {
	at := ^slot
	up := x.leaves[slot].parent
	for up >= 0 && x.inner[up].child[1] == at {
		at, up = up, x.inner[up].parent
	}
	if up < 0 {
		return x.edge(x.root, 0)
	}
	return x.edge(x.inner[up].child[1], 0)
}

// edge is the first (side 0) or the last (side 1) key of a subtree.
func (x *Index) edge(at int32, side int) int32 {
	for at >= 0 {
		at = x.inner[at].child[side]
	}
	return ^at
}
