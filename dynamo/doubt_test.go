package dynamo_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dynamosim/dynamo"
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// What a node answers whose disk was damaged, is an old copy, or came back empty (Dynamo §5: a replica's answer counts for R).

// doubtful is a cluster of three, strict, in which only a and b hold v1, and the coordinator of a get counts nobody's answer but its own.
func doubtful(t *testing.T, change func(*dynamo.Config)) *bench {
	b := newBench(t, "abc", func(c *dynamo.Config) {
		gossiping(c)
		c.Sloppy, c.R, c.W, c.Mend, c.ReadRepair = false, 1, 2, true, false
		if change != nil {
			change(c)
		}
	})
	b.run(t, "lose a>c", "put v1 at a", "mend a>c", "advance 2s")
	expect(t, "stored", b.stored(), "a:v1 b:v1")
	return b
}

// alone lets a coordinator count only its own answer from now on.
func (b *bench) alone() {
	b.loses = func(m *dynamo.Message) bool { return m.Kind == dynamo.ReadReply }
}

func withoutMending(c *dynamo.Config) { c.Mend = false }

// A replica whose record is unreadable does not say that it holds nothing: it asks the other homes first.
func TestAbsenceDoesNotWinOverADamagedValue(t *testing.T) {
	b := doubtful(t, nil)
	b.host("b").rot(t, "data", payload(b.host("b").node.Stored(0)))
	b.alone()
	b.run(t, "get g1 at b", "get g2 at b")
	expect(t, "the read that finds the damage", b.reply("g1"), "ok v1")
	expect(t, "the next one", b.reply("g2"), "ok v1")
	expect(t, "stored", b.stored(), "a:v1 b:v1")
	if b.marks[dynamo.MarkMended] != 1 {
		t.Errorf("mended %d times", b.marks[dynamo.MarkMended])
	}

	b = doubtful(t, withoutMending)
	b.host("b").rot(t, "data", payload(b.host("b").node.Stored(0)))
	b.alone()
	b.run(t, "get g1 at b", "advance 1s", "get g2 at b")
	expect(t, "without: absence wins", b.reply("g2"), "ok")
}

// While too few of the other homes answer, it answers with an error; later it tries again by itself.
func TestDoubtIsAnErrorWhileHomesAreSilent(t *testing.T) {
	b := doubtful(t, nil)
	b.host("b").rot(t, "data", payload(b.host("b").node.Stored(0)))
	b.alone()
	b.run(t, "down a", "get g1 at b", "advance 1s", "get g2 at b", "advance 1s")
	for _, get := range []string{"g1", "g2"} {
		if got := b.reply(get); strings.HasPrefix(got, "ok") || got == "" {
			t.Errorf("%s: %q", get, got)
		}
	}
	b.run(t, "up a", "advance 3s", "get g3 at b")
	expect(t, "with a", b.reply("g3"), "ok v1")
}

// Doubt of a key outlives a restart, and a write of the key in between.
func TestDoubtOutlivesARestart(t *testing.T) {
	for _, between := range []string{"", "put v2 at b"} {
		b := doubtful(t, nil)
		b.host("b").rot(t, "data", payload(b.host("b").node.Stored(0)))
		b.alone()
		b.run(t, "lose b>a", "get g1 at b", "lose a>b", "advance 500ms")
		want := "ok v1"
		if between != "" {
			b.loses = nil
			b.run(t, "advance 3s", between)
			b.alone()
			expect(t, "put", b.reply("v2"), "ok")
			want = "ok v1|v2"
		}
		b.run(t, "down b", "up b", "mend a>b", "mend b>a", "get g2 at b", "advance 1s")
		expect(t, "after "+between, b.reply("g2"), want)
		b.run(t, "down b", "up b")
		mended := b.marks[dynamo.MarkMended]
		b.run(t, "get g3 at b")
		expect(t, "after another restart", b.reply("g3"), want)
		if b.marks[dynamo.MarkMended] != mended {
			t.Error("it is in doubt still")
		}
	}
}

