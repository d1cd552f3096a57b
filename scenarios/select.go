package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Selector says which nodes are meant, or in links and partitions which
// clients. The zero Selector means none was given.
//
// Random forms are drawn when the plan is; forms that depend on the run
// (replicas, coordinator, fallbacks, neighbours) stay as they are and are
// resolved when they are used, see [Selector.Resolve].
type Selector struct {
	Form SelectorForm
	Name string     // Named: a node, datacenter, workload or client; One to Majority: the datacenter, "" for all nodes; ReplicasOf to FallbacksOf: a key; NeighboursOf: a node
	Of   []Selector // Union and AnyOf: the parts
}

// SelectorForm is a way of saying which nodes. The numbers are explicit and
// never reused.
type SelectorForm uint8

// The forms of a Selector.
const (
	SelectNone          SelectorForm = 0
	SelectNamed         SelectorForm = 1  // n3, east, shoppers, shoppers/3
	SelectUnion         SelectorForm = 2  // [n1, n4]
	SelectAll           SelectorForm = 3  // all: every node
	SelectOne           SelectorForm = 4  // one: a random node; "one in east"
	SelectTwo           SelectorForm = 5  // two
	SelectMinority      SelectorForm = 6  // minority: fewer than half, as many as possible
	SelectMajority      SelectorForm = 7  // majority: more than half, as few as possible
	SelectAnyDatacenter SelectorForm = 8  // any datacenter: all nodes of a random one
	SelectAnyOf         SelectorForm = 9  // {any_of: [one, minority]}: a random choice
	SelectReplicas      SelectorForm = 10 // replicas of K: the first N of its preference list
	SelectCoordinator   SelectorForm = 11 // coordinator of K
	SelectFallbacks     SelectorForm = 12 // fallbacks of K: the rest of its preference list
	SelectNeighbours    SelectorForm = 13 // neighbours of n3: before and after it on the ring
)

// countForms are the words for a number of random nodes.
var countForms = [...]struct {
	word string
	form SelectorForm
}{{"one", SelectOne}, {"two", SelectTwo}, {"minority", SelectMinority}, {"majority", SelectMajority}}

// ofForms are the words before "of" a key or node.
var ofForms = [...]struct {
	word string
	form SelectorForm
}{{"replicas", SelectReplicas}, {"coordinator", SelectCoordinator}, {"fallbacks", SelectFallbacks}, {"neighbours", SelectNeighbours}}

// selectorForms lists the forms for a hint.
const selectorForms = "a name such as n3 or east, a list, all, one, two, minority, majority, one in east, any datacenter, replicas of KEY, coordinator of KEY, fallbacks of KEY, neighbours of n3, or {any_of: [..]}"

// Select returns the Selector of these names.
func Select(names ...string) Selector {
	if len(names) == 1 {
		return Selector{Form: SelectNamed, Name: names[0]}
	}
	s := Selector{Form: SelectUnion}
	for _, n := range names {
		s.Of = append(s.Of, Select(n))
	}
	return s
}

// Given tells whether there is a selector at all.
func (s Selector) Given() bool { return s.Form != SelectNone }

// Random tells whether something is left to draw.
func (s Selector) Random() bool {
	if s.Form >= SelectOne && s.Form <= SelectAnyOf {
		return true
	}
	for _, part := range s.Of {
		if part.Random() {
			return true
		}
	}
	return false
}

// Symbolic tells whether the run decides who is meant.
func (s Selector) Symbolic() bool {
	if s.Form >= SelectReplicas {
		return true
	}
	for _, part := range s.Of {
		if part.Symbolic() {
			return true
		}
	}
	return false
}

// ParseSelector reads a selector such as n3, [n1, east], one in east or
// replicas of cart-7.
func ParseSelector(text string) (Selector, error) {
	var s Selector
	return s, parseFlow(text, func(d *decoder, n *yaml.Node) { s.decodeYAML(d, n, "selector") })
}

// parseSelectorWords reads a selector without brackets.
func parseSelectorWords(text string) (Selector, error) {
	words := strings.Fields(text)
	switch {
	case len(words) == 1:
		return parseSelectorName(words[0])
	case text == "any datacenter":
		return Selector{Form: SelectAnyDatacenter}, nil
	case len(words) == 3 && words[1] == "in":
		return parseCountIn(words[0], words[2])
	case len(words) == 3 && words[1] == "of":
		return parseOf(words[0], words[2])
	}
	return Selector{}, hinted{"not a choice of nodes: " + quote(text), selectorForms}
}

func parseSelectorName(word string) (Selector, error) {
	if word == "all" {
		return Selector{Form: SelectAll}, nil
	}
	if f := countForm(word); f != SelectNone {
		return Selector{Form: f}, nil
	}
	workload, number, numbered := strings.Cut(word, "/")
	if checkFormat("id", workload) != nil || numbered && !isCount(number) {
		return Selector{}, hinted{"not a choice of nodes: " + quote(word), selectorForms}
	}
	return Selector{Form: SelectNamed, Name: word}, nil
}

