package dynamo_test

import (
	"fmt"
	"strings"
	"testing"

	"dynamosim/dynamo"
)

// Sloppy quorums and hinted handoff (§4.6). N=3, key k: homes a, b, c; d, e, ... stand in.

// "If node A is temporarily down, then a replica that would normally have lived on A will be sent to D", with a hint that names A; the
// number of copies is not reduced (Dynamo §4.6).
func TestReplicaOfADownNodeGoesToTheNextWithAHint(t *testing.T) {
	b := newBench(t, "abcde", nil)
	b.run(t, "down a", "get g at b", "advance 1s", "put v1 at b")
	expect(t, "stored", b.stored(), "b:v1 c:v1")
	expect(t, "hinted", b.hinted(), "d(a):v1")
	b.run(t, "down c", "put v2 at b context v1", "advance 100ms")
	expect(t, "a second home down: stored", b.stored(), "b:v2")
	expect(t, "hinted", b.hinted(), "d(a):v2 e(c):v2")
}

// A home that does not answer one request gets its replica through a stand-in even before it is suspected (Dynamo §4.6: all "desired" copies
// exist).
func TestSilentHomeIsReplacedWithinTheRequest(t *testing.T) {
	b := newBench(t, "abcd", func(c *dynamo.Config) { c.SuspectAfter, c.W = 3, 3 })
	b.run(t, "down c", "put v1 at a")
	expect(t, "with c silent", b.reply("v1"), "")
	b.run(t, "advance 100ms")
	expect(t, "after c's time", b.reply("v1"), "ok")
	expect(t, "hinted", b.hinted(), "d(c):v1")
}

// A home that answers late and its stand-in have one copy between them, since the hint goes home: they count once (Dynamo §4.6).
func TestHomeAndItsStandInCountOnce(t *testing.T) {
	b := newBench(t, "abcde", func(c *dynamo.Config) { c.W = 3 })
	b.run(t, "down c", "hold e")
	b.begin("put v1 at a")
	late := b.catch(t, "b", "a", dynamo.ReplicateReply)
	b.run(t, "advance 100ms")
	expect(t, "hinted", b.hinted(), "d(b):v1 e(c):v1")
	b.arrive(late)
	expect(t, "with a, b and d for b", b.reply("v1"), "")
	b.host("e").disk.held = false
	b.settle()
	expect(t, "with e for c", b.reply("v1"), "ok")
}

// A stand-in that fails too is replaced by the next; the hint still names the home (Dynamo §4.6).
func TestHintNamesTheHomeAlsoAtTheSecondStandIn(t *testing.T) {
	b := newBench(t, "abcdef", nil)
	b.run(t, "down c", "down d", "put v1 at a", "advance 200ms")
	expect(t, "hinted", b.hinted(), "e(c):v1")
}

// A home whose disk refuses is as good as down (Dynamo §4.6). A refusal is no silence: nobody suspects it.
func TestHomeWhoseDiskRefusesIsReplaced(t *testing.T) {
	b := newBench(t, "abcd", nil)
	b.host("c").disk.refuses = true
	b.run(t, "put v1 at a")
	expect(t, "hinted", b.hinted(), "d(c):v1")
	if b.marks[dynamo.MarkSuspected] != 0 {
		t.Error("c answered, and is suspected")
	}
	b.host("c").disk.refuses, b.host("a").disk.refuses = false, true
	b.run(t, "put v2 at a context v1")
	expect(t, "the coordinator's own disk", b.hinted(), "d(c):v1 d(a):v2")
	expect(t, "reply", b.reply("v2"), "ok")
}

// "Upon detecting that A has recovered, D will attempt to deliver the replica to A. Once the transfer succeeds, D may delete the object":
// not before (Dynamo §4.6).
func TestHintIsDeletedOnlyAfterItsHomeAcknowledged(t *testing.T) {
	b := withHint(t)
	b.run(t, "up c", "hold c")
	b.host("c").disk.held = false
	b.settle()
	b.host("c").disk.held = true
	b.run(t, "advance 7s")
	if b.went("d", "c", dynamo.Hint) == 0 {
		t.Fatalf("d did not try:\n%s", strings.Join(b.lines, "\n"))
	}
	expect(t, "while c writes: hinted", b.hinted(), "d(c):v1")
	b.host("c").disk.held = false
	b.settle()
	b.run(t, "advance 6s")
	expect(t, "afterwards: hinted", b.hinted(), "")
	expect(t, "stored", b.stored(), "a:v1 b:v1 c:v1")
}

