package world

import (
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
)

// What a final read makes a home store, such as what it found in a hint, says nothing of convergence: they are made after its end. The same before
// the end does.
func TestFinalReadsPartNoHomes(t *testing.T) {
	for _, c := range []struct {
		at    int64 // of the scenario
		parts bool
	}{{25e9, true}, {1e15, false}} {
		w := watchedWorld(t, "sloppy-quorum", "", c.at)
		if before := w.converge; !w.healed || w.quiet == c.parts || before.count != 0 {
			t.Fatalf("at %d: healed %v, quiet %v, %d keys part", c.at, w.healed, w.quiet, before.count)
		}
		key := w.findKey("k")
		h := w.hosts[w.homes(key)[0]]
		newer := &vclock.Set{Versions: []vclock.Version{{Dot: vclock.Dot{Actor: dynamo.ActorOf(1, 77), Counter: 1}, Value: vclock.Value{ID: 1}}}}
		newer.Context = vclock.Clock{{Actor: dynamo.ActorOf(1, 77), Counter: 1}}
		w.sys.Run(h.id, 1, func() { h.Message(1, &dynamo.Message{Kind: dynamo.Repair, Key: key, Set: newer}) })
		if got := w.converge.count > 0; got != c.parts || len(h.node.Stored(key).Versions) < 2 {
			t.Errorf("at %d: the homes part: %v; %v is stored", c.at, got, w.setText(h.node.Stored(key)))
		}
	}
}
