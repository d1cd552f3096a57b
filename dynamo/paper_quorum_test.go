package dynamo_test

import (
	"fmt"
	"strings"
	"testing"

	"dynamosim/dynamo"
)

// What the paper says of get and put operations (§4.5) and of their state machines (§5).

// "If at least W-1 nodes respond then the write is considered successful": with the coordinator's own write that is W (Dynamo §4.5).
func TestPutSucceedsWithTheLocalWriteAndWMinusOneOthers(t *testing.T) {
	for w := 1; w <= 3; w++ {
		b := clusterOf(t, fmt.Sprintf("cluster abc n=3 r=2 w=%d", w))
		b.begin("put v1 at a")
		first, second := b.catch(t, "b", "a", dynamo.ReplicateReply), b.catch(t, "c", "a", dynamo.ReplicateReply)
		b.settle()
		for answers, l := range []letter{first, second} {
			if told, want := b.reply("v1") != "", answers+1 >= w; told != want {
				t.Errorf("W=%d: after the local write and %d others the client was told: %v", w, answers, told)
			}
			b.arrive(l)
		}
		expect(t, "reply", b.reply("v1"), "ok")
	}
}

// The coordinator "writes the new version locally", then "sends the new version to the N highest-ranked reachable nodes" (Dynamo §4.5).
func TestCoordinatorWritesLocallyFirst(t *testing.T) {
	b := newBench(t, "abc", nil)
	b.onMark = func(h *machine, m dynamo.Mark) {
		if m == dynamo.MarkPutLocalWrite && (h.node.Stored(0) == nil || len(h.disk.done) == 0 || len(b.queue) > 0) {
			t.Errorf("%d messages are under way, %d operations of the disk, stored %q", len(b.queue), len(h.disk.done), b.stored())
		}
	}
	b.run(t, "put v1 at a")
	if b.marks[dynamo.MarkPutLocalWrite] != 1 {
		t.Error("the moment between the two was not told")
	}
}

// The coordinator's own write counts when it is done, not before (Dynamo §4.5: it "writes the new version locally").
func TestLocalWriteCountsOnceItIsDurable(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=2 w=3")
	b.run(t, "hold a", "put v1 at a")
	expect(t, "with a's disk still busy", b.reply("v1"), "")
	b.host("a").disk.held = false
	b.settle()
	expect(t, "afterwards", b.reply("v1"), "ok")
}

// A replica's acknowledgement means that the version is on its disk, so W of them survive a loss of power everywhere (Dynamo §5).
func TestReplicaAcknowledgesWhatIsSynced(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=2 w=2")
	b.run(t, "hold b", "hold c", "put v1 at a")
	expect(t, "with both disks busy", b.reply("v1"), "")
	b.host("b").disk.held = false
	b.settle()
	expect(t, "with one of them done", b.reply("v1"), "ok")
	b.run(t, "power-loss c")
	expect(t, "stored", b.stored(), "a:v1 b:v1")
}

// An acknowledgement counts once per physical node, however often it comes (Dynamo §4.3: distinct physical nodes).
func TestAcknowledgementCountsOncePerNode(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=2 w=3")
	b.begin("put v1 at a")
	again := b.catch(t, "b", "a", dynamo.ReplicateReply)
	last := b.catch(t, "c", "a", dynamo.ReplicateReply)
	for range 3 {
		b.arrive(again)
	}
	expect(t, "three answers of b", b.reply("v1"), "")
	b.arrive(last)
	expect(t, "and one of c", b.reply("v1"), "ok")
}

// The coordinator requests all versions from the N highest-ranked reachable nodes and waits for R responses (Dynamo §4.5).
func TestGetWaitsForRAnswers(t *testing.T) {
	for r := 1; r <= 3; r++ {
		b := clusterOf(t, fmt.Sprintf("cluster abc n=3 r=%d w=3", r))
		b.run(t, "put v1 at a")
		b.begin("get g at a")
		first, second := b.catch(t, "b", "a", dynamo.ReadReply), b.catch(t, "c", "a", dynamo.ReadReply)
		b.settle()
		for answers, l := range []letter{first, second} {
			if told, want := b.reply("g") != "", answers+1 >= r; told != want {
				t.Errorf("R=%d: with a's own answer and %d others the client was told: %v", r, answers, told)
			}
			b.arrive(l)
		}
		expect(t, "reply", b.reply("g"), "ok v1")
	}
}

// A get merges what R nodes hold; the first answer alone may be stale (Dynamo §4.5, §5).
func TestGetReturnsWhatAnyOfTheRNodesHolds(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=2 w=2 strict")
	b.run(t, "put v1 at a", "lose a>c", "put v2 at a context v1", "mend a>c", "lose c>b", "lose b>c")
	expect(t, "stored", b.stored(), "a:v2 b:v2 c:v1")
	b.begin("get g at c")
	b.arrive(b.catch(t, "c", "a", dynamo.Read))
	expect(t, "c's own answer is the first", b.reply("g"), "ok v2")
}

