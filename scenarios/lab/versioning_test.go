package lab_test

import (
	"testing"

	"dynamosim/scenarios/lab"
)

// Whatever way of keeping versions promises that nothing is lost keeps the promise under random faults, and replicas end up equal: also where
// tombstones are forgotten after a second, or there are none, while anti-entropy compares trees all the time.
func TestChaosUnderOtherVersioning(t *testing.T) {
	for _, set := range []string{
		"cluster.versioning.mode=riak", "cluster.versioning.tombstones.grace=1s", "cluster.versioning.tombstones=false", "cluster.versioning.max_siblings=4",
	} {
		t.Run(set, func(t *testing.T) {
			for seed := uint64(1); seed <= uint64(max(2, *seeds/10)); seed++ {
				plan := open(t, "@chaos", lab.OpenOptions{Seed: &seed, Set: []string{set, "cluster.anti_entropy.every=700ms", "duration=30s", "nemesis.until=30s"}})
				r, err := lab.Run(plan, lab.RunOptions{})
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				if r.Verdict != lab.Passed {
					t.Errorf("seed %d: %v", seed, r.Reasons)
				}
			}
		})
	}
}
