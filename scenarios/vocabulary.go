package scenarios

import "slices"

// Vocabulary holds the names that this package may not know by itself, as
// data. An empty list accepts every name.
type Vocabulary struct {
	Checks     []string // checks, measures included
	Measures   []string // the checks that can only be reported
	Models     []string // models of linearizable
	Counters   []string // counters that an expectation may name
	Mechanisms []string // mechanisms that requires may name
	Messages   []string // kinds of messages
	Invariants []string // what must hold inside nodes
	Points     []string // named points in a node, where a fault may begin
}

// names returns a list by the word in a vocabulary tag.
func (v *Vocabulary) names(list string) []string {
	switch list {
	case "checks":
		return v.Checks
	case "models":
		return v.Models
	case "counters":
		return v.Counters
	case "mechanisms":
		return v.Mechanisms
	case "messages":
		return v.Messages
	case "invariants":
		return v.Invariants
	case "points":
		return v.Points
	}
	panic("scenarios: no vocabulary " + list)
}

// knows tells whether a list has a name, or is empty.
func (v *Vocabulary) knows(list, name string) bool {
	names := v.names(list)
	return len(names) == 0 || slices.Contains(names, name)
}
