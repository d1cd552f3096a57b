package dynamo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dynamosim/dynamo"
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
)

// letterRing is Figure 2 with a node X: A to G at 1/8 to 7/8, X between A and B, as indices 0 to 7.
func letterRing() (*dynamo.Shared, *membership.View) {
	s := placed(1, "A", "B", "C", "D", "E", "F", "G", "X")
	var founders []membership.Change
	for i := range 7 {
		founders = append(founders, founder(i, ring.Share(float64(i+1)/8)))
	}
	return s, membership.New(founders...)
}

func joinOfX(v *membership.View) *membership.View {
	return v.With(membership.Change{Node: 7, What: membership.Join, Counter: v.Next(), Capacity: 1, Tokens: []membership.Token{membership.Token(ring.Share(1.5 / 8))}})
}

// said writes moves as the paper does.
func said(s *dynamo.Shared, moves []dynamo.Move) string {
	at := func(p ring.Position) string {
		if p == ring.Share(1.5/8) {
			return "X"
		}
		for i := range 7 {
			if p == ring.Share(float64(i+1)/8) {
				return s.Names[i]
			}
		}
		return "?"
	}
	var list []string
	for _, m := range moves {
		list = append(list, fmt.Sprintf("%s->%s (%s,%s]", s.Names[m.From], s.Names[m.To], at(m.Range.After), at(m.Range.Upto)))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// When X is added between A and B, it is in charge of (F,G], (G,A] and (A,X]; B, C and D no longer have to store these, and transfer them to X. When a
// node is removed, the reallocation is the reverse (Dynamo §4.9).
func TestWhoGivesWhatToX(t *testing.T) {
	s, before := letterRing()
	after := joinOfX(before)
	expect(t, "join", said(s, s.Moves(s.Place(before), s.Place(after), 3)), "B->X (F,G], C->X (G,A], D->X (A,X]")
	left := after.With(membership.Change{Node: 7, What: membership.Leave, Counter: after.Next()})
	expect(t, "leave", said(s, s.Moves(s.Place(after), s.Place(left), 3)), "X->B (F,G], X->C (G,A], X->D (A,X]")
}

// Moves make the homes of the one ring those of the other, whatever the rings.
func TestMovesAddUp(t *testing.T) {
	s := placed(1, "a", "b", "c", "d", "e", "f", "g", "h")
	token := func(i, k int) ring.Position { return ring.KeyPosition(fmt.Sprint(i, " ", k)) }
	v := membership.New(founder(0, token(0, 0), token(0, 1)), founder(1, token(1, 0), token(1, 1)))
	for i := 2; i < 8; i++ {
		c := founder(i, token(i, 0), token(i, 1), token(i, 2))
		c.Counter = v.Next()
		next := v.With(c)
		if i%3 == 0 {
			next = next.With(membership.Change{Node: int32(i - 2), What: membership.Leave, Counter: next.Next()})
		}
		old, now := s.Place(v), s.Place(next)
		moves := s.Moves(old, now, 3)
		for k := range 200 {
			key := s.Keys.Intern(fmt.Sprint("key", k))
			homes := map[int32]bool{}
			for _, id := range old.Homes(key, 3) {
				homes[id] = true
			}
			for _, m := range moves {
				if !m.Range.Contains(s.Keys.Position(key)) {
					continue
				}
				if !slices.Contains(old.Homes(key, 3), int32(m.From)) {
					t.Fatalf("%v gives what it does not store", m)
				}
				if homes[int32(m.To)] = true; m.Leaves {
					delete(homes, int32(m.From))
				}
			}
			for _, id := range now.Homes(key, 3) {
				if !homes[id] {
					t.Fatalf("step %d: nobody gives key %d to node %d", i, k, id)
				}
			}
		}
		v = next
	}
}

// growing is a bench of five nodes of which the first four are the ring, full of keys.
func growing(t *testing.T, confirm bool) (*bench, []dynamo.KeyID) {
	b := newBench(t, "abcde", func(c *dynamo.Config) {
		gossiping(c)
		c.Transfer, c.TransferConfirm, c.TransfersAtOnce = true, confirm, 4
	})
	var keys []dynamo.KeyID
	for i := range 300 {
		keys = append(keys, b.shared.Keys.Intern(fmt.Sprint("key", i)))
	}
	for i, key := range keys {
		set := &vclock.Set{Versions: []vclock.Version{{Dot: vclock.Dot{Actor: 9, Counter: uint64(i + 1)}, Value: vclock.Value{ID: uint64(i + 1), Len: 10}}}}
		set.Context = (*vclock.Arena)(nil).With(nil, set.Versions[0].Dot, 0)
		for _, home := range preference(b.shared, key)[:3] {
			b.hosts[home].node.Message(dynamo.NodeID(home), &dynamo.Message{Kind: dynamo.Repair, Key: key, Client: dynamo.NoNode, Node: dynamo.NoNode, Set: set})
		}
	}
	b.settle()
	return b, keys
}

// inPlace tells of keys that are not exactly on their homes.
func (b *bench) inPlace(t *testing.T, keys []dynamo.KeyID, view *membership.View) {
	t.Helper()
	p := b.shared.Place(view)
	wrong := 0
	for _, key := range keys {
		for _, h := range b.hosts {
			if has := h.node.Stored(key) != nil; has != p.IsHome(h.id, key, 3) {
				wrong++
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d copies are missing or too many", wrong)
	}
}

// A node that leaves hands over all it holds and says when it holds nothing; one that joins again gets its ranges, each once (Dynamo §4.9).
func TestLeaveDrainsAndJoinFills(t *testing.T) {
	b, keys := growing(t, true)
	if err := b.host("b").node.Do(dynamo.Command{What: membership.Leave, Node: 4}); err != nil {
		t.Fatal(err)
	}
	b.settle()
	for range 30 {
		b.run(t, "advance 1s")
	}
	view := b.host("a").node.View()
	b.inPlace(t, keys, view)
	if last := view.Last(4); last.What != membership.Drained {
		t.Errorf("e is %v", last.What)
	}
	moved := b.marks[dynamo.MarkKeyTransferred]
	if err := b.host("c").node.Do(dynamo.Command{What: membership.Join, Node: 4, Capacity: 1, Tokens: []membership.Token{membership.Token(ring.Share(0.9))}}); err != nil {
		t.Fatal(err)
	}
	b.settle()
	for range 30 {
		b.run(t, "advance 1s")
	}
	view = b.host("e").node.View()
	b.inPlace(t, keys, view)
	want := 0
	for _, key := range keys {
		if b.shared.Place(view).IsHome(4, key, 3) {
			want++
		}
	}
	if got := b.marks[dynamo.MarkKeyTransferred] - moved; got != want || want == 0 {
		t.Errorf("%d keys were transferred to e, which is home of %d", got, want)
	}
}

// A crash of the receiver or of a giver in the middle of a transfer loses nothing, and everything is where it belongs in the end (Dynamo §4.9).
func TestCrashesInTransfers(t *testing.T) {
	for _, victim := range []string{"b", "c", "d", "e"} {
		b, keys := growing(t, true)
		if err := b.host("a").node.Do(dynamo.Command{What: membership.Leave, Node: 4}); err != nil {
			t.Fatal(err)
		}
		crashed := false
		b.onMark = func(h *machine, m dynamo.Mark) {
			if m == dynamo.MarkTransferMid && !crashed && b.name(h.id) == victim {
				crashed, h.up = true, false
			}
		}
		b.settle()
		for range 5 {
			b.run(t, "advance 1s")
		}
		if !crashed {
			continue
		}
		for i, key := range keys {
			held := 0
			for _, h := range b.hosts {
				if h.node.Stored(key) != nil {
					held++
				}
			}
			if held < 3 {
				t.Fatalf("key %d has %d copies", i, held)
			}
		}
		b.run(t, "up "+victim)
		for range 60 {
			b.run(t, "advance 1s")
		}
		b.inPlace(t, keys, b.host("a").node.View())
	}
}

// After the confirmation round no range is sent twice to a node that holds it equally (Dynamo §4.9); without it, it is.
func TestConfirmationAvoidsDuplicates(t *testing.T) {
	sent := map[bool]int{}
	for _, confirm := range []bool{true, false} {
		b, _ := growing(t, confirm)
		if err := b.host("a").node.Do(dynamo.Command{What: membership.Leave, Node: 4}); err != nil {
			t.Fatal(err)
		}
		b.lost["a>e"], b.lost["b>e"], b.lost["c>e"], b.lost["d>e"] = false, false, false, false
		lost := 0
		b.onMark = func(h *machine, m dynamo.Mark) {
			// The first acknowledgements get lost.
			if m == dynamo.MarkKeyTransferred && lost == 0 {
				lost++
				for _, from := range "abcd" {
					b.lost[string(from)+">e"] = true
				}
			}
		}
		b.settle()
		b.run(t, "advance 1s")
		clear(b.lost)
		for range 60 {
			b.run(t, "advance 1s")
		}
		sent[confirm] = b.marks[dynamo.MarkKeyTransferred]
	}
	if sent[true] >= sent[false] {
		t.Errorf("%d keys with confirmation, %d without", sent[true], sent[false])
	}
}

// What a giver has not handed over when it crashes it hands over after its restart, and nothing twice: a range that came across is declined by its
// receiver, one that did not is sent then (Dynamo §4.9: "This approach avoids transferring the key twice").
func TestTransfersGoOnAfterARestart(t *testing.T) {
	for _, lost := range []dynamo.Kind{dynamo.Offer, dynamo.TransferBatch, dynamo.TransferReply} {
		b, keys := growing(t, true)
		want := 0
		before := b.host("a").node.Placement()
		if err := b.host("a").node.Do(dynamo.Command{What: membership.Leave, Node: 4}); err != nil {
			t.Fatal(err)
		}
		b.loses = func(m *dynamo.Message) bool { return m.Kind == lost }
		for range 4 {
			b.run(t, "advance 1s")
		}
		after := b.host("a").node.Placement()
		for _, key := range keys {
			if before.IsHome(4, key, 3) && !after.IsHome(4, key, 3) {
				want++
			}
		}
		came := b.marks[dynamo.MarkKeyTransferred]
		b.run(t, "down e")
		b.loses = nil
		b.run(t, "up e")
		for range 30 {
			b.run(t, "advance 1s")
		}
		b.inPlace(t, keys, b.host("a").node.View())
		got := b.marks[dynamo.MarkKeyTransferred]
		if lost == dynamo.TransferReply && (came == 0 || got != came) || lost != dynamo.TransferReply && got != want {
			t.Errorf("%v lost: %d keys came before the restart and %d in all, of %d to hand over", lost, came, got, want)
		}
		if b.marks[dynamo.MarkStray] != 0 {
			t.Errorf("%v lost: %d keys went astray", lost, b.marks[dynamo.MarkStray])
		}
	}
}

// A node that leaves hands over what came to it by old views, and what it keeps for others, also where handoff is off (Dynamo §4.9).
func TestLeaverDrainsWithoutHandoff(t *testing.T) {
	b := newBench(t, "abcde", func(c *dynamo.Config) {
		gossiping(c)
		c.Handoff, c.Transfer, c.TransferConfirm, c.TransfersAtOnce = false, true, true, 4
	})
	b.run(t, "down a", "put v1 at b", "up a", "advance 2s")
	if b.host("d").node.Hints() != 1 {
		t.Fatal("d keeps no hint for a")
	}
	if err := b.host("b").node.Do(dynamo.Command{What: membership.Leave, Node: 3}); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		b.run(t, "advance 1s")
	}
	stray := b.shared.Keys.Intern("l")
	set := b.host("b").node.Stored(b.shared.Keys.Intern("k"))
	b.host("d").node.Message(1, &dynamo.Message{Kind: dynamo.Replicate, Key: stray, Client: dynamo.NoNode, Node: dynamo.NoNode, Set: set})
	for range 20 {
		b.run(t, "advance 1s")
	}
	expect(t, "k", b.stored(), "a:v1 b:v1 c:v1")
	for _, name := range []string{"a", "b", "c"} {
		if b.host(name).node.Stored(stray) == nil {
			t.Errorf("%s has not got what came to d by an old view", name)
		}
	}
	if last := b.host("a").node.View().Last(3); last.What != membership.Drained {
		t.Errorf("d is %v, with %d hints", last.What, b.host("d").node.Hints())
	}
}

// A node that has come to store a range and waits for it does not answer for it: the coordinator, be it that node itself, asks the one that still has
// the range. When nobody else answers, what it says counts.
func TestReadsDoNotCountOnWhatIsStillToCome(t *testing.T) {
	b := newBench(t, "abcde", func(c *dynamo.Config) {
		gossiping(c)
		c.R, c.ReadRepair = 1, false
		c.Transfer, c.TransferConfirm, c.TransfersAtOnce = true, true, 4
	})
	b.run(t, "put v1 at a")
	if err := b.host("a").node.Do(dynamo.Command{What: membership.Leave, Node: 4}); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		b.run(t, "advance 1s")
	}
	tokens := []membership.Token{membership.Token(ring.Share(0.05))} // k lies before it
	if err := b.host("a").node.Do(dynamo.Command{What: membership.Join, Node: 4, Capacity: 1, Tokens: tokens}); err != nil {
		t.Fatal(err)
	}
	b.loses = func(m *dynamo.Message) bool { return m.Kind == dynamo.Offer }
	b.run(t, "advance 2s")
	if !b.host("e").node.Placement().IsHome(4, b.shared.Keys.Intern("k"), 3) {
		t.Fatal("e is no home of k")
	}
	b.run(t, "get new at e")
	expect(t, "with R=1, by the node that waits", b.reply("new"), "ok v1")
	b.run(t, "down a", "down b", "down c", "down d", "get alone at e", "advance 1s")
	expect(t, "when all others are down", b.reply("alone"), "ok")
	b.run(t, "up a", "up b", "up c", "up d")
	b.loses = nil
	for range 5 {
		b.run(t, "advance 1s")
	}
	expect(t, "stored in the end", b.stored(), "a:v1 b:v1 e:v1")
	if left := b.host("e").node.Footprint().Ranges; left != 0 {
		t.Errorf("e waits for %d ranges still", left)
	}
}

// A node with a newer view tells the one that acts upon an older one of it at once, and does what it is asked for (Dynamo §4.8).
func TestNewsTravelWithRequests(t *testing.T) {
	b := newBench(t, "abcde", func(c *dynamo.Config) {
		gossiping(c)
		c.GossipEvery = int64(1000 * time.Second)
	})
	if err := b.host("a").node.Do(dynamo.Command{What: membership.Leave, Node: 0}); err != nil {
		t.Fatal(err)
	}
	b.settle()
	if !b.host("b").node.View().Has(0) {
		t.Fatal("b has heard of it by gossip")
	}
	b.run(t, "put v1 at b")
	expect(t, "put", b.reply("v1"), "ok")
	if b.host("b").node.View().Has(0) {
		t.Error("b asked a, which has left, and was told nothing")
	}
}

// A put that a node passes on by an old view comes back to it from a node with a newer one, if it is to coordinate it itself: it does so, once.
func TestPutThatComesBackIsDone(t *testing.T) {
	b := newBench(t, "abcd", func(c *dynamo.Config) {
		gossiping(c)
		c.Sloppy, c.GossipEvery = false, int64(1000*time.Second)
	})
	if err := b.host("a").node.Do(dynamo.Command{What: membership.Leave, Node: 0}); err != nil {
		t.Fatal(err)
	}
	b.settle()
	b.begin("put v1 at d") // by its view a, b and c are the homes, by that of a it is b, c and d
	passed := b.catch(t, "a", "b", dynamo.ForwardPut)
	passed.to = 3
	b.arrive(passed)
	b.arrive(passed)
	expect(t, "put", b.reply("v1"), "ok")
	if got := b.marks[dynamo.MarkDuplicate]; got != 1 {
		t.Errorf("%d puts were met before, want the second of two", got)
	}
}
