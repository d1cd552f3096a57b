package scenarios

import (
	"fmt"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"
)

// Nodes are the names of a cluster's nodes, in ring-independent order: given
// as a number, they are n1, n2, and so on.
type Nodes []string

// maxNodes bounds the size of a cluster.
const maxNodes = 10000

func (x *Nodes) decodeYAML(d *decoder, n *yaml.Node, path string) {
	if n.Kind == yaml.SequenceNode {
		x.decodeNames(d, n, path)
		return
	}
	if n.Kind == yaml.MappingNode {
		d.wrongKind(n, path, "a number or a list of names", "such as 5 or [a, b, c]")
		return
	}
	number := 0
	d.decodeTagged(n, path, &number, `range:"1..10000"`)
	if number > 0 && number <= maxNodes {
		*x = numbered("n", number)
	}
}

// decodeNames reads a list of names.
func (x *Nodes) decodeNames(d *decoder, n *yaml.Node, path string) {
	if len(n.Content) == 0 || len(n.Content) > maxNodes {
		d.fail(n, path, "from 1 to 10000", "a cluster of %s", count(len(n.Content), "node"))
		return
	}
	seen := make(map[string]bool, len(n.Content))
	names := make(Nodes, 0, len(n.Content))
	for i, c := range n.Content {
		var name string
		d.decodeTagged(c, at(path, i), &name, `format:"name"`)
		if seen[name] && name != "" {
			d.fail(c, at(path, i), "each node needs a name of its own", "node %s is named twice", quote(name))
		}
		seen[name] = true
		names = append(names, name)
	}
	*x = names
}

func (x Nodes) encodeYAML() *yaml.Node {
	if slices.Equal(x, numbered("n", len(x))) {
		return plainNode(strconv.Itoa(len(x)))
	}
	return listNode(x)
}

// Service is the time that handling a message takes, by kind.
type Service struct {
	Default  Dist          // for kinds that Messages does not name
	Messages []MessageTime // in the order of the text
}

// MessageTime is the time that handling one kind of message takes.
type MessageTime struct {
	Kind string `yaml:",key" vocabulary:"messages"`
	Time Dist   `yaml:",value"`
}

// defaultService is the time of kinds that a map of services does not name.
const defaultService = "20us"

func (x *Service) decodeYAML(d *decoder, n *yaml.Node, path string) {
	*x = Service{}
	if _, dist := lookup(n, "dist"); n.Kind != yaml.MappingNode || dist != nil {
		x.Default.decodeYAML(d, n, path)
		return
	}
	x.Default.decodeYAML(d, scalarNode(defaultService), path)
	d.decodeTagged(n, path, &x.Messages, `as:"map"`)
}

func (x Service) encodeYAML() *yaml.Node {
	if len(x.Messages) == 0 {
		return x.Default.encodeYAML()
	}
	out := mapNode()
	for _, m := range x.Messages {
		addKey(out, m.Kind, m.Time.encodeYAML())
	}
	return out
}

// For returns the time of a kind of message.
func (x *Service) For(kind string) Dist {
	for _, m := range x.Messages {
		if m.Kind == kind {
			return m.Time
		}
	}
	return x.Default
}

func (x Dist) encodeYAML() *yaml.Node {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(x.Text), &doc); err != nil || len(doc.Content) != 1 {
		panic(fmt.Sprintf("scenarios: text of a distribution %q: %v", x.Text, err))
	}
	return clean(doc.Content[0])
}

func (x *After) decodeYAML(d *decoder, n *yaml.Node, path string) {
	*x = After{}
	if n.Kind == yaml.MappingNode {
		d.structure(n, path, structOf(x))
		return
	}
	d.decodeTagged(n, path, &x.Op, `format:"id"`)
}

func (x After) encodeYAML() *yaml.Node {
	if x.Delay == 0 {
		return scalarNode(x.Op)
	}
	out := mapNode()
	addKey(out, "op", scalarNode(x.Op))
	addKey(out, "delay", scalarNode(x.Delay.String()))
	return out
}

func (x *ContextRef) decodeYAML(d *decoder, n *yaml.Node, path string) {
	*x = ContextRef{}
	if n.Kind == yaml.SequenceNode {
		d.decodeTagged(n, path, &x.IDs, `format:"id"`)
		return
	}
	var word string
	d.decodeTagged(n, path, &word, `format:"id"`)
	switch word {
	case "", "none":
	case "session":
		x.Session = true
	default:
		x.IDs = []string{word}
	}
}

func (x ContextRef) encodeYAML() *yaml.Node {
	switch {
	case x.Session:
		return scalarNode("session")
	case len(x.IDs) == 0:
		return scalarNode("none")
	case len(x.IDs) == 1:
		return scalarNode(x.IDs[0])
	}
	return listNode(x.IDs)
}

func (x *CheckSpec) decodeYAML(d *decoder, n *yaml.Node, path string) {
	x.Named = true
	if n.Kind == yaml.MappingNode {
		d.structure(n, path, structOf(x))
		return
	}
	d.value(n, path, structOf(x).FieldByName("Want"), fieldOf(*x, "want"))
}

func (x CheckSpec) encodeYAML() *yaml.Node {
	plain := CheckSpec{Name: x.Name, Want: x.Want, Unknown: UnknownFail, Named: x.Named}
	if x == plain {
		return scalarNode(string(x.Want))
	}
	out := mapNode()
	plain.Want = ""
	encodeFields(out, structOf(&x), structOf(&plain), nil)
	return out
}

// Raw is a value that is kept as it was written.
type Raw string

func (x *Raw) decodeYAML(d *decoder, n *yaml.Node, path string) { *x = Raw(flowText(n)) }

func (x Raw) encodeYAML() *yaml.Node { return scalarNode(string(x)) }
