package world_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

const seedsFile = "testdata/seeds.txt"

// The digests of a dozen seeds of the scenario in which everything is drawn, on every machine.
func TestGoldenSeeds(t *testing.T) {
	golden, err := os.ReadFile(seedsFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var got strings.Builder
	for seed := range uint64(12) {
		name := fmt.Sprintf("chaos-seed-%d", seed+100)
		t.Run(name, func(t *testing.T) {
			number := seed + 100
			r := run(t, library(t, "chaos", scenarios.LoadOptions{Seed: &number}), world.Options{}, 1<<15)
			digest := fmt.Sprintf("%s %d events", r.Digest, r.Events)
			fmt.Fprintf(&got, "%s %s\n", name, digest)
			_, rest, _ := strings.Cut("\n"+string(golden), "\n"+name+" ")
			if want, _, _ := strings.Cut(rest, "\n"); want != digest && !*update {
				t.Errorf("digest %s, golden %q", digest, want)
			}
		})
	}
	if *update {
		if err := os.WriteFile(seedsFile, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
