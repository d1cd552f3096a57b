package dynamo

import "slices"

// route decides who coordinates a client's request (§4.5, §5, §6.4): this node, or another one that it is forwarded to.
func (n *Node) route(client NodeID, m *Message) {
	if n.place.Ring.Ranges() == 0 {
		n.refuse(client, m, Unavailable) // the ring that this node knows has no members
		return
	}
	to := n.coordinator(m)
	if to == n.id {
		n.coordinate(client, m)
		return
	}
	n.forward(client, m, to)
}

// coordinator chooses the coordinator of a request.
func (n *Node) coordinator(m *Message) NodeID {
	by := n.cfg.ReadBy
	if m.Kind == Put {
		by = n.cfg.WriteBy
	}
	switch {
	case m.Hedge && m.Kind == Get:
		return n.hedgeCoordinator(m, by)
	case by == Any || n.cfg.Coordinator == ByOutside:
		return n.id
	case n.alert():
		return n.coordinatorUp(m, by)
	}
	homes := n.place.Homes(m.Key, n.replicas(m))
	switch {
	case by == Fastest && hasID(homes, m.Node):
		return m.Node
	case by != First && hasID(homes, n.id):
		return n.id
	}
	return NodeID(homes[0])
}

// coordinatorUp is coordinator where somebody may be suspected.
func (n *Node) coordinatorUp(m *Message, by Routing) NodeID {
	replicas := n.replicas(m)
	preference := n.preference(m.Key, replicas, 0)
	switch {
	case by == Fastest && m.Node != NoNode && n.mayCoordinate(m.Node, preference, replicas):
		return m.Node
	case by != First && n.mayCoordinate(n.id, preference, replicas):
		return n.id
	}
	return n.firstUp(preference, replicas)
}

// preference is as much of a key's preference list as a request may have to look at that is to go to so many nodes and has gone to others: those
// that are believed to be down are passed over.
func (n *Node) preference(key KeyID, wanted, gone int) []int32 {
	most := wanted + gone + len(n.peers.suspected) + 1
	if n.cfg.Accrual != nil || n.cfg.DatacenterQuorum != Anywhere { // more may turn out to be down on the way, or be in the wrong place
		most = len(n.place.Ring.Nodes())
	}
	return n.place.Preference(key, most)
}

// hedgeCoordinator chooses the coordinator of a get that another node was asked for before: not the one that it then went to, as far as this
// node can tell.
func (n *Node) hedgeCoordinator(m *Message, by Routing) NodeID {
	replicas := n.replicas(m)
	preference := n.preference(m.Key, replicas, 0)
	first := n.firstUp(preference, replicas)
	if by == Any || by != First && n.mayCoordinate(m.Node, preference, replicas) {
		first = m.Node
	}
	if n.id != first && (by == Any || n.mayCoordinate(n.id, preference, replicas)) {
		return n.id
	}
	for _, p := range n.eligible(preference, replicas) {
		if id := NodeID(p); id != first && !n.suspects(id) {
			return id
		}
	}
	return first
}

// eligible is the part of a preference list that a request for so many replicas may go to: with a strict quorum the homes, with a sloppy
// one also those that may stand in.
func (n *Node) eligible(preference []int32, replicas int) []int32 {
	end := replicas
	switch {
	case n.cfg.Sloppy && n.cfg.Fallbacks < 0:
		return preference
	case n.cfg.Sloppy:
		end += n.cfg.Fallbacks
	}
	return preference[:min(end, len(preference))]
}

// mayCoordinate tells whether a node is one of the nodes that a request for the key goes to: one of the first N of the preference
// list, with a sloppy quorum of those that are believed to be up.
func (n *Node) mayCoordinate(id NodeID, preference []int32, replicas int) bool {
	if id == NoNode || n.suspects(id) {
		return false
	}
	left := replicas
	for _, p := range n.eligible(preference, replicas) {
		if left == 0 {
			return false
		}
		if NodeID(p) == id {
			return true
		}
		if !n.cfg.Sloppy || !n.suspects(NodeID(p)) {
			left--
		}
	}
	return false
}

// firstUp is the first node that may take the request and is not suspected; the first of all if every one is.
func (n *Node) firstUp(preference []int32, replicas int) NodeID {
	for _, p := range n.eligible(preference, replicas) {
		if !n.suspects(NodeID(p)) {
			return NodeID(p)
		}
	}
	return NodeID(preference[0])
}

