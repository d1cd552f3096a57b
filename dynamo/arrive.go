package dynamo

import (
	"slices"

	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
)

// The receiver's part in a transfer of ranges (§4.9).
//
// A node that has come to store a range and waits for it holds nothing of it yet, or only what was written since. Its answer to a read would count for
// R like that of a replica that has missed every write. So it says for whom it waits: the coordinator asks that one, which still has the range,
// and goes by such an answer only if it gets no others.

// arrival is a batch that is on its way to this node's disk.
type arrival struct {
	from    NodeID
	request uint64
	left    int32
	ranges  []ring.Range // that it is the last of
	failed  bool
	used    bool
}

// awaited is a range that the node has come to store and does not have yet.
type awaited struct {
	ring.Range
	from  NodeID
	until int64 // when it counts on it no more
}

// patience is how many periods of gossip a node counts on a range that nobody offers or sends: so long does the news of a change take to reach the
// givers. They find out what to give to whom by the same views as the receiver; where they do not, because they went from another view to the
// same one, the range comes as strays and by anti-entropy.
const patience = 10

// expectRanges notes what this node has come to store by a new view.
func (n *Node) expectRanges(old *Placement) {
	if last := n.members.view.Last(int32(n.id)); old.Ring.Ranges() == 0 && last != nil && last.Counter > 0 {
		old = n.shared.Place(n.members.view.Without(last)) // it joins: what others knew before
	}
	for _, m := range n.shared.Moves(old, n.place, n.cfg.N) {
		if m.To == n.id {
			n.transfers.awaited = append(n.transfers.awaited, awaited{m.Range, m.From, n.env.Now() + n.patience()})
			n.partial = true
		}
	}
}

func (n *Node) patience() int64 { return patience * max(n.cfg.GossipEvery, n.cfg.Retry) }

// awaits tells whether what the node holds in a range may be only a part.
func (n *Node) awaits(r ring.Range) bool {
	now := n.env.Now()
	for _, a := range n.transfers.awaited {
		if now <= a.until && (a.Contains(r.Upto) || r.Contains(a.Upto)) {
			return true
		}
	}
	return false
}

// haveCome notes that this node has all that a giver had of some ranges.
func (n *Node) haveCome(ranges []ring.Range) {
	x := &n.transfers
	if len(x.awaited) == 0 || len(ranges) == 0 {
		return
	}
	for _, r := range ranges {
		var left []awaited
		for _, a := range x.awaited {
			left = a.appendBeyond(left, r)
		}
		x.awaited = left
	}
	n.writeRecord()
}

// appendBeyond adds the parts of what is awaited that do not lie in a range.
func (a awaited) appendBeyond(to []awaited, r ring.Range) []awaited {
	cuts := [3]ring.Position{r.After, r.Upto, a.Upto}
	if a.After.Distance(cuts[1]).Less(a.After.Distance(cuts[0])) {
		cuts[0], cuts[1] = cuts[1], cuts[0] // clockwise from where the range begins
	}
	from := a.After
	for i, cut := range cuts {
		if i < 2 && (cut == a.After || cut == a.Upto || cut == from || !a.Contains(cut)) {
			continue
		}
		if !r.Contains(cut) {
			to = append(to, awaited{ring.Range{After: from, Upto: cut}, a.from, a.until})
		}
		from = cut
	}
	return to
}

// onTheWay notes that a giver has said that ranges are to come.
func (n *Node) onTheWay(ranges []ring.Range) {
	for i := range n.transfers.awaited {
		if a := &n.transfers.awaited[i]; rangeAmong(ranges, a.Upto) >= 0 {
			a.until = max(a.until, n.env.Now()+n.patience())
		}
	}
}

// forgetAwaited forgets what nobody is going to bring.
func (n *Node) forgetAwaited() {
	x := &n.transfers
	now := n.env.Now()
	x.awaited = slices.DeleteFunc(x.awaited, func(a awaited) bool { return now > a.until })
}

func rangeAmong(ranges []ring.Range, p ring.Position) int {
	for i, r := range ranges {
		if r.Contains(p) {
			return i
		}
	}
	return -1
}

// qualify says of what a node holds of a key whether that may be a part, and then who has all.
func (n *Node) qualify(key KeyID) (Status, NodeID) {
	if len(n.transfers.awaited) == 0 {
		return OK, NoNode
	}
	return n.qualifyAwaited(key)
}

func (n *Node) qualifyAwaited(key KeyID) (Status, NodeID) {
	now, at := n.env.Now(), n.shared.Keys.Position(key)
	for _, a := range n.transfers.awaited {
		if now <= a.until && a.Contains(at) {
			n.env.Mark(MarkAwaited, key, int64(a.from))
			return Awaiting, a.from
		}
	}
	return OK, NoNode
}

// part is an answer to a read of a node that waits for the range.
type part struct {
	node NodeID
	set  *vclock.Set
}

