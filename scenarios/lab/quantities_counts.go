package lab

import (
	"fmt"
	"slices"

	"dynamosim/analysis"
	"dynamosim/scenarios"
)

// counter gives what a counter counted in a part of a run, on all nodes or on one. For the whole run that is all of it, warm-up and settling
// included.
func (q *quantities) counter(x scenarios.Quantity, scope analysis.Scope) (float64, error) {
	if x.Name == "shadowed" {
		if x.Scope.Kind == scenarios.ScopeAll {
			return float64(q.report.Measures.Shadowed), nil
		}
		return float64(q.subject.Measure(scope).Shadowed), nil
	}
	if x.Scope.Kind == scenarios.ScopeAll {
		scope = analysis.Everything()
	}
	node := -1
	if x.Arg != "" {
		if node = slices.Index(q.report.Plan.Cluster.AllNodes(), x.Arg); node < 0 {
			return 0, fmt.Errorf("%s is not counted for %s", x.Name, x.Arg)
		}
	}
	n, err := q.counted(x.Name, node, scope)
	return float64(n), err
}

// levels are the counters that say how much there is, not how often something happened: of a part of a run they have the value at its end.
var levels = []string{"hints_pending"}

// counted adds up what a counter counted in a scope; node -1: on all nodes.
func (q *quantities) counted(name string, node int, scope analysis.Scope) (n int64, err error) {
	for _, part := range scope {
		before, ok := q.report.Result.CountedUntil(name, node, part.From)
		after, okAfter := q.report.Result.CountedUntil(name, node, part.To)
		switch {
		case !ok || !okAfter:
			if node >= 0 {
				return 0, fmt.Errorf("%s is not counted for single nodes", name)
			}
			return 0, fmt.Errorf("there is no counter %s", name)
		case slices.Contains(levels, name):
			n = after
		default:
			n += after - before
		}
	}
	return n, nil
}

// effects adds up the effects that the faults of a name or a kind had in a part of a run.
func (q *quantities) effects(x scenarios.Quantity, scope analysis.Scope) (float64, error) {
	if x.Scope.Kind == scenarios.ScopeAll {
		scope = analysis.Everything()
	}
	n, found := int64(0), false
	for i, f := range q.report.Result.Faults {
		if f.Name != x.Arg && f.Kind != x.Arg {
			continue
		}
		found = true
		for _, part := range scope {
			before, _ := q.report.Result.EffectsUntil(i, part.From)
			after, _ := q.report.Result.EffectsUntil(i, part.To)
			n += after - before
		}
	}
	if !found {
		return 0, fmt.Errorf("there is no fault %s", x.Arg)
	}
	return float64(n), nil
}

// load is how many requests each node coordinated.
func (q *quantities) load(scope analysis.Scope) (*analysis.Distribution, error) {
	loads := make([]int64, len(q.report.Plan.Cluster.AllNodes()))
	for i := range loads {
		for _, name := range []string{"gets_coordinated", "puts_coordinated"} {
			n, err := q.counted(name, i, scope)
			if err != nil {
				return nil, err
			}
			loads[i] += n
		}
	}
	d := analysis.NewDistribution(loads)
	return &d, nil
}
