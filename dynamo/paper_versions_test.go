package dynamo_test

import (
	"strings"
	"testing"
	"time"

	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
)

func versioned(t testing.TB, names string, mode vclock.Mode, v dynamo.Versioning) *bench {
	return newBench(t, names, func(c *dynamo.Config) {
		c.Mode, c.Versions = mode, v
		c.N, c.R, c.W = len(names), 2, 2
		c.Sloppy = false
	})
}

// When the number of pairs reaches a threshold the oldest goes (Dynamo §4.4): only the coordinator cuts, once, when it makes the version, and
// never the pair that it has just added.
func TestOnlyTheCoordinatorTruncates(t *testing.T) {
	for _, mode := range []vclock.Mode{vclock.Dotted, vclock.Riak, vclock.Paper} {
		b := versioned(t, "abcd", mode, dynamo.Versioning{MaxEntries: 2})
		b.run(t, "put v1 at a", "advance 1s", "get g1 at b", "put v2 at b context g1", "advance 1s", "get g2 at c", "put v3 at c context g2")
		if n := b.marks[dynamo.MarkTruncated]; n != 1 {
			t.Errorf("%v: %d truncations of three puts, the first two of which leave two pairs", mode, n)
		}
		set := b.host("c").node.Stored(0)
		v := set.Versions[len(set.Versions)-1]
		if shown := b.clock(v.Shown(nil)); mode == vclock.Paper && shown != "[(b,1),(c,1)]" {
			t.Errorf("%v: v3 has the clock %s", mode, shown)
		}
		if mode != vclock.Paper && (len(set.Context) != 2 || set.Context.Get(dynamo.ActorOf(0, 1)) != 0 || !set.Context.Covers(v.Dot)) {
			t.Errorf("%v: the coordinator keeps the context %s", mode, b.clock(set.Context))
		}
		before := b.marks[dynamo.MarkTruncated]
		b.run(t, "get g3 at a", "advance 1s")
		if b.marks[dynamo.MarkTruncated] != before {
			t.Errorf("%v: a read truncated", mode)
		}
	}
}

// What was cut is seen no more: a node that missed what came between holds the first version beside the last (Dynamo §4.4).
func TestTruncationMakesFalseSiblings(t *testing.T) {
	for entries, want := range map[int]string{2: "d:v1|v3", 0: "d:v3"} {
		b := versioned(t, "abcd", vclock.Dotted, dynamo.Versioning{MaxEntries: entries})
		b.run(t, "put v1 at a", "advance 1s", "lose b>d", "put v2 at b context v1", "advance 1s", "put v3 at c context v2")
		if got := b.stored(); !strings.HasSuffix(got, want) {
			t.Errorf("max_entries %d: %s, want %s", entries, got, want)
		}
	}
}

// A put that would leave more versions than allowed is refused, and no replica was sent it.
func TestMaxSiblings(t *testing.T) {
	b := versioned(t, "abc", vclock.Dotted, dynamo.Versioning{MaxSiblings: 2})
	b.run(t, "put v1 at a", "put v2 at b", "put v3 at c", "get both at a")
	expect(t, "third", b.reply("v3"), "too many siblings")
	expect(t, "stored", b.stored(), "a:v1|v2 b:v1|v2 c:v1|v2")
	b.run(t, "put joined at c context both")
	expect(t, "joined", b.reply("joined"), "ok")
	expect(t, "stored", b.stored(), "a:joined b:joined c:joined")
}

// One clock for all siblings: a client that puts without having read what came between adds a sibling each time; nothing is lost, and a
// put that saw everything replaces everything.
func TestOneClockForAllSiblings(t *testing.T) {
	b := versioned(t, "abc", vclock.Riak, dynamo.Versioning{})
	b.run(t, "put ann1 at a", "get ann at a", "put bob1 at b", "put ann2 at a context ann", "put bob2 at b context bob1")
	b.run(t, "get all at c")
	expect(t, "siblings", b.reply("all"), "ok ann1|ann2|bob1|bob2")
	b.run(t, "put joined at c context all", "put next at b context joined", "get one at a")
	expect(t, "joined", b.reply("one"), "ok next")
}

// The store can pick by timestamp (Dynamo §6): a get returns the newest of several versions, with a context that covers all.
func TestStorePicksTheNewestOfSeveralVersions(t *testing.T) {
	for _, mode := range []vclock.Mode{vclock.Dotted, vclock.Riak, vclock.Paper} {
		b := versioned(t, "abc", mode, dynamo.Versioning{Newest: true})
		b.run(t, "skew c 1h", "put ahead at c", "put later at b", "get g at a")
		expect(t, mode.String(), b.reply("g"), "ok ahead")
		b.run(t, "put next at a context g", "get h at b")
		expect(t, mode.String()+", stored", b.stored(), "a:next b:next c:next")
	}
}

