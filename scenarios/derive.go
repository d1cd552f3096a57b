package scenarios

import (
	"math/bits"
	"reflect"

	"gopkg.in/yaml.v3"
)

// derive fills in the defaults that depend on other values.
func (d *decoder) derive(s *Scenario) {
	if !d.given("name") {
		s.Name = nameOf(d.main.name)
	}
	if !d.given("checks") {
		s.Checks = defaultChecks()
	} else {
		for i := range s.Checks {
			s.Checks[i].Named = true
		}
	}
	s.Cluster.derive(func(key string) bool { return d.given("cluster." + key) })
	s.Cluster.Joiners = joiners(s)
	for i := range s.Workloads {
		w := &s.Workloads[i]
		w.derive(s, func(key string) bool { return d.given(join(join("workloads", w.Name), key)) })
	}
	for i := range s.Operations {
		o := &s.Operations[i]
		o.derive(s, func(key string) bool { return d.given(join(join("operations", o.ID), key)) })
	}
}

// orDerived returns a field's value: as given, else derived.
func orDerived[T any](given bool, target *T, derived T) {
	if !given {
		*target = derived
	}
}

// rangesPerNode is how many ranges a node needs at least, so that none has
// much more than its share.
const rangesPerNode = 8

func (c *Cluster) derive(given func(key string) bool) {
	placement := PlacementRing
	if len(c.Datacenters) > 0 {
		placement = PlacementSpread
		c.Nodes = nil
		for _, dc := range c.Datacenters {
			c.Nodes = append(c.Nodes, numbered(dc.Name+"-", dc.Nodes)...)
		}
	}
	orDerived(given("placement"), &c.Placement, placement)
	orDerived(given("quorum"), &c.Quorum, defaultQuorum(c.Versioning.Mode))
	orDerived(given("ring.ranges"), &c.Ring.Ranges, defaultRanges(len(c.Nodes)))
	orDerived(given("storage.period"), &c.Storage.Period, defaultPeriod(c.Storage.Sync))
}

// defaultQuorum is the paper's; a register needs the other.
func defaultQuorum(m Mode) Quorum {
	if m == ModeABD {
		return QuorumStrict
	}
	return QuorumSloppy
}

// defaultPeriod is how long unsynced writes wait. A group waits for its
// acknowledgement, and must have it before its coordinator gives up.
func defaultPeriod(p SyncPolicy) Duration {
	if p == SyncGroup {
		return 5 * Millisecond
	}
	return 100 * Millisecond
}

// defaultRanges is 256, or the power of two that gives each of more than 32
// nodes its 8 ranges.
func defaultRanges(nodes int) int {
	return max(256, 1<<bits.Len(uint(max(rangesPerNode*nodes-1, 0))))
}

func (w *Workload) derive(s *Scenario, given func(key string) bool) {
	orDerived(given("n"), &w.N, s.Cluster.N)
	orDerived(given("r"), &w.R, s.Cluster.R)
	orDerived(given("w"), &w.W, s.Cluster.W)
	orDerived(given("timeout"), &w.Timeout, s.Cluster.Timeouts.Client)
	orDerived(given("until"), &w.Until, s.Duration)
	orDerived(given("max_in_flight"), &w.MaxInFlight, 10*w.Clients)
	orDerived(given("keys.prefix"), &w.Keys.Prefix, w.Name)
}

func (o *Operation) derive(s *Scenario, given func(key string) bool) {
	orDerived(given("n"), &o.N, s.Cluster.N)
	orDerived(given("r"), &o.R, s.Cluster.R)
	orDerived(given("w"), &o.W, s.Cluster.W)
	orDerived(given("timeout"), &o.Timeout, s.Cluster.Timeouts.Client)
	if kind, _ := o.Kind(); kind == OpPut || kind == OpRMW || kind == OpCartAdd || kind == OpCartRemove {
		orDerived(given("value"), &o.Value, o.ID)
	}
}

// presets are the known benchmarks: what they change about a workload. The
// mixes are those of the YCSB core workloads (Cooper et al., "Benchmarking
// cloud serving systems with YCSB", SoCC 2010); an insert is a put.
func presets() map[Preset]string {
	return map[Preset]string{
		"ycsb-a": "{ops: {get: 50, put: 50}, keys: {distribution: zipfian}}",
		"ycsb-b": "{ops: {get: 95, put: 5}, keys: {distribution: zipfian}}",
		"ycsb-c": "{ops: {get: 100}, keys: {distribution: zipfian}}",
		"ycsb-d": "{ops: {get: 95, put: 5}, keys: {distribution: latest}}",
		"ycsb-f": "{ops: {get: 50, rmw: 50}, keys: {distribution: zipfian}}",
		"cart":   "{ops: {get: 50, cart-add: 40, cart-remove: 10}, keys: {distribution: zipfian}}",
	}
}

// decodeYAML reads a workload: its preset first, then what is written.
func (w *Workload) decodeYAML(d *decoder, n *yaml.Node, path string) {
	if _, p := lookup(n, "preset"); p != nil && n.Kind == yaml.MappingNode {
		d.quiet++
		kept, failed := len(d.list), d.failed
		d.value(p, join(path, "preset"), structOf(&w.Preset), fieldOf(*w, "preset"))
		d.list, d.failed = d.list[:kept], failed // reported below
		w.usePreset(d)
		d.quiet--
	}
	d.structure(n, path, structOf(w))
}

// usePreset applies what the preset changes.
func (w *Workload) usePreset(d *decoder) {
	text := presets()[w.Preset]
	if text == "" {
		return
	}
	for n, i := parseOwn(text), 0; i < len(n.Content); i += 2 {
		f := fieldOf(*w, n.Content[i].Value)
		d.value(n.Content[i+1], f.key, structOf(w).Field(f.index), f)
	}
}

// The baselines: what a plan need not print, because loading it again derives
// it from the rest.

func (s Scenario) baseline(e *encoder) any {
	base := e.defaultOf(reflect.TypeFor[Scenario]()).Interface().(Scenario)
	base.Checks = defaultChecks()
	return base
}

func (c Cluster) baseline(e *encoder) any {
	base := e.defaultOf(reflect.TypeFor[Cluster]()).Interface().(Cluster)
	base.Datacenters = c.Datacenters
	base.derive(nothing)
	base.Ring.Ranges = defaultRanges(len(c.Nodes))
	base.Storage.Period = defaultPeriod(c.Storage.Sync)
	base.Quorum = defaultQuorum(c.Versioning.Mode)
	base.Datacenters = nil
	return base
}

func (w Workload) baseline(e *encoder) any {
	base := e.defaultOf(reflect.TypeFor[Workload]()).Interface().(Workload)
	clients := base.Clients
	base.Preset, base.Name, base.Clients = w.Preset, w.Name, w.Clients
	base.usePreset(e.d)
	base.derive(e.s, nothing)
	base.Clients = clients
	return base
}

func (o Operation) baseline(e *encoder) any {
	base := e.defaultOf(reflect.TypeFor[Operation]()).Interface().(Operation)
	base.ID = o.ID
	base.Put, base.RMW, base.CartAdd, base.CartRemove = o.Put, o.RMW, o.CartAdd, o.CartRemove
	base.derive(e.s, nothing)
	base.Put, base.RMW, base.CartAdd, base.CartRemove = "", "", "", ""
	return base
}

// nothing tells that a key was not given.
func nothing(string) bool { return false }
