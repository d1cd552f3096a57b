package dynamo

import (
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
)

// Transfer of ranges (§4.9): when a node acts upon a new view, it offers each range that it need not store any longer to the node that came to
// store it, and sends it, whole version sets in batches, after that node's confirmation. A batch is acknowledged when it is durable, and nothing is
// dropped before. Both must act upon the same view.
//
// What is left over, such as a write that came by an old view or a range whose transfer a crash ended, is a stray: its versions go to all
// homes of the key as hints, and the node drops its own copy when the hints are on its disk. So do hints whose home is no home any more.

// transfers is a node's part in them.
type transfers struct {
	tasks   []task
	number  uint32
	timer   TimerID
	sweep   TimerID
	paced   int64 // no batch before
	coming  []arrival
	changed bool // the ring is not the one that the cluster was founded with
}

func (t *transfers) emptied() transfers { return transfers{tasks: t.tasks[:0], coming: t.coming[:0]} }

// task is what this node gives to one other node.
type task struct {
	to     NodeID
	leaves bool
	state  taskState
	number uint32 // of the message that is under way
	due    int64  // when it is tried again
	ranges []ring.Range
	cursor int // slot
	sent   []sentSet
	acked  int // of sent
}

type sentSet struct {
	slot int32
	set  *vclock.Set
}

type taskState uint8

const (
	taskWaiting taskState = iota // for its turn
	taskOffered
	taskReady   // to send a batch
	taskSending // a batch is under way
)

const taskOver = taskSending + 1 // it comes off the list

// arrival is a batch that is on its way to this node's disk.
type arrival struct {
	from    NodeID
	request uint64
	left    int32
	failed  bool
	used    bool
}

// Transfer is what the messages of a transfer carry. It is immutable.
type Transfer struct {
	Ranges []ring.Range // offer
	Sums   []uint64     // offer: a digest of what the giver holds in each
	Wanted []int32      // answer to an offer: by index, those that the receiver does not hold equally
	Sets   []Moved      // batch
}

// Moved is a key with all that a node stores of it.
type Moved struct {
	Key KeyID
	Set *vclock.Set
}

// Sizes of a transfer: on the wire in bytes of a range, a digest and an index; and how large a batch may grow.
const (
	wireRange  = 32
	wireDigest = 8
	wireIndex  = 4
	batchBytes = 64 << 10
	batchKeys  = 128
)

// takeOver is called when the node begins to act upon a view: it finds out what to give away. A task whose receiver still comes to store the
// range goes on.
func (n *Node) takeOver(old *Placement) {
	x := &n.transfers
	if x.changed = n.members.view.Next() > 1; !x.changed {
		return
	}
	n.expectStrays()
	if !n.cfg.Transfer || !n.serving {
		return
	}
	kept := x.tasks[:0]
	for _, t := range x.tasks {
		if n.stillDue(&t) {
			kept = append(kept, t)
			continue
		}
		n.abandon(&t)
	}
	x.tasks = kept
	for _, m := range n.shared.Moves(old, n.place, n.cfg.N) {
		if m.From == n.id {
			n.addTask(m)
		}
	}
	n.drive()
}

// stillDue tells whether a task's receiver is one of the homes of its ranges by the view of now, and this node's part in them is the same.
func (n *Node) stillDue(t *task) bool {
	for _, r := range t.ranges {
		homes := homesAt(n.place.Ring, r.Upto, n.cfg.N)
		if !hasID(homes, t.to) || hasID(homes, n.id) == t.leaves {
			return false
		}
	}
	return true
}

func hasID(list []int32, id NodeID) bool {
	for _, x := range list {
		if NodeID(x) == id {
			return true
		}
	}
	return false
}

func (n *Node) addTask(m Move) {
	x := &n.transfers
	for i := range x.tasks {
		if t := &x.tasks[i]; t.to == m.To && t.leaves == m.Leaves && t.state == taskWaiting && len(t.sent) == 0 {
			t.ranges = append(t.ranges, m.Range)
			return
		}
	}
	x.tasks = append(x.tasks, task{to: m.To, leaves: m.Leaves, ranges: []ring.Range{m.Range}})
}

