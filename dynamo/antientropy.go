package dynamo

import (
	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/vclock"
)

// Anti-entropy (§4.7): replicas find out, with few hashes sent, which keys they hold differently, and bring each other up to date. Each
// period a node turns to its next partner and sends the roots of the trees of all ranges that both host. From there on either side answers
// what it is sent: hashes with the hashes one level below those that differ, a leaf that differs with the keys in it, keys with the version
// sets that the other side lacks. The answers have no state but what the node stores, so a message that is lost, doubled or late costs
// nothing but time: what was left undone differs again in the next period. Only the partner's first answer is waited for.

// Trees is what anti-entropy sends in the body of a message. It is immutable.
type Trees struct {
	Lists   []merkle.List  // hashes to compare
	Buckets []Bucket       // keys of the leaves that differ
	Wants   []KeyID        // keys whose versions the sender lacks
	Sets    []KeySet       // keys whose versions the receiver lacks
	Back    bool           // what the receiver makes of the sets is wanted back where it holds more
	Survey  bool           // the sender wants to know in which ranges it is equal
	Equal   []merkle.Range // in these it is
}

// Bucket is what the sender holds in a leaf that differs.
type Bucket struct {
	Leaf merkle.Leaf
	Keys []KeyHash
}

// KeyHash is a key with the hash of what is stored of it.
type KeyHash struct {
	Key  KeyID
	Hash uint64
}

// KeySet is a key with all that is stored of it.
type KeySet struct {
	Key KeyID
	Set *vclock.Set
}

// exchange is a comparison that this node began and whose partner has not answered yet.
type exchange struct {
	partner NodeID
	number  uint64
	timer   TimerID
}

// antiEntropy begins this period's exchanges, as far as the disk has slices for them (§6.5).
func (n *Node) antiEntropy() {
	n.env.SetTimer(Timer{Kind: TimerAntiEntropy}, n.cfg.AntiEntropyEvery)
	n.meetPartners()
	for range PartnersAPeriod(n.cfg.AntiEntropyPeers, len(n.trees.partners)) {
		if !n.admit(TaskAntiEntropy) {
			return
		}
		partner := n.nextPartner()
		if partner == NoNode {
			n.release(TaskAntiEntropy)
			return
		}
		n.beginExchange(partner)
	}
}

// PartnersAPeriod is to how many of its partners a node turns in a period: as many as it is told, or, told nothing, a quarter, so that all have had
// their turn after four periods. The more partners there are, the fewer ranges it has in common with each.
func PartnersAPeriod(told, partners int) int {
	if told == 0 {
		told = (partners + 3) / 4
	}
	return min(told, partners)
}

// nextPartner is the next in turn that is not suspected.
func (n *Node) nextPartner() NodeID {
	t := &n.trees
	for range t.partners {
		partner := t.partners[t.turn]
		t.turn = (t.turn + 1) % len(t.partners)
		if !n.suspects(partner) {
			return partner
		}
	}
	return NoNode
}

// beginExchange sends the roots of the ranges that a partner hosts too.
func (n *Node) beginExchange(partner NodeID) {
	n.env.Mark(MarkExchange, NoKey, int64(partner))
	t, x := &n.trees, n.index()
	t.number++
	timer := n.env.SetTimer(Timer{Kind: TimerExchange, B: t.number}, n.cfg.WriteTimeout)
	t.open = append(t.open, exchange{partner, t.number, timer})
	p := parcel{node: n, to: partner, request: n.wire(t.number)}
	doubts := n.doubt.level != doubtNone
	if doubts {
		n.meetRanges()
	}
	for _, i := range n.place.Ring.Hosted(int32(n.id), n.cfg.N) {
		if contains(n.rangeHomes(int(i)), int32(partner)) {
			p.addList(x.Root(rangeOf(n.place.Ring.Range(int(i)))))
			p.trees.Survey = doubts
		}
	}
	p.send()
}

// exchangeTimer gives up an exchange whose partner is silent. Its turn comes again.
func (n *Node) exchangeTimer(number uint64) {
	if e, ok := n.endExchange(number); ok {
		n.env.Mark(MarkExchangeAbandoned, NoKey, int64(e.partner))
		n.timedOut(e.partner)
	}
}

// endExchange forgets an exchange; what still comes of it is answered all the same.
func (n *Node) endExchange(number uint64) (exchange, bool) {
	t := &n.trees
	for i, e := range t.open {
		if e.number == number {
			t.open = append(t.open[:i], t.open[i+1:]...)
			n.release(TaskAntiEntropy)
			return e, true
		}
	}
	return exchange{}, false
}

