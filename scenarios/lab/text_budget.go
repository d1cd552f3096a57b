package lab

import (
	"fmt"
	"strings"

	"dynamosim/scenarios/world"
)

// exhaustedView is how much of the time before a budget ran out the hinted trace shows, in ns.
const exhaustedView = 10_000_000

// exhaustionText says which budget ended a run, what the run was busy with, and how to go on: a sentence each.
func exhaustionText(e *world.Exhaustion) []string {
	what := map[string]string{"limits.events": "events", "limits.instant_events": "events at one instant", "limits.objects": "live objects"}[e.Limit]
	lines := []string{fmt.Sprintf("the run was ended by %s, at %s of virtual time and event %s: more than %s %s", e.Limit, momentExactly(e.Time),
		thousands(int64(e.Event)), thousands(e.Bound), what)}
	if e.Total > 0 {
		of := "of the last " + counted(e.Total, "event", "events")
		if e.Of == "objects" {
			of = "of them"
		}
		lines = append(lines, of+" "+strings.Join(exhaustionParts(e), "; "))
	}
	return append(lines, fmt.Sprintf("a larger budget: --set %s=%d", e.Limit, 10*e.Bound))
}

func exhaustionParts(e *world.Exhaustion) []string {
	var all []string
	for _, sort := range []struct {
		label string
		parts []world.Part
	}{{"", e.Kinds}, {"of ", e.Processes}, {"about ", e.Keys}} {
		var texts []string
		for _, p := range sort.parts {
			if percents := p.Count * 100 / e.Total; percents > 0 {
				texts = append(texts, fmt.Sprintf("%d %% %s%s", percents, sort.label, Clean(p.Name)))
			}
		}
		if len(texts) > 0 {
			all = append(all, strings.Join(texts, ", "))
		}
	}
	return all
}

func exhaustionObject(e *world.Exhaustion) object {
	o := object{{"limit", e.Limit}, {"bound", e.Bound}, {"reached", e.Reached}, {"time_ns", e.Time}, {"event", e.Event}}
	if e.Total > 0 {
		busy := object{{"of", e.Of}, {"total", e.Total}, {"kinds", e.Kinds}, {"processes", e.Processes}}
		if len(e.Keys) > 0 {
			busy.add("keys", e.Keys)
		}
		o.add("busy_with", busy)
	}
	return o
}

// momentExactly writes a time of the run with all its digits: 12.3450001 s.
func momentExactly(ns int64) string {
	if ns < 0 {
		return "-" + momentExactly(-ns)
	}
	text := strings.TrimRight(fmt.Sprintf("%d.%09d", ns/1e9, ns%1e9), "0")
	return strings.TrimSuffix(text, ".") + " s"
}
