package world

import (
	"slices"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
	"dynamosim/sim"
)

// What nobody in the cluster may know: who is really up, and which replica holds what. It serves faults that aim, checks, and what the
// scenario wants to be shown.

// homes are the N nodes that a key belongs on.
func (w *World) homes(key dynamo.KeyID) []int32 {
	return w.place.Homes(key, w.config.N)
}

// Loads tells what share of the key space each node is responsible for, exactly, from the ring that all should agree on in the end.
func (w *World) Loads() []ring.Load { return w.place.Ring.Loads(w.config.N) }

// contents is the node of a host, or, for one that is down, what its disk would bring back.
func (w *World) contents(h *host) *dynamo.Node {
	if w.foreign || w.sys.Up(h.id) && h.node.Serving() {
		return h.node
	}
	var image dynamo.Image
	for _, f := range w.sys.Files(h.id) {
		image.Files = append(image.Files, dynamo.ImageFile{Name: f.Name, Data: f.Data, Weight: f.Weight})
	}
	return dynamo.Contents(dynamo.NodeID(h.id), &w.config, w.shared, image)
}

// format is the disk of a node before time began: its share of the preloaded versions.
func (w *World) format(h *host) []sim.StoredFile {
	image := dynamo.Format(dynamo.NodeID(h.id), &w.config, w.shared, func(yield func(dynamo.KeyID, *vclock.Set)) {
		for _, i := range w.shareOf(h) {
			yield(w.initial[i].key, w.initial[i].set)
		}
	})
	files := make([]sim.StoredFile, len(image.Files))
	for i, f := range image.Files {
		files[i] = sim.StoredFile{Name: f.Name, Data: f.Data, Weight: f.Weight}
	}
	return files
}

// shareOf are the preloaded versions, by their place in w.initial, that a host is a home of.
func (w *World) shareOf(h *host) []int32 {
	if len(w.shares) == 0 {
		w.shares = make([][]int32, len(w.hosts))
		for i, v := range w.initial {
			for _, home := range w.homes(v.key) {
				w.shares[home] = append(w.shares[home], int32(i))
			}
		}
	}
	if int(h.id) >= len(w.shares) {
		return nil // it came later
	}
	return w.shares[h.id]
}

// longAgo is the timestamp of preloaded versions: a year before time 0, so that no clock in a run is behind it.
const longAgo = -365 * 24 * 3600 * int64(1_000_000_000)

// preloadActor makes preloaded versions; it is no node's.
const preloadActor = vclock.Actor(0)

// initialSet is the version set of a preloaded key.
func (w *World) initialSet(op history.OpID, size int64) *vclock.Set {
	set, _ := w.config.Mode.Put(w.shared.Arena, nil, nil, vclock.Version{
		Dot:   vclock.Dot{Actor: preloadActor, Counter: uint64(op) + 1},
		Stamp: vclock.Stamp{Wall: longAgo},
		Value: vclock.Value{ID: valueOf(op), Len: uint32(size)},
	})
	return set
}

// recordStates writes into the history what every node holds of every key (in a fixed order: node by node, key by key).
func (w *World) recordStates() {
	now := w.now()
	homeOf := make([][]int32, len(w.hosts)) // the history's numbers of the keys, in order
	for k := range w.history.Keys() {
		for _, home := range w.homes(w.keyOf(int32(k))) {
			homeOf[home] = append(homeOf[home], int32(k))
		}
	}
	for i, h := range w.hosts {
		node := w.contents(h)
		number := w.history.AddNode(h.name)
		for _, k := range w.keysOf(node, homeOf[i]) {
			key := w.keyOf(k)
			role := history.Other
			if _, is := slices.BinarySearch(homeOf[i], k); is {
				role = history.Home
			}
			w.history.AddState(now, number, role, k, w.versionsOf(node.Stored(key)))
		}
		node.EachHint(func(_ dynamo.NodeID, key dynamo.KeyID, set *vclock.Set) {
			w.history.AddState(now, number, history.Hint, w.historyKey(key), w.versionsOf(set))
		})
	}
}

