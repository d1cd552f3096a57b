package dynamo

import (
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/storage"
)

// Node is one Dynamo host: request coordination, local failure detection and local persistence (§5). It lives from Start to the crash
// that drops it; a restart is a new Node over the same disk.
//
// What messages and completions touch comes first, line by line of the processor's cache: all of them; what is read and written, and what is under
// way; coordinators. The flags stand for what lies further back. See TestLayout.
type Node struct {
	peers     peerTable
	env       Env
	id        NodeID
	calls     int16 // of an engine that are under way
	serving   bool  // false while the disk is read back, and until the node belongs to a ring
	ready     bool  // the disk is read back
	between   bool  // something stands between the node and its logs: a buffer, a cache, the admission controller
	indexed   bool  // what is stored is kept in the order of the ring, too: see trees.go
	doubting  bool  // the node may have forgotten something, see doubt.go
	moved     bool  // the ring is not the one that the cluster was founded with
	unsettled bool  // there is something in later, or memory
	wary      bool  // there is a peer that is not trusted
	partial   bool  // it may keep hints, or wait for ranges: what it stores need not be its answer to a read, see whole

	cfg    *Config
	shared *Shared
	store  store

	nonce   uint64 // of the incarnation, see wire
	tickets ticketTable

	place   *Placement // where this node's view of the members puts keys
	library *Library   // that this coordinator belongs to, in a client; nil in a node
	meta    *storage.Engine
	ops     opTable

	later     []ended     // what ended inside calls of engines
	memory    *memoryDisk // holds what the node stores, where that is not to survive it
	transfers transfers
	hints     hintStore

	once     onceTable
	onceMore onceTable // of puts that came back by a newer view of the members
	actors   actors

	probing   TimerID // of suspected peers
	detector  detector
	syncTimer [engines]TimerID
	expiry    TimerID // of the next look at the tombstones
	pending   int     // engines that have not recovered yet
	recovery  storage.RecoveryStats

	buffer    writeBuffer
	cache     objectCache
	admission admission
	members   members
	trees     trees
	doubt     doubt
	_         [8]byte // the rest of a line
}

// New returns a node that has not been started.
func New(id NodeID, cfg *Config, shared *Shared) *Node {
	n := new(Node)
	n.Reset(id, cfg, shared)
	return n
}

// Reset makes n what New returns. It keeps the memory that n has got hold of, and nothing else.
func (n *Node) Reset(id NodeID, cfg *Config, shared *Shared) {
	if n.shared != shared {
		n.place = nil
	}
	*n = Node{
		id: id, cfg: cfg, shared: shared, place: n.place, between: cfg.WriteBuffer || cfg.CacheSize > 0 || cfg.Admission != nil,
		peers: n.peers.emptied(len(shared.Names)), ops: n.ops.emptied(), once: n.once.emptied(), onceMore: n.onceMore.emptied(), tickets: n.tickets.emptied(), store: n.store.emptied(), hints: n.hints.emptied(), trees: n.trees.emptied(),
		buffer: n.buffer.emptied(), cache: n.cache.emptied(), admission: n.admission.emptied(),
		later:     n.later[:0],
		doubt:     n.doubt.emptied(),
		transfers: n.transfers.emptied(),
		members:   members{seeds: n.members.seeds[:0], new: n.members.new[:0], told: n.members.told[:0]},
	}
	n.recall(membership.New())
}

// ID is the node's address.
func (n *Node) ID() NodeID { return n.id }

// Serving tells whether recovery has ended.
func (n *Node) Serving() bool { return n.serving }

// Message handles one message. m is valid during the call only.
func (n *Node) Message(from NodeID, m *Message) {
	if i, heard := int(from), n.peers.heard; uint(i) < uint(len(heard)) {
		last := &heard[i]
		*last = n.env.Now()
	} else {
		n.heardFar(from)
	}
	if n.wary {
		n.trust(from)
	}
	if !n.serving && n.turnAway(from, m) {
		return
	}
	switch m.Kind {
	case Get:
		n.route(from, m)
	case Put:
		if !n.again(from, m) {
			n.route(from, m)
		}
	case ForwardGet:
		n.forwarded(from, m)
	case ForwardPut:
		if !n.again(from, m) {
			n.forwarded(from, m)
		}
	case ForwardAck:
		n.forwardAcknowledged(m)
	case Read:
		n.read(from, m)
	case ReadReply:
		n.readReply(from, m)
	case Replicate:
		n.replicate(from, m)
	case ReplicateReply:
		n.replicateReply(from, m)
	case Repair:
		n.repair(from, m)
	case Hint:
		n.hint(from, m)
	case HintReply:
		n.hintReply(from, m)
	case Offer:
		n.offered(from, m)
	case OfferReply:
		n.offerReplied(from, m)
	case TransferBatch:
		n.batchArrived(from, m)
	case TransferReply:
		n.transferReplied(from, m)
	case Gossip:
		n.gossiped(from, m)
	case GossipReply:
		n.gossipReplied(from, m)
	case GossipRest:
		n.hear(m.View())
	case Merkle:
		n.compare(from, m)
	case Mend:
		n.mend(from, m)
	case MendReply:
		n.mendReply(from, m)
	case Heartbeat:
		n.heartbeat(from)
	case Poll:
		n.polled(from, m)
	case Probe:
		n.send(from, Message{Kind: ProbeReply, Key: NoKey, Client: NoNode, Node: NoNode})
	}
	n.settleLater()
}

