package dynamo

// Failure detection is local (§4.8): a node that does not answer this node's messages is failed for this node, whatever others see. A
// suspected peer is passed over, and tried again from time to time; anything heard from it clears it.

// peer is what a node remembers of another one. Every message touches one, so it is small.
type peer struct {
	heard     int64 // monotonic time of the last message, 0: never
	timeouts  int32 // in a row
	hints     int16 // under way to it
	suspected bool
}

const (
	peersAPage = 8
	peersNear  = 1024
)

// peerTable keeps the peers of a cluster of usual size in one array. Those of a larger one are in pages that are made on first use, so that a
// node pays for those it talks to.
type peerTable struct {
	near      []peer
	suspected []NodeID // in the order in which they were suspected
	pages     []*page
	made      int // pages that are not nil
	enough    int // pages to have before looking for some to do without
	spare     []*page
}

type page [peersAPage]peer

// emptied has room for the nodes of a cluster.
func (t *peerTable) emptied(nodes int) peerTable {
	near := t.near
	clear(near)
	switch {
	case nodes > peersNear:
		near = nil
	case len(near) < nodes:
		near = make([]peer, nodes)
	}
	for i := range t.pages {
		t.drop(i)
	}
	return peerTable{near: near, pages: t.pages[:0], spare: t.spare, suspected: t.suspected[:0]}
}

// forget drops the pages that say nothing: peers that were last heard of before a moment are as good as never heard of.
func (t *peerTable) forget(before int64) {
	if t.made <= t.enough {
		return
	}
	for i, p := range t.pages {
		if p != nil && p.empty(before) {
			t.drop(i)
		}
	}
	t.enough = 2 * t.made
}

func (p *page) empty(before int64) bool {
	for i := range p {
		if x := &p[i]; x.heard >= before && x.heard != 0 || x.timeouts != 0 || x.hints != 0 || x.suspected {
			return false
		}
	}
	return true
}

func (t *peerTable) drop(i int) {
	if p := t.pages[i]; p != nil {
		*p = page{}
		t.spare, t.pages[i] = append(t.spare, p), nil
		t.made--
	}
}

// at gives a peer's record, making it on first use.
func (t *peerTable) at(id NodeID) *peer {
	if uint64(uint32(id)) < uint64(len(t.near)) {
		return &t.near[id]
	}
	return t.far(id)
}

func (t *peerTable) far(id NodeID) *peer {
	i := int(id) / peersAPage
	for i >= len(t.pages) {
		t.pages = append(t.pages, nil)
	}
	if t.pages[i] == nil {
		t.pages[i] = t.take()
	}
	return &t.pages[i][int(id)%peersAPage]
}

// take gives a page that nobody uses.
func (t *peerTable) take() *page {
	t.made++
	if k := len(t.spare) - 1; k >= 0 {
		p := t.spare[k]
		t.spare = t.spare[:k]
		return p
	}
	return new(page)
}

// suspects tells whether this node believes another one to be down.
func (n *Node) suspects(id NodeID) bool { return n.alert() && n.suspectsPeer(id) }

// alert is false where no peer is suspected and none will be by being asked about, which is nearly always.
func (n *Node) alert() bool { return len(n.peers.suspected) > 0 || n.cfg.Accrual != nil }

func (n *Node) suspectsPeer(id NodeID) bool {
	if id == n.id {
		return false
	}
	if n.cfg.Accrual != nil {
		n.accrue(id)
	}
	return n.peers.at(id).suspected
}

// Suspected lists the peers that the node believes to be down, in the order in which it came to believe so. The list is the node's own.
func (n *Node) Suspected() []NodeID { return n.peers.suspected }

// unsuspect: a suspected peer was heard from.
func (n *Node) unsuspect(id NodeID, p *peer) {
	p.suspected = false
	n.peers.suspected = without(n.peers.suspected, id)
	n.env.Mark(MarkUnsuspected, NoKey, int64(id))
}

// heardLately tells whether a message came from the peer within the retry period.
func (n *Node) heardLately(id NodeID) bool {
	p := n.peers.at(id)
	return p.heard != 0 && n.env.Now()-p.heard <= n.cfg.Retry
}

// timedOut counts a message that the peer did not answer in time.
func (n *Node) timedOut(id NodeID) {
	if !n.cfg.Detect {
		return
	}
	p := n.peers.at(id)
	p.timeouts++
	if p.suspected || int(p.timeouts) < n.cfg.SuspectAfter {
		return
	}
	n.suspect(id, p)
	if n.probing == 0 {
		n.probing = n.env.SetTimer(Timer{Kind: TimerProbe}, n.cfg.Retry)
	}
	if n.library != nil {
		n.library.stale()
	}
}

// suspect believes from now on that a peer is down.
func (n *Node) suspect(id NodeID, p *peer) {
	p.suspected = true
	n.peers.suspected = append(n.peers.suspected, id)
	n.env.Mark(MarkSuspected, NoKey, int64(id))
}

// probe tries the suspected peers again (§4.8: "A then uses alternate nodes ... and periodically retries B").
func (n *Node) probe() {
	n.probing = 0
	for _, id := range n.peers.suspected {
		n.send(id, Message{Kind: Probe, Key: NoKey, Client: NoNode, Node: NoNode})
	}
	if len(n.peers.suspected) > 0 {
		n.probing = n.env.SetTimer(Timer{Kind: TimerProbe}, n.cfg.Retry)
	}
}

// without removes a node from a list and keeps the order of the rest.
func without(list []NodeID, id NodeID) []NodeID {
	kept := list[:0]
	for _, x := range list {
		if x != id {
			kept = append(kept, x)
		}
	}
	return kept
}
