package lab

import (
	"strings"
	"testing"

	"dynamosim/sim/trace"
)

func TestVerifyFindsNothingInAHealthyPlan(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	var course trace.Checkpoints
	report, err := Run(plan, RunOptions{Course: &course})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Verify(plan, report, &course, RunOptions{})
	if d != nil || err != nil {
		t.Errorf("got %v, %v", d, err)
	}
}

// A first run under another seed stands for a world that is not deterministic, and is so only once.
func TestVerifyNamesTheStretchInWhichRunsPart(t *testing.T) {
	seed := uint64(2)
	var course trace.Checkpoints
	report, err := Run(libraryPlan(t, "@put-get", OpenOptions{Seed: &seed}), RunOptions{Course: &course})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Verify(libraryPlan(t, "@put-get", OpenOptions{}), report, &course, RunOptions{})
	if err != nil || d == nil || d.In != "digest" || d.Span.Until == 0 || d.Parting != nil {
		t.Fatalf("got %v, %v", d, err)
	}
	report.Distrust(d)
	if report.ExitCode != ExitNondeterministic || !strings.Contains(report.Reasons[0], "part between events 0 and") {
		t.Errorf("exit code %d, because %v", report.ExitCode, report.Reasons)
	}
}

// Two runs that are the same until a fault of the second begins part at that very event.
func TestPartingIsTheFirstDifferingEvent(t *testing.T) {
	calm := libraryPlan(t, "@hinted-handoff", OpenOptions{Set: []string{"requires=[]", "faults.n3-down.enabled=false"}})
	p, err := FindParting(calm, libraryPlan(t, "@hinted-handoff", OpenOptions{}), RunOptions{})
	if err != nil || p == nil {
		t.Fatalf("%v, %v", p, err)
	}
	if p.Time != 8e9 || len(p.Before) != around || len(p.First) == 0 || len(p.Second) == 0 {
		t.Errorf("at %d, %d before, %d and %d after", p.Time, len(p.Before), len(p.First), len(p.Second))
	}
	found := false
	for _, r := range p.Second {
		found = found || r.Kind == trace.FaultStart
	}
	if !found {
		t.Errorf("the second run has no fault: %+v", p.Second)
	}
	var b strings.Builder
	if err := p.Text(&b, 100, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"the runs part at event ", "8s", "both\n", "first\n", "second\n", "n3-down"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestEqualRunsDoNotPart(t *testing.T) {
	p, err := FindParting(libraryPlan(t, "@sloppy-quorum", OpenOptions{}), libraryPlan(t, "@sloppy-quorum", OpenOptions{}), RunOptions{})
	if p != nil || err != nil {
		t.Errorf("%v, %v", p, err)
	}
}

// A run that ends earlier than the other one parts from it at its end.
func TestPartingAtTheEnd(t *testing.T) {
	short := libraryPlan(t, "@put-get", OpenOptions{Set: []string{"limits.events=60"}})
	p, err := FindParting(short, libraryPlan(t, "@put-get", OpenOptions{}), RunOptions{})
	if err != nil || p == nil || len(p.First) != 0 || len(p.Second) == 0 {
		t.Errorf("%+v, %v", p, err)
	}
}
