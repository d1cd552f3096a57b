package ring

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestTokensByCapacity (Dynamo §4.2): "the number of virtual nodes that a node is
// responsible for can be decided based on its capacity".
func TestTokensByCapacity(t *testing.T) {
	nodes := members(4, 1)
	nodes[1].Capacity, nodes[2].Capacity, nodes[3].Capacity = 2.5, 0.01, 0
	for name, c := range map[string]struct {
		tokens []Token
		want   []int
	}{
		"random": {RandomTokens(nodes, 10, newSource(1).token), []int{10, 25, 1, 0}},
		"equal":  {EqualRanges(nodes, 351, newSource(1).step), []int{100, 250, 1, 0}},
	} {
		got := make([]int, 4)
		for _, token := range c.tokens {
			got[token.Node]++
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestApportion: each within one of its exact share, all q given, the same for
// equals but for one.
func TestApportion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := members(rapid.IntRange(1, 30).Draw(t, "nodes"), 1)
		total := 0.0
		for i := range nodes {
			nodes[i].Capacity = rapid.SampledFrom([]float64{1, 1, 1, 0.1, 2, 7.3, 0}).Draw(t, "capacity")
			total += nodes[i].Capacity
		}
		q := rapid.IntRange(0, 2000).Draw(t, "q")
		counts, sum := apportion(nodes, q, nil), 0
		for i, n := range counts {
			sum += n
			if exact := nodes[i].Capacity / total * float64(q); total > 0 && math.Abs(float64(n)-exact) >= 1 {
				t.Fatalf("node %d gets %d, exactly %v", i, n, exact)
			}
		}
		if total > 0 && sum != q || total == 0 && sum != 0 {
			t.Fatalf("%d of %d ranges given", sum, q)
		}
	})
}

// TestEqualRangesAreEqual (Dynamo §6.2): q tokens cut the ring into q ranges of one
// size, to a part in 2^64.
func TestEqualRangesAreEqual(t *testing.T) {
	for _, q := range []int{1, 7, 8, 960, 1000} {
		for name, r := range map[string]*Ring{
			"strategy 2": build(2, members(5, 1), 4, q, newSource(3), Options{}),
			"strategy 3": build(3, members(5, 1), 0, q, newSource(3), Options{}),
		} {
			if r.Ranges() != q {
				t.Fatalf("%s: %d ranges, want %d", name, r.Ranges(), q)
			}
			for i := range q {
				if got := r.Range(i).Share() * float64(q); math.Abs(got-1) > 1e-12 {
					t.Errorf("%s: range %d of %d is %v of its share", name, i, q, got)
				}
			}
		}
	}
}

// TestShuffleIsFair: each node is equally likely to get each range.
func TestShuffleIsFair(t *testing.T) {
	const nodes, q, rings = 4, 8, 8000
	var counts [q][nodes]float64
	s := newSource(4)
	for range rings {
		for i, token := range EqualRanges(members(nodes, 1), q, s.step) {
			counts[i][token.Node]++
		}
	}
	chi := 0.0
	for _, row := range counts {
		for _, n := range row {
			chi += (n - rings/nodes) * (n - rings/nodes) / (rings / nodes)
		}
	}
	// 8 ranges x 3 free nodes each, slightly dependent: 51 is exceeded by 1 in 1000.
	if chi > 51 {
		t.Errorf("chi-squared %.1f of 24 degrees of freedom: %v", chi, counts)
	}
}

// TestRandomTokensComeFromTheNode alone: who else is a member changes nothing.
func TestRandomTokensComeFromTheNode(t *testing.T) {
	draw := func(node int32, i int) (hi, lo uint64) { return uint64(node) << 32, uint64(i) }
	all := RandomTokens(members(3, 1), 2, draw)
	alone := RandomTokens(members(3, 1)[2:], 2, draw)
	if !slices.Equal(all[4:], alone) {
		t.Errorf("%v, alone %v", all[4:], alone)
	}
}

// TestTokenCountRounds to the nearest, and gives at least one.
func TestTokenCountRounds(t *testing.T) {
	for capacity, want := range map[float64]int{1: 10, 2.54: 25, 2.55: 26, 0.001: 1, 0: 0, -1: 0} {
		if got := tokenCount(capacity, 10); got != want {
			t.Errorf("capacity %v: %d tokens, want %d", capacity, got, want)
		}
	}
}

// owners counts the tokens of nodes 0 to 15 and tells those at the same position
// in both that changed hands.
func owners(before, after []Token) (counts [16]int, moved int) {
	for i, token := range after {
		counts[token.Node]++
		if before[i].At != token.At {
			panic("a token changed its position")
		}
		if before[i].Node != token.Node {
			moved++
		}
	}
	return counts, moved
}

// rebalanced leaves the tokens that it is given as they are.
func rebalanced(tokens []Token, nodes []Member, s source) []Token {
	d := &Deal{hands: make([][]int32, 16)}
	for k, t := range tokens {
		d.owners = append(d.owners, t.Node)
		d.hands[t.Node] = append(d.hands[t.Node], int32(k))
	}
	c := d.Clone()
	c.Rebalance(nodes, Shuffle(len(tokens), s.step))
	if !slices.Equal(d.Tokens(), tokens) {
		panic("a copy is no copy")
	}
	for node, hand := range c.hands {
		for _, k := range hand {
			if c.owners[k] != int32(node) {
				panic("a hand has what its node does not own")
			}
		}
	}
	return c.Tokens()
}

