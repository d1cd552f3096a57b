package scenarios

import (
	"sort"

	"dynamosim/sim/rng"
)

// faultCheck is the place of one fault, for those who report what is wrong
// with it.
type faultCheck struct {
	*decoder
	s    *Scenario
	path string // of the kind
}

// fail reports an error at a field of the kind, "" for the kind itself.
func (c *faultCheck) fail(field, hint, format string, args ...any) {
	c.failAt(c.at(field), hint, format, args...)
}

// warn reports a warning at a field of the kind.
func (c *faultCheck) warn(field, format string, args ...any) {
	c.warnAt(Warning, c.at(field), "", format, args...)
}

func (c *faultCheck) at(field string) string {
	if field == "" {
		return c.path
	}
	return join(c.path, field)
}

// share warns of a share that changes nothing.
func (c *faultCheck) share(field string, s Share) {
	if s.Chance == rng.Never {
		c.warn(field, "a share of 0 changes nothing")
	}
}

// checkKind reports what is wrong with the selectors of a kind, and then with
// the kind itself.
func (d *decoder) checkKind(s *Scenario, path string, kind FaultKind) {
	before := d.errors()
	kind.eachSelector(func(below string, sel *Selector, clients bool) {
		if sel.Given() {
			d.checkSelector(s, join(path, below), *sel, clients)
		}
	})
	if d.errors() == before {
		kind.check(&faultCheck{d, s, path})
	}
}

// faultPath returns the path of the i-th fault of a list.
func (d *decoder) faultPath(list, name string, i int) string {
	if path := join(list, name); d.given(path) {
		return path
	}
	return at(list, i)
}

// checkFaults reports what is wrong with faults and nemesis. It gives faults
// without a name theirs.
func (d *decoder) checkFaults(s *Scenario) {
	nameFaults(s.Faults)
	for i := range s.Faults {
		f := &s.Faults[i]
		path := d.faultPath("faults", f.Name, i)
		d.checkTrigger(s, f, path)
		d.checkEnd(s, f, path)
		d.checkKind(s, join(path, f.Kind.Kind()), f.Kind)
	}
	if s.Nemesis != nil {
		d.checkNemesis(s, s.Nemesis)
	}
}

// checkTrigger reports a fault that does not begin in exactly one way.
func (d *decoder) checkTrigger(s *Scenario, f *Fault, path string) {
	var given []string
	if f.At >= 0 {
		given = append(given, "at")
	}
	if f.After != nil {
		given = append(given, "after")
		d.checkAfter(s, f.After, join(path, "after"))
	}
	if f.When != nil {
		given = append(given, "when")
		d.checkSelector(s, join(path, "when.node"), f.When.Node, false)
	}
	switch {
	case len(given) == 0:
		d.failAt(path, "at: 10s; or after an operation, or when a node is at a point", "fault %s never begins", quote(f.Name))
	case len(given) > 1:
		d.failAt(join(path, given[1]), "one of at, after and when", "fault %s begins in two ways, %s and %s", quote(f.Name), given[0], given[1])
	case f.At >= s.Duration && f.Enabled:
		d.warnAt(Warning, join(path, "at"), "the scenario's duration is "+s.Duration.String(), "fault %s never begins: all faults heal before", quote(f.Name))
	}
}

// checkAfter reports a fault that waits for an operation that is not there.
func (d *decoder) checkAfter(s *Scenario, a *After, path string) {
	var ids []string
	for i := range s.Operations {
		if s.Operations[i].ID == a.Op {
			return
		}
		ids = append(ids, s.Operations[i].ID)
	}
	sort.Strings(ids)
	d.failAt(path, suggest(a.Op, ids), "no operation %s", quote(a.Op))
}

// checkEnd reports an end that cannot be.
func (d *decoder) checkEnd(s *Scenario, f *Fault, path string) {
	switch {
	case f.Kind.Instant() && f.For != 0:
		d.failAt(join(path, "for"), "leave it out", "%s is over at once", f.Kind.Kind())
	case f.Kind.Instant() && f.Until >= 0:
		d.failAt(join(path, "until"), "leave it out", "%s is over at once", f.Kind.Kind())
	case f.For != 0 && f.Until >= 0:
		d.failAt(join(path, "until"), "one of for and until", "fault %s ends in two ways", quote(f.Name))
	case f.Until >= 0 && f.At >= 0 && f.Until <= f.At:
		d.failAt(join(path, "until"), "until is a time of the run, for is a span", "fault %s would end at %v, before it begins", quote(f.Name), f.Until)
	case f.For == Forever && s.Liveness == LivenessAll:
		d.failAt(join(path, "for"), "liveness: core, or none", "a fault that lasts forever leaves nodes that are never back")
	}
}

