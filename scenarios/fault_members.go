package scenarios

import "slices"

// Joiner is a node that is no part of the cluster in the beginning: a fault
// of a kind that adds nodes names it.
type Joiner struct {
	Name       string
	Datacenter string
}

// Join adds nodes to the ring.
type Join struct {
	Nodes      []string `yaml:"nodes" need:"" format:"name" doc:"names of the nodes that join; new ones may be used as names of nodes everywhere"`
	Via        string   `yaml:"via" format:"name" doc:"the node that is told; absent: the first that is up"`
	Capacity   float64  `yaml:"capacity" default:"1" range:"0.01..1000" doc:"share of the work of each, in units of an ordinary node"`
	Datacenter string   `yaml:"datacenter" format:"name" doc:"where new nodes stand; absent: in the first datacenter"`
	Tokens     []Share  `yaml:"tokens" doc:"places on the ring of the one node that joins, as shares of it; absent: drawn"`
}

func joinDoc() FaultDoc {
	return FaultDoc{
		Name:    "join",
		Doc:     "An administrator boots nodes and tells a node of the ring that they join it. The change spreads by gossip, and ranges are handed over (§4.9).",
		Effect:  "nodes that joined",
		Example: "join {nodes: [n6]}",
		New:     func() FaultKind { return new(Join) },
	}
}

// Kind returns "join".
func (x *Join) Kind() string { return "join" }

// String returns the fault as ParseFault reads it.
func (x *Join) String() string { return faultText(x) }

// Instant returns true.
func (x *Join) Instant() bool { return true }

// Down returns nil.
func (x *Join) Down() *Selector { return nil }

func (x *Join) eachSelector(func(path string, s *Selector, clients bool)) {}

func (x *Join) check(c *faultCheck) {
	c.member("via", x.Via)
	if len(x.Tokens) > 0 && (len(x.Nodes) != 1 || c.s.Cluster.Ring.Strategy == 3) {
		c.fail("tokens", "join one node, with ring: {strategy: 1} or 2", "tokens are of one node, and strategy 3 has none to fix")
	}
	if x.Datacenter != "" && c.s.Cluster.NodesOf(x.Datacenter) == nil {
		c.fail("datacenter", suggest(x.Datacenter, datacenterNames(&c.s.Cluster)), "no datacenter %s", quote(x.Datacenter))
	}
}

// member reports a name that no node has.
func (c *faultCheck) member(field, name string) {
	if name != "" && c.s.Cluster.NodeIndex(name) < 0 {
		c.fail(field, suggest(name, c.s.Cluster.AllNodes()), "no node %s", quote(name))
	}
}

// Leave removes nodes from the ring.
type Leave struct {
	Nodes Selector `yaml:"nodes" need:"" doc:"which nodes leave"`
	Via   string   `yaml:"via" format:"name" doc:"the node that is told; absent: the first other one that is up"`
}

func leaveDoc() FaultDoc {
	return FaultDoc{
		Name:    "leave",
		Doc:     "An administrator tells a node of the ring that nodes leave it. Each hands over its ranges and is switched off a while after it has reported that it holds nothing any more (§4.9).",
		Effect:  "nodes that left",
		Example: "leave {nodes: n3}",
		New:     func() FaultKind { return new(Leave) },
	}
}

// Kind returns "leave".
func (x *Leave) Kind() string { return "leave" }

// String returns the fault as ParseFault reads it.
func (x *Leave) String() string { return faultText(x) }

// Instant returns true.
func (x *Leave) Instant() bool { return true }

// Down returns nil.
func (x *Leave) Down() *Selector { return nil }

func (x *Leave) eachSelector(f func(path string, s *Selector, clients bool)) {
	f("nodes", &x.Nodes, false)
}

func (x *Leave) check(c *faultCheck) { c.member("via", x.Via) }

// Replace puts a node in the place of another one.
type Replace struct {
	Node string `yaml:"node" need:"" format:"name" doc:"the node that leaves"`
	By   string `yaml:"by" need:"" format:"name" doc:"name of the node that joins in its place, with its tokens"`
	Via  string `yaml:"via" format:"name" doc:"the node that is told; absent: the first other one that is up"`
}

func replaceDoc() FaultDoc {
	return FaultDoc{
		Name:    "replace",
		Doc:     "An administrator tells a node of the ring that one node leaves and another one joins in its place, with the same tokens.",
		Effect:  "nodes that joined or left",
		Example: "replace {node: n3, by: n6}",
		New:     func() FaultKind { return new(Replace) },
	}
}

// Kind returns "replace".
func (x *Replace) Kind() string { return "replace" }

// String returns the fault as ParseFault reads it.
func (x *Replace) String() string { return faultText(x) }

// Instant returns true.
func (x *Replace) Instant() bool { return true }

// Down returns nil.
func (x *Replace) Down() *Selector { return nil }

func (x *Replace) eachSelector(func(path string, s *Selector, clients bool)) {}

func (x *Replace) check(c *faultCheck) {
	c.member("node", x.Node)
	c.member("via", x.Via)
}

// joiners lists the nodes that faults add, in the order of the faults.
func joiners(s *Scenario) []Joiner {
	var list []Joiner
	add := func(name, datacenter string) {
		if !slices.Contains(s.Cluster.Nodes, name) && !slices.ContainsFunc(list, func(j Joiner) bool { return j.Name == name }) {
			list = append(list, Joiner{name, datacenter})
		}
	}
	kinds := make([]FaultKind, 0, len(s.Faults))
	for i := range s.Faults {
		kinds = append(kinds, s.Faults[i].Kind)
	}
	if s.Nemesis != nil {
		for i := range s.Nemesis.Faults {
			kinds = append(kinds, s.Nemesis.Faults[i].Kind)
		}
	}
	for _, kind := range kinds {
		switch k := kind.(type) {
		case *Join:
			for _, name := range k.Nodes {
				add(name, k.Datacenter)
			}
		case *Replace:
			place := ""
			if n := slices.Index(s.Cluster.Nodes, k.Node); n >= 0 && len(s.Cluster.Datacenters) > 0 {
				place = s.Cluster.Datacenters[s.Cluster.DatacenterOf(n)].Name
			}
			add(k.By, place)
		}
	}
	return list
}
