package ring

import (
	"cmp"
	"math/bits"
	"slices"
)

// Deal says which node has which of q equal ranges (§6.2, strategy 3).
type Deal struct {
	owners []int32   // by range
	hands  [][]int32 // by the number of a node: the ranges that it has, in no order
}

// DealOut deals q ranges out at random, so that each node has its share of them by
// capacity (q/S for S equal nodes), rounded by largest remainder. draw gives the
// random bits of the i-th step of the shuffle, 0 < i < q. Where no node has any capacity nobody has a range.
func DealOut(nodes []Member, q int, draw func(i int) uint64) *Deal {
	d := &Deal{owners: make([]int32, 0, q), hands: make([][]int32, numbers(nodes))}
	for i, count := range apportion(nodes, q, nil) {
		for range count {
			d.owners = append(d.owners, nodes[i].Node)
		}
	}
	shuffle(d.owners, draw)
	for k, node := range d.owners {
		d.hands[node] = append(d.hands[node], int32(k))
	}
	return d
}

// numbers is one more than the highest number of a node.
func numbers(nodes []Member) int32 {
	n := int32(0)
	for _, m := range nodes {
		n = max(n, m.Node+1)
	}
	return n
}

// Clone returns a deal like this one.
func (d *Deal) Clone() *Deal {
	c := &Deal{owners: slices.Clone(d.owners), hands: make([][]int32, len(d.hands))}
	all := make([]int32, 0, len(d.owners))
	for node, hand := range d.hands {
		all = append(all, hand...)
		c.hands[node] = all[len(all)-len(hand) : len(all) : len(all)]
	}
	return c
}

// Ranges is how many ranges are dealt out.
func (d *Deal) Ranges() int { return len(d.owners) }

// Tokens returns a token at the end of each range, clockwise from zero.
func (d *Deal) Tokens() []Token {
	tokens := make([]Token, len(d.owners))
	for k, node := range d.owners {
		tokens[k] = Token{At: fraction(uint64(k), uint64(len(d.owners))), Node: node}
	}
	return tokens
}

// Pass gives all that one node has to another one.
func (d *Deal) Pass(from, to int32) {
	d.number(from)
	d.number(to)
	for len(d.hands[from]) > 0 && from != to {
		d.give(d.hands[from][0], to)
	}
}

// number makes room for nodes up to a number.
func (d *Deal) number(node int32) {
	for int(node) >= len(d.hands) {
		d.hands = append(d.hands, nil)
	}
}

// give gives a range to a node.
func (d *Deal) give(k, to int32) {
	hand := &d.hands[d.owners[k]]
	at, last := slices.Index(*hand, k), len(*hand)-1
	(*hand)[at] = (*hand)[last]
	*hand = (*hand)[:last]
	d.owners[k] = to
	d.hands[to] = append(d.hands[to], k)
}

// Rebalance takes a change of the members into account (§6.2): the ranges of a node that left are "randomly distributed to the remaining nodes", one
// that joins "steals" some, and each again has its share by capacity. No range moves without need, and none at all if no member has any
// capacity. places are those of the ranges in a shuffle, in whose order they are taken and given: see [Shuffle]. It returns what was given.
func (d *Deal) Rebalance(nodes []Member, places []int32) []Gift {
	d.number(numbers(nodes) - 1)
	held := make([]int, len(nodes))
	for i, m := range nodes {
		held[i] = len(d.hands[m.Node])
	}
	share := apportion(nodes, len(d.owners), held)
	due := make([]int32, 0, 64)
	for i, m := range nodes {
		for have := held[i]; have < share[i]; have++ {
			due = append(due, m.Node)
		}
	}
	if len(due) == 0 {
		return nil
	}
	gifts := make([]Gift, len(due))
	for i, k := range d.spare(nodes, share, places)[:len(due)] {
		gifts[i] = Gift{k, due[i]}
	}
	d.Give(gifts)
	return gifts
}

// Gift is a range that a node is given.
type Gift struct{ Range, To int32 }

