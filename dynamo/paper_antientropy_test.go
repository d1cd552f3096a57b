package dynamo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dynamosim/dynamo"
	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"

	"pgregory.net/rapid"
)

// Anti-entropy (§4.7), with nothing else that could bring replicas together: quorums are strict, so there are no hints, and reads do not repair.

func withTrees(t testing.TB, names string, change func(*dynamo.Config)) *bench {
	return newBench(t, names, func(c *dynamo.Config) {
		c.Sloppy, c.Handoff, c.ReadRepair, c.W, c.R = false, false, false, 1, 1
		c.AntiEntropy, c.AntiEntropyEvery, c.AntiEntropyPeers = true, int64(20*time.Second), 1
		c.Tree = merkle.Shape{Branching: 2, Depth: 10}
		if change != nil {
			change(c)
		}
	})
}

// treeWords puts what anti-entropy sends into words.
func (b *bench) treeWords(m *dynamo.Message) []string {
	if m.Kind != dynamo.Merkle {
		return nil
	}
	if m.Body == nil {
		return []string{"all roots are equal"}
	}
	var parts []string
	tree := m.Body.Trees
	for _, l := range tree.Lists {
		if l.Level == 0 {
			parts = append(parts, "root")
			continue
		}
		parts = append(parts, fmt.Sprintf("level %d from %d", l.Level, l.First))
	}
	for _, bucket := range tree.Buckets {
		parts = append(parts, fmt.Sprintf("leaf %d", bucket.Leaf.Index))
		for _, k := range bucket.Keys {
			parts = append(parts, b.shared.Keys.Name(k.Key))
		}
	}
	for _, key := range tree.Wants {
		parts = append(parts, "wants "+b.shared.Keys.Name(key))
	}
	for _, x := range tree.Sets {
		parts = append(parts, b.shared.Keys.Name(x.Key)+": "+b.setWords(x.Set))
	}
	return parts
}

// cycle is the time in which a node has turned to each of two partners.
const cycle = "advance 40s"

// "Dynamo implements an anti-entropy (replica synchronization) protocol to keep the replicas synchronized": a replica that missed writes,
// deletions and siblings gets them (Dynamo §4.7).
func TestReplicaThatMissedWritesCatchesUp(t *testing.T) {
	b := withTrees(t, "abc", nil)
	b.run(t, "put v1 at a", "put old at a key gone", "lose a>c", "lose b>c", "put v2 at a context v1", "put v3 at b context v1", "delete d at a key gone context old",
		"put new at b key l")
	expect(t, "before", b.stored(), "a:v2|v3 b:v2|v3 c:v1")
	b.run(t, "mend a>c", "mend b>c", cycle)
	expect(t, "after", b.stored(), "a:v2|v3 b:v2|v3 c:v2|v3")
	for _, key := range []string{"gone", "l"} {
		id := b.shared.Keys.Intern(key)
		for _, h := range b.hosts {
			if !h.node.Stored(id).Equal(b.hosts[0].node.Stored(id)) {
				t.Errorf("%s: %s holds %q, a holds %q", key, b.name(h.id), b.setWords(h.node.Stored(id)), b.setWords(b.hosts[0].node.Stored(id)))
			}
		}
	}
	if set := b.host("c").node.Stored(b.shared.Keys.Intern("gone")); set.Live() != 0 || len(set.Versions) != 1 {
		t.Errorf("c holds %q of what was deleted", b.setWords(set))
	}
	b.run(t, "down c", "up c")
	expect(t, "after c's restart", b.stored(), "a:v2|v3 b:v2|v3 c:v2|v3")
}

