package scenarios

import "fmt"

// Cuts returns the links that the partition cuts. It fails where a selector
// does, or where the shape was never drawn. A node that run-time selectors put
// into several groups belongs to the first.
func (p *Partition) Cuts(t Topology) ([]Cut, error) {
	switch {
	case p.Shape != "":
		return nil, fmt.Errorf("partition: the shape %s was never drawn", p.Shape)
	case p.Groups != nil:
		return p.groupCuts(t)
	case p.Between != nil:
		return (Link{Form: p.linkForm(), From: p.Between[0], To: p.Between[1]}).Cuts(t)
	case p.Ring != nil:
		return ringCuts(p.Ring), nil
	}
	return p.isolateCuts(t)
}

func (p *Partition) linkForm() LinkForm {
	if p.OneWay {
		return LinkOneWay
	}
	return LinkBetween
}

// groupCuts cuts each group off from all others.
func (p *Partition) groupCuts(t Topology) ([]Cut, error) {
	var groups [][]string
	taken := map[string]bool{}
	take := func(names []string) {
		var group []string
		for _, n := range names {
			if !taken[n] {
				taken[n] = true
				group = append(group, n)
			}
		}
		if len(group) > 0 {
			groups = append(groups, group)
		}
	}
	for _, g := range p.Groups {
		names, err := g.Resolve(t)
		if err != nil {
			return nil, err
		}
		take(names)
	}
	take(t.Nodes())
	var cuts []Cut
	for i, g := range groups {
		var others []string
		for j, o := range groups {
			if i != j {
				others = append(others, o...)
			}
		}
		if len(others) > 0 {
			cuts = append(cuts, Cut{g, others})
		}
	}
	return cuts, nil
}

func (p *Partition) isolateCuts(t Topology) ([]Cut, error) {
	inside, err := p.Isolate.Resolve(t)
	if err != nil {
		return nil, err
	}
	isolated := map[string]bool{}
	for _, n := range inside {
		isolated[n] = true
	}
	var outside []string
	for _, n := range t.Nodes() {
		if !isolated[n] {
			outside = append(outside, n)
		}
	}
	in, out := Cut{outside, inside}, Cut{inside, outside}
	switch {
	case len(outside) == 0:
		return nil, nil
	case p.Direction == DirectionIn:
		return []Cut{in}, nil
	case p.Direction == DirectionOut:
		return []Cut{out}, nil
	}
	return []Cut{in, out}, nil
}

// ringReach returns how far a node of a majorities ring of n reaches, on each
// side: the least that makes a majority with itself.
func ringReach(n int) int { return (n/2 + 1) / 2 }

// ringCuts cuts each node off from those out of its reach.
func ringCuts(ring []string) []Cut {
	n, reach := len(ring), ringReach(len(ring))
	var cuts []Cut
	for i, node := range ring {
		var far []string
		for distance := reach + 1; distance < n-reach; distance++ {
			far = append(far, ring[(i+distance)%n])
		}
		if len(far) > 0 {
			cuts = append(cuts, Cut{[]string{node}, far})
		}
	}
	return cuts
}
