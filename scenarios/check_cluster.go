package scenarios

import (
	"fmt"
	"slices"
)

// checkCluster reports quorums, rings and settings that do not fit.
func (d *decoder) checkCluster(s *Scenario) {
	c := &s.Cluster
	if d.given("cluster.nodes") && d.given("cluster.datacenters") {
		d.failAt("cluster.datacenters", "write either one", "nodes and datacenters both say how many nodes there are")
		return
	}
	if len(c.Nodes) > maxNodes {
		d.failAt("cluster.datacenters", "", "%d nodes are more than %d", len(c.Nodes), maxNodes)
		return
	}
	if d.given("cluster.datacenters") && len(c.Nodes) == 0 {
		d.failAt("cluster.datacenters", "such as {east: 3, west: 3}", "a cluster needs at least one node")
		return
	}
	d.checkNodeNames(s)
	d.checkQuorum("cluster", c.N, c.R, c.W, c)
	d.checkRing(c)
	d.checkTrees(&c.AntiEntropy)
	d.checkPerNode(c)
	d.checkDatacenters(c)
	d.checkRouting(c)
	d.checkVersioning(s)
	d.checkTimeouts(c)
}

// reservedNames are words that mean something else where a node could stand.
var reservedNames = []string{"all", "one", "two", "minority", "majority", "any", "same-dc", "cross-dc", "client", "end", "none", "session"}

// checkNodeNames reports names that are taken twice: nodes, datacenters and
// workloads stand in the same places.
func (d *decoder) checkNodeNames(s *Scenario) {
	seen := map[string]bool{}
	for _, n := range s.Cluster.Nodes {
		if seen[n] {
			d.failAt("cluster.datacenters", "other names", "two nodes would be called %s", quote(n))
		}
		seen[n] = true
	}
	for _, dc := range s.Cluster.Datacenters {
		path := join("cluster.datacenters", dc.Name)
		if slices.Contains(reservedNames, dc.Name) {
			d.failAt(path, "another name", "%s has a meaning of its own", quote(dc.Name))
		}
		if seen[dc.Name] {
			d.failAt(path, "another name", "%s is the name of a node too", quote(dc.Name))
		}
	}
	for i := range s.Workloads {
		name := s.Workloads[i].Name
		if seen[name] || s.Cluster.NodesOf(name) != nil || slices.Contains(reservedNames, name) {
			d.failAt(join(join("workloads", name), "name"), "another name", "%s is a node, a datacenter or a word for some", quote(name))
		}
	}
}

// checkQuorum reports N, R and W that do not fit each other or the cluster.
// Below the cluster only what a path gives itself is reported.
func (d *decoder) checkQuorum(path string, n, r, w int, c *Cluster) {
	own := path == "cluster"
	if !own && !d.given(join(path, "n")) && !d.given(join(path, "r")) && !d.given(join(path, "w")) {
		return
	}
	if n > len(c.Nodes) {
		if own || d.given(join(path, "n")) {
			d.failAt(join(path, "n"), "N replicas need N nodes", "N=%d but %s", n, count(len(c.Nodes), "node"))
		}
		return
	}
	d.checkOne(join(path, "r"), "R", r, n, c.AllowUnsafe, own)
	d.checkOne(join(path, "w"), "W", w, n, c.AllowUnsafe, own)
	if own && r+w <= n {
		d.warnAt(Note, path, "", "R+W ≤ N (%d+%d ≤ %d): a get may miss an acknowledged put", r, w, n)
	}
}

// checkOne reports R or W out of 1 to N.
func (d *decoder) checkOne(path, name string, value, n int, unsafe, own bool) {
	switch {
	case !own && !d.given(path) && value <= n:
	case value > n:
		d.failAt(path, fmt.Sprintf("at most %d", n), "%s=%d but N=%d", name, value, n)
	case value == 0 && !unsafe:
		d.failAt(path, "from 1 to N, or say cluster: {allow_unsafe: true}", "%s=0 waits for no replica", name)
	case value == 0:
		d.warnAt(Note, path, "", "%s=0 waits for no replica", name)
	}
}

