package lab

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// steady are scenarios of which estimates are held against runs: with how many nodes, and what else.
var steady = []struct {
	name string
	set  []string
}{
	{"five nodes", []string{"duration=20s"}},
	{"five nodes without pauses", []string{"duration=5s", "workloads.kv.think=0s"}},
	{"an open loop", []string{"duration=10s", "workloads=[{name: other, clients: 20, rate: 400/s}]"}},
	{"twenty nodes and many keys", []string{"duration=4s", "cluster.nodes=20", "workloads.kv.keys.count=5000"}},
	{"a hundred nodes", []string{"duration=5s", "cluster.nodes=100", "workloads.kv.clients=200"}},
	{"strategy 1", []string{"duration=5s", "cluster.nodes=30", "cluster.ring.strategy=1"}},
	{"registers", []string{"duration=5s", "cluster.versioning.mode=abd"}},
	{"heartbeats", []string{"duration=5s", "cluster.nodes=30", "cluster.failure_detection.kind=phi"}},
	{"two datacenters", []string{"duration=10s", "cluster={nodes: 6}", "cluster.placement=ring", "cluster.anti_entropy=false"}},
	{"three hundred nodes", []string{"duration=2s", "cluster.nodes=300", "quiesce=20s"}},
}

const steadyText = `version: 1
workloads: [{name: kv, clients: 20, ops: {get: 50, rmw: 50}, think: {dist: exponential, mean: 50ms}, keys: {count: 200}}]
`

func steadyPlan(t *testing.T, set []string) *scenarios.Scenario {
	t.Helper()
	plan, _, err := Open("-", OpenOptions{Stdin: strings.NewReader(steadyText), Set: set})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// withinFactor tells whether an estimate is within a factor of what was measured.
func withinFactor(estimate, measured, factor float64) bool {
	return estimate <= measured*factor && estimate*factor >= measured
}

// What is estimated of a run of a quiet cluster is what it comes to: events and operations within a third, memory within a factor of two of what
// is alive at its end, and as much again.
func TestForecastsAreClose(t *testing.T) {
	for _, s := range steady {
		plan := steadyPlan(t, s.set)
		f := ForecastRun(plan, ForecastOptions{})
		before := alive()
		w, err := world.New(plan, world.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for w.Step(stride) {
		}
		live := float64(alive() - before)
		events, operations := float64(w.Events()), float64(w.Operations())
		runtime.KeepAlive(w)
		if !withinFactor(float64(f.Events), events, 1.34) {
			t.Errorf("%s: %d events estimated, %.0f measured", s.name, f.Events, events)
		}
		keys := float64(plan.Workloads[0].Keys.Count)
		if !withinFactor(float64(f.Operations)+2*keys, operations+0, 1.34) && !withinFactor(float64(f.Operations)+keys, operations, 1.34) {
			t.Errorf("%s: %d operations estimated, %.0f measured with preloaded and final ones", s.name, f.Operations, operations)
		}
		if need := live*collected + baseBytes; !withinFactor(float64(f.Memory), need, 2) {
			t.Errorf("%s: %d bytes estimated, %.0f measured", s.name, f.Memory, need)
		}
	}
}

// alive is the heap in use, after a collection.
func alive() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// More of anything that costs is estimated to cost more.
func TestForecastsGrow(t *testing.T) {
	base := ForecastRun(steadyPlan(t, nil), ForecastOptions{})
	for set, memory := range map[string]bool{ // and memory too
		"cluster.nodes=50": true, "workloads.kv.clients=200": true, "workloads.kv.keys.count=20000": true, "duration=10m": true, "cluster.gossip.every=100ms": false,
		"cluster.failure_detection.kind=phi": true, "workloads.kv.think=1ms": true, "quiesce=1h": false, "cluster.n=5": true,
	} {
		f := ForecastRun(steadyPlan(t, []string{set}), ForecastOptions{})
		if f.Events <= base.Events || f.Time <= base.Time || memory && f.Memory <= base.Memory {
			t.Errorf("%s: %s, without %s", set, f.Line(), base.Line())
		}
	}
	with := ForecastRun(steadyPlan(t, nil), ForecastOptions{Files: true, Trace: true})
	twice := ForecastRun(steadyPlan(t, nil), ForecastOptions{Verify: true})
	if with.Time <= base.Time || with.Memory <= base.Memory || with.Files == 0 || twice.Time <= base.Time || twice.Memory <= base.Memory {
		t.Errorf("with files %s, twice %s, once %s", with.Line(), twice.Line(), base.Line())
	}
}

// Whatever can be written can be estimated: the library, the large ones above all, and scenarios that leave nothing to divide by.
func TestForecastsOfTheLibrary(t *testing.T) {
	var plans []*scenarios.Scenario
	for i, e := range scenarios.Library() {
		if e.Large() || i%8 == 0 {
			plans = append(plans, libraryPlan(t, "@"+e.Name, OpenOptions{}))
		}
	}
	for _, set := range []string{
		"network={same-dc: {latency: 0s}}", "workloads.kv.think=0s", "workloads=[{name: a, stages: [{for: 1s, to: 100/s}]}]", "workloads.kv.count=3",
		"workloads=[{name: a, probe: {after: [1ms]}}]", "cluster.anti_entropy.peers=3",
	} {
		plans = append(plans, steadyPlan(t, []string{set}))
	}
	for _, plan := range plans {
		f := ForecastRun(plan, ForecastOptions{})
		if f.Events <= 0 || f.Memory < baseBytes || f.Memory > int64(plan.Limits.Memory) || f.Time < baseTime || f.Operations < 0 {
			t.Errorf("%s: %s; limits.memory %v", plan.Name, f.Line(), plan.Limits.Memory)
		}
	}
}

func TestARunThatIsTooLargeIsRefusedWithItsNumbers(t *testing.T) {
	plan := steadyPlan(t, []string{"cluster.nodes=1000", "workloads.kv.keys.count=100000"})
	f := ForecastRun(plan, ForecastOptions{})
	for _, test := range []struct {
		name  string
		bound MemoryBound
		set   string
		words []string // of the refusal; nil: there is none
	}{
		{"no bound", MemoryBound{}, "", nil},
		{"a large one", MemoryBound{Bytes: 1e12, From: "this machine"}, "", nil},
		{"the machine's", MemoryBound{Bytes: 1e8, From: "this machine"}, "", []string{"this machine allows 100 MB", "keys and their replicas; lower workloads.NAME.keys.count", "nodes; lower cluster.nodes", "--max-memory"}},
		{"the scenario's", MemoryBound{Bytes: 1e12}, "200MB", []string{"limits.memory allows 200 MB"}},
		{"a person's", MemoryBound{Bytes: 1e12, Given: true}, "200MB", nil},
	} {
		bounded := *plan
		if test.set != "" {
			size, err := scenarios.ParseBytes(test.set)
			if err != nil {
				t.Fatal(err)
			}
			bounded.Limits.Memory = size
		}
		err := test.bound.Afford(&bounded, f)
		var bad *BadInput
		if (err == nil) != (test.words == nil) || err != nil && !errors.As(err, &bad) {
			t.Fatalf("%s: %v", test.name, err)
		}
		for _, w := range test.words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: no %q in %v", test.name, w, err)
			}
		}
	}
}