// withHint makes d keep v1 for c, which is down.
func withHint(t testing.TB) *bench {
	b := newBench(t, "abcd", nil)
	b.run(t, "down c", "put v1 at a", "advance 100ms")
	expect(t, "hinted", b.hinted(), "d(c):v1")
	return b
}

// A handoff that is lost, refused or not acknowledged is tried again at the next scan (Dynamo §4.6: the database is "scanned periodically").
func TestHandoffIsTriedAgain(t *testing.T) {
	b := withHint(t)
	b.run(t, "up c", "lose d>c", "advance 6s", "mend d>c")
	expect(t, "lost on the way", b.stored(), "a:v1 b:v1")
	b.host("c").disk.held = true
	b.run(t, "advance 6s")
	b.host("c").disk.held = false
	b.settle()
	expect(t, "acknowledged too late: stored", b.stored(), "a:v1 b:v1 c:v1")
	expect(t, "hinted", b.hinted(), "d(c):v1")
	b.run(t, "advance 12s")
	expect(t, "in the end", b.hinted(), "")
}

// Hints are kept in a database of their own: they survive a restart of their holder, which then delivers them (Dynamo §4.6).
func TestHintsSurviveTheirHoldersRestart(t *testing.T) {
	b := withHint(t)
	b.run(t, "down d", "advance 1s", "up d", "advance 1s")
	expect(t, "hinted", b.hinted(), "d(c):v1")
	b.run(t, "up c", "advance 12s")
	expect(t, "hinted", b.hinted(), "")
	expect(t, "stored", b.stored(), "a:v1 b:v1 c:v1")
}

// The acknowledgement of a hint means that it is synced, like any other (Dynamo §5): a hint survives its holder's loss of power.
func TestHintIsSyncedBeforeItCounts(t *testing.T) {
	b := newBench(t, "abcd", func(c *dynamo.Config) { c.W = 3 })
	b.run(t, "down c", "hold d", "put v1 at a", "advance 150ms")
	expect(t, "with d's disk busy", b.reply("v1"), "")
	b.host("d").disk.held = false
	b.settle()
	expect(t, "then", b.reply("v1"), "ok")
	b.run(t, "down d", "up d")
	expect(t, "hinted", b.hinted(), "d(c):v1")
}

// A hint that grew while it was under way is not deleted: its home has acknowledged only the beginning (Dynamo §4.6).
func TestHintThatGrewIsKept(t *testing.T) {
	b := withHint(t)
	b.run(t, "up c", "lose a>c", "advance 900ms")
	b.host("c").disk.held = true
	b.untilHints(t, 1)
	b.run(t, "put v2 at a")
	expect(t, "hinted", b.hinted(), "d(c):v1|v2")
	b.host("c").disk.held = false
	b.deliver(b.catch(t, "c", "d", dynamo.HintReply))
	expect(t, "after the acknowledgement of v1", b.hinted(), "d(c):v1|v2")
	b.settle()
	expect(t, "hinted", b.hinted(), "")
	expect(t, "stored", b.stored(), "a:v1|v2 b:v1|v2 c:v1|v2")
}

// W=1: "a write is rejected only if all nodes in the system are unavailable" (Dynamo §4.6).
func TestWriteWithWOneSucceedsWhileOneNodeIsUp(t *testing.T) {
	for _, survivor := range []string{"a", "c", "d", "e"} {
		b := clusterOf(t, "cluster abcde n=3 r=1 w=1")
		for _, name := range b.shared.Names {
			if name != survivor {
				b.run(t, "down "+name)
			}
		}
		// The survivor learns by failed attempts that the others are down; a client tries again.
		for i := 0; i < 8 && !strings.Contains(fmt.Sprint(b.replies), "v"+fmt.Sprint(i-1)); i++ {
			b.run(t, fmt.Sprintf("put v%d at %s", i, survivor), "advance 500ms")
		}
		b.run(t, "put last at "+survivor, "advance 500ms")
		expect(t, "put with only "+survivor+" up", b.reply("last"), "ok")
	}
}

