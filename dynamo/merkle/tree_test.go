package merkle

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// reconcile compares the trees of two indexes over a range as two nodes do, and counts what crosses the wire.
func reconcile(s Shape, r Range, a, b *Index) (hashes, lists, rounds int, leaves []uint64) {
	sides := [2]*Index{a, b}
	under := []List{a.Root(r)}
	hashes, rounds = 1, 1
	for side := 1; len(under) > 0; side = 1 - side {
		var answer Answer
		for i := range under {
			if !sides[side].Answer(s, &under[i], &answer) {
				panic("a list that fits no tree")
			}
		}
		for _, l := range answer.Leaves {
			leaves = append(leaves, l.Index)
		}
		if under = answer.Lists; len(under) > 0 {
			rounds++
		}
		hashes += answer.Hashes()
		lists += len(under)
	}
	return hashes, lists, rounds, leaves
}

func shapes() *rapid.Generator[Shape] {
	return rapid.Custom(func(t *rapid.T) Shape {
		s := Shape{rapid.IntRange(2, 5).Draw(t, "branching"), rapid.IntRange(1, 5).Draw(t, "depth")}
		if s.Leaves() > 700 {
			s.Depth = 3
		}
		return s
	})
}

// The comparison finds the leaves that differ and no other, at exactly the cost of the closed form, in h+1 rounds (§4.7). The twin compares
// everything with everything.
func TestComparisonFindsTheDifferingLeaves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 30
		a := newPair(n, func(slot int) Position { // of its own for each key, as MD5 gives it: a hash knows keys by their positions
			p := positions().Draw(t, "position")
			p.Lo = p.Lo&^63 | uint64(slot)
			return p
		})
		b := newPair(n, func(slot int) Position { return a.at[slot] })
		for slot := range int32(n) {
			content := rapid.Uint64Range(0, 2).Draw(t, "content")
			a.put(slot, content)
			switch rapid.IntRange(0, 3).Draw(t, "other side") {
			case 0:
				b.put(slot, rapid.Uint64Range(0, 2).Draw(t, "other content"))
			case 1:
			default:
				b.put(slot, content)
			}
		}
		s, r := shapes().Draw(t, "shape"), ranges().Draw(t, "range")
		hashes, lists, rounds, leaves := reconcile(s, r, a.x, b.x)
		want := differing(s, r, a.w, b.w)
		if !slices.Equal(leaves, want) {
			t.Fatalf("leaves %v, want %v", leaves, want)
		}
		wantHashes, wantLists := s.Cost(want)
		if hashes != wantHashes || lists != wantLists {
			t.Fatalf("%d hashes in %d lists, want %d in %d", hashes, lists, wantHashes, wantLists)
		}
		wantRounds := 1
		if len(want) > 0 {
			wantRounds = s.Depth + 1
		}
		if rounds != wantRounds {
			t.Fatalf("%d rounds, want %d", rounds, wantRounds)
		}
	})
}

// Exact counts for given leaves, worked out by hand.
func TestCost(t *testing.T) {
	for _, c := range []struct {
		s             Shape
		leaves        []uint64
		hashes, lists int
	}{
		{Shape{2, 10}, nil, 1, 0},
		{Shape{2, 10}, []uint64{0}, 21, 10},
		{Shape{2, 10}, []uint64{1023}, 21, 10},
		{Shape{2, 10}, []uint64{0, 1}, 21, 10},
		{Shape{2, 10}, []uint64{0, 2}, 23, 11},
		{Shape{2, 10}, []uint64{0, 512, 0}, 39, 19},
		{Shape{3, 2}, []uint64{0, 4, 5}, 10, 3},
		{Shape{16, 1}, []uint64{3, 9}, 17, 1},
		{Shape{16, 2}, []uint64{0, 16, 32}, 65, 4},
	} {
		if hashes, lists := c.s.Cost(c.leaves); hashes != c.hashes || lists != c.lists {
			t.Errorf("%v %v: %d hashes in %d lists, want %d in %d", c.s, c.leaves, hashes, lists, c.hashes, c.lists)
		}
	}
	all := make([]uint64, 1024)
	for i := range all {
		all[i] = uint64(i)
	}
	if hashes, lists := (Shape{2, 10}).Cost(all); hashes != 2047 || lists != 1023 {
		t.Errorf("all leaves: %d hashes in %d lists", hashes, lists)
	}
}

