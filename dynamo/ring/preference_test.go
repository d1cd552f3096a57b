package ring

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// inRingOrder is the twin of a list without zones: tokens from the given position
// on, clockwise, each node at its first.
func inRingOrder(tokens []Token, from Position) []int32 {
	sorted := slices.Clone(tokens)
	slices.SortStableFunc(sorted, func(s, t Token) int {
		return from.Distance(s.At).Compare(from.Distance(t.At))
	})
	var out []int32
	for _, t := range sorted {
		if !slices.Contains(out, t.Node) {
			out = append(out, t.Node)
		}
	}
	return out
}

// inRounds is the twin of a spread list, given the one in ring order: again and
// again, take the first of each zone.
func inRounds(order []int32, zoneOf func(int32) int32) []int32 {
	var out []int32
	for len(order) > 0 {
		var used, rest, list []int32
		for _, node := range order {
			if zone := zoneOf(node); slices.Contains(used, zone) {
				rest = append(rest, node)
			} else {
				used, list = append(used, zone), append(list, node)
			}
		}
		out, order = append(out, list...), rest
	}
	return out
}

// TestPreferenceAgainstTwin: whole lists and prefixes of any length, in any order of
// asking.
func TestPreferenceAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, opts := drawRing(t)
		for range 10 {
			i := rapid.IntRange(0, r.Ranges()-1).Draw(t, "range")
			want := inRingOrder(r.Tokens(), r.Range(i).Upto)
			if opts.Spread {
				want = inRounds(want, opts.ZoneOf)
			}
			n := rapid.IntRange(0, len(r.Nodes())+1).Draw(t, "n")
			got := r.Prefer(i, n)
			if len(got) < min(n, len(want)) || !slices.Equal(got, want[:len(got)]) {
				t.Fatalf("first %d of range %d: %v, want %v", n, i, got, want)
			}
			if rapid.Bool().Draw(t, "all") && !slices.Equal(r.Preference(i), want) {
				t.Fatalf("range %d: %v, want %v", i, r.Preference(i), want)
			}
		}
	})
}

// TestPreferenceListIsLongerThanN (Dynamo §4.3): "to account for node failures,
// preference list contains more than N nodes"; and only distinct physical ones.
func TestPreferenceListIsLongerThanN(t *testing.T) {
	r := build(1, members(10, 1), 20, 0, newSource(1), Options{})
	for i := range r.Ranges() {
		list := slices.Clone(r.Preference(i))
		slices.Sort(list)
		if !slices.Equal(list, r.Nodes()) {
			t.Fatalf("range %d lists %v", i, list)
		}
	}
}

// TestSpreadOverZones (Dynamo §4.6): "the preference list of a key is constructed
// such that the storage nodes are spread across multiple data centers".
func TestSpreadOverZones(t *testing.T) {
	for zones := 1; zones <= 5; zones++ {
		nodes := members(15, zones)
		opts := Options{Spread: true, ZoneOf: func(node int32) int32 { return nodes[node].Zone }}
		for strategy := 1; strategy <= 3; strategy++ {
			r := build(strategy, nodes, 8, 128, newSource(uint64(zones)), opts)
			for i := range r.Ranges() {
				for n := 1; n <= 5; n++ {
					if got := zonesOf(nodes, r.Preference(i)[:n]); got != min(n, zones) {
						t.Fatalf("strategy %d: the first %d of range %d lie in %d of %d zones", strategy, n, i, got, zones)
					}
				}
			}
		}
	}
}

func zonesOf(nodes []Member, list []int32) int {
	var zones []int32
	for _, node := range list {
		zones = append(zones, nodes[node].Zone)
	}
	slices.Sort(zones)
	return len(slices.Compact(zones))
}

// TestUnevenZones: a zone that has run out of nodes is left out of later rounds.
func TestUnevenZones(t *testing.T) {
	zone := []int32{5, 5, 5, 5, -2, 5, 9}
	r := New(figure2(), Options{Spread: true, ZoneOf: func(node int32) int32 { return zone[node] }})
	if got, want := homes(r, Share(1.5/8), 7), "BEGCDFA"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestAskingTwiceAllocatesNothing, nor does finding the range.
func TestAskingTwiceAllocatesNothing(t *testing.T) {
	r := build(1, members(100, 1), 16, 0, newSource(1), Options{})
	for i := range r.Ranges() {
		r.Prefer(i, 3)
	}
	s := newSource(2)
	n := testing.AllocsPerRun(1000, func() {
		if list := r.Prefer(r.RangeOf(Position{s.Uint64(), 0}), 3); len(list) < 3 {
			t.Fatal(list)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestWalkersCounterWraps: marks of walks four thousand million ago do not count.
func TestWalkersCounterWraps(t *testing.T) {
	r := New(figure2(), Options{})
	r.Preference(0)
	r.walk.round = 1<<32 - 1
	for i := range r.walk.listed {
		r.walk.listed[i] = 1
	}
	if got := letters(r.Preference(1)); got != "BCDEFGA" {
		t.Errorf("%s", got)
	}
}
