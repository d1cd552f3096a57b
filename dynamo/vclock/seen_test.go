package vclock

import "testing"

// A client writes twice through one coordinator without a get in between, while another client's version lies between its two dots. The
// second put supersedes the first and nothing else.
func TestSeenSupersedesItsOwnDotOnly(t *testing.T) {
	var a Arena
	const n = Actor(7)
	dot := func(c uint64) Dot { return Dot{n, c} }
	put := func(s *Set, context Clock, dots []Dot, c uint64) *Set {
		context, s = Dotted.Seen(&a, s, context, dots)
		s, _ = Dotted.Put(&a, s, context, Version{Dot: dot(c), Value: Value{ID: c}})
		return s
	}
	base := put(nil, nil, nil, 1)
	between := put(base, base.Context, nil, 5) // another client's, which read the first
	mine := put(between, base.Context, nil, 9) // beside it
	if len(mine.Versions) != 2 {
		t.Fatalf("siblings: %d, want 2", len(mine.Versions))
	}
	next := put(mine, base.Context, []Dot{dot(9)}, 12)
	if next.Find(dot(5)) == nil || next.Find(dot(9)) != nil || next.Find(dot(12)) == nil {
		t.Errorf("after the client's second put: %v", next.Versions)
	}
	// A coordinator that has not heard of dot 9 keeps both, whoever merges later.
	context, held := Dotted.Seen(&a, nil, base.Context, []Dot{dot(9)})
	elsewhere, _ := Dotted.Put(&a, held, context, Version{Dot: Dot{n + 1, 1}, Value: Value{ID: 20}})
	merged := Dotted.Merge(&a, elsewhere, mine)
	if merged.Find(dot(5)) == nil || merged.Find(dot(9)) == nil {
		t.Errorf("an unseen version was dropped: %v", merged.Versions)
	}
	// With nothing in between the dot enters the context.
	if c, _ := Dotted.Seen(&a, nil, base.Context, []Dot{dot(2)}); c.Get(n) != 2 {
		t.Errorf("contiguous dot: context %v", c)
	}
	// A plain clock takes it in whatever lies between.
	if c, _ := Paper.Seen(&a, nil, base.Context, []Dot{dot(9)}); c.Get(n) != 9 {
		t.Errorf("paper: context %v", c)
	}
}

// With one clock for all siblings a version cannot be taken out of a set: where something lies between, the client's own put stays too.
func TestSeenInRiakModeClaimsNothingUnseen(t *testing.T) {
	if c, _ := Riak.Seen(nil, nil, Clock{{Actor: 7, Counter: 1}}, []Dot{{7, 9}}); c.Get(7) != 1 {
		t.Errorf("context %v claims what the client has not seen", c)
	}
	if c, _ := Riak.Seen(nil, nil, Clock{{Actor: 7, Counter: 1}}, []Dot{{7, 2}}); c.Get(7) != 2 {
		t.Errorf("contiguous dot: context %v", c)
	}
}
