package lab

import (
	"dynamosim/analysis"
	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// Vocabulary collects the names that a scenario may use and that package scenarios cannot know by itself.
func Vocabulary() scenarios.Vocabulary {
	v := scenarios.Vocabulary{Models: []string{"register", "siblings", "last-write-wins"}, Messages: dynamo.KindNames()}
	for _, c := range analysis.Checks() {
		v.Checks = append(v.Checks, c.Name)
		if c.Measure {
			v.Measures = append(v.Measures, c.Name)
		}
	}
	for _, c := range world.CounterDocs() {
		v.Counters = append(v.Counters, c.Name)
	}
	for _, m := range world.Mechanisms() {
		v.Mechanisms = append(v.Mechanisms, m.Name)
	}
	for _, i := range world.InvariantDocs() {
		v.Invariants = append(v.Invariants, i.Name)
	}
	for _, m := range dynamo.Marks() {
		if m.Point != "" {
			v.Points = append(v.Points, m.Point)
		}
	}
	return v
}
