package lab

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"dynamosim/scenarios"
	"dynamosim/sim/trace"
)

func recorded(t *testing.T, plan *scenarios.Scenario) (*Report, []byte) {
	t.Helper()
	var b bytes.Buffer
	r, err := Record(plan, &b, RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r, b.Bytes()
}

func TestRecordingTwiceGivesTheSameBytes(t *testing.T) {
	plan := libraryPlan(t, "@sloppy-quorum", OpenOptions{})
	first, a := recorded(t, plan)
	second, b := recorded(t, plan)
	if !bytes.Equal(a, b) {
		t.Error("two recordings of a plan differ")
	}
	if !bytes.Equal(first.object().pretty(), second.object().pretty()) || !bytes.Equal(first.Markdown(), second.Markdown()) {
		t.Error("two reports of a plan differ")
	}
}

// Recording is watching: it changes nothing.
func TestRecordingChangesNothing(t *testing.T) {
	plan := libraryPlan(t, "@sloppy-quorum", OpenOptions{})
	watched, _ := recorded(t, plan)
	alone, err := Run(plan, RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(watched.object().pretty(), alone.object().pretty()) {
		t.Error("a recorded run has another result than one that nobody watches")
	}
}

func jsonLines(t *testing.T, plan *scenarios.Scenario, f trace.Filter) []map[string]any {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTrace(plan, &b, TraceOptions{Filter: f}, RunOptions{}); err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	for _, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		all = append(all, m)
	}
	return all
}

func TestTraceIsFiltered(t *testing.T) {
	plan := libraryPlan(t, "@sloppy-quorum", OpenOptions{})
	all := jsonLines(t, plan, trace.Filter{})
	some := jsonLines(t, plan, trace.Filter{Key: "k", From: 5e9, Until: 7e9})
	if len(some) < 5 || len(some) >= len(all) {
		t.Errorf("%d of %d lines", len(some), len(all))
	}
	for _, m := range some[1:] {
		if at := m["at"].(float64); at < 5e9 || at > 7e9 {
			t.Errorf("an event at %v ns", at)
		}
	}
}

func TestLadderHasAColumnForThoseWhoTakePart(t *testing.T) {
	var b bytes.Buffer
	o := TraceOptions{Filter: trace.Filter{Key: "cart", Until: 9e9}}
	if err := WriteLadder(libraryPlan(t, "@put-get", OpenOptions{}), &b, o, RunOptions{}); err != nil {
		t.Fatal(err)
	}
	head := ""
	for _, line := range strings.Split(b.String(), "\n") {
		if strings.Contains(line, "time s") {
			head = line
			break
		}
	}
	if got := strings.Join(strings.Fields(head), " "); got != "time s ann bob a b c" {
		t.Errorf("columns are %q", got)
	}
	if strings.Contains(b.String(), "final") {
		t.Error("something after the end of the filter is shown")
	}
}

// A scenario with more processes than columns fit becomes lines of text.
func TestLadderOfManyIsText(t *testing.T) {
	var b bytes.Buffer
	if err := WriteLadder(libraryPlan(t, "@chaos", OpenOptions{}), &b, TraceOptions{Filter: trace.Filter{Until: 2e9}}, RunOptions{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "│") || strings.Count(b.String(), "\n") < 20 {
		t.Errorf("got\n%.500s", b.String())
	}
}
