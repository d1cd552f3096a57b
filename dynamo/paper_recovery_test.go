package dynamo_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// Local persistence (§5): what a node finds on its disk again, under which name it goes on, and what it does with bytes that are damaged.

// A node that crashed reads its disk back and serves what it had acknowledged (Dynamo §5).
func TestNodeRecoversFromItsDisk(t *testing.T) {
	b := newBench(t, "abc", nil)
	b.run(t, "put v1 at a", "put left at b context v1", "put right at c context v1")
	b.run(t, "down a", "down b", "down c", "up a", "up b", "up c")
	expect(t, "stored", b.stored(), "a:left|right b:left|right c:left|right")
	b.run(t, "get g at b")
	expect(t, "get", b.reply("g"), "ok left|right")
}

// A replica answers a read of a key whose first write is still on its way to the disk (Dynamo §5: the engine is asked like any other).
func TestReadDuringTheFirstWriteIsNoDamage(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=3 w=2 strict")
	b.run(t, "hold c", "put v1 at a")
	b.begin("get g at a")
	read := b.catch(t, "a", "c", dynamo.Read)
	b.host("c").node.Message(read.from, &read.m)
	b.host("c").disk.held = false
	b.settle()
	expect(t, "get", b.reply("g"), "ok v1")
	if b.marks[dynamo.MarkUnreachable] != 0 {
		t.Error("the get did not get its answers")
	}
}

// No (actor, counter) names two versions: each life of a node makes versions as an actor of its own (Dynamo §4.4: a clock entry is a node and a
// counter; a node that lost its disk would count anew). One that lost its disk serves again when a peer has told it of the ring.
func TestEveryLifeHasAnActorOfItsOwn(t *testing.T) {
	b := newBench(t, "abc", gossiping)
	seen := map[vclock.Actor]string{}
	for _, life := range []string{"first", "restart", "second restart", "power loss", "wiped", "wiped again"} {
		h := b.host("a")
		switch life {
		case "first":
		case "wiped", "wiped again":
			b.run(t, "down a")
			h.disk = &flatDisk{files: map[string]storage.File{"other": 0}, data: [][]byte{nil}}
			h.luck++
			b.run(t, "up a")
		case "power loss":
			b.run(t, "hold a", "power-loss a", "up a")
		default:
			b.run(t, "down a", "up a")
		}
		b.run(t, "advance 2s", "put "+strings.ReplaceAll(life, " ", "-")+" at a")
		set := h.node.Stored(0)
		i := slices.IndexFunc(set.Versions, func(v vclock.Version) bool { return b.values[v.Value.ID] == strings.ReplaceAll(life, " ", "-") })
		if i < 0 {
			t.Fatalf("%s: %v is not stored", life, b.stored())
		}
		d := set.Versions[i].Dot
		if before, ok := seen[d.Actor]; ok || d.Counter != 1 {
			t.Errorf("%s: dot %v; actor of %q", life, d, before)
		}
		seen[d.Actor] = life
	}
	b.run(t, "get all at b")
	if n := len(b.replies["all"][0].Set.Versions); n != len(seen) {
		t.Errorf("%d blind puts left %d versions: %s", len(seen), n, b.reply("all"))
	}
}

// The actor of a node whose disk was wiped leaves room for its restarts, however unlucky the draw.
func TestWipedActorsDoNotWrapAround(t *testing.T) {
	b := newBench(t, "abc", gossiping)
	h := b.host("a")
	b.run(t, "down a")
	h.disk, h.luck = &flatDisk{files: map[string]storage.File{"other": 0}, data: [][]byte{nil}}, ^uint64(0)
	b.run(t, "up a", "advance 2s")
	last := vclock.Actor(0)
	for range 20 {
		b.run(t, "put v at a")
		set := h.node.Stored(0)
		newest := slices.MaxFunc(set.Versions, func(v, w vclock.Version) int { return v.Dot.Compare(w.Dot) }).Dot.Actor
		if dynamo.ActorNode(newest) != h.id || newest <= last || dynamo.ActorEpoch(newest) < 1<<31 {
			t.Fatalf("actor %x after %x", newest, last)
		}
		last = newest
		b.run(t, "down a", "up a", "advance 1s")
	}
}