// A node that lost power before its own copy was durable makes its next version under another actor, so that no pair (actor, counter) names
// two versions. Under its old name it would.
func TestForgetfulNodeTakesANewActor(t *testing.T) {
	for fixed, want := range map[bool]string{false: "2", true: "1"} {
		b := versioned(t, "abc", vclock.Dotted, dynamo.Versioning{FixedActors: fixed})
		b.run(t, "put x at a key l", "hold a", "put v1 at a", "power-loss a", "up a", "put v2 at a", "advance 1s")
		set := b.host("b").node.Stored(0)
		if got := len(set.Versions); string(rune('0'+got)) != want {
			t.Errorf("fixed %v: b holds %s", fixed, b.setWords(set))
		}
	}
}

// A node under one actor counts on from what its disk holds.
func TestFixedActorCountsOn(t *testing.T) {
	b := versioned(t, "abc", vclock.Dotted, dynamo.Versioning{FixedActors: true})
	b.run(t, "put v1 at a", "put v2 at a", "down a", "up a", "put v3 at a", "get g at b")
	expect(t, "get", b.reply("g"), "ok v1|v2|v3")
}

// A delete leaves a version that says so, and a replica that missed it learns of it.
func TestDeleteLeavesATombstone(t *testing.T) {
	b := versioned(t, "abc", vclock.Dotted, dynamo.Versioning{Grace: int64(time.Hour)})
	b.run(t, "put v1 at a", "lose a>c", "delete gone at a context v1", "mend a>c", "advance 1s", "get g at c", "advance 1s")
	expect(t, "stored", b.stored(), "a:gone b:gone c:gone")
	if b.marks[dynamo.MarkTombstone] != 3 || b.marks[dynamo.MarkTombstoneForgotten] != 0 {
		t.Errorf("%d tombstones stored, %d forgotten", b.marks[dynamo.MarkTombstone], b.marks[dynamo.MarkTombstoneForgotten])
	}
}

// After its grace a tombstone is forgotten with all that was known of the key, on disk too; what a replica that missed it holds is then all
// there is.
func TestTombstoneIsForgottenAfterItsGrace(t *testing.T) {
	for _, mode := range []vclock.Mode{vclock.Dotted, vclock.Riak, vclock.Paper, vclock.LastWriteWins} {
		b := versioned(t, "abc", mode, dynamo.Versioning{Grace: int64(10 * time.Second)})
		b.run(t, "advance 1s", "put v1 at a", "lose a>c", "advance 1s", "delete gone at a context v1", "mend a>c", "advance 5s")
		expect(t, mode.String()+" within the grace", b.stored(), "a:gone b:gone c:v1")
		b.run(t, "down b", "up b", "advance 8s")
		expect(t, mode.String()+" after it", b.stored(), "c:v1")
		b.run(t, "down a", "up a", "get g at c", "advance 1s")
		expect(t, mode.String()+" after a restart", b.reply("g"), "ok v1")
		expect(t, mode.String()+" repaired", b.stored(), "a:v1 b:v1 c:v1")
		if b.marks[dynamo.MarkTombstoneForgotten] != 2 {
			t.Errorf("%v: %d tombstones forgotten", mode, b.marks[dynamo.MarkTombstoneForgotten])
		}
	}
}

// Tombstones beside a live version go alone.
func TestTombstoneBesideALiveVersion(t *testing.T) {
	b := versioned(t, "abc", vclock.Dotted, dynamo.Versioning{Grace: int64(10 * time.Second)})
	b.run(t, "advance 1s", "put v1 at a", "delete gone at a context v1", "put other at b", "advance 5s")
	expect(t, "within the grace", b.stored(), "a:gone|other b:gone|other c:gone|other")
	b.run(t, "advance 8s")
	expect(t, "after it", b.stored(), "a:other b:other c:other")
}

// Without tombstones a delete leaves nothing where it comes, and what it did not reach is back with the next read.
func TestWithoutTombstonesADeleteLeavesNothing(t *testing.T) {
	b := versioned(t, "abc", vclock.Dotted, dynamo.Versioning{NoTombstones: true})
	b.run(t, "put v1 at a", "lose a>c", "delete gone at a context v1", "mend a>c")
	expect(t, "reply", b.reply("gone"), "ok")
	expect(t, "stored", b.stored(), "c:v1")
	b.run(t, "down a", "up a", "advance 1s", "get g at c", "advance 1s")
	expect(t, "read", b.reply("g"), "ok v1")
	expect(t, "repaired", b.stored(), "a:v1 b:v1 c:v1")
}
