package scenarios

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// Invariants are what a run watches inside its nodes: names, or "all". Empty
// is none.
type Invariants []string

// Has tells whether one is watched.
func (x Invariants) Has(name string) bool {
	return slices.Contains(x, name) || slices.Equal(x, Invariants{"all"})
}

func (x *Invariants) decodeYAML(d *decoder, n *yaml.Node, path string) {
	*x = nil
	if n.Kind == yaml.SequenceNode {
		for i, c := range n.Content {
			var name string
			d.decodeTagged(c, at(path, i), &name, `vocabulary:"invariants"`)
			*x = append(*x, name)
		}
		return
	}
	switch n.Value {
	case "all":
		*x = Invariants{"all"}
	case "none":
	default:
		var name string
		d.decodeTagged(n, path, &name, `vocabulary:"invariants"`)
		*x = Invariants{name}
	}
}

func (x Invariants) encodeYAML() *yaml.Node {
	switch {
	case len(x) == 0:
		return nil
	case x.Has(""):
		return scalarNode("all")
	}
	return listNode(x)
}
