package ring

import "slices"

// Rings of one number of equal ranges that are dealt out (§6.2, strategy 3) differ in the owners of the few ranges that a change of the members has
// moved. What does not depend on these they share, so that a large cluster in which nodes join one by one needs neither the time nor the memory
// for a whole ring with each.

// inherited is how long the preference lists are that a ring takes over from another one.
const inherited = 2 * prefix

// manyNodes is from how many nodes on it pays: far more than the lists that are taken over have.
const manyNodes = 4 * inherited

// OfDeal builds the ring of a deal, from one that was like it if there is one.
func OfDeal(d *Deal, like *Ring, opts Options) *Ring {
	if like == nil || like.zones != nil || opts.Spread || len(like.first) != len(d.owners) || len(like.nodes) < manyNodes {
		return New(d.Tokens(), opts)
	}
	r := &Ring{cuts: like.cuts, owners: slices.Clone(d.owners)}
	for node, hand := range d.hands {
		if len(hand) > 0 {
			r.nodes = append(r.nodes, int32(node))
		}
	}
	if len(r.nodes) < manyNodes {
		return New(d.Tokens(), opts)
	}
	r.walk.prepare(r.numbers(), 0)
	r.lists = like.lists.share()
	for _, i := range Differ(like, r, inherited) {
		r.lists.set(int(i), nil)
	}
	if h := &like.hosted; h.ranges != nil {
		r.hosted = h.adjusted(like, r, Differ(like, r, h.homes))
	}
	return r
}

// Alike tells whether two rings have the same ranges because one was built from the other.
func Alike(a, b *Ring) bool { return len(a.upto) > 0 && len(b.upto) > 0 && &a.upto[0] == &b.upto[0] }

// Differ lists the ranges of two rings that are [Alike] whose preference lists may differ among the first n, clockwise from zero.
func Differ(a, b *Ring, n int) []int32 {
	var differ []int32
	for k, node := range a.owners {
		if b.owners[k] != node {
			differ = appendReaching(differ, a, b, k, n)
		}
	}
	slices.Sort(differ)
	return slices.Compact(differ)
}

// appendReaching adds the ranges whose lists come to a token before they have n nodes: going back from it until n other ones have been met in both
// rings.
func appendReaching(to []int32, a, b *Ring, token, n int) []int32 {
	var room [2][inherited]int32
	metA, metB := room[0][:0], room[1][:0]
	for i := token; ; {
		to = append(to, int32(i))
		if i--; i < 0 {
			i = len(a.owners) - 1
		}
		if metA, metB = meet(metA, a.owners[i]), meet(metB, b.owners[i]); len(metA) >= n && len(metB) >= n || i == token {
			return to
		}
	}
}

// meet adds a node to some unless it is among them.
func meet(some []int32, node int32) []int32 {
	if slices.Contains(some, node) {
		return some
	}
	return append(some, node)
}