// d random distinct leaves of 2^10 take, on average, the hashes and messages of the closed form: D_j = b^j (1 - C(L-L/b^j, d)/C(L, d)).
func TestCostOfRandomLeaves(t *testing.T) {
	s, random := Shape{2, 10}, rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		d                int
		hashes, messages float64 // published; messages with the root's
	}{{1, 21, 11}, {10, 136.9, 68.9}, {100, 735.2, 368}} {
		exact := 0.0
		for level := range s.Depth {
			exact += expected(s, level, c.d)
		}
		near(t, fmt.Sprintf("d=%d: closed form of the hashes", c.d), 1+2*exact, c.hashes, 0.05)
		near(t, fmt.Sprintf("d=%d: closed form of the messages", c.d), 1+exact, c.messages, 0.4)
		const runs = 4000
		total, lists := 0, 0
		for range runs {
			leaves := make([]uint64, c.d)
			for i, l := range random.Perm(1024)[:c.d] {
				leaves[i] = uint64(l)
			}
			h, l := s.Cost(leaves)
			total += h
			lists += l
		}
		near(t, fmt.Sprintf("d=%d: mean of the hashes", c.d), float64(total)/runs, c.hashes, 0.002*c.hashes)
		near(t, fmt.Sprintf("d=%d: mean of the messages", c.d), 1+float64(lists)/runs, c.messages, 0.002*c.messages)
	}
}

// expected is D_j.
func expected(s Shape, level, d int) float64 {
	none := 1.0 // C(L-L/b^j, d) / C(L, d)
	leaves, below := float64(s.Leaves()), float64(s.Leaves()/s.Width(level))
	for i := range d {
		none *= max(0, leaves-below-float64(i)) / (leaves - float64(i))
	}
	return float64(s.Width(level)) * (1 - none)
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: %.3f, want %.3f ± %.3f", what, got, want, within)
	}
}

// d random keys differ in L(1-(1-1/L)^d) leaves: positions are hashes, and leaves equal slices of a range, however the range lies.
func TestKeysSpreadEvenlyOverLeaves(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, s := range []Shape{{2, 10}, {10, 3}, {16, 2}} {
		for _, r := range []Range{{}, {Position{5, 6}, Position{1 << 60, 1}}, {Position{^uint64(0) - 9, 0}, Position{1 << 58, 77}}} {
			for _, d := range []int{1, 30, 1000} {
				const runs = 60
				total := 0
				for range runs {
					leaves := make([]uint64, d)
					for i := range leaves {
						leaves[i] = s.LeafOf(r, inside(r, random))
					}
					slices.Sort(leaves)
					total += len(slices.Compact(leaves))
				}
				l := float64(s.Leaves())
				want := l * (1 - math.Pow(1-1/l, float64(d)))
				near(t, fmt.Sprint(s, r, d), float64(total)/runs, want, 0.02*want+1e-9)
			}
		}
	}
}

// inside draws a position of a range.
func inside(r Range, random *rand.Rand) Position {
	for {
		p := Position{random.Uint64(), random.Uint64()}
		if width(r).BitLen() < 128 {
			p.Hi >>= 128 - width(r).BitLen()
		}
		if p = r.After.plus(p); r.Contains(p) {
			return p
		}
	}
}

