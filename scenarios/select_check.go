package scenarios

import (
	"slices"
	"strconv"
	"strings"
)

// eachSelector calls f for every selector of a scenario that is not part of a
// fault, with its path and whether it may name clients.
func eachSelector(s *Scenario, f func(path string, s *Selector, clients bool)) {
	for i := range s.Network.Links {
		s.Network.Links[i].Link.eachSelector(at("network.links", i)+".link", f)
	}
	if seeds := s.Cluster.Membership.SeedNodes; seeds != nil {
		f("cluster.membership.seed_nodes", seeds, false)
	}
	for i := range s.Workloads {
		w := &s.Workloads[i]
		f(join("workloads", w.Name)+".contact", &w.Contact, false)
	}
	for i := range s.Operations {
		if o := &s.Operations[i]; o.Want != nil && o.Want.Holders != nil {
			f(join("operations", o.ID)+".want.holders", o.Want.Holders, false)
		}
	}
	for i := range s.State {
		if c := &s.State[i]; c.Holders != nil {
			f(at("state", i)+".holders", c.Holders, false)
		}
		if c := &s.State[i]; c.Members != nil {
			f(at("state", i)+".members", c.Members, false)
		}
	}
}

// checkSelectors reports selectors that name what is not there. The selectors
// of faults are for checkFaults.
func (d *decoder) checkSelectors(s *Scenario) {
	for _, n := range s.Cluster.Nodes {
		if sel, err := parseSelectorWords(n); err == nil && sel.Form != SelectNamed {
			d.failAt("cluster.nodes", "another name", "no node can be called %s: it is a word for other nodes", quote(n))
		}
	}
	eachSelector(s, func(path string, sel *Selector, clients bool) {
		d.checkSelector(s, path, *sel, clients)
	})
}

// drawSelectors draws the random picks of a scenario: workloads, links and
// faults. The seed of d is the class seed of the plan.
func (d *decoder) drawSelectors(s *Scenario) {
	pick := picker{d.seed, d.occurrence, &s.Cluster}
	eachSelector(s, func(path string, sel *Selector, _ bool) { d.drawSelector(pick, path, sel) })
	for i := range s.Faults {
		f, path := &s.Faults[i], d.faultPath("faults", s.Faults[i].Name, i)
		if f.When != nil {
			d.drawSelector(pick, join(path, "when.node"), &f.When.Node)
		}
		d.drawKind(pick, join(path, f.Kind.Kind()), f.Kind)
	}
}

// drawKind draws what a fault leaves to chance.
func (d *decoder) drawKind(pick picker, path string, kind FaultKind) {
	kind.eachSelector(func(below string, sel *Selector, _ bool) { d.drawSelector(pick, join(path, below), sel) })
	if p, ok := kind.(*Partition); ok && p.Shape != "" {
		shape := string(p.Shape)
		p.drawShape(pick, path)
		if d.quiet == 0 {
			d.record(path+".shape", shape, p.String())
		}
	}
}

func (d *decoder) drawSelector(pick picker, path string, s *Selector) {
	if !s.Random() {
		return
	}
	before := *s
	*s = pick.draw(*s, path)
	if d.quiet == 0 {
		d.record(path, before.String(), s.String())
	}
}

// checkSelector reports what a selector names although it is not there, and
// picks larger than the cluster.
func (d *decoder) checkSelector(s *Scenario, path string, sel Selector, clients bool) {
	switch sel.Form {
	case SelectNamed:
		d.checkName(s, path, sel.Name, clients)
	case SelectUnion, SelectAnyOf:
		d.checkParts(s, path, sel, clients)
	case SelectOne, SelectTwo, SelectMinority, SelectMajority:
		d.checkPick(s, path, sel)
	case SelectAnyDatacenter:
		if len(s.Cluster.Datacenters) == 0 {
			d.failAt(path, "such as cluster: {datacenters: {east: 3, west: 3}}", "there are no datacenters to choose from")
		}
	case SelectNeighbours:
		if s.Cluster.NodeIndex(sel.Name) < 0 {
			d.failAt(path, suggest(sel.Name, s.Cluster.Nodes), "no node %s", quote(sel.Name))
		}
	}
}

