package lab_test

import (
	"slices"
	"strings"
	"testing"

	"dynamosim/analysis"
	"dynamosim/scenarios/lab"
)

// With liveness core a node that never comes back holds nothing up: the others must agree, and their hints be delivered; and they must be enough.
func TestACoreMustComeTogether(t *testing.T) {
	for _, c := range []struct {
		name        string
		set         []string
		convergence analysis.Verdict
		want        analysis.Want
		reason      string // of the run's verdict, "" where the checks say it all
	}{
		{"one node stays away", nil, analysis.Valid, analysis.WantValid, ""},
		{"two of the others have not settled yet", []string{"faults.cut.for=16s", "quiesce=10ms"}, analysis.Invalid, analysis.WantValid, "check convergence is invalid"},
		{"two stay away", []string{"faults.cut.at=8s", "faults.cut.for=forever"}, analysis.Valid, analysis.WantValid, "no quorum after the heal"},
		{"nobody compares", []string{"cluster.anti_entropy=false"}, analysis.Valid, analysis.WantReport, ""},
		{"all links lose messages for ever", []string{"faults=[{name: noise, at: 4s, for: forever, loss: {share: 1%}}]"}, analysis.Valid, analysis.WantReport, ""},
	} {
		set := append([]string{"expect=[]", "requires=[]", "checks.hints=report"}, c.set...)
		r, err := lab.Run(open(t, "@lost-for-good", lab.OpenOptions{Set: set}), lab.RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(r.Checks, func(x analysis.Result) bool { return x.Check == "convergence" })
		if got := &r.Checks[i]; got.Verdict != c.convergence || got.Want != c.want {
			t.Errorf("%s: convergence is %s, wanted %s: %s %s", c.name, got.Verdict, got.Want, got.Summary, got.Reason)
		}
		if why := strings.Join(r.Reasons, "; "); (c.reason == "") != (why == "") || !strings.Contains(why, c.reason) {
			t.Errorf("%s: %q, want %q", c.name, why, c.reason)
		}
	}
}
