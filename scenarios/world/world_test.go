package world_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
	"dynamosim/sim"
	"dynamosim/sim/trace"
)

var (
	update = flag.Bool("update", false, "rewrite golden files")
	radix  = flag.Bool("radix", false, "keep scheduled events in the radix heap, which must not change any digest")
)

// library loads a scenario of the embedded library.
func library(t testing.TB, name string, opts scenarios.LoadOptions) *scenarios.Scenario {
	t.Helper()
	text, ok := scenarios.LibraryFile(name)
	if !ok {
		t.Fatalf("no scenario @%s", name)
	}
	return load(t, "@"+name, text, opts)
}

func load(t testing.TB, source string, text []byte, opts scenarios.LoadOptions) *scenarios.Scenario {
	t.Helper()
	plan, problems := scenarios.Load(source, text, nil, scenarios.Vocabulary{}, opts)
	if plan == nil {
		t.Fatal(scenarios.FormatAll(problems))
	}
	return plan
}

// run runs a plan to its end in steps of a given size.
func run(t testing.TB, plan *scenarios.Scenario, opts world.Options, step int) *world.Result {
	t.Helper()
	w, err := world.New(plan, opts)
	if err != nil {
		t.Fatal(err)
	}
	for w.Step(step) {
	}
	return w.Result()
}

// everyRun calls f for every scenario of the library, and for each of its cases.
func everyRun(t *testing.T, f func(t *testing.T, name string, plan *scenarios.Scenario)) {
	for _, e := range scenarios.Library() {
		if e.Large() {
			continue
		}
		plan := library(t, e.Name, scenarios.LoadOptions{})
		t.Run(e.Name, func(t *testing.T) { f(t, e.Name, plan) })
		for _, c := range plan.Cases {
			name := e.Name + "+" + c.Name
			t.Run(name, func(t *testing.T) { f(t, name, library(t, e.Name, scenarios.LoadOptions{Case: c.Name})) })
		}
	}
}

const goldenFile = "testdata/digests.txt"

// The digest of every scenario of the library, on every machine. A change of this file is a change of what happens in runs: it needs its
// reason in the commit message.
func TestGoldenDigests(t *testing.T) {
	golden := readGolden(t)
	got := map[string]string{}
	everyRun(t, func(t *testing.T, name string, plan *scenarios.Scenario) {
		opts := world.Options{}
		if *radix {
			opts.Queue = sim.QueueRadix
		}
		r := run(t, plan, opts, 1<<15)
		got[name] = fmt.Sprintf("%s %d events", r.Digest, r.Events)
		if !*update && golden[name] != got[name] {
			t.Errorf("digest %s, golden %q", got[name], golden[name])
		}
	})
	if *update {
		writeGolden(t, got)
		return
	}
	for name := range golden { // order: only missing names are reported
		if got[name] == "" {
			t.Errorf("golden digest of %s, which is not in the library", name)
		}
	}
}

func readGolden(t *testing.T) map[string]string {
	golden := map[string]string{}
	text, err := os.ReadFile(goldenFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		name, rest, _ := strings.Cut(line, " ")
		golden[name] = strings.TrimSpace(rest)
	}
	return golden
}