func (d *decoder) checkParts(s *Scenario, path string, sel Selector, clients bool) {
	below := path
	if sel.Form == SelectAnyOf {
		below = join(path, "any_of")
	}
	for i, part := range sel.Of {
		d.checkSelector(s, at(below, i), part, clients)
		if sel.Form == SelectUnion && part.Form == SelectNamed && slices.ContainsFunc(sel.Of[:i], func(p Selector) bool { return p.Form == SelectNamed && p.Name == part.Name }) {
			d.failAt(at(below, i), "name each once", "%s is named twice", quote(part.Name))
		}
	}
}

// checkPick reports a pick of more nodes than there are, or of none.
func (d *decoder) checkPick(s *Scenario, path string, sel Selector) {
	nodes, of := s.Cluster.Nodes, "the cluster"
	if sel.Name != "" {
		nodes, of = s.Cluster.NodesOf(sel.Name), sel.Name
		if nodes == nil {
			d.failAt(path, suggest(sel.Name, datacenterNames(&s.Cluster)), "no datacenter %s", quote(sel.Name))
			return
		}
	}
	if n := pickSize(sel.Form, len(nodes)); n == 0 || n > len(nodes) {
		d.failAt(path, "", "%s has too few nodes for %s: %d", of, quote(sel.String()), len(nodes))
	}
}

// checkName reports a name that is no node, datacenter or, where they are
// allowed, client.
func (d *decoder) checkName(s *Scenario, path, name string, clients bool) {
	if s.Cluster.NodeIndex(name) >= 0 || s.Cluster.NodesOf(name) != nil {
		return
	}
	isClient, known := findClient(s, name)
	switch {
	case isClient && clients:
	case isClient:
		d.failAt(path, suggest("", selectorNames(s, false)), "%s is a client; nodes are meant here", quote(name))
	case known != "":
		d.failAt(path, "", "%s", known)
	default:
		what := "node or datacenter"
		if clients {
			what = "node, datacenter, workload or client"
		} else if len(s.Cluster.Datacenters) == 0 {
			what = "node"
		}
		d.failAt(path, suggest(name, selectorNames(s, clients)), "no %s %s", what, quote(name))
	}
}

// findClient tells whether a name is a workload, one of its clients, or a
// scripted client; known says what is wrong with a number.
func findClient(s *Scenario, name string) (found bool, known string) {
	workload, number, numbered := strings.Cut(name, "/")
	for i := range s.Workloads {
		w := &s.Workloads[i]
		if w.Name != workload {
			continue
		}
		n, _ := strconv.Atoi(number)
		if numbered && (n < 1 || n > w.Clients) {
			return false, "workload " + workload + " has the clients 1 to " + strconv.Itoa(w.Clients) + ", not " + cut(number, 20)
		}
		return true, ""
	}
	for i := range s.Operations {
		if s.Operations[i].Client == name {
			return true, ""
		}
	}
	return false, ""
}

// selectorNames lists the names that a selector may have.
func selectorNames(s *Scenario, clients bool) []string {
	names := append(slices.Clone(s.Cluster.AllNodes()), datacenterNames(&s.Cluster)...)
	if !clients {
		return names
	}
	for i := range s.Workloads {
		names = append(names, s.Workloads[i].Name)
	}
	for i := range s.Operations {
		if c := s.Operations[i].Client; !slices.Contains(names, c) {
			names = append(names, c)
		}
	}
	return names
}

// members returns the names that a selector is known to mean before the run:
// nodes one by one, clients as they are written. What is random or symbolic
// adds nothing.
func members(c *Cluster, s Selector) []string {
	switch s.Form {
	case SelectNamed:
		if nodes := c.NodesOf(s.Name); nodes != nil && c.NodeIndex(s.Name) < 0 {
			return nodes
		}
		return []string{s.Name}
	case SelectAll:
		return c.Nodes
	case SelectUnion:
		var names []string
		for _, part := range s.Of {
			names = append(names, members(c, part)...)
		}
		return names
	}
	return nil
}

// at returns the path of the i-th item of a list.
func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
