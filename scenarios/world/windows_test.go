package world_test

import (
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
	"dynamosim/sim/trace"
)

// requests counts, by window and node, the requests that a trace shows to be coordinated.
type requests struct {
	from, length int64
	rows         [][]int64
}

func (r *requests) Record(t *trace.Record) {
	window := int((t.Time - r.from) / r.length)
	if t.Kind == trace.Mark && (t.Mark == "gets_coordinated" || t.Mark == "puts_coordinated") && t.Time >= r.from && window < len(r.rows) {
		r.rows[window][t.Proc]++
	}
}

// The windows hold what the trace shows nodes to coordinate from the end of the warm-up on. The last one that the load does not fill is left
// out, and a node that joins later is none before.
func TestWindowsOfRequests(t *testing.T) {
	for _, name := range []string{"cart-partition", "join"} {
		for _, set := range [][]string{{"warmup=2s", "measures.window=3s"}, {"measures.window=700ms"}, {"measures.window=10m"}} {
			plan := library(t, name, scenarios.LoadOptions{Set: set})
			length := min(int64(plan.Measures.Window), int64(plan.Duration-plan.Warmup))
			seen := &requests{from: int64(plan.Warmup), length: length, rows: make([][]int64, int64(plan.Duration-plan.Warmup)/length)}
			for i := range seen.rows {
				seen.rows[i] = make([]int64, len(plan.Cluster.AllNodes()))
			}
			r := run(t, plan, world.Options{Trace: seen}, 1<<20)
			if len(r.Windows) != len(seen.rows) || r.Window != length {
				t.Fatalf("%s, %v: %d windows of %d ns, want %d of %d", name, set, len(r.Windows), r.Window, len(seen.rows), length)
			}
			absent := 0
			for i, row := range r.Windows {
				for node, n := range row {
					if n < 0 {
						absent, n = absent+1, 0
					}
					if n != seen.rows[i][node] {
						t.Errorf("%s, %v: node %d coordinated %d requests in window %d, want %d", name, set, node, n, i, seen.rows[i][node])
					}
				}
			}
			if len(r.Windows) > 1 && (absent > 0) != (name == "join") {
				t.Errorf("%s, %v: %d times no member", name, set, absent)
			}
		}
	}
}

// Every message is in the foreground or in the background.
func TestForegroundAndBackground(t *testing.T) {
	r := run(t, library(t, "cart-partition", scenarios.LoadOptions{}), world.Options{}, 1<<20)
	for all, parts := range map[string][2]string{"messages": {"foreground_messages", "background_messages"}, "message_bytes": {"foreground_bytes", "background_bytes"}} {
		if a, b := r.Counter(parts[0]), r.Counter(parts[1]); a == 0 || b == 0 || a+b != r.Counter(all) {
			t.Errorf("%s: %d, of them %d and %d", all, r.Counter(all), a, b)
		}
	}
}
