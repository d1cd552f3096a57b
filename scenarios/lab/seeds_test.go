package lab_test

import (
	"flag"
	"testing"

	"dynamosim/scenarios/lab"
)

var seeds = flag.Int("seeds", 20, "seeds of the random scenarios to run")

// With dotted clocks and a sync on every write no acknowledged write is lost under random partitions, crashes, power losses, pauses and loss
// of messages, and every hint finds its home.
func TestChaosLosesNothing(t *testing.T) {
	for seed := uint64(1); seed <= uint64(*seeds); seed++ {
		plan := open(t, "@chaos", lab.OpenOptions{Seed: &seed})
		r, err := lab.Run(plan, lab.RunOptions{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if r.Verdict != lab.Passed {
			t.Errorf("seed %d: %v", seed, r.Reasons)
			for _, c := range r.Checks {
				if c.Check == "lost-writes" {
					for _, e := range c.Evidence {
						t.Log(e.Text)
					}
				}
			}
		}
	}
}