// Slices of a level are the range cut into equal parts; the leaf of a position is the one whose slice it lies in.
func TestSlicesTileTheRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, r := shapes().Draw(t, "shape"), ranges().Draw(t, "range")
		level := rapid.IntRange(0, s.Depth).Draw(t, "level")
		from := r.After
		for i := range s.Width(level) {
			part, ok := s.Slice(r, level, i)
			if level > 0 && ok != (part.After != part.Upto) {
				t.Fatalf("slice %d: %v, %v", i, part, ok)
			}
			if part.After != from {
				t.Fatalf("slice %d begins at %v, want %v", i, part.After, from)
			}
			from = part.Upto
			end := new(big.Int).SetUint64(i + 1)
			end.Mul(end, width(r)).Div(end, new(big.Int).SetUint64(s.Width(level))).Add(end, number(r.After)).Mod(end, ring)
			if end.Cmp(number(part.Upto)) != 0 {
				t.Fatalf("slice %d ends at %v, want %v", i, part.Upto, end)
			}
		}
		if from != r.Upto {
			t.Fatalf("the last slice ends at %v, the range at %v", from, r.Upto)
		}
		p := positions().Draw(t, "position")
		if !r.Contains(p) {
			return
		}
		if got := s.LeafOf(r, p); got != leafOf(s, r, p) {
			t.Fatalf("leaf %d, want %d", got, leafOf(s, r, p))
		}
	})
}

// A parent's hash is made of its children's, whatever the shape.
func TestAHashIsTheSumOfItsChildren(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPair(40, func(int) Position { return positions().Draw(t, "position") })
		for slot := range int32(40) {
			p.put(slot, uint64(slot)+1)
		}
		s, r := shapes().Draw(t, "shape"), ranges().Draw(t, "range")
		level := rapid.IntRange(0, s.Depth-1).Draw(t, "level")
		index := rapid.Uint64Range(0, s.Width(level)-1).Draw(t, "index")
		sum := uint64(0)
		for _, h := range p.x.children(s, r, level, index).Hashes {
			sum += h
		}
		slice, ok := s.Slice(r, level, index)
		want := uint64(0)
		if ok {
			want = p.w.hash(slice)
		}
		if sum != want {
			t.Fatalf("children add up to %x, the node has %x", sum, want)
		}
	})
}

// What fits no tree is refused: a list comes from another node.
func TestListsThatFitNoTreeAreRefused(t *testing.T) {
	x := &Index{Content: func(int32) uint64 { return 1 }}
	s := Shape{2, 3}
	for _, l := range []List{
		{Level: 0}, {Level: -1, Hashes: make([]uint64, 1)}, {Level: 4, Hashes: make([]uint64, 2)}, {Level: 1, Hashes: make([]uint64, 3)},
		{Level: 1, First: 1, Hashes: make([]uint64, 2)}, {Level: 3, First: math.MaxUint64, Hashes: make([]uint64, 2)},
	} {
		if x.Answer(s, &l, &Answer{}) {
			t.Errorf("accepted %+v", l)
		}
	}
	if !x.Answer(s, &List{Level: 3, First: 6, Hashes: make([]uint64, 2)}, &Answer{}) {
		t.Error("refused the last two leaves")
	}
}

func TestShapes(t *testing.T) {
	for _, c := range []struct {
		s  Shape
		ok bool
	}{{Shape{2, 10}, true}, {Shape{2, 32}, true}, {Shape{256, 4}, true}, {Shape{256, 5}, false}, {Shape{1, 4}, false}, {Shape{2, 0}, false}, {Shape{2, 33}, false},
		{Shape{257, 1}, false}, {Shape{0, 0}, false}} {
		if err := c.s.Validate(); (err == nil) != c.ok {
			t.Errorf("%v: %v", c.s, err)
		}
	}
}

// FuzzComparison reads two contents of up to 64 keys off bytes and holds the comparison against comparing everything.
func FuzzComparison(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6}, byte(2), byte(4), uint64(1), uint64(0))
	f.Fuzz(func(t *testing.T, contents []byte, branching, depth byte, after, upto uint64) {
		s := Shape{2 + int(branching%4), 1 + int(depth%4)}
		r := Range{Position{Hi: after}, Position{Hi: upto, Lo: after}}
		a := newPair(64, func(slot int) Position { return Position{mix(uint64(slot)), uint64(slot)} })
		b := newPair(64, func(slot int) Position { return a.at[slot] })
		for slot, c := range contents[:min(64, len(contents))] {
			a.put(int32(slot), uint64(c&3))
			b.put(int32(slot), uint64(c>>2&3))
		}
		_, _, _, leaves := reconcile(s, r, a.x, b.x)
		if want := differing(s, r, a.w, b.w); !slices.Equal(leaves, want) {
			t.Fatalf("leaves %v, want %v", leaves, want)
		}
	})
}
