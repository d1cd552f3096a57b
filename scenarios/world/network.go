package world

import (
	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/sim"
	"dynamosim/sim/rng"
)

// reorderGap is how far a message that a link reorders is set back, in ns, where the scenario says nothing else.
const reorderGap = 1_000_000

// networkConfig translates the network section.
func (w *World) networkConfig() sim.NetworkConfig {
	n := &w.plan.Network
	cfg := sim.NetworkConfig{
		SameDC: path(&n.SameDC), CrossDC: path(&n.CrossDC), Client: path(&n.Client),
		CutInFlight: n.CutInFlight,
	}
	if extra := n.PairExtra.Dist; extra != nil && !extra.IsZero() {
		cfg.PairExtra = extra
	}
	for _, m := range n.Messages {
		k := int(dynamo.KindByName(m.Kind))
		for k >= len(cfg.Kinds) {
			cfg.Kinds = append(cfg.Kinds, nil)
		}
		cfg.Kinds[k] = m.Latency.Dist
	}
	return cfg
}

func path(c *scenarios.LinkClass) sim.Path {
	return sim.Path{
		Latency: c.Latency.Dist, Add: int64(c.Add), Loss: c.Loss.Chance, Duplicate: c.Duplicate.Chance, Reorder: c.Reorder.Chance, Gap: reorderGap,
		Bandwidth: c.Bandwidth.BytesPerSecond(), InFlight: c.InFlight,
	}
}

// fixOverrides gives single links their own paths, once all processes have their numbers. The narrowest match wins, then the later one:
// the list is sorted by the number of links that an entry matches, widest first.
func (w *World) fixOverrides() error {
	var list []sim.Override
	var widths []int
	for i := range w.plan.Network.Links {
		o := &w.plan.Network.Links[i]
		pairs, err := w.linkSets(o.Link)
		if err != nil {
			return err
		}
		for _, p := range pairs {
			width := p.width(len(w.hosts) + len(w.sessions))
			at := len(list)
			for at > 0 && widths[at-1] < width {
				at--
			}
			list = append(list[:at], append([]sim.Override{{From: p.from, To: p.to, Path: w.overridden(o)}}, list[at:]...)...)
			widths = append(widths[:at], append([]int{width}, widths[at:]...)...)
		}
	}
	w.sys.SetOverrides(list)
	return nil
}

// overridden is the path of a link entry: what it does not say is as in the class of links between nodes.
func (w *World) overridden(o *scenarios.LinkOverride) sim.Path {
	class := &w.plan.Network.SameDC
	switch o.Link.Form {
	case scenarios.LinkCrossDC:
		class = &w.plan.Network.CrossDC
	case scenarios.LinkClient:
		class = &w.plan.Network.Client
	}
	p := path(class)
	if o.Latency != nil {
		p.Latency = o.Latency.Dist
	}
	if o.Add != nil {
		p.Add = int64(*o.Add)
	}
	if o.Loss != nil {
		p.Loss = o.Loss.Chance
	}
	if o.Duplicate != nil {
		p.Duplicate = o.Duplicate.Chance
	}
	if o.Reorder != nil {
		p.Reorder = o.Reorder.Chance
	}
	if o.Bandwidth != nil {
		p.Bandwidth = o.Bandwidth.BytesPerSecond()
	}
	if o.InFlight != nil {
		p.InFlight = *o.InFlight
	}
	return p
}

// linkSet is the links from each of some processes to each of others.
type linkSet struct{ from, to sim.Set }

// width is how many links the set has.
func (l linkSet) width(processes int) int {
	from, to := 0, 0
	for p := range processes {
		if l.from.Has(sim.ProcID(p)) {
			from++
		}
		if l.to.Has(sim.ProcID(p)) {
			to++
		}
	}
	return from * to
}

// linkSets translates a choice of links into sets of processes.
func (w *World) linkSets(l scenarios.Link) ([]linkSet, error) {
	cuts, err := l.Cuts(w)
	if err != nil {
		return nil, err
	}
	sets := make([]linkSet, len(cuts))
	for i, c := range cuts {
		sets[i] = linkSet{w.processes(c.From), w.processes(c.To)}
	}
	return sets, nil
}

// processes finds the processes of these names.
func (w *World) processes(names []string) sim.Set {
	set := sim.NewSet()
	for _, name := range names {
		if i := w.plan.Cluster.NodeIndex(name); i >= 0 {
			set = set.With(sim.ProcID(i))
		} else if s := w.sessionByName(name); s != nil {
			set = set.With(s.id)
		}
	}
	return set
}

func (w *World) nodeIDs(names []string) []dynamo.NodeID {
	var ids []dynamo.NodeID
	for _, name := range names {
		if i := w.plan.Cluster.NodeIndex(name); i >= 0 {
			ids = append(ids, dynamo.NodeID(i))
		}
	}
	return ids
}

// addHost makes the machine of a node.
func (w *World) addHost(i int, h *host) {
	c := &w.plan.Cluster
	name := w.shared.Names[i]
	*h = host{world: w, name: name, node: w.spare[i], clock: w.clockOf(i, rng.Hash(name))}
	config := w.machine(i)
	config.Zone, config.Clock = c.DatacenterOf(i), h.clock
	h.id = w.sys.AddProcess(name, config)
	h.proc = w.sys.Env(h.id)
	h.env = nodeEnv{proc: *h.proc, host: h, disk: diskEnv{h.proc.Disk()}}
	if w.audit != nil {
		w.auditDisk(h)
	}
	w.hosts = append(w.hosts, h)
}

// clockOf draws a node's clock, once.
func (w *World) clockOf(i int, entity uint64) sim.ClockConfig {
	c := &w.plan.Cluster
	offset, drift := c.Clock.Offset, c.Clock.Drift
	own, zone := perNode(c, i)
	for _, p := range []*scenarios.PerNode{zone, own} {
		if p == nil || p.Clock == nil {
			continue
		}
		if p.Clock.Offset != nil {
			offset = *p.Clock.Offset
		}
		if p.Clock.Drift != nil {
			drift = *p.Clock.Drift
		}
	}
	cfg := sim.ClockConfig{Resolution: int64(c.Clock.Resolution)}
	if offset.Dist != nil {
		cfg.Offset = offset.Dist.Signed().Sample(rng.Draw(w.seeds.environment, 30, entity, 0))
	}
	span := uint64(drift.Max-drift.Min) + 1
	cfg.DriftPPM = int64(drift.Min) + int64(rng.Below(rng.Draw(w.seeds.environment, 31, entity, 0), span))
	return cfg
}

// placed is a client process that stands in a datacenter, or nowhere in particular. To the nodes of its own datacenter it has the links of
// clients, to all others those across datacenters.
func (w *World) placed(place string) sim.ProcessConfig {
	for i, dc := range w.plan.Cluster.Datacenters {
		if dc.Name == place {
			return sim.ProcessConfig{Zone: i, Client: true}
		}
	}
	return sim.ProcessConfig{Zone: sim.ClientZone}
}