// With a sloppy quorum a put is answered with success although all its homes are down (Dynamo §4.6).
func TestPutSucceedsWithAllHomesDown(t *testing.T) {
	b := newBench(t, "abcdef", nil)
	b.run(t, "down a", "down b", "down c", "get g1 at d", "advance 500ms", "get g2 at d", "advance 500ms", "put v1 at d", "advance 200ms", "get g3 at e", "advance 500ms")
	expect(t, "put", b.reply("v1"), "ok")
	expect(t, "hinted", b.hinted(), "d(a):v1 e(b):v1 f(c):v1")
	expect(t, "get from the stand-ins", b.reply("g3"), "ok v1")
	b.run(t, "up a", "up b", "up c", "advance 20s")
	expect(t, "after their return", b.stored(), "a:v1 b:v1 c:v1")
	expect(t, "hinted", b.hinted(), "")
}

// A stand-in answers reads with the hints that it keeps (Dynamo §4.6 counts them as the replicas that they stand for).
func TestStandInsAnswerReadsWithTheirHints(t *testing.T) {
	b := newBench(t, "abcdefg", func(c *dynamo.Config) { c.ReadBy = dynamo.Any })
	b.run(t, "down a", "down b", "down c", "get g1 at d", "get h1 at g", "advance 500ms", "put v1 at d", "advance 200ms", "get g2 at g", "advance 500ms")
	expect(t, "get at g, which holds nothing", b.reply("g2"), "ok v1")
}

// With a limited number of stand-ins no other node takes part (Dynamo §4.6; the paper sets no limit).
func TestNumberOfStandInsIsLimited(t *testing.T) {
	b := newBench(t, "abcdef", func(c *dynamo.Config) { c.Fallbacks = 1 })
	b.run(t, "down a", "down b", "get g at c", "advance 1s", "put v1 at c", "advance 300ms")
	expect(t, "hinted", b.hinted(), "d(a):v1")
	expect(t, "stored", b.stored(), "c:v1")
	b.run(t, "get g2 at e", "advance 1s", "put v2 at e context v1", "advance 300ms")
	if b.went("e", "*", dynamo.ForwardPut) == 0 {
		t.Error("e coordinates a put in which it may not take part")
	}
}

// A hint older than the window is dropped (not in the paper; the window is off by default).
func TestHintExpires(t *testing.T) {
	b := newBench(t, "abcd", func(c *dynamo.Config) { c.HintWindow = 20e9 })
	b.run(t, "down c", "put v1 at a", "advance 19s")
	expect(t, "within the window", b.hinted(), "d(c):v1")
	b.run(t, "advance 7s")
	expect(t, "after it", b.hinted(), "")
	if b.marks[dynamo.MarkHintExpired] != 1 {
		t.Errorf("%d hints expired", b.marks[dynamo.MarkHintExpired])
	}
}

// One home that does not take its hints keeps no other home waiting (Dynamo §4.6: hints are delivered upon each home's recovery).
func TestHomeThatRefusesItsHintsHoldsUpNoOther(t *testing.T) {
	b := newBench(t, "abcd", func(c *dynamo.Config) { c.HintsAtOnce = 2 })
	b.run(t, "down b")
	for _, key := range []string{"k", "l", "m"} {
		b.run(t, "put v1 at a key "+key, "advance 200ms")
	}
	b.run(t, "up b", "advance 1100ms", "down c", "put v2 at a key n", "advance 200ms", "up c")
	b.host("b").disk.refuses = true
	b.run(t, "advance 30s")
	if d := b.host("d").node; d.Hints() != 3 {
		t.Errorf("d still keeps %d hints, of which 3 are for b, which refuses them", d.Hints())
	}
}
