package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// override is one value to put into the tree.
type override struct {
	path  string
	value *yaml.Node
	// place returns a node for messages about, and new keys at, an offset of
	// the path.
	place func(offset int) *yaml.Node
}

// notByOverride are top-level keys that decide how the tree comes about.
var notByOverride = map[string]string{
	"base":    "write it in the file",
	"cases":   "choose one with --case",
	"plan":    "it is written with the plan, not edited",
	"version": "it belongs to the text",
}

// set applies "path=value" of the command line.
func (l *loading) set(root *yaml.Node, text string) {
	src := newSource(setSource+" "+printable(text), []byte(text))
	place := func(offset int) *yaml.Node {
		return l.from(src, &yaml.Node{Kind: yaml.ScalarNode, Line: 1, Column: offset + 1})
	}
	path, valueText, ok := strings.Cut(text, "=")
	if !ok || path == "" {
		l.fail(place(0), "", "path=value, such as cluster.r=1", "no value is given")
		return
	}
	value, problems := parseValue(src, valueText, len(path)+1)
	if problems != nil {
		l.addAll(problems)
		return
	}
	l.assign(root, override{path, l.from(src, value), place})
}

// parseValue parses the value of an override, which begins at a column of a
// one-line text.
func parseValue(src *source, text string, offset int) (*yaml.Node, []Diagnostic) {
	if strings.TrimSpace(text) == "" {
		return nil, []Diagnostic{src.problem(1, offset+1, "such as cluster.r=1", "the value is empty")}
	}
	value, problems := parse(&source{src.name, src.lines}, []byte(text))
	for i := range problems {
		problems[i].Column += offset
		problems[i].Source = printable(src.line(1))
	}
	if problems == nil {
		shift(value, offset)
	}
	return value, problems
}

// shift moves a tree to the right.
func shift(n *yaml.Node, by int) {
	n.Column += by
	for _, c := range n.Content {
		shift(c, by)
	}
}

// step is a place on the way of an override.
type step struct {
	node *yaml.Node
	path string
}

// assign puts a value at a path, making the maps on the way that are missing.
func (l *loading) assign(root *yaml.Node, o override) {
	at := step{root, ""}
	for offset := 0; at.node != nil; {
		rest := o.path[offset:]
		part, ok := nextPart(at, rest)
		if !ok || part == "" {
			l.fail(o.place(offset), o.path, "such as cluster.r", "not a path: %s", quote(o.path))
			return
		}
		last := len(part) == len(rest)
		if hint := notByOverride[part]; hint != "" && at.path == "" {
			l.fail(o.place(0), part, hint, "%s cannot be overridden", part)
			return
		}
		if at.node.Kind == yaml.SequenceNode {
			at = l.intoItem(at, part, o, offset, last)
		} else {
			at = l.intoKey(at, part, o, offset, last)
		}
		if last {
			return
		}
		if offset += len(part); o.path[offset] == '.' {
			offset++
		}
	}
}

// nextPart returns the part of a path that names something in the node. Names
// may have dots in them, so what exists comes first.
func nextPart(at step, rest string) (string, bool) {
	if at.path == "cluster.ring.positions" {
		return rest, true
	}
	for _, name := range namesIn(at) {
		if after, ok := strings.CutPrefix(rest, name); ok && strings.Contains(name, ".") && (after == "" || after[0] == '.') {
			return name, true
		}
	}
	if strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']') + 1
		return rest[:end], end == len(rest) || end > 0 && strings.HasPrefix(rest[end:], ".")
	}
	end := strings.IndexAny(rest, ".[")
	if end < 0 {
		return rest, true
	}
	return rest[:end], end+1 < len(rest)
}

// namesIn lists what a path can name in a node.
func namesIn(at step) []string {
	if at.node.Kind == yaml.SequenceNode {
		if names := itemNames(at.path, at.node); names != nil {
			return names
		}
		names := make([]string, len(at.node.Content))
		for i := range names {
			names[i] = "[" + strconv.Itoa(i) + "]"
		}
		return names
	}
	var names []string
	for i := 0; i < len(at.node.Content); i += 2 {
		names = append(names, at.node.Content[i].Value)
	}
	return names
}

// intoItem goes to an item of a list, or merges the value into it.
func (l *loading) intoItem(at step, part string, o override, offset int, last bool) step {
	names := namesIn(at)
	i := indexOf(names, part)
	if i < 0 {
		l.fail(o.place(offset), at.path, suggest(part, names), "no %s in %s", quote(part), at.path)
		return step{}
	}
	path := join(at.path, part)
	if last {
		at.node.Content[i] = l.merge(at.node.Content[i], o.value, path)
	}
	return l.enter(at.node, i, path, o, offset, last)
}

// intoKey goes to the value of a key, or puts the value there.
func (l *loading) intoKey(at step, part string, o override, offset int, last bool) step {
	path := join(at.path, part)
	for i := 0; i < len(at.node.Content); i += 2 {
		if at.node.Content[i].Value != part {
			continue
		}
		if last {
			at.node.Content[i+1] = l.merge(at.node.Content[i+1], o.value, path)
		}
		return l.enter(at.node, i+1, path, o, offset, last)
	}
	key := o.place(offset)
	key.Tag, key.Value = "!!str", part
	value := o.value
	if !last {
		value = o.place(offset)
		value.Kind, value.Tag = yaml.MappingNode, "!!map"
	}
	at.node.Content = append(at.node.Content, key, value)
	return step{value, path}
}

// enter goes on inside a value; a short form becomes a map first.
func (l *loading) enter(parent *yaml.Node, index int, path string, o override, offset int, last bool) step {
	child := parent.Content[index]
	if last {
		return step{child, path}
	}
	child = widen(child, mapNode(), path)
	parent.Content[index] = child
	switch {
	case choices(child) != nil:
		l.fail(o.place(offset), path, "override the whole of it", "%s is drawn", path)
	case child.Kind == yaml.ScalarNode:
		l.fail(o.place(offset), path, fmt.Sprintf("it is %s", quote(child.Value)), "%s has no parts", path)
	default:
		return step{child, path}
	}
	return step{}
}

// copyTree copies a tree, with where each node came from.
func (d *decoder) copyTree(n *yaml.Node) *yaml.Node {
	c := d.shell(n)
	c.Value = n.Value
	for _, child := range n.Content {
		c.Content = append(c.Content, d.copyTree(child))
	}
	return c
}
