package lab

import (
	"strings"
	"testing"

	"dynamosim/analysis"
	"dynamosim/scenarios"
)

// Claims may name every metric, in its unit; no counter has a metric's name.
func TestClaimsNameMetrics(t *testing.T) {
	units := map[analysis.Unit]scenarios.Unit{analysis.Plain: scenarios.UnitNumber, analysis.Nanoseconds: scenarios.UnitDuration,
		analysis.Share: scenarios.UnitShare, analysis.Bytes: scenarios.UnitBytes}
	values := map[analysis.Unit]string{analysis.Plain: "3", analysis.Nanoseconds: "3ms", analysis.Share: "3%", analysis.Bytes: "3KB"}
	known := map[string]scenarios.MetricName{}
	for _, m := range scenarios.MetricNames() {
		known[m.Name] = m
	}
	own := map[string]bool{"availability": true, "stale_reads": true, "sibling_reads": true, "heal_to_convergence": true}
	for _, m := range analysis.Metrics() {
		name := m.Name
		k, ok := known[name]
		switch {
		case strings.HasPrefix(m.Claim, "invalid("):
			name = m.Claim
		case !own[name] && (!ok || k.Unit != units[m.Unit] || k.Whole == m.Scoped):
			t.Errorf("%s: claims know it as %+v, it is %v, scoped %v", name, k, m.Unit, m.Scoped)
		}
		delete(known, m.Name)
		x, err := scenarios.ParseExpectation(name + " <= " + values[m.Unit])
		if err != nil || x.Left.Kind == scenarios.QuantityCounter {
			t.Errorf("%s: read as %+v: %v", name, x.Left, err)
		}
	}
	for name := range known {
		t.Errorf("claims may name %s, which is no metric", name)
	}
	for _, c := range Counters() {
		if _, ok := analysis.FindMetric(c.Name); ok {
			t.Errorf("%s is a counter and a metric", c.Name)
		}
	}
}
