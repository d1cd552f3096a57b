package dynamo

import "slices"

// Whom a node gossips with: the peers that its view knows, and the seed nodes of its configuration. The list of a view is shared by all that have the
// view, so a node keeps no more than what it adds to it.

// meetPeers finds the seed nodes that the view does not know.
func (n *Node) meetPeers() {
	m := &n.members
	m.seeds = m.seeds[:0]
	for _, seed := range n.cfg.SeedNodes {
		if seed != n.id && !isPeer(m.view.Peers(), seed) {
			m.seeds = append(m.seeds, seed)
		}
	}
}

func isPeer(peers []int32, id NodeID) bool {
	_, found := slices.BinarySearch(peers, int32(id))
	return found
}

// partners is with how many nodes the node gossips.
func (n *Node) partners() int {
	peers := n.members.view.Peers()
	if isPeer(peers, n.id) {
		return len(peers) - 1 + len(n.members.seeds)
	}
	return len(peers) + len(n.members.seeds)
}

// partner is the i-th of them.
func (n *Node) partner(i int) NodeID {
	peers := n.members.view.Peers()
	if own, found := slices.BinarySearch(peers, int32(n.id)); found && i >= own {
		i++
	}
	if i < len(peers) {
		return NodeID(peers[i])
	}
	return n.members.seeds[i-len(peers)]
}

// drawPartners picks this period's partners, one by one without putting back.
func (n *Node) drawPartners() []int {
	drawn := n.shared.scratch.drawn[:0]
	all := n.partners()
	for range min(n.cfg.GossipFanout, all) {
		i := int((n.env.Rand(RandGossip) >> 32) * uint64(all-len(drawn)) >> 32)
		at := 0
		for ; at < len(drawn) && drawn[at] <= i; at++ {
			i++ // the i-th of those that are left
		}
		drawn = slices.Insert(drawn, at, i)
	}
	n.shared.scratch.drawn = drawn
	return drawn
}
