package dynamo

import "dynamosim/dynamo/storage"

// NodeID is the address of a process. Nodes count from 0 in the order of the configuration; clients have the addresses after them.
type NodeID int32

// NoNode is the address of nobody.
const NoNode NodeID = -1

// Env is everything that a node or a client can touch outside its own memory. A call records an effect; nothing re-enters the caller
// before its current handler has returned.
type Env interface {
	// Now is this process's monotonic clock in nanoseconds. It drifts and never jumps. For timers and durations.
	Now() int64
	// Wall is this process's idea of the time of day in nanoseconds. It drifts and jumps. For timestamps of versions only.
	Wall() int64
	// Rand is a number drawn for a purpose; two calls in one handler give two numbers.
	Rand(purpose Purpose) uint64
	// Send sends a copy of m: best effort, it may be lost, late, doubled or overtaken.
	Send(to NodeID, m *Message)
	// SetTimer delivers t after a duration in nanoseconds on the monotonic clock.
	SetTimer(t Timer, after int64) TimerID
	// CancelTimer forgets a timer; one that has fired already, or the zero TimerID, is ignored.
	CancelTimer(id TimerID)
	// Disk is the process's disk, nil for a client.
	Disk() storage.Disk
	// Mark tells what happened inside: it can affect nothing.
	Mark(m Mark, key KeyID, arg int64)
}

// Restorable is a disk that tells when it was put back from an old copy of itself.
type Restorable interface {
	// Copy names the copy, 0 for a disk that never was one. It is no part of what is copied.
	Copy() uint64
}

// Host is what the Env of a node on a simulated machine can tell of the cluster, for those who bring a node of their own: env.(dynamo.Host).
type Host interface {
	ID() NodeID      // of this node
	Nodes() int      // how many there are; their addresses count from 0
	Config() *Config // what all of them are configured with; not to be changed
	Shared() *Shared // what all of them have in common: names, keys, memory
}

// Process is code that an Env drives: a node or a client.
type Process interface {
	Start(env Env)
	Message(from NodeID, m *Message)
	Timer(t Timer)
	Disk(c storage.Completion)
}

// Timer says what a node wanted to be woken for.
type Timer struct {
	Kind TimerKind
	A    uint32
	B    uint64
}

// TimerKind distinguishes the timers of nodes and clients. The numbers enter the digest of a run and are never reused.
type TimerKind uint32

// The timers.
const (
	TimerOperation   TimerKind = 1  // a coordinated request: replicas that did not answer, the end of its time
	TimerRepair      TimerKind = 2  // a read that waits for stragglers (§5)
	TimerForward     TimerKind = 3  // a forwarded request that asked for an acknowledgement
	TimerProbe       TimerKind = 4  // retry of suspected peers (§4.8)
	TimerHandoff     TimerKind = 5  // scan of the hint store (§4.6)
	TimerHint        TimerKind = 6  // a hint that was sent and is not acknowledged yet
	TimerSync        TimerKind = 7  // periodic and group sync of the storage engines
	TimerRequest     TimerKind = 8  // a client's request
	TimerRetry       TimerKind = 9  // a client's pause before it tries again
	TimerDeferred    TimerKind = 42 // sets of anti-entropy that wait for a slice of the disk (§6.5)
	TimerPace        TimerKind = 41 // a hint that waits for the rate of handoff
	TimerBuffer      TimerKind = 40 // the writer behind the write buffer (§6.1)
	TimerExpiry      TimerKind = 20 // tombstones that may be past their grace
	TimerHedge       TimerKind = 21 // a client's get that takes long
	TimerAntiEntropy TimerKind = 10 // this period's exchanges of Merkle trees (§4.7)
	TimerExchange    TimerKind = 11 // an exchange whose partner has not answered yet
	TimerMend        TimerKind = 12 // a key that is in doubt, and whose other homes have not answered yet
	TimerDoubt       TimerKind = 13 // what could not be mended or written is tried again
	TimerEpochs      TimerKind = 14 // epochs that the disk refused to reserve
)

// Timers of the ring's members.
const (
	TimerGossip   TimerKind = 50 // this period's contacts (§4.8)
	TimerTransfer TimerKind = 51 // a transfer that has something to do (§4.9)
	TimerSweep    TimerKind = 52 // a look at what the node stores and need not
)

// Timers of client libraries, and of failure detection by heartbeats.
const (
	TimerPoll      TimerKind = 60 // a library asks for the members (§6.4)
	TimerLibrary   TimerKind = 61 // a library's answers that were there at once
	TimerHeartbeat TimerKind = 62 // this period's heartbeats
)

// TimerID names a pending timer; 0 names none.
type TimerID uint64

// Purpose says what a random number is for. The numbers enter every draw and are never reused.
type Purpose uint32

// The purposes.
const (
	RandEpoch   Purpose = 1 // the epoch of an actor on an empty disk, and how many a start leaps over
	RandPhase   Purpose = 2 // the phase of a periodic task
	RandRepair  Purpose = 3 // whether this read repairs
	RandBalance Purpose = 4 // the balancer's choice of a node
	RandBackoff Purpose = 5 // the pause before a retry

	RandGossip Purpose = 50 // whom to gossip with, and the phase of it
	RandTokens Purpose = 51 // a node's places on the ring
	RandTrees  Purpose = 6  // the phase of anti-entropy

	RandPoll      Purpose = 60 // whom a client's library asks for the members, and the phase of it
	RandHeartbeat Purpose = 61 // the phase of heartbeats
)
