package vclock

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dynamosim/internal/seeded"
)

// TestDottedKeepsExactlyTheLive is the promise of mode Dotted: whatever is lost,
// doubled or late, a replica holds exactly the versions it heard of that no put it
// heard of had seen, and its context covers exactly what it heard of.
func TestDottedKeepsExactlyTheLive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(Dotted, 4, 3)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			r := &w.replicas[w.step(t)]
			valid(t, r.set)
			if got, want := r.set.dots(), w.live(r); !slices.Equal(got, want) {
				t.Fatalf("holds %v, live are %v", got, want)
			}
			context, _ := r.set.parts()
			for d := range w.history {
				if context.Covers(d) != r.seen[d] {
					t.Fatalf("context %v covers %v: %v", context, d, context.Covers(d))
				}
			}
		}
		if w.stats.FalseDominations != 0 {
			t.Fatalf("%d false dominations", w.stats.FalseDominations)
		}
	})
}

// TestDottedConverges: once everybody has heard everything, in any order, all sets
// are equal.
func TestDottedConverges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(Dotted, 3, 2)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			w.step(t)
		}
		w.sent = nil
		for i := range w.replicas {
			w.send(i)
		}
		for to := range w.replicas {
			for _, i := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "order") {
				w.deliver(i, to)
			}
		}
		for i := 1; i < 3; i++ {
			if !w.replicas[0].set.Equal(w.replicas[i].set) {
				t.Fatalf("%v and %v", w.replicas[0].set, w.replicas[i].set)
			}
			if w.replicas[0].set.Hash() != w.replicas[i].set.Hash() {
				t.Fatal("equal sets, unequal hashes")
			}
		}
	})
}

// TestTruncatedDottedLosesNothing: truncation makes false concurrency (§4.4), but
// drops no version that is live.
func TestTruncatedDottedLosesNothing(t *testing.T) {
	extra := 0
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(Dotted, 4, 3)
		w.limit = rapid.IntRange(1, 2).Draw(t, "limit")
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			r := &w.replicas[w.step(t)]
			valid(t, r.set)
			held := r.set.dots()
			for _, d := range w.live(r) {
				if !slices.Contains(held, d) {
					t.Fatalf("lost %v of %v, holds %v", d, w.live(r), held)
				}
			}
			extra += len(held) - len(w.live(r))
		}
	})
	if extra == 0 {
		t.Error("truncation never made false concurrency: the test shows nothing")
	}
}

// TestTwoBlindPuts: two puts without context through one coordinator are siblings,
// where plain clocks lose the first.
func TestTwoBlindPuts(t *testing.T) {
	w := newWorld(Dotted, 1, 1)
	first, second := w.put(0, 0, true, false), w.put(0, 0, true, false)
	if got := w.replicas[0].set.dots(); !slices.Equal(got, []Dot{first, second}) {
		t.Errorf("holds %v", got)
	}
}

// TestTombstonesAreVersions: a delete supersedes what its client saw and nothing
// else, and is superseded in turn.
func TestTombstonesAreVersions(t *testing.T) {
	w := newWorld(Dotted, 2, 1)
	w.put(0, 0, true, false)
	w.get(0, 0)
	sibling := w.put(0, 0, true, false)
	deletion := w.put(0, 0, false, true)
	r := &w.replicas[0]
	if got := r.set.dots(); !slices.Equal(got, []Dot{sibling, deletion}) || r.set.Live() != 1 {
		t.Fatalf("after the delete: %v, %d live", got, r.set.Live())
	}
	w.send(0)
	w.get(0, 0)
	w.put(0, 0, false, false)
	w.deliver(0, 0) // the old tombstone comes late
	if got := r.set.dots(); len(got) != 1 || r.set.Live() != 1 {
		t.Errorf("after the put: %v, %d live", got, r.set.Live())
	}
}

// TestBuriedTombstoneStaysDead: dropping a tombstone past its grace keeps the
// context, so that neither it nor what it deleted comes back from a late replica.
func TestBuriedTombstoneStaysDead(t *testing.T) {
	w := newWorld(Dotted, 2, 1)
	w.put(0, 0, true, false)
	w.send(0)
	w.get(0, 0)
	w.put(0, 0, false, true)
	w.send(0)
	dead := w.replicas[0].set.Buried(w.arena, 3)
	if len(dead.Versions) != 0 || dead.Hash() != 0 || dead.Live() != 0 {
		t.Fatalf("buried set holds %v, hash %x", dead.dots(), dead.Hash())
	}
	for _, late := range w.sent {
		if got := Dotted.Merge(w.arena, dead, late.set); got != dead {
			t.Errorf("merged with %v: %v", late.set.dots(), got.dots())
		}
	}

	alive := w.put(0, 0, true, false)
	if got := w.replicas[0].set.Buried(w.arena, 9).dots(); !slices.Equal(got, []Dot{alive}) {
		t.Errorf("buried alive: %v left, want %v", got, alive)
	}
	if w.replicas[0].set.Buried(w.arena, 2) != w.replicas[0].set {
		t.Error("a tombstone was buried before its time")
	}
}

// TestOneDotTwoVersions: after a node has broken the rule that a dot names one
// version, replicas still agree on which is kept.
func TestOneDotTwoVersions(t *testing.T) {
	dot := Dot{1, 1}
	x, _ := Dotted.Put(nil, nil, nil, Version{Dot: dot, Value: Value{ID: 1}})
	y, _ := Dotted.Put(nil, nil, nil, Version{Dot: dot, Value: Value{ID: 2}})
	if Dotted.Merge(nil, x, y) != y || Dotted.Merge(nil, y, x) != y {
		t.Error("the two orders of merging disagree")
	}
}

