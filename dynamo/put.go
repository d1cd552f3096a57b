package dynamo

import "dynamosim/dynamo/vclock"

// coordinatePut is the write state machine (§4.4, §4.5): make the new version, write it here, send it with what is known to the first N
// reachable nodes of the preference list, answer when W of them have it.
func (n *Node) coordinatePut(client NodeID, m *Message) {
	op, now := n.ops.take(), n.env.Now()
	op.kind, op.client, op.clientRequest, op.key = opPut, client, m.Request, m.Key
	op.n, op.quorum = n.replicas(m), n.quorum(m, n.cfg.W)
	n.choose(op, now)
	switch {
	case !n.mayMakeVersions():
		n.refusePut(op, Overloaded)
		return
	case n.hopeless(op):
		n.refusePut(op, Unavailable)
		return
	}
	n.env.Mark(MarkCoordinatePut, m.Key, int64(op.quorum))
	op.deadline = now + n.cfg.WriteTimeout
	switch {
	case n.cfg.Mode == vclock.ABD && n.cfg.Versions.Query:
		n.query(op, m)
	case n.cfg.Mode == vclock.ABD:
		n.issue(op, m, n.held(m.Key))
	case n.makeVersion(op, m):
		n.bring(op, now)
	default:
		n.refusePut(op, TooManySiblings)
	}
}

// refusePut ends a put that no replica was sent.
func (n *Node) refusePut(op *operation, why Status) {
	n.env.Mark(MarkRefused, op.key, 0)
	n.reply(op.client, Message{Kind: PutReply, Status: why, Request: op.clientRequest, Key: op.key, Client: NoNode, Node: NoNode})
	n.disarm(op)
	n.ops.release(op)
}

// bring writes the operation's set to all its targets, which are asked now.
func (n *Node) bring(op *operation, now int64) {
	op.writing = true
	if n.cfg.WriteBuffer {
		n.chooseDurable(op)
	}
	op.writes.Reset(op.n, op.quorum)
	n.sendWrites(op)
	n.armFirst(op, now)
	n.proceed(op)
}

// makeVersion creates the version that the put stands for on top of what this node holds of the key (§4.4). False: that would leave more
// versions than the cluster allows.
func (n *Node) makeVersion(op *operation, m *Message) bool {
	v := vclock.Version{
		Dot:       n.nextDot(),
		Stamp:     vclock.Stamp{Wall: n.env.Wall(), Node: uint32(n.id)},
		Tombstone: m.Tombstone,
		Value:     m.Value(),
	}
	seen := m.Context()
	if n.cfg.Planted == PlantedServerContext && n.held(m.Key) != nil {
		seen = n.held(m.Key).Context
	}
	context, held := n.cfg.Mode.Seen(n.shared.Arena, n.held(m.Key), seen, m.Dots())
	set, stats := n.cfg.Mode.Put(n.shared.Arena, held, context, v)
	if most := n.cfg.Versions.MaxSiblings; most > 0 && len(set.Versions) > most {
		n.env.Mark(MarkTooManySiblings, m.Key, int64(len(set.Versions)))
		return false
	}
	if most := n.cfg.Versions.MaxEntries; most > 0 {
		set = n.truncate(op, set, v.Dot, most)
	}
	if stats.Superseded > 0 {
		n.env.Mark(MarkSuperseded, m.Key, int64(stats.Superseded))
	}
	if stats.FalseDominations > 0 {
		n.env.Mark(MarkFalseDomination, m.Key, int64(stats.FalseDominations))
	}
	op.set, op.stamp = set, v.Stamp
	op.context, op.dot = context, v.Dot
	switch n.cfg.Mode {
	case vclock.Dotted:
	case vclock.Riak:
		n.riakContext(op)
	default:
		op.context = n.shared.Arena.With(context, v.Dot, v.Stamp.Wall)
	}
	return true
}

// sendWrites writes the new set here first, then sends it to the others. Between the two a crash leaves one copy (§4.5).
func (n *Node) sendWrites(op *operation) {
	kept := false
	for i := range op.targets {
		if op.targets[i].node == n.id {
			kept = true
			n.askWrite(op, &op.targets[i])
		}
	}
	if !kept && n.cfg.Mode != vclock.LastWriteWins && n.cfg.Mode != vclock.ABD {
		n.forget(op.set) // a coordinator that keeps no copy has nothing to build its next version on
	}
	if op.kind == opPut {
		n.env.Mark(MarkPutLocalWrite, op.key, 0)
	}
	for i := range op.targets {
		if op.targets[i].node != n.id {
			n.askWrite(op, &op.targets[i])
		}
	}
}

