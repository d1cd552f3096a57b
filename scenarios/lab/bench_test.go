package lab

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dynamosim/sim"
	"dynamosim/sim/trace"
)

// The naive kernel runs what the bare kernel runs.
func TestNaivePholdIsPhold(t *testing.T) {
	for _, n := range []int{1, 7, 1000} {
		ours, theirs := sim.NewPhold(n), NewNaivePhold(n)
		const until = 20_000_000
		if a, b := ours.RunUntil(until), theirs.RunUntil(until); a != b || ours.Checksum() != theirs.Checksum() || a == 0 {
			t.Errorf("n=%d: %d events, checksum %x; naive: %d, %x", n, a, ours.Checksum(), b, theirs.Checksum())
		}
		if ours.Now() != theirs.Now() || ours.Pending() != theirs.Pending() {
			t.Errorf("n=%d: %d pending at %d; naive: %d at %d", n, ours.Pending(), ours.Now(), theirs.Pending(), theirs.Now())
		}
	}
}

// Each hop is an event, each with a timer that is cancelled; but for its timers, both systems do the same.
func TestHops(t *testing.T) {
	const n, events = 64, 10_000
	plain, err := newHops(n, false)
	if err != nil {
		t.Fatal(err)
	}
	timers, err := newHops(n, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []*hops{plain, timers} {
		before := h.system.Counters().Delivered
		if c := h.measure(events); c.Events != events || h.system.Counters().Delivered-before != events {
			t.Errorf("%d events, %d messages delivered", c.Events, h.system.Counters().Delivered-before)
		}
	}
	if plain.system.Pending() != n || plain.system.Counters().Cancelled != 0 {
		t.Errorf("without timers: %d pending, %d cancelled", plain.system.Pending(), plain.system.Counters().Cancelled)
	}
	if k := timers.system.Counters(); timers.system.Pending() != 2*n || k.Timers != 0 || k.Cancelled < events {
		t.Errorf("with timers: %d pending, %d fired, %d cancelled", timers.system.Pending(), k.Timers, k.Cancelled)
	}
	if plain.system.Now() != timers.system.Now() {
		t.Errorf("times differ: %d and %d", plain.system.Now(), timers.system.Now())
	}
}

func smallCluster(t *testing.T, text string) *cluster {
	t.Helper()
	c, err := newCluster(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A healthy cluster keeps up with its load: every client does about an operation in 20 ms, and what is pending is one event a client and
// timers.
func TestHealthyClusterKeepsUp(t *testing.T) {
	c := smallCluster(t, healthy(5, time.Second))
	cost, err := c.measure()
	if err != nil {
		t.Fatal(err)
	}
	if cost.Operations < 50*30 || cost.Operations > 50*100 || cost.Events < uint64(cost.Operations)*8 {
		t.Errorf("%d operations, %d events", cost.Operations, cost.Events)
	}
	if cost.Pending < 50 || cost.Pending > 250 || c.pending != int(cost.Pending) {
		t.Errorf("%v events pending on average", cost.Pending)
	}
	if cost.SteadyOps < cost.Operations/4 || cost.SteadyOps > cost.Operations*3/4 || cost.SteadyAlloc == 0 {
		t.Errorf("%d of %d operations in the steady state, %d allocations", cost.SteadyOps, cost.Operations, cost.SteadyAlloc)
	}
	again, err := c.measure()
	if err != nil || again.Operations != cost.Operations || again.Events != cost.Events || again.Pending != cost.Pending {
		t.Errorf("measured again: %+v, %v", again, err)
	}
	checks, err := c.judgeAgain()
	if err != nil || checks.Operations < cost.Operations {
		t.Errorf("%d operations judged, %v", checks.Operations, err)
	}
	if kernel, err := c.kernel(10_000); err != nil || kernel.Pending != cost.Pending || kernel.Events == 0 {
		t.Errorf("kernel at %v pending, %v", kernel.Pending, err)
	}
}

// The checks and the bare kernel can be measured without the cluster.
func TestPartsOfAClusterAlone(t *testing.T) {
	c := smallCluster(t, healthy(3, time.Second))
	if cost, err := c.judgeAgain(); err != nil || cost.Operations == 0 {
		t.Errorf("%+v, %v", cost, err)
	}
	c = smallCluster(t, healthy(3, time.Second))
	if cost, err := c.kernel(10_000); err != nil || cost.Pending < 30 {
		t.Errorf("%+v, %v", cost, err)
	}
}

func TestManySeedsOfChaos(t *testing.T) {
	c := smallCluster(t, chaos(2*time.Second))
	one, err := c.measureSeeds(3, 1)
	if err != nil {
		t.Fatal(err)
	}
	two, err := c.measureSeeds(3, 2)
	if err != nil || one.Events != two.Events || one.Operations != two.Operations || one.Seeds != 3 || two.Seeds != 3 || one.Virtual != two.Virtual {
		t.Errorf("one worker %+v, two %+v, %v", one, two, err)
	}
}

// The replay of a digest is of every record of the run; a healthy operation has some timeouts, all cancelled.
func TestDigestReplay(t *testing.T) {
	c := smallCluster(t, healthy(3, 300*time.Millisecond))
	d := &digestReplay{}
	cost, err := d.measureRun(c.plan)
	if err != nil || cost.Operations == 0 || cost.Operations != d.operations {
		t.Fatalf("%d of %d operations, %v", cost.Operations, d.operations, err)
	}
	if n := d.cancelled(); n < 1 || n > 6 {
		t.Errorf("%v timers cancelled for an operation", n)
	}
	for _, kind := range []trace.Kind{trace.Send, trace.Deliver, trace.DiskOp, trace.DiskDone, trace.Timer, trace.Invoke} {
		if !slices.Contains(d.kinds, kind) {
			t.Errorf("no record of kind %v", kind)
		}
	}
	records, before := len(d.kinds), d.sum
	if cost, err = d.measureRun(c.plan); err != nil || cost.Operations != d.operations || len(d.kinds) != records || d.sum == before {
		t.Errorf("replayed again: %d operations, %d records, %v", cost.Operations, len(d.kinds), err)
	}
}

// fabricated is a suite whose workloads cost what they are said to.
func fabricated(t *testing.T, costs map[string]Cost) *suite {
	t.Helper()
	s, err := newSuite(true)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range s.workloads() {
		cost, ok := costs[w.name]
		if !ok {
			t.Fatalf("no cost of %s", w.name)
		}
		w.costs = []Cost{cost}
	}
	return s
}

func costsOf(t *testing.T) map[string]Cost {
	t.Helper()
	costs := map[string]Cost{
		"kernel-1024": {CPU: 100, Events: 2}, "naive-1024": {CPU: 250, Events: 1},
		"healthy-5": {CPU: 6000, Events: 30, Operations: 2}, "kernel-at-5": {CPU: 40, Events: 1},
		"healthy-100": {CPU: 9000, Events: 45, Operations: 3, SteadyOps: 40, SteadyAlloc: 2}, "kernel-at-100": {CPU: 120, Events: 2},
		"healthy-1000": {CPU: 300, Events: 1}, "kernel-at-1000": {CPU: 100, Events: 1},
		"hops": {CPU: 100, Events: 1}, "hops-timers": {CPU: 150, Events: 1}, "digest": {CPU: 1000, Operations: 2},
		"worlds-1": {Wall: 18}, "worlds-2": {Wall: 10}, spinning: {CPU: 195, Wall: 100},
	}
	for _, name := range BenchNames() {
		if _, ok := costs[name]; !ok {
			costs[name] = Cost{CPU: 1, Events: 1, Operations: 1}
		}
	}
	return costs
}

// The ratios are what their descriptions say.
func TestRatios(t *testing.T) {
	want := map[string]float64{
		"kernel / naive": 0.2, "event, 5 nodes": 5, "event, 100 nodes": 200.0 / 60, "event, 1000 nodes": 3,
		"operation, 100 nodes": 50, "digest on / off": 3000.0 / 2500, "allocations": 0.05, "two workers / one": 1.8,
		"timers on / off": 1, // nothing was traced, so no timer is known
	}
	s := fabricated(t, costsOf(t))
	for _, r := range s.ratios {
		got := s.ratio(r, s.cores())
		if w, ok := want[r.name]; !ok || got.Value < w*0.9999 || got.Value > w*1.0001 || got.Unjudged != "" {
			t.Errorf("%s is %v, want %v; %s", r.name, got.Value, w, got.Unjudged)
		}
		delete(want, r.name)
	}
	if len(want) > 0 {
		t.Errorf("there is no %v", want)
	}
}

// The quickest rounds of both sides need not be the same round.
func TestRatioOfTheQuickest(t *testing.T) {
	s := fabricated(t, costsOf(t))
	s.find("healthy-5").costs = []Cost{{CPU: 6000, Events: 30}, {CPU: 300, Events: 2}, {CPU: 800, Events: 4}}
	s.find("kernel-at-5").costs = []Cost{{CPU: 40, Events: 1}, {CPU: 60, Events: 1}, {CPU: 50, Events: 1}}
	for _, r := range s.ratios {
		got := s.ratio(r, s.cores())
		if r.name == "event, 5 nodes" && (got.Quickest != 150.0/40 || got.Value != 4) {
			t.Errorf("%v, of the quickest %v", got.Value, got.Quickest)
		}
		if (got.Quickest == 0) != r.byClock {
			t.Errorf("%s: of the quickest %v", r.name, got.Quickest)
		}
	}
}

func TestTimersRatioCountsCancelledTimers(t *testing.T) {
	d := &digestReplay{kinds: []trace.Kind{trace.SetTimer, trace.SetTimer, trace.SetTimer, trace.SetTimer, trace.SetTimer, trace.Timer}, operations: 2}
	costs := costsOf(t)
	for _, r := range partRatios(d) {
		if r.name != "timers on / off" {
			continue
		}
		// two timers of 50 ns in an operation of 3000 ns
		got := r.of(func(name string) *Cost { c := costs[name]; return &c })
		if want := 3000.0 / 2900; got < want*0.9999 || got > want*1.0001 {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// Two workers are compared with one only where there are two processors to be had.
func TestBusyMachineIsNotJudged(t *testing.T) {
	costs := costsOf(t)
	costs[spinning], costs["worlds-2"] = Cost{CPU: 150, Wall: 100}, Cost{Wall: 18}
	s := fabricated(t, costs)
	b := &Bench{}
	for _, r := range s.ratios {
		b.Ratios = append(b.Ratios, s.ratio(r, s.cores()))
	}
	for _, r := range b.Ratios {
		if (r.Unjudged != "") != (r.Name == "two workers / one") {
			t.Errorf("%s: unjudged %q", r.Name, r.Unjudged)
		}
	}
	failed := b.Failed(0.1)
	names := make([]string, len(failed))
	for i := range failed {
		names[i] = failed[i].Name
	}
	if want := []string{"event, 5 nodes", "operation, 100 nodes"}; !slices.Equal(names[:1], want[:1]) || slices.Contains(names, "two workers / one") {
		t.Errorf("failed: %v", names)
	}
}

func TestRatioHolds(t *testing.T) {
	for _, c := range []struct {
		value, bound, tolerance float64
		atLeast                 bool
		unjudged                string
		want                    bool
	}{
		{1, 1, 0, false, "", true},
		{1.01, 1, 0, false, "", false},
		{1.09, 1, 0.1, false, "", true},
		{1.11, 1, 0.1, false, "", false},
		{0.5, 1, 0.1, false, "", true},
		{1, 1, 0, true, "", true},
		{0.99, 1, 0, true, "", false},
		{0.91, 1, 0.1, true, "", true},
		{0.89, 1, 0.1, true, "", false},
		{0.1, 1, 0, true, "busy", true},
	} {
		r := BenchRatio{Value: c.value, Bound: c.bound, AtLeast: c.atLeast, Unjudged: c.unjudged}
		if r.Holds(c.tolerance) != c.want {
			t.Errorf("%+v", c)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1}, 5}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 100, 2}, 3}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.values, got, c.want)
		}
	}
}

// A benchmark of some workloads has these, their ratios, and no others.
func TestBenchOfSomeWorkloads(t *testing.T) {
	seen := map[string]int{}
	only := []string{"naive-1024", "kernel-1024", spinning}
	b, err := RunBench(BenchOptions{Quick: true, Rounds: 2, Only: only, Progress: func(round, rounds int, at string) {
		if rounds != 2 {
			t.Errorf("round %d of %d", round, rounds)
		}
		seen[at]++
	}})
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]int{"kernel-1024": 8, "naive-1024": 8, spinning: 4}; !maps.Equal(seen, want) {
		t.Errorf("measured %v", seen)
	}
	if len(b.Workloads) != 2 || len(b.Workloads[0].Costs) != 2 || len(b.Ratios) != 1 || b.Ratios[0].Name != "kernel / naive" || b.Cores <= 0 {
		t.Errorf("%d workloads, ratios %+v, %v cores", len(b.Workloads), b.Ratios, b.Cores)
	}
	r := b.Ratios[0]
	if !(r.Low <= r.Value && r.Value <= r.High && r.Low > 0) {
		t.Errorf("%v is not between %v and %v", r.Value, r.Low, r.High)
	}
	var parsed struct {
		Mode      string
		Workloads []map[string]any
		Ratios    []map[string]any
	}
	if err := json.Unmarshal(b.JSON(), &parsed); err != nil || parsed.Mode != "quick" || len(parsed.Workloads) != 2 || len(parsed.Ratios) != 1 {
		t.Errorf("%v in\n%s", err, b.JSON())
	}
	if text := b.Text(TextOptions{}); !strings.Contains(text, "kernel / naive") || !strings.Contains(text, "container/heap") {
		t.Errorf("got\n%s", text)
	}
}

func TestBenchRefusesAndStops(t *testing.T) {
	_, err := RunBench(BenchOptions{Only: []string{"kernel-1023"}})
	var bad *BadInput
	if !errors.As(err, &bad) || !strings.Contains(bad.Text, "kernel-1024") {
		t.Errorf("got %v", err)
	}
	if _, err := RunBench(BenchOptions{Quick: true, Stop: func() bool { return true }}); !errors.Is(err, ErrInterrupted) {
		t.Errorf("got %v", err)
	}
}

func TestBriefNumbers(t *testing.T) {
	for x, want := range map[float64]string{
		0: "", 0.123: "0.12", 9.99: "9.99", 9.996: "10.0", 47.83: "47.8", 99.96: "100", 999.4: "999", 999.6: "1.00 k", 18_300_000: "18.3 M", 2.5e9: "2.50 G",
	} {
		if got := brief(x); got != want {
			t.Errorf("brief(%v) = %q, want %q", x, got, want)
		}
	}
}
