package quorum

import (
	"slices"
	"testing"

	"dynamosim/dynamo/vclock"
)

// put returns set s with one more version, by this actor, in full view of s.
func put(s *vclock.Set, actor vclock.Actor, counter uint64) *vclock.Set {
	v := vclock.Version{Dot: vclock.Dot{Actor: actor, Counter: counter}}
	s, _ = vclock.Dotted.Put(nil, s, s.ContextFor(vclock.Dotted, nil), v)
	return s
}

// TestReadMergesAllReplies: all causally unrelated versions are returned (Dynamo
// §4.5), not those of the first reply, and ancestors are dropped (§5).
func TestReadMergesAllReplies(t *testing.T) {
	ancestor := put(nil, 1, 1)
	left, right := put(ancestor, 2, 1), put(ancestor, 3, 1)
	r := NewRead(3, 3)
	r.Reply(1, ancestor)
	r.Reply(2, left)
	r.Reply(3, right)
	result := r.Result(vclock.Dotted, nil)
	if len(result.Versions) != 2 || result.Find(vclock.Dot{Actor: 1, Counter: 1}) != nil {
		t.Errorf("result %v", result)
	}
	if got := r.Stale(vclock.Dotted, result, nil); !slices.Equal(got, []int32{1, 2, 3}) {
		t.Errorf("stale %v: each lacks something", got)
	}
}

// TestReadRepairTargets: exactly the replicas that returned stale versions (Dynamo
// §5), a node that has nothing among them; late replies count, failures do not.
func TestReadRepairTargets(t *testing.T) {
	old := put(nil, 1, 1)
	latest := put(old, 1, 2)
	copied, err := vclock.DecodeSet(nil, vclock.AppendSet(nil, latest))
	if err != nil {
		t.Fatal(err)
	}
	r := NewRead(5, 2)
	r.Reply(10, old)
	r.Reply(11, latest)
	if r.Status() != Success || r.Result(vclock.Dotted, nil) != latest {
		t.Fatalf("%v, %v", r.Status(), r.Result(vclock.Dotted, nil))
	}
	r.Reply(12, nil)
	r.Fail(13)
	r.Reply(14, copied)
	merged := r.Result(vclock.Dotted, nil)
	if got := r.Stale(vclock.Dotted, merged, []int32{7}); !slices.Equal(got, []int32{7, 10, 12}) {
		t.Errorf("stale %v", got)
	}
}

// TestNobodyHasTheKey: replies of nothing are replies, and nobody is stale.
func TestNobodyHasTheKey(t *testing.T) {
	r := NewRead(3, 2)
	r.Reply(1, nil)
	r.Reply(2, nil)
	if r.Status() != Success || r.Result(vclock.Paper, nil) != nil || len(r.Stale(vclock.Paper, nil, nil)) != 0 {
		t.Errorf("%v, %v", r.Status(), r.Result(vclock.Paper, nil))
	}
}

// TestFirstReplyCounts: a duplicate of a reply, or one to a repeated request, does
// not take the place of what the node said first.
func TestFirstReplyCounts(t *testing.T) {
	first := put(nil, 1, 1)
	r := NewRead(1, 1)
	r.Reply(4, first)
	if r.Reply(4, put(first, 1, 2)) || r.Fail(4) || r.Result(vclock.Dotted, nil) != first {
		t.Errorf("result %v", r.Result(vclock.Dotted, nil))
	}
}

// TestTalliesDoNotAllocate: neither fresh nor reused, up to the nodes they have room
// for, and beyond that only the first time.
func TestTalliesDoNotAllocate(t *testing.T) {
	latest := put(put(nil, 1, 1), 1, 2)
	var q Write
	var r Read
	var stale []int32
	for _, n := range []int{3, inline, inline + 8} {
		if got := testing.AllocsPerRun(100, func() { fill(&q, &r, n, latest, &stale) }); got != 0 {
			t.Errorf("%d nodes: %v allocations", n, got)
		}
	}
}

// fill runs a put and a get in which half of n nodes are out of date.
func fill(q *Write, r *Read, n int, latest *vclock.Set, stale *[]int32) {
	q.Reset(n, n/2)
	r.Reset(n, n/2)
	for node := range int32(n) {
		q.Ack(node)
		if node%2 == 0 {
			r.Reply(node, latest)
		} else {
			r.Reply(node, nil)
		}
	}
	*stale = r.Stale(vclock.Dotted, r.Result(vclock.Dotted, nil), (*stale)[:0])
}

func BenchmarkWrite(b *testing.B) {
	var q Write
	b.ReportAllocs()
	for b.Loop() {
		q.Reset(3, 2)
		q.Ack(1)
		q.Ack(2)
		q.Ack(3)
		if q.Status() != Success {
			b.Fatal(q.Status())
		}
	}
}

func BenchmarkRead(b *testing.B) {
	latest := put(put(nil, 1, 1), 1, 2)
	var r Read
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(3, 2)
		r.Reply(1, latest)
		r.Reply(2, latest)
		r.Reply(3, latest)
		if r.Result(vclock.Dotted, nil) != latest {
			b.Fatal("not the latest")
		}
	}
}
