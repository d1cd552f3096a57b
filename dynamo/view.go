package dynamo

import (
	"fmt"

	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/ring"
)

// What a node knows of the ring's members (§4.8). A change comes by an administrator's command or by gossip; it is on disk before the node acts
// upon it, so that a restart takes nothing back that others have seen the node act upon.

// members is a node's knowledge of the ring.
type members struct {
	view    *membership.View // that the node acts upon
	known   *membership.View // all it has heard of; later than view while that is being written
	writing *membership.View // on its way to disk; nil: nothing is
	stored  *membership.View // that the disk holds; nil: nothing that can be read
	seeds   []NodeID         // to gossip with, beside the peers that view knows
	asking  bool             // at the first start, until a seed node has answered
	told    []NodeID         // who acted upon another view, and was told of this one
	new     []NodeID         // whom this node has told that they join, and not heard from since
}

// View is what the node knows of the members and acts upon.
func (n *Node) View() *membership.View { return n.members.view }

// Placement says where the node's view puts keys.
func (n *Node) Placement() *Placement { return n.place }

// recall takes over the view that the disk held, or that of nobody.
func (n *Node) recall(v *membership.View) {
	v = n.shared.Same(v)
	n.members.view, n.members.known, n.members.stored = v, v, v
	n.actUpon(n.shared.Place(v))
}

// recallStored takes over the view that the disk held. The engine has verified the checksum, so anything unreadable is a broken invariant.
func (n *Node) recallStored(payload []byte) {
	v, err := n.shared.decodeView(payload)
	if err != nil {
		panic(fmt.Sprintf("dynamo: view with a valid checksum does not decode: %v", err))
	}
	n.recall(v)
}

// How a view is stored: all its changes, or those that came after the founding of the cluster, which every node's configuration names. So the disks of
// a large cluster do not each hold all of it.
const (
	viewWhole byte = iota
	viewSinceFounding
)

// appendView writes the storage form of a view.
func (s *Shared) appendView(b []byte, v *membership.View) []byte {
	if s.Formed != nil && membership.Covers(v, s.Formed) {
		return membership.Append(append(b, viewSinceFounding), membership.Beyond(v, s.Formed))
	}
	return membership.Append(append(b, viewWhole), v)
}

// decodeView reads what appendView wrote.
func (s *Shared) decodeView(b []byte) (*membership.View, error) {
	if len(b) == 0 || b[0] > viewSinceFounding || b[0] == viewSinceFounding && s.Formed == nil {
		return nil, fmt.Errorf("view in a form that is not known: %x", b[:min(len(b), 8)])
	}
	v, err := membership.Decode(b[1:])
	if err == nil && b[0] == viewSinceFounding {
		v = membership.Merge(s.Formed, v)
	}
	return v, err
}

// belongs tells whether the node has been told that it is, or was, a member of the ring. Until then it serves nobody: a new node waits for its
// join, one that lost its disk for a peer that knows it.
func (n *Node) belongs() bool { return n.members.view.Last(int32(n.id)) != nil }

// learn takes over the changes in a view that the node does not know yet; false: it knew them all.
func (n *Node) learn(v *membership.View) bool {
	m := &n.members
	merged := n.shared.merge(m.known, v)
	if merged == m.known {
		return false
	}
	if m.known = n.shared.Same(merged); n.cfg.PersistViews {
		n.writeView()
	} else {
		n.adopt(m.known)
	}
	return true
}

// writeView brings what is known to disk, one view at a time.
func (n *Node) writeView() {
	m := &n.members
	if m.writing != nil || m.known == m.stored || !n.cfg.PersistViews {
		return
	}
	m.writing = m.known
	n.shared.scratch.payload = n.shared.appendStored(n.shared.scratch.payload[:0], m.writing)
	n.calls++
	n.meta.Put(metaMembers, metaKeys[metaMembers], n.shared.scratch.payload, 0, n.tickets.put(&ticket{kind: ticketView, log: engineMeta}))
	n.calls--
}

// viewDurable is the end of that; a disk that refuses is asked again at the next change or the next gossip.
func (n *Node) viewDurable(ok bool) {
	m := &n.members
	v := m.writing
	if m.writing = nil; !ok {
		return
	}
	m.stored = v
	if v != m.view {
		n.adopt(v)
	}
	n.writeView()
}

// adopt makes a view the one that the node acts upon.
func (n *Node) adopt(v *membership.View) {
	old := n.place
	n.members.view, n.members.told = v, n.members.told[:0]
	n.actUpon(n.shared.Place(v))
	n.meetPeers()
	n.env.Mark(MarkViewAdopted, NoKey, int64(len(v.Members())))
	if n.ready && !n.serving && n.belongs() {
		n.serve()
	}
	n.takeOver(old)
}

// Command is what an administrator tells a node (§4.8): that a node, this one or another, joins the ring or leaves it.
type Command struct {
	What     membership.What // Join or Leave
	Node     NodeID
	Tokens   []membership.Token // join: the node's places on the ring; none: they are drawn, or dealt out
	Capacity float64            // join
	Zone     int32              // join
}

// Do carries out an administrator's command: the change becomes part of this node's history and spreads by gossip. A command that makes no sense
// by what this node knows is refused.
func (n *Node) Do(c Command) error {
	m := &n.members
	name := n.shared.Names[c.Node]
	switch is := m.known.Has(int32(c.Node)); {
	case !n.ready:
		return fmt.Errorf("the node is reading its disk")
	case c.What == membership.Join && is:
		return fmt.Errorf("%s is a member already", name)
	case c.What == membership.Leave && !is:
		return fmt.Errorf("%s is no member that this node knows", name)
	case c.What == membership.Leave && len(m.known.Members()) == 1:
		return fmt.Errorf("%s is the last member", name)
	case c.Node != n.id && !n.belongs():
		return fmt.Errorf("the node itself does not belong to a ring")
	}
	change := membership.Change{Node: int32(c.Node), What: c.What, Capacity: c.Capacity, Zone: c.Zone, Tokens: c.Tokens}
	if c.What == membership.Join && len(c.Tokens) == 0 && n.shared.Placing.Strategy != 3 {
		change.Tokens = n.drawTokens(c.Capacity)
	}
	n.announce(change)
	if c.What == membership.Join && c.Node != n.id {
		m.new = append(m.new, c.Node)
		n.send(c.Node, n.gossipMessage(Gossip, m.known)) // the new node has nobody else to hear it from
	}
	n.settleLater()
	return nil
}

// announce makes a change of this node's own.
func (n *Node) announce(c membership.Change) {
	c.Counter, c.Issuer, c.Time = n.members.known.Next(), int32(n.id), n.env.Wall()
	n.learn(membership.New(c))
}

// drawTokens picks random places on the ring, as many as a node's capacity asks for (§4.8: "chooses its set of tokens").
func (n *Node) drawTokens(capacity float64) []membership.Token {
	drawn := ring.RandomTokens([]ring.Member{{Node: int32(n.id), Capacity: capacity}}, n.shared.Placing.Tokens, func(int32, int) (hi, lo uint64) {
		return n.env.Rand(RandTokens), n.env.Rand(RandTokens)
	})
	tokens := make([]membership.Token, len(drawn))
	for i, t := range drawn {
		tokens[i] = membership.Token(t.At)
	}
	return membership.SortTokens(tokens)
}
