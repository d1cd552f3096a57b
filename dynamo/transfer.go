package dynamo

import (
	"slices"

	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
)

// Transfer of ranges (§4.9): when a node acts upon a new view, it offers each range that it need not store any longer to the node that came to
// store it, and sends it, whole version sets in batches, after that node's confirmation. A batch is acknowledged when it is durable; when all of a
// range is, the giver drops it. Both must act upon the same view. The keys of a range, and a digest of them, come from the index behind the
// Merkle trees. What is left to do is on the giver's disk, so that it goes on after a restart, and what it has handed over it does not hand over again.
//
// What is left over, such as a write that came by an old view, is a stray: see stray.go. What the receiver does is in arrive.go.

// transfers is a node's part in them.
type transfers struct {
	tasks   []task
	number  uint32
	timer   TimerID
	sweep   TimerID
	paced   int64 // no batch before
	coming  []arrival
	record  record
	awaited []awaited // last, see Node
}

func (t *transfers) emptied() transfers {
	clear(t.tasks)
	clear(t.coming)
	return transfers{tasks: t.tasks[:0], coming: t.coming[:0], awaited: t.awaited[:0]}
}

// task is what this node gives to one other node.
type task struct {
	to     NodeID
	leaves bool // this node need not store the ranges any longer
	state  taskState
	number uint32       // of the message that is under way
	due    int64        // when it is tried again
	ranges []ring.Range // that are not handed over yet
	sums   []uint64     // of each, as offered
	count  int          // ranges handed over

	// How far the sending has come:
	done int           // ranges that are sent in full, from the first
	at   ring.Position // in the next one, if begun
	half bool          // it is begun
	sent []sentSet     // of all these
	full int           // of sent: those of the ranges sent in full
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
	taskOver    // it comes off the list
)

