package dynamo_test

import (
	"fmt"
	"testing"
	"time"

	"dynamosim/dynamo"
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/vclock"
)

// What a node keeps is bounded, and what it does not take it refuses in words.

// A node that keeps as many hints as it may does not take another one: the write goes to the next node (§4.6).
func TestHintTooManyGoesToTheNextNode(t *testing.T) {
	b := newBench(t, "abcde", func(c *dynamo.Config) { c.MaxHints = 1 })
	b.run(t, "down c", "get g at a", "advance 1s", "put v1 at a", "put w1 at a key l")
	expect(t, "hinted", b.hinted(), "d(c):v1")
	expect(t, "second key", b.reply("w1"), "ok")
	held := ""
	for _, h := range b.hosts {
		h.node.EachHint(func(home dynamo.NodeID, key dynamo.KeyID, _ *vclock.Set) {
			held += fmt.Sprintf(" %s keeps %s for %s", b.name(h.id), b.shared.Keys.Name(key), b.name(home))
		})
	}
	expect(t, "all hints", held, " d keeps k for c e keeps l for c")
	b.run(t, "put v2 at a context v1")
	expect(t, "another version for a hint that is kept", b.hinted(), "d(c):v2")
	if b.marks[dynamo.MarkHintRefused] != 1 {
		t.Errorf("%d refused", b.marks[dynamo.MarkHintRefused])
	}
}

// Handoff keeps to its rate: hints of about a hundred bytes, a hundred bytes a second, one a second (§4.6).
func TestHandoffKeepsToItsRate(t *testing.T) {
	b := newBench(t, "abcd", func(c *dynamo.Config) { c.HintRate = 100 })
	b.run(t, "down c", "get g at a", "advance 1s")
	for i := range 20 {
		b.run(t, fmt.Sprintf("put v%d at a key key-%d", i, i))
	}
	kept := b.host("d").node.Hints()
	if kept < 5 {
		t.Fatalf("only %d hints", kept)
	}
	b.run(t, "up c", "advance 10s")
	sent := kept - b.host("d").node.Hints()
	if sent < 3 || sent > 11 {
		t.Errorf("%d of %d hints delivered in 10 s, at about one a second", sent, kept)
	}
	b.run(t, "advance 60s")
	if n := b.host("d").node.Hints(); n != 0 {
		t.Errorf("%d hints left", n)
	}
}

// Handoff goes through the controller on both sides: without slices none is sent, and a home without any refuses, which costs no hint and
// makes nobody suspected (Dynamo §6.5).
func TestHandoffNeedsSlices(t *testing.T) {
	ms := int64(time.Millisecond)
	b := newBench(t, "abcd", func(c *dynamo.Config) {
		c.Admission = &dynamo.Admission{Percentile: 990000, Over: 60000 * ms, Target: 1, Slices: 1, Tasks: [3]bool{true, true, true}}
	})
	b.run(t, "put w1 at a key l", "down c", "get g at a", "advance 1s", "put v1 at a")
	expect(t, "hinted", b.hinted(), "d(c):v1")
	b.run(t, "up c")
	for i := range 300 { // no read is quicker than a nanosecond
		b.run(t, fmt.Sprintf("get g%d at c key l", i), "advance 100ms")
	}
	expect(t, "after half a minute of reads", b.hinted(), "d(c):v1")
	if b.marks[dynamo.MarkDeferred] == 0 {
		t.Error("nothing was deferred")
	}
	b.run(t, "advance 130s")
	expect(t, "when nobody reads", b.hinted(), "")
}

// Ranges are handed over only as long as reads for clients are quick, here at the receiver (§6.5).
func TestTransfersNeedSlices(t *testing.T) {
	ms := int64(time.Millisecond)
	b := newBench(t, "abcde", func(c *dynamo.Config) {
		gossiping(c)
		c.ReadRepair, c.Transfer, c.TransferConfirm, c.TransfersAtOnce = false, true, true, 4
		c.Admission = &dynamo.Admission{Percentile: 990000, Over: 60000 * ms, Target: 1, Slices: 1, Tasks: [3]bool{true, true, true}}
	})
	busy := "" // a key that d reads before and after
	for i := 0; busy == ""; i++ {
		if id := b.shared.Keys.Intern(fmt.Sprint("busy", i)); b.host("d").node.Placement().Homes(id, 3)[0] == 3 {
			busy = fmt.Sprint("busy", i)
		}
	}
	b.run(t, "put v1 at a", "put w1 at d key "+busy, "get g at d key "+busy, "advance 3s", "get g at d key "+busy)
	if err := b.host("b").node.Do(dynamo.Command{What: membership.Leave, Node: 0}); err != nil {
		t.Fatal(err)
	}
	for i := range 300 { // no read is quicker than a nanosecond
		b.run(t, fmt.Sprintf("get g%d at d key %s", i, busy), "advance 100ms")
	}
	if d := b.host("d").node; !d.Placement().IsHome(3, 0, 3) || d.Stored(0) != nil || b.marks[dynamo.MarkDeferred] == 0 {
		t.Errorf("after half a minute of reads d holds %v, %d tasks were deferred", d.Stored(0), b.marks[dynamo.MarkDeferred])
	}
	b.run(t, "advance 130s")
	expect(t, "when nobody reads", b.stored(), "b:v1 c:v1 d:v1")
}

// A node that coordinates as many requests as it may refuses the next one, and says why (§4.5).
func TestRequestTooManyIsRefused(t *testing.T) {
	b := newBench(t, "abc", func(c *dynamo.Config) { c.MaxRequests = 2 })
	b.run(t, "hold a", "hold b", "hold c", "put v1 at a", "put v2 at a", "put v3 at a", "get g at a", "put other at b")
	expect(t, "third", b.reply("v3"), "overloaded")
	expect(t, "get", b.reply("g"), "overloaded")
	expect(t, "another node", b.reply("other"), "")
	for _, name := range []string{"a", "b", "c"} {
		b.host(name).disk.held = false
	}
	b.settle()
	b.run(t, "put v4 at a")
	expect(t, "later", b.reply("v4"), "ok")
}
