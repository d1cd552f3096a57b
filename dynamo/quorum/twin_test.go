package quorum

import (
	"slices"
	"testing"

	"dynamosim/dynamo/vclock"

	"pgregory.net/rapid"
)

// twin remembers everything that came and counts anew each time it is asked.
type twin struct {
	asked, need int
	log         []entry
}

type entry struct {
	node   int32
	failed bool
	set    *vclock.Set
}

// reply returns the first thing a node said that was no failure.
func (w *twin) reply(node int32) *entry {
	for i := range w.log {
		if w.log[i].node == node && !w.log[i].failed {
			return &w.log[i]
		}
	}
	return nil
}

// count returns how many nodes replied, and how many only failed.
func (w *twin) count() (yes, no int) {
	for node := range int32(40) {
		heard := slices.ContainsFunc(w.log, func(e entry) bool { return e.node == node })
		switch {
		case w.reply(node) != nil:
			yes++
		case heard:
			no++
		}
	}
	return yes, no
}

func (w *twin) status() Status {
	yes, no := w.count()
	switch {
	case yes >= w.need:
		return Success
	case yes+(w.asked-yes-no) < w.need:
		return Failure
	}
	return Pending
}

// somePuts are sets of which some know more than others, nil among them.
func somePuts() []*vclock.Set {
	out := []*vclock.Set{nil}
	for i := range 6 {
		on := out[i/2]
		v := vclock.Version{Dot: vclock.Dot{Actor: vclock.Actor(i), Counter: 1}, Value: vclock.Value{ID: uint64(i)}}
		s, _ := vclock.Dotted.Put(nil, on, on.ContextFor(vclock.Dotted, nil), v)
		out = append(out, s)
	}
	return out
}

// TestAgainstTwin gives both the same answers, from few nodes and from more than a
// tally has room for inline, and reuses the tallies as a coordinator does.
func TestAgainstTwin(t *testing.T) {
	var q Write
	var r Read
	sets := somePuts()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 2, 3, 5, 17, 24, 24}).Draw(t, "n")
		need := rapid.IntRange(0, n+1).Draw(t, "need")
		w := twin{asked: n, need: need}
		if rapid.IntRange(0, 9).Draw(t, "fresh") == 0 {
			q, r = NewWrite(n, need), NewRead(n, need)
		} else {
			q.Reset(n, need)
			r.Reset(n, need)
		}
		for range rapid.IntRange(n, 4*n).Draw(t, "answers") {
			if rapid.IntRange(0, 9).Draw(t, "sloppy") == 0 && w.asked < 40 {
				w.asked++
				q.Ask(1)
				r.Ask(1)
			}
			e := entry{
				node:   int32(rapid.IntRange(0, w.asked-1).Draw(t, "node")),
				failed: rapid.IntRange(0, 3).Draw(t, "failed") == 0,
				set:    rapid.SampledFrom(sets).Draw(t, "set"),
			}
			tell(t, &q, &r, &w, e)
			compare(t, &q, &r, &w)
		}
	})
}

func tell(t *rapid.T, q *Write, r *Read, w *twin, e entry) {
	yes, no := w.count()
	w.log = append(w.log, e)
	yesNow, noNow := w.count()
	news := yesNow != yes || noNow != no
	if e.failed {
		if q.Fail(e.node) != news || r.Fail(e.node) != news {
			t.Fatalf("failure of %d was news: %v", e.node, news)
		}
		return
	}
	if q.Ack(e.node) != news || r.Reply(e.node, e.set) != news {
		t.Fatalf("answer of %d was news: %v", e.node, news)
	}
}

func compare(t *rapid.T, q *Write, r *Read, w *twin) {
	yes, no := w.count()
	if q.Status() != w.status() || r.Status() != w.status() {
		t.Fatalf("write %v, read %v, twin %v", q.Status(), r.Status(), w.status())
	}
	if q.Acks() != yes || r.Replies() != yes || q.Fails() != no || r.Fails() != no {
		t.Fatalf("%d acks, %d replies, want %d; %d, %d fails, want %d", q.Acks(), r.Replies(), yes, q.Fails(), r.Fails(), no)
	}
	if q.Outstanding() != w.asked-yes-no || r.Outstanding() != w.asked-yes-no {
		t.Fatalf("%d, %d outstanding", q.Outstanding(), r.Outstanding())
	}
	var merged *vclock.Set
	for node := range int32(40) {
		e := w.reply(node)
		heard := slices.ContainsFunc(w.log, func(e entry) bool { return e.node == node })
		if q.HeardFrom(node) != heard || r.HeardFrom(node) != heard || q.Acked(node) != (e != nil) {
			t.Fatalf("node %d was heard of: %v, acked: %v", node, heard, e != nil)
		}
		if e != nil {
			merged = vclock.Dotted.Merge(nil, merged, e.set)
		}
	}
	result := r.Result(vclock.Dotted, nil)
	if !result.Equal(merged) {
		t.Fatalf("result %v, want %v", result, merged)
	}
	stale := r.Stale(vclock.Dotted, result, nil)
	for node := range int32(40) {
		e := w.reply(node)
		want := e != nil && !vclock.Dotted.Merge(nil, e.set, merged).Equal(e.set)
		if slices.Contains(stale, node) != want {
			t.Fatalf("stale %v, node %d should be: %v", stale, node, want)
		}
	}
}