// mostLeaves is how many leaves a Merkle tree may have.
const mostLeaves = 1 << 32

// checkTrees reports Merkle trees that are too large.
func (d *decoder) checkTrees(a *AntiEntropy) {
	leaves := uint64(1)
	for range a.Depth {
		if leaves *= uint64(a.Branching); leaves > mostLeaves {
			d.failAt("cluster.anti_entropy.depth", "branching^depth may be at most 2^32", "a tree of %d levels with %d children a node has too many leaves", a.Depth, a.Branching)
			return
		}
	}
}

// checkRing reports settings that the strategy does not use, and too few
// ranges.
func (d *decoder) checkRing(c *Cluster) {
	least := rangesPerNode * len(c.Nodes)
	switch {
	case c.Ring.Strategy == 1:
		d.unused("cluster.ring.ranges", "strategy 1 has no equal ranges")
	case c.Ring.Ranges < least:
		d.failAt("cluster.ring.ranges", fmt.Sprintf("at least %d", least), "%d ranges are fewer than %d a node", c.Ring.Ranges, rangesPerNode)
	}
	if c.Ring.Strategy == 3 {
		d.unused("cluster.ring.tokens", "strategy 3 deals out its ranges evenly")
	}
}

// unused warns of a setting that changes nothing. A plan may have any.
func (d *decoder) unused(path, why string) {
	if d.given(path) && d.scenario.Plan == nil {
		d.warnAt(Warning, path, why, "%s has no effect", lastPart(path))
	}
}

// checkPerNode reports settings of nodes that are not there.
func (d *decoder) checkPerNode(c *Cluster) {
	tokens := map[Share]string{}
	for i := range c.PerNode {
		p := &c.PerNode[i]
		path := join("cluster.per_node", p.Name)
		isNode := c.NodeIndex(p.Name) >= 0
		if !isNode && c.NodesOf(p.Name) == nil {
			d.failAt(path, suggest(p.Name, placeNames(c)), "no node or datacenter %s", quote(p.Name))
		}
		if p.Tokens == nil {
			continue
		}
		path = join(path, "tokens")
		switch {
		case c.Ring.Strategy == 3:
			d.failAt(path, "ring: {strategy: 1} or 2", "strategy 3 has no tokens to fix")
		case !isNode:
			d.failAt(path, "fix the tokens of single nodes", "%s is a datacenter", quote(p.Name))
		case len(p.Tokens) == 0:
			d.failAt(path, "such as [0.25, 0.75]", "a node needs at least one token")
		}
		for _, t := range p.Tokens {
			if other := tokens[t]; other != "" {
				d.failAt(path, "each place on the ring once", "token %s belongs to %s already", t, quote(other))
			}
			tokens[t] = p.Name
		}
	}
}

// placeNames lists nodes and datacenters.
func placeNames(c *Cluster) []string {
	return append(slices.Clone([]string(c.Nodes)), datacenterNames(c)...)
}

// checkDatacenters reports quorums that datacenters are too few or too small
// for. With spread placement each takes its turn in a preference list.
func (d *decoder) checkDatacenters(c *Cluster) {
	if c.DatacenterQuorum == DatacenterQuorumNone {
		return
	}
	const path = "cluster.datacenter_quorum"
	if len(c.Datacenters) == 0 {
		d.failAt(path, "such as cluster: {datacenters: {east: 3, west: 3}}", "there are no datacenters to count replicas in")
		return
	}
	least := c.N / len(c.Datacenters)
	for _, dc := range c.Datacenters {
		least = min(least, dc.Nodes)
	}
	if c.Placement == PlacementSpread && max(c.R, c.W) > least {
		d.warnAt(Note, path, "", "a datacenter may hold %d of the %d replicas: where it holds fewer than R or W, all of them have to answer", least, c.N)
	}
}

