package vclock

import (
	"testing"

	"pgregory.net/rapid"
)

// TestLastWriteWinsOrder: time, then node, then value id decide, never arrival.
func TestLastWriteWinsOrder(t *testing.T) {
	inOrder := []Version{
		{Stamp: Stamp{Wall: -5, Node: 9}, Value: Value{ID: 9}},
		{Stamp: Stamp{Wall: 1, Node: 1}, Value: Value{ID: 7}},
		{Stamp: Stamp{Wall: 1, Node: 2}, Value: Value{ID: 1}},
		{Stamp: Stamp{Wall: 1, Node: 2}, Value: Value{ID: 2}, Tombstone: true},
		{Stamp: Stamp{Wall: 2, Node: 1}, Value: Value{ID: 3}},
	}
	for i, v := range inOrder {
		x, _ := LastWriteWins.Put(nil, nil, nil, v)
		for j, w := range inOrder {
			y, _ := LastWriteWins.Put(nil, nil, nil, w)
			s, stats := LastWriteWins.Put(nil, x, nil, w)
			want := max(i, j)
			if !s.Versions[0].equal(&inOrder[want]) || stats.Superseded != b2i(j > i) || stats.FalseDominations != 0 {
				t.Errorf("%d on top of %d: %+v, %+v", j, i, s.Versions[0], stats)
			}
			if got := LastWriteWins.Merge(nil, x, y); got.Versions[0].Value.ID != inOrder[want].Value.ID {
				t.Errorf("%d merged with %d: %+v", i, j, got.Versions[0])
			}
		}
	}
}

// TestLastWriteWinsAgainstMaximum: under clocks that jump at will, a replica holds
// the largest version that ever reached it.
func TestLastWriteWinsAgainstMaximum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sets [3]*Set
		var largest [3]Version
		reach := func(at int, v Version) {
			if l := &largest[at]; l.Dot.Counter == 0 || v.newer(l) {
				*l = v
			}
		}
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			at, from := rapid.IntRange(0, 2).Draw(t, "at"), rapid.IntRange(0, 2).Draw(t, "from")
			if at == from {
				v := Version{Dot: Dot{1, uint64(i) + 1}, Value: Value{ID: uint64(i)}}
				v.Stamp = Stamp{rapid.Int64Range(-2, 2).Draw(t, "wall"), rapid.Uint32Range(0, 1).Draw(t, "node")}
				sets[at], _ = LastWriteWins.Put(nil, sets[at], nil, v)
				reach(at, v)
			} else if sets[from] != nil {
				sets[at] = LastWriteWins.Merge(nil, sets[at], sets[from])
				reach(at, largest[from])
			}
			if sets[at] != nil && !sets[at].Versions[0].equal(&largest[at]) {
				t.Fatalf("holds %+v, largest is %+v", sets[at].Versions[0], largest[at])
			}
		}
	})
}