// TestContextAloneIsNews: two replicas hold the same version, one of them buried a
// sibling that the other never heard of; merging makes both know it.
func TestContextAloneIsNews(t *testing.T) {
	held, _ := Dotted.Put(nil, nil, nil, Version{Dot: Dot{1, 1}})
	for _, c := range []struct{ x, y, want string }{
		{"a1", "a1 b1", "a1 b1"},
		{"a1 b1", "a1", "a1 b1"},
		{"a1 b1", "a1 c1", "a1 b1 c1"},
		{"a1", "a1", "a1"},
	} {
		x, y := &Set{Context: clockOf(c.x), Versions: held.Versions}, &Set{Context: clockOf(c.y), Versions: held.Versions}
		got := Dotted.Merge(nil, x, y)
		if got.Context.Compare(clockOf(c.want)) != Equal || len(got.Versions) != 1 {
			t.Errorf("%v and %v: %v", x, y, got)
		}
		if isX, isY := got == x, got == y; isX != (c.x == c.want) || isY != (!isX && c.y == c.want) {
			t.Errorf("%v and %v: is the first %v, the second %v", x, y, isX, isY)
		}
	}
}

// TestBurialMeetsNewerSibling: one replica buried b1, the other holds it still and a
// sibling that the first never heard of.
func TestBurialMeetsNewerSibling(t *testing.T) {
	b1, c1 := Version{Dot: Dot{2, 1}, Tombstone: true}, Version{Dot: Dot{3, 1}}
	x := &Set{Context: clockOf("b1")}
	y := &Set{Context: clockOf("b1 c1"), Versions: []Version{b1, c1}}
	want := &Set{Context: y.Context, Versions: []Version{c1}}
	for _, got := range []*Set{Dotted.Merge(nil, x, y), Dotted.Merge(nil, y, x)} {
		if !got.Equal(want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

// TestForgettersTakeANewActor: a fallback coordinates a put, hands its hint off,
// forgets it, and coordinates another that did not see the first. Under a new actor
// both stay siblings; under the old one the second would claim to have seen the
// first, and drop it where it is held.
func TestForgettersTakeANewActor(t *testing.T) {
	for _, newActor := range []bool{true, false} {
		w := newWorld(Dotted, 2, 1)
		first := w.put(0, 0, true, false)
		w.send(0)
		w.deliver(0, 1)
		w.forget(0, newActor)
		second := w.put(0, 0, true, false)
		w.send(0)
		w.deliver(1, 1)
		want := []Dot{second}
		if newActor {
			want = []Dot{first, second}
		}
		if got := w.replicas[1].set.dots(); !slices.Equal(got, want) {
			t.Errorf("new actor %v: the home holds %v, want %v", newActor, got, want)
		}
	}
}

// TestUsualMerge: the short way of mergeDotted leads where the long one does.
func TestUsualMerge(t *testing.T) {
	met := 0
	check := func(t *rapid.T, x, y *Set) {
		if x == nil || y == nil || !supersedes(y, x) {
			return
		}
		if xLacks, yLacks, union := relate(x.Context, y.Context); xLacks && !yLacks {
			met++
			if got := mergeSiblings(nil, x, y, xLacks, yLacks, union); got != y {
				t.Fatalf("%v and %v make %v", x, y, got)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		sets := everySet(t, Dotted)
		for _, x := range sets {
			for _, y := range sets {
				check(t, x, y)
			}
		}
	})
	if met < 100 {
		t.Errorf("sets superseded others only %d times", met)
	}
}

// TestShortWayOfMerge: what a set remembers of the put that made it changes no result, also where clocks are truncated.
func TestShortWayOfMerge(t *testing.T) {
	short := 0
	seeded.Rounds(t, 100, func(t *rapid.T) {
		sets := severalPuts(t)
		for _, x := range sets {
			for _, y := range sets {
				if x.put && y.put && x != y && same(y.Versions[0].Clock, x.Context) {
					short++
				}
				plainX, plainY := *x, *y
				plainX.put, plainY.put = false, false
				got, want := Dotted.Merge(nil, x, y), Dotted.Merge(nil, &plainX, &plainY)
				if !got.Equal(want) || (got == x) != (want == &plainX) || (got == y) != (want == &plainY) && x != y {
					t.Fatalf("%v and %v: %v, want %v", x, y, got, want)
				}
			}
		}
	})
	if short == 0 {
		t.Error("no merge took the short way")
	}
}

// severalPuts puts versions on top of each other, in view of what lies below or of anything else, and merges and truncates what comes of it.
func severalPuts(t *rapid.T) []*Set {
	first, _ := Dotted.Put(nil, nil, nil, Version{Dot: Dot{1, 1}})
	sets := []*Set{first}
	any := rapid.Custom(func(t *rapid.T) *Set { return sets[rapid.IntRange(0, len(sets)-1).Draw(t, "set")] })
	limit := rapid.IntRange(1, 4).Draw(t, "limit")
	for counter := range uint64(rapid.IntRange(1, 15).Draw(t, "steps")) {
		s := any.Draw(t, "on")
		context := s.Context
		if rapid.Bool().Draw(t, "elsewhere") {
			context = any.Draw(t, "seen").Context
		}
		dot := Dot{Actor(rapid.IntRange(1, 4).Draw(t, "actor")), counter + 2}
		next, _ := Dotted.Put(nil, s, context, Version{Dot: dot, Stamp: Stamp{Wall: int64(counter)}})
		switch rapid.IntRange(0, 3).Draw(t, "then") {
		case 0:
			next, _ = Dotted.Truncate(nil, next, dot, limit)
		case 1:
			next = Dotted.Merge(nil, next, any.Draw(t, "merged"))
		}
		sets = append(sets, next)
	}
	return sets
}
