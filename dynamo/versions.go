package dynamo

import (
	"math"

	"dynamosim/dynamo/vclock"
)

// truncate cuts the clock of the version that this node has just made (§4.4). What the client gets as context is what is left.
func (n *Node) truncate(op *operation, set *vclock.Set, newest vclock.Dot, most int) *vclock.Set {
	short, gone := n.cfg.Mode.Truncate(n.shared.Arena, set, newest, most)
	if gone > 0 {
		n.env.Mark(MarkTruncated, op.key, int64(gone))
		op.cut = true
	}
	return short
}

// riakContext is what the client of a put may claim to have seen. One clock stands for all siblings: it covers the new version only together
// with all others, so where others are left the client keeps the context that it had.
func (n *Node) riakContext(op *operation) {
	if len(op.set.Versions) == 1 {
		op.context = op.set.Context
		return
	}
	op.beside = true
}

// newest picks the version with the latest timestamp (§6, "timestamp based reconciliation").
func (n *Node) newest(key KeyID, set *vclock.Set) *vclock.Set {
	picked := set.Newest(n.shared.Arena)
	if picked != set {
		n.env.Mark(MarkNewest, key, int64(len(set.Versions)))
	}
	return picked
}

// Tombstones. A delete is a put of a version without a value. It is kept for a while, so that replicas that missed it learn of it, and then
// forgotten together with its causal context; a replica that learns of it later than that brings the old value back.

// withoutExpired is what is left of a set without the tombstones that are past their grace: nil if there was nothing else.
func (n *Node) withoutExpired(set *vclock.Set) *vclock.Set {
	v := &n.cfg.Versions
	switch {
	case v.NoTombstones:
		set = set.Buried(n.shared.Arena, math.MaxInt64)
	case v.Grace > 0:
		set = set.Buried(n.shared.Arena, n.env.Wall()-v.Grace)
		if set != nil && set.Live() < len(set.Versions) {
			n.expectExpiry()
		}
	}
	if set != nil && len(set.Versions) == 0 {
		return nil
	}
	return set
}

// remove forgets a key. The ticket is called when that is durable.
func (n *Node) remove(slot int32, t *ticket) { n.discard(slot, t, MarkTombstoneForgotten) }

// drop removes what the homes of a key have, of which this node is none.
func (n *Node) drop(slot int32) {
	n.discard(slot, &ticket{kind: ticketNobody, key: n.store.entries[slot].key}, MarkDropped)
}

func (n *Node) discard(slot int32, t *ticket, why Mark) {
	key, before := n.store.entries[slot].key, n.store.entries[slot].set
	if before == nil && t.kind == ticketNobody {
		return
	}
	if before != nil {
		n.forget(before)
		n.env.Mark(why, key, 0)
	}
	n.hold(slot, nil)
	if n.between {
		n.cacheWrite(slot)
		n.buffer.entersLog(slot)
	}
	t.slot, t.log = uint32(slot), engineData
	*n.underWay(t)++
	n.calls++
	n.store.engine.Remove(uint32(slot), n.shared.Keys.bytes(key), n.tickets.put(t))
	n.calls--
	n.wantTick(engineData)
}

// Bounds of the period between two looks at the tombstones: eight times within the grace, but not too often and not too seldom.
const (
	leastExpiry = 100 * 1000 * 1000 // ns
	mostExpiry  = 3600 * 1000 * 1000 * 1000
)

// expectExpiry sets the timer of the next look. While a node holds no tombstone it looks for none.
func (n *Node) expectExpiry() {
	if n.expiry == 0 {
		period := min(max(n.cfg.Versions.Grace/8, leastExpiry), mostExpiry)
		n.expiry = n.env.SetTimer(Timer{Kind: TimerExpiry}, period)
	}
}

// expire forgets the tombstones that are past their grace.
func (n *Node) expire() {
	n.expiry = 0
	for slot := range n.store.entries {
		key, set := n.store.entries[slot].key, n.store.entries[slot].set
		if set == nil || set.Live() == len(set.Versions) {
			continue
		}
		switch left := n.withoutExpired(set); left {
		case set:
		case nil:
			n.remove(int32(slot), &ticket{kind: ticketNobody, key: key})
		default:
			n.replace(int32(slot), left, &ticket{kind: ticketNobody, key: key})
		}
	}
}

// expireLater looks, after recovery, whether there are tombstones to be forgotten one day.
func (n *Node) expireLater() {
	if n.cfg.Versions.Grace == 0 {
		return
	}
	for i := range n.store.entries {
		if set := n.store.entries[i].set; set != nil && set.Live() < len(set.Versions) {
			n.expectExpiry()
			return
		}
	}
}