func (n *Node) abandon(t *task) {
	if t.state == taskSending {
		n.release(TaskTransfer)
	}
}

// drive does for each task what it is time for, and sets the timer for the next thing to do.
func (n *Node) drive() {
	x := &n.transfers
	now := n.env.Now()
	for i := range x.tasks {
		if t := &x.tasks[i]; t.due <= now && (t.state == taskOffered || t.state == taskSending) {
			n.timedOut(t.to)
			n.postpone(t)
		}
	}
	for i := range x.tasks {
		if t := &x.tasks[i]; t.due <= now && t.state == taskReady {
			n.sendBatch(t)
		}
	}
	open := 0
	for i := range x.tasks {
		if s := x.tasks[i].state; s != taskWaiting && s != taskOver {
			open++
		}
	}
	for i := range x.tasks {
		if t := &x.tasks[i]; t.due <= now && t.state == taskWaiting && open < n.cfg.TransfersAtOnce {
			if n.offer(t); t.state != taskOver {
				open++
			}
		}
	}
	n.wakeForTasks(now)
}

// wakeForTasks sets the timer for the first task that has something to do at a time of its own.
func (n *Node) wakeForTasks(now int64) {
	x := &n.transfers
	next := int64(-1)
	for _, t := range n.liveTasks() {
		if due := max(t.due, now+1); (t.state != taskWaiting || t.due > now) && (next < 0 || due < next) {
			next = due
		}
	}
	n.env.CancelTimer(x.timer)
	if x.timer = 0; next >= 0 {
		x.timer = n.env.SetTimer(Timer{Kind: TimerTransfer}, next-now)
	}
}

// postpone lets a task begin anew after a while; what was acknowledged stays so.
func (n *Node) postpone(t *task) {
	n.abandon(t)
	t.state, t.due = taskWaiting, n.env.Now()+n.cfg.Retry
	t.sent, t.cursor = t.sent[:0], 0
	t.acked = 0
}

// offer asks the receiver which of the ranges it wants. Without confirmation all are sent at once.
func (n *Node) offer(t *task) {
	t.sent, t.cursor, t.acked = t.sent[:0], 0, 0
	if !n.cfg.TransferConfirm {
		t.state, t.due = taskReady, n.env.Now()
		n.sendBatch(t)
		return
	}
	n.env.Mark(MarkRangesOffered, NoKey, int64(len(t.ranges)))
	body := &Transfer{Ranges: t.ranges}
	for _, r := range t.ranges {
		body.Sums = append(body.Sums, n.sumOf(r))
	}
	t.state = taskOffered
	n.tell(t, Offer, body)
}

// tell sends a message of a task and waits for its answer.
func (n *Node) tell(t *task, kind Kind, body *Transfer) {
	n.transfers.number++
	t.number, t.due = n.transfers.number, n.env.Now()+n.cfg.WriteTimeout
	n.send(t.to, Message{Kind: kind, Request: n.wire(uint64(t.number)), Ack: n.members.view.Hash(), Key: NoKey, Client: NoNode, Node: NoNode,
		Body: n.shared.Bodies.New(Body{Transfer: body})})
}

// sumOf is a digest of all that the node stores in a range, whatever the order.
func (n *Node) sumOf(r ring.Range) uint64 {
	sum := uint64(0)
	for i := range n.store.entries {
		if e := &n.store.entries[i]; e.set != nil && r.Contains(n.shared.Keys.Position(e.key)) {
			sum += fold(e.set.Hash()^0x9e3779b97f4a7c15, n.shared.Keys.Hash(e.key))
		}
	}
	return sum
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
	for i, r := range x.Ranges {
		if n.sumOf(r) != x.Sums[i] {
			reply.Wanted = append(reply.Wanted, int32(i))
		}
	}
	answer.Body = n.shared.Bodies.New(Body{Transfer: reply})
	n.send(from, answer)
}

