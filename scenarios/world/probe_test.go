package world_test

import (
	"testing"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// A probe is a put of a key that nobody has written, and a get of it that begins the wait after the acknowledgement; the waits take turns.
func TestProbes(t *testing.T) {
	messages := 0
	r := run(t, library(t, "pbs", scenarios.LoadOptions{}), world.Options{Watch: func(int64, int32, int32, *dynamo.Message) { messages++ }}, 1<<15)
	h := r.History
	acked := make(map[int32]int64)
	turn := map[int64]int{}
	for id := range history.OpID(h.Len()) {
		o := h.Op(id)
		_, known := acked[o.Key]
		switch {
		case o.Outcome != history.Ok:
			t.Fatalf("operation %d is %v", id, o.Outcome)
		case o.Func == history.Put && known:
			t.Fatalf("%s was put twice", h.KeyName(o.Key))
		case o.Func == history.Put:
			acked[o.Key] = o.Return
		case !known:
			t.Fatalf("%s was read first", h.KeyName(o.Key))
		default:
			turn[o.Invoke-acked[o.Key]]++
		}
	}
	if len(acked) != 2000 || turn[0] != 1000 || turn[50_000_000] != 1000 || len(turn) != 2 {
		t.Errorf("%d keys, gets by their wait: %v", len(acked), turn)
	}
	if messages < 16*2000 {
		t.Errorf("%d messages were watched", messages)
	}
}
