package lab

import (
	"fmt"
	"io"
	"math"
	"strconv"

	"dynamosim/analysis"
	"dynamosim/analysis/history"
	"dynamosim/scenarios"
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

// measured is a metric with its value.
type measured struct {
	analysis.Metric
	value float64
}

// measured are the metrics that there was something to measure by.
func (r *Report) measured() []measured {
	f := r.Findings()
	if f == nil {
		return nil
	}
	var all []measured
	for _, m := range analysis.Metrics() {
		if value, ok := m.Value(f); ok {
			all = append(all, measured{m, value})
		}
	}
	return all
}

// text writes the value for people.
func (m *measured) text() string { return inUnit(m.value, m.Unit) }

// inUnit writes a value of a metric for people.
func inUnit(v float64, u analysis.Unit) string {
	switch u {
	case analysis.Nanoseconds:
		return span(int64(math.Round(v)))
	case analysis.Share:
		return significant(v*100) + " %"
	case analysis.Bytes:
		return significant(v) + " B"
	}
	return significant(v)
}

// significant writes a number that is not negative with three significant digits, all of those before the point, and without needless zeros.
func significant(v float64) string {
	if v >= 100 {
		return thousands(int64(math.Round(v)))
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 2, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// visibility is the t-visibility curve of the load at the times that the plan asks for.
func (r *Report) visibility() []analysis.VisiblePoint {
	edges := r.visibilityEdges()
	if r.subject == nil || edges == nil {
		return nil
	}
	return r.subject.Visibility(r.subject.Load(), edges)
}

// visibilityEdges are the times that the plan asks for.
func (r *Report) visibilityEdges() (edges []int64) {
	for _, t := range r.Plan.Measures.TVisibility {
		edges = append(edges, int64(t))
	}
	return edges
}

// WriteLatencyLog writes the latencies that clients of a plan saw as an HDR histogram log, in windows of the plan's length.
func WriteLatencyLog(h *history.History, w io.Writer, plan *scenarios.Scenario) error {
	if err := analysis.WriteLatencyLog(w, h, int64(plan.Warmup), int64(plan.Measures.Window)); err != nil {
		return fmt.Errorf("writing latencies: %w", err)
	}
	return nil
}
