package world_test

import (
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// Looking changes nothing: a run that is looked at every second has the digest of one that is not.
func TestInspectChangesNothing(t *testing.T) {
	plan := library(t, "hinted-handoff", scenarios.LoadOptions{})
	want := run(t, plan, world.Options{}, 1<<15).Digest
	w, err := world.New(plan, world.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for at := int64(0); at <= w.End(); at += 1e9 {
		w.RunUntil(at)
		w.Inspect("", "kv-3")
		w.Inspect("n1", "")
	}
	for w.Step(1 << 15) {
	}
	if got := w.Result().Digest; got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}
