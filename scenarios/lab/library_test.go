package lab_test

import (
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// Every scenario of the library, and each of its cases, comes out as it says.
func TestLibraryPasses(t *testing.T) {
	for _, e := range scenarios.Library() {
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
