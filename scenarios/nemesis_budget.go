package scenarios

import (
	"fmt"
	"slices"

	"dynamosim/sim/rng"
)

// purposeBudget keys which nodes a lowered fault keeps.
const purposeBudget = 4

// outage is a time in which a node is down or paused. An outage of nodes that
// only the run knows has no name: it may be any node.
type outage struct {
	node        string
	from, until Duration
}

// budget keeps the number of nodes down or paused at once at max_down. Faults
// that a person scripted count, as far as the plan knows their time and nodes,
// but are never refused.
type budget struct {
	most    int
	cluster *Cluster
	outages []outage
	seed    uint64 // class seed of the plan
}

func newBudget(n *Nemesis, s *Scenario, seed uint64) *budget {
	b := &budget{most: n.MaxDown, cluster: &s.Cluster, seed: seed}
	for i := range s.Faults {
		f := &s.Faults[i]
		if !f.Enabled || f.At < 0 || f.Kind.Down() == nil {
			continue
		}
		until := s.Duration
		switch {
		case f.Kind.Instant():
			until = f.At + 1
		case f.For > 0:
			until = f.At + f.For
		case f.Until >= 0:
			until = f.Until
		}
		b.take(b.targets(*f.Kind.Down()), f.At, until)
	}
	return b
}

// targets returns the nodes of a selector, "" for each that only the run
// knows.
func (b *budget) targets(s Selector) []string {
	switch s.Form {
	case SelectUnion:
		var names []string
		for _, part := range s.Of {
			for _, n := range b.targets(part) {
				if n == "" || !slices.Contains(names, n) {
					names = append(names, n)
				}
			}
		}
		return names
	case SelectReplicas:
		return make([]string, b.cluster.N)
	case SelectCoordinator:
		return make([]string, 1)
	case SelectFallbacks:
		return make([]string, b.cluster.Size()-b.cluster.N)
	case SelectNeighbours:
		return make([]string, min(2, b.cluster.Size()-1))
	}
	return members(b.cluster, s)
}

func (b *budget) take(nodes []string, from, until Duration) {
	for _, n := range nodes {
		b.outages = append(b.outages, outage{n, from, until})
	}
}

// fits tells whether the nodes may be down besides what is down already.
func (b *budget) fits(nodes []string, from, until Duration) bool {
	if b.down(nodes, from) > b.most {
		return false
	}
	for _, o := range b.outages {
		if o.from > from && o.from < until && b.down(nodes, o.from) > b.most {
			return false
		}
	}
	return true
}

// down counts the nodes down at a moment, these included: each named one once,
// each unknown one as one more.
func (b *budget) down(nodes []string, at Duration) int {
	named, unknown := map[string]bool{}, 0
	count := func(n string) {
		if n == "" {
			unknown++
		} else {
			named[n] = true
		}
	}
	for _, n := range nodes {
		count(n)
	}
	for _, o := range b.outages {
		if o.from <= at && at < o.until {
			count(o.node)
		}
	}
	return len(named) + unknown
}

// apply lowers or refuses the occurrences that would exceed the budget.
func (b *budget) apply(n *Nemesis, all []occurrence) (kept []occurrence, notes []string) {
	for _, o := range all {
		target := o.kind.Down()
		if target == nil {
			kept = append(kept, o)
			continue
		}
		b.forget(o.from)
		nodes := b.targets(*target)
		fit := b.lower(nodes, o, n.Faults[o.entry].Name)
		switch {
		case len(fit) == 0:
			notes = append(notes, fmt.Sprintf("%s refused: %v of %s at %v would take down more than max_down, %d", o.name(n), o.kind.Kind(), target, o.from, b.most))
			continue
		case len(fit) < len(nodes):
			notes = append(notes, fmt.Sprintf("%s lowered from %s to %s: max_down is %d", o.name(n), target, Select(fit...), b.most))
			*target = Select(fit...)
		}
		b.take(fit, o.from, o.until)
		kept = append(kept, o)
	}
	return kept, notes
}

// forget drops outages that are over: occurrences come in order.
func (b *budget) forget(now Duration) {
	b.outages = slices.DeleteFunc(b.outages, func(o outage) bool { return o.until <= now })
}

// lower returns as many of the nodes as the budget allows, in their order.
// Which stay is drawn for each node by itself. Nodes that only the run knows
// cannot be told apart: all of them, or none.
func (b *budget) lower(nodes []string, o occurrence, entry string) []string {
	if b.fits(nodes, o.from, o.until) {
		return nodes
	}
	if slices.Contains(nodes, "") {
		return nil
	}
	pick := picker{b.seed, uint64(o.number), b.cluster}
	var fit []string
	for _, node := range pick.rankFor(purposeBudget, rng.Hash(entry), nodes) {
		if b.fits(append(fit, node), o.from, o.until) {
			fit = append(fit, node)
		}
	}
	return pick.inOrder(fit)
}
