package lab

import (
	"context"
	"slices"
	"testing"

	"dynamosim/dynamo"
	"dynamosim/scenarios"
)

// failsFirst is the plan of the first of a few seeds of a scenario that fails with a mistake planted.
func failsFirst(t *testing.T, source string, set []string, mistake dynamo.Planted) *scenarios.Scenario {
	t.Helper()
	for seed := uint64(1); seed <= 40; seed++ {
		plan := libraryPlan(t, source, OpenOptions{Seed: &seed, Set: set})
		report, err := Run(plan, RunOptions{planted: mistake})
		if err != nil {
			t.Fatal(err)
		}
		if report.Verdict == Failed {
			return plan
		}
	}
	t.Fatalf("%s finds %v on none of 40 seeds", source, mistake)
	return nil
}

// A mistake in the node's code is found at random and made small; what is left still shows that very mistake, and nothing else: the node
// without it passes.
func TestShrinkPlantedMistakes(t *testing.T) {
	for _, c := range []struct {
		mistake dynamo.Planted
		source  string
		set     []string
		faults  int
	}{
		{dynamo.PlantedServerContext, "@chaos", []string{"workloads.kv.clients=4", "workloads.kv.context=none", "workloads.kv.ops={get: 1, put: 1}", "workloads.kv.keys.count=5", "duration=10s"}, 0},
		{dynamo.PlantedHintOverwrites, "@chaos", []string{"workloads.kv.clients=4", "workloads.kv.keys.count=10", "invariants=[version-order]", "duration=20s", "nemesis.from=1s"}, 3},
	} {
		plan := failsFirst(t, c.source, c.set, c.mistake)
		small, err := Shrink(context.Background(), plan, ShrinkOptions{TargetOptions: TargetOptions{Operation: -1}, planted: c.mistake})
		if err != nil {
			t.Errorf("%v: %v", c.mistake, err)
			continue
		}
		t.Logf("%v: %s, %v to %v\n%s", c.mistake, small.Signature, small.From, small.Size, small.YAML)
		if z := small.Size; z.Operations > 10 || z.Clients > 3 || z.Faults > c.faults || !small.Whole {
			t.Errorf("%v: %v\n%s", c.mistake, z, small.YAML)
		}
		right, err := Run(loaded(t, string(small.YAML)), RunOptions{})
		if fails, words := small.Target.holds(right, err); fails {
			t.Errorf("%v: a node without the mistake fails in the same way: %s\n%s", c.mistake, words, small.YAML)
		}
		wrong, err := Run(loaded(t, string(small.YAML)), RunOptions{planted: c.mistake})
		if fails, words := small.Target.holds(wrong, err); !fails || !slices.Contains([]Verdict{Failed}, wrong.Verdict) {
			t.Errorf("%v: with the mistake: %s, %s", c.mistake, wrong.Verdict, words)
		}
	}
}
