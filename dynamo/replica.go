package dynamo

import "dynamosim/dynamo/vclock"

// read answers a coordinator with all that this node holds of a key, hints included.
func (n *Node) read(from NodeID, m *Message) {
	if n.moved {
		n.tellNews(from, m.Key)
	}
	if !n.lookUp(ticketReplica, from, m.Request, m.Key) {
		n.answerRead(from, m.Request, m.Key, OK, n.held(m.Key))
	}
}

// answerRead tells a coordinator what was found.
func (n *Node) answerRead(to NodeID, request uint64, key KeyID, why Status, found *vclock.Set) {
	a := answer{found, why, NoNode}
	if why != OK || !n.whole() {
		a = n.reading(key, why, found)
	}
	m := n.draft(ReadReply, request, key)
	m.Status, m.Set, m.Node = a.status, a.set, a.whole
	n.env.Send(to, m)
}

// replicate stores what a coordinator sends, as this node's own or as a hint, and acknowledges when the storage policy says that it is
// durable.
func (n *Node) replicate(from NodeID, m *Message) {
	if n.moved && m.Node == NoNode {
		n.tellNews(from, m.Key)
	}
	n.keep(m.Key, m.Node, m.Set, &ticket{kind: ticketReplica, peer: from, request: m.Request, key: m.Key, durable: m.Durable})
}

func (n *Node) answerWrite(kind Kind, t *ticket, why Status) {
	m := n.draft(kind, t.request, t.key)
	m.Status = why
	n.env.Send(t.peer, m)
}

// repair takes the merged versions that a reader found (§5). Nobody waits for an answer.
func (n *Node) repair(from NodeID, m *Message) {
	before := n.Stored(m.Key)
	n.keep(m.Key, NoNode, m.Set, &ticket{kind: ticketNobody, key: m.Key})
	if n.Stored(m.Key) != before {
		n.env.Mark(MarkRepaired, m.Key, int64(from))
	}
}
