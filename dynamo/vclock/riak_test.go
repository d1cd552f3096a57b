package vclock

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSiblingExplosion: two clients in turn put with the context of their own last
// get, which misses the other's put since. With dots the siblings stay two however
// long that goes on; with one clock for all of them each put adds one.
func TestSiblingExplosion(t *testing.T) {
	const rounds = 50
	for mode, want := range map[Mode]int{Dotted: 2, Riak: 2 * rounds} {
		w := newWorld(mode, 1, 2)
		for range rounds {
			for client := range 2 {
				w.put(client, 0, false, false)
				w.get(client, 0)
			}
		}
		if got := len(w.replicas[0].set.Versions); got != want {
			t.Errorf("%v: %d siblings, want %d", mode, got, want)
		}
	}
}

// TestRiakLosesNothing: it may hold what has been superseded, but always what has
// not, and its clock has seen exactly what it heard of.
func TestRiakLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(Riak, 4, 3)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			r := &w.replicas[w.step(t)]
			valid(t, r.set)
			held := r.set.dots()
			for _, d := range w.live(r) {
				if !slices.Contains(held, d) {
					t.Fatalf("lost %v, holds %v", d, held)
				}
			}
			context, _ := r.set.parts()
			for d := range w.history {
				if context.Covers(d) != r.seen[d] {
					t.Fatalf("context %v covers %v: %v", context, d, context.Covers(d))
				}
			}
		}
	})
}

// TestRiakClocks: the set that has seen more wins, else all versions stay.
func TestRiakClocks(t *testing.T) {
	p, q, r := Version{Dot: Dot{1, 1}}, Version{Dot: Dot{2, 1}}, Version{Dot: Dot{3, 1}}
	for _, c := range []struct {
		x, y, want Set
		why        string
	}{
		{Set{Context: clockOf("a1"), Versions: []Version{p}}, Set{Context: clockOf("a1 b1"), Versions: []Version{q}},
			Set{Context: clockOf("a1 b1"), Versions: []Version{q}}, "the second has seen the first's version"},
		{Set{Context: clockOf("a1"), Versions: []Version{p}}, Set{Context: clockOf("b1"), Versions: []Version{q}},
			Set{Context: clockOf("a1 b1"), Versions: []Version{p, q}}, "neither has seen the other's"},
		{Set{Context: clockOf("a1 b1"), Versions: []Version{p}}, Set{Context: clockOf("b1 c1"), Versions: []Version{p, r}},
			Set{Context: clockOf("a1 b1 c1"), Versions: []Version{p, r}}, "what both hold is there once"},
		{Set{Context: clockOf("a1 b1 c1"), Versions: []Version{q, r}}, Set{Context: clockOf("a1 b1 c1"), Versions: []Version{p, r}},
			Set{Context: clockOf("a1 b1 c1"), Versions: []Version{p, q, r}}, "one clock, but the one never dropped what the other did"},
	} {
		for _, got := range []*Set{Riak.Merge(nil, &c.x, &c.y), Riak.Merge(nil, &c.y, &c.x)} {
			if !got.Equal(&c.want) {
				t.Errorf("%s: %v, want %v", c.why, got, c.want)
			}
		}
	}
}
