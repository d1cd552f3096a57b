package dynamo

// The write buffer (§6.1): each node has an object buffer in its main memory. A write is stored there and acknowledged, a writer brings what
// has gathered to the log from time to time, and reads look there first. A crash loses what waits; against that the coordinator asks some of the
// N replicas to do a durable write, and still waits for W answers only. Hints never wait: they have one holder.

// writeBuffer is what waits for the writer. The objects themselves are in the store; here is only which of them are not in the log yet.
type writeBuffer struct {
	state   []bufferState // by slot of the store
	queue   []int32       // slots that wait, in the order in which they came; some have been written meanwhile
	count   int           // objects in the buffer: those that wait and those whose write is under way
	left    int           // of the queue, to be written in this turn
	writing int           // writes of the writer under way
	refused bool          // the disk has refused one: the next turn waits for its time
	timer   TimerID
}

type bufferState uint8

const (
	unbuffered bufferState = iota
	waitsInBuffer
	leavesBuffer // the write that takes it along is under way
)

// bufferChunk is how many objects the writer hands to the disk at a time, with one sync for all.
const bufferChunk = 64

func (b *writeBuffer) emptied() writeBuffer {
	clear(b.state)
	return writeBuffer{state: b.state[:0], queue: b.queue[:0]}
}

// holds tells whether the buffer has something of a slot.
func (b *writeBuffer) holds(slot int32) bool {
	return int(slot) < len(b.state) && b.state[slot] != unbuffered
}

func (b *writeBuffer) at(slot int32) *bufferState {
	for int(slot) >= len(b.state) {
		b.state = append(b.state, unbuffered)
	}
	return &b.state[slot]
}

// delay lets a write wait in the buffer and calls its ticket at once; false: it must go to the log. What another node is going to delete, or
// nobody else has, does not wait; nor does anything once the buffer is full.
func (n *Node) delay(slot int32, t *ticket) bool {
	b := &n.buffer
	if !n.cfg.WriteBuffer || t.durable || t.kind != ticketNobody && t.kind != ticketCoordinator && t.kind != ticketReplica {
		return false
	}
	state := b.at(slot)
	if *state == unbuffered {
		if b.count >= n.cfg.BufferObjects {
			n.env.Mark(MarkBufferFull, t.key, 0)
			return false
		}
		b.count++
	}
	if *state != waitsInBuffer {
		*state = waitsInBuffer
		b.queue = append(b.queue, slot)
	}
	n.wakeWriter()
	n.acknowledge(slot, t)
	return true
}

// acknowledge ends a write at the end of the handler.
func (n *Node) acknowledge(slot int32, t *ticket) {
	t.slot, t.log = uint32(slot), engineData
	*n.underWay(t)++
	n.calls++
	n.engineEnded(ended{token: n.tickets.put(t)})
	n.calls--
}

// wakeWriter sets the writer's timer, or starts it at once where the buffer is full.
func (n *Node) wakeWriter() {
	b := &n.buffer
	switch {
	case b.left > 0 || b.writing > 0:
	case b.count >= n.cfg.BufferObjects && !b.refused:
		n.flushBuffer()
	case b.timer == 0:
		b.timer = n.env.SetTimer(Timer{Kind: TimerBuffer}, n.cfg.BufferFlush)
	}
}

// flushBuffer begins a turn of the writer: all that waits now goes to the log.
func (n *Node) flushBuffer() {
	b := &n.buffer
	n.env.CancelTimer(b.timer)
	b.timer, b.refused = 0, false
	if b.left > 0 || b.writing > 0 || len(b.queue) == 0 {
		return
	}
	b.left = len(b.queue)
	n.env.Mark(MarkBufferFlush, NoKey, int64(b.left))
	n.writeChunk(bufferChunk)
}

// writeChunk writes the next objects of a turn.
func (n *Node) writeChunk(most int) {
	b := &n.buffer
	taken := 0
	n.store.engine.Hold()
	for taken < b.left && b.writing < most {
		slot := b.queue[taken]
		taken++
		if b.state[slot] != waitsInBuffer {
			continue // a durable write has taken it along
		}
		if n.store.entries[slot].set == nil {
			b.state[slot] = unbuffered
			b.count--
			continue
		}
		b.writing++
		n.writeSlot(slot, &ticket{kind: ticketBuffer, key: n.store.entries[slot].key})
	}
	n.store.engine.Release()
	b.queue = b.queue[:copy(b.queue, b.queue[taken:])]
	b.left -= taken
}

// entersLog notes that what the node holds of a slot is on its way to the log.
func (b *writeBuffer) entersLog(slot int32) {
	if int(slot) < len(b.state) && b.state[slot] == waitsInBuffer {
		b.state[slot] = leavesBuffer
	}
}

// leftBuffer is the end of a write to the log: its object leaves the buffer unless it has changed meanwhile, or waits again because the
// disk refused.
func (n *Node) leftBuffer(t *ticket, why Status) {
	b, slot := &n.buffer, int32(t.slot)
	if int(slot) < len(b.state) && b.state[slot] == leavesBuffer {
		switch {
		case why != OK:
			b.state[slot], b.refused = waitsInBuffer, true
			b.queue = append(b.queue, slot)
		case n.store.entries[slot].writes == 0:
			b.state[slot] = unbuffered
			b.count--
		}
	}
	if t.kind != ticketBuffer {
		return
	}
	if b.writing--; b.writing > 0 {
		return
	}
	if b.left > 0 {
		n.writeChunk(bufferChunk)
	}
	if b.writing == 0 && len(b.queue) > 0 {
		n.wakeWriter()
	}
}

// chooseDurable picks the replicas that are asked for a durable write: the last of the list, so that those who usually answer first stay
// quick, and this node only if there are no others. A stand-in keeps a hint, which is durable anyhow.
func (n *Node) chooseDurable(op *operation) {
	left := n.cfg.BufferDurable
	for i := range op.targets {
		if op.targets[i].home != NoNode {
			left--
		}
	}
	for i := len(op.targets) - 1; i >= 0 && left > 0; i-- {
		if t := &op.targets[i]; t.home == NoNode && t.node != n.id {
			t.durable = true
			left--
		}
	}
	if own := op.find(n.id); own != nil && left > 0 {
		own.durable = true
	}
}

// Stop ends the node in good order: what waits in its buffer goes to the log.
func (n *Node) Stop() {
	if !n.serving || !n.cfg.WriteBuffer {
		return
	}
	n.buffer.left = len(n.buffer.queue)
	n.writeChunk(len(n.buffer.queue) + n.buffer.writing)
	n.settleLater()
}