func (p *Partition) check(c *faultCheck) {
	switch given := p.forms(); {
	case len(given) != 1:
		c.fail("", "one of groups, between, isolate, ring and shape", "a partition is given in one way, not %d", len(given))
		return
	case p.Direction != DirectionBoth && given[0] != "isolate" && p.Shape != ShapeOne && p.Shape != ShapeMinorityThird:
		c.fail("direction", "of isolate, and of the shapes one and minority-third", "%s has no direction", given[0])
	case p.OneWay && given[0] != "between" && p.Shape != ShapeBridge:
		c.fail("one_way", "of between, and of the shape bridge", "%s cannot be one_way", given[0])
	}
	switch {
	case p.Groups != nil:
		p.checkGroups(c)
	case p.Between != nil:
		p.checkBetween(c)
	case p.Ring != nil:
		p.checkRing(c)
	case p.Shape != "":
		if need, n := shapeNeeds(p.Shape), c.s.Cluster.Size(); n < need {
			c.fail("shape", "another shape, or more nodes", "%s needs at least %d nodes; the cluster has %d", p.Shape, need, n)
		}
	default:
		p.checkIsolate(c)
	}
}

// forms returns the keys by which the partition is given.
func (p *Partition) forms() []string {
	var given []string
	for _, f := range []struct {
		key   string
		given bool
	}{{"groups", p.Groups != nil}, {"between", p.Between != nil}, {"isolate", p.Isolate.Given()}, {"ring", p.Ring != nil}, {"shape", p.Shape != ""}} {
		if f.given {
			given = append(given, f.key)
		}
	}
	return given
}

// checkGroups reports nodes in two groups, and groups that cut nothing.
func (p *Partition) checkGroups(c *faultCheck) {
	if len(p.Groups) == 0 {
		c.fail("groups", "such as [[n1, n2], [n3, n4, n5]]", "a partition needs a group")
		return
	}
	c.disjoint("groups", p.Groups, "groups")
	nodes := 0
	for _, name := range members(&c.s.Cluster, Selector{Form: SelectUnion, Of: p.Groups[:1]}) {
		if c.s.Cluster.NodeIndex(name) >= 0 {
			nodes++
		}
	}
	if len(p.Groups) == 1 && nodes == c.s.Cluster.Size() {
		c.fail("groups", "name a part of them", "a group of all nodes cuts nothing")
	}
}

// disjoint reports a name that is in two of several selectors, at the place
// where it comes second.
func (c *faultCheck) disjoint(path string, list []Selector, what string) {
	in := map[string]int{}
	for i, sel := range list {
		parts, exact := []Selector{sel}, false
		if sel.Form == SelectUnion {
			parts, exact = sel.Of, true
		}
		for j, part := range parts {
			place := at(path, i)
			if exact {
				place = at(place, j)
			}
			for _, name := range members(&c.s.Cluster, part) {
				if k, ok := in[name]; ok && k != i {
					c.fail(place, "each belongs to one", "%s is in two %s", quote(name), what)
					break
				}
				in[name] = i
			}
		}
	}
}

func (p *Partition) checkBetween(c *faultCheck) {
	if len(p.Between) != 2 {
		c.fail("between", "such as [n1, [n2, n3]]", "a partial partition has two sides, not %d", len(p.Between))
		return
	}
	c.disjoint("between", p.Between, "sides")
}

func (p *Partition) checkIsolate(c *faultCheck) {
	inside := map[string]bool{}
	for _, name := range members(&c.s.Cluster, p.Isolate) {
		inside[name] = true
	}
	for _, n := range c.s.Cluster.Nodes {
		if !inside[n] {
			return
		}
	}
	c.fail("isolate", "name a part of them", "isolating all nodes cuts nothing")
}

func (p *Partition) checkRing(c *faultCheck) {
	if len(p.Ring) < shapeNeeds(ShapeMajoritiesRing) {
		c.fail("ring", "at least four", "a ring of %d nodes cuts nothing", len(p.Ring))
	}
	seen := map[string]bool{}
	for i, n := range p.Ring {
		switch {
		case c.s.Cluster.NodeIndex(n) < 0:
			c.fail(at("ring", i), suggest(n, c.s.Cluster.Nodes), "no node %s", quote(n))
		case seen[n]:
			c.fail(at("ring", i), "name each once", "%s is named twice", quote(n))
		}
		seen[n] = true
	}
}
