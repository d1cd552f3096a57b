package dynamo

import (
	"slices"

	"dynamosim/dynamo/membership"
)

// Gossip (§4.8): "each node contacts a peer chosen at random every second and the two nodes efficiently reconcile their persisted membership change
// histories". Seed nodes are known to all from the configuration, so that rings which came to be apart find each other.

// beginGossip sets the first contact, at a phase of the node's own.
func (n *Node) beginGossip() {
	n.meetPeers()
	if n.cfg.GossipEvery > 0 {
		phase := int64(n.env.Rand(RandGossip) % uint64(n.cfg.GossipEvery))
		n.env.SetTimer(Timer{Kind: TimerGossip}, phase)
	}
}

// gossip contacts this period's partners.
func (n *Node) gossip() {
	n.env.SetTimer(Timer{Kind: TimerGossip}, n.cfg.GossipEvery)
	n.writeView()
	for _, id := range n.members.new { // it may have been starting when it was told
		n.contact(id)
	}
	if n.cfg.Accrual == nil { // which counts the silence of every peer
		n.peers.forget(n.env.Now() - n.cfg.Retry)
	}
	for _, i := range n.drawPartners() {
		n.contact(n.partner(i))
	}
}

// contact begins an exchange: with the whole view, or with its hash, which is all that need be said if the other one has the same.
func (n *Node) contact(peer NodeID) {
	n.env.Mark(MarkGossip, NoKey, int64(peer))
	v := n.members.view
	if n.cfg.GossipDigest {
		v = nil
	}
	n.send(peer, n.gossipMessage(Gossip, v))
}

// tellNews contacts a node that takes this one for a home of a key, which it is not by its own view: one of the two views is old. A client's library
// that coordinates by itself is sent the view, as if it had polled. Once is enough.
func (n *Node) tellNews(from NodeID, key KeyID) {
	if n.place.IsHome(n.id, key, n.cfg.N) || slices.Contains(n.members.told, from) {
		return
	}
	n.members.told = append(n.members.told, from)
	if n.isNode(from) {
		n.contact(from)
		return
	}
	n.polled(from, &Message{})
}

// gossipMessage carries a view, and always the hash of this node's own.
func (n *Node) gossipMessage(kind Kind, v *membership.View) Message {
	m := Message{Kind: kind, Request: n.members.view.Hash(), Key: NoKey, Client: NoNode, Node: NoNode}
	if v != nil {
		m.Body = n.shared.Bodies.New(Body{View: v})
	}
	return m
}

// gossiped answers a contact with what this node knew before it, then takes over what is new.
func (n *Node) gossiped(from NodeID, m *Message) {
	v := m.View()
	n.members.new = without(n.members.new, from)
	if v != nil || m.Request != n.members.view.Hash() {
		n.send(from, n.gossipMessage(GossipReply, n.members.view))
	}
	if v != nil {
		n.hear(v)
	}
}

// hear takes over what gossip tells.
func (n *Node) hear(v *membership.View) {
	if n.learn(v) {
		n.env.Mark(MarkViewLearned, NoKey, int64(len(n.members.known.Changes())))
	}
}

// gossipReplied takes over what the peer knows. If the contact was a hash, the peer still lacks what only this node knew.
func (n *Node) gossipReplied(from NodeID, m *Message) {
	theirs := m.View()
	n.members.new = without(n.members.new, from)
	if theirs == nil {
		return
	}
	if n.cfg.GossipDigest && n.members.view != theirs {
		if rest := n.shared.beyond(n.members.view, theirs); len(rest.Changes()) > 0 {
			n.send(from, n.gossipMessage(GossipRest, rest))
		}
	}
	n.hear(theirs)
	n.joinItself()
}

// firstStart is the start of a node that the configuration names and that has no view: in a cluster that starts cold it picks its tokens and
// belongs to a ring of its own, which the others learn of by gossip. But a node that lost its disk looks the same. So if there are seed nodes, one
// of them is asked first whether it knows this node.
func (n *Node) firstStart() {
	if len(n.members.known.Changes()) > 0 || int(n.id) >= len(n.shared.Cold) {
		return
	}
	n.members.asking = true
	if n.partners() == 0 || n.cfg.GossipEvery == 0 {
		n.joinItself()
		return
	}
	for i := range n.partners() {
		n.contact(n.partner(i))
	}
}

// joinItself ends a first start, unless somebody knew the node.
func (n *Node) joinItself() {
	m := &n.members
	if !m.asking {
		return
	}
	m.asking = false
	if m.known.Last(int32(n.id)) == nil {
		c := n.shared.Cold[n.id]
		if len(c.Tokens) == 0 && n.shared.Placing.Strategy != 3 {
			c.Tokens = n.drawTokens(c.Capacity)
		}
		n.announce(c)
	}
}
