package world

import (
	"testing"

	"dynamosim/scenarios"
)

// The time to settle allows for the spread of gossip where somebody has to hear of the members: where they change, and where a disk may have lost
// the list of them.
func TestSettlingIncludesGossip(t *testing.T) {
	settling := func(faults string) int64 {
		t.Helper()
		text := "version: 1\nname: x\nduration: 5s\ncluster: {nodes: 4, gossip: {every: 3s}}\nworkloads: [{name: kv, clients: 1}]\nfaults: [" + faults + "]\n"
		plan, problems := scenarios.Load("x.yaml", []byte(text), nil, scenarios.Vocabulary{}, scenarios.LoadOptions{})
		if plan == nil {
			t.Fatal(scenarios.FormatAll(problems))
		}
		w, err := New(plan, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return w.settling()
	}
	const spread = 60e9
	without := settling("")
	for _, c := range []struct {
		fault string
		least int64
	}{
		{"{at: 1s, crash: {nodes: n1}, for: 1s}", without},
		{"{at: 1s, for: 1s, loss: {share: 1%}}", without},
		{"{at: 1s, wipe: {nodes: n1}}", without + spread},
		{"{at: 1s, bit-rot: {nodes: n1, bits: 1}}", without + spread},
		{"{at: 1s, for: 1s, lost-write: {nodes: n1, share: 1%}}", without + spread},
		{"{at: 1s, leave: {nodes: n4}}", without + spread},
	} {
		got := settling(c.fault)
		if got < c.least || c.least == without && got != without {
			t.Errorf("%s: settles for %d ns, without it for %d", c.fault, got, without)
		}
	}
}
