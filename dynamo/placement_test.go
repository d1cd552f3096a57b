package dynamo_test

import (
	"fmt"
	"slices"
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"

	"pgregory.net/rapid"
)

// placed is a cluster's rule and names without a cluster.
func placed(strategy int, names ...string) *dynamo.Shared {
	return &dynamo.Shared{Arena: &vclock.Arena{}, Names: names, Keys: dynamo.NewKeys(nil),
		Placing: dynamo.Placing{Strategy: strategy, Ranges: 240, Deal: func(change uint64, i int) uint64 {
			x := (change ^ uint64(i)*0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9
			return (x ^ x>>31) * 0x94d049bb133111eb
		}}}
}

// counts tells how many tokens each node has.
func counts(r *ring.Ring, nodes int) []int {
	list := make([]int, nodes)
	for _, t := range r.Tokens() {
		list[t.Node]++
	}
	return list
}

// When a node leaves, its tokens are distributed to the remaining nodes such that each has Q/S; when a node joins, it steals tokens such that each has
// Q/S (Dynamo §6.2, strategy 3). What did not have to move stays.
func TestStrategy3KeepsEqualShares(t *testing.T) {
	s := placed(3, "a", "b", "c", "d", "e", "f")
	v := membership.New(founder(0), founder(1), founder(2), founder(3))
	four := s.Place(v)
	if got := counts(four.Ring, 6); !slices.Equal(got, []int{60, 60, 60, 60, 0, 0}) {
		t.Fatalf("tokens %v", got)
	}
	v = v.With(membership.Change{Node: 4, What: membership.Join, Counter: v.Next(), Capacity: 1})
	five := s.Place(v)
	if got := counts(five.Ring, 6); !slices.Equal(got, []int{48, 48, 48, 48, 48, 0}) {
		t.Errorf("tokens %v after a join", got)
	}
	for i, after := range five.Ring.Tokens() {
		if before := four.Ring.Tokens()[i]; after.Node != before.Node && after.Node != 4 {
			t.Errorf("range %d moved from %d to %d, and e joined", i, before.Node, after.Node)
		}
	}
	v = v.With(membership.Change{Node: 1, What: membership.Leave, Counter: v.Next()})
	if got := counts(s.Place(v).Ring, 6); !slices.Equal(got, []int{60, 0, 60, 60, 60, 0}) {
		t.Errorf("tokens %v after a leave", got)
	}
	for i, after := range s.Place(v).Ring.Tokens() {
		if before := five.Ring.Tokens()[i]; after.Node != before.Node && before.Node != 1 {
			t.Errorf("range %d moved from %d to %d, and b left", i, before.Node, after.Node)
		}
	}
	if p := s.Place(membership.New(v.Changes()...)); p != s.Place(v) {
		t.Errorf("equal views have two placements")
	}
}

// Heterogeneity: a node's share of the tokens is that of its capacity (Dynamo §4.2).
func TestStrategy3GivesByCapacity(t *testing.T) {
	s := placed(3, "a", "b", "c")
	v := membership.New(founder(0), founder(1))
	v = v.With(membership.Change{Node: 2, What: membership.Join, Counter: v.Next(), Capacity: 2})
	if got := counts(s.Place(v).Ring, 3); !slices.Equal(got, []int{60, 60, 120}) {
		t.Errorf("tokens %v", got)
	}
}

// A ring that nobody belongs to has no homes.
func TestNobodyIsHomeOnAnEmptyRing(t *testing.T) {
	s := placed(3, "a")
	if list := s.Place(membership.New()).Homes(s.Keys.Intern("k"), 3); len(list) != 0 {
		t.Errorf("homes %v", list)
	}
}

// Where one node joins in the place of another one, only what that one stored moves, by every strategy; the views in which the one has left and the other
// not joined yet are nobody's.
func TestAReplacementMovesNothingElse(t *testing.T) {
	for strategy := 1; strategy <= 3; strategy++ {
		s := placed(strategy, "a", "b", "c", "d", "e", "f")
		var founders []membership.Change
		for i := range 5 {
			c := founder(i)
			if strategy != 3 {
				c = founder(i, ring.KeyPosition(fmt.Sprint(i)), ring.KeyPosition(fmt.Sprint(i, "again")))
			}
			founders = append(founders, c)
		}
		before := membership.New(founders...)
		left := before.With(membership.Change{Node: 2, What: membership.Leave, Counter: before.Next()})
		after := left.With(membership.Change{Node: 5, What: membership.Join, Counter: left.Next(), Capacity: 1, Tokens: founders[2].Tokens})
		moves := s.Moves(s.Place(before), s.Place(after), 3)
		if len(moves) == 0 {
			t.Errorf("strategy %d: nothing moves", strategy)
		}
		for _, m := range moves {
			if m.From != 2 || m.To != 5 || !m.Leaves {
				t.Errorf("strategy %d: %v moves too", strategy, m)
			}
		}
	}
}

// The nodes on the ring are the members, whatever history there is: joins, leaves, and news of drained nodes that knew nothing of each other.
func TestTheRingIsOfTheMembers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := []membership.Change{founder(0), founder(1)}
		for range rapid.IntRange(0, 8).Draw(t, "changes") {
			c := membership.Change{Node: int32(rapid.IntRange(0, 5).Draw(t, "node")), What: membership.What(rapid.IntRange(1, 3).Draw(t, "what")),
				Counter: uint64(rapid.IntRange(1, 5).Draw(t, "counter")), Issuer: int32(rapid.IntRange(0, 5).Draw(t, "issuer"))}
			if c.What == membership.Join {
				c.Capacity = 1
			}
			changes = append(changes, c)
		}
		v := membership.New(changes...)
		var on []int32
		for node, n := range counts(placed(3, "a", "b", "c", "d", "e", "f").Place(v).Ring, 6) {
			if n > 0 {
				on = append(on, int32(node))
			}
		}
		if !slices.EqualFunc(on, v.Members(), func(node int32, m membership.Change) bool { return node == m.Node }) {
			t.Fatalf("the ring is of %v, the members are %v", on, v.Members())
		}
	})
}