// forward passes a client's request on; the coordinator answers the client itself. A node that was not heard from for a while is asked
// to acknowledge, so that forwarding alone can find out that it is gone.
func (n *Node) forward(client NodeID, m *Message, to NodeID) {
	n.env.Mark(MarkForwarded, m.Key, int64(to))
	f := &n.shared.scratch.out // see draft
	*f = *m
	f.Kind = ForwardGet
	if m.Kind == Put {
		f.Kind = ForwardPut
	}
	f.Client = client
	if n.cfg.Detect && !n.heardLately(to) {
		op := n.ops.take()
		op.kind, op.client, op.clientRequest, op.key = opForward, client, m.Request, m.Key
		op.add(target{node: to})
		op.retry = *m
		f.Ack = n.wire(op.number())
		op.timer = n.env.SetTimer(Timer{Kind: TimerForward, A: op.slot, B: uint64(op.gen)}, n.cfg.ReplicaTimeout)
	}
	n.env.Send(to, f)
}

// forwarded takes over a request that another node passed on: this node coordinates whatever it believes of itself, unless it cannot,
// so that a request is forwarded once.
func (n *Node) forwarded(from NodeID, m *Message) {
	if m.Ack != 0 {
		n.send(from, Message{Kind: ForwardAck, Request: m.Ack, Key: m.Key, Client: NoNode, Node: NoNode})
	}
	if n.moved && n.misrouted(from, m) {
		return
	}
	n.coordinate(m.Client, m)
}

// giveBack returns a get to the node that passed it on, since this one does not serve yet: any node can coordinate a get (§6.4). It bears the
// refusal, so that it is not given back again.
func (n *Node) giveBack(to NodeID, m *Message) {
	if m.Ack != 0 {
		n.send(to, Message{Kind: ForwardAck, Request: m.Ack, Key: m.Key, Client: NoNode, Node: NoNode})
	}
	back := *m
	back.Ack, back.Status = 0, Recovering
	n.send(to, back)
}

// misrouted deals with a request that a node passed on by an old view to one that is not to coordinate it by this node's. It goes on once more, or is
// refused.
func (n *Node) misrouted(from NodeID, m *Message) bool {
	preference := n.preference(m.Key, n.replicas(m), 0)
	if n.mayStandIn(m, preference) {
		return false
	}
	n.env.Mark(MarkStaleRoute, m.Key, int64(from))
	n.tellNews(from, m.Key)
	if n.cfg.StaleRefuse || len(preference) == 0 {
		n.refuse(from, m, StaleView)
		return true
	}
	if m.Again {
		return false
	}
	request := *m
	request.Kind, request.Node, request.Ack, request.Again = Get, NoNode, 0, true
	if m.Kind == ForwardPut {
		request.Kind = Put
	}
	n.forward(m.Client, &request, n.firstUp(preference, n.replicas(m)))
	return true
}

// mayStandIn tells whether this node is one of those that a request may go to.
func (n *Node) mayStandIn(m *Message, preference []int32) bool {
	if n.cfg.Sloppy && n.cfg.Fallbacks < 0 {
		_, found := slices.BinarySearch(n.place.Ring.Nodes(), int32(n.id))
		return found
	}
	if n.cfg.Sloppy {
		preference = n.place.Preference(m.Key, n.replicas(m)+n.cfg.Fallbacks)
	}
	return hasID(n.eligible(preference, n.replicas(m)), n.id)
}

func (n *Node) forwardAcknowledged(m *Message) {
	op := n.ops.byNumber(n.wire(m.Request))
	if op == nil || op.kind != opForward {
		return
	}
	n.disarm(op)
	n.ops.release(op)
}

// forwardTimer: the coordinator did not acknowledge. A get may go to another one; a put may have been done, so its outcome stays
// unknown and the client learns it by its own timeout (semantics: a put is never sent twice).
func (n *Node) forwardTimer(slot, gen uint32) {
	op := n.ops.get(slot, gen)
	if op == nil {
		return
	}
	n.timedOut(op.targets[0].node)
	client, m := op.client, op.retry
	n.ops.release(op)
	if m.Kind == Get {
		n.route(client, &m)
	}
}

func (n *Node) coordinate(client NodeID, m *Message) {
	if n.cfg.MaxRequests > 0 && n.ops.live() >= n.cfg.MaxRequests {
		n.env.Mark(MarkShed, m.Key, int64(m.Kind))
		n.refuse(client, m, Overloaded)
		return
	}
	if m.Kind == Get || m.Kind == ForwardGet {
		n.coordinateGet(client, m)
		return
	}
	n.coordinatePut(client, m)
}