func writeGolden(t *testing.T, got map[string]string) {
	var lines []string
	for name, digest := range got { // order: sorted below
		lines = append(lines, fmt.Sprintf("%-32s %s\n", name, digest))
	}
	sort.Strings(lines)
	if err := os.WriteFile(goldenFile, []byte(strings.Join(lines, "")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// counting is an observer that looks at everything.
type counting struct{ records int }

func (c *counting) Record(*trace.Record) { c.records++ }

// Observers change nothing, and neither does the size of the steps in which a run is driven, nor what holds the scheduled events (for the
// whole library: -run Golden -radix).
func TestObserversAndStepsChangeNothing(t *testing.T) {
	for _, name := range []string{"put-get", "cart-partition", "chaos", "power-loss", "coordinator-crash"} {
		plan := library(t, name, scenarios.LoadOptions{})
		want := run(t, plan, world.Options{}, 1<<20)
		observer := &counting{}
		for step, opts := range map[int]world.Options{1: {}, 17: {Trace: observer}, 4096: {}, 5000: {Queue: sim.QueueRadix}} {
			if got := run(t, plan, opts, step); got.Digest != want.Digest || got.Events != want.Events || got.End != want.End {
				t.Errorf("%s in steps of %d: digest %s after %d events, want %s after %d", name, step, got.Digest, got.Events, want.Digest, want.Events)
			}
		}
		if observer.records == 0 {
			t.Errorf("%s: the observer saw nothing", name)
		}
	}
}

// The same plan gives the same history and the same trace, byte for byte; another seed gives another run.
func TestSamePlanSameBytes(t *testing.T) {
	bytesOf := func(seed uint64) (string, string, string) {
		plan := library(t, "chaos", scenarios.LoadOptions{Seed: &seed})
		var inside, outside bytes.Buffer
		sink := trace.NewJSONL(&inside, func(p int32) string { return fmt.Sprint(p) })
		r := run(t, plan, world.Options{Trace: sink}, 1<<15)
		if err := sink.Close(); err != nil {
			t.Fatal(err)
		}
		if err := r.History.Write(&outside); err != nil {
			t.Fatal(err)
		}
		return r.Digest, inside.String(), outside.String()
	}
	d1, t1, h1 := bytesOf(7)
	d2, t2, h2 := bytesOf(7)
	if d1 != d2 || t1 != t2 || h1 != h2 {
		t.Errorf("two runs of one plan differ: digests %s and %s", d1, d2)
	}
	if d3, _, _ := bytesOf(8); d3 == d1 {
		t.Errorf("seeds 7 and 8 have one digest %s", d1)
	}
}

// A world that is used again runs like a new one, whatever it ran before.
func TestResetWorldRunsLikeANewOne(t *testing.T) {
	var used world.World
	for _, name := range []string{"chaos", "put-get", "cart-partition", "chaos", "power-loss", "figure-2"} {
		plan := library(t, name, scenarios.LoadOptions{})
		want := run(t, plan, world.Options{}, 1<<15)
		if err := used.Reset(plan, world.Options{}); err != nil {
			t.Fatal(err)
		}
		for used.Step(1 << 15) {
		}
		var a, b bytes.Buffer
		got := used.Result()
		if err := errors.Join(want.History.Write(&a), got.History.Write(&b)); err != nil {
			t.Fatal(err)
		}
		if got.Digest != want.Digest || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: digest %s in a used world, %s in a new one", name, got.Digest, want.Digest)
		}
	}
}

// A drawn plan is the scenario with its seed: both have one digest.
func TestPlanRunsLikeItsScenario(t *testing.T) {
	for _, name := range []string{"chaos", "stale-read", "figure-2"} {
		plan := library(t, name, scenarios.LoadOptions{})
		drawn := load(t, "plan.yaml", plan.YAML(), scenarios.LoadOptions{})
		a, b := run(t, plan, world.Options{}, 1<<15), run(t, drawn, world.Options{}, 1<<15)
		if a.Digest != b.Digest {
			t.Errorf("%s: scenario %s, plan %s\n%s", name, a.Digest, b.Digest, plan.YAML())
		}
	}
}

// A budget ends a run at one event, however it is stepped.
func TestBudgetsAreExact(t *testing.T) {
	set := scenarios.LoadOptions{Set: []string{"limits.events=5000"}}
	a := run(t, library(t, "stale-read", set), world.Options{}, 1)
	b := run(t, library(t, "stale-read", set), world.Options{}, 1<<20)
	if a.Exhausted == nil || a.Digest != b.Digest || a.Events != b.Events {
		t.Errorf("in steps of 1: %v after %d events, digest %s; at once: %v after %d, %s", a.Exhausted, a.Events, a.Digest, b.Exhausted, b.Events, b.Digest)
	}
}

// Every kind of fault that a scenario can name has something that applies it, and what it says it does is seen.
func TestEveryFaultKindTakesEffect(t *testing.T) {
	beside := map[string]string{ // what makes it felt
		"sync-lies": ", {at: 5s, for: 1s, power-loss: {nodes: [n1, n2]}}",
		"bit-rot":   ", {at: 5s, restart: {nodes: n3}}",
	}
	for _, doc := range scenarios.FaultKinds() {
		t.Run(doc.Name, func(t *testing.T) {
			example, err := scenarios.ParseFault(doc.Example)
			if err != nil {
				t.Fatal(err)
			}
			fields := strings.TrimPrefix(example.String(), doc.Name+" ")
			datacenters := "nodes: 5"
			if strings.Contains(fields, "-dc") {
				datacenters = "datacenters: {east: 3, west: 2}"
			}
			lasts := ", for: 4s"
			if example.Instant() {
				lasts = ""
			}
			text := fmt.Sprintf(`
version: 1
duration: 12s
cluster: {%s}
workloads: [{name: kv, clients: 10, ops: {get: 50, rmw: 50}, think: 2ms, keys: {count: 20}}]
faults: [{name: it, at: 3s%s, %s: %s}%s]
`, datacenters, lasts, doc.Name, fields, beside[doc.Name])
			r := run(t, load(t, doc.Name, []byte(text), scenarios.LoadOptions{}), world.Options{}, 1<<15)
			if f := r.Faults[0]; !f.Began || f.Effects == 0 {
				t.Errorf("%+v", f)
			}
		})
	}
}

// Memory does not grow with virtual time beyond the history and the stored versions: an idle hour costs nothing, and a long load on few keys
// costs its history.
func TestMemoryDoesNotGrowWithTime(t *testing.T) {
	heap := func(duration string) (uint64, int) {
		text := fmt.Sprintf(`
version: 1
duration: %s
final_reads: false
cluster: {nodes: 5}
workloads: [{name: kv, clients: 10, ops: {get: 50, rmw: 50}, think: 10ms, keys: {count: 20}}]
faults: [{name: down, at: 2s, for: 2s, crash: {nodes: n2}}]
`, duration)
		w, err := world.New(load(t, "memory", []byte(text), scenarios.LoadOptions{}), world.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for w.Step(1 << 15) {
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		operations := w.Operations()
		runtime.KeepAlive(w)
		return m.HeapAlloc, operations
	}
	short, few := heap("10s")
	long, many := heap("90s")
	const perOperation = 250 // bytes of history
	if grown := int64(long) - int64(short) - int64(many-few)*perOperation; grown > 4<<20 {
		t.Errorf("%d more operations took %d more bytes: %d bytes beyond their history", many-few, long-short, grown)
	}
}
