package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Fault is one fault of a scenario: when it begins and ends, and what it does.
// Exactly one of At, After and When is given.
//
// Faults that overlap are independent of one another, each with an end of its
// own. Partitions cut what any of them cuts; shares of loss act one after the
// other; a node is down while any fault keeps it down, so that a crash of a
// node that is down already changes nothing. What cannot begin because of
// another scripted fault is refused, by the text where it tells, else by the
// run, which names the reason.
type Fault struct {
	Name    string   `yaml:"name" format:"name" fixed:"" derived:"the kind and its number, such as crash-1" doc:"its name in expectations and in the history"`
	At      Duration `yaml:"at" absent:"-1" doc:"begins at this time"`
	After   *After   `yaml:"after" doc:"begins when a scripted operation has completed: its id, or {op: id, delay: 10ms}"`
	When    *Trigger `yaml:"when" doc:"begins at a named point in a node"`
	For     Duration `yaml:"for" range:"1ns.." word:"forever=-2" derived:"to the heal" doc:"lasts so long; forever: the heal leaves it, which needs liveness core or none"`
	Until   Duration `yaml:"until" absent:"-1" doc:"lasts until this time, in place of for"`
	Enabled bool     `yaml:"enabled" default:"true" doc:"false: it stays away, and no other fault's draws move"`
	Drawn   bool     `yaml:"drawn" default:"false" fixed:"" doc:"drawn by the nemesis, so that it need not bite in every run; a plan marks it"`

	// Kind is what it does: a *Partition, *Loss, and so on.
	Kind FaultKind `yaml:"-"`
}

// Trigger is a moment in the life of a node.
type Trigger struct {
	Point string   `yaml:"point" need:"" vocabulary:"points" doc:"named point in a node, such as put-after-local-write"`
	Node  Selector `yaml:"node" default:"all" doc:"in one of these nodes"`
	Key   string   `yaml:"key" format:"key" doc:"while it handles this key; absent: any"`
	Nth   int      `yaml:"nth" default:"1" range:"1.." doc:"at its n-th such moment, counted over the nodes chosen"`
}

// FaultKind is what a fault does, as data. A struct of fields with tags, as
// the rest of the schema; [FaultKinds] lists them.
type FaultKind interface {
	// Kind returns the name that scenarios use, such as power-loss.
	Kind() string
	// String returns the fault as [ParseFault] reads it, such as
	// partition {groups: [[n1, n2], [n3, n4, n5]]}.
	String() string
	// Instant tells whether it is over as soon as it has begun.
	Instant() bool
	// Down returns the nodes that it takes down or pauses, nil for none.
	Down() *Selector
	// eachSelector calls f for each selector, with its path below the kind and
	// whether it may name clients.
	eachSelector(f func(path string, s *Selector, clients bool))
	// check reports what no single field shows to be wrong.
	check(c *faultCheck)
}

// FaultDoc describes a kind of fault.
type FaultDoc struct {
	Name    string           // such as partition
	Doc     string           // what it does, one or two sentences
	Effect  string           // what is counted as its effect
	Example string           // as ParseFault reads it
	New     func() FaultKind // a new one without fields
}

// FaultKinds returns every kind of fault, in the order of the documentation.
func FaultKinds() []FaultDoc {
	return []FaultDoc{
		partitionDoc(), lossDoc(), duplicateDoc(), reorderDoc(), delayDoc(), bandwidthDoc(), corruptDoc(), clogDoc(), flapDoc(),
		crashDoc(), powerLossDoc(), stopDoc(), restartDoc(), crashLoopDoc(), rollingRestartDoc(), pauseDoc(), slowDoc(), clockDoc(),
		diskErrorDoc(), syncLiesDoc(), lostWriteDoc(), misdirectedWriteDoc(), bitRotDoc(), diskFullDoc(), diskStallDoc(), wipeDoc(), rollbackDoc(),
		joinDoc(), leaveDoc(), replaceDoc(),
	}
}

// findFaultKind returns the kind of that name, nil if there is none.
func findFaultKind(name string) *FaultDoc {
	for _, k := range FaultKinds() {
		if k.Name == name {
			return &k
		}
	}
	return nil
}

func faultKindNames() []string {
	var names []string
	for _, k := range FaultKinds() {
		names = append(names, k.Name)
	}
	return names
}