// "If too few replies were received within a given time bound, fail the request" (Dynamo §5). What a put has done by then stays done: nobody knows.
func TestTooFewAnswersInTimeFailTheRequest(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=2 w=2 strict")
	b.run(t, "put v1 at a", "lose a>b", "lose a>c")
	b.run(t, "put v2 at a context v1", "get g at a", "advance 99ms")
	expect(t, "put within the bound", b.reply("v2"), "")
	expect(t, "get within the bound", b.reply("g"), "")
	b.run(t, "advance 201ms")
	expect(t, "put", b.reply("v2"), "timeout")
	expect(t, "get", b.reply("g"), "timeout")
	expect(t, "stored", b.stored(), "a:v2 b:v1 c:v1")
	if b.replies["v2"][0].Status.Refused() {
		t.Error("a put that the coordinator stored is called refused")
	}
}

// A put is refused for certain only if no replica was sent it, the coordinator included (definite failures, Dynamo §4.5).
func TestPutIsRefusedOnlyIfNobodyWasSentIt(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=2 w=2 strict")
	b.run(t, "down b", "down c", "put v1 at a", "advance 300ms")
	b.lines = nil
	b.run(t, "put v2 at a")
	expect(t, "reply", b.reply("v2"), "unavailable")
	if !b.replies["v2"][0].Status.Refused() || b.went("*", "*", dynamo.Replicate) != 0 || strings.Contains(b.stored(), "v2") {
		t.Errorf("stored %q:\n%s", b.stored(), strings.Join(b.lines, "\n"))
	}
}

// A node that still reads its disk refuses, and keeps nothing of what it refused (Dynamo §5).
// A node that does not serve yet gives a get back to the one that passed it on, which coordinates it itself (§6.4: any node may).
func TestForwardedGetIsGivenBackByARecoveringNode(t *testing.T) {
	b := newBench(t, "abcde", nil)
	b.run(t, "put v1 at a", "down a", "hold a", "up a", "get g at e")
	expect(t, "get", b.reply("g"), "ok v1")
}

func TestRecoveringNodeRefuses(t *testing.T) {
	b := newBench(t, "abc", nil)
	b.run(t, "down a", "hold a", "up a", "put v1 at a", "get g at a")
	expect(t, "put", b.reply("v1"), "recovering")
	expect(t, "get", b.reply("g"), "recovering")
	b.host("a").disk.held = false
	b.settle()
	expect(t, "stored", b.stored(), "")
	b.run(t, "put v2 at a")
	expect(t, "put after recovery", b.reply("v2"), "ok")
}

// "Operations involve the first N healthy nodes in the preference list, skipping over those that are down" (Dynamo §4.5).
func TestOperationsInvolveTheFirstNHealthyNodes(t *testing.T) {
	b := newBench(t, "abcdef", nil)
	b.run(t, "down b", "down d", "put v1 at a", "advance 1s")
	b.lines = nil
	b.run(t, "put v2 at a context v1", "get g at a")
	expect(t, "replicate and read", fmt.Sprint(
		b.went("a", "b", dynamo.Replicate), b.went("a", "c", dynamo.Replicate), b.went("a", "d", dynamo.Replicate), b.went("a", "e", dynamo.Replicate),
		b.went("a", "b", dynamo.Read), b.went("a", "c", dynamo.Read), b.went("a", "d", dynamo.Read), b.went("a", "e", dynamo.Read)), "0 1 0 1 0 1 0 1")
}

// A node that is not in the top N of the preference list does not coordinate: it forwards to the first among them (Dynamo §4.5).
func TestOthersForwardToTheFirstOfTheTopN(t *testing.T) {
	b := newBench(t, "abcde", nil)
	b.run(t, "put v1 at d", "get g at e", "put v2 at c context g")
	expect(t, "forwarded", fmt.Sprint(b.went("d", "a", dynamo.ForwardPut), b.went("e", "a", dynamo.ForwardGet), b.went("c", "*", dynamo.ForwardPut)), "1 1 0")
	expect(t, "get", b.reply("g"), "ok v1")
	expect(t, "stored", b.stored(), "a:v2 b:v2 c:v2")
}

// With routing first even a node of the top N passes on what is not its to coordinate (Dynamo §4.5, the coordinator is the first of them).
func TestFirstOfTheTopNCoordinatesAll(t *testing.T) {
	b := clusterOf(t, "cluster abcd n=3 r=2 w=2 first")
	b.run(t, "put v1 at b", "get g at c", "down a", "put v2 at b context g", "advance 1s", "put v3 at c context g")
	expect(t, "forwarded", fmt.Sprint(b.went("b", "a", dynamo.ForwardPut), b.went("c", "a", dynamo.ForwardGet)), "2 1")
	b.run(t, "put v4 at b context g")
	expect(t, "with a suspected b is the first that is up", b.reply("v4"), "ok")
}

