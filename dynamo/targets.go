package dynamo

import "math"

// choose picks the nodes that an operation goes to (§4.5, §4.6). A strict quorum goes to the N homes. A sloppy one goes to the first N
// nodes of the preference list that are believed to be up; one past the homes stands in for a home that is not. Where no node can stand
// in, the home is tried after all: belief may be wrong.
func (n *Node) choose(op *operation, now int64) {
	if n.cfg.Sloppy && n.alert() {
		n.chooseUp(op, now)
		return
	}
	homes := n.place.Homes(op.key, op.n)
	op.fallback = len(homes)
	op.aim(homes, now)
}

// aim makes homes the targets, which are about to be asked.
func (op *operation) aim(homes []int32, now int64) {
	targets := op.targets
	if cap(targets) < len(homes) {
		targets = make([]target, len(homes))
	}
	targets = targets[:len(homes)]
	for i, home := range homes {
		targets[i] = target{asked: now, node: NodeID(home), home: NoNode}
	}
	op.targets, op.open = targets, int32(len(targets))
}

// chooseUp is choose where somebody may be suspected.
func (n *Node) chooseUp(op *operation, now int64) {
	preference := n.preference(op.key, op.n, op.n)
	op.fallback = min(op.n, len(preference))
	for _, home := range preference[:op.fallback] {
		if n.suspects(NodeID(home)) {
			n.standIn(op, NodeID(home), preference, now)
			continue
		}
		op.add(target{asked: now, node: NodeID(home), home: NoNode})
	}
}

// standIn adds a target in place of a home: the next node that is up, or the home itself.
func (n *Node) standIn(op *operation, home NodeID, preference []int32, now int64) {
	if f := n.nextFallback(op, home, preference); f != NoNode {
		op.add(target{asked: now, node: f, home: home})
		return
	}
	op.add(target{asked: now, node: home, home: NoNode})
}

// nextFallback finds the next node past the homes that is not suspected and was not asked yet, to stand in for one of them.
func (n *Node) nextFallback(op *operation, home NodeID, preference []int32) NodeID {
	may := n.eligible(preference, op.n)
	if n.cfg.DatacenterQuorum != Anywhere {
		return n.fallbackNear(op, home, may)
	}
	for ; op.fallback < len(may); op.fallback++ {
		if id := NodeID(may[op.fallback]); !n.suspects(id) && op.find(id) == nil { // the list may be another one than the operation began with
			op.fallback++
			return id
		}
	}
	return NoNode
}

// substitute is called when a target did not answer or refused. With a sloppy quorum the next node that is up takes its place; the home
// that is kept in mind is the one that the first of the chain stood for.
func (n *Node) substitute(op *operation, lost target) *target {
	if !n.cfg.Sloppy {
		return nil
	}
	f := n.nextFallback(op, lost.copyFor(), n.preference(op.key, max(op.n, op.fallback), len(op.targets)))
	if f == NoNode {
		return nil
	}
	if !op.writing {
		op.reads.Ask(1)
	}
	return op.add(target{node: f, home: lost.copyFor()})
}

// arm sets the operation's one timer: when the first waiting replica is overdue, or when the operation's time is up.
func (n *Node) arm(op *operation) {
	first := int64(math.MaxInt64)
	for i := range op.targets {
		if t := &op.targets[i]; t.state == waiting {
			first = min(first, t.asked)
		}
	}
	n.armFrom(op, first, n.env.Now())
}

// disarm cancels it.
func (n *Node) disarm(op *operation) {
	if op.timer != 0 {
		n.env.CancelTimer(op.timer)
		op.timer = 0
	}
}

// armFirst is arm where all targets were asked just now.
func (n *Node) armFirst(op *operation, now int64) {
	first := int64(math.MaxInt64)
	if op.waits() {
		first = now
	}
	n.armFrom(op, first, now)
}

// armFrom is arm where it is known when the first of those was asked that have not answered; MaxInt64: there are none.
func (n *Node) armFrom(op *operation, first, now int64) {
	n.disarm(op)
	at := int64(-1)
	if first < math.MaxInt64 {
		at = first + n.cfg.ReplicaTimeout
	}
	if !op.answered && (at < 0 || op.deadline < at) {
		at = op.deadline
	}
	if at >= 0 {
		op.timer = n.env.SetTimer(Timer{Kind: TimerOperation, A: op.slot, B: uint64(op.gen)}, max(at-now, 0))
	}
}

// operationTimer fails the replicas that are overdue and ends the operation when its time is up.
func (n *Node) operationTimer(slot, gen uint32) {
	op := n.ops.get(slot, gen)
	if op == nil {
		return
	}
	op.timer = 0
	now := n.env.Now()
	for i, count := 0, len(op.targets); i < count; i++ {
		t := op.targets[i]
		if t.state != waiting || now < t.asked+n.cfg.ReplicaTimeout {
			continue
		}
		if t.node != n.id {
			n.timedOut(t.node)
		}
		n.lose(op, t.node)
	}
	if !op.answered && now >= op.deadline && !n.countParts(op) {
		n.give(op, Timeout)
	}
	n.proceed(op)
	if op = n.ops.get(slot, gen); op != nil && op.timer == 0 {
		n.arm(op)
	}
}

// lose records that a target will not answer and turns to the next node.
func (n *Node) lose(op *operation, id NodeID) {
	t := op.find(id)
	op.turn(t, failed)
	if op.writing {
		op.writes.Fail(int32(t.copyFor()))
	} else {
		op.reads.Fail(int32(id))
	}
	if op.answered && op.kind == opGet {
		return
	}
	if s := n.substitute(op, *t); s != nil {
		n.ask(op, s)
	}
}

// ask sends the operation to one target.
func (n *Node) ask(op *operation, t *target) {
	t.asked = n.env.Now()
	if op.writing {
		n.askWrite(op, t)
		return
	}
	n.askRead(op, t)
}

// proceed looks at what an operation has and does the next step of its state machine: answer, give up, repair, or end.
func (n *Node) proceed(op *operation) {
	switch {
	case op.kind != opPut && !op.writing:
		n.proceedGet(op)
	case op.kind == opPut && op.writing:
		n.proceedPut(op)
	case op.kind == opPut:
		n.proceedQuery(op)
	default:
		n.proceedWriteBack(op)
	}
}

// give answers the client with a status that is not success.
func (n *Node) give(op *operation, why Status) {
	if op.kind == opPut && !op.writing {
		why = Unavailable // no replica was sent the put
	}
	n.env.Mark(MarkUnreachable, op.key, int64(why))
	kind := GetReply
	if op.kind == opPut {
		kind = PutReply
	}
	op.answered = true
	n.reply(op.client, Message{Kind: kind, Status: why, Request: op.clientRequest, Key: op.key, Client: NoNode, Node: NoNode})
}