// ParseFault reads a kind of fault with its fields, such as
// loss {link: cross-dc, share: 1%}. It is the inverse of FaultKind.String.
func ParseFault(text string) (FaultKind, error) {
	name, fields, _ := strings.Cut(strings.TrimSpace(text), " ")
	doc := findFaultKind(name)
	if doc == nil {
		return nil, hinted{"no fault " + quote(name), suggest(name, faultKindNames())}
	}
	if strings.TrimSpace(fields) == "" {
		fields = "{}"
	}
	kind := doc.New()
	err := parseFlow(fields, func(d *decoder, n *yaml.Node) { d.faultFields(n, name, kind) })
	if err != nil {
		return nil, fmt.Errorf("fault %s: %w", quote(text), err)
	}
	return kind, nil
}

// faultText is the String of every kind.
func faultText(k FaultKind) string {
	return k.Kind() + " " + flowText(encodeKind(k))
}

// encodeKind writes the fields of a kind that differ from their defaults.
func encodeKind(k FaultKind) *yaml.Node {
	v := reflect.ValueOf(k).Elem()
	return encodeStruct(v, defaultOf(v.Type()))
}

// faultFields reads the fields of a kind.
func (d *decoder) faultFields(n *yaml.Node, path string, kind FaultKind) {
	v := reflect.ValueOf(kind).Elem()
	d.defaults(v)
	d.structure(n, path, v)
}

func (x *Fault) decodeYAML(d *decoder, n *yaml.Node, path string) {
	x.Kind = d.withKind(n, path, structOf(x))
}

// withKind reads a map that has, beside the fields of a struct, exactly one
// key that names a kind of fault. It returns nil where there is none.
func (d *decoder) withKind(n *yaml.Node, path string, v reflect.Value) FaultKind {
	if !d.isMapping(n, path) {
		return nil
	}
	s := shapeOf(v.Type())
	rest := d.shell(n)
	var kind FaultKind
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		doc := findFaultKind(key.Value)
		switch {
		case s.find(key.Value) != nil || ignored(key.Value):
			rest.Content = append(rest.Content, key, value)
		case doc == nil:
			d.unknownKey(key, path, append(s.keys(), faultKindNames()...))
		case kind != nil:
			d.fail(key, join(path, key.Value), "a fault has one kind; write another fault", "second kind %s beside %s", quote(key.Value), quote(kind.Kind()))
		default:
			kind = doc.New()
			at := join(path, key.Value)
			d.remember(at, key, value)
			d.faultFields(value, at, kind)
		}
	}
	if kind == nil && !d.hasUnknown(n, &s) {
		d.fail(n, path, "one of "+strings.Join(faultKindNames(), ", "), "%s: a fault needs a kind", subject(path))
	}
	d.members(rest, path, v, &s)
	return kind
}

// hasUnknown tells whether a map has a key that was reported as unknown, which
// may well be a misspelt kind.
func (d *decoder) hasUnknown(n *yaml.Node, s *shape) bool {
	for i := 0; i < len(n.Content); i += 2 {
		if k := n.Content[i].Value; s.find(k) == nil && !ignored(k) && findFaultKind(k) == nil {
			return true
		}
	}
	return false
}

func (x Fault) encodeYAML() *yaml.Node {
	out := mapNode()
	encodeFields(out, structOf(&x), defaultOf(reflect.TypeFor[Fault]()), nil)
	addKey(out, x.Kind.Kind(), encodeKind(x.Kind))
	return out
}

// faultNames returns the names by which the faults of a list are addressed:
// their own, else the kind and how many of it the list has so far.
func faultNames(list *yaml.Node) []string { return kindNames(list, "") }

// kindNames names items by their key "name", else by prefix, kind and number.
func kindNames(list *yaml.Node, prefix string) []string {
	names := make([]string, len(list.Content))
	count := map[string]int{}
	for i, item := range list.Content {
		names[i] = "[" + strconv.Itoa(i) + "]"
		if kind := kindOf(item); kind != "" {
			count[kind]++
			names[i] = prefix + kind + "-" + strconv.Itoa(count[kind])
		}
		if _, name := lookup(item, "name"); name != nil && name.Kind == yaml.ScalarNode && name.Value != "" {
			names[i] = name.Value
		}
	}
	return names
}

// kindOf returns the first key of a map that is a kind of fault, "" for none.
func kindOf(item *yaml.Node) string {
	if item.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i < len(item.Content); i += 2 {
		if k := item.Content[i].Value; slices.Contains(faultKindNames(), k) {
			return k
		}
	}
	return ""
}

// nameFaults fills in the names of faults that have none.
func nameFaults(faults []Fault) {
	count := map[string]int{}
	for i := range faults {
		if faults[i].Kind == nil {
			continue
		}
		kind := faults[i].Kind.Kind()
		count[kind]++
		if faults[i].Name == "" {
			faults[i].Name = kind + "-" + strconv.Itoa(count[kind])
		}
	}
}
