package dynamo

import "dynamosim/dynamo/vclock"

// coordinateGet is the read state machine of §5: send the read to the first N reachable nodes of the preference list, wait for R
// answers, merge the versions they hold, answer; then wait a short time for the others and repair those that lack something.
func (n *Node) coordinateGet(client NodeID, m *Message) {
	op, now := n.ops.take(), n.env.Now()
	op.kind, op.client, op.clientRequest, op.key = opGet, client, m.Request, m.Key
	op.n, op.quorum = n.replicas(m), n.quorum(m, n.cfg.R)
	op.fastest = NoNode
	n.choose(op, now)
	if n.hopeless(op) {
		n.env.Mark(MarkRefused, m.Key, 0)
		n.reply(client, Message{Kind: GetReply, Status: Unavailable, Request: m.Request, Key: m.Key, Client: NoNode, Node: NoNode})
		n.ops.release(op)
		return
	}
	n.env.Mark(MarkCoordinateGet, m.Key, int64(op.quorum))
	op.deadline = now + n.cfg.ReadTimeout
	op.repairs = n.cfg.ReadRepair && (n.cfg.RepairShare == ^uint64(0) || n.env.Rand(RandRepair) < n.cfg.RepairShare)
	op.reads.Reset(op.n, op.quorum)
	for i := range op.targets {
		n.askRead(op, &op.targets[i])
	}
	n.armFirst(op, now)
	if !n.restsGet(op) {
		n.proceedGet(op)
	}
}

// askRead asks one target for all it holds of the key. What this node itself knows without its disk is there at once; the caller proceeds.
func (n *Node) askRead(op *operation, t *target) {
	if t.node == n.id {
		if !n.lookUp(ticketCoordinator, 0, op.number(), op.key) {
			n.takeAnswer(op, t, n.reading(op.key, OK, n.held(op.key)))
		}
		return
	}
	n.env.Send(t.node, n.draft(Read, n.wire(op.number()), op.key))
}

// answer is what a node says to a read.
type answer struct {
	set    *vclock.Set
	status Status
	whole  NodeID // awaiting: who has the range
}

// reading is the answer of this node, to itself or another one, after a read that ended in some way.
func (n *Node) reading(key KeyID, why Status, found *vclock.Set) answer {
	if why != OK {
		return answer{status: why, whole: NoNode}
	}
	why, whole := n.qualify(key)
	return answer{found, why, whole}
}

// readLocally: the coordinator's own answer is there.
func (n *Node) readLocally(number uint64, why Status, found *vclock.Set) {
	op := n.ops.byNumber(number)
	if op == nil || op.writing {
		return
	}
	if why == OK && n.whole() {
		n.readSet(op, n.id, found)
		return
	}
	n.readAnswer(op, n.id, n.reading(op.key, why, found))
}

// readReply takes a replica's answer.
func (n *Node) readReply(from NodeID, m *Message) {
	op := n.ops.byNumber(n.wire(m.Request))
	if op == nil || op.writing || op.kind == opForward {
		n.env.Mark(MarkLateReply, m.Key, int64(from))
		return
	}
	if m.Status == OK {
		n.readSet(op, from, m.Set)
		return
	}
	n.readAnswer(op, from, answer{m.Set, m.Status, m.Node})
}

// readSet takes all that a target holds, as readAnswer does.
func (n *Node) readSet(op *operation, from NodeID, set *vclock.Set) {
	t := op.find(from)
	if t == nil || t.state == answered {
		return
	}
	op.count(t, set)
	switch {
	case op.kind == opPut:
		n.proceedQuery(op)
	case !n.restsGet(op):
		n.proceedGet(op)
	}
}

// readAnswer takes an answer that may be something else.
func (n *Node) readAnswer(op *operation, from NodeID, a answer) {
	t := op.find(from)
	switch {
	case t == nil || t.state == answered:
		return
	case a.status == OK:
		op.count(t, a.set)
	case a.status == Awaiting:
		n.takeAnswer(op, t, a)
	case t.state == waiting && (a.status == Corrupt || a.status == DiskFailed):
		// It held something. A stand-in (§4.6) that holds nothing must not be counted in its place.
		op.turn(t, failed)
		op.reads.Fail(int32(from))
		if !op.answered {
			n.arm(op)
		}
	case t.state == waiting:
		n.lose(op, from)
		if !op.answered {
			n.arm(op)
		}
	}
	if op.kind == opPut {
		n.proceedQuery(op)
		return
	}
	n.proceedGet(op)
}

