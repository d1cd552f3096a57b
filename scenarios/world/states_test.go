package world

import (
	"fmt"
	"slices"
	"testing"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
)

// sloppyText leaves hints with the nodes that stood in for one that was down.
const sloppyText = `
version: 1
name: states
about: a test
duration: 2s
quiesce: 10ms
final_reads: false
cluster: {nodes: 6, n: 3, r: 2, w: 2, handoff: {enabled: false}, read_repair: {enabled: false}}
workloads:
  - {name: kv, clients: 8, ops: {get: 1, put: 3}, think: 5ms, keys: {count: 40}}
faults:
  - {name: gone, at: 200ms, for: 1700ms, crash: {nodes: n2}}
`

// What the end of a run records of every node is what a look at every key on every node finds, in that order.
func TestStatesAreThoseOfEveryKeyOnEveryNode(t *testing.T) {
	plan, list := scenarios.Load("test", []byte(sloppyText), nil, scenarios.Vocabulary{}, scenarios.LoadOptions{})
	if plan == nil {
		t.Fatal(scenarios.FormatAll(list))
	}
	w, err := New(plan, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for w.Step(1 << 15) {
	}
	w.config.N = 2 // the third home of each key is now a node that holds what it need not
	from := w.history.States()
	w.recordStates()
	var got []string
	roles := map[history.Role]int{}
	for i := from; i < w.history.States(); i++ {
		s, versions := w.history.State(i)
		got = append(got, fmt.Sprint(s.Node, s.Role, s.Key, versions))
		roles[s.Role]++
	}
	want := w.statesOneByOne()
	if !slices.Equal(got, want) {
		t.Errorf("%d states, want %d\n%v\n%v", len(got), len(want), got, want)
	}
	if roles[history.Home] != 80 || roles[history.Other] == 0 || roles[history.Hint] == 0 {
		t.Errorf("states by role: %v: the run shows too little", roles)
	}
}

func (w *World) statesOneByOne() (all []string) {
	for _, h := range w.hosts {
		node := w.contents(h)
		number := w.history.AddNode(h.name)
		for k := range w.history.Keys() {
			key := w.shared.Keys.Intern(w.history.KeyName(int32(k)))
			role := history.Other
			if slices.Contains(w.homes(key), int32(h.id)) {
				role = history.Home
			}
			if set := node.Stored(key); set != nil || role == history.Home {
				all = append(all, fmt.Sprint(number, role, k, w.versionsOf(set)))
			}
		}
		node.EachHint(func(_ dynamo.NodeID, key dynamo.KeyID, set *vclock.Set) {
			all = append(all, fmt.Sprint(number, history.Hint, w.historyKey(key), w.versionsOf(set)))
		})
	}
	return all
}
