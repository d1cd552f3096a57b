package lab

import (
	"dynamosim/analysis"
	"dynamosim/scenarios/world"
)

// Findings are what the metrics of a run are read off: those of its load, warm-up left out, and what all of it cost. nil where nothing was
// judged.
func (r *Report) Findings() *analysis.Findings {
	if r.subject == nil {
		return nil
	}
	return &analysis.Findings{
		Subject: r.subject, Scope: r.subject.Load(), Measures: r.Measures, Checks: r.Checks, Costs: runCosts(r.Result),
	}
}

// runCosts is what a run took.
func runCosts(result *world.Result) *analysis.Costs {
	c := &analysis.Costs{Requests: requestsBy(result), Windows: result.Windows, Counter: func(name string) (int64, bool) {
		for i := range result.Counters {
			if result.Counters[i].Name == name {
				return result.Counters[i].Total, true
			}
		}
		return 0, false
	}}
	for _, ops := range result.History.EachChunk {
		for i := range ops {
			if !ops[i].Preloaded() {
				c.Operations++
			}
		}
	}
	return c
}

// requestsBy is how many requests each node coordinated.
func requestsBy(result *world.Result) []int64 {
	var loads []int64
	for _, c := range result.Counters {
		if c.Name != "gets_coordinated" && c.Name != "puts_coordinated" {
			continue
		}
		if loads == nil {
			loads = make([]int64, len(c.PerNode))
		}
		for i, n := range c.PerNode {
			loads[i] += n
		}
	}
	return loads
}
