package ring

import (
	"math"
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
		counts, sum := Apportion(nodes, q), 0
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
