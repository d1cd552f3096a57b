package vclock

import "testing"

// TestShorten (Dynamo §4.4): the pairs removed are the oldest by time, whatever
// their counters, and never the newest version's own.
func TestShorten(t *testing.T) {
	c := Clock{{1, 9, 50}, {2, 1, 10}, {3, 5, 30}, {4, 2, 10}}
	for _, r := range []struct {
		keep  Actor
		limit int
		want  string
		why   string
	}{
		{1, 4, "[(1,9),(2,1),(3,5),(4,2)]", "short enough"},
		{1, 3, "[(1,9),(3,5),(4,2)]", "of two equally old, the smaller actor"},
		{2, 3, "[(1,9),(2,1),(3,5)]", "the own entry stays, however old"},
		{1, 2, "[(1,9),(3,5)]", ""},
		{2, 1, "[(2,1)]", ""},
		{2, 0, "[(2,1)]", "the own entry stays in any case"},
	} {
		got := new(Arena).Shorten(c, r.keep, r.limit)
		if got.String() != r.want {
			t.Errorf("keeping %d, limit %d: %v, want %s (%s)", r.keep, r.limit, got, r.want, r.why)
		}
		if r.limit == 4 != same(got, c) {
			t.Errorf("limit %d: copied without need, or not copied", r.limit)
		}
	}
}

// TestTruncationMakesFalseConcurrency is the effect that §4.4 names: "inefficiencies
// in reconciliation as the descendant relationships cannot be derived accurately".
func TestTruncationMakesFalseConcurrency(t *testing.T) {
	for _, m := range []Mode{Dotted, Riak, Paper} {
		w := newWorld(m, 3, 1)
		w.limit = 2
		for at := range 3 {
			w.put(0, at, at == 0, false)
			w.get(0, at)
			w.send(at)
		}
		w.deliver(2, 0)
		// The third put had seen the first, but its clock no longer says so.
		if got := len(w.replicas[0].set.Versions); got != 2 {
			t.Errorf("%v: %d versions, want the last and its ancestor", m, got)
		}
	}
}

// TestTruncationMakesFalseDominance: with plain clocks a version whose entries were
// cut can come out as the ancestor of one that never saw it.
func TestTruncationMakesFalseDominance(t *testing.T) {
	blind := Version{Dot: Dot{2, 2}, Value: Value{ID: 9}}
	for _, limit := range []int{2, 1} {
		s, _ := Paper.Put(nil, nil, clockOf("a1"), Version{Dot: Dot{2, 1}, Value: Value{ID: 8}})
		s, cut := Paper.Truncate(nil, s, Dot{2, 1}, limit)
		if cut != 2-limit {
			t.Fatalf("limit %d: %d entries cut", limit, cut)
		}
		after, stats := Paper.Put(nil, s, nil, blind)
		if want := 2 - limit; stats.FalseDominations != want || len(after.Versions) != 2-want {
			t.Errorf("limit %d: %v, %+v", limit, after.dots(), stats)
		}
	}
}

// TestTruncateTouchesOnlyTheNewest: siblings that were there keep their clocks.
func TestTruncateTouchesOnlyTheNewest(t *testing.T) {
	s, _ := Paper.Put(nil, nil, clockOf("b1 c1 d1"), Version{Dot: Dot{1, 1}})
	s, _ = Paper.Put(nil, s, clockOf("f1 g1"), Version{Dot: Dot{5, 1}})
	out, cut := Paper.Truncate(nil, s, Dot{5, 1}, 2)
	if cut != 1 || len(out.Find(Dot{1, 1}).Clock) != 4 || len(out.Find(Dot{5, 1}).Clock) != 2 {
		t.Errorf("cut %d: %v", cut, out)
	}
	for _, m := range []Mode{Dotted, Riak, Paper} {
		if same, cut := m.Truncate(nil, s, Dot{5, 1}, 10); same != s || cut != 0 {
			t.Errorf("%v: a short clock was truncated", m)
		}
	}
	if same, cut := LastWriteWins.Truncate(nil, s, Dot{5, 1}, 1); same != s || cut != 0 {
		t.Error("a clock that nobody reads was truncated")
	}
}
