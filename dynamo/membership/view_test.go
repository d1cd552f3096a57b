package membership

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func join(node int32, counter uint64, issuer int32) Change {
	return Change{Node: node, What: Join, Counter: counter, Issuer: issuer, Capacity: 1}
}

func change(node int32, what What, counter uint64, issuer int32) Change {
	return Change{Node: node, What: what, Counter: counter, Issuer: issuer}
}

func nodes(v *View) []int32 {
	var list []int32
	for _, m := range v.Members() {
		list = append(list, m.Node)
	}
	return list
}

// drawChange draws from few changes, so that views overlap.
func drawChange(t *rapid.T) Change {
	c := Change{
		Node: int32(rapid.IntRange(0, 3).Draw(t, "node")), What: What(rapid.IntRange(1, 3).Draw(t, "what")),
		Counter: uint64(rapid.IntRange(0, 3).Draw(t, "counter")), Issuer: int32(rapid.IntRange(0, 2).Draw(t, "issuer")),
	}
	if c.What == Join {
		c.Capacity = float64(rapid.IntRange(1, 2).Draw(t, "capacity"))
		for i := range rapid.IntRange(0, 2).Draw(t, "tokens") {
			c.Tokens = append(c.Tokens, Token{uint64(i), 7})
		}
	}
	return c
}

func drawView(t *rapid.T) *View {
	return New(rapid.SliceOfN(rapid.Custom(drawChange), 0, 6).Draw(t, "view")...)
}

func same(a, b *View) bool {
	return a.Hash() == b.Hash() && a.WireSize() == b.WireSize() && slices.EqualFunc(a.changes, b.changes, func(x, y Change) bool { return x.Compare(&y) == 0 })
}

// Reconciled histories are the same whoever met whom first (Dynamo §4.8).
func TestMergeIsASemilattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawView(t), drawView(t), drawView(t)
		if !same(Merge(a, b), Merge(b, a)) {
			t.Fatalf("not commutative")
		}
		if !same(Merge(Merge(a, b), c), Merge(a, Merge(b, c))) {
			t.Fatalf("not associative")
		}
		ab := Merge(a, b)
		if Merge(ab, a) != ab || Merge(a, a) != a || Merge(b, ab) != ab && !same(b, ab) {
			t.Fatalf("a merge that brings nothing new made another view")
		}
		if !same(ab, New(slices.Concat(a.changes, b.changes)...)) {
			t.Fatalf("the merge is not the union")
		}
		if got := Beyond(a, b); !same(Merge(b, got), ab) {
			t.Fatalf("what b lacks of a does not make up the difference")
		}
	})
}

func TestStorageForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawView(t)
		b := Append(nil, v)
		if int64(len(b)) != v.WireSize() {
			t.Fatalf("%d bytes, WireSize %d", len(b), v.WireSize())
		}
		got, err := Decode(b)
		if err != nil || !same(got, v) {
			t.Fatalf("decoded %v, %v", got, err)
		}
		if len(b) > 0 {
			if _, err := Decode(b[:len(b)-1]); err == nil {
				t.Fatalf("a form that is cut short was read")
			}
		}
		if _, err := Decode(append(b, 0)); err == nil {
			t.Fatalf("a byte too many was read")
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(Append(nil, New(join(1, 0, 1), join(2, 0, 2), change(1, Leave, 1, 2))))
	f.Add([]byte{255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, err := Decode(b); err == nil && !bytes.Equal(Append(nil, v), b) {
			t.Fatalf("%x decodes but is not what is written", b)
		}
	})
}

// Membership changes form a history, because nodes can be removed and added back multiple times (Dynamo §4.8).
func TestANodeCanBeRemovedAndAddedBack(t *testing.T) {
	v := New(join(1, 0, 1), join(2, 0, 2))
	for _, step := range []struct {
		what  What
		peers int
		is    bool
	}{{Leave, 2, false}, {Drained, 1, false}, {Join, 2, true}, {Leave, 2, false}} {
		v = v.With(change(2, step.what, v.Next(), 1))
		if v.Has(2) != step.is || len(v.Peers()) != step.peers || v.Last(2).What != step.what {
			t.Errorf("after %v: members %v, peers %v", step.what, nodes(v), v.Peers())
		}
	}
	if len(v.Changes()) != 6 {
		t.Errorf("%d changes are kept, want all 6", len(v.Changes()))
	}
}

// The order is by counter and not by time: a clock that is an hour ahead must not make a later leave older than a join.
func TestTheLaterCommandWinsWhateverTheClocksSay(t *testing.T) {
	ahead := join(3, 1, 1)
	ahead.Time = 3_600_000_000_000
	v := New(join(1, 0, 1), join(2, 0, 2), ahead)
	leave := change(3, Leave, v.Next(), 2)
	leave.Time = 1
	if v = v.With(leave); v.Has(3) {
		t.Errorf("members %v after 3 has left", nodes(v))
	}
}

// Two commands issued without knowledge of each other are decided alike by everybody.
func TestUnknownToEachOther(t *testing.T) {
	base := New(join(1, 0, 1), join(2, 0, 2), join(3, 0, 3))
	a, b := base.With(change(3, Leave, base.Next(), 1)), base.With(join(3, base.Next(), 2))
	if x, y := Merge(a, b), Merge(b, a); !same(x, y) || !x.Has(3) {
		t.Errorf("members %v and %v: the join has the greater issuer", nodes(x), nodes(y))
	}
}

// Who is told to join again while it drains, or before the news of that is there, is a member: to have drained ends the leave before it and
// nothing else.
func TestDrainedNeverDecidesAgainstAJoin(t *testing.T) {
	for _, c := range []struct {
		name    string
		changes []Change
		is      What
	}{
		{"left and drained", []Change{join(1, 0, 1), change(1, Leave, 2, 0), change(1, Drained, 3, 1)}, Drained},
		{"told to join by somebody who has not heard", []Change{join(1, 0, 1), change(1, Leave, 2, 0), join(1, 3, 0), change(1, Drained, 3, 1)}, Join},
		{"and by somebody whose change is the later one", []Change{join(1, 0, 1), change(1, Leave, 2, 0), change(1, Drained, 3, 1), join(1, 3, 2)}, Join},
		{"told by somebody who is behind", []Change{join(1, 0, 1), change(1, Leave, 2, 0), join(1, 3, 0), change(1, Drained, 9, 1)}, Join},
		{"told to leave once more", []Change{join(1, 0, 1), change(1, Leave, 2, 0), join(1, 3, 0), change(1, Drained, 3, 1), change(1, Leave, 4, 0)}, Leave},
		{"and drained once more", []Change{join(1, 0, 1), change(1, Leave, 2, 0), join(1, 3, 0), change(1, Drained, 3, 1), change(1, Leave, 4, 0), change(1, Drained, 5, 1)}, Drained},
		{"of which the leave is not known", []Change{change(1, Drained, 3, 1)}, Drained},
	} {
		v := New(append(c.changes, join(0, 0, 0))...)
		if got := v.Last(1).What; got != c.is || v.Has(1) != (c.is == Join) || slices.Contains(v.Peers(), 1) != (c.is != Drained) {
			t.Errorf("%s: %s, a member: %v; peers %v", c.name, got, v.Has(1), v.Peers())
		}
	}
}

// What a node is, Last and the list of members say alike, whatever the changes.
func TestLastAgreesWithTheMembers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawView(t)
		for node := range int32(4) {
			last := v.Last(node)
			if is := last != nil && last.What == Join; is != v.Has(node) {
				t.Fatalf("node %d: the last is %v, a member: %v", node, last, v.Has(node))
			}
		}
	})
}