// An epoch is durable before the first version that bears it leaves the node: a loss of power does not bring an actor back (Dynamo §4.4).
func TestEpochIsDurableBeforeItsFirstVersion(t *testing.T) {
	s := newStorm(3, 3, calm())
	h := s.hosts[0]
	for round := range 3 {
		h.crash(true, 0)
		h.boot()
		for !h.node.Serving() {
			if !h.disk.complete(h) {
				t.Fatal("the node never serves")
			}
		}
		u := s.users[round]
		u.put(handed{}, false, h.id, dynamo.NoNode)
		for len(s.letters) > 0 {
			s.deliver(0)
		}
		s.tick()
	}
	s.heal()
	if len(s.found) > 0 || len(s.truth.dots) == 0 {
		t.Fatalf("%d versions were made; %v", len(s.truth.dots), s.found)
	}
}

// A node that has used up its durable epochs waits until it has new ones (Dynamo §4.4).
func TestNoVersionsWithoutADurableEpoch(t *testing.T) {
	b := newBench(t, "abcd", nil)
	b.run(t, "hold d")
	refused := 0
	for i := range 70 {
		l := b.letterFor(t, fmt.Sprintf("put v%d at d", i))
		l.m.Kind, l.m.Client, l.from = dynamo.ForwardPut, client, b.host("b").id // d keeps no copy: each version takes an actor of its own
		b.arrive(l)
		if b.reply(fmt.Sprint("v", i)) == "overloaded" {
			refused++
		}
	}
	if refused == 0 || refused > 10 {
		t.Errorf("%d of 70 refused", refused)
	}
	b.host("d").disk.held = false
	b.settle()
	b.run(t, "put last at d")
	expect(t, "put with new epochs", b.reply("last"), "ok")
}

// A node whose disk was wiped has nothing, and read repair brings it all again (Dynamo §5).
func TestWipedNodeIsRepaired(t *testing.T) {
	b := newBench(t, "abc", gossiping)
	b.run(t, "put v1 at a", "down a")
	b.host("a").disk = &flatDisk{files: map[string]storage.File{"other": 0}, data: [][]byte{nil}}
	b.run(t, "up a", "advance 2s")
	expect(t, "stored", b.stored(), "b:v1 c:v1")
	b.run(t, "get g at a", "advance 1s")
	expect(t, "get", b.reply("g"), "ok v1")
	expect(t, "stored", b.stored(), "a:v1 b:v1 c:v1")
}

// rot flips a bit in the last record of a file that begins so.
func (h *machine) rot(t testing.TB, prefix string, value []byte) {
	t.Helper()
	for name, f := range h.disk.files { // order: one file matches
		if at := bytes.LastIndex(h.disk.data[f], value); strings.HasPrefix(name, prefix) && at >= 0 {
			h.disk.data[f][at] ^= 1
			return
		}
	}
	t.Fatalf("nothing to damage in %s", prefix)
}

// payload is how a set lies on the disk.
func payload(s *vclock.Set) []byte { return vclock.AppendSet(nil, s) }

// A key whose stored bytes are damaged is answered as damaged; its context goes with it, and a get repairs it from the others (Dynamo §5).
func TestDamagedKeyIsRepaired(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=2 w=3 strict")
	b.run(t, "put v1 at a")
	b.host("a").rot(t, "data", payload(b.host("a").node.Stored(0)))
	b.run(t, "get g1 at a")
	expect(t, "get from the others", b.reply("g1"), "ok v1")
	expect(t, "stored", b.stored(), "b:v1 c:v1")
	b.run(t, "get g2 at b", "advance 1s")
	expect(t, "stored after a repair", b.stored(), "a:v1 b:v1 c:v1")
}

