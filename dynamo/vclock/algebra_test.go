package vclock

import (
	"testing"

	"pgregory.net/rapid"
)

// TestMergeIsAJoin: on all sets that can come up, in every mode.
func TestMergeIsAJoin(t *testing.T) {
	forModes(t, func(t *testing.T, m Mode) {
		rapid.Check(t, func(t *rapid.T) {
			sets := rapid.SampledFrom(everySet(t, m))
			x, y, z := sets.Draw(t, "x"), sets.Draw(t, "y"), sets.Draw(t, "z")
			a := new(Arena)
			xy, yx := m.Merge(a, x, y), m.Merge(a, y, x)
			if !xy.Equal(yx) || xy.Hash() != yx.Hash() {
				t.Fatalf("not commutative: %v and %v", xy, yx)
			}
			l, r := m.Merge(a, xy, z), m.Merge(a, x, m.Merge(a, y, z))
			if m == Riak { // of one mind only in what they have seen, until they meet
				l, r = m.Merge(a, l, r), m.Merge(a, r, l)
			}
			if !l.Equal(r) {
				t.Fatalf("not associative: %v and %v", l, r)
			}
			if m.Merge(a, x, x) != x {
				t.Fatalf("not idempotent on %v", x)
			}
			if m.Merge(a, x, xy) != xy && !x.Equal(xy) {
				t.Fatalf("what x and y know is not above x: %v, %v", x, xy)
			}
			valid(t, xy)
		})
	})
}

// TestMergeReturnsItsArguments: a result equal to an argument is that argument, the
// first if both are; callers tell by the pointer that nothing changed.
func TestMergeReturnsItsArguments(t *testing.T) {
	forModes(t, func(t *testing.T, m Mode) {
		seen := map[string]int{}
		rapid.Check(t, func(t *rapid.T) {
			sets := rapid.SampledFrom(everySet(t, m))
			x, y := sets.Draw(t, "x"), sets.Draw(t, "y")
			switch got := m.Merge(nil, x, y); {
			case got.Equal(x):
				seen["x"]++
				if got != x {
					t.Fatalf("merge equals %v but is another set", x)
				}
			case got.Equal(y):
				seen["y"]++
				if got != y {
					t.Fatalf("merge equals %v but is another set", y)
				}
			default:
				seen["new"]++
			}
		})
		if seen["x"] == 0 || seen["y"] == 0 || seen["new"] == 0 && m != LastWriteWins && m != ABD {
			t.Errorf("cases met: %v", seen)
		}
	})
}

// TestPutIsAboveWhatItWasPutOn: Merge(x, Put(x)) == Put(x), and a copy of x that
// comes late does not undo the put.
func TestPutIsAboveWhatItWasPutOn(t *testing.T) {
	forModes(t, func(t *testing.T, m Mode) {
		rapid.Check(t, func(t *rapid.T) {
			w := newWorld(m, 3, 2)
			for range rapid.IntRange(0, 20).Draw(t, "steps") {
				w.step(t)
			}
			at := rapid.IntRange(0, 2).Draw(t, "coordinator")
			client := rapid.IntRange(0, 1).Draw(t, "client")
			before := w.replicas[at].set
			dot := w.put(client, at, rapid.Bool().Draw(t, "blind"), false)
			after := w.replicas[at].set
			if after.Find(dot) == nil {
				t.Fatalf("the new version is not in %v", after.dots())
			}
			if m.Merge(nil, before, after) != after || m.Merge(nil, after, before) != after {
				t.Fatalf("merging %v with %v is not the latter", before.dots(), after.dots())
			}
		})
	})
}

// TestArgumentsAreNotChanged: sets are immutable, also through a shared arena.
func TestArgumentsAreNotChanged(t *testing.T) {
	forModes(t, func(t *testing.T, m Mode) {
		rapid.Check(t, func(t *rapid.T) {
			w := newWorld(m, 3, 2)
			w.limit = rapid.IntRange(0, 2).Draw(t, "limit")
			var sets []*Set
			var texts []string
			for range rapid.IntRange(1, 30).Draw(t, "steps") {
				s := w.replicas[w.step(t)].set
				sets, texts = append(sets, s), append(texts, string(AppendSet(nil, s)))
			}
			for i, s := range sets {
				if string(AppendSet(nil, s)) != texts[i] {
					t.Fatalf("set %d of %d changed after it was made", i, len(sets))
				}
			}
		})
	})
}

func TestUnknownModePanics(t *testing.T) {
	x, y := &Set{}, &Set{}
	for name, f := range map[string]func(){
		"merge": func() { Mode(0).Merge(nil, x, y) },
		"put":   func() { Mode(0).Put(nil, x, nil, Version{}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s in mode 0 does not panic", name)
				}
			}()
			f()
		}()
	}
}

func TestModeNames(t *testing.T) {
	for m, name := range map[Mode]string{Dotted: "dotted", Riak: "riak", Paper: "paper", LastWriteWins: "last-write-wins", ABD: "abd"} {
		if got, err := ParseMode(name); got != m || err != nil || m.String() != name {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
	if _, err := ParseMode("newest"); err == nil {
		t.Error("an unknown mode was parsed")
	}
	if got := Mode(9).String(); got != "Mode(9)" {
		t.Errorf("unknown mode prints as %s", got)
	}
}
