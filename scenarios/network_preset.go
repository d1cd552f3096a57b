package scenarios

import (
	"reflect"

	"gopkg.in/yaml.v3"
)

// NetworkPreset is the network of a known system.
type NetworkPreset string

// networkPresets are what Bailis et al. fitted to measurements of systems in production ("Probabilistically Bounded Staleness for Practical
// Partial Quorums", VLDB 2012, Table 3). W, the way of a write to a replica, is the message replicate; A, R and S are replicate-reply, read
// and read-reply. The rates of the paper are in 1/ms: an exponential tail of rate 1.66 has a mean of 602.41us.
//
// The two of Yammer differ in the body of W: the published table has the shape 3.35, the authors' program 3.5, and it is 3.5 that leads to
// their results. WAN is LinkedIn's disks with 75 ms on each way between datacenters.
func networkPresets() map[NetworkPreset]string {
	const (
		ssd  = "{latency: {dist: mixture, of: [{share: 91.22%, dist: pareto, min: 235us, shape: 10}, {share: 8.78%, dist: exponential, mean: 602410ns}]}}"
		disk = "{latency: {dist: mixture, of: [{share: 38%, dist: pareto, min: 1050us, shape: 1.51}, {share: 62%, dist: exponential, mean: 5464481ns}]}}"
		leg  = "{latency: {dist: mixture, of: [{share: 98.2%, dist: pareto, min: 1500us, shape: 3.8}, {share: 1.8%, dist: exponential, mean: 46082949ns}]}}"
	)
	yammer := func(shape string) string {
		return "{latency: {dist: mixture, of: [{share: 93.9%, dist: pareto, min: 3ms, shape: " + shape + "}, {share: 6.1%, dist: exponential, mean: 357142857ns}]}}"
	}
	legs := func(w, others string) string {
		return "messages: {replicate: " + w + ", replicate-reply: " + others + ", read: " + others + ", read-reply: " + others + "}"
	}
	return map[NetworkPreset]string{
		"lnkd-ssd":    "{" + legs(ssd, ssd) + "}",
		"lnkd-disk":   "{" + legs(disk, ssd) + "}",
		"ymmr":        "{" + legs(yammer("3.5"), leg) + "}",
		"ymmr-table3": "{" + legs(yammer("3.35"), leg) + "}",
		"wan":         "{" + legs(disk, ssd) + ", cross-dc: {add: 75ms}}",
	}
}

// decodeYAML reads the network: its preset first, then what is written on top of it.
func (n *Network) decodeYAML(d *decoder, node *yaml.Node, path string) {
	if _, p := lookup(node, "preset"); p != nil && node.Kind == yaml.MappingNode {
		d.quiet++
		kept, failed := len(d.list), d.failed
		d.value(p, join(path, "preset"), structOf(&n.Preset), fieldOf(*n, "preset"))
		d.list, d.failed = d.list[:kept], failed // reported below
		d.quiet--
		if text := networkPresets()[n.Preset]; text != "" {
			node = d.merge(parseOwn(text), node, path)
		}
	}
	d.structure(node, path, structOf(n))
}

// baseline is what a plan need not print of a network: its preset.
func (n Network) baseline(e *encoder) any {
	base := e.defaultOf(reflect.TypeFor[Network]()).Interface().(Network)
	if text := networkPresets()[n.Preset]; text != "" {
		e.d.quiet++
		base.decodeYAML(e.d, parseOwn(text), "network")
		e.d.quiet--
	}
	return base
}
