package scenarios

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// merge lays one tree over another and returns the result: maps key by key,
// lists of named items by name, everything else whole. Neither is changed.
func (d *decoder) merge(base, over *yaml.Node, path string) *yaml.Node {
	if base == nil {
		return over
	}
	base, over = widen(base, over, path), widen(over, base, path)
	switch {
	case base.Kind != over.Kind || isWhole(over, path):
		return over
	case over.Kind == yaml.MappingNode:
		return d.mergeMaps(base, over, path)
	case over.Kind == yaml.SequenceNode && itemNames(path, over) != nil:
		return d.mergeItems(base, over, path)
	}
	return over
}

// widen turns a short form into the map that it stands for, where the other
// side is a map: true and false are {enabled: ..}, a check's want {want: ..}.
func widen(n, other *yaml.Node, path string) *yaml.Node {
	if n.Kind != yaml.ScalarNode || other.Kind != yaml.MappingNode {
		return n
	}
	key := ""
	switch {
	case strings.HasPrefix(path, "checks.") && strings.Count(path, ".") == 1:
		key = "want"
	case n.Value == "true" || n.Value == "false":
		key = "enabled"
	default:
		return n
	}
	word := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, Line: n.Line, Column: n.Column}
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column, Content: []*yaml.Node{word, n}}
}

// isWhole tells whether a map is one value: a distribution, a choice, links
// or a partition. It takes the place of another instead of mixing with it.
func isWhole(n *yaml.Node, path string) bool {
	for _, key := range []string{"dist", "one_of", "any_of"} {
		if k, _ := lookup(n, key); k != nil && n.Kind == yaml.MappingNode {
			return true
		}
	}
	return lastPart(path) == "link" || lastPart(path) == "partition"
}

// mergeMaps keeps the order of base and adds what is new at the end.
func (d *decoder) mergeMaps(base, over *yaml.Node, path string) *yaml.Node {
	out := d.shell(over)
	for i := 0; i < len(base.Content); i += 2 {
		key, value := base.Content[i], base.Content[i+1]
		if k, v := lookup(over, key.Value); k != nil {
			key, value = k, d.merge(value, v, join(path, key.Value))
		}
		out.Content = append(out.Content, key, value)
	}
	for i := 0; i < len(over.Content); i += 2 {
		if k, _ := lookup(base, over.Content[i].Value); k == nil {
			out.Content = append(out.Content, over.Content[i], over.Content[i+1])
		}
	}
	return out
}

// mergeItems merges items that have the same explicit name and adds the rest.
func (d *decoder) mergeItems(base, over *yaml.Node, path string) *yaml.Node {
	out := d.shell(over)
	out.Content = append(out.Content, base.Content...)
	names := itemNames(path, base)
	for _, item := range over.Content {
		i := indexOf(names, explicitName(path, item))
		if i < 0 {
			out.Content = append(out.Content, item)
			continue
		}
		out.Content[i] = d.merge(out.Content[i], item, join(path, names[i]))
	}
	return out
}

// shell copies a node without its content.
func (d *decoder) shell(n *yaml.Node) *yaml.Node {
	c := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Style: n.Style, Line: n.Line, Column: n.Column}
	if o := d.origin[n]; o != nil {
		d.origin[c] = o
	}
	return c
}

// from notes that a tree is not part of the main text.
func (d *decoder) from(src *source, n *yaml.Node) *yaml.Node {
	d.origin[n] = src
	for _, c := range n.Content {
		d.from(src, c)
	}
	return n
}

// nameKey returns the key that names the items of a list, "" for lists whose
// items have no names.
func nameKey(path string) string {
	switch path {
	case "workloads", "faults", "nemesis.faults":
		return "name"
	case "operations":
		return "id"
	}
	return ""
}

// explicitName returns the name that an item of a list is given, or "".
func explicitName(path string, item *yaml.Node) string {
	if key, v := lookup(item, nameKey(path)); key != nil && item.Kind == yaml.MappingNode && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// itemNames returns the names by which the items of a list are addressed, nil
// for lists whose items have none.
func itemNames(path string, list *yaml.Node) []string {
	switch path {
	case "faults":
		return faultNames(list)
	case "nemesis.faults":
		return nemesisNames(list)
	case "workloads", "operations":
	default:
		return nil
	}
	names := make([]string, len(list.Content))
	for i, item := range list.Content {
		if names[i] = explicitName(path, item); names[i] == "" {
			names[i] = fmt.Sprintf("[%d]", i)
		}
	}
	return names
}

func indexOf(list []string, s string) int {
	for i, x := range list {
		if x == s && s != "" {
			return i
		}
	}
	return -1
}
