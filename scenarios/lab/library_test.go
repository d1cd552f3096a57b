package lab_test

import (
	"flag"
	"testing"

	"dynamosim/analysis"
	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

var large = flag.Bool("large", false, "run the scenarios with the tag large, and no others")

// Every scenario of the library, and each of its cases, comes out as it says.
func TestLibraryPasses(t *testing.T) {
	for _, e := range scenarios.Library() {
		if e.Large() != *large {
			continue
		}
		plan := open(t, "@"+e.Name, lab.OpenOptions{})
		t.Run(e.Name, func(t *testing.T) { mustPass(t, plan) })
		for _, c := range plan.Cases {
			t.Run(e.Name+"+"+c.Name, func(t *testing.T) { mustPass(t, open(t, "@"+e.Name, lab.OpenOptions{Case: c.Name})) })
		}
	}
}

func open(t *testing.T, source string, opts lab.OpenOptions) *scenarios.Scenario {
	t.Helper()
	plan, _, err := lab.Open(source, opts)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func mustPass(t *testing.T, plan *scenarios.Scenario) {
	t.Helper()
	r, err := lab.Run(plan, lab.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != lab.Passed {
		t.Errorf("verdict %s", r.Verdict)
		for _, why := range r.Reasons {
			t.Error(why)
		}
		for _, c := range r.Checks {
			t.Logf("%s: %s (%s) %s", c.Name(), c.Verdict, c.Summary, c.Reason)
			for _, e := range c.Evidence {
				t.Logf("   %s %s: %s", e.Kind, e.Key, e.Text)
			}
		}
	}
}

// Under crashes and power losses every hint is accounted for, and every acknowledged write has a copy.
func TestHintsAndCopiesAreAccountedFor(t *testing.T) {
	stored := int64(0)
	for seed := range uint64(4) {
		seed := seed + 1
		r, err := lab.Run(open(t, "@chaos", lab.OpenOptions{Seed: &seed, Set: []string{"duration=25s", "checks={hints: report, durability: report}"}}), lab.RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Checks {
			if c.Verdict != analysis.Valid && (c.Check == "hints" || c.Check == "durability") {
				t.Errorf("seed %d: %s: %s", seed, c.Name(), c.Summary)
			}
			stored += c.Number("stored")
		}
	}
	if stored == 0 {
		t.Error("no hint was stored")
	}
}

// A check that is named and has nothing to show is vacuous.
func TestANamedCheckWithNothingToShowIsVacuous(t *testing.T) {
	for _, check := range []string{"hints", "resurrected-deletes"} {
		r, err := lab.Run(open(t, "@put-get", lab.OpenOptions{Set: []string{"checks." + check + "=valid"}}), lab.RunOptions{})
		if err != nil || r.Verdict != lab.Vacuous {
			t.Errorf("%s: %s %v %v", check, r.Verdict, r.Reasons, err)
		}
	}
}
