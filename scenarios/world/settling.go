package world

import (
	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/sim/rng"
)

// settling is how long the cluster is given after the heal, in ns: what the scenario says, or the convergence bound: the longest time that
// something begun before can still be open, until a suspected peer is tried again, until every hint store was scanned twice, until every
// node has compared its trees with every partner twice, and until what that sends was repeated once.
func (w *World) settling() int64 {
	c := &w.plan.Cluster
	if w.plan.Quiesce != scenarios.Auto {
		return int64(w.plan.Quiesce)
	}
	open := max(int64(c.Timeouts.Client), int64(c.Timeouts.Read), int64(c.Timeouts.Write)) + int64(c.ReadRepair.Wait)
	bound := open + int64(c.FailureDetection.Retry)
	if c.FailureDetection.Kind == scenarios.DetectorPhi {
		bound += 2 * int64(c.FailureDetection.Heartbeat)
	}
	if c.Handoff.Enabled {
		bound += 2 * int64(c.Handoff.Every)
	}
	if c.WriteBuffer.Enabled {
		bound += 2 * int64(c.WriteBuffer.Flush)
	}
	if c.Admission.Enabled {
		bound += 2 * int64(c.Admission.Over) // nobody reads any more: the slices come back within one window
	}
	if c.AntiEntropy.Enabled {
		bound += 2 * w.cycle()
	}
	return bound + w.settlingOfMembers() + 2*int64(c.Timeouts.Replica)
}

// settlingOfMembers is what joins and leaves take: until the news has spread, ranges were offered again, and strays were handed over. A node whose
// disk may have lost the list of the members waits for somebody to tell it: one of n that each turn to a random other once a period is met in
// each period with a probability of 1 - 1/e.
func (w *World) settlingOfMembers() (bound int64) {
	c := &w.plan.Cluster
	spread := 20 * int64(c.Gossip.Every)
	for i := range w.plan.Faults {
		switch w.plan.Faults[i].Kind.(type) {
		case *scenarios.Join, *scenarios.Leave, *scenarios.Replace:
			return spread + 2*int64(c.Handoff.Every) + 4*int64(c.FailureDetection.Retry)
		case *scenarios.Wipe, *scenarios.Rollback, *scenarios.BitRot, *scenarios.LostWrite, *scenarios.MisdirectedWrite, *scenarios.SyncLies:
			bound = spread
		}
	}
	return bound
}

// cycle is how long a node takes to turn to each of its partners once, the node with most of them, in ns.
func (w *World) cycle() int64 {
	most := 0
	for i := range w.plan.Cluster.Nodes {
		most = max(most, w.partners(int32(i)))
	}
	if most == 0 {
		return 0
	}
	a := &w.plan.Cluster.AntiEntropy
	peers := dynamo.PartnersAPeriod(a.Peers, most)
	return int64(a.Every) * int64((most+peers-1)/peers)
}

// partners is how many nodes host a range that a node hosts.
func (w *World) partners(node int32) int {
	met := make([]bool, len(w.plan.Cluster.Nodes))
	count := -1 // without itself
	for _, i := range w.place.Ring.Hosted(node, w.config.N) {
		list := w.place.Ring.Prefer(int(i), w.config.N)
		for _, home := range list[:min(w.config.N, len(list))] {
			if !met[home] {
				met[home] = true
				count++
			}
		}
	}
	return max(count, 0)
}

// serviceTimes are the CPU times of all kinds of messages.
func (w *World) serviceTimes() []*rng.Dist {
	if w.service == nil {
		w.service = buildServiceTimes(&w.plan.Cluster.CPU.Service)
	}
	return w.service
}

func buildServiceTimes(s *scenarios.Service) []*rng.Dist {
	var times []*rng.Dist
	for _, name := range dynamo.KindNames() {
		kind := int(dynamo.KindByName(name))
		times = append(times, make([]*rng.Dist, kind+1-len(times))...)
		if d := s.For(name).Dist; d != nil && !d.IsZero() {
			times[kind] = d
		}
	}
	return times
}
