package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// Names are what scripts and scenarios depend on: small letters, digits and
// underscores, each once, and each with a definition.
func TestMetricNames(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Metrics() {
		if strings.Trim(m.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || seen[m.Name] || m.Doc == "" || m.Pool == 0 {
			t.Errorf("metric %+v", m.Name)
		}
		seen[m.Name] = true
		if found, ok := FindMetric(m.Name); !ok || found.Name != m.Name {
			t.Errorf("%s is not found", m.Name)
		}
		if found, ok := FindMetric(m.Claim); m.Claim != "" && (!ok || found.Name != m.Name) {
			t.Errorf("%s is not found by %s", m.Name, m.Claim)
		}
	}
	for claim, name := range map[string]string{"p99.9(get)": "get_p999", "p50(cart-add)": "cart_add_p50", "mean(staleness)": "staleness_mean", "availability(put)": "availability_put"} {
		if m, _ := FindMetric(claim); m.Name != name {
			t.Errorf("%s is %s, want %s", claim, m.Name, name)
		}
	}
}

// values are random ones over many powers of ten.
func values(r *rand.Rand, n int) []int64 {
	list := make([]int64, n)
	for i := range list {
		list[i] = int64(math.Pow(10, r.Float64()*10))
	}
	return list
}

// A histogram answers like the exact distribution, to three significant
// digits, and those of parts put together like that of all.
func TestHistogramAgainstDistribution(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var all []int64
		var merged Histogram
		for range 1 + r.IntN(4) {
			part := values(r, r.IntN(300))
			all = append(all, part...)
			d := NewDistribution(part)
			h := d.Histogram()
			merged.Add(&h)
		}
		d := NewDistribution(slices.Clone(all))
		whole := d.Histogram()
		if !slices.Equal(merged.slots, whole.slots) || merged.count != whole.count || merged.max != whole.max {
			t.Fatalf("%d values: put together they differ", len(all))
		}
		for _, ppm := range []int64{0, 1, 250_000, 500_000, 990_000, 999_900, Whole} {
			got, want := merged.Quantile(ppm), d.Quantile(ppm)
			if got < want || got > want+want/1000 {
				t.Fatalf("%d values, %d ppm: %d, want %d", len(all), ppm, got, want)
			}
		}
		if math.Abs(merged.Mean()-float64(d.Mean())) > 0.51 {
			t.Fatalf("mean %v, want %d", merged.Mean(), d.Mean())
		}
	}
}

func TestSlots(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	list := append(values(r, 10_000), 0, 1, 2047, 2048, 2049, 4095, 4096, math.MaxInt64)
	for _, v := range list {
		s := slotOf(v)
		if slotEnd(s) < v || slotOf(slotEnd(s)) != s || s > 0 && slotEnd(s-1) >= v {
			t.Fatalf("%d is in slot %d, which ends at %d after one that ends at %d", v, s, slotEnd(s), slotEnd(s-1))
		}
	}
}

// Two runs together: shares and means by all operations, quantiles by all
// values, the rest by run.
func TestMetricsOfManyRuns(t *testing.T) {
	long := judged(t, "put:a[0,100] get:a[200,300] get:a[400,500] get:[600,700] get:[800,900]")
	short := judged(t, "put:b[0,50] get:b[60,70]")
	for name, want := range map[string]float64{
		"stale_reads": 2.0 / 5, "get_mean": 410.0 / 5, "get_p50": 100, "get_max": 100, "put_mean": 75, "availability": 1,
		"saw_1_version": 1, "within_2_versions": 1, "visible_after_0ms": 3.0 / 5, "invalid_linearizable": 0.5,
	} {
		m, ok := FindMetric(name)
		if !ok {
			t.Fatal("no", name)
		}
		if got, ok := m.Pooled([]Sample{m.Sample(long), m.Sample(short)}); !ok || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v (%v), want %v", name, got, ok, want)
		}
	}
	for _, name := range []string{"delete_p99", "messages_per_operation", "heal_to_convergence", "shadowed_puts"} {
		m, _ := FindMetric(name)
		if s := m.Sample(long); s.Measured {
			t.Errorf("%s is %v, but there was nothing to measure", name, s.Value)
		}
		if _, ok := m.Pooled([]Sample{m.Sample(long)}); ok {
			t.Errorf("%s has a value of no runs", name)
		}
	}
}

// judged are the findings of a history of siblings.
func judged(t *testing.T, text string) *Findings {
	s := NewSubject(record(t, siblings, text), Facts{})
	return s.Findings(s.Load(), s.Judge(Options{}), nil)
}

// Figure 6: two nodes of four are within 15 % of the mean in the first
// window, none of three members is in the second, and nobody counts an empty
// one.
func TestLoadMetrics(t *testing.T) {
	f := &Findings{Costs: &Costs{Requests: []int64{100, 100, 100, 140}, Windows: [][]int64{{95, 100, 80, 125}, {0, -1, 10, 10}, {0, 0, 0, 0}}}}
	for name, want := range map[string]float64{"load_imbalance": 140 / 110.0, "out_of_balance": 5.0 / 7} {
		m, _ := FindMetric(name)
		if s := m.Sample(f); math.Abs(s.Value-want) > 1e-12 {
			t.Errorf("%s is %v, want %v", name, s.Value, want)
		}
	}
}

// Calm is what of the load no fault covers, whatever overlaps.
func TestCalm(t *testing.T) {
	h := record(t, siblings, "put:a[0,1]")
	for _, e := range []history.Event{
		{Time: 10, Fault: "a", Kind: "crash", Phase: history.Start}, {Time: 20, Fault: "b", Kind: "loss", Phase: history.Start},
		{Time: 30, Fault: "a", Kind: "crash", Phase: history.End}, {Time: 40, Fault: "b", Kind: "loss", Phase: history.End},
		{Time: 60, Fault: "c", Kind: "loss", Phase: history.Start},
	} {
		h.Nemesis(e.Time, e.Kind, e.Fault, e.Phase, "")
	}
	h.MarkPhase(90, history.Heal)
	if got, want := NewSubject(h, Facts{Warmup: 5}).Calm(), (Scope{{5, 10}, {40, 60}}); !slices.Equal(got, want) {
		t.Errorf("calm %v, want %v", got, want)
	}
}
