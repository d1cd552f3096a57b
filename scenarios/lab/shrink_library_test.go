package lab

import (
	"context"
	"flag"
	"slices"
	"strings"
	"testing"

	"dynamosim/analysis"
	"dynamosim/scenarios"
)

var shrinkAll = flag.Bool("shrink-library", false, "shrink every failure that the library shows by design")

// failure is a check that is invalid in a scenario of the library, or in one of its cases.
type failure struct{ scenario, kase, check string }

// quickFailures are shrunk in every test: one of each shape of witness.
var quickFailures = []failure{
	{"sloppy-quorum", "", "linearizable"}, {"power-loss", "", "lost-writes"}, {"cart-resurfaces", "", "cart"}, {"stale-read", "", "regular"}, {"retry-resurrects", "", "linearizable"},
}

// libraryFailures lists what is invalid with operations as its witness: what fails by design, and what is only reported, of which no size is
// promised.
func libraryFailures(t *testing.T) (list []failure) {
	for _, e := range scenarios.Library() {
		if e.Large() {
			continue
		}
		plan := libraryPlan(t, "@"+e.Name, OpenOptions{})
		cases := []string{""}
		for _, c := range plan.Cases {
			cases = append(cases, c.Name)
		}
		for _, name := range cases {
			report, err := Run(libraryPlan(t, "@"+e.Name, OpenOptions{Case: name}), RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for i := range report.Checks {
				c := &report.Checks[i]
				if c.As == "" && c.Verdict == analysis.Invalid && len(c.Evidence) > 0 && len(c.Evidence[0].Operations) > 0 {
					list = append(list, failure{e.Name, name, c.Check})
				}
			}
		}
	}
	return list
}

// What fails by design is shrunk to what its scenario promises, and fails in the same way from its text alone.
func TestShrinkLibrary(t *testing.T) {
	list := quickFailures
	if *shrinkAll {
		list = libraryFailures(t)
	}
	for _, f := range list {
		t.Run(strings.Join([]string{f.scenario, f.kase, f.check}, " "), func(t *testing.T) { shrinkFailure(t, f) })
	}
}

func shrinkFailure(t *testing.T, f failure) {
	plan := libraryPlan(t, "@"+f.scenario, OpenOptions{Case: f.kase})
	watch := startWatch()
	small, err := Shrink(context.Background(), plan, ShrinkOptions{TargetOptions: TargetOptions{Check: f.check, Operation: -1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %v to %v, %d tried, %v", small.Signature, small.From, small.Size, small.Tried, watch.stop(Cost{}))
	bound := plan.ShrinksTo
	byDesign := slices.ContainsFunc(plan.Checks, func(c scenarios.CheckSpec) bool { return c.Name == f.check && c.Want != scenarios.WantReport })
	if z := small.Size; byDesign && (z.Faults > bound.Faults || z.Clients > bound.Clients || z.Operations > bound.Operations) {
		t.Errorf("%v is more than %+v\n%s", z, bound, small.YAML)
	}
	if !small.Whole {
		t.Error("it was not finished")
	}
	again, list := scenarios.Load("small.yaml", small.YAML, nil, Vocabulary(), scenarios.LoadOptions{})
	if again == nil {
		t.Fatal(scenarios.FormatAll(list))
	}
	report, err := Run(again, RunOptions{})
	if err != nil || report.Result.Digest != small.Digest || report.Verdict != small.Verdict {
		t.Errorf("run again: %v, %+v", err, report)
	}
	if held, words := small.Target.holds(report, nil); !held {
		t.Errorf("run again: %s", words)
	}
}