// copied is what is on a disk.
func (d *flatDisk) copied() *flatDisk {
	c := &flatDisk{files: map[string]storage.File{}}
	for name, f := range d.files { // order: a copy of a map
		c.files[name] = f
	}
	for _, data := range d.data {
		c.data = append(c.data, slices.Clone(data))
	}
	return c
}

// A node on a disk that was put back from an old copy takes a new actor, and takes no part in reads with what is out of date (Dynamo §4.4, §4.5).
func TestRestoredDiskIsInDoubt(t *testing.T) {
	for _, mend := range []bool{true, false} {
		b := doubtful(t, func(c *dynamo.Config) { c.Mend = mend })
		h := b.host("b")
		old := h.disk.copied()
		b.run(t, "put v2 at b context v1", "put beside at b", "down b")
		seen := map[vclock.Dot]string{}
		b.dotsOf(seen, "a")
		h.disk, old.copy, h.luck = old, 7, 1
		b.run(t, "up b", "advance 2s")
		b.alone()
		b.run(t, "get g at b")
		want := map[bool]string{true: "ok v2|beside", false: "ok v1"}[mend]
		expect(t, "get", b.reply("g"), want)
		b.loses = nil
		b.run(t, "put v3 at b", "advance 1s", "get all at a")
		for _, v := range b.replies["all"][0].Set.Versions {
			if name, ok := seen[v.Dot]; ok && name != b.values[v.Value.ID] {
				t.Errorf("%s has the dot of %s", b.values[v.Value.ID], name)
			}
		}
		expect(t, "all", b.reply("all"), "ok v2|beside|v3")
		epoch := dynamo.ActorEpoch(b.newest("b"))
		b.run(t, "down b", "up b", "put v4 at b")
		if next := dynamo.ActorEpoch(b.newest("b")); epoch < 1<<31 || next <= epoch || next > epoch+1000 {
			t.Errorf("epoch %d after the copy, then %d", epoch, next)
		}
	}
}

// A disk whose syncs lied brings back an older reservation of epochs, and nothing on it tells: the node all the same takes an actor that it
// never had before (Dynamo §4.4).
func TestAnOldReservationBringsBackNoActor(t *testing.T) {
	b := newBench(t, "abc", gossiping)
	h := b.host("b")
	b.run(t, "down b", "up b", "advance 2s") // so that the disk has a reservation of this cluster's life
	old := h.disk.copied()
	seen := map[vclock.Actor]uint64{}
	for luck := uint64(1); luck <= 20; luck++ {
		b.run(t, "down b")
		h.disk, h.luck = old.copied(), luck<<16
		value := fmt.Sprint("v", luck)
		b.run(t, "up b", "advance 2s", "put "+value+" at b")
		actor := b.made("b", value).Actor
		if before, was := seen[actor]; was {
			t.Fatalf("lives %d and %d have the actor of epoch %d", before, luck, dynamo.ActorEpoch(actor))
		}
		seen[actor] = luck
	}
	b.run(t, "get all at a")
	if n := len(b.replies["all"][0].Set.Versions); n != len(seen) {
		t.Errorf("%d blind puts left %d versions", len(seen), n)
	}
}

// A node whose identity is unreadable, or may be an old one, takes a new actor. What it was in doubt about was written there: it is in doubt of all.
func TestALostIdentityIsDoubt(t *testing.T) {
	const header = 48                                               // bytes before a record's key
	for name, damage := range map[string]func(log []byte, key int){ // order: each begins anew
		"nothing":               func([]byte, int) {},
		"its bytes":             func(log []byte, key int) { log[key+len("identity")] ^= 1 },
		"a header before it":    func(log []byte, key int) { log[bytes.LastIndex(log[:key], []byte("identity"))-header] ^= 1 },
		"a state that is older": func(log []byte, key int) { log[bytes.LastIndex(log[:key], []byte("identity"))+len("identity")] ^= 1 },
	} {
		b := doubtful(t, nil)
		h := b.host("b")
		b.run(t, "down b", "up b", "advance 2s", "down b", "up b", "advance 2s", "put first at b")
		if err := h.node.Do(dynamo.Command{What: membership.Leave, Node: b.host("c").id}); err != nil { // so that the log goes on
			t.Fatal(err)
		}
		b.run(t, "advance 5s", "down b")
		before := b.made("a", "first").Actor
		for file, f := range h.disk.files { // order: one file matches
			if log := h.disk.data[f]; strings.HasPrefix(file, dynamo.MetaFiles) && bytes.Contains(log, []byte("identity")) {
				damage(log, bytes.LastIndex(log, []byte("identity")))
			}
		}
		h.luck++
		b.run(t, "up b")
		lost := name == "its bytes" || name == "a header before it"
		if any, _, _ := h.node.Doubt(); any != lost {
			t.Errorf("%s is unreadable; in doubt: %v", name, any)
		}
		b.run(t, "advance 2s", "put second at b")
		if after := b.made("a", "second").Actor; after == before || lost != (dynamo.ActorEpoch(after) >= 1<<31) {
			t.Errorf("%s is unreadable: epoch %d, then %d", name, dynamo.ActorEpoch(before), dynamo.ActorEpoch(after))
		}
	}
}