// takePart keeps such an answer and asks the node that has all, or else the next one.
func (n *Node) takePart(op *operation, t *target, a answer) {
	if t.state == partial {
		return
	}
	op.turn(t, partial)
	op.parts, op.parted = append(op.parts, part{t.node, a.set}), true
	if a.whole != NoNode && op.find(a.whole) == nil && !n.suspects(a.whole) {
		whole := op.add(target{node: a.whole, home: t.copyFor()})
		op.reads.Ask(1)
		n.ask(op, whole)
		return
	}
	if s := n.substitute(op, *t); s != nil {
		n.ask(op, s)
	}
}

// countParts counts the answers that were kept, as no others are to come in time. False: there are none, or they are too few.
func (n *Node) countParts(op *operation) bool {
	if op.kind != opGet || op.writing || len(op.parts) == 0 {
		return false
	}
	for _, p := range op.parts {
		op.reads.Reply(int32(p.node), p.set)
		if t := op.find(p.node); t != nil {
			op.turn(t, answered)
		}
		if op.fastest == NoNode {
			op.fastest = p.node
		}
	}
	op.parts = op.parts[:0]
	return n.enough(op)
}

// offered answers an offer: with the ranges that this node does not hold equally, or, if the giver acts upon another view, with that news.
func (n *Node) offered(from NodeID, m *Message) {
	answer := Message{Kind: OfferReply, Request: m.Request, Key: NoKey, Client: NoNode, Node: NoNode}
	x := m.Transfer()
	if x == nil {
		return
	}
	if m.Ack != n.members.view.Hash() {
		answer.Status = StaleView
		n.send(from, answer)
		n.contact(from)
		return
	}
	reply := &Transfer{}
	var held []ring.Range
	for i, r := range x.Ranges {
		switch {
		case n.sumOf(r) != x.Sums[i] || !n.isDurable(r):
			reply.Wanted = append(reply.Wanted, int32(i))
		case !slices.Contains(x.Parts, int32(i)):
			held = append(held, r)
		}
	}
	n.onTheWay(x.Ranges)
	n.haveCome(held)
	answer.Body = n.shared.Bodies.New(Body{Transfer: reply})
	n.send(from, answer)
}

// isDurable tells whether all that the node stores in a range is in its log.
func (n *Node) isDurable(r ring.Range) bool {
	durable := true
	n.index().Each(rangeOf(r), func(_ merkle.Position, slot int32) bool {
		durable = n.store.entries[slot].writes == 0 && !n.buffer.holds(slot) && !n.doubt.has(slot, keyUnsaved)
		return durable
	})
	return durable
}

// batchArrived stores what a giver sends, as this node's own, and acknowledges when all of it is durable.
func (n *Node) batchArrived(from NodeID, m *Message) {
	x := m.Transfer()
	if x == nil {
		return
	}
	if m.Ack != n.members.view.Hash() {
		n.send(from, Message{Kind: TransferReply, Status: StaleView, Request: m.Request, Key: NoKey, Client: NoNode, Node: NoNode})
		n.contact(from)
		return
	}
	if !n.admit(TaskTransfer) {
		n.refuse(from, m, Overloaded) // it comes again
		return
	}
	slot := n.arrivalSlot()
	n.transfers.coming[slot] = arrival{from: from, request: m.Request, left: int32(len(x.Sets)), ranges: x.Ranges, used: true}
	n.store.engine.Hold() // one sync for all
	for i := range x.Sets {
		n.env.Mark(MarkKeyTransferred, x.Sets[i].Key, int64(from))
		n.keep(x.Sets[i].Key, NoNode, x.Sets[i].Set, &ticket{kind: ticketTransfer, request: uint64(slot), peer: from, key: x.Sets[i].Key})
	}
	n.store.engine.Release()
	n.env.Mark(MarkTransferMid, NoKey, int64(from))
	if len(x.Sets) == 0 {
		n.arrived(uint64(slot), OK)
	}
}

func (n *Node) arrivalSlot() int {
	for i := range n.transfers.coming {
		if !n.transfers.coming[i].used {
			return i
		}
	}
	n.transfers.coming = append(n.transfers.coming, arrival{})
	return len(n.transfers.coming) - 1
}

// arrived: one of the sets of a batch is durable.
func (n *Node) arrived(slot uint64, why Status) {
	a := &n.transfers.coming[slot]
	a.failed = a.failed || why != OK
	if a.left--; a.left > 0 {
		return
	}
	n.release(TaskTransfer)
	answer := Message{Kind: TransferReply, Request: a.request, Key: NoKey, Client: NoNode, Node: NoNode}
	if a.failed {
		answer.Status = DiskFailed
	} else {
		n.haveCome(a.ranges)
	}
	a.used, a.ranges = false, nil
	n.send(a.from, answer)
}