// A request is forwarded once: whoever it was passed on to coordinates it, whatever it believes (Dynamo §4.5).
func TestRequestIsForwardedOnce(t *testing.T) {
	b := clusterOf(t, "cluster abcde n=3 r=2 w=2 first")
	b.run(t, "lose e>a", "get lost at e", "advance 200ms", "put v1 at e")
	expect(t, "e, which suspects a, turns to b, and b keeps it", fmt.Sprint(b.went("e", "b", dynamo.ForwardPut), b.went("b", "*", dynamo.ForwardPut)), "1 0")
	expect(t, "reply", b.reply("v1"), "ok")
	l := b.letterFor(t, "put v2 at c")
	l.m.Kind, l.m.Client, l.from, l.to = dynamo.ForwardPut, client, b.host("b").id, b.host("d").id
	b.arrive(l)
	expect(t, "d is not in the top N, and coordinates what b passes on", b.reply("v2"), "ok")
	if b.went("d", "*", dynamo.ForwardPut) != 0 || b.went("d", "a", dynamo.Replicate) != 1 {
		t.Errorf("what d did:\n%s", strings.Join(b.lines, "\n"))
	}
}

// letterFor makes a client's request and takes it off the network.
func (b *bench) letterFor(t testing.TB, command string) letter {
	t.Helper()
	b.begin(command)
	l := b.queue[len(b.queue)-1]
	b.queue = b.queue[:len(b.queue)-1]
	return l
}

// A get that was forwarded to a node that is gone goes to another one; a put does not, since it may have been done (Dynamo §4.5).
func TestForwardedGetGoesToAnotherCoordinator(t *testing.T) {
	b := newBench(t, "abcd", nil)
	b.run(t, "put v1 at a", "advance 2s", "down a", "get g at d", "put v2 at d")
	expect(t, "at once", b.reply("g")+b.reply("v2"), "")
	b.run(t, "advance 300ms")
	expect(t, "get", b.reply("g"), "ok v1")
	expect(t, "put", b.reply("v2"), "")
	expect(t, "stored", b.stored(), "b:v1 c:v1")
}

// The coordinator of a write is the node that replied fastest to the preceding read, as the context of the request says (Dynamo §5).
func TestWriteIsCoordinatedByTheFastestOfThePrecedingRead(t *testing.T) {
	b := clusterOf(t, "cluster abcd n=3 r=2 w=2 fastest")
	b.run(t, "put v1 at a")
	b.begin("get g at d")
	slow, fast := b.catch(t, "a", "b", dynamo.Read), b.catch(t, "a", "c", dynamo.Read)
	b.host("a").disk.held = true
	b.arrive(fast)
	b.arrive(slow)
	b.host("a").disk.held = false
	b.settle()
	expect(t, "the context's node", b.name(b.replies["g"][0].Node), "c")
	b.run(t, "put v2 at d context g prefer c")
	expect(t, "coordinator", b.name(b.replies["v2"][0].Node), "c")
	b.run(t, "put v3 at d prefer d")
	expect(t, "d is not in the top N", b.name(b.replies["v3"][0].Node), "a")
}

// N, R and W can be given with a request (Dynamo §4.5, §6: they are what a client tunes).
func TestQuorumOfOneRequest(t *testing.T) {
	b := newBench(t, "abcd", nil)
	l := b.letterFor(t, "put v1 at a")
	l.m.N, l.m.Quorum = 2, 2
	b.arrive(l)
	expect(t, "N=2", b.stored(), "a:v1 b:v1")
	b.run(t, "lose a>b")
	l = b.letterFor(t, "put v2 at a context v1")
	l.m.Quorum = 1
	b.arrive(l)
	expect(t, "W=1", b.reply("v2"), "ok")
	l = b.letterFor(t, "get g at c")
	l.m.Quorum = 3
	b.run(t, "lose a>c")
	b.arrive(l)
	expect(t, "R=3 without a", b.reply("g"), "")
}

// A node that is not among the N of a request does not coordinate it (Dynamo §4.5).
func TestCoordinatorIsAmongTheNOfTheRequest(t *testing.T) {
	b := newBench(t, "abcd", nil)
	l := b.letterFor(t, "put v1 at b")
	l.m.N, l.m.Quorum = 1, 1
	b.arrive(l)
	expect(t, "coordinator", b.name(b.replies["v1"][0].Node), "a")
	expect(t, "stored", b.stored(), "a:v1")
}

// "Any storage node in Dynamo is eligible to receive client get and put operations for any key" (Dynamo §4.5).
func TestAnyNodeTakesAnyRequest(t *testing.T) {
	b := newBench(t, "abcdef", nil)
	for i, name := range b.shared.Names {
		label := fmt.Sprint("v", i)
		b.run(t, "put "+label+" at "+name+" key l", "get g"+label+" at "+name+" key l")
		expect(t, label, b.reply(label), "ok")
	}
}