// askWrite brings the set to one target, as its own or as a hint for the home that it stands in for (§4.6).
func (n *Node) askWrite(op *operation, t *target) {
	if t.home != NoNode {
		n.env.Mark(MarkSloppy, op.key, int64(t.node))
	}
	if t.node == n.id && op.cut && t.home == NoNode {
		// Merged with what this node holds, which it was made from, what was truncated would come back.
		n.replace(n.store.slotOf(op.key), op.set, &ticket{kind: ticketCoordinator, request: op.number(), key: op.key, durable: t.durable})
		return
	}
	if t.node == n.id {
		n.keep(op.key, t.home, op.set, &ticket{kind: ticketCoordinator, request: op.number(), key: op.key, durable: t.durable})
		return
	}
	m := n.draft(Replicate, n.wire(op.number()), op.key)
	m.Durable, m.Node, m.Set = t.durable, t.home, op.set
	n.env.Send(t.node, m)
}

// wroteLocally: the coordinator's own copy is as durable as the storage policy says.
func (n *Node) wroteLocally(number uint64, ok bool) {
	op := n.ops.byNumber(number)
	if op == nil {
		return
	}
	if op.kind == opPut {
		n.env.Mark(MarkCoordinatorStored, op.key, 0)
	}
	n.writeAnswer(op, n.id, ok)
}

// replicateReply takes a replica's acknowledgement or refusal.
func (n *Node) replicateReply(from NodeID, m *Message) {
	op := n.ops.byNumber(n.wire(m.Request))
	if op == nil || !op.writing {
		n.env.Mark(MarkLateReply, m.Key, int64(from))
		return
	}
	n.writeAnswer(op, from, m.Status == OK)
}

func (n *Node) writeAnswer(op *operation, from NodeID, ok bool) {
	t := op.find(from)
	switch {
	case t == nil || t.state == answered:
		return
	case ok:
		op.turn(t, answered)
		op.writes.Ack(int32(t.copyFor()))
	case t.state == waiting:
		n.lose(op, from)
		n.arm(op)
	}
	switch {
	case op.kind != opPut:
		n.proceedWriteBack(op)
	case !n.restsPut(op):
		n.proceedPut(op)
	}
}

// restsPut tells whether there is nothing to do for a put until somebody answers.
func (n *Node) restsPut(op *operation) bool {
	return op.open > 0 && (op.answered || !op.writes.Enough() && !n.zoned())
}

// proceedPut answers once W nodes have the version, and ends when every target has answered or was given up.
func (n *Node) proceedPut(op *operation) {
	if !op.answered && n.enoughWritten(op) {
		op.answered = true
		n.answerPut(op)
	}
	if op.waits() {
		return
	}
	if !op.answered {
		n.give(op, Timeout)
	}
	n.disarm(op)
	n.ops.release(op)
}

// answerPut acknowledges, with what the client's next put of the key is to supersede: what this one did, and this one.
func (n *Node) answerPut(op *operation) {
	body := n.shared.Bodies.next()
	body.Context, body.Stamp, body.Beside = op.context, op.stamp, op.beside
	if n.cfg.Mode == vclock.Dotted {
		body.Dots = n.shared.dotList(op.dot)
	}
	m := n.draft(PutReply, op.clientRequest, op.key)
	m.Node, m.Body = n.id, body
	n.replyWith(op.client, m)
}

// replicas is the N of a request. A register has one N.
func (n *Node) replicas(m *Message) int {
	if n.cfg.Mode == vclock.ABD {
		return n.cfg.N
	}
	return orDefault(m.N, n.cfg.N)
}

// quorum is how many answers a request waits for: its own number or the cluster's; a register's at least a majority.
func (n *Node) quorum(m *Message, usual int) int {
	q := orDefault(m.Quorum, usual)
	if n.cfg.Mode == vclock.ABD {
		return max(q, majority(n.cfg.N))
	}
	return q
}

func orDefault(v uint8, other int) int {
	if v != 0 {
		return int(v)
	}
	return other
}
