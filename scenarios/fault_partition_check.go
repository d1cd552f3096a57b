package scenarios

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