// Transfer is what the messages of a transfer carry. It is immutable.
type Transfer struct {
	Ranges []ring.Range // offer: all that there are; batch: those that it is the last of, if the giver has them in full
	Sums   []uint64     // offer: a digest of what the giver holds in each
	Parts  []int32      // offer: by index, those of which the giver itself does not have all yet
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

// takeOver is called when the node begins to act upon a view: it finds out what to give away, and what to wait for. A task whose receiver still comes
// to store the range goes on.
func (n *Node) takeOver(old *Placement) {
	if n.moved = n.members.view.Next() > 1; !n.moved {
		return
	}
	n.expectStrays()
	if !n.cfg.Transfer || !n.serving {
		return
	}
	n.dropTasks()
	for _, m := range n.shared.Moves(old, n.place, n.cfg.N) {
		if m.From == n.id {
			n.addTask(m)
		}
	}
	n.expectRanges(old)
	n.writeRecord()
	n.drive()
}

// resume goes on after a restart with what was not handed over before it.
func (n *Node) resume() {
	if n.moved = n.members.view.Next() > 1; !n.moved {
		return
	}
	n.expectStrays()
	if !n.cfg.Transfer {
		n.transfers.tasks, n.transfers.awaited = n.transfers.tasks[:0], n.transfers.awaited[:0]
		return
	}
	for i := range n.transfers.awaited {
		n.transfers.awaited[i].until = n.env.Now() + n.patience()
	}
	n.dropTasks()
	n.drive()
}

// dropTasks takes the ranges off the tasks that are not to be handed over by this view. A task that loses some begins anew.
func (n *Node) dropTasks() {
	for i := range n.transfers.tasks {
		t := &n.transfers.tasks[i]
		var due []ring.Range
		for _, r := range t.ranges {
			if n.stillDue(t, r) {
				due = append(due, r)
			}
		}
		if len(due) == len(t.ranges) {
			continue
		}
		n.abandon(t)
		t.ranges, t.state, t.due = due, taskWaiting, n.env.Now()
		if t.restart(); len(due) == 0 {
			t.state = taskOver
		}
	}
	n.liveTasks()
}

// stillDue tells whether a task's receiver is one of the homes of a range by the view of now, and this node's part in it is the same.
func (n *Node) stillDue(t *task, r ring.Range) bool {
	homes := homesAt(n.place.Ring, r.Upto, n.cfg.N)
	return hasID(homes, t.to) && hasID(homes, n.id) != t.leaves
}

func hasID(list []int32, id NodeID) bool {
	for _, x := range list {
		if NodeID(x) == id {
			return true
		}
	}
	return false
}

// addTask adds a move to what is to be done, with others to the same node as long as none of them is begun.
func (n *Node) addTask(m Move) {
	x := &n.transfers
	for i := range x.tasks {
		if t := &x.tasks[i]; t.to == m.To && t.leaves == m.Leaves && t.state == taskWaiting {
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

// postpone lets a task begin anew after a while, with the ranges that are not handed over yet.
func (n *Node) postpone(t *task) {
	n.abandon(t)
	t.state, t.due = taskWaiting, n.env.Now()+n.cfg.Retry
	t.restart()
}

// restart forgets what was sent of the ranges that are not handed over.
func (t *task) restart() { t.sent, t.done, t.half, t.full = t.sent[:0], 0, false, 0 }

// offer asks the receiver which of the ranges it wants. Without confirmation all are sent at once.
func (n *Node) offer(t *task) {
	t.restart()
	if !n.cfg.TransferConfirm {
		t.state, t.due = taskReady, n.env.Now()
		n.sendBatch(t)
		return
	}
	n.env.Mark(MarkRangesOffered, NoKey, int64(len(t.ranges)))
	t.sums = nil // the message has the old ones
	body := &Transfer{Ranges: slices.Clone(t.ranges)}
	for i, r := range t.ranges {
		if t.sums = append(t.sums, n.sumOf(r)); n.awaits(r) {
			body.Parts = append(body.Parts, int32(i))
		}
	}
	body.Sums = t.sums
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

// sumOf is a digest of all that the node stores in a range: the root of the Merkle tree over it.
func (n *Node) sumOf(r ring.Range) uint64 { return n.index().Hash(rangeOf(r)) }

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

// offerReplied takes the confirmation. What the receiver holds already is handed over.
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
	n.writeRecord()
	n.drive()
}

// skipDeclined takes what the receiver holds equally off a task, and drops it unless it has changed since the offer.
func (n *Node) skipDeclined(t *task, wanted []int32) {
	asked := make([]bool, len(t.ranges))
	for _, i := range wanted {
		if i >= 0 && int(i) < len(asked) {
			asked[i] = true
		}
	}
	offered := t.ranges
	t.ranges = nil
	for i, r := range offered {
		switch {
		case asked[i]:
			t.ranges = append(t.ranges, r)
		case t.leaves && n.sumOf(r) == t.sums[i]:
			n.dropRange(t, r)
			fallthrough
		default:
			t.count++
		}
	}
	n.endIfDone(t)
}

// dropRange drops all that the node stores in a range.
func (n *Node) dropRange(t *task, r ring.Range) {
	var slots []int32
	n.index().Each(rangeOf(r), func(_ merkle.Position, slot int32) bool {
		slots = append(slots, slot)
		return true
	})
	for _, slot := range slots {
		n.dropGiven(t, slot)
	}
}

// dropGiven drops a key that the receiver of a task holds, unless the node is one of its homes or is going to give it to another one as well.
func (n *Node) dropGiven(t *task, slot int32) {
	key := n.store.entries[slot].key
	if n.place.IsHome(n.id, key, n.cfg.N) {
		return
	}
	p := n.shared.Keys.Position(key)
	for i := range n.transfers.tasks {
		if o := &n.transfers.tasks[i]; o != t && o.gives(p) {
			return
		}
	}
	n.drop(slot)
}

// gives tells whether a task is going to bring what lies at a position to a home in this node's place.
func (t *task) gives(p ring.Position) bool {
	return t.state != taskOver && t.leaves && slices.ContainsFunc(t.ranges, func(r ring.Range) bool { return r.Contains(p) })
}

// sendBatch sends the next sets of a task.
func (n *Node) sendBatch(t *task) {
	now := n.env.Now()
	switch {
	case now < n.transfers.paced:
		t.due = n.transfers.paced
		return
	case !n.admit(TaskTransfer):
		t.due = now + n.cfg.Retry
		return
	}
	first := t.done
	sets, size := n.fillBatch(t)
	t.state = taskSending
	body := &Transfer{Sets: sets}
	for _, r := range t.ranges[first:t.done] {
		if !n.awaits(r) {
			body.Ranges = append(body.Ranges, r)
		}
	}
	n.tell(t, TransferBatch, body)
	if n.cfg.Planted == PlantedEarlyDrop {
		n.forgetSent(t, body.Sets)
	}
	if n.cfg.TransferRate > 0 {
		n.transfers.paced = now + timeOf(size, n.cfg.TransferRate)
	}
	n.env.Mark(MarkTransferMid, NoKey, int64(t.to))
}

// fillBatch gathers the next sets, in the order of the ring, and moves the task on behind them. Keys at one position go together.
func (n *Node) fillBatch(t *task) (sets []Moved, size int64) {
	full := func() bool { return size >= batchBytes || len(sets) >= batchKeys }
	for t.done < len(t.ranges) && !full() {
		rest, over := t.ranges[t.done], true
		if t.half {
			rest.After = t.at
		}
		if !t.half || rest.After != rest.Upto { // else nothing is left of it
			n.index().Each(rangeOf(rest), func(at merkle.Position, slot int32) bool {
				if over = !full() || t.half && ring.Position(at) == t.at; !over {
					return false
				}
				e := &n.store.entries[slot]
				sets = append(sets, Moved{e.key, e.set})
				size += e.set.WireSize()
				t.sent = append(t.sent, sentSet{slot, e.set})
				t.at, t.half = ring.Position(at), true
				return true
			})
		}
		if over {
			t.done++
			t.half, t.full = false, len(t.sent)
		}
	}
	return sets, size
}

// transferReplied: the receiver has a batch, or cannot take it now. The ranges that it was the last of are handed over: the node drops what it sent of
// them, unless it has changed meanwhile.
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
	t.state, t.due = taskReady, n.env.Now()
	if t.done > 0 {
		n.handedOver(t)
	}
	n.drive()
}

// handedOver takes the ranges that are sent in full off a task.
func (n *Node) handedOver(t *task) {
	given := t.sent[:t.full]
	t.ranges = t.ranges[t.done:]
	t.count += t.done
	for _, s := range given {
		if t.leaves && n.store.entries[s.slot].set == s.set {
			n.dropGiven(t, s.slot)
		}
	}
	t.sent = append(t.sent[:0], t.sent[t.full:]...)
	t.done, t.full = 0, 0
	n.endIfDone(t)
	n.writeRecord()
}

// endIfDone ends a task that has no range left.
func (n *Node) endIfDone(t *task) {
	if len(t.ranges) > 0 {
		return
	}
	n.env.Mark(MarkRangesTransferred, NoKey, int64(t.count))
	t.state = taskOver
	n.expectStrays()
}

// transferTimer is the time for the next thing to do.
func (n *Node) transferTimer() {
	n.transfers.timer = 0
	n.drive()
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
	clear(x.tasks[len(kept):])
	x.tasks = kept
	return kept
}

// size is what it takes on the wire, in bytes.
func (x *Transfer) size(keys *Keys) int64 {
	size := int64(len(x.Ranges))*wireRange + int64(len(x.Sums))*wireDigest + int64(len(x.Parts)+len(x.Wanted))*wireIndex
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
		if i < len(x.Sums) {
			h = fold(h^x.Sums[i], 0x9e3779b97f4a7c15)
		}
	}
	for _, i := range x.Parts {
		h = fold(h^uint64(uint32(i)), 0x589965cc75374cc3)
	}
	for _, i := range x.Wanted {
		h = fold(h^uint64(uint32(i)), 0xaef17502108ef2d9)
	}
	for i := range x.Sets {
		h = fold(h^keys.Hash(x.Sets[i].Key), x.Sets[i].Set.Hash()^0xe7037ed1a0b428db)
	}
	return h
}
