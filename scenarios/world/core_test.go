package world

import (
	"fmt"
	"slices"
	"testing"

	"dynamosim/scenarios"
)

// Outside the core is who is kept down, frozen or without a sound disk for ever, and of nodes that are cut apart for ever all but the largest group
// that is in touch with itself. What ends, and what only disturbs, keeps nobody outside.
func TestWhoIsOutsideTheCore(t *testing.T) {
	for _, c := range []struct {
		faults string
		want   []string
	}{
		{"{at: 1s, for: forever, crash: {nodes: n2}}", []string{"n2"}},
		{"{at: 1s, for: 500ms, crash: {nodes: n2}}", nil},
		{"{at: 1s, for: forever, power-loss: {nodes: [n1, n5]}}", []string{"n1", "n5"}},
		{"{at: 1s, for: forever, pause: {nodes: n3}}", []string{"n3"}},
		{"{at: 1s, for: forever, crash-loop: {nodes: n3, up: 100ms, down: 100ms}}", []string{"n3"}},
		{"{at: 1s, for: forever, slow: {nodes: n3, factor: 100, of: [disk]}}", []string{"n3"}},
		{"{at: 1s, for: forever, disk-stall: {nodes: n4}}", []string{"n4"}},
		{"{at: 1s, for: forever, wipe: {nodes: n4}}", []string{"n4"}},
		{"{at: 1s, for: forever, partition: {isolate: n3}}", []string{"n3"}},
		{"{at: 1s, for: forever, partition: {isolate: n3, direction: in}}", []string{"n3"}},
		{"{at: 1s, for: forever, partition: {groups: [[n1, n2], [n3, n4, n5]]}}", []string{"n1", "n2"}},
		{"{at: 1s, for: forever, partition: {groups: [[n1, n2], [n4, n5]]}}", []string{"n3", "n4", "n5"}}, // of groups as large as each other the first
		{"{at: 1s, for: forever, partition: {between: [n2, [n3, n4]], one_way: true}}", []string{"n2"}},
		{"{at: 1s, for: forever, clog: {link: {between: [n2, all]}}}", []string{"n2"}},
		{"{at: 1s, for: forever, flap: {link: {between: [n2, all]}, up: 100ms, down: 100ms}}", []string{"n2"}},
		{"{at: 1s, for: forever, loss: {share: 1%}}", nil},
		{"{at: 1s, for: forever, clock: {nodes: n1, offset: 1s}}", nil},
		{"{at: 1s, for: forever, crash: {nodes: n2}}, {at: 1s, for: forever, partition: {between: [[n1, n2], [n3, n4, n5]]}}", []string{"n1", "n2"}},
	} {
		text := fmt.Sprintf("version: 1\nname: core\nduration: 2s\nliveness: core\ncluster: {nodes: 5}\nfaults: [%s]\n"+
			"workloads: [{name: kv, clients: 2, ops: {get: 1, put: 1}, think: 20ms, keys: {count: 5}}]\n", c.faults)
		plan, list := scenarios.Load("test", []byte(text), nil, scenarios.Vocabulary{}, scenarios.LoadOptions{})
		if plan == nil {
			t.Fatal(scenarios.FormatAll(list))
		}
		w, err := New(plan, Options{})
		if err != nil {
			t.Fatal(err)
		}
		w.RunUntil(2e9 + 1)
		var got []string
		for i, h := range w.hosts {
			if w.outside[i] {
				got = append(got, h.name)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: outside are %v, want %v", c.faults, got, c.want)
		}
	}
}