// Versions go both ways, and the whole set with its context each time: siblings made on two sides are siblings on both (Dynamo §4.7, §4.4).
func TestBothSidesBringEachOtherUpToDate(t *testing.T) {
	b := withTrees(t, "ab", func(c *dynamo.Config) { c.N = 2 })
	b.run(t, "lose a>b", "lose b>a", "put left at a", "put right at b", "put only-a at a key l", "put only-b at b key m", "mend a>b", "mend b>a", "advance 20s")
	expect(t, "k", b.stored(), "a:left|right b:left|right")
	for _, key := range []string{"l", "m"} {
		for _, h := range b.hosts {
			if h.node.Stored(b.shared.Keys.Intern(key)) == nil {
				t.Errorf("%s lacks %s", b.name(h.id), key)
			}
		}
	}
	if got := b.amounts[dynamo.MarkKeyDiffers]; got != 3 {
		t.Errorf("%d keys were found to differ", got)
	}
	if got := b.amounts[dynamo.MarkKeyMoved]; got != 4 {
		t.Errorf("%d sets were sent: one of l, one of m, k there and back", got)
	}
}

// "If the hash values of the roots are equal, then the values of the leaf nodes are equal and the nodes require no synchronization": the
// exchange is over after the roots (Dynamo §4.7).
func TestEqualRootsEndTheExchange(t *testing.T) {
	b := withTrees(t, "abc", nil)
	for i := range 50 {
		b.run(t, fmt.Sprintf("put v%d at a key x%d", i, i))
	}
	b.lines = nil
	b.run(t, "advance 20s")
	exchanges := b.marks[dynamo.MarkExchange]
	if exchanges == 0 || b.marks[dynamo.MarkExchangeEqual] != exchanges || b.amounts[dynamo.MarkListsSent] != 0 {
		t.Errorf("%d exchanges, %d of them equal, %d lists of hashes below roots", exchanges, b.marks[dynamo.MarkExchangeEqual], b.amounts[dynamo.MarkListsSent])
	}
	sent := 0
	for _, line := range b.lines {
		if strings.Contains(line, " merkle") {
			sent++
		}
	}
	if sent != 2*exchanges {
		t.Errorf("%d messages for %d exchanges", sent, exchanges)
	}
	if got, want := b.amounts[dynamo.MarkHashesSent], 3*exchanges; got != want {
		t.Errorf("%d hashes, want %d: one for each range that both host", got, want)
	}
}

// The hashes sent for differing keys are those of the closed form for the leaves that they lie in: 1 + b*(D_0+...+D_(h-1)) a range, in as many
// lists (Dynamo §4.7: "reduces the amount of data that needs to be transferred"). Both ways and for any shape of the trees.
func TestHashesSentFollowTheClosedForm(t *testing.T) {
	for _, shape := range []merkle.Shape{{Branching: 2, Depth: 10}, {Branching: 16, Depth: 2}, {Branching: 3, Depth: 4}} {
		for _, d := range []int{0, 1, 10, 100} {
			t.Run(fmt.Sprintf("b=%d h=%d d=%d", shape.Branching, shape.Depth, d), func(t *testing.T) {
				b := withTrees(t, "ab", func(c *dynamo.Config) { c.N, c.Tree = 2, shape })
				b.quiet = true
				for i := range 200 {
					b.run(t, fmt.Sprintf("put same%d at a key same%d", i, i))
				}
				b.run(t, "lose a>b")
				var keys []dynamo.KeyID
				for i := range d {
					b.run(t, fmt.Sprintf("put new%d at a key new%d", i, i))
					keys = append(keys, b.shared.Keys.Intern(fmt.Sprintf("new%d", i)))
				}
				b.run(t, "mend a>b", "advance 10s")
				hashes, lists := b.cost(keys)
				exchanges, ranges := b.marks[dynamo.MarkExchange], b.ring().Ranges()
				if exchanges != 2 {
					t.Fatalf("%d exchanges, want one of a and then one of b", exchanges)
				}
				if got, want := b.amounts[dynamo.MarkHashesSent], exchanges*ranges+hashes; got != want {
					t.Errorf("%d hashes sent, want %d", got, want)
				}
				if got := b.amounts[dynamo.MarkListsSent]; got != lists {
					t.Errorf("%d lists sent, want %d", got, lists)
				}
				if b.amounts[dynamo.MarkKeyDiffers] != d || b.amounts[dynamo.MarkKeyMoved] != d || b.amounts[dynamo.MarkSynchronised] != d {
					t.Errorf("%d keys differ, %d moved, %d taken, want %d", b.amounts[dynamo.MarkKeyDiffers], b.amounts[dynamo.MarkKeyMoved], b.amounts[dynamo.MarkSynchronised], d)
				}
			})
		}
	}
}

