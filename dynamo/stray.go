package dynamo

import (
	"slices"

	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
)

// A stray is what a node stores of a key of which it is no home, and no task brings it to one: a write that came by an old view, what was left of a range
// that changed while it was handed over. It goes to all homes of its key as hints, or, where handoff is off, as a range of its own. So do hints whose
// home is no home any more. A node that has left says so when it holds nothing any more.

// expectStrays sets the time for a look at what the node stores and need not.
func (n *Node) expectStrays() {
	if n.transfers.sweep == 0 && n.cfg.Transfer {
		n.transfers.sweep = n.env.SetTimer(Timer{Kind: TimerSweep}, max(2*n.cfg.GossipEvery, n.cfg.Retry))
	}
}

// sweepStrays hands over strays, and says when a node that has left holds nothing any more.
func (n *Node) sweepStrays() {
	n.transfers.sweep = 0
	if !n.serving || n.place.Ring.Ranges() == 0 {
		return
	}
	last := n.members.known.Last(int32(n.id))
	leaves := last != nil && last.What == membership.Leave
	strays := n.strays()
	for _, slot := range strays {
		if !n.givenAway(n.store.entries[slot].key) {
			n.handOver(slot)
		}
	}
	n.rehomeHints(leaves && !n.cfg.Handoff)
	n.forgetAwaited()
	n.writeRecord()
	n.drive()
	if len(strays) > 0 || n.hints.count > 0 || len(n.liveTasks()) > 0 {
		n.expectStrays()
		return
	}
	if leaves {
		n.env.Mark(MarkDrained, NoKey, 0)
		n.announce(membership.Change{Node: int32(n.id), What: membership.Drained})
	}
}

// strays lists what the node stores outside of the ranges that it is a home of.
func (n *Node) strays() []int32 {
	var slots []int32
	add := func(_ merkle.Position, slot int32) bool {
		slots = append(slots, slot)
		return true
	}
	x, r := n.index(), n.place.Ring
	hosted := r.Hosted(int32(n.id), n.cfg.N)
	if len(hosted) == 0 {
		x.Each(merkle.Range{}, add)
		return slots
	}
	before := r.Range(int(hosted[len(hosted)-1]))
	for _, i := range hosted { // what lies between two of them
		next := r.Range(int(i))
		if between := (ring.Range{After: before.Upto, Upto: next.After}); between.After != between.Upto {
			x.Each(rangeOf(between), add)
		}
		before = next
	}
	return slots
}

// givenAway tells whether a task is going to bring a key to a home.
func (n *Node) givenAway(key KeyID) bool {
	p := n.shared.Keys.Position(key)
	return slices.ContainsFunc(n.transfers.tasks, func(t task) bool { return t.gives(p) })
}

// handOver keeps a stray as hints for all its homes, and drops it when they are durable. Without handoff the range that it lies in is handed over to all
// of them.
func (n *Node) handOver(slot int32) {
	e := n.store.entries[slot]
	homes := n.place.Homes(e.key, n.cfg.N)
	if len(homes) == 0 {
		return
	}
	n.env.Mark(MarkStray, e.key, 0)
	if !n.cfg.Handoff {
		r := n.place.Ring.Range(n.place.Ring.RangeOf(n.shared.Keys.Position(e.key)))
		for _, home := range homes {
			n.addTask(Move{r, n.id, NodeID(home), true})
		}
		return
	}
	n.keepForHomes(e.key, e.set, homes, &ticket{kind: ticketStray, request: uint64(uint32(slot)), key: e.key})
}

// strayDurable: the last of a stray's hints is on disk, and the others were written before it.
func (n *Node) strayDurable(slot int32, why Status) {
	e := n.store.entries[slot]
	if why == OK && e.set != nil && !n.place.IsHome(n.id, e.key, n.cfg.N) && n.keptForHomes(e.key, e.set) {
		n.drop(slot)
	}
}

// keptForHomes tells whether this node keeps a set for all homes of its key. If not, it has been delivered already, or it grew: the next look decides.
func (n *Node) keptForHomes(key KeyID, set *vclock.Set) bool {
	for _, home := range n.place.Homes(key, n.cfg.N) {
		var kept *vclock.Set
		if i := n.hints.find(NodeID(home), key); NodeID(home) == n.id {
			kept = n.Stored(key)
		} else if i >= 0 && n.hints.entries[i].used {
			kept = n.hints.entries[i].set
		}
		if kept == nil || n.cfg.Mode.Merge(n.shared.Arena, kept, set) != kept {
			return false
		}
	}
	return true
}

// rehomeHints gives hints whose home is no home of the key any more to those that are. A node that leaves and may hand off none makes all of them its
// own, so that they go the way of strays.
func (n *Node) rehomeHints(own bool) {
	for i, count := 0, len(n.hints.entries); i < count; i++ {
		e := n.hints.entries[i]
		rehomed := &ticket{kind: ticketRehomed, request: uint64(uint32(i)), key: e.key}
		switch {
		case !e.used || e.sent != nil:
			continue
		case own:
			n.keep(e.key, NoNode, e.set, rehomed)
			continue
		case n.place.IsHome(e.home, e.key, n.cfg.N) || !n.cfg.Handoff:
			continue
		}
		homes := n.place.Homes(e.key, n.cfg.N)
		if len(homes) == 0 {
			continue
		}
		n.keepForHomes(e.key, e.set, homes, rehomed)
	}
}

// keepForHomes keeps a set for all homes of its key, this node itself first. The ticket is called for the last of them, which is durable after the
// hints before it.
func (n *Node) keepForHomes(key KeyID, set *vclock.Set, homes []int32, t *ticket) {
	left := len(homes)
	for _, own := range []bool{true, false} {
		for _, home := range homes {
			if (NodeID(home) == n.id) != own {
				continue
			}
			if left--; left == 0 {
				n.keep(key, NodeID(home), set, t)
			} else {
				n.keep(key, NodeID(home), set, &ticket{kind: ticketNobody, key: key})
			}
		}
	}
}

// rehomed: what takes the place of a hint is on disk.
func (n *Node) rehomed(i int32, why Status) {
	e := &n.hints.entries[i]
	if why != OK || !e.used || e.sent != nil {
		return
	}
	if n.cfg.Handoff && (n.place.IsHome(e.home, e.key, n.cfg.N) || !n.keptForHomes(e.key, e.set)) {
		return
	}
	if own := n.Stored(e.key); !n.cfg.Handoff && (own == nil || n.cfg.Mode.Merge(n.shared.Arena, own, e.set) != own) {
		return
	}
	n.env.Mark(MarkHintRehomed, e.key, int64(e.home))
	n.removeHint(i)
}