// checkRouting reports choices that other settings rule out.
func (d *decoder) checkRouting(c *Cluster) {
	if c.Routing.WriteBy == WriteByAny && c.Versioning.Mode != ModeLastWriteWins && c.Versioning.Mode != ModeABD {
		d.failAt("cluster.routing.write_by", "contacted, first or fastest; or versioning: {mode: last-write-wins}",
			"a node without a replica cannot make versions in mode %s", c.Versioning.Mode)
	}
	if c.Routing.Balancer == BalancerSameDatacenter && len(c.Datacenters) == 0 {
		d.warnAt(Warning, "cluster.routing.balancer", "such as cluster: {datacenters: {east: 3, west: 3}}", "there are no datacenters to prefer")
	}
	d.checkCoordinator(c)
	if c.Quorum == QuorumStrict {
		d.unused("cluster.fallbacks", "with a strict quorum nobody stands in")
	}
	d.checkDetector(c)
	if c.WriteBuffer.Enabled && c.WriteBuffer.Durable > c.N {
		d.failAt("cluster.write_buffer.durable", fmt.Sprintf("at most %d", c.N), "%d durable writes of N=%d", c.WriteBuffer.Durable, c.N)
	}
	if c.Storage.Engine == EngineMemory {
		for _, key := range []string{"sync", "period", "segment", "compact_at", "checksums"} {
			d.unused("cluster.storage."+key, "nothing is kept on the disk")
		}
	}
	if c.Storage.Sync == SyncEach || c.Storage.Sync == SyncNever {
		d.unused("cluster.storage.period", "it is of sync: group and periodic")
	}
}

// checkDetector reports settings of another kind of failure detection.
func (d *decoder) checkDetector(c *Cluster) {
	const path = "cluster.failure_detection."
	switch c.FailureDetection.Kind {
	case DetectorNone:
		d.unused(path+"suspect_after", "failure detection is off")
		d.unused(path+"retry", "failure detection is off")
	case DetectorPhi:
		d.unused(path+"suspect_after", "it is of kind: timeouts")
		return
	}
	for _, key := range []string{"phi", "samples", "heartbeat"} {
		d.unused(path+key, "it is of kind: phi")
	}
}

// checkCoordinator reports routing that the place of coordination makes no use of.
func (d *decoder) checkCoordinator(c *Cluster) {
	switch c.Coordinator {
	case CoordinatorServer:
		d.unused("cluster.routing.poll", "clients know nothing of the members unless cluster: {coordinator: client}")
		d.unused("cluster.routing.refresh", "clients know nothing of the members unless cluster: {coordinator: client}")
		return
	case CoordinatorOutside:
		if c.Versioning.Mode != ModeLastWriteWins {
			d.failAt("cluster.coordinator", "versioning: {mode: last-write-wins}", "who holds no replica cannot make versions in mode %s", c.Versioning.Mode)
		}
		d.unused("cluster.routing.write_by", "whoever holds no replica coordinates")
	}
	d.unused("cluster.routing.balancer", "the client library picks the nodes")
	d.unused("cluster.routing.read_by", "the client library coordinates gets")
}

// checkTimeouts notes timeouts that can never be the first to pass.
func (d *decoder) checkTimeouts(c *Cluster) {
	if st := &c.Storage; st.Sync == SyncGroup && st.Period >= c.Timeouts.Replica {
		d.warnAt(Warning, "cluster.storage.sync", "a shorter period, such as period: 5ms, or a longer timeouts.replica",
			"a group is synced every %v, but a replica is given up after %v", st.Period, c.Timeouts.Replica)
	}
	t := &c.Timeouts
	for _, x := range []struct {
		key, op string
		span    Duration
	}{{"read", "get", t.Read}, {"write", "put", t.Write}} {
		if t.Replica > x.span {
			d.warnAt(Note, join("cluster.timeouts", x.key), "", "the coordinator gives up a %s after %v, before it would turn to another node after %v", x.op, x.span, t.Replica)
		}
		if t.Client < x.span {
			d.warnAt(Note, join("cluster.timeouts", x.key), "", "the client gives up a %s after %v, before its coordinator after %v", x.op, t.Client, x.span)
		}
	}
}
