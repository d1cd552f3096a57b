package merkle

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// pair is an index and its twin over the same contents.
type pair struct {
	x       *Index
	w       *twin
	content []uint64 // by slot
	at      []Position
}

func newPair(slots int, at func(slot int) Position) *pair {
	p := &pair{content: make([]uint64, slots)}
	of := func(slot int32) uint64 { return p.content[slot] }
	p.x, p.w = &Index{Content: of}, &twin{content: of}
	for slot := range slots {
		p.at = append(p.at, at(slot))
	}
	return p
}

func (p *pair) put(slot int32, content uint64) {
	p.content[slot] = content
	p.x.Put(slot, p.at[slot])
	p.w.put(slot, p.at[slot])
}

func (p *pair) remove(slot int32) {
	p.x.Remove(slot)
	p.w.remove(slot)
}

// slots lists what Each gives.
func slots(x *Index, r Range) []int32 {
	list := []int32{}
	x.Each(r, func(at Position, slot int32) bool {
		if x.leaves[slot].at != at {
			panic("Each gives another position")
		}
		list = append(list, slot)
		return true
	})
	return list
}

func (p *pair) check(t interface{ Fatalf(string, ...any) }, r Range) {
	want := p.w.in(r)
	if got := slots(p.x, r); !slices.Equal(got, want) {
		t.Fatalf("range %v: slots %v, want %v", r, got, want)
	}
	if got := p.x.Count(r); got != len(want) {
		t.Fatalf("range %v: %d keys, want %d", r, got, len(want))
	}
	if got := p.x.Hash(r); got != p.w.hash(r) {
		t.Fatalf("range %v: hash %x, want %x", r, got, p.w.hash(r))
	}
}

// positions is a generator in which neighbours, ends of the ring and equal positions come often.
func positions() *rapid.Generator[Position] {
	word := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 3), rapid.Map(rapid.Uint64Range(0, 3), func(n uint64) uint64 { return ^n }))
	return rapid.Custom(func(t *rapid.T) Position { return Position{word.Draw(t, "hi"), word.Draw(t, "lo")} })
}

func ranges() *rapid.Generator[Range] {
	return rapid.Custom(func(t *rapid.T) Range { return Range{positions().Draw(t, "after"), positions().Draw(t, "upto")} })
}

// Whatever is put, rewritten and removed, in any order, the index says what the sorted list says, of any range.
func TestIndexAgreesWithASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 24
		p := newPair(n, func(int) Position { return positions().Draw(t, "position") })
		slot := rapid.Int32Range(0, n-1)
		t.Repeat(map[string]func(*rapid.T){
			"put":    func(t *rapid.T) { p.put(slot.Draw(t, "slot"), rapid.Uint64Range(0, 5).Draw(t, "content")) },
			"remove": func(t *rapid.T) { p.remove(slot.Draw(t, "slot")) },
			"range":  func(t *rapid.T) { p.check(t, ranges().Draw(t, "range")) },
			"": func(t *rapid.T) {
				if p.x.Len() != len(p.w.keys) {
					t.Fatalf("%d keys, want %d", p.x.Len(), len(p.w.keys))
				}
				invariants(t, p.x)
			},
		})
	})
}

// invariants checks the trie from within: counts, parents, bits that rise, and nothing fresh above what is stale.
func invariants(t interface{ Fatalf(string, ...any) }, x *Index) {
	if x.count == 0 {
		return
	}
	var walk func(at, parent int32) (count int, stale bool)
	walk = func(at, parent int32) (int, bool) {
		if at < 0 {
			l := &x.leaves[^at]
			if l.parent != parent || l.state == absent {
				t.Fatalf("leaf %d: parent %d, want %d, state %d", ^at, l.parent, parent, l.state)
			}
			return 1, x.leaves[^at].state == 1
		}
		n := &x.inner[at]
		if n.parent != parent || parent >= 0 && n.bit <= x.inner[parent].bit {
			t.Fatalf("node %d: parent %d, want %d, bit %d", at, n.parent, parent, n.bit)
		}
		left, leftStale := walk(n.child[0], at)
		right, rightStale := walk(n.child[1], at)
		if int(n.count) != left+right || (leftStale || rightStale) && !n.stale {
			t.Fatalf("node %d: count %d, below %d and %d, stale %v", at, n.count, left, right, n.stale)
		}
		return left + right, n.stale
	}
	if count, _ := walk(x.root, -1); count != x.count {
		t.Fatalf("%d keys, count %d", count, x.count)
	}
}

