package dynamo

// Failure detection is local (§4.8): a node that does not answer this node's messages is failed for this node, whatever others see. A
// suspected peer is passed over, and tried again from time to time; anything heard from it clears it.

// peer is what a node remembers of another one beside when it last heard of it.
type peer struct {
	timeouts  int32 // in a row
	hints     int16 // under way to it
	suspected bool
}

func (p *peer) trusted() bool { return p.timeouts == 0 && !p.suspected }

const (
	peersAPage = 8
	peersNear  = 1024
)

// peerTable keeps the peers of a cluster of usual size in arrays. A node of a larger one pays for those that it talks to: it remembers when it heard of
// them in a table, the rest in pages that are made on first use. Every message comes here, from any peer: so the moments are apart from the records,
// which are looked at only while there is somebody who is not trusted.
type peerTable struct {
	heardFar  heardTable // of a large cluster
	suspected []NodeID   // in the order in which they were suspected
	records   *peerRecords
	heard     []int64 // monotonic time of the last message, 0: never; last, see Node
}

type peerRecords struct {
	distrusted int    // peers that are not trusted
	near       []peer // of a cluster of usual size
	pages      []*page
	made       int // pages that are not nil
	enough     int // pages to have before looking for some to do without
	spare      []*page
}

type page [peersAPage]peer

// emptied has room for the nodes of a cluster.
func (t *peerTable) emptied(nodes int) peerTable {
	e := peerTable{records: t.records, suspected: t.suspected[:0], heardFar: t.heardFar.emptied()}
	if e.records == nil {
		e.records = new(peerRecords)
	}
	near := 0
	if nodes <= peersNear {
		near, e.heard = nodes, renewed(t.heard, nodes)
	}
	e.records.empty(near)
	return e
}

// empty has room for some near peers.
func (r *peerRecords) empty(near int) {
	for i := range r.pages {
		r.drop(i)
	}
	r.distrusted, r.near, r.pages, r.enough = 0, renewed(r.near, near), r.pages[:0], 0
}

// renewed is a list of zeros, in the memory of an old one if there is enough.
func renewed[T any](old []T, length int) []T {
	if cap(old) < length {
		return make([]T, length)
	}
	old = old[:length]
	clear(old)
	return old
}

// forget drops what says nothing: peers that were last heard of before a moment are as good as never heard of.
func (t *peerTable) forget(before int64) {
	t.heardFar.before = before
	if r := t.records; r.made > r.enough {
		for i, p := range r.pages {
			if p != nil && *p == (page{}) {
				r.drop(i)
			}
		}
		r.enough = 2 * r.made
	}
}

func (r *peerRecords) drop(i int) {
	if p := r.pages[i]; p != nil {
		*p = page{}
		r.spare, r.pages[i] = append(r.spare, p), nil
		r.made--
	}
}

// at gives a peer's record, making it on first use.
func (t *peerTable) at(id NodeID) *peer {
	r := t.records
	if uint64(uint32(id)) < uint64(len(r.near)) {
		return &r.near[id]
	}
	return &r.page(id)[int(id)%peersAPage]
}

// lastHeard gives the moment at which a peer was last heard of, 0: never, or too long ago to matter.
func (t *peerTable) lastHeard(id NodeID) int64 {
	if uint64(uint32(id)) < uint64(len(t.heard)) {
		return t.heard[id]
	}
	return t.heardFar.last(id)
}

func (r *peerRecords) page(id NodeID) *page {
	i := int(id) / peersAPage
	for i >= len(r.pages) {
		r.pages = append(r.pages, nil)
	}
	if r.pages[i] == nil {
		r.pages[i] = r.take()
	}
	return r.pages[i]
}

// take gives a page that nobody uses.
func (r *peerRecords) take() *page {
	r.made++
	if k := len(r.spare) - 1; k >= 0 {
		p := r.spare[k]
		r.spare = r.spare[:k]
		return p
	}
	return new(page)
}

// suspects tells whether this node believes another one to be down.
func (n *Node) suspects(id NodeID) bool { return n.alert() && n.suspectsPeer(id) }

// alert is false where no peer is suspected and none will be by being asked about, which is nearly always. A suspected peer is not trusted.
func (n *Node) alert() bool { return n.wary && len(n.peers.suspected) > 0 || n.cfg.Accrual != nil }

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

// heardFar notes that a message came from a peer of a large cluster, or from a client.
func (n *Node) heardFar(id NodeID) {
	if n.isNode(id) {
		n.peers.heardFar.note(id, n.env.Now())
	}
}

// trust trusts a peer again that was heard from.
func (n *Node) trust(id NodeID) {
	if !n.isNode(id) {
		return
	}
	p := n.peers.at(id)
	if p.trusted() {
		return
	}
	n.peers.records.distrusted--
	n.wary = n.peers.records.distrusted > 0
	p.timeouts = 0
	if p.suspected {
		p.suspected = false
		n.peers.suspected = without(n.peers.suspected, id)
		n.env.Mark(MarkUnsuspected, NoKey, int64(id))
	}
}

// heardLately tells whether a message came from the peer within the retry period.
func (n *Node) heardLately(id NodeID) bool {
	heard := n.peers.lastHeard(id)
	return heard != 0 && n.env.Now()-heard <= n.cfg.Retry
}

// timedOut counts a message that the peer did not answer in time.
func (n *Node) timedOut(id NodeID) {
	if !n.cfg.Detect {
		return
	}
	p := n.peers.at(id)
	n.distrust(p)
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
	n.distrust(p)
	p.suspected = true
	n.peers.suspected = append(n.peers.suspected, id)
	n.env.Mark(MarkSuspected, NoKey, int64(id))
}

// distrust counts a peer that is about to be trusted less.
func (n *Node) distrust(p *peer) {
	if p.trusted() {
		n.peers.records.distrusted++
		n.wary = true
	}
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