// Damage that a read finds while the key is being written again costs nothing: what is acknowledged is held (Dynamo §4.5).
func TestDamageFoundDuringAWriteCostsNothing(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=2 w=3 strict")
	b.run(t, "put v1 at b")
	a := b.host("a")
	a.rot(t, "data", payload(a.node.Stored(0)))
	a.disk.held = true
	b.arrive(letter{b.host("b").id, a.id, dynamo.Message{Kind: dynamo.Read, Client: dynamo.NoNode, Node: dynamo.NoNode}})
	damaged := a.disk.done[0]
	a.disk.done = a.disk.done[1:]
	a.node.Disk(damaged) // is read once more
	b.run(t, "put v2 at b context v1")
	a.disk.held = false
	b.settle()
	if b.marks[dynamo.MarkCorruptRead] != 1 {
		t.Fatal("the damage was not found")
	}
	expect(t, "put", b.reply("v2"), "ok")
	expect(t, "stored", b.stored(), "a:v2 b:v2 c:v2")
}

// What a node has lost to damage it may not claim to know: it makes further versions as a new actor (Dynamo §4.4).
func TestDamageRenewsTheActor(t *testing.T) {
	b := clusterOf(t, "cluster abc n=3 r=1 w=1 no-repair")
	b.run(t, "lose a>b", "lose a>c", "put v1 at a", "put v2 at a", "mend a>b", "mend a>c", "advance 2s")
	b.host("a").rot(t, "data", payload(b.host("a").node.Stored(0)))
	b.run(t, "get g at a", "put v3 at a")
	for _, h := range b.hosts {
		h.node.EachHint(func(_ dynamo.NodeID, _ dynamo.KeyID, s *vclock.Set) {
			t.Logf("%d keeps %s", h.id, b.names(s))
		})
	}
	v := b.host("a").node.Stored(0).Versions
	if len(v) != 1 || dynamo.ActorEpoch(v[0].Dot.Actor) != 2 {
		t.Errorf("versions %+v", v)
	}
}

// A damaged hint is gone; it holds up no others, and nobody is sent what cannot be read (Dynamo §4.6).
func TestDamagedHintIsGone(t *testing.T) {
	b := newBench(t, "abcd", func(c *dynamo.Config) { c.HintsAtOnce = 1 })
	b.run(t, "down c", "put v1 at a", "advance 100ms", "put v1 at a key l", "put v1 at a key m")
	d := b.host("d")
	d.node.EachHint(func(_ dynamo.NodeID, key dynamo.KeyID, s *vclock.Set) {
		if key == 0 {
			d.rot(t, "hints", payload(s))
		}
	})
	read := dynamo.Message{Kind: dynamo.Read, Request: 1, Client: dynamo.NoNode, Node: dynamo.NoNode}
	b.arrive(letter{b.host("a").id, d.id, read})
	if n := b.marks[dynamo.MarkCorruptRead]; n != 1 {
		t.Fatalf("%d damaged records were noticed", n)
	}
	expect(t, "hinted", b.hinted(), "")
	b.run(t, "up c", "advance 1m")
	if d.node.Hints() != 0 || b.host("c").node.Stored(b.shared.Keys.Intern("m")) == nil {
		t.Errorf("d keeps %d hints, c holds %s", d.node.Hints(), b.stored())
	}
	in := b.marks[dynamo.MarkHintStored]
	out := b.marks[dynamo.MarkHintSuperseded] + b.marks[dynamo.MarkHintDelivered] + b.marks[dynamo.MarkHintDestroyed]
	if in != out {
		t.Errorf("%d hints stored, %d accounted for", in, out)
	}
}

// The same where recovery finds the damage.
func TestHintFoundDamagedByRecoveryIsGone(t *testing.T) {
	b := withHint(t)
	b.run(t, "put grown at a")
	d := b.host("d")
	d.node.EachHint(func(_ dynamo.NodeID, _ dynamo.KeyID, s *vclock.Set) { d.rot(t, "hints", payload(s)) })
	b.run(t, "put v2 at a key l", "down d", "up d", "up c", "advance 1m")
	if n := d.node.Hints(); n != 0 {
		t.Errorf("%d hints are left", n)
	}
}
