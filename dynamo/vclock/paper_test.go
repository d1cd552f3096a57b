package vclock

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestFalseDomination is the gap of plain clocks (Dynamo §4.4 as it is written):
// of two puts with one old context through one coordinator, the second dominates
// the first, which its client never saw.
func TestFalseDomination(t *testing.T) {
	for _, blind := range []bool{true, false} {
		w := newWorld(Paper, 1, 2)
		if !blind {
			w.put(0, 0, true, false)
			w.get(0, 0)
			w.get(1, 0)
		}
		w.put(0, 0, blind, false)
		if w.stats.FalseDominations != 0 {
			t.Fatal("the first put falsely dominates")
		}
		second := w.put(1, 0, blind, false)
		if got := w.replicas[0].set.dots(); !slices.Equal(got, []Dot{second}) {
			t.Errorf("blind %v: holds %v", blind, got)
		}
		if w.stats.FalseDominations != 1 {
			t.Errorf("blind %v: %d false dominations, want 1", blind, w.stats.FalseDominations)
		}
	}
}

// TestPaperThroughTwoCoordinators: the same puts through different coordinators
// are siblings.
func TestPaperThroughTwoCoordinators(t *testing.T) {
	w := newWorld(Paper, 2, 1)
	first, second := w.put(0, 0, true, false), w.put(0, 1, true, false)
	w.send(1)
	w.deliver(0, 0)
	if got := w.replicas[0].set.dots(); !slices.Equal(got, []Dot{first, second}) {
		t.Errorf("holds %v", got)
	}
}

// TestPaperIsExactForReadersOfTheCoordinator: if every put has seen all that its
// coordinator holds, plain clocks keep exactly the live versions.
func TestPaperIsExactForReadersOfTheCoordinator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(Paper, 4, 1)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			at := rapid.IntRange(0, 3).Draw(t, "replica")
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				w.get(0, at)
				w.put(0, at, false, false)
			case 1:
				w.send(at)
			case 2:
				if len(w.sent) > 0 {
					w.deliver(rapid.IntRange(0, len(w.sent)-1).Draw(t, "message"), at)
				}
			}
			r := &w.replicas[at]
			if got, want := r.set.dots(), w.live(r); !slices.Equal(got, want) {
				t.Fatalf("holds %v, live are %v", got, want)
			}
		}
		if w.stats.FalseDominations != 0 {
			t.Fatalf("%d false dominations", w.stats.FalseDominations)
		}
	})
}

// TestPaperAgainstMaximalElements: the twin keeps all versions that ever reached a
// replica and picks those whose counters nobody else's dominate.
func TestPaperAgainstMaximalElements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(Paper, 3, 2)
		clocks := map[Dot][9]uint64{}
		reached := make([]events, 3)
		var sent []events
		for i := range reached {
			reached[i] = events{}
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			before, messages := len(w.history), len(w.sent)
			at := w.step(t)
			r := &w.replicas[at]
			if len(w.sent) > messages {
				sent = append(sent, reached[at].clone())
			}
			if len(w.history) > before {
				dot := Dot{Actor(at + 1), w.counters[at+1]}
				reached[at][dot] = true
				clocks[dot] = counters(r.set.Find(dot).Clock)
			}
			for _, d := range r.set.dots() {
				reached[at][d] = true
			}
			if got, want := r.set.dots(), maximal(reached[at], clocks); !slices.Equal(got, want) {
				t.Fatalf("holds %v, maximal are %v", got, want)
			}
		}
	})
}

// maximal returns the events whose clocks no other's clock in the set exceeds.
func maximal(seen events, clocks map[Dot][9]uint64) []Dot {
	var out []Dot
	for d := range seen {
		dominated := false
		for by := range seen {
			below := by != d
			for i := range clocks[d] {
				below = below && clocks[d][i] <= clocks[by][i]
			}
			dominated = dominated || below
		}
		if !dominated {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, Dot.Compare)
	return out
}

// TestPaperContextIsThePointwiseMaximum (Dynamo §4.4, Figure 3, the read).
func TestPaperContextIsThePointwiseMaximum(t *testing.T) {
	s := &Set{Versions: []Version{
		{Dot: Dot{2, 1}, Clock: clockOf("a2 b1")},
		{Dot: Dot{3, 4}, Clock: clockOf("a1 c4")},
	}}
	if got := s.ContextFor(Paper, nil); got.Compare(clockOf("a2 b1 c4")) != Equal {
		t.Errorf("context %v", got)
	}
}

// TestEqualClocksOfTwoVersions: a broken coordinator's doing, but replicas agree.
func TestEqualClocksOfTwoVersions(t *testing.T) {
	x := &Set{Versions: []Version{{Dot: Dot{1, 1}, Clock: clockOf("a1"), Value: Value{ID: 1}}}}
	y := &Set{Versions: []Version{{Dot: Dot{1, 1}, Clock: clockOf("a1"), Value: Value{ID: 2}}}}
	if Paper.Merge(nil, x, y) != y || Paper.Merge(nil, y, x) != y {
		t.Error("the two orders of merging disagree")
	}
}