// keysOf are the keys that a node is a home of, given in order, and those that it stores beside them, in order too.
func (w *World) keysOf(node *dynamo.Node, homeOf []int32) []int32 {
	var beside []int32
	node.EachStored(func(key dynamo.KeyID, _ *vclock.Set) {
		if int(key) >= len(w.keys) || w.keys[key] < 0 {
			return // no client ever named it
		}
		if _, is := slices.BinarySearch(homeOf, w.keys[key]); !is {
			beside = append(beside, w.keys[key])
		}
	})
	if len(beside) == 0 {
		return homeOf
	}
	keys := slices.Concat(homeOf, beside)
	slices.Sort(keys)
	return keys
}

// The questions that choices of nodes ask, see scenarios.Topology.

// Nodes lists the names of all nodes.
func (w *World) Nodes() []string { return w.shared.Names }

// Present lists the nodes that are there now: not those that have not joined yet, nor those that were switched off after they had left.
func (w *World) Present() []string {
	if len(w.plan.Cluster.Joiners) == 0 && !w.someLeft {
		return w.shared.Names
	}
	var names []string
	for _, h := range w.hosts {
		if !h.absent {
			names = append(names, h.name)
		}
	}
	return names
}

// Datacenter names a node's datacenter, "" in a cluster without any.
func (w *World) Datacenter(node string) string {
	c := &w.plan.Cluster
	i := c.NodeIndex(node)
	if i < 0 || len(c.Datacenters) == 0 {
		return ""
	}
	return c.Datacenters[c.DatacenterOf(i)].Name
}

// Replicas lists the homes of a key, in the order of its preference list.
func (w *World) Replicas(key string) []string {
	return w.names(w.homes(w.shared.Keys.Intern(key)))
}

// Coordinator is the node that coordinated the key's latest put, or the first of its preference list before any.
func (w *World) Coordinator(key string) string {
	id := w.shared.Keys.Intern(key)
	if int(id) < len(w.latest) && w.latest[id] > 0 {
		return w.hosts[w.latest[id]-1].name
	}
	return w.hosts[w.place.Preference(id, 1)[0]].name
}

// coordinated remembers who coordinates the latest put of a key.
func (w *World) coordinated(h *host, key dynamo.KeyID) {
	for int(key) >= len(w.latest) {
		w.latest = append(w.latest, 0)
	}
	w.latest[key] = int32(h.id) + 1
}

// Fallbacks lists the nodes that stand in for a key's homes, in order.
func (w *World) Fallbacks(key string) []string {
	id := w.shared.Keys.Intern(key)
	return w.names(w.place.Preference(id, len(w.hosts))[len(w.homes(id)):])
}

// Neighbours lists the nodes before and after a node: in the list of nodes with virtual nodes everywhere, its ring of names.
func (w *World) Neighbours(node string) []string {
	i := w.plan.Cluster.NodeIndex(node)
	n := len(w.hosts)
	if i < 0 || n < 2 {
		return nil
	}
	before, after := (i+n-1)%n, (i+1)%n
	if before == after {
		return []string{w.hosts[after].name}
	}
	return []string{w.hosts[before].name, w.hosts[after].name}
}

// Clients lists the names of a workload's clients, or of all.
func (w *World) Clients(workload string) []string {
	var names []string
	if workload == "" {
		for _, s := range w.sessions {
			names = append(names, s.name)
		}
		return names
	}
	for _, l := range w.loads {
		if l.spec.Name == workload {
			for _, s := range l.sessions {
				names = append(names, s.name)
			}
		}
	}
	if names == nil && w.sessionByName(workload) != nil {
		names = []string{workload}
	}
	return names
}

func (w *World) names(nodes []int32) []string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = w.hosts[n].name
	}
	return names
}

// usesCarts tells whether any operation of the plan is about carts.
func (w *World) usesCarts() bool {
	for i := range w.plan.Operations {
		if kind, _ := w.plan.Operations[i].Kind(); kind == scenarios.OpCartAdd || kind == scenarios.OpCartRemove {
			return true
		}
	}
	for _, l := range w.loads {
		if c := l.generator.Config().Weights; c.CartAdd+c.CartRemove > 0 {
			return true
		}
	}
	return false
}
