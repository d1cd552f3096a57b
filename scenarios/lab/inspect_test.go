package lab

import (
	"encoding/json"
	"strings"
	"testing"

	"dynamosim/scenarios"
)

// In the middle of the cut of @sloppy-quorum, each side holds its own version, and two stand-ins keep hints.
func TestInspectShowsTheMoment(t *testing.T) {
	s, err := Inspect(libraryPlan(t, "@sloppy-quorum", OpenOptions{}), 7e9, "", "k", RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Homes) != 3 || len(s.Nodes) != 5 || s.Time != 7e9 {
		t.Fatalf("%+v", s)
	}
	for name, want := range map[string]string{"a": "old {a: 1}", "c": "new {a: 1, c: 1}", "d": "new {a: 1, c: 1} hint for a", "e": "new {a: 1, c: 1} hint for b"} {
		for i := range s.Nodes {
			if n := &s.Nodes[i]; n.Name == name && versionsOf(n) != want {
				t.Errorf("%s holds %s, want %s", name, versionsOf(n), want)
			}
		}
	}
	var b strings.Builder
	if err := WriteSnapshot(&b, &s, "k", 100); err != nil || !strings.Contains(b.String(), "k belongs on a, b, c\n") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// Of a node that is down it shows what its disk holds; the others suspect it.
func TestInspectANodeThatIsDown(t *testing.T) {
	s, err := Inspect(libraryPlan(t, "@hinted-handoff", OpenOptions{}), 12e9, "", "", RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	down, up := &s.Nodes[2], &s.Nodes[0]
	if down.Up || down.Keys == 0 || stateOf(down) != "down" || len(up.Suspects) != 1 || up.Suspects[0] != "n3" || hintsOf(up) == "none" || up.Ranges == 0 {
		t.Errorf("%+v\n%+v", down, up)
	}
	var b strings.Builder
	if err := WriteSnapshot(&b, &s, "", 100); err != nil || !strings.Contains(b.String(), "members by all views: n1, n2, n3, n4, n5") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// A node that is not there, and a key that nobody has used.
func TestInspectRefuses(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	for _, c := range []struct{ node, key, says string }{{"x", "", `no node "x"`}, {"", "nothing", `nobody has used a key "nothing"`}} {
		if _, err := Inspect(plan, scenarios.Duration(5e9), c.node, c.key, RunOptions{}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// Each part of the state: the ring with a key's place, hint by hint, the ranges whose trees differ, what waits.
func TestInspectShowsParts(t *testing.T) {
	plan := libraryPlan(t, "@sloppy-quorum", OpenOptions{})
	for _, c := range []struct {
		part, node, key string
		rows            int
		says            []string
	}{
		{"ring", "", "k", 5, []string{"k is at 0.050000 of the ring; homes a, b, c; then d, e", "20.00 %", "60.00 %"}},
		{"hints", "", "", 2, []string{"2 hints", "new {a: 1, c: 1}"}},
		{"hints", "d", "k", 1, []string{"1 hint"}},
		{"trees", "", "", 3, []string{"4 ranges with equal trees", "differ"}},
		{"trees", "d", "", 0, []string{"no range in which"}},
		{"queues", "", "", 5, []string{"incoming"}},
		{"queues", "c", "", 1, []string{"disk"}},
	} {
		v, err := InspectPart(plan, 7e9, c.part, c.node, c.key, RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := v.Text(&b, 100); err != nil || len(v.Rows) != c.rows {
			t.Errorf("%s %s %s: %d rows, want %d: %v", c.part, c.node, c.key, len(v.Rows), c.rows, err)
		}
		for _, want := range c.says {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s lacks %q:\n%s", c.part, want, b.String())
			}
		}
		if !json.Valid(v.JSON()) {
			t.Errorf("%s is no JSON: %s", c.part, v.JSON())
		}
	}
	for _, c := range []struct{ part, node, key, says string }{
		{"rings", "", "", "did you mean ring?"}, {"ring", "x", "", `no node "x"`}, {"ring", "", "nothing", `nobody has used a key "nothing"`},
	} {
		if _, err := InspectPart(plan, 7e9, c.part, c.node, c.key, RunOptions{}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
