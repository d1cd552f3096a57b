package scenarios

import "testing"

func TestFaultsThatContradictEachOther(t *testing.T) {
	for _, c := range []struct{ faults, under, words string }{
		{"{at: 5s, for: 10s, crash: {nodes: east-1}}, {at: 9s, restart: {nodes: east-1}}", "east-1}}]", `"east-1" is down at 9s: "crash-1" lasts from 5s to 15s`},
		{"{name: off, at: 5s, wipe: {nodes: [east-1, east-2]}}, {at: 9s, restart: {nodes: [east-1, east-2]}}", "[east-1, east-2]}}]", `"off" lasts from 5s to`},
		{"{at: 5s, join: {nodes: [east-1]}}", "[east-1]", `"east-1" is a member already, from the beginning`},
		{"{at: 5s, join: {nodes: [x]}}, {at: 9s, join: {nodes: [x]}}", "[x]}}]", `"x" is a member already, since "join-1" at 5s`},
		{"{at: 9s, join: {nodes: [x]}}, {at: 5s, leave: {nodes: x}}", "x}}]", `"x" is no member by then, and never was`},
		{"{at: 5s, leave: {nodes: east-1}}, {at: 9s, leave: {nodes: east-1}}", "east-1}}]", `no member by then, since "leave-1" at 5s`},
		{"{at: 5s, replace: {node: east-1, by: east-2}}", "east-2", "is a member already"},
		{"{at: 5s, replace: {node: east-1, by: x}}, {at: 7s, replace: {node: east-1, by: y}}", "east-1, by: y", `no member by then, since "replace-1"`},
		{"{at: 5s, for: 5s, stop: {nodes: east-1}}, {at: 7s, leave: {nodes: east-2, via: east-1}}", "east-1}}]", `"east-1" is down at 7s`},
	} {
		s, list := load(t, "faults: ["+c.faults+"]")
		if s != nil || !says(list, Error, c.under, c.words) {
			t.Errorf("%s\nwant an error at %q: %s\ngot\n%s", c.faults, c.under, c.words, FormatAll(list))
		}
	}
	for _, fine := range []string{
		"{at: 5s, for: 10s, crash: {nodes: east-1}}, {at: 9s, restart: {nodes: [east-1, east-2]}}",
		"{at: 5s, for: 4s, crash: {nodes: east-1}}, {at: 9s, restart: {nodes: east-1}}",
		"{at: 5s, for: 4s, crash: {nodes: one}}, {at: 6s, restart: {nodes: one}}",
		"{at: 5s, for: 4s, crash: {nodes: east-1}}, {at: 6s, for: 9s, power-loss: {nodes: all}}, {at: 7s, for: 1s, pause: {nodes: east-1}}",
		"{at: 5s, leave: {nodes: east-1}}, {at: 9s, join: {nodes: [east-1]}}, {at: 19s, leave: {nodes: east-1}}",
		"{enabled: false, at: 5s, join: {nodes: [x]}}, {at: 9s, join: {nodes: [x]}}",
		"{after: d1, leave: {nodes: east-1}}, {at: 9s, join: {nodes: [east-1]}}, {at: 5s, leave: {nodes: east-1}}",
		"{drawn: true, at: 5s, join: {nodes: [x]}}, {drawn: true, at: 9s, join: {nodes: [x]}}",
	} {
		if s, list := load(t, "faults: ["+fine+"]"); s == nil {
			t.Errorf("%s: %s", fine, FormatAll(list))
		}
	}
}
