package dynamo_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dynamosim/dynamo"
)

// Failure detection (§4.8), read repair (§5), and answers that come late or twice.

// "Node A may consider node B failed if B does not respond to A's messages (even if B is responsive to C's messages)" (Dynamo §4.8).
func TestFailureDetectionIsLocal(t *testing.T) {
	b := newBench(t, "abcd", nil)
	b.run(t, "lose a>b", "put v1 at a", "advance 200ms")
	b.lines = nil
	b.run(t, "put v2 at a context v1", "put v3 at c context v1")
	expect(t, "a passes b over, c does not", fmt.Sprint(b.went("a", "b", dynamo.Replicate), b.went("c", "b", dynamo.Replicate)), "0 1")
}

// Without traffic nobody needs to know who is up (Dynamo §4.8): nodes that have nothing to say to each other are silent.
func TestNoTrafficNoProbes(t *testing.T) {
	b := newBench(t, "abcd", nil)
	b.run(t, "put v1 at a", "advance 1m", "down b", "advance 1m")
	if n := b.went("*", "*", dynamo.Probe) + b.marks[dynamo.MarkSuspected]; n != 0 {
		t.Errorf("%d probes and suspicions", n)
	}
}

// "A then uses alternate nodes to service requests that map to B's partitions; A periodically retries B to check for the latter's recovery"
// (Dynamo §4.8).
func TestSuspectedNodeIsRetriedPeriodically(t *testing.T) {
	b := newBench(t, "abcd", nil)
	b.run(t, "down b", "put v1 at a", "advance 10s")
	if n := b.went("a", "b", dynamo.Probe); n < 9 || n > 10 {
		t.Errorf("%d probes in 10 s at one a second", n)
	}
	b.run(t, "up b", "advance 1s", "put v2 at a context v1")
	if b.went("a", "b", dynamo.Replicate) != 2 {
		t.Errorf("a does not use b again:\n%s", strings.Join(b.lines, "\n"))
	}
	b.lines = nil
	b.run(t, "advance 1m")
	if n := b.went("a", "b", dynamo.Probe); n != 0 {
		t.Errorf("%d probes of a node that is not suspected", n)
	}
}

// Anything heard from a suspected node clears it, a request of its own too (Dynamo §4.8: failed is who does not respond).
func TestAnythingHeardClearsSuspicion(t *testing.T) {
	b := newBench(t, "abcd", nil)
	b.run(t, "lose a>b", "put v1 at a", "advance 100ms", "mend a>b")
	b.lines = nil
	b.run(t, "get g at b", "put v2 at a context v1")
	if b.went("a", "b", dynamo.Replicate) != 1 {
		t.Errorf("a was asked by b and still passes it over:\n%s", strings.Join(b.lines, "\n"))
	}
}

// So many timeouts in a row make a peer suspected; an answer between them begins the count anew (the paper gives no number).
func TestSuspectAfterTimeoutsInARow(t *testing.T) {
	b := newBench(t, "abcd", func(c *dynamo.Config) { c.SuspectAfter = 3 })
	for round := range 2 {
		b.run(t, "lose a>b")
		for range 2 {
			b.run(t, "put v at a", "advance 100ms")
		}
		b.run(t, "mend a>b", "put v at a", "advance 100ms")
		if b.marks[dynamo.MarkSuspected] != 0 {
			t.Fatalf("round %d: suspected after two timeouts", round)
		}
	}
	b.run(t, "lose a>b", "put v at a", "put v at a", "put v at a", "advance 100ms")
	if b.marks[dynamo.MarkSuspected] != 1 {
		t.Errorf("suspected %d times after three", b.marks[dynamo.MarkSuspected])
	}
}

// With the detector off every request tries every home (not in the paper).
func TestNoDetectorNobodyIsSuspected(t *testing.T) {
	b := newBench(t, "abcd", func(c *dynamo.Config) { c.Detect = false })
	b.run(t, "down b", "put v1 at a", "advance 1s", "put v2 at a", "advance 1s", "get g at d", "advance 1s")
	expect(t, "sent to b, suspicions", fmt.Sprint(b.went("a", "b", dynamo.Replicate), b.marks[dynamo.MarkSuspected]), "2 0")
	expect(t, "hinted all the same", b.hinted(), "d(b):v1|v2")
}

// A node that only forwards finds out too that a coordinator is gone: it asks for an acknowledgement when it has not heard of it lately
// (Dynamo §4.8; the message is the node's own).
func TestForwardingFindsOutThatANodeIsGone(t *testing.T) {
	b := newBench(t, "abcd", nil)
	b.run(t, "advance 2s", "down a", "put lost at d", "advance 100ms")
	if b.marks[dynamo.MarkSuspected] != 1 {
		t.Fatalf("d did not notice:\n%s", strings.Join(b.lines, "\n"))
	}
	b.run(t, "put v1 at d")
	expect(t, "the next put", b.reply("v1"), "ok")
}

