package lab_test

import (
	"fmt"
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// Counters, effects of faults and the load of nodes can be claimed of parts of a run; the parts add up to the whole.
func TestClaimsAboutPartsOfARun(t *testing.T) {
	claims := []string{
		"hints_stored before n3-down == 0", "hints_stored while n3-down > 0", "hints_delivered while n3-down == 0", "hints_delivered after n3-down > 0",
		"hints_stored(n3) while crash == 0", "hints_pending while n3-down > 0", "hints_pending in quiesce == 0", "hints_pending between 0s and 5s == 0",
		"effects(n3-down) before n3-down == 0", "effects(crash) while n3-down == 1", "effects(n3-down) in quiesce == 0",
		"min(load) while n3-down == 0", "min(load) before n3-down > 0", "gets_coordinated in warmup > 0", "gets_coordinated in quiesce > 0",
		"hints_stored while n3-down <= hints_stored",
	}
	set := "expect=["
	for _, c := range claims {
		set += c + ", "
	}
	r, err := lab.Run(open(t, "@hinted-handoff", lab.OpenOptions{Set: []string{"warmup=3s", set + "]"}}), lab.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Expectations {
		if !c.Holds {
			t.Errorf("%s: got %s", c.Text, c.Got)
		}
	}
	plain, err := lab.Run(open(t, "@hinted-handoff", lab.OpenOptions{Set: []string{"warmup=3s"}}), lab.RunOptions{})
	if err != nil || plain.Result.Digest != r.Result.Digest {
		t.Errorf("counting changes the run: %v", err)
	}
	measure := func(text string) int64 {
		x, err := scenarios.ParseExpectation(text + " >= 0")
		if err != nil {
			t.Fatal(err)
		}
		r, err := lab.Run(open(t, "@hinted-handoff", lab.OpenOptions{Set: []string{"warmup=3s", "expect=[" + x.String() + "]"}}), lab.RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		if _, err := fmt.Sscan(r.Expectations[0].Got, &n); err != nil {
			t.Fatalf("%s: %s", text, r.Expectations[0].Got)
		}
		return n
	}
	if parts, whole := measure("messages in warmup")+measure("messages in load")+measure("messages in quiesce"), measure("messages"); parts != whole || whole == 0 {
		t.Errorf("%d messages in the parts of the run, %d in all", parts, whole)
	}
}
