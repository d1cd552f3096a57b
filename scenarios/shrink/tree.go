package shrink

import (
	"bytes"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"dynamosim/scenarios"
)

// tree is the text of a plan as YAML.
type tree struct{ root *yaml.Node }

// parseTree reads a text that has been loaded before.
func parseTree(text []byte) *tree {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return &tree{&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}}
	}
	return &tree{doc.Content[0]}
}

// text writes the tree.
func (t *tree) text() []byte {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(t.root); err != nil {
		return nil // nothing loads from it
	}
	return b.Bytes()
}

// clone copies the tree.
func (t *tree) clone() *tree { return &tree{cloneNode(t.root)} }

func cloneNode(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = cloneNode(child)
	}
	return &c
}

// at follows keys from the root, nil where there is none.
func (t *tree) at(path ...string) *yaml.Node {
	n := t.root
	for _, key := range path {
		if n = lookup(n, key); n == nil {
			return nil
		}
	}
	return n
}

// list is the items of a list under a top-level key.
func (t *tree) list(key string) []*yaml.Node {
	if n := t.at(key); n != nil && n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return nil
}

// setList puts items under a top-level key, which goes where there are none.
func (t *tree) setList(key string, items []*yaml.Node) {
	if len(items) == 0 {
		remove(t.root, key)
		return
	}
	put(t.root, key, &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: items})
}

// set puts a scalar at a path, making the maps on the way. A mechanism that is written as true or false becomes a map.
func (t *tree) set(value string, path ...string) {
	n := t.root
	for _, key := range path[:len(path)-1] {
		child := lookup(n, key)
		if child == nil || child.Kind != yaml.MappingNode {
			fresh := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
			if child != nil {
				put(fresh, "enabled", child)
			}
			put(n, key, fresh)
			child = fresh
		}
		n = child
	}
	put(n, path[len(path)-1], scalar(value))
}

// drop takes the key at the end of a path away.
func (t *tree) drop(path ...string) bool {
	n := t.at(path[:len(path)-1]...)
	return n != nil && remove(n, path[len(path)-1])
}

func lookup(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// value is the text of a scalar under a key, "" for none.
func value(n *yaml.Node, key string) string {
	if v := lookup(n, key); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

func put(n *yaml.Node, key string, v *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = v
			return
		}
	}
	n.Content = append(n.Content, scalar(key), v)
}

func remove(n *yaml.Node, key string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = slices.Delete(n.Content, i, i+2)
			return true
		}
	}
	return false
}

// scalar is a value without quotes, or with them where it would read as something else.
func scalar(text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: text} }

// text is a value that is a text, whatever it looks like.
func text(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

func names(list []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
	for _, s := range list {
		n.Content = append(n.Content, text(s))
	}
	return n
}

// duration reads the duration under a key of a map.
func duration(n *yaml.Node, key string) (d scenarios.Duration, ok bool) {
	d, err := scenarios.ParseDuration(value(n, key))
	return d, err == nil
}

// forget takes a name out of everything that may name nodes: lists, keys of maps, and "via".
func forget(n *yaml.Node, name string) {
	switch n.Kind {
	case yaml.SequenceNode:
		n.Content = slices.DeleteFunc(n.Content, func(c *yaml.Node) bool {
			if c.Kind == yaml.ScalarNode {
				return c.Value == name
			}
			had := len(c.Content)
			forget(c, name)
			return c.Kind == yaml.SequenceNode && had > 0 && len(c.Content) == 0
		})
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); {
			key, v := n.Content[i], n.Content[i+1]
			if key.Value == name || key.Value == "via" && v.Value == name {
				n.Content = slices.Delete(n.Content, i, i+2)
				continue
			}
			forget(v, name)
			i += 2
		}
	}
}

// pathText writes a path for people.
func pathText(path []string) string { return strings.Join(path, ".") }
