package lab_test

import (
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// busy is a minute of five nodes and thirty clients under faults: about 200,000 operations.
const busy = `
version: 1
name: busy
duration: 60s
cluster: {nodes: 5, n: 3, r: 2, w: 2}
workloads:
  - {name: kv, clients: 30, ops: {get: 50, rmw: 25}, think: {dist: exponential, mean: 8500us}, keys: {count: 1000}}
faults:
  - {name: split, at: 10s, for: 10s, partition: {groups: [[n1, n2], [n3, n4, n5]]}}
  - {name: dead, at: 30s, for: 10s, crash: {nodes: n3}}
  - {name: dark, at: 45s, for: 5s, power-loss: {nodes: n4, unsynced: torn}}
checks: {lost-writes: valid, linearizable: report, convergence: report, placement: report}
`

func parse(t testing.TB, text string) *scenarios.Scenario {
	t.Helper()
	plan, problems := scenarios.Load("busy", []byte(text), nil, lab.Vocabulary(), scenarios.LoadOptions{})
	if plan == nil {
		t.Fatal(scenarios.FormatAll(problems))
	}
	return plan
}

// A run from plan to verdict, checks included.
func BenchmarkRun(b *testing.B) {
	plan := parse(b, busy)
	b.ReportAllocs()
	for b.Loop() {
		r, err := lab.Run(plan, lab.RunOptions{})
		if err != nil {
			b.Fatal(err)
		}
		if r.Verdict != lab.Passed {
			b.Fatal(r.Reasons)
		}
		b.ReportMetric(float64(r.Result.History.Len()), "operations")
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(r.Result.Events), "ns/event")
	}
}

// One seed of a sweep: ten virtual seconds of five nodes under random faults, from the scenario's text to the verdict.
func BenchmarkSeed(b *testing.B) {
	text, _ := scenarios.LibraryFile("chaos")
	seed := uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		seed++
		plan, problems := scenarios.Load("@chaos", text, nil, lab.Vocabulary(), scenarios.LoadOptions{Seed: &seed, Set: []string{"duration=10s"}})
		if plan == nil {
			b.Fatal(scenarios.FormatAll(problems))
		}
		if _, err := lab.Run(plan, lab.RunOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