// taskOf finds the task whose message an answer is to.
func (n *Node) taskOf(from NodeID, m *Message, state taskState) *task {
	number := n.wire(m.Request)
	for i := range n.transfers.tasks {
		if t := &n.transfers.tasks[i]; t.to == from && uint64(t.number) == number && t.state == state {
			return t
		}
	}
	return nil
}

// offerReplied takes the confirmation.
func (n *Node) offerReplied(from NodeID, m *Message) {
	t := n.taskOf(from, m, taskOffered)
	if t == nil {
		return
	}
	if m.Status != OK || m.Transfer() == nil {
		n.postpone(t)
		n.drive()
		return
	}
	wanted := m.Transfer().Wanted
	n.env.Mark(MarkRangesDeclined, NoKey, int64(len(t.ranges)-len(wanted)))
	t.state, t.due = taskReady, n.env.Now()
	n.skipDeclined(t, wanted)
	n.drive()
}

// skipDeclined notes what the receiver holds already as sent and acknowledged.
func (n *Node) skipDeclined(t *task, wanted []int32) {
	if len(wanted) == len(t.ranges) {
		return
	}
	asked := make([]bool, len(t.ranges))
	for _, i := range wanted {
		if i >= 0 && int(i) < len(asked) {
			asked[i] = true
		}
	}
	for i := range n.store.entries {
		e := &n.store.entries[i]
		if e.set == nil {
			continue
		}
		if k := rangeAmong(t.ranges, n.shared.Keys.Position(e.key)); k >= 0 && !asked[k] {
			t.sent = append(t.sent, sentSet{int32(i), e.set})
		}
	}
	t.acked = len(t.sent)
}

func rangeAmong(ranges []ring.Range, p ring.Position) int {
	for i, r := range ranges {
		if r.Contains(p) {
			return i
		}
	}
	return -1
}

// wasSent tells whether a set is one that the receiver has acknowledged in this task.
func (t *task) wasSent(slot int32, set *vclock.Set) bool {
	for _, s := range t.sent[:t.acked] {
		if s.slot == slot && s.set == set {
			return true
		}
	}
	return false
}

// sendBatch sends the next sets of a task, or ends it.
func (n *Node) sendBatch(t *task) {
	now := n.env.Now()
	if now < n.transfers.paced {
		t.due = n.transfers.paced
		return
	}
	declined := t.cursor == 0 && t.acked > 0
	body, size := &Transfer{}, int64(0)
	for ; t.cursor < len(n.store.entries) && size < batchBytes && len(body.Sets) < batchKeys; t.cursor++ {
		e := &n.store.entries[t.cursor]
		if e.set == nil || rangeAmong(t.ranges, n.shared.Keys.Position(e.key)) < 0 || declined && t.wasSent(int32(t.cursor), e.set) {
			continue
		}
		if len(body.Sets) == 0 && !n.admit(TaskTransfer) {
			t.due = now + n.cfg.Retry
			return
		}
		body.Sets = append(body.Sets, Moved{e.key, e.set})
		size += e.set.WireSize()
		t.sent = append(t.sent, sentSet{int32(t.cursor), e.set})
	}
	if len(body.Sets) == 0 {
		n.endTask(t)
		return
	}
	t.state = taskSending
	n.tell(t, TransferBatch, body)
	if n.cfg.Planted == PlantedEarlyDrop {
		n.forgetSent(t, body.Sets)
	}
	if n.cfg.TransferRate > 0 {
		n.transfers.paced = now + timeOf(size, n.cfg.TransferRate)
	}
	n.env.Mark(MarkTransferMid, NoKey, int64(t.to))
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
	slot := n.arrivalSlot()
	n.transfers.coming[slot] = arrival{from: from, request: m.Request, left: int32(len(x.Sets)), used: true}
	for i := range x.Sets {
		n.env.Mark(MarkKeyTransferred, x.Sets[i].Key, int64(from))
		n.keep(x.Sets[i].Key, NoNode, x.Sets[i].Set, ticket{kind: ticketTransfer, request: uint64(slot), peer: from, key: x.Sets[i].Key})
	}
	n.env.Mark(MarkTransferMid, NoKey, int64(from))
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
	answer := Message{Kind: TransferReply, Request: a.request, Key: NoKey, Client: NoNode, Node: NoNode}
	if a.failed {
		answer.Status = DiskFailed
	}
	a.used = false
	n.send(a.from, answer)
}