// draft begins a message in memory that all nodes use in turn, which Env copies from: so sending the frequent ones leaves no garbage and copies them
// once. It is to be sent before anything else is.
func (n *Node) draft(kind Kind, request uint64, key KeyID) *Message {
	m := &n.shared.scratch.out
	*m = Message{} // a literal would be built elsewhere first, and copied
	m.Kind, m.Request, m.Key, m.Client, m.Node = kind, request, key, NoNode, NoNode
	return m
}

// send sends a message through the same memory.
func (n *Node) send(to NodeID, m Message) {
	out := &n.shared.scratch.out
	*out = m
	n.env.Send(to, out)
}

// Shed is told of a message that the node's full queue did not take, and answers what a caller waits for.
func (n *Node) Shed(from NodeID, m *Message) {
	n.env.Mark(MarkShed, m.Key, int64(m.Kind))
	if (m.Kind == Put || m.Kind == ForwardPut) && n.again(from, m) {
		return
	}
	n.refuse(from, m, Overloaded)
}

// turnAway refuses what a node cannot work on that does not serve yet; false: it can.
func (n *Node) turnAway(from NodeID, m *Message) bool {
	switch {
	case (m.Kind == Put || m.Kind == ForwardPut) && n.again(from, m):
	case n.ready && m.Kind.spreads():
		return false
	default:
		n.refuse(from, m, Recovering)
	}
	return true
}

// refuse answers a request that the node will not work on.
func (n *Node) refuse(from NodeID, m *Message, why Status) {
	if m.Kind == ForwardGet && why == Recovering && m.Status == OK && n.isNode(from) {
		n.giveBack(from, m)
		return
	}
	answer := Message{Status: why, Request: m.Request, Key: m.Key, Client: NoNode, Node: NoNode}
	to := from
	switch m.Kind {
	case Get:
		answer.Kind = GetReply
	case Put:
		answer.Kind = PutReply
	case ForwardGet:
		answer.Kind, to = GetReply, m.Client
	case ForwardPut:
		answer.Kind, to = PutReply, m.Client
	case Read:
		answer.Kind = ReadReply
	case Replicate:
		answer.Kind = ReplicateReply
	case Hint:
		answer.Kind = HintReply
	case Offer:
		answer.Kind = OfferReply
	case TransferBatch:
		answer.Kind = TransferReply
	default:
		return
	}
	n.send(to, answer)
}

// Timer handles a timer that the node has set.
func (n *Node) Timer(t Timer) {
	switch t.Kind {
	case TimerOperation:
		n.operationTimer(t.A, uint32(t.B))
	case TimerRepair:
		n.stragglers(t.A, uint32(t.B))
	case TimerForward:
		n.forwardTimer(t.A, uint32(t.B))
	case TimerProbe:
		n.probe()
	case TimerHandoff:
		n.scanHints()
	case TimerHint:
		n.hintTimer(t.A, uint32(t.B))
	case TimerHeartbeat:
		n.sendHeartbeats()
	case TimerTransfer:
		n.transferTimer()
	case TimerSweep:
		n.sweepStrays()
	case TimerGossip:
		n.gossip()
	case TimerAntiEntropy:
		n.antiEntropy()
	case TimerExchange:
		n.exchangeTimer(t.B)
	case TimerMend:
		n.mendTimer(t.A, uint32(t.B))
	case TimerDoubt:
		n.doubtTimer()
	case TimerEpochs:
		n.reserveEpochs()
	case TimerSync:
		n.syncTick(int(t.A))
	case TimerBuffer:
		n.flushBuffer()
	case TimerDeferred:
		n.admission.deferred.timer = 0
		n.writeDeferred()
	case TimerPace:
		n.paced()
	case TimerExpiry:
		n.expire()
	}
	n.settleLater()
}

// Disk hands a disk completion to the engine that asked for it.
func (n *Node) Disk(c storage.Completion) { n.DiskDone(&c) }

// DiskDone is Disk without a copy.
func (n *Node) DiskDone(c *storage.Completion) {
	if c.Token>>tokenShift != engineData || n.unsettled {
		n.diskDone(c)
		return
	}
	e := n.store.engine
	e.Handle(c)
	if e.Wants() > 0 {
		n.wantTick(engineData)
	}
	n.settleLater()
}

// diskDone is DiskDone for any engine.
func (n *Node) diskDone(c *storage.Completion) {
	i := int(c.Token >> tokenShift)
	if n.unsettled && n.memory != nil && i != engineMeta {
		return // of a log that was read into memory
	}
	e := n.engine(i)
	e.Handle(c)
	if e.Wants() > 0 {
		n.wantTick(i)
	}
	n.settleLater()
}

func (n *Node) isNode(id NodeID) bool { return int(id) < len(n.shared.Names) }

// Engine is the store's.
func (n *Node) Engine() *storage.Engine { return n.store.engine }
