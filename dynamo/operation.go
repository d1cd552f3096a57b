package dynamo

import (
	"dynamosim/dynamo/quorum"
	"dynamosim/dynamo/vclock"
)

// operation is one request that this node works on for a client: the paper's state machine of §5, one instance a request.
//
// It is laid out by lines of the processor's cache. An answer to a get touches three of them: the first, whom it was sent to, and what was said. What
// the request was lies between; what a get does not need comes last.
type operation struct {
	slot     uint32
	gen      uint32
	fastest  NodeID // the first replica that answered
	open     int32  // targets that have neither answered nor failed
	kind     opKind
	free     bool
	answered bool // the client has its answer; the rest is repair and hints
	writing  bool // replicas are asked to store, not for what they hold
	repairs  bool
	beside   bool // put: the context does not cover the new version
	cut      bool // put: the clock of the new version was truncated
	parted   bool // there may be something in parts
	timer    TimerID
	targets  []target   // whom it was sent to, in that order
	next     *operation // the next free one

	usual [4]target // memory for targets

	clientRequest uint64
	deadline      int64 // on the monotonic clock
	key           KeyID
	client        NodeID

	reads quorum.Read

	n        int // how many homes it is for
	quorum   int
	fallback int         // index in the preference list where the search for the next fallback goes on
	set      *vclock.Set // put, and write-back: what the replicas shall hold
	stamp    vclock.Stamp
	writes   quorum.Write

	dot     vclock.Dot
	context vclock.Clock // put: what the client's next put supersedes, beside the new version
	parts   []part       // answers that may be parts, see arrive.go
	_       [8]byte      // the rest of a line
	retry   Message      // forward, and a put that asks for the timestamp first: the client's request
}

type opKind uint8

const (
	opGet opKind = 1 + iota
	opPut
	opForward
)

// target is one node that an operation was sent to.
type target struct {
	node    NodeID
	home    NodeID // the home that node stands in for, NoNode when it is itself a home
	state   targetState
	durable bool  // its copy is not to wait in a write buffer
	asked   int64 // monotonic time
}

// copyFor is the home whose copy the target keeps. A home and its stand-in count once for W: the hint goes home, and one copy is left.
func (t *target) copyFor() NodeID {
	if t.home != NoNode {
		return t.home
	}
	return t.node
}

type targetState uint8

const (
	waiting targetState = iota
	answered
	failed
	partial // it has answered with what may be a part
)

// find gives the target that is a node.
func (op *operation) find(id NodeID) *target {
	targets := op.targets
	for i := range targets {
		if t := &targets[i]; t.node == id {
			return t
		}
	}
	return nil
}

// add adds a target, which is valid until the next one.
func (op *operation) add(t target) *target {
	op.targets = append(op.targets, t)
	op.open++
	return &op.targets[len(op.targets)-1]
}

// turn notes what became of a target.
func (op *operation) turn(t *target, s targetState) {
	if t.state == waiting {
		op.open--
	}
	t.state = s
}

// waits tells whether any target has neither answered nor failed.
func (op *operation) waits() bool { return op.open > 0 }

// number names the operation inside its node.
func (op *operation) number() uint64 { return uint64(op.gen)<<32 | uint64(op.slot) }

// wire turns a number of the node's own into the one that others see, and back; never 0. Each incarnation counts from the beginning, and
// answers to the one before may still be under way: they must not pass for answers to this one. So the numbers that others see differ from
// the node's own by a nonce, which the actor that the incarnation began with gives.
func (n *Node) wire(number uint64) uint64 { return number ^ n.nonce }

// opTable keeps a node's operations in slots that are used again; a generation tells an old number from a new one.
type opTable struct {
	count int // under way
	slots []*operation
	free  *operation   // to use again, linked by next
	few   [2]operation // memory for the first ones
}

// emptied forgets all operations. Their slots begin again as new ones do, so that a node's numbers do not depend on its former life.
func (t *opTable) emptied() opTable {
	for _, op := range t.slots {
		*op = operation{targets: op.targets[:0]}
	}
	return opTable{slots: t.slots[:0]}
}

func (t *opTable) take() *operation {
	t.count++
	if op := t.free; op != nil {
		t.free, op.next, op.free = op.next, nil, false
		return op
	}
	i := len(t.slots)
	switch {
	case i < len(t.few):
		t.slots = append(t.slots, &t.few[i])
	case i < cap(t.slots) && t.slots[:i+1][i] != nil:
		t.slots = t.slots[:i+1] // an operation of a former life
	default:
		t.slots = append(t.slots, new(operation))
	}
	op := t.slots[i]
	if op.targets == nil {
		op.targets = op.usual[:0]
	}
	op.slot, op.gen = uint32(i), 1
	return op
}

// release ends an operation; its number is never valid again. What does not matter until its slot is used again stays as it is.
func (t *opTable) release(op *operation) {
	op.gen++
	if op.kind == opPut || op.writing {
		op.context, op.set = nil, nil
	}
	op.free, op.answered, op.repairs, op.writing = true, false, false, false
	op.beside, op.cut = false, false
	if op.parted {
		op.parts, op.parted = op.parts[:0], false
	}
	op.kind, op.timer, op.open = 0, 0, 0
	op.targets = op.targets[:0]
	op.next, t.free = t.free, op
	t.count--
}

func (t *opTable) get(slot, gen uint32) *operation {
	if uint64(slot) >= uint64(len(t.slots)) { // not as an int, which 32 bits would make negative
		return nil
	}
	op := &t.few[slot%uint32(len(t.few))]
	if slot >= uint32(len(t.few)) {
		op = t.slots[slot]
	}
	if !op.free && op.gen == gen {
		return op
	}
	return nil
}

func (t *opTable) byNumber(number uint64) *operation {
	return t.get(uint32(number), uint32(number>>32))
}

// live is the number of operations under way.
func (t *opTable) live() int { return t.count }
