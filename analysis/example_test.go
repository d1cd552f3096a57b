package analysis

import "testing"

// Every example has the verdict that its check gives.
func TestExamples(t *testing.T) {
	for _, c := range Checks() {
		for _, x := range c.Examples {
			if r := judgeText(t, x.Model, c.Name, x.History); r.Verdict != x.Verdict || x.Why == "" {
				t.Errorf("%s of %v: %s is %v (%s), want %v", c.Name, x.Model, x.History, r.Verdict, r.Summary, x.Verdict)
			}
		}
	}
}
