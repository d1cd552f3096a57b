package vclock

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestCompareTable(t *testing.T) {
	for _, c := range []struct {
		x, y string
		want Order
		why  string
	}{
		{"", "", Equal, "the empty clock has seen nothing"},
		{"", "a1", Before, "a missing counter is 0"},
		{"a1", "a1", Equal, ""},
		{"a1", "a2", Before, "one counter grew"},
		{"a2", "a2 b1", Before, "D3 of Figure 3 descends from D2"},
		{"a2 b1", "a2 c1", Concurrent, "D3 and D4 of Figure 3 are in conflict"},
		{"a2 b1 c1", "a2 b1", After, ""},
		{"a1 b2", "a2 b1", Concurrent, "each has seen what the other has not"},
		{"a1", "b1", Concurrent, "no actor in common"},
		{"b1", "a1 b1 c1", Before, "new actors on both sides"},
		{"a3 b1 c1", "a2 b1", After, "D5 of Figure 3 dominates D3"},
	} {
		x, y := clockOf(c.x), clockOf(c.y)
		if got := x.Compare(y); got != c.want {
			t.Errorf("%v to %v: %v, want %v (%s)", x, y, got, c.want, c.why)
		}
		if x.Descends(y) != (c.want == Equal || c.want == After) {
			t.Errorf("%v descends %v: %v, but it is %v", x, y, x.Descends(y), c.want)
		}
	}
}

// counters is the twin of a clock: a function from actors to counters.
func counters(c Clock) (out [9]uint64) {
	for _, e := range c {
		out[e.Actor] = e.Counter
	}
	return out
}

func TestClockAgainstCounters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := []*Arena{nil, new(Arena)}[rapid.IntRange(0, 1).Draw(t, "arena")]
		x, y := drawClock(t, "x"), drawClock(t, "y")
		nx, ny := counters(x), counters(y)
		less, more := false, false
		join := nx
		for i := range nx {
			less = less || nx[i] < ny[i]
			more = more || nx[i] > ny[i]
			join[i] = max(nx[i], ny[i])
		}
		want := [2][2]Order{{Equal, Before}, {After, Concurrent}}
		if got := x.Compare(y); got != want[b2i(more)][b2i(less)] {
			t.Fatalf("%v to %v: %v", x, y, got)
		}
		j := a.Join(x, y)
		if counters(j) != join {
			t.Fatalf("join of %v and %v: %v", x, y, j)
		}
		if !less && !same(j, x) || less && !more && !same(j, y) {
			t.Fatalf("join of %v and %v made a new clock, %v", x, y, j)
		}
		d := Dot{Actor: Actor(rapid.IntRange(1, 8).Draw(t, "actor")), Counter: rapid.Uint64Range(1, 5).Draw(t, "counter")}
		if x.Covers(d) != (nx[d.Actor] >= d.Counter) || x.Get(d.Actor) != nx[d.Actor] {
			t.Fatalf("%v at %v: %d", x, d, x.Get(d.Actor))
		}
		checkWith(t, a, x, d)
		if counters(x) != nx || counters(y) != ny {
			t.Fatalf("arguments changed: %v, %v", x, y)
		}
	})
}

func checkWith(t *rapid.T, a *Arena, x Clock, d Dot) {
	w := a.With(x, d, 7)
	if got, want := w, (*Arena)(nil).Join(x, Clock{{d.Actor, d.Counter, 7}}); got.Compare(want) != Equal {
		t.Fatalf("%v with %v: %v, want %v", x, d, got, want)
	}
	if x.Covers(d) != same(w, x) {
		t.Fatalf("%v with %v is the clock itself: %v", x, d, same(w, x))
	}
	valid(t, &Set{Context: w})
}

func TestLongClocks(t *testing.T) {
	var c Clock
	a := new(Arena)
	for _, i := range []int{40, 7, 99, 1, 0, 63, 64, 2, 80, 81, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30} {
		c = a.With(c, Dot{Actor(i), uint64(i) + 1}, 0)
	}
	valid(t, &Set{Context: c})
	for i := range 101 {
		got, want := c.Get(Actor(i)), uint64(0)
		for _, e := range c {
			if e.Actor == Actor(i) {
				want = uint64(i) + 1
			}
		}
		if got != want {
			t.Errorf("counter of %d: %d, want %d", i, got, want)
		}
	}
}

func TestFormat(t *testing.T) {
	names := func(a Actor) string { return map[Actor]string{3: "sx", 1: "sy", 2: "sz"}[a] }
	c := Clock{{1, 1, 0}, {2, 10, 0}, {3, 2, 0}}
	if got, want := c.Format(names), "[(sx,2),(sy,1),(sz,10)]"; got != want {
		t.Errorf("named: %s, want %s", got, want)
	}
	if got, want := c.String(), "[(1,1),(2,10),(3,2)]"; got != want {
		t.Errorf("numbered: %s, want %s", got, want)
	}
	if got := Clock(nil).String(); got != "[]" {
		t.Errorf("empty: %s", got)
	}
	for o, want := range map[Order]string{Equal: "equal", Before: "before", After: "after", Concurrent: "concurrent", 9: "Order(9)"} {
		if o.String() != want {
			t.Errorf("%d: %s", o, o)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestEntryTimes: an entry carries the time of its last event; of two times for one
// event, which there should not be, all replicas keep the later.
func TestEntryTimes(t *testing.T) {
	var a *Arena
	x, y := Clock{{1, 1, 10}, {2, 5, 50}}, Clock{{1, 1, 20}, {2, 4, 90}, {3, 1, 1}}
	want := Clock{{1, 1, 20}, {2, 5, 50}, {3, 1, 1}}
	for _, got := range []Clock{a.Join(x, y), a.Join(y, x)} {
		if !slices.Equal(got, want) {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if got := a.With(x, Dot{1, 3}, 7); !slices.Equal(got, Clock{{1, 3, 7}, {2, 5, 50}}) {
		t.Errorf("%+v", got)
	}
	if got := a.With(x, Dot{}, 7); !same(got, x) {
		t.Errorf("the zero dot added an entry: %+v", got)
	}
}
