package lab_test

import (
	"fmt"
	"strings"
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// drawnFaults are the faults of a plan of @swarm, as text, by name: what each entry of its nemesis has drawn.
func drawnFaults(t *testing.T, seed uint64, set ...string) map[string]string {
	t.Helper()
	always := []string{"nemesis.swarm.share=100%", "nemesis.max_down=1000"} // drawn before the budget is applied
	plan := open(t, "@swarm", lab.OpenOptions{Seed: &seed, Set: append(always, set...)})
	drawn := map[string]string{}
	for i := range plan.Faults {
		f := &plan.Faults[i]
		drawn[f.Name] = fmt.Sprintf("%v for %v: %s", f.At, f.For, f.Kind)
	}
	return drawn
}

// entryOf is the name of the entry of the nemesis of @swarm that draws a kind.
func entryOf(kind string) string {
	named := map[string]string{"join": "n6-joins", "leave": "n6-leaves", "replace": "n7-for-n4"}
	if name, ok := named[kind]; ok {
		return name
	}
	return "random-" + kind + "-1"
}

// Turning one kind of fault off leaves every draw of the others as it was: times, targets, parameters.
func TestTurningAFaultOffLeavesTheOthers(t *testing.T) {
	gone := map[string]int{}
	for seed := range uint64(4) {
		all := drawnFaults(t, seed)
		for _, k := range scenarios.FaultKinds() {
			entry := entryOf(k.Name)
			off := drawnFaults(t, seed, "nemesis.faults."+entry+".enabled=false")
			for name, text := range all {
				got, there := off[name]
				switch {
				case strings.HasPrefix(name, entry+"-"):
					if gone[k.Name]++; there {
						t.Errorf("seed %d: %s was turned off and occurs: %s", seed, name, got)
					}
				case got != text:
					t.Errorf("seed %d, without %s: %s was %s and is %s", seed, k.Name, name, text, got)
				}
			}
		}
	}
	for _, k := range scenarios.FaultKinds() {
		if gone[k.Name] == 0 {
			t.Errorf("no seed draws %s", k.Name)
		}
	}
}