// However far the starts of a node leap, five hundred of them leave room for more: no epoch comes twice.
func TestEpochsDoNotRunOut(t *testing.T) {
	b := newBench(t, "abc", gossiping)
	b.host("a").luck = ^uint64(0)
	b.run(t, "put v0 at a")
	last := b.made("a", "v0").Actor
	for life := 1; life <= 500; life++ {
		value := fmt.Sprint("v", life)
		b.run(t, "down a", "up a", "advance 1s", fmt.Sprintf("put %s at a context v%d", value, life-1))
		actor := b.made("a", value).Actor
		if actor <= last || dynamo.ActorEpoch(actor) >= 1<<31 {
			t.Fatalf("life %d: epoch %d after %d", life, dynamo.ActorEpoch(actor), dynamo.ActorEpoch(last))
		}
		last = actor
	}
}

// made is the dot of a version of key k that a node stores.
func (b *bench) made(node, value string) vclock.Dot {
	for _, v := range b.host(node).node.Stored(0).Versions {
		if b.values[v.Value.ID] == value {
			return v.Dot
		}
	}
	return vclock.Dot{}
}

// dotsOf notes the dots that a node holds of key k.
func (b *bench) dotsOf(seen map[vclock.Dot]string, node string) {
	for _, v := range b.host(node).node.Stored(0).Versions {
		seen[v.Dot] = b.values[v.Value.ID]
	}
}

// newest is the actor of the version that a node has made last of those that it holds of key k.
func (b *bench) newest(node string) vclock.Actor {
	h, last := b.host(node), vclock.Actor(0)
	for _, v := range h.node.Stored(0).Versions {
		if dynamo.ActorNode(v.Dot.Actor) == h.id {
			last = max(last, v.Dot.Actor)
		}
	}
	return last
}

// After a torn tail a node that does not find a key asks the other homes before it says so; of what it finds it is sure.
func TestTornTailIsNoAbsence(t *testing.T) {
	b := doubtful(t, nil)
	b.run(t, "put w at b key l", "down c")
	c := b.host("c")
	for name, f := range c.disk.files { // order: one file matches
		if strings.HasPrefix(name, "data-") {
			c.disk.data[f] = append(c.disk.data[f], "what a crash has left"...)
		}
	}
	b.run(t, "up c", "advance 1s")
	b.alone()
	b.run(t, "get g at c", "get found at c key l")
	expect(t, "get", b.reply("g"), "ok v1")
	expect(t, "a key that it finds", b.reply("found"), "ok w")
	if b.marks[dynamo.MarkTornTail] != 1 || b.marks[dynamo.MarkMended] != 1 {
		t.Errorf("%d torn tails, %d keys mended", b.marks[dynamo.MarkTornTail], b.marks[dynamo.MarkMended])
	}
}