// transferReplied: the receiver has a batch, or cannot take it now.
func (n *Node) transferReplied(from NodeID, m *Message) {
	t := n.taskOf(from, m, taskSending)
	if t == nil {
		return
	}
	if m.Status != OK {
		n.postpone(t)
		n.drive()
		return
	}
	n.release(TaskTransfer)
	t.acked = len(t.sent)
	t.state, t.due = taskReady, n.env.Now()
	n.drive()
}

// endTask drops what the receiver holds now, unless it has changed meanwhile, and takes the task off the list.
func (n *Node) endTask(t *task) {
	n.env.Mark(MarkRangesTransferred, NoKey, int64(len(t.ranges)))
	if t.leaves {
		for _, s := range t.sent[:t.acked] {
			if n.store.entries[s.slot].set == s.set && !n.place.IsHome(n.id, n.store.entries[s.slot].key, n.cfg.N) {
				n.remove(s.slot, ticket{kind: ticketNobody, key: n.store.entries[s.slot].key})
			}
		}
	}
	t.state = taskOver
	n.expectStrays()
}

// transferTimer is the time for the next thing to do.
func (n *Node) transferTimer() {
	n.transfers.timer = 0
	n.drive()
}

// expectStrays sets the time for a look at what the node stores and need not.
func (n *Node) expectStrays() {
	if n.transfers.sweep == 0 && n.cfg.Transfer {
		n.transfers.sweep = n.env.SetTimer(Timer{Kind: TimerSweep}, max(2*n.cfg.GossipEvery, n.cfg.Retry))
	}
}

// sweep hands over strays, and says when a node that has left holds nothing any more.
func (n *Node) sweepStrays() {
	n.transfers.sweep = 0
	if !n.serving {
		return
	}
	left := false
	for i := range n.store.entries {
		e := &n.store.entries[i]
		if e.set == nil || n.place.IsHome(n.id, e.key, n.cfg.N) {
			continue
		}
		left = true
		if !n.givenAway(e.key) {
			n.handOver(int32(i))
		}
	}
	n.rehomeHints()
	if left || n.hints.count > 0 || len(n.liveTasks()) > 0 {
		n.expectStrays()
		return
	}
	if last := n.members.known.Last(int32(n.id)); last != nil && last.What == membership.Leave {
		n.env.Mark(MarkDrained, NoKey, 0)
		n.announce(membership.Change{Node: int32(n.id), What: membership.Drained})
	}
}

// liveTasks are the tasks that are not over.
func (n *Node) liveTasks() []task {
	x := &n.transfers
	kept := x.tasks[:0]
	for _, t := range x.tasks {
		if t.state != taskOver {
			kept = append(kept, t)
		}
	}
	x.tasks = kept
	return kept
}

// givenAway tells whether a task is going to bring a key to a home.
func (n *Node) givenAway(key KeyID) bool {
	p := n.shared.Keys.Position(key)
	for i := range n.transfers.tasks {
		if t := &n.transfers.tasks[i]; t.state != taskOver && t.leaves && rangeAmong(t.ranges, p) >= 0 {
			return true
		}
	}
	return false
}

