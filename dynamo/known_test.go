package dynamo

import (
	"fmt"
	"slices"
	"testing"

	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/ring"

	"pgregory.net/rapid"
)

// growing is a cluster's rule and names, without nodes, and what its founders know.
func growing(founders, nodes int) (*Shared, *membership.View) {
	s := &Shared{Keys: NewKeys(nil), Placing: Placing{Strategy: 3, Ranges: 8 * nodes, Deal: func(change uint64, i int) uint64 {
		return fold(change^uint64(i), 0xbf58476d1ce4e5b9) * 0x94d049bb133111eb
	}}}
	var changes []membership.Change
	for node := range nodes {
		if s.Names = append(s.Names, fmt.Sprint("n", node)); node < founders {
			changes = append(changes, membership.Change{What: membership.Join, Node: int32(node), Issuer: int32(node), Capacity: 1})
		}
	}
	return s, membership.New(changes...)
}

// Placements are forgotten when no node acts upon them, and not before.
func TestPlacementsAreForgotten(t *testing.T) {
	s, v := growing(3, 200)
	n := &Node{shared: s}
	n.actUpon(s.Place(v))
	first := n.place
	for node := 3; node < 200; node++ {
		v = v.With(membership.Change{What: membership.Join, Node: int32(node), Counter: v.Next(), Capacity: 1})
		if p := s.Place(v); p != s.Place(membership.New(v.Changes()...)) || p.View != s.Same(membership.New(v.Changes()...)) {
			t.Fatalf("equal views have two placements")
		}
	}
	if s.Place(first.View) != first {
		t.Errorf("a placement was forgotten that a node acts upon")
	}
	if got := len(s.known.placements); got > keptIdle+2 {
		t.Errorf("%d placements are kept", got)
	}
	n.actUpon(s.Place(v))
	for node := 199; node > 150; node-- {
		v = v.With(membership.Change{What: membership.Leave, Node: int32(node), Counter: v.Next()})
		s.Place(v)
	}
	if s.Place(first.View) == first {
		t.Errorf("a placement is kept that nobody acts upon any more")
	}
}

// What moves between two placements does not depend on what is known of them: all pairs of ranges compared, each move joined with any of its
// neighbours.
func TestMovesAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := rapid.SampledFrom([]int{6, 90}).Draw(t, "nodes")
		s, v := growing(nodes*3/4, nodes)
		old := s.Place(v)
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			c := membership.Change{What: membership.What(rapid.IntRange(1, 2).Draw(t, "what")), Node: int32(rapid.IntRange(0, nodes-1).Draw(t, "node")),
				Counter: v.Next(), Capacity: 1}
			v = v.With(c)
		}
		homes := rapid.IntRange(1, 4).Draw(t, "homes")
		for _, way := range [][2]*Placement{{old, s.Place(v)}, {s.Place(v), old}} {
			got, want := s.Moves(way[0], way[1], homes), movesTwin(way[0].Ring, way[1].Ring, homes)
			if !slices.Equal(got, want) {
				t.Fatalf("%v\nwant %v", got, want)
			}
		}
	})
}

func movesTwin(old, now *ring.Ring, n int) (out []Move) {
	var moves []Move
	cuts := cutsOf(old, now)
	for i, upto := range cuts {
		cell := ring.Range{After: cuts[(i+len(cuts)-1)%len(cuts)], Upto: upto}
		moves = appendMoves(moves, cell, homesAt(old, upto, n), homesAt(now, upto, n))
	}
	follows := func(a, b Move) bool {
		return a.Range.Upto == b.Range.After && a.Range.After != b.Range.Upto && a.From == b.From && a.To == b.To && a.Leaves == b.Leaves
	}
	for _, m := range moves {
		k := slices.IndexFunc(out, func(o Move) bool {
			return o.Range.After != o.Range.Upto && o.Range.Upto == m.Range.After && o.between(m)
		})
		if k >= 0 {
			out[k].Range.Upto = m.Range.Upto
		} else {
			out = append(out, m)
		}
	}
	for i := range out {
		for k := range out {
			if i != k && follows(out[i], out[k]) {
				out[i].Range.Upto = out[k].Range.Upto
				return slices.Delete(out, k, k+1)
			}
		}
	}
	return out
}

// Where ranges are does not depend on which views were met before, and in which order.
func TestAPlacementDoesNotDependOnOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := rapid.SampledFrom([]int{6, 90}).Draw(t, "nodes")
		s, v := growing(nodes*3/4, nodes)
		views := []*membership.View{v}
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			v = rapid.SampledFrom(views).Draw(t, "of")
			c := membership.Change{What: membership.What(rapid.IntRange(1, 3).Draw(t, "what")), Node: int32(rapid.IntRange(0, nodes-1).Draw(t, "node")),
				Counter: v.Next(), Issuer: int32(rapid.IntRange(0, 1).Draw(t, "issuer")), Capacity: float64(rapid.IntRange(1, 2).Draw(t, "capacity"))}
			views = append(views, v.With(c), membership.Merge(v.With(c), views[len(views)-1]))
		}
		for range 2 {
			for _, v := range rapid.Permutation(views).Draw(t, "order") {
				alone, _ := growing(nodes*3/4, nodes)
				if got, want := s.Place(v).Ring.Tokens(), alone.Place(v).Ring.Tokens(); !slices.Equal(got, want) {
					t.Fatalf("after %v: %v\nwant %v", v.Changes(), got, want)
				}
			}
		}
	})
}
