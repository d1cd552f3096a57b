package vclock

import (
	"testing"

	"pgregory.net/rapid"
)

// TestHashSeparates: of sets that come up, exactly the equal ones hash alike, and
// those that hold no version.
func TestHashSeparates(t *testing.T) {
	forModes(t, func(t *testing.T, m Mode) {
		rapid.Check(t, func(t *rapid.T) {
			sets := everySet(t, m)
			for _, x := range sets {
				for _, y := range sets {
					alike := x.Equal(y) || len(x.dots()) == 0 && len(y.dots()) == 0
					if alike != (x.Hash() == y.Hash()) {
						t.Fatalf("%v and %v: equal %v, hashes %x and %x", x, y, x.Equal(y), x.Hash(), y.Hash())
					}
				}
			}
		})
	})
}

// TestHashIsStable: the number is the same on every machine and in every
// release (this one was also computed by another program).
func TestHashIsStable(t *testing.T) {
	s := &Set{
		Context: clockOf("a2 b1"),
		Versions: []Version{
			{Dot: Dot{1, 2}, Clock: clockOf("a1"), Stamp: Stamp{-1, 7}, Value: Value{ID: 3, Len: 4}},
			{Dot: Dot{2, 1}, Tombstone: true, Value: Value{ID: 5}},
		},
	}
	if got, want := s.Hash(), uint64(0x72be09325470415a); got != want {
		t.Errorf("hash %#x, want %#x", got, want)
	}
	turned := &Set{Context: Clock{s.Context[1], s.Context[0]}, Versions: []Version{s.Versions[1], s.Versions[0]}}
	if s.Hash() != turned.Hash() {
		t.Error("the hash depends on an order")
	}
	if (*Set)(nil).Hash() != 0 || (&Set{Context: clockOf("a1")}).Hash() != 0 {
		t.Error("a set without versions does not hash to 0")
	}
}

// TestHashSeesEveryField that tells versions apart.
func TestHashSeesEveryField(t *testing.T) {
	change := map[string]func(v *Version){
		"actor":     func(v *Version) { v.Dot.Actor++ },
		"counter":   func(v *Version) { v.Dot.Counter++ },
		"wall":      func(v *Version) { v.Stamp.Wall++ },
		"node":      func(v *Version) { v.Stamp.Node++ },
		"tombstone": func(v *Version) { v.Tombstone = true },
		"value":     func(v *Version) { v.Value.ID++ },
	}
	for name, f := range change {
		v := Version{Dot: Dot{1, 1}}
		x := &Set{Versions: []Version{v}}
		f(&v)
		if y := (&Set{Versions: []Version{v}}); x.Hash() == y.Hash() || x.Equal(y) {
			t.Errorf("a change of %s goes unseen", name)
		}
	}
}

// TestEqualSeesClocks, though hashes leave them out: a version's clock follows from
// its dot.
func TestEqualSeesClocks(t *testing.T) {
	x := &Set{Versions: []Version{{Dot: Dot{1, 2}, Clock: clockOf("a1")}}}
	y := &Set{Versions: []Version{{Dot: Dot{1, 2}, Clock: clockOf("b1")}}}
	if x.Equal(y) {
		t.Error("versions with other clocks are equal")
	}
	later := &Set{Versions: []Version{{Dot: Dot{1, 2}, Clock: Clock{{1, 1, 99}}}}}
	if !x.Equal(later) || x.Hash() != later.Hash() {
		t.Error("the time of an entry counts")
	}
	context := &Set{Context: clockOf("a2"), Versions: x.Versions}
	if x.Equal(context) || x.Hash() == context.Hash() {
		t.Error("the context goes unseen")
	}
}
