package dynamo

import "dynamosim/dynamo/vclock"

// Mode ABD makes each key a register that many clients read and write atomically (linearizable): Attiya, Bar-Noy and Dolev, "Sharing Memory
// Robustly in Message-Passing Systems", JACM 1995. It is no part of Dynamo; it is what the checks of consistency are to find nothing in.
// A put asks a majority of the homes for the register's timestamp, then brings its value under a larger one to a majority. A get asks a
// majority, and brings the largest that it found to a majority before it answers. Replicas acknowledge what is as durable as the storage policy
// says; clocks play no part.

// majority is the least number of nodes of which two sets always meet.
func majority(n int) int { return n/2 + 1 }

// query is the first half of a put: ask the homes for what they hold. A replica that answers from memory which is not yet synced may only
// make the timestamp larger.
func (n *Node) query(op *operation, m *Message) {
	n.env.Mark(MarkQuery, op.key, 0)
	op.retry = *m
	op.reads.Reset(op.n, majority(op.n))
	for i := range op.targets {
		n.ask(op, &op.targets[i])
	}
	n.arm(op)
	n.proceed(op)
}

// proceedQuery goes on to the second half when a majority has answered. A put that does not come so far did not happen: nobody was sent it.
func (n *Node) proceedQuery(op *operation) {
	switch {
	case op.answered: // its time was up
		n.disarm(op)
		n.ops.release(op)
	case op.reads.Replies() >= majority(op.n):
		request := op.retry
		n.issue(op, &request, op.reads.Result(n.cfg.Mode, n.shared.Arena))
	case !op.waits():
		n.refusePut(op, Unavailable)
	}
}

// issue is the second half of a put: make the version, under a timestamp above that of what is known, and bring it to the homes. The
// timestamp is (counter, node, boot, sequence); the actor, whose epoch is durable, stands for node and boot, so that none is issued twice.
func (n *Node) issue(op *operation, m *Message, known *vclock.Set) {
	if !n.mayMakeVersions() {
		n.refusePut(op, Overloaded)
		return
	}
	v := vclock.Version{
		Dot:       n.nextDot(),
		Stamp:     vclock.Stamp{Wall: known.NextCounter(), Node: uint32(n.id)},
		Tombstone: m.Tombstone,
		Value:     m.Value(),
	}
	op.set, _ = n.cfg.Mode.Put(n.shared.Arena, nil, nil, v)
	op.stamp = v.Stamp
	n.secondHalf(op)
}

// writeBack is the second half of a get: a value that one reader has returned must be there for every later one.
func (n *Node) writeBack(op *operation, set *vclock.Set) {
	n.env.Mark(MarkWriteBack, op.key, 0)
	op.set, op.quorum = set, majority(op.n)
	n.secondHalf(op)
}

// secondHalf turns to all targets once more, to write.
func (n *Node) secondHalf(op *operation) {
	now := n.env.Now()
	for i := range op.targets {
		op.targets[i].state, op.targets[i].asked = waiting, now
	}
	op.open = int32(len(op.targets))
	n.bring(op, now)
}

// proceedWriteBack answers the get once a majority has what it found.
func (n *Node) proceedWriteBack(op *operation) {
	if !op.answered && op.writes.Enough() {
		n.answerGet(op, op.set)
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
