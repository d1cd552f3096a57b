package vclock

import "testing"

// TestFigure3 plays Figure 3 (Dynamo §4.4) and checks every clock it prints.
func TestFigure3(t *testing.T) {
	const sx, sy, sz = 1, 2, 3
	name := func(a Actor) string { return []string{"", "Sx", "Sy", "Sz"}[a] }
	for _, m := range []Mode{Dotted, Riak, Paper} {
		t.Run(m.String(), func(t *testing.T) {
			a := new(Arena)
			put := func(on *Set, context Clock, actor Actor, counter uint64, want string) *Set {
				t.Helper()
				dot := Dot{actor, counter}
				s, _ := m.Put(a, on, context, Version{Dot: dot, Value: Value{ID: counter*10 + uint64(actor)}})
				if got := s.Find(dot).Shown(a).Format(name); got != want {
					t.Fatalf("clock %s, want %s", got, want)
				}
				return s
			}
			holds := func(s *Set, want ...Dot) {
				t.Helper()
				if got := s.dots(); len(got) != len(want) || got[0] != want[0] || got[len(got)-1] != want[len(want)-1] {
					t.Fatalf("holds %v, want %v", got, want)
				}
			}
			d1 := put(nil, nil, sx, 1, "[(Sx,1)]")
			d2 := put(d1, d1.ContextFor(m, a), sx, 2, "[(Sx,2)]")
			holds(d2, Dot{sx, 2}) // D2 overwrites D1
			d3 := put(d2, d2.ContextFor(m, a), sy, 1, "[(Sx,2),(Sy,1)]")
			holds(d3, Dot{sy, 1})
			d4 := put(d2, d2.ContextFor(m, a), sz, 1, "[(Sx,2),(Sz,1)]")
			holds(d4, Dot{sz, 1})

			// A node with D1 or D2 drops it when it hears of D4.
			if m.Merge(a, d1, d4) != d4 || m.Merge(a, d4, d2) != d4 {
				t.Fatal("D4 does not replace its ancestors")
			}
			// A node with D3 keeps D3 and D4.
			both := m.Merge(a, d3, d4)
			holds(both, Dot{sy, 1}, Dot{sz, 1})
			read := both.ContextFor(m, a)
			if got, want := read.Format(name), "[(Sx,2),(Sy,1),(Sz,1)]"; got != want {
				t.Fatalf("context of the read %s, want %s", got, want)
			}
			// The client reconciles, and Sx coordinates the put.
			d5 := put(both, read, sx, 3, "[(Sx,3),(Sy,1),(Sz,1)]")
			holds(d5, Dot{sx, 3})
			for _, old := range []*Set{d1, d2, d3, d4, both} {
				if m.Merge(a, old, d5) != d5 || m.Merge(a, d5, old) != d5 {
					t.Fatalf("D5 does not dominate %v", old.dots())
				}
			}
		})
	}
}