// A whole cluster in doubt mends itself: who has nobody else to ask has heard all there is.
func TestAllInDoubt(t *testing.T) {
	b := doubtful(t, nil)
	b.run(t, "put w at b key m", "down a", "down b", "down c")
	for _, h := range b.hosts {
		for name, f := range h.disk.files { // order: each file on its own
			if strings.HasPrefix(name, "data-") {
				h.disk.data[f] = append(h.disk.data[f], "what a crash has left"...)
			}
		}
	}
	b.run(t, "up a", "up b", "up c", "advance 2s")
	b.alone()
	b.run(t, "get g at c", "get none at c key l")
	expect(t, "get", b.reply("g"), "ok v1")
	expect(t, "get of what nobody holds", b.reply("none"), "ok")
}

// Anti-entropy ends the doubt of a node, range by range (Dynamo §4.7), and not before all homes of its ranges were found equal.
func TestAntiEntropyEndsDoubt(t *testing.T) {
	b := newBench(t, "abc", func(c *dynamo.Config) {
		gossiping(c)
		c.Sloppy, c.R, c.W, c.Mend, c.ReadRepair = false, 1, 2, true, false
		c.AntiEntropy, c.AntiEntropyEvery, c.AntiEntropyPeers = true, int64(20*time.Second), 1
		c.Tree.Branching, c.Tree.Depth = 2, 4
	})
	b.run(t, "put v1 at a", "advance 2m", "down b")
	b.host("b").disk = &flatDisk{files: map[string]storage.File{"other": 0}, data: [][]byte{nil}}
	b.host("b").luck = 1
	b.run(t, "lose b>c", "up b", "advance 5m")
	if b.marks[dynamo.MarkDoubt] != 1 || b.marks[dynamo.MarkDoubtEnded] != 0 {
		t.Fatalf("%d doubts, %d ended, c not having been heard", b.marks[dynamo.MarkDoubt], b.marks[dynamo.MarkDoubtEnded])
	}
	b.run(t, "mend b>c", "advance 5m")
	if b.marks[dynamo.MarkDoubtEnded] != 1 {
		t.Fatal("the doubt has not ended")
	}
	mended := b.marks[dynamo.MarkMended]
	b.alone()
	b.run(t, "get g at b", "get none at b key n", "down b", "up b", "get again at b key n")
	expect(t, "get", b.reply("g"), "ok v1")
	if b.marks[dynamo.MarkMended] != mended || b.marks[dynamo.MarkDoubt] != 1 {
		t.Error("it is in doubt still")
	}
}

// A write that the disk refused is written again when the disk takes it: what is in memory is on disk in the end.
func TestRefusedWriteIsWrittenLater(t *testing.T) {
	b := doubtful(t, nil)
	b.host("c").disk.refuses = true
	b.run(t, "put v2 at a", "advance 3s")
	expect(t, "put", b.reply("v2"), "ok")
	b.host("c").disk.refuses = false
	b.run(t, "advance 2s", "down c", "up c")
	expect(t, "stored", b.stored(), "a:v1|v2 b:v1|v2 c:v1|v2")
}

// A node whose disk takes no writes at its start asks it again from time to time, and serves when it does.
func TestStartOnAFullDisk(t *testing.T) {
	b := doubtful(t, nil)
	b.run(t, "down b")
	b.host("b").disk.refuses = true
	b.run(t, "up b", "advance 3s") // which would not end if it asked without a pause
	if b.host("b").node.Serving() {
		t.Fatal("it serves without an epoch")
	}
	b.host("b").disk.refuses = false
	b.run(t, "advance 1s")
	if !b.host("b").node.Serving() {
		t.Error("it does not serve")
	}
}

// A replica that cannot read what it holds is not replaced by a stand-in that holds nothing (Dynamo §4.6).
func TestNoStandInForADamagedReplica(t *testing.T) {
	b := newBench(t, "abcd", func(c *dynamo.Config) { gossiping(c); c.ReadRepair, c.R, c.W = false, 2, 2 })
	b.run(t, "lose a>c", "lose a>d", "put v1 at a", "mend a>c", "mend a>d", "advance 5s")
	b.host("b").rot(t, "data", payload(b.host("b").node.Stored(0)))
	b.begin("get g at c") // which holds nothing
	late := b.catch(t, "a", "c", dynamo.ReadReply)
	b.settle()
	expect(t, "before a answers", b.reply("g"), "")
	b.arrive(late)
	expect(t, "get", b.reply("g"), "ok v1")
}