// compare answers a message of anti-entropy.
func (n *Node) compare(from NodeID, m *Message) {
	if e, ok := n.endExchange(n.wire(m.Request)); ok {
		n.env.CancelTimer(e.timer)
	}
	if m.Body == nil || m.Body.Trees == nil {
		return
	}
	t := m.Body.Trees
	p := parcel{node: n, to: from, request: m.Request}
	n.compareLists(t, &p)
	for _, r := range t.Equal {
		n.foundEqual(from, r)
	}
	for i := range t.Buckets {
		n.compareBucket(from, &t.Buckets[i], &p)
	}
	for _, key := range t.Wants {
		p.addSet(key, n.Stored(key), false)
	}
	n.takeSets(from, t, &p)
	if !p.send() && len(t.Lists) > 0 && t.Lists[0].Level == 0 {
		n.env.Mark(MarkExchangeEqual, NoKey, int64(from))
		p.dispatch(nil)
	}
}

// compareLists answers hashes with those one level below where they differ from this node's own, leaves with the keys in them. A range that
// this node does not host, by its own view, is left for later.
func (n *Node) compareLists(t *Trees, p *parcel) {
	var answer merkle.Answer
	for i := range t.Lists {
		l := &t.Lists[i]
		if !n.hosts(l.Range) {
			continue
		}
		differing := len(answer.Lists) + len(answer.Leaves)
		n.index().Answer(n.cfg.Tree, l, &answer)
		if t.Survey && l.Level == 0 && len(answer.Lists)+len(answer.Leaves) == differing {
			p.addEqual(l.Range)
		}
	}
	for _, l := range answer.Lists {
		p.addList(l)
	}
	for _, l := range answer.Leaves {
		p.addBucket(Bucket{l, n.bucket(l)})
	}
}

// bucket lists the keys in a leaf with their hashes.
func (n *Node) bucket(l merkle.Leaf) []KeyHash {
	var keys []KeyHash
	n.index().Bucket(n.cfg.Tree, l, func(slot int32, hash uint64) { keys = append(keys, KeyHash{n.store.entries[slot].key, hash}) })
	return keys
}

// compareBucket finds the keys of a leaf that differ: the sets of those that this node holds go to the partner, and come back where both hold
// some; the others it asks for.
func (n *Node) compareBucket(from NodeID, b *Bucket, p *parcel) {
	if !n.hosts(b.Leaf.Range) {
		return
	}
	round := n.nextRound()
	for _, theirs := range b.Keys {
		own := uint64(0)
		if slot := n.store.table.get(theirs.Key); slot >= 0 {
			own = n.index().KeyHash(slot)
			n.trees.seen[slot] = round
		}
		if own == theirs.Hash {
			continue
		}
		n.env.Mark(MarkKeyDiffers, theirs.Key, int64(from))
		if own == 0 {
			p.addWant(theirs.Key)
			continue
		}
		p.addSet(theirs.Key, n.Stored(theirs.Key), true)
	}
	n.index().Bucket(n.cfg.Tree, b.Leaf, func(slot int32, _ uint64) {
		if n.trees.seen[slot] != round {
			n.env.Mark(MarkKeyDiffers, n.store.entries[slot].key, int64(from))
			p.addSet(n.store.entries[slot].key, n.store.entries[slot].set, true)
		}
	})
}

// nextRound gives a number that no slot bears in seen.
func (n *Node) nextRound() uint32 {
	t := &n.trees
	for len(t.seen) < len(n.store.entries) {
		t.seen = append(t.seen, 0)
	}
	if t.round++; t.round == 0 {
		clear(t.seen)
		t.round = 1
	}
	return t.round
}

// takeSets merges what the partner sent, and makes it durable, with one sync for all. Nobody waits for an answer.
func (n *Node) takeSets(from NodeID, t *Trees, p *parcel) {
	if len(t.Sets) == 0 {
		return
	}
	n.store.engine.Hold()
	for _, x := range t.Sets {
		if n.controls(TaskAntiEntropy) {
			n.takeDeferred(from, x, t.Back, p)
			continue
		}
		n.keepSynchronised(from, x)
		if after := n.Stored(x.Key); t.Back && after.Hash() != x.Set.Hash() {
			p.addSet(x.Key, after, false)
		}
	}
	n.store.engine.Release()
	if n.admission.deferred.waiting() > 0 {
		n.writeDeferred()
	}
}

// takeDeferred lets a set wait for a slice of the disk; what the partner lacks of it goes back at once.
func (n *Node) takeDeferred(from NodeID, x KeySet, back bool, p *parcel) {
	before := n.Stored(x.Key)
	merged := n.cfg.Mode.Merge(n.shared.Arena, before, x.Set)
	if merged != before {
		n.deferSet(deferredSet{x, from})
	}
	if back && merged.Hash() != x.Set.Hash() {
		p.addSet(x.Key, merged, false)
	}
}