// isCount tells whether text is a number from 1 as strconv writes it.
func isCount(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n > 0 && strconv.Itoa(n) == text
}

func countForm(word string) SelectorForm {
	for _, c := range countForms {
		if c.word == word {
			return c.form
		}
	}
	return SelectNone
}

// parseCountIn reads "one in east".
func parseCountIn(word, datacenter string) (Selector, error) {
	form := countForm(word)
	if form == SelectNone {
		return Selector{}, hinted{"not a number of nodes: " + quote(word), "one, two, minority or majority, as in \"one in " + cut(datacenter, 20) + "\""}
	}
	return Selector{Form: form, Name: datacenter}, checkFormat("name", datacenter)
}

// parseOf reads "replicas of kv-1".
func parseOf(word, name string) (Selector, error) {
	for _, f := range ofForms {
		if f.word != word {
			continue
		}
		format := "key"
		if f.form == SelectNeighbours {
			format = "name"
		}
		return Selector{Form: f.form, Name: name}, checkFormat(format, name)
	}
	return Selector{}, hinted{"not a choice of nodes: " + quote(word+" of .."), "replicas of KEY, coordinator of KEY, fallbacks of KEY or neighbours of a node"}
}

// String returns the selector as ParseSelector reads it.
func (s Selector) String() string { return flowText(s.encodeYAML()) }

// words returns a selector without parts as it is written.
func (s Selector) words() string {
	switch s.Form {
	case SelectNamed:
		return s.Name
	case SelectAll:
		return "all"
	case SelectAnyDatacenter:
		return "any datacenter"
	}
	for _, c := range countForms {
		if c.form == s.Form && s.Name != "" {
			return c.word + " in " + s.Name
		} else if c.form == s.Form {
			return c.word
		}
	}
	for _, f := range ofForms {
		if f.form == s.Form {
			return f.word + " of " + s.Name
		}
	}
	panic(fmt.Sprintf("scenarios: selector %+v has no words", s))
}

func (s Selector) encodeYAML() *yaml.Node {
	if s.Form == SelectNone {
		return nil
	}
	if s.Form != SelectUnion && s.Form != SelectAnyOf {
		return scalarNode(s.words())
	}
	list := listNode(nil)
	for _, part := range s.Of {
		list.Content = append(list.Content, part.encodeYAML())
	}
	if s.Form == SelectUnion {
		return list
	}
	out := mapNode()
	out.Style = yaml.FlowStyle
	addKey(out, "any_of", list)
	return out
}

func (s *Selector) decodeYAML(d *decoder, n *yaml.Node, path string) {
	*s = Selector{}
	switch n.Kind {
	case yaml.SequenceNode:
		*s = Selector{Form: SelectUnion, Of: d.selectors(n, path)}
	case yaml.MappingNode:
		if key, list := lookup(n, "any_of"); list != nil && list.Kind == yaml.SequenceNode && len(n.Content) == 2 {
			d.remember(join(path, "any_of"), key, list)
			*s = Selector{Form: SelectAnyOf, Of: d.selectors(list, join(path, "any_of"))}
			return
		}
		d.fail(n, path, selectorForms, "%s: not a choice of nodes", subject(path))
	default:
		text, ok := d.word(n, path, "a choice of nodes")
		if !ok {
			return
		}
		sel, err := parseSelectorWords(text)
		if err != nil {
			message, hint := unwrapHint(err)
			d.fail(n, path, hint, "%s", message)
			return
		}
		*s = sel
	}
}

// selectors reads the parts of a list.
func (d *decoder) selectors(n *yaml.Node, path string) []Selector {
	if len(n.Content) == 0 {
		d.fail(n, path, "such as [n1, n2]", "%s names nobody", subject(path))
	}
	parts := make([]Selector, len(n.Content))
	for i, c := range n.Content {
		at := path + "[" + strconv.Itoa(i) + "]"
		d.remember(at, nil, c)
		d.decode(c, at, &parts[i])
	}
	return parts
}

// parseFlow reads a value written on one line, as String writes it.
func parseFlow(text string, read func(d *decoder, n *yaml.Node)) error {
	src := newSource("", []byte(text))
	root, problems := parse(src, []byte(text))
	if problems == nil {
		d := newDecoder(&Vocabulary{}, src)
		read(d, root)
		problems = d.list
		if len(problems) == 0 && len(d.drawn) > 0 {
			return hinted{"not concrete: " + quote(d.drawn[0].Text), "give one value"}
		}
	}
	if len(problems) > 0 {
		return hinted{problems[0].Message, problems[0].Hint}
	}
	return nil
}