func (b *bench) ring() *ring.Ring { return b.shared.Place(b.shared.Formed).Ring }

// cost is what the closed form says of differing keys, range by range: hashes besides the roots, and lists.
func (b *bench) cost(keys []dynamo.KeyID) (hashes, lists int) {
	r := b.ring()
	leaves := make([][]uint64, r.Ranges())
	for _, key := range keys {
		p := b.shared.Keys.Position(key)
		i := r.RangeOf(p)
		of := merkle.Range{After: merkle.Position(r.Range(i).After), Upto: merkle.Position(r.Range(i).Upto)}
		leaves[i] = append(leaves[i], b.cfg.Tree.LeafOf(of, merkle.Position(p)))
	}
	for _, differing := range leaves {
		h, l := b.cfg.Tree.Cost(differing)
		hashes += h - 1
		lists += l
	}
	return hashes, lists
}

// Partners take turns: after as many periods as there are nodes with a range in common, a node has turned to each once.
func TestPartnersTakeTurns(t *testing.T) {
	b := withTrees(t, "abcdef", nil)
	b.lines = nil
	b.run(t, "advance 79s")
	for i, want := range []string{"bcef", "cdfa", "deab", "efbc", "facd", "abde"} {
		got := ""
		for _, line := range b.lines {
			if to, ok := strings.CutPrefix(line, b.name(dynamo.NodeID(i))+" -> "); ok && strings.Contains(to, "merkle root") {
				got += to[:1]
			}
		}
		if got != want {
			t.Errorf("%s turned to %q, want %q", b.name(dynamo.NodeID(i)), got, want)
		}
	}
	b = withTrees(t, "abcdef", func(c *dynamo.Config) { c.AntiEntropyPeers = 3 })
	if b.run(t, "advance 19s"); b.marks[dynamo.MarkExchange] != 18 {
		t.Errorf("%d exchanges in a period of three partners a node", b.marks[dynamo.MarkExchange])
	}
	for _, c := range []struct{ told, partners, want int }{{0, 0, 0}, {0, 1, 1}, {0, 4, 1}, {0, 5, 2}, {0, 48, 12}, {1, 48, 1}, {9, 4, 4}} {
		if got := dynamo.PartnersAPeriod(c.told, c.partners); got != c.want {
			t.Errorf("told %d, with %d partners: %d a period, want %d", c.told, c.partners, got, c.want)
		}
	}
}

// Nodes compare the ranges that both host, and no others (Dynamo §4.7: "a separate Merkle tree for each key range").
func TestOnlyCommonRangesAreCompared(t *testing.T) {
	b := withTrees(t, "abcde", nil)
	r := b.ring()
	b.run(t, "advance 1s")
	want := 0
	for i := range r.Ranges() {
		for _, from := range r.Prefer(i, 3)[:3] {
			if slices.Contains(r.Prefer(i, 3)[:3], (from+1)%5) {
				want++
			}
		}
	}
	if got := b.amounts[dynamo.MarkHashesSent]; got != want {
		t.Errorf("%d roots, want %d", got, want)
	}
}