// "After the read response has been returned to the caller the state machine waits for a small period of time to receive any outstanding
// responses. If stale versions were returned in any of the responses, the coordinator updates those nodes" (Dynamo §5).
func TestReadRepairComesAfterTheReplyAndWaitsForStragglers(t *testing.T) {
	b := staleC(t)
	b.begin("get g at a")
	straggler := b.catch(t, "c", "a", dynamo.ReadReply)
	b.settle()
	expect(t, "reply", b.reply("g"), "ok v2")
	b.run(t, "advance 50ms")
	if b.went("a", "c", dynamo.Repair) != 0 {
		t.Error("c was repaired before it had answered")
	}
	b.arrive(straggler)
	expect(t, "stored", b.stored(), "a:v2 b:v2 c:v2")
}

// staleC makes c miss v2.
func staleC(t testing.TB) *bench {
	b := clusterOf(t, "cluster abc n=3 r=2 w=2 strict")
	b.run(t, "put v1 at a", "lose a>c", "put v2 at a context v1", "mend a>c", "advance 1200ms")
	expect(t, "stored", b.stored(), "a:v2 b:v2 c:v1")
	return b
}

// The wait for stragglers is short: whoever answers after it is not repaired by this get (Dynamo §5).
func TestWaitForStragglersEnds(t *testing.T) {
	b := staleC(t)
	b.begin("get g at a")
	straggler := b.catch(t, "c", "a", dynamo.ReadReply)
	b.settle()
	b.run(t, "advance 101ms")
	b.arrive(straggler)
	expect(t, "stored", b.stored(), "a:v2 b:v2 c:v1")
	if b.marks[dynamo.MarkLateReply] == 0 {
		t.Error("the answer came in time")
	}
}

// A straggler that refuses does not prolong the wait for the others (Dynamo §5: a small period).
func TestRefusalDoesNotProlongTheWait(t *testing.T) {
	b := newBench(t, "abcde", func(c *dynamo.Config) {
		c.N, c.R, c.W, c.Sloppy = 5, 1, 5, false
		c.RepairWait = int64(10 * time.Millisecond)
	})
	b.run(t, "put v1 at a", "down b", "lose c>a")
	b.lost["a>d"] = true
	b.run(t, "put v2 at a context v1", "advance 1200ms")
	b.lost["a>d"] = false
	b.run(t, "hold b", "up b", "get g at a", "advance 10ms")
	expect(t, "d, which answered, is repaired when the wait is over", b.stored(), "a:v2 c:v2 d:v2 e:v2")
}

// Read repair pushes what the get has merged to homes that hold less, the coordinator included, and to nobody else (Dynamo §5).
func TestReadRepairReachesExactlyTheStale(t *testing.T) {
	b := staleC(t)
	b.run(t, "get g at c")
	expect(t, "the coordinator was the stale one", b.stored(), "a:v2 b:v2 c:v2")
	if n := b.went("*", "*", dynamo.Repair); n != 0 {
		t.Errorf("%d repairs went to nodes that hold everything", n)
	}
	b.run(t, "get h at b")
	if n := b.marks[dynamo.MarkReadRepair]; n != 1 {
		t.Errorf("%d repairs, one was needed", n)
	}
}

// Without read repair a stale replica stays stale (Dynamo §5).
func TestWithoutReadRepair(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=2 w=2 strict no-repair")
	b.run(t, "put v1 at a", "lose a>c", "put v2 at a context v1", "mend a>c", "advance 1s", "get g at a", "advance 1s")
	expect(t, "stored", b.stored(), "a:v2 b:v2 c:v1")
}

// An acknowledgement that comes after the replica was given up, and before the request has ended, still counts (Dynamo §4.5: W nodes have it).
func TestLateAcknowledgementCounts(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=2 w=2 strict")
	b.begin("put v1 at a")
	late := b.catch(t, "b", "a", dynamo.ReplicateReply)
	b.run(t, "lose a>c")
	b.queue = b.queue[:0]
	b.run(t, "advance 99ms")
	b.arrive(late)
	expect(t, "within b's time", b.reply("v1"), "ok")
}

