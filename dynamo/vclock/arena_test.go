package vclock

import "testing"

// allocations returns the heap allocations of a thousand calls.
func allocations(f func()) float64 {
	return testing.AllocsPerRun(10, func() {
		for range 1000 {
			f()
		}
	})
}

// TestNoAllocationWithoutNews: merging what a replica knows already, or what
// supersedes all it knows, costs no memory, in any mode.
func TestNoAllocationWithoutNews(t *testing.T) {
	forModes(t, func(t *testing.T, m Mode) {
		w := newWorld(m, 3, 1)
		for i := range 9 {
			w.put(0, i%3, i == 0, false)
			w.get(0, i%3)
		}
		old, now := w.replicas[1].set, w.replicas[2].set
		twin, err := DecodeSet(nil, AppendSet(nil, now))
		if err != nil {
			t.Fatal(err)
		}
		n := allocations(func() {
			if m.Merge(w.arena, now, now) != now || m.Merge(w.arena, old, now) != now ||
				m.Merge(w.arena, now, old) != now || m.Merge(w.arena, now, twin) != now {
				t.Fatal("the newest set is not the result")
			}
			if !now.Equal(twin) || now.Hash() != twin.Hash() || now.WireSize() != twin.WireSize() {
				t.Fatal("a copy is not equal")
			}
		})
		if n != 0 {
			t.Errorf("%v allocations in 1000 rounds", n)
		}
	})
}

// TestPutsShareChunks: new sets cost few trips to the heap.
func TestPutsShareChunks(t *testing.T) {
	forModes(t, func(t *testing.T, m Mode) {
		a := new(Arena)
		var s *Set
		counter := uint64(0)
		n := allocations(func() {
			counter++
			v := Version{Dot: Dot{Actor(counter%3) + 1, counter}, Stamp: Stamp{Wall: int64(counter)}}
			s, _ = m.Put(a, s, s.ContextFor(m, a), v)
		})
		if n > 60 || len(s.Versions) != 1 {
			t.Errorf("%v allocations in 1000 puts, %d versions", n, len(s.Versions))
		}
	})
}

// TestArenaPieces: pieces are zero and have no room to grow into a neighbour;
// large ones come from the heap.
func TestArenaPieces(t *testing.T) {
	a := new(Arena)
	x, y := a.clock(3), a.clock(2)
	_ = append(x, Entry{Actor: 9, Counter: 9})
	if y[0] != (Entry{}) {
		t.Error("an append to one clock reached the next")
	}
	if big := a.clock(2 * len(entryChunk{})); len(big) != 2*len(entryChunk{}) {
		t.Errorf("large clock of %d", len(big))
	}
	if s := (*Arena)(nil).set(nil, nil); s != nil {
		t.Errorf("a set of nothing is %v", s)
	}
}

// TestArenaIsUsedAgain: after Reset an arena hands out the pieces of before, zero
// again, takes nothing from the heap until it needs more than then, and keeps no
// more than a part of what a long run took.
func TestArenaIsUsedAgain(t *testing.T) {
	a := new(Arena)
	fill := func() (first Clock) {
		first = a.clock(3)
		for i := range 5000 {
			c, l, s := a.clock(2), a.list(1), a.newSet()
			if c[1] != (Entry{}) || l[0].Clock != nil || l[0].Dot != (Dot{}) || s.Context != nil || s.Versions != nil {
				t.Fatalf("piece %d is not empty: %v %v %v", i, c, l, s)
			}
			c[1], l[0], s.Context, s.Versions = Entry{Actor: 1}, Version{Dot: Dot{1, 1}, Clock: c}, c, l
		}
		return first
	}
	first := fill()
	a.Reset()
	if n := testing.AllocsPerRun(3, func() {
		if again := fill(); &again[0] != &first[0] {
			t.Error("the first piece is another one")
		}
		a.Reset()
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
	for range 2 * keptChunks * len(setChunk{}.sets) {
		a.newSet()
	}
	if n := len(a.setChunks.kept); n != keptChunks {
		t.Errorf("%d chunks kept, not %d", n, keptChunks)
	}
}

func TestSetsOfNothing(t *testing.T) {
	var none *Set
	empty := &Set{}
	if !none.Equal(empty) || !empty.Equal(none) || none.Live() != 0 || none.Find(Dot{1, 1}) != nil {
		t.Error("nil and the empty set differ")
	}
	if none.Equal(sample()) || none.ContextFor(Dotted, nil) != nil || none.ContextFor(Paper, nil) != nil {
		t.Error("nil holds something")
	}
	if none.Buried(nil, 1) != nil {
		t.Error("nothing can be buried")
	}
	forModes(t, func(t *testing.T, m Mode) {
		s := sample()
		if m.Merge(nil, none, s) != s || m.Merge(nil, s, none) != s || m.Merge(nil, none, none) != nil {
			t.Error("nil is not neutral")
		}
		tomb := &Set{Versions: []Version{{Dot: Dot{1, 1}, Tombstone: true}}}
		if tomb.Buried(nil, 1) != nil {
			t.Error("a buried last tombstone leaves a set")
		}
	})
}

func TestSetFormat(t *testing.T) {
	names := func(id uint64) string { return "d" + string(rune('0'+id)) }
	if got, want := sample().Format(letters, names), "{d3[(a,2)] d5†[(b,1)]}"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