// A partner that is down does not answer: the exchange is given up, the partner suspected and passed over, and its turn comes again.
func TestExchangeWithASilentPartnerIsAbandoned(t *testing.T) {
	b := withTrees(t, "abc", nil)
	b.run(t, "lose a>b", "lose c>b", "put v1 at a", "mend a>b", "mend c>b", "down b", "advance 1s")
	if got := b.marks[dynamo.MarkExchangeAbandoned]; got != 1 {
		t.Errorf("%d exchanges abandoned, want a's with b", got)
	}
	b.run(t, "advance 40s")
	if got := b.marks[dynamo.MarkExchangeAbandoned]; got != 2 {
		t.Errorf("%d exchanges abandoned: b is to be passed over by whoever suspects it", got)
	}
	b.run(t, "up b", cycle)
	expect(t, "stored", b.stored(), "a:v1 b:v1 c:v1")
}

// Whatever message of an exchange is lost, the next period does what was left undone.
func TestWhatWasLostIsDoneInTheNextPeriod(t *testing.T) {
	for lost := range 16 {
		b := withTrees(t, "ab", func(c *dynamo.Config) { c.N = 2 })
		b.run(t, "lose a>b", "lose b>a", "put left at a", "put right at b", "put only-a at a key l", "mend a>b", "mend b>a")
		b.loseNth(dynamo.Merkle, lost)
		b.run(t, "advance 20s", "advance 21s")
		expect(t, fmt.Sprintf("message %d lost: stored", lost), b.stored(), "a:left|right b:left|right")
		if b.host("b").node.Stored(b.shared.Keys.Intern("l")) == nil {
			t.Errorf("message %d lost: b lacks l", lost)
		}
	}
}

// Doubled messages do no harm.
func TestDoubledMessagesOfAnExchangeDoNoHarm(t *testing.T) {
	b := withTrees(t, "ab", func(c *dynamo.Config) { c.N = 2 })
	b.run(t, "lose a>b", "lose b>a", "put left at a", "put right at b", "put only-a at a key l", "mend a>b", "mend b>a")
	b.doubles = true
	b.run(t, "advance 10s")
	expect(t, "stored", b.stored(), "a:left|right b:left|right")
}

// A node that lost its disk gets back all that belongs on it, and keeps it.
func TestWipedDiskIsRefilled(t *testing.T) {
	b := withTrees(t, "abcd", gossiping)
	b.quiet = true
	for i := range 120 {
		b.run(t, fmt.Sprintf("put v%d at a key x%d", i, i))
	}
	b.run(t, "put x at b key gone", "delete y at b key gone context x", "put left at a", "put right at b")
	before := b.contents("b")
	b.run(t, "down b")
	b.host("b").disk = &flatDisk{files: map[string]storage.File{"other": 0}, data: [][]byte{nil}}
	b.host("b").luck++
	b.run(t, "up b")
	if got := b.contents("b"); len(got) != 0 {
		t.Fatalf("a wiped disk holds %v", got)
	}
	b.run(t, "advance 60s")
	if got := b.contents("b"); !slices.Equal(got, before) {
		t.Errorf("refilled with %d keys, it had %d:\n%v\n%v", len(got), len(before), got, before)
	}
	b.run(t, "down b", "up b")
	if got := b.contents("b"); !slices.Equal(got, before) {
		t.Errorf("after a restart there are %d keys, not %d", len(got), len(before))
	}
}

// contents lists what a node stores, sorted by key.
func (b *bench) contents(name string) []string {
	var list []string
	b.host(name).node.EachStored(func(key dynamo.KeyID, set *vclock.Set) {
		list = append(list, b.shared.Keys.Name(key)+": "+b.setWords(set))
	})
	slices.Sort(list)
	return list
}

// A key whose stored bytes turned out to be damaged is not held any more, by no tree, and comes back from a replica.
func TestDamagedKeyComesBack(t *testing.T) {
	b := withTrees(t, "ab", func(c *dynamo.Config) { c.N = 2 })
	b.run(t, "put v1 at a", "advance 1s")
	disk := b.host("b").disk
	log := disk.data[disk.files["data-0000000001.log"]]
	log[len(log)-1] ^= 0xff
	b.run(t, "get g at b")
	expect(t, "once the damage is seen", b.stored(), "a:v1")
	b.run(t, "advance 20s")
	expect(t, "after the next exchange", b.stored(), "a:v1 b:v1")
}

