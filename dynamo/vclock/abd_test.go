package vclock

import "testing"

// TestABDOrder: counter, node, life of the node, sequence; never arrival, never the value.
func TestABDOrder(t *testing.T) {
	const a1, a2, b1 = Actor(1<<32 | 1), Actor(1<<32 | 2), Actor(2<<32 | 1)
	inOrder := []Version{
		{Stamp: Stamp{Wall: -5}, Dot: Dot{0, 3}, Value: Value{ID: 9}}, // what was there before time began
		{Stamp: Stamp{Wall: 1}, Dot: Dot{a1, 7}, Value: Value{ID: 8}},
		{Stamp: Stamp{Wall: 1}, Dot: Dot{a1, 8}, Value: Value{ID: 7}},
		{Stamp: Stamp{Wall: 1}, Dot: Dot{a2, 1}, Value: Value{ID: 6}, Tombstone: true},
		{Stamp: Stamp{Wall: 1}, Dot: Dot{b1, 1}, Value: Value{ID: 5}},
		{Stamp: Stamp{Wall: 2}, Dot: Dot{a1, 9}, Value: Value{ID: 4}},
	}
	for i, v := range inOrder {
		x, _ := ABD.Put(nil, nil, nil, v)
		for j, w := range inOrder {
			y, _ := ABD.Put(nil, nil, nil, w)
			s, stats := ABD.Put(nil, x, nil, w)
			want := max(i, j)
			if !s.Versions[0].equal(&inOrder[want]) || stats.Superseded != b2i(j > i) {
				t.Errorf("%d on top of %d: %+v, %+v", j, i, s.Versions[0], stats)
			}
			if got := ABD.Merge(nil, x, y); got.Versions[0].Value.ID != inOrder[want].Value.ID {
				t.Errorf("%d merged with %d: %+v", i, j, got.Versions[0])
			}
		}
	}
}

// TestNextCounter: above whatever is held; the first is 1.
func TestNextCounter(t *testing.T) {
	for held, want := range map[int64]int64{-5: 1, 0: 1, 1: 2, 41: 42} {
		s, _ := ABD.Put(nil, nil, nil, Version{Stamp: Stamp{Wall: held}, Dot: Dot{1, 1}})
		if got := s.NextCounter(); got != want {
			t.Errorf("on %d: %d, want %d", held, got, want)
		}
	}
	if got := (*Set)(nil).NextCounter(); got != 1 {
		t.Errorf("on nothing: %d", got)
	}
}

// TestNewest: the latest timestamp, and a context that covers what was left out.
func TestNewest(t *testing.T) {
	var s *Set
	for i, wall := range []int64{5, 9, 7} {
		dot := Dot{Actor(i + 1), 1}
		s, _ = Dotted.Put(nil, s, nil, Version{Dot: dot, Stamp: Stamp{Wall: wall}, Value: Value{ID: uint64(i) + 1}})
	}
	got := s.Newest(nil)
	if len(got.Versions) != 1 || got.Versions[0].Value.ID != 2 || got.Context.Compare(s.Context) != Equal {
		t.Errorf("%+v", got)
	}
	if again := got.Newest(nil); again != got {
		t.Error("a set of one version was made anew")
	}
	if (*Set)(nil).Newest(nil) != nil {
		t.Error("something came of nothing")
	}
}