// Runs side by side are as many as memory allows, unless a number was asked for.
func TestJobsFitIntoMemory(t *testing.T) {
	plan := steadyPlan(t, []string{"cluster.nodes=1000"})
	f := ForecastRun(plan, ForecastOptions{})
	all := &forecasts{}
	all.add(steadyPlan(t, nil), 30)
	all.add(plan, 10)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for _, test := range []struct {
		bytes   int64
		asked   int
		jobs    int
		refused bool
	}{{0, 0, 4, false}, {f.Memory * 5 / 2, 0, 2, false}, {f.Memory * 5 / 2, 3, 3, true}, {f.Memory * 7 / 2, 3, 3, false}, {f.Memory / 2, 0, 1, true}} {
		jobs, err := all.afford(MemoryBound{Bytes: test.bytes, From: "this machine"}, test.asked)
		if jobs != test.jobs || (err != nil) != test.refused {
			t.Errorf("%+v: %d jobs, %v", test, jobs, err)
		}
	}
	if all.runs != 40 || all.largest.Memory != f.Memory {
		t.Errorf("%+v", all)
	}
}

// A command that changes the members makes every node learn them all: that takes memory and time by the square of their number.
func TestForecastCountsChangesOfTheMembers(t *testing.T) {
	learnt := func(set ...string) (memory, time int64) {
		f := ForecastRun(steadyPlan(t, append([]string{"cluster.membership.persist=false"}, set...)), ForecastOptions{})
		for _, p := range f.MemoryParts {
			if p.What == "changes of the members" {
				memory = p.Amount
			}
		}
		for _, p := range f.TimeParts {
			if p.What == "changes of the members" {
				time = p.Amount
			}
		}
		return memory, time
	}
	join := func(nodes string) []string {
		return []string{"cluster.nodes=" + nodes, "faults=[{at: 1s, join: {nodes: [late]}}]"}
	}
	if memory, time := learnt("cluster.nodes=100"); memory != 0 || time != 0 {
		t.Errorf("nobody joins, and that takes %d bytes and %d ns", memory, time)
	}
	small, short := learnt(join("99")...)
	large, long := learnt(join("999")...)
	if small == 0 || large != 100*small || long != 100*short {
		t.Errorf("100 nodes: %d bytes and %d ns, 1,000: %d and %d", small, short, large, long)
	}
}