// handOver keeps a stray as hints for all its homes, and drops it when they are durable. Without handoff it stays where it is.
func (n *Node) handOver(slot int32) {
	e := n.store.entries[slot]
	homes := n.place.Homes(e.key, n.cfg.N)
	if !n.cfg.Handoff || len(homes) == 0 {
		return
	}
	n.env.Mark(MarkStray, e.key, 0)
	n.keepForHomes(e.key, e.set, homes, ticket{kind: ticketStray, request: uint64(uint32(slot)), key: e.key})
}

// strayDurable: the last of a stray's hints is on disk, and the others were written before it.
func (n *Node) strayDurable(slot int32, why Status) {
	e := n.store.entries[slot]
	if why != OK || e.set == nil || n.place.IsHome(n.id, e.key, n.cfg.N) {
		return
	}
	for _, home := range n.place.Homes(e.key, n.cfg.N) {
		i := n.hints.find(NodeID(home), e.key)
		if i < 0 || !n.hints.entries[i].used || n.cfg.Mode.Merge(n.shared.Arena, n.hints.entries[i].set, e.set) != n.hints.entries[i].set {
			return // it has been delivered already, or it grew: the next look decides
		}
	}
	n.remove(slot, ticket{kind: ticketNobody, key: e.key})
}

// rehomeHints gives hints whose home is no home of the key any more to those that are.
func (n *Node) rehomeHints() {
	for i, count := 0, len(n.hints.entries); i < count; i++ {
		e := n.hints.entries[i]
		if !e.used || n.hints.entries[i].sent != nil || n.place.IsHome(e.home, e.key, n.cfg.N) {
			continue
		}
		homes := n.place.Homes(e.key, n.cfg.N)
		if len(homes) == 0 {
			continue
		}
		n.keepForHomes(e.key, e.set, homes, ticket{kind: ticketRehomed, request: uint64(uint32(i)), key: e.key})
	}
}

// keepForHomes keeps a set for all homes of its key, this node itself first. The ticket is called for the last of them, which is durable after the
// hints before it.
func (n *Node) keepForHomes(key KeyID, set *vclock.Set, homes []int32, t ticket) {
	left := len(homes)
	for _, own := range []bool{true, false} {
		for _, home := range homes {
			if (NodeID(home) == n.id) != own {
				continue
			}
			if left--; left == 0 {
				n.keep(key, NodeID(home), set, t)
			} else {
				n.keep(key, NodeID(home), set, ticket{kind: ticketNobody, key: key})
			}
		}
	}
}

// rehomed: the last of the hints that take another one's place is on disk.
func (n *Node) rehomed(i int32, why Status) {
	e := &n.hints.entries[i]
	if why != OK || !e.used || e.sent != nil || n.place.IsHome(e.home, e.key, n.cfg.N) {
		return
	}
	n.env.Mark(MarkHintRehomed, e.key, int64(e.home))
	n.removeHint(i)
}

// size is what it takes on the wire, in bytes.
func (x *Transfer) size(keys *Keys) int64 {
	size := int64(len(x.Ranges))*wireRange + int64(len(x.Sums))*wireDigest + int64(len(x.Wanted))*wireIndex
	for i := range x.Sets {
		size += int64(len(keys.Name(x.Sets[i].Key))) + x.Sets[i].Set.WireSize()
	}
	return size
}

// hash covers the content, for the digest of a run.
func (x *Transfer) hash(keys *Keys) uint64 {
	h := uint64(0x2545f4914f6cdd1d)
	for i, r := range x.Ranges {
		h = fold(h^r.After.Hi, r.After.Lo^0x8cb92ba72f3d8dd7)
		h = fold(h^r.Upto.Hi, r.Upto.Lo^0xd6e8feb86659fd93)
		h = fold(h^x.Sums[i], 0x9e3779b97f4a7c15)
	}
	for _, i := range x.Wanted {
		h = fold(h^uint64(uint32(i)), 0xaef17502108ef2d9)
	}
	for i := range x.Sets {
		h = fold(h^keys.Hash(x.Sets[i].Key), x.Sets[i].Set.Hash()^0xe7037ed1a0b428db)
	}
	return h
}