// takeAnswer counts what a target holds for R, or keeps it for later if it may be a part.
func (n *Node) takeAnswer(op *operation, t *target, a answer) {
	switch {
	case a.status != Awaiting || op.answered:
	case n.cfg.Mode == vclock.ABD:
		n.lose(op, t.node) // a part is no part of a majority
		return
	default:
		n.takePart(op, t, a)
		return
	}
	op.count(t, a.set)
}

// count counts what a target holds for R.
func (op *operation) count(t *target, set *vclock.Set) {
	if op.fastest == NoNode {
		op.fastest = t.node
	}
	if t.state != waiting {
		t.state = answered
		op.reads.Reply(int32(t.node), set)
		return
	}
	op.open, t.state = op.open-1, answered
	op.reads.Add(int32(t.node), set)
}

// restsGet tells whether there is nothing to do for a get until somebody answers.
func (n *Node) restsGet(op *operation) bool {
	return op.open > 0 && (op.answered || !op.reads.Enough() && !n.zoned())
}

// proceedGet answers once R nodes have answered; then it waits for the others, at most RepairWait, and repairs.
func (n *Node) proceedGet(op *operation) {
	if !op.answered && n.enoughRead(op) {
		set := op.reads.Result(n.cfg.Mode, n.shared.Arena)
		if n.cfg.Mode == vclock.ABD && n.cfg.Versions.WriteBack && set != nil {
			n.writeBack(op, set)
			return
		}
		n.answerGet(op, set)
		if op.waits() {
			n.disarm(op)
			op.timer = n.env.SetTimer(Timer{Kind: TimerRepair, A: op.slot, B: uint64(op.gen)}, n.cfg.RepairWait)
			return
		}
	}
	if op.waits() {
		return
	}
	if !op.answered && n.countParts(op) {
		n.proceedGet(op)
		return
	}
	if !op.answered {
		n.give(op, Timeout)
	}
	n.endGet(op)
}

// answerGet returns all versions that no other one supersedes, with a context that covers them (§4.4, §5).
func (n *Node) answerGet(op *operation, set *vclock.Set) {
	op.answered = true
	shown, body := set, (*Body)(nil)
	if n.cfg.Versions.Newest {
		shown = n.newest(op.key, set)
	}
	if set != nil && set.Context == nil {
		if context := set.ContextFor(n.cfg.Mode, n.shared.Arena); context != nil {
			body = n.shared.Bodies.New(Body{Context: context})
		}
	}
	m := n.draft(GetReply, op.clientRequest, op.key)
	m.Node, m.Set, m.Body = op.fastest, shown, body
	n.replyWith(op.client, m)
}

// stragglers: the wait after the answer is over. A replica that is overdue by now counts as silent (§4.8).
func (n *Node) stragglers(slot, gen uint32) {
	op := n.ops.get(slot, gen)
	if op == nil {
		return
	}
	op.timer = 0
	now := n.env.Now()
	for i := range op.targets {
		if t := &op.targets[i]; t.state == waiting && t.node != n.id && now >= t.asked+n.cfg.ReplicaTimeout {
			n.timedOut(t.node)
		}
	}
	n.endGet(op)
}

// endGet repairs what the answers showed to be stale and forgets the operation.
func (n *Node) endGet(op *operation) {
	n.disarm(op)
	if op.repairs && !op.reads.Agreed() {
		n.readRepair(op)
	}
	n.ops.release(op)
}

// readRepair pushes the merged versions to every home that returned less (§5).
func (n *Node) readRepair(op *operation) {
	merged := op.reads.Result(n.cfg.Mode, n.shared.Arena)
	if merged == nil {
		return
	}
	n.shared.scratch.repairing = op.reads.Stale(n.cfg.Mode, merged, n.shared.scratch.repairing[:0])
	for _, stale := range n.shared.scratch.repairing {
		t := op.find(NodeID(stale))
		if t == nil || t.home != NoNode {
			continue // a fallback keeps hints only; the home itself is repaired
		}
		n.env.Mark(MarkReadRepair, op.key, int64(stale))
		if t.node == n.id {
			n.keep(op.key, NoNode, merged, &ticket{kind: ticketNobody, key: op.key})
			continue
		}
		n.send(t.node, Message{Kind: Repair, Key: op.key, Client: NoNode, Node: NoNode, Set: merged})
	}
}