// The order in which keys came to be, and what was there in between, leave no trace in any hash.
func TestHashesDependOnWhatIsHeldAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 20
		a := newPair(n, func(slot int) Position { return Position{mix(uint64(slot)), uint64(slot)} })
		b := newPair(n, func(slot int) Position { return a.at[slot] })
		final := rapid.SliceOfN(rapid.Uint64Range(0, 3), n, n).Draw(t, "final")
		for slot, content := range final {
			a.put(int32(slot), content)
		}
		for _, slot := range rapid.SliceOf(rapid.Int32Range(0, n-1)).Draw(t, "before") {
			b.put(slot, 77)
			b.x.Hash(Range{})
			b.remove(slot)
		}
		for _, slot := range rapid.Permutation(rangeOf(n)).Draw(t, "order") {
			b.put(slot, 99)
			b.x.Hash(Range{})
			b.put(slot, final[slot])
		}
		r := ranges().Draw(t, "range")
		if a.x.Hash(r) != b.x.Hash(r) {
			t.Fatalf("%x and %x", a.x.Hash(r), b.x.Hash(r))
		}
	})
}

func rangeOf(n int) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = int32(i)
	}
	return list
}

// A tombstone past its grace has the content 0: the key is held, but to every tree it is as if it never was.
func TestContentZeroIsNoContent(t *testing.T) {
	p := newPair(3, func(slot int) Position { return Position{uint64(slot) << 60, 5} })
	p.put(0, 10)
	p.put(1, 20)
	before := p.x.Hash(Range{})
	p.put(2, 0)
	if p.x.Hash(Range{}) != before || p.x.Count(Range{}) != 3 || p.x.KeyHash(2) != 0 {
		t.Errorf("hash %x, want %x; %d keys", p.x.Hash(Range{}), before, p.x.Count(Range{}))
	}
	p.x.Bucket(Shape{2, 1}, Leaf{Index: 0}, func(slot int32, _ uint64) {
		if slot == 2 {
			t.Error("the bucket names a key that no tree counts")
		}
	})
}

// Each may be left early, and what it shows may be removed.
func TestEachGoesOnOverRemovedKeys(t *testing.T) {
	p := newPair(50, func(slot int) Position { return Position{mix(uint64(slot)), 0} })
	for slot := range int32(50) {
		p.put(slot, 1)
	}
	r := Range{Position{1 << 63, 0}, Position{1 << 62, 0}}
	want := p.w.in(r)
	var got []int32
	p.x.Each(r, func(_ Position, slot int32) bool {
		got = append(got, slot)
		p.remove(slot)
		return len(got) < 20
	})
	if !slices.Equal(got, want[:20]) || p.x.Count(r) != len(want)-20 {
		t.Errorf("got %v, want %v; %d left", got, want[:20], p.x.Count(r))
	}
	invariants(t, p.x)
	p.check(t, r)
}

// A reset index is as good as new, and grows in the memory that it had.
func TestResetLeavesNothing(t *testing.T) {
	p := newPair(40, func(slot int) Position { return Position{mix(uint64(slot)), 0} })
	fill := func() {
		for slot := range int32(40) {
			p.put(slot, uint64(slot)+1)
		}
	}
	fill()
	before := p.x.Hash(Range{})
	allocs := testing.AllocsPerRun(10, func() {
		p.x.Reset()
		if p.x.Len() != 0 || p.x.Hash(Range{}) != 0 || p.x.Count(Range{}) != 0 {
			t.Fatal("not empty")
		}
		fill()
		if p.x.Hash(Range{}) != before {
			t.Fatal("another hash")
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

// A write to a key that is held marks it, asks for nothing and allocates nothing; the content is asked for once.
func TestAWriteOnlyMarks(t *testing.T) {
	asked := 0
	x := &Index{Content: func(int32) uint64 { asked++; return uint64(asked) }}
	for slot := range int32(100) {
		x.Put(slot, Position{mix(uint64(slot)), 0})
	}
	x.Hash(Range{})
	asked = 0
	allocs := testing.AllocsPerRun(10, func() {
		x.Touch(7)
		x.Touch(8)
		x.Touch(7)
	})
	if asked != 0 || allocs != 0 {
		t.Errorf("asked %d times, %v allocations", asked, allocs)
	}
	x.Hash(Range{})
	x.Hash(Range{Position{1, 2}, Position{3, 4}})
	if asked != 2 {
		t.Errorf("asked %d times, want 2", asked)
	}
}

// FuzzIndex holds the index against the list with operations read off bytes: three bytes each.
func FuzzIndex(f *testing.F) {
	f.Add([]byte{0, 1, 1, 0, 2, 3, 2, 0, 9, 1, 1, 0, 2, 4, 4})
	f.Fuzz(func(t *testing.T, ops []byte) {
		p := newPair(256, func(slot int) Position {
			return Position{mix(uint64(slot)) &^ 0xff << (slot % 3 * 20), uint64(slot % 2)}
		})
		for ; len(ops) >= 3; ops = ops[3:] {
			switch ops[0] % 3 {
			case 0:
				p.put(int32(ops[1]), uint64(ops[2]))
			case 1:
				p.remove(int32(ops[1]))
			case 2:
				p.check(t, Range{p.at[ops[1]], p.at[ops[2]]})
			}
		}
		invariants(t, p.x)
		p.check(t, Range{})
	})
}
