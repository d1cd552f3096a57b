package scenarios

import (
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// YAML returns the plan: the scenario as it is after drawing, as text that
// Load reads back. It leaves out what equals a default.
func (s *Scenario) YAML() []byte { return s.plan(true) }

// YAMLAll is YAML with the defaults written out.
func (s *Scenario) YAMLAll() []byte { return s.plan(false) }

func (s *Scenario) plan(brief bool) []byte {
	e := &encoder{s: s, brief: brief}
	v := reflect.ValueOf(*s)
	root := e.value(v, e.base(v), &field{})
	for i := 1; i < len(root.Content); i += 2 {
		section := root.Content[i]
		layOut(section)
		isList := section.Kind == yaml.SequenceNode && len(section.Content) > 0 && section.Content[0].Kind == yaml.MappingNode
		if isList || root.Content[i-1].Value == "plan" {
			section.Style = 0 // the header; workloads, operations and faults, one a line
		}
	}
	return marshal(root)
}

// flowWidth is the length up to which a map or list stands on one line.
const flowWidth = 120

// layOut gives short maps and lists the form with braces. It returns the
// length of the one-line form, or something longer than flowWidth.
func layOut(n *yaml.Node) int {
	if n.Kind == yaml.ScalarNode {
		if strings.Contains(n.Value, "\n") {
			return flowWidth + 1
		}
		return len(n.Value)
	}
	width := 2
	for _, c := range n.Content {
		width += layOut(c) + 2
		if n.Kind == yaml.SequenceNode && c.Kind == yaml.ScalarNode && len(n.Content) > 1 && strings.Contains(c.Value, " ") {
			width += flowWidth // claims stand on lines of their own
		}
	}
	if width <= flowWidth {
		n.Style = yaml.FlowStyle
	} else {
		n.Style &^= yaml.FlowStyle
	}
	return width
}

// Equal tells whether two scenarios are the same experiment: their origins,
// and the cases and sweeps that they offer, are left out.
func (s *Scenario) Equal(o *Scenario) bool {
	a, b := *s, *o
	a.Origin, b.Origin = Origin{}, Origin{}
	a.Cases, b.Cases = nil, nil
	a.Sweep, b.Sweep = SweepSpec{}, SweepSpec{}
	a.ShrinksTo, b.ShrinksTo = ShrinksTo{}, ShrinksTo{}
	return reflect.DeepEqual(a, b)
}
