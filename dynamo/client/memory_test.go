package client

import (
	"testing"

	"dynamosim/dynamo"
)

// What a session has outgrown serves another one, emptied; what each knows stays its own.
func TestSessionsShareMemory(t *testing.T) {
	memory := &Memory{Bodies: &dynamo.Bodies{}}
	var sessions [3]Session
	const keys = 500
	for i := range sessions {
		for key := range dynamo.KeyID(keys) {
			sessions[i].learn(memory, key, uint64(i)*keys+uint64(key)+1, &Result{Outcome: OK, Fastest: dynamo.NodeID(i)})
		}
	}
	for i := range sessions {
		for key := range dynamo.KeyID(keys) {
			seen := sessions[i].Seen(key)
			if got := seen.AppendVersions(nil); len(got) != 1 || got[0] != uint64(i)*keys+uint64(key)+1 || seen.Fastest() != dynamo.NodeID(i) {
				t.Fatalf("session %d knows %v of key %d, fastest %d", i, got, key, seen.Fastest())
			}
		}
		if seen := sessions[i].Seen(keys); seen.AppendVersions(nil) != nil || seen.Fastest() != dynamo.NoNode {
			t.Errorf("session %d knows %+v of a key that it never used", i, seen)
		}
	}
	if allocs := testing.AllocsPerRun(100, func() {
		var s Session
		for key := range dynamo.KeyID(100) {
			s.learn(memory, key, 1, &Result{Outcome: OK})
		}
		memory.give(s.cells)
	}); allocs > 1 {
		t.Errorf("%v allocations where memory was given back", allocs)
	}
}
