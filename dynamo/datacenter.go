package dynamo

// DatacenterQuorum says which replicas R and W count in a cluster of several datacenters. The paper has preference lists span datacenters
// (§4.6) and counts replicas wherever they are; the other two are what stores that came after it offer. In a datacenter that holds fewer
// than R (W) of the key's homes, all of those there have to answer.
type DatacenterQuorum uint8

// The ways to count.
const (
	Anywhere       DatacenterQuorum = iota // R (W) replicas, wherever they are
	LocalQuorum                            // R (W) replicas in the coordinator's datacenter; one that holds no home of the key counts anywhere
	EachDatacenter                         // R (W) replicas in each datacenter that holds homes of the key
)

// zone is the datacenter of a node; 0 in a cluster without any.
func (n *Node) zone(id NodeID) int32 {
	if n.library != nil && id == n.id {
		return n.library.zone
	}
	if int(id) < len(n.shared.Zones) {
		return n.shared.Zones[id]
	}
	return 0
}

// enough tells whether the answers so far make a quorum.
func (n *Node) enough(op *operation) bool {
	if op.kind == opPut {
		return n.enoughWritten(op)
	}
	return n.enoughRead(op)
}

// enoughRead is enough for a get.
func (n *Node) enoughRead(op *operation) bool {
	if n.zoned() {
		return n.zonesAnswered(op)
	}
	return op.reads.Enough()
}

// enoughWritten is enough for a put.
func (n *Node) enoughWritten(op *operation) bool {
	if n.zoned() {
		return n.zonesAnswered(op)
	}
	return op.writes.Enough()
}

func (n *Node) zonesAnswered(op *operation) bool { return n.quorate(op, hasAnswered) }

// zoned tells whether it matters in which datacenter a replica stands.
func (n *Node) zoned() bool { return n.cfg.DatacenterQuorum != Anywhere }

// hopeless tells whether fewer nodes than a quorum needs are believed to be up, where a strict quorum has no others to turn to. A put is
// refused then before anybody has seen it, so that its client knows that it did not happen.
func (n *Node) hopeless(op *operation) bool {
	return !n.cfg.Sloppy && !n.quorate(op, notSuspected)
}

func hasAnswered(_ *Node, t *target) bool { return t.state == answered }

func notSuspected(n *Node, t *target) bool { return !n.suspects(t.node) }

// quorate tells whether the targets for which something holds make a quorum.
func (n *Node) quorate(op *operation, holds func(*Node, *target) bool) bool {
	switch n.cfg.DatacenterQuorum {
	case LocalQuorum:
		if zone := n.zone(n.id); n.homesIn(op, zone) > 0 {
			return n.quorateIn(op, zone, holds)
		}
	case EachDatacenter:
		for _, home := range n.homesOf(op) {
			if !n.quorateIn(op, n.zone(NodeID(home)), holds) {
				return false
			}
		}
		return true
	}
	return n.count(op, anyZone, holds) >= op.quorum
}

// quorateIn tells the same of one datacenter.
func (n *Node) quorateIn(op *operation, zone int32, holds func(*Node, *target) bool) bool {
	return n.count(op, zone, holds) >= min(op.quorum, n.homesIn(op, zone))
}

// anyZone stands for all datacenters.
const anyZone = -1

// count is for how many copies something holds that stand in a datacenter. A home and its stand-in are one copy, see copyFor.
func (n *Node) count(op *operation, zone int32, holds func(*Node, *target) bool) int {
	counted := 0
	for i := range op.targets {
		t := &op.targets[i]
		if (zone == anyZone || n.zone(t.node) == zone) && holds(n, t) && !n.countedBefore(op, i, zone, holds) {
			counted++
		}
	}
	return counted
}

// countedBefore tells whether an earlier target keeps the same copy and was counted.
func (n *Node) countedBefore(op *operation, i int, zone int32, holds func(*Node, *target) bool) bool {
	for k := range i {
		t := &op.targets[k]
		if t.copyFor() == op.targets[i].copyFor() && (zone == anyZone || n.zone(t.node) == zone) && holds(n, t) {
			return true
		}
	}
	return false
}

// homesOf are the homes of an operation's key.
func (n *Node) homesOf(op *operation) []int32 {
	return n.place.Homes(op.key, op.n)
}

// homesIn is how many homes of an operation's key stand in a datacenter.
func (n *Node) homesIn(op *operation, zone int32) int {
	count := 0
	for _, home := range n.homesOf(op) {
		if n.zone(NodeID(home)) == zone {
			count++
		}
	}
	return count
}

// fallbackNear finds a node past the homes to stand in for one, in the home's datacenter if it can, since an answer from elsewhere would not
// count there.
func (n *Node) fallbackNear(op *operation, home NodeID, may []int32) NodeID {
	other := NoNode
	for i := min(op.n, len(may)); i < len(may); i++ {
		id := NodeID(may[i])
		if n.suspects(id) || op.find(id) != nil {
			continue
		}
		if n.zone(id) == n.zone(home) {
			return id
		}
		if other == NoNode {
			other = id
		}
	}
	return other
}