// Lists for ranges that a node does not host by its own view are not answered: the views will agree first.
func TestRangesThatANodeDoesNotHostAreLeftAlone(t *testing.T) {
	b := withTrees(t, "abcd", nil)
	b.run(t, "put v1 at a")
	r := b.ring()
	hosted := r.Hosted(1, 3)
	for i := range r.Ranges() {
		of := merkle.Range{After: merkle.Position(r.Range(i).After), Upto: merkle.Position(r.Range(i).Upto)}
		for name, list := range map[string]merkle.List{"": {Range: of, Hashes: []uint64{1}}, "half of ": {Range: merkle.Range{After: of.After, Upto: merkle.Position{Hi: of.Upto.Hi - 1}}, Hashes: []uint64{1}}} {
			b.lines = nil
			m := dynamo.Message{Kind: dynamo.Merkle, Request: 5, Key: dynamo.NoKey, Client: dynamo.NoNode, Node: dynamo.NoNode, Body: &dynamo.Body{Trees: &dynamo.Trees{Lists: []merkle.List{list}}}}
			b.host("b").node.Message(0, &m)
			b.settle()
			answered := strings.Contains(strings.Join(b.lines, "\n"), "b -> a  merkle level 1")
			if want := name == "" && slices.Contains(hosted, int32(i)); answered != want {
				t.Errorf("%srange %d: answered %v, want %v", name, i, answered, want)
			}
		}
	}
}

// What the order of the ring says of what a node stores is what it stores, whatever happened.
func (s *storm) indexesAgree(t *rapid.T) {
	for _, h := range s.hosts {
		if !h.up || !h.node.Serving() {
			continue
		}
		count, r := 0, ring.Range{}
		h.node.EachStored(func(key dynamo.KeyID, set *vclock.Set) { count++ })
		if got := h.node.CountInRange(r); got != count {
			t.Fatalf("node %d stores %d keys, %d of them in the order of the ring", h.id, count, got)
		}
		h.node.EachInRange(r, func(key dynamo.KeyID, set *vclock.Set) bool {
			if set != h.node.Stored(key) {
				t.Fatalf("node %d: another set of key %d in the order of the ring", h.id, key)
			}
			return true
		})
	}
}

// After any storm, anti-entropy alone brings all homes of every key to hold the same: within two cycles, without a read (Dynamo §4.7).
func TestReplicasAgreeWithoutARead(t *testing.T) {
	inStorms(t, func(t *rapid.T) {
		cfg := anyConfig(t)
		cfg.ReadRepair = false
		cfg.AntiEntropy, cfg.AntiEntropyEvery, cfg.AntiEntropyPeers = true, anyOf(t, "every", []int64{2e8, 5e9}), 1
		cfg.Tree = anyOf(t, "tree", []merkle.Shape{{Branching: 2, Depth: 3}, {Branching: 4, Depth: 6}})
		cfg.Mode = anyOf(t, "mode", []vclock.Mode{vclock.Dotted, vclock.Dotted, vclock.Paper, vclock.LastWriteWins})
		s := newStorm(anyOf(t, "nodes", []int{3, 4, 5}), 4, cfg)
		s.truth.exact = cfg.Mode == vclock.Dotted
		s.wipes = anyOf(t, "wipes", []bool{false, false, true})
		s.truth.exact = s.truth.exact && !s.wipes
		s.rage(t)
		s.indexesAgree(t)
		s.heal()
		s.pass(time.Duration(2*5*cfg.AntiEntropyEvery) + 2*time.Second)
		s.check(t)
		s.indexesAgree(t)
		for key := range s.keys {
			s.homesAgree(t, key)
		}
	})
}