// An answer to a request that has ended is ignored, also when its place is taken by a new one (Dynamo §5: one state machine a request).
func TestAnswerToAnOldRequestIsIgnored(t *testing.T) {
	b := newBench(t, "abc", func(c *dynamo.Config) { c.W, c.Sloppy, c.Detect = 3, false, false })
	b.begin("put v1 at a")
	old := b.catch(t, "b", "a", dynamo.ReplicateReply)
	b.run(t, "advance 400ms", "lose a>b", "put v2 at a")
	b.arrive(old)
	expect(t, "put of which b has heard nothing", b.reply("v2"), "")
}

// Neither is one to a request that the node made before it crashed (Dynamo §4.5: W nodes have this version, not another one).
func TestAnswerToAFormerIncarnationIsIgnored(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=3 w=3 strict")
	b.begin("put v1 at a")
	write := b.catch(t, "b", "a", dynamo.ReplicateReply)
	b.settle()
	b.run(t, "down a", "up a", "lose a>b", "put v2 at a")
	b.arrive(write)
	expect(t, "put", b.reply("v2"), "")
	b.run(t, "down a", "mend a>b", "up a")
	b.begin("get g1 at a")
	read := b.catch(t, "b", "a", dynamo.ReadReply)
	b.settle()
	b.run(t, "down a", "up a", "lose a>b", "get g2 at a key l")
	b.arrive(read)
	expect(t, "get", b.reply("g2"), "")
}

// An acknowledgement of a hint as it was sent first is none of what was sent later (Dynamo §4.6: deleted once the transfer has succeeded).
func TestLateAcknowledgementOfAHintIsIgnored(t *testing.T) {
	b := withHint(t)
	b.run(t, "up c", "advance 2s", "lose a>c")
	b.host("c").disk.held = true
	b.untilHints(t, 1)
	b.host("c").disk.held = false
	late := b.catch(t, "c", "d", dynamo.HintReply)
	b.run(t, "advance 100ms", "put v2 at a", "advance 1500ms", "lose d>c")
	b.untilHints(t, 2)
	b.arrive(late)
	expect(t, "c has v1 only", b.stored(), "a:v1|v2 b:v1|v2 c:v1")
	expect(t, "hinted", b.hinted(), "d(c):v1|v2")
}

// untilHints lets time pass until d has sent c so many hints.
func (b *bench) untilHints(t testing.TB, n int) {
	t.Helper()
	for range 200 {
		if b.went("d", "c", dynamo.Hint) >= n {
			return
		}
		b.run(t, "advance 50ms")
	}
	t.Fatalf("d sent no hint in 10 s:\n%s", strings.Join(b.lines, "\n"))
}

// A put that the network delivers twice is done once, whoever passed it on (Dynamo §4.4: each modification's result is one version).
func TestPutDeliveredTwiceIsDoneOnce(t *testing.T) {
	b := newBench(t, "abcd", nil)
	direct := b.letterFor(t, "put v1 at a")
	b.arrive(direct)
	b.run(t, "put v2 at a context v1")
	b.arrive(direct)
	expect(t, "sent twice by the client", b.stored(), "a:v2 b:v2 c:v2")

	passed := b.letterFor(t, "put v3 at d context v2")
	b.queue = append(b.queue, passed)
	forward := b.catch(t, "d", "a", dynamo.ForwardPut)
	b.arrive(forward)
	b.run(t, "put v4 at a context v3")
	b.arrive(passed)
	b.arrive(forward)
	expect(t, "passed on", b.stored(), "a:v4 b:v4 c:v4")
	if b.marks[dynamo.MarkDuplicate] != 3 {
		t.Errorf("%d duplicates", b.marks[dynamo.MarkDuplicate])
	}
}

// The copy of a put that was refused is dropped, too: its client may know for certain that it was not done.
func TestCopyOfARefusedPutIsNotDone(t *testing.T) {
	b := newBench(t, "abc", nil)
	b.run(t, "down a", "hold a", "up a")
	early := b.letterFor(t, "put v1 at a")
	b.arrive(early)
	expect(t, "reply", b.reply("v1"), "recovering")
	b.host("a").disk.held = false
	b.settle()
	b.arrive(early)
	shed := b.letterFor(t, "put v2 at a")
	b.host("a").node.Shed(shed.from, &shed.m)
	b.settle()
	b.arrive(shed)
	expect(t, "reply", b.reply("v2"), "overloaded")
	expect(t, "stored", b.stored(), "")
}

// The copy of a put that is being done is not refused: its client would know for certain what is not so.
func TestCopyOfAnAcceptedPutIsNotRefused(t *testing.T) {
	b := newBench(t, "abc", nil)
	l := b.letterFor(t, "put v1 at a")
	b.deliver(l)
	b.host("a").node.Shed(l.from, &l.m)
	b.settle()
	expect(t, "reply", b.reply("v1"), "ok")
}
