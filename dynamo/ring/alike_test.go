package ring

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A ring that is built from one like it is what it would be if it were built anew: its nodes, its tokens, its preference lists, and who hosts what,
// whatever of that the other ring knew, and what is asked of the other one later changes nothing.
func TestARingFromOneLikeIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newSource(rapid.Uint64().Draw(t, "seed"))
		q := rapid.SampledFrom([]int{150, 400, 1000}).Draw(t, "ranges")
		all := members(120, 1)
		there := slices.Clone(all[:rapid.IntRange(60, 100).Draw(t, "nodes")])
		homes := rapid.IntRange(1, 4).Draw(t, "homes")
		deal := DealOut(there, q, s.step)
		like := OfDeal(deal, nil, Options{})
		for range rapid.IntRange(1, 4).Draw(t, "rings") {
			ask(t, like, homes)
			deal = deal.Clone()
			for range rapid.IntRange(0, 5).Draw(t, "changes") {
				there = changedAt(there, all[rapid.IntRange(0, len(all)-1).Draw(t, "node")])
				deal.Rebalance(there, Shuffle(q, s.step))
			}
			now := OfDeal(deal, like, Options{})
			if rapid.Bool().Draw(t, "the other one is asked later") {
				ask(t, like, homes)
			}
			alike(t, now, New(deal.Tokens(), Options{}), homes)
			alike(t, like, New(like.Tokens(), Options{}), homes)
			like = now
		}
	})
}

// changedAt adds a member, or takes it away if it is there.
func changedAt(there []Member, m Member) []Member {
	at, is := slices.BinarySearchFunc(there, m, func(a, b Member) int { return int(a.Node) - int(b.Node) })
	if is {
		return slices.Delete(slices.Clone(there), at, at+1)
	}
	return slices.Insert(slices.Clone(there), at, m)
}

// ask lets a ring work out a part of what it can.
func ask(t *rapid.T, r *Ring, homes int) {
	for range rapid.IntRange(0, 20).Draw(t, "questions") {
		r.Prefer(rapid.IntRange(0, r.Ranges()-1).Draw(t, "range"), rapid.SampledFrom([]int{1, 3, 9, 17, 200}).Draw(t, "first"))
	}
	if rapid.Bool().Draw(t, "hosted") {
		r.Hosted(0, homes)
	}
}

func alike(t *rapid.T, got, want *Ring, homes int) {
	if !slices.Equal(got.Nodes(), want.Nodes()) || !slices.Equal(got.Tokens(), want.Tokens()) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want.Ranges() {
		if a, b := got.Prefer(i, 8)[:8], want.Prefer(i, 8)[:8]; got.Range(i) != want.Range(i) || !slices.Equal(a, b) {
			t.Fatalf("range %d: %v of %v, want %v of %v", i, a, got.Range(i), b, want.Range(i))
		}
	}
	if i := rapid.IntRange(0, want.Ranges()-1).Draw(t, "range"); !slices.Equal(got.Preference(i), want.Preference(i)) {
		t.Fatalf("all of range %d: %v, want %v", i, got.Preference(i), want.Preference(i))
	}
	for node := range int32(120) {
		if a, b := got.Hosted(node, homes), want.Hosted(node, homes); !slices.Equal(a, b) {
			t.Fatalf("node %d hosts %v, want %v", node, a, b)
		}
	}
}

// Rings that share their ranges differ at most where it is said.
func TestDiffer(t *testing.T) {
	s := newSource(5)
	nodes := members(101, 1)
	deal := DealOut(nodes[:100], 1600, s.step)
	before := OfDeal(deal, nil, Options{})
	deal.Rebalance(nodes, Shuffle(1600, s.step))
	after := OfDeal(deal, before, Options{})
	if !Alike(before, after) || Alike(before, New(deal.Tokens(), Options{})) {
		t.Fatalf("who shares ranges with whom is told wrongly")
	}
	differ := Differ(before, after, 3)
	if len(differ) < 15 || len(differ) > 15*5 {
		t.Errorf("%d of 1,600 ranges differ when one node of 101 joins", len(differ))
	}
	for i := range before.Ranges() {
		_, said := slices.BinarySearch(differ, int32(i))
		if same := slices.Equal(before.Prefer(i, 3)[:3], after.Prefer(i, 3)[:3]); !same && !said {
			t.Errorf("range %d differs", i)
		}
	}
}

// BenchmarkJoin is the ring of one node more, of ten thousand.
func BenchmarkJoin(b *testing.B) {
	s := newSource(1)
	nodes := members(10001, 1)
	deal := DealOut(nodes[:10000], 1<<17, s.step)
	like := OfDeal(deal, nil, Options{})
	like.Hosted(0, 3)
	places := Shuffle(1<<17, s.step)
	b.ReportAllocs()
	for b.Loop() {
		d := deal.Clone()
		d.Rebalance(nodes, places)
		OfDeal(d, like, Options{})
	}
}
