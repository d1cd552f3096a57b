package world

import (
	"fmt"
	"testing"

	"dynamosim/scenarios"
)

// What kills a node at a point of its code cuts off what it was about to do: no replica is sent the put. What freezes it or stops it in good order lets
// it finish that, and what hits another node does not touch it.
func TestWhatBeginsAtAPoint(t *testing.T) {
	for _, c := range []struct {
		fault string
		sent  bool
	}{
		{"crash: {nodes: a}", false},
		{"crash: {nodes: coordinator of k}", false},
		{"power-loss: {nodes: [a, b]}", false},
		{"wipe: {nodes: a}", false},
		{"crash-loop: {nodes: a, up: 1s, down: 5s}", false},
		{"crash: {nodes: b}", true},
		{"pause: {nodes: a}", true},
		{"stop: {nodes: a}", true},
		{"rolling-restart: {nodes: [a]}", true},
		{"disk-stall: {nodes: a}", true},
	} {
		text := fmt.Sprintf(`version: 1
name: point
duration: 5s
cluster: {nodes: [a, b, c], n: 3, r: 1, w: 1, quorum: strict, routing: {write_by: contacted}, read_repair: {enabled: false}, anti_entropy: {enabled: false}}
operations: [{id: v, at: 1s, client: ann, via: a, put: k}]
faults: [{name: f, when: {point: put-after-local-write, node: a}, for: 2s, %s}]
`, c.fault)
		plan, list := scenarios.Load("test", []byte(text), nil, scenarios.Vocabulary{}, scenarios.LoadOptions{})
		if plan == nil {
			t.Fatal(scenarios.FormatAll(list))
		}
		w, err := New(plan, Options{})
		if err != nil {
			t.Fatal(err)
		}
		w.RunUntil(2e9)
		if sent := w.hosts[2].node.Stored(w.findKey("k")) != nil; sent != c.sent {
			t.Errorf("%s: c was sent the put: %v, want %v", c.fault, sent, c.sent)
		}
		if f := w.faults[0]; f.phase != faultOn {
			t.Errorf("%s: phase %d; %s", c.fault, f.phase, f.refused)
		}
	}
}