// TestRebalance (Dynamo §6.2, strategy 3): after any change every node has its share
// of the ranges, which stay where they are, and no more tokens move than must: those
// of nodes that left and those that nodes have to give up.
func TestRebalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.IntRange(16, 300).Draw(t, "q")
		s := newSource(rapid.Uint64().Draw(t, "seed"))
		some := rapid.SliceOfNDistinct(rapid.IntRange(0, 15), 1, 16, rapid.ID[int])
		pick := func(label string) []Member {
			var out []Member
			for _, i := range some.Draw(t, label) {
				out = append(out, members(16, 1)[i])
			}
			return out
		}
		from, to := pick("from"), pick("to")
		before := EqualRanges(from, q, s.step)
		after := rebalanced(before, to, s)
		held, _ := owners(before, before)
		counts, moved := owners(before, after)
		least := 0
		for _, m := range to {
			n := counts[m.Node]
			if n != q/len(to) && n != q/len(to)+1 {
				t.Fatalf("node %d has %d of %d tokens, %d members", m.Node, n, q, len(to))
			}
			least += max(0, n-held[m.Node])
			held[m.Node] = 0
		}
		if moved != least {
			t.Fatalf("%d tokens moved, %d had to", moved, least)
		}
		if _, again := owners(after, rebalanced(after, to, s)); again != 0 {
			t.Fatalf("%d tokens moved without a change", again)
		}
	})
}

// TestRebalanceTakesFromAll (Dynamo §4.2, §6.2): a joining node takes about equally
// much of each, and a leaving one's tokens go to all.
func TestRebalanceTakesFromAll(t *testing.T) {
	s := newSource(6)
	ten, eleven := members(10, 1), members(11, 1)
	before := EqualRanges(ten, 1100, s.step)
	joined := rebalanced(before, eleven, s)
	counts, moved := owners(before, joined)
	if moved != 100 || counts[10] != 100 {
		t.Errorf("a join moved %d tokens: %v", moved, counts)
	}
	for node, n := range counts[:11] {
		if n != 100 {
			t.Errorf("node %d has %d tokens after the join", node, n)
		}
	}
	var to [16]int
	left := rebalanced(joined, eleven[1:], s)
	for i, token := range left {
		if joined[i].Node == 0 {
			to[token.Node]++
		}
	}
	for node, n := range to[1:11] {
		if n != 10 {
			t.Errorf("node %d got %d tokens of the one that left", node+1, n)
		}
	}
}

// TestRebalanceAsWritten: nodes give up tokens, and get them, in the order of a shuffle of all; those with the largest remainders get one more, of
// equal ones those that hold more, then the earlier.
func TestRebalanceAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.IntRange(1, 200).Draw(t, "q")
		seed := rapid.Uint64().Draw(t, "seed")
		pick := func(label string) (out []Member) {
			for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, 15), 1, 16, rapid.ID[int]).Draw(t, label) {
				m := members(16, 1)[i]
				m.Capacity = rapid.SampledFrom([]float64{1, 1, 1, 1, 0.5, 2, 7.3, 0}).Draw(t, "capacity")
				out = append(out, m)
			}
			return out
		}
		before, to := EqualRanges(pick("from"), q, newSource(seed).step), pick("to")
		if len(before) == 0 {
			return
		}
		want := rebalanceTwin(before, to, newSource(seed).step)
		if got := rebalanced(before, to, newSource(seed)); !slices.Equal(got, want) {
			t.Fatalf("%v\nwant %v", got, want)
		}
	})
}

// rebalanceTwin shuffles the tokens themselves and sorts the members by their claims.
func rebalanceTwin(tokens []Token, nodes []Member, draw func(i int) uint64) []Token {
	out := slices.Clone(tokens)
	for i := len(out) - 1; i > 0; i-- {
		j, _ := bits.Mul64(draw(i), uint64(i)+1)
		out[i], out[j] = out[j], out[i]
	}
	held, share := map[int32]int{}, map[int32]int{}
	for _, t := range tokens {
		held[t.Node]++
	}
	total, left := 0.0, len(tokens)
	for _, m := range nodes {
		total += m.Capacity
	}
	exact := func(m Member) float64 { return float64(float64(m.Capacity/total) * float64(len(tokens))) }
	byClaim := slices.Clone(nodes)
	for _, m := range nodes {
		share[m.Node] = 0
		if total > 0 {
			share[m.Node] = int(exact(m))
		}
		left -= share[m.Node]
	}
	slices.SortStableFunc(byClaim, func(a, b Member) int {
		if c := cmp.Compare(exact(b)-float64(share[b.Node]), exact(a)-float64(share[a.Node])); c != 0 {
			return c
		}
		return cmp.Compare(held[b.Node]-share[b.Node], held[a.Node]-share[a.Node])
	})
	more := map[int32]int{}
	for i := 0; i < left && total > 0; i++ {
		more[byClaim[i].Node] = 1
	}
	var free []int
	for k, t := range out {
		if most, there := share[t.Node]; !there || held[t.Node] > most+more[t.Node] {
			free = append(free, k)
			held[t.Node]--
		}
	}
	for _, m := range nodes {
		for ; held[m.Node] < share[m.Node]+more[m.Node]; held[m.Node]++ {
			out[free[0]].Node = m.Node
			free = free[1:]
		}
	}
	slices.SortStableFunc(out, func(s, t Token) int { return s.At.Compare(t.At) })
	return out
}