// Give gives ranges to nodes.
func (d *Deal) Give(gifts []Gift) {
	for _, g := range gifts {
		d.number(g.To)
		d.give(g.Range, g.To)
	}
}

// spare lists what nodes have beyond their share, and all that those have which are no members, in the order of the places.
func (d *Deal) spare(nodes []Member, share []int, places []int32) []int32 {
	over := make([]int, len(d.hands))
	for node, hand := range d.hands {
		over[node] = len(hand)
	}
	for i, m := range nodes {
		over[m.Node] -= share[i]
	}
	var some []int32
	for node, hand := range d.hands {
		if over[node] > 0 {
			some = append(some, hand...)
		}
	}
	slices.SortStableFunc(some, func(a, b int32) int { return cmp.Compare(places[a], places[b]) })
	spare := some[:0]
	for _, k := range some {
		if node := d.owners[k]; over[node] > 0 {
			over[node]--
			spare = append(spare, k)
		}
	}
	return spare
}

// Shuffle returns the places at which a shuffle puts q things. draw gives the random bits of its i-th step, 0 < i < q.
func Shuffle(q int, draw func(i int) uint64) []int32 {
	order := make([]int32, q)
	for i := range order {
		order[i] = int32(i)
	}
	shuffle(order, draw)
	places := make([]int32, q)
	for place, k := range order {
		places[k] = int32(place)
	}
	return places
}

// shuffle is that of Fisher and Yates.
func shuffle(list []int32, draw func(i int) uint64) {
	for i := len(list) - 1; i > 0; i-- {
		j, _ := bits.Mul64(draw(i), uint64(i)+1)
		list[i], list[j] = list[j], list[i]
	}
}

// apportion divides q tokens among the nodes by capacity: each gets its share
// rounded down, and those with the largest remainders one more; of equal ones those
// that hold more already, if that is told, then the earlier. The counts add up to q
// unless no node has any capacity.
func apportion(nodes []Member, q int, held []int) []int {
	total := 0.0
	for _, m := range nodes {
		total += max(m.Capacity, 0)
	}
	counts := make([]int, len(nodes))
	if total == 0 {
		return counts
	}
	claims := make([]claim, len(nodes))
	left := q
	for i, m := range nodes {
		if i > 0 && cmp.Compare(m.Capacity, nodes[i-1].Capacity) == 0 { // as most are
			counts[i], claims[i].remainder = counts[i-1], claims[i-1].remainder
		} else {
			share := float64(float64(max(m.Capacity, 0)/total) * float64(q))
			counts[i] = int(share) // range: at most q
			claims[i].remainder = share - float64(counts[i])
		}
		if left -= counts[i]; held != nil {
			claims[i].beyond = held[i] - counts[i]
		}
	}
	last, some := strongest(claims, left)
	for i, c := range claims {
		switch order := c.compare(last); {
		case order < 0:
			counts[i]++
		case order == 0 && some > 0:
			counts[i]++
			some--
		}
	}
	return counts
}

// claim is what a node's wish for one token more is judged by.
type claim struct {
	remainder float64
	beyond    int // how many it holds beyond its share rounded down
}

// compare puts the stronger claim first.
func (c claim) compare(d claim) int {
	if r := cmp.Compare(d.remainder, c.remainder); r != 0 {
		return r
	}
	return cmp.Compare(d.beyond, c.beyond)
}

// strongest finds the weakest of the n strongest claims, and how many of its strength are among them. Nearly all claims are as strong as others.
func strongest(claims []claim, n int) (last claim, some int) {
	var kinds []claim // the strongest first
	var counts []int
	for _, c := range claims {
		k, known := slices.BinarySearchFunc(kinds, c, claim.compare)
		if !known {
			kinds, counts = slices.Insert(kinds, k, c), slices.Insert(counts, k, 0)
		}
		counts[k]++
	}
	for k, c := range kinds {
		if n <= counts[k] {
			return c, n
		}
		n -= counts[k]
	}
	return last, 0
}
