package scenarios

import "gopkg.in/yaml.v3"

// Link says which links are meant, each with its direction. The zero Link is
// all links between nodes.
type Link struct {
	Form     LinkForm
	From, To Selector // LinkOneWay and LinkBetween; otherwise none
}

// LinkForm is a way of saying which links. The numbers are explicit and never
// reused.
type LinkForm uint8

// The forms of a Link.
const (
	LinkAll     LinkForm = 0 // not given: all links between nodes
	LinkSameDC  LinkForm = 1 // same-dc: between nodes of one datacenter
	LinkCrossDC LinkForm = 2 // cross-dc: between nodes of different datacenters
	LinkClient  LinkForm = 3 // client: between clients and nodes
	LinkOneWay  LinkForm = 4 // {from: N, to: N}
	LinkBetween LinkForm = 5 // {between: [N, N]}, both ways
)

// linkClasses are the classes of links, which are words.
var linkClasses = [...]struct {
	word string
	form LinkForm
}{{"same-dc", LinkSameDC}, {"cross-dc", LinkCrossDC}, {"client", LinkClient}}

// linkForms lists the forms for a hint.
const linkForms = "same-dc, cross-dc, client, {from: n1, to: n2} one way, or {between: [n1, n2]} both ways"

// ParseLink reads a link such as cross-dc or {from: n1, to: east}.
func ParseLink(text string) (Link, error) {
	var l Link
	return l, parseFlow(text, func(d *decoder, n *yaml.Node) { l.decodeYAML(d, n, "link") })
}

// String returns the link as ParseLink reads it, and "" for the zero Link.
func (l Link) String() string { return flowText(l.encodeYAML()) }

func (l Link) encodeYAML() *yaml.Node {
	for _, c := range linkClasses {
		if c.form == l.Form {
			return scalarNode(c.word)
		}
	}
	out := mapNode()
	out.Style = yaml.FlowStyle
	switch l.Form {
	case LinkOneWay:
		addKey(out, "from", l.From.encodeYAML())
		addKey(out, "to", l.To.encodeYAML())
	case LinkBetween:
		list := listNode(nil)
		list.Content = append(list.Content, l.From.encodeYAML(), l.To.encodeYAML())
		addKey(out, "between", list)
	default:
		return nil
	}
	return out
}

func (l *Link) decodeYAML(d *decoder, n *yaml.Node, path string) {
	*l = Link{}
	if n.Kind == yaml.MappingNode {
		l.decodeMap(d, n, path)
		return
	}
	word, ok := d.word(n, path, "a choice of links")
	if !ok {
		return
	}
	var words []string
	for _, c := range linkClasses {
		if c.word == word {
			l.Form = c.form
			return
		}
		words = append(words, c.word)
	}
	hint := linkForms
	if near := nearest(word, words); near != "" {
		hint = "did you mean " + quote(near) + "?"
	}
	d.fail(n, path, hint, "not a choice of links: %s", quote(word))
}

func (l *Link) decodeMap(d *decoder, n *yaml.Node, path string) {
	known := []string{"from", "to", "between"}
	for i := 0; i < len(n.Content); i += 2 {
		if k := n.Content[i]; !contains(known, k.Value) && !ignored(k.Value) {
			d.unknownKey(k, path, known)
		}
	}
	_, from := lookup(n, "from")
	_, to := lookup(n, "to")
	_, between := lookup(n, "between")
	switch {
	case between != nil && from == nil && to == nil:
		l.Form = LinkBetween
		ends := d.pair(between, join(path, "between"))
		l.From, l.To = ends[0], ends[1]
	case from != nil && to != nil && between == nil:
		l.Form = LinkOneWay
		d.decode(from, join(path, "from"), &l.From)
		d.remember(join(path, "from"), nil, from)
		d.decode(to, join(path, "to"), &l.To)
		d.remember(join(path, "to"), nil, to)
	default:
		d.fail(n, path, "{from: n1, to: n2} one way, or {between: [n1, n2]} both ways", "%s needs both from and to, or between alone", subject(path))
	}
}

// pair reads the two sides of between.
func (d *decoder) pair(n *yaml.Node, path string) (ends [2]Selector) {
	d.remember(path, nil, n)
	switch {
	case n.Kind != yaml.SequenceNode:
		d.wrongKind(n, path, "a list of two", "such as [n1, [n2, n3]]")
		return ends
	case len(n.Content) != 2:
		d.fail(n, path, "such as [n1, [n2, n3]]", "%s has two sides, not %d", subject(path), len(n.Content))
		return ends
	}
	copy(ends[:], d.selectors(n, path))
	return ends
}

// eachSelector calls f for the ends, with their paths below the link's.
func (l *Link) eachSelector(path string, f func(path string, s *Selector, clients bool)) {
	switch l.Form {
	case LinkOneWay:
		f(join(path, "from"), &l.From, true)
		f(join(path, "to"), &l.To, true)
	case LinkBetween:
		f(join(path, "between[0]"), &l.From, true)
		f(join(path, "between[1]"), &l.To, true)
	}
}
