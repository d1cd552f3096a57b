package scenarios

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// yamlEncoder is a type that writes itself as a node which decodeYAML reads
// back; nil for nothing.
type yamlEncoder interface{ encodeYAML() *yaml.Node }

// encoder writes values of a scenario.
type encoder struct {
	s     *Scenario // for defaults that depend on it; nil: none
	brief bool      // only what differs from the defaults
	skip  []string  // keys to leave out
	d     *decoder  // knows the defaults, nil until they are asked for
}

// defaultOf returns a new value of a type with its defaults.
func (e *encoder) defaultOf(t reflect.Type) reflect.Value {
	if e.d == nil {
		e.d = newDecoder(&Vocabulary{}, &source{name: "defaults"})
	}
	v := reflect.New(t).Elem()
	e.d.defaults(v)
	return v
}

// encodeAny writes any value, defaults included.
func encodeAny(v reflect.Value) *yaml.Node {
	return new(encoder).value(v, reflect.Value{}, &field{})
}

// encodeStruct writes a struct, but for what equals base, if base is valid.
func encodeStruct(v, base reflect.Value) *yaml.Node {
	return (&encoder{brief: base.IsValid()}).structure(v, base)
}

// encodeFields adds the fields of a struct that differ from base to a map, but
// for those to skip.
func encodeFields(out *yaml.Node, v, base reflect.Value, skip []string) {
	(&encoder{brief: base.IsValid(), skip: skip}).fields(out, v, base)
}

// baselined is a part of a scenario whose defaults depend on other values.
type baselined interface{ baseline(e *encoder) any }

// base returns what a struct is compared with, invalid unless brief.
func (e *encoder) base(v reflect.Value) reflect.Value {
	if !e.brief || v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	if b, ok := v.Interface().(baselined); ok && e.s != nil {
		return reflect.ValueOf(b.baseline(e))
	}
	return e.defaultOf(v.Type())
}

// value writes a value; of a struct, only what differs from base, if base is
// valid.
func (e *encoder) value(v, base reflect.Value, f *field) *yaml.Node {
	if v.Kind() == reflect.Pointer {
		return e.value(v.Elem(), e.base(v.Elem()), f)
	}
	if y, ok := v.Interface().(yamlEncoder); ok {
		return y.encodeYAML()
	}
	if s, ok := addressable(v).Addr().Interface().(scalar); ok {
		return encodeScalar(s, f)
	}
	switch v.Kind() {
	case reflect.Struct:
		return e.structure(v, base)
	case reflect.Slice:
		return e.slice(v, f)
	case reflect.Bool:
		return plainNode(strconv.FormatBool(v.Bool()))
	case reflect.String:
		return scalarNode(v.String())
	case reflect.Int, reflect.Uint64, reflect.Float64:
		return encodeScalar(numberOf(addressable(v)), f)
	}
	panic("scenarios: no encoder for " + v.Type().String())
}

// encodeScalar writes a scalar, as a word where the field has one for it.
func encodeScalar(s scalar, f *field) *yaml.Node {
	if n, ok := s.(stepped); ok {
		for _, w := range f.words() {
			if n.steps() == w.value {
				return scalarNode(w.word)
			}
		}
	}
	return plainNode(s.text())
}

// structure writes the fields that differ from base; a mechanism of which
// nothing but the switch differs is written as true or false.
func (e *encoder) structure(v, base reflect.Value) *yaml.Node {
	s := shapeOf(v.Type())
	out := mapNode()
	e.fields(out, v, base)
	if s.mechanism && len(out.Content) == 2 && out.Content[0].Value == "enabled" {
		return out.Content[1]
	}
	return out
}

// fields adds the fields that differ from base to a map.
func (e *encoder) fields(out *yaml.Node, v, base reflect.Value) {
	s := shapeOf(v.Type())
	for i := range s.fields {
		f := &s.fields[i]
		value, baseValue := v.Field(f.index), reflect.Value{}
		if f.flag("omit") || unset(value, f) || omits(v, f.key) || contains(e.skip, f.key) {
			continue
		}
		if base.IsValid() {
			baseValue = base.Field(f.index)
			if _, ok := value.Interface().(baselined); ok {
				baseValue = e.base(value)
			}
			if !f.flag("need") && !f.flag("always") && reflect.DeepEqual(value.Interface(), baseValue.Interface()) {
				continue
			}
		}
		if n := e.value(value, baseValue, f); n != nil {
			addKey(out, f.key, n)
		}
	}
}

// omits tells whether a struct has a key that must not be printed, because
// what it holds was derived and means something else when it is written.
func omits(v reflect.Value, key string) bool {
	switch x := v.Interface().(type) {
	case Cluster:
		return key == "nodes" && len(x.Datacenters) > 0
	case Operation:
		return key == "context" && x.Get != ""
	case Scenario:
		return key == "checks" && reflect.DeepEqual(x.Checks, defaultChecks())
	}
	return false
}

// unset tells whether a value means that the key was not given.
func unset(v reflect.Value, f *field) bool {
	if a := f.tag.Get("absent"); a != "" {
		return v.Int() == mustInt(a)
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Pointer:
		return v.IsNil()
	case reflect.String:
		return v.Len() == 0
	}
	return f.flag("derived") && v.IsZero()
}

// slice writes a list, or a map kept as a list.
func (e *encoder) slice(v reflect.Value, f *field) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	if f.tag.Get("as") == "map" {
		return e.mapping(v)
	}
	inner := &field{tag: f.tag}
	for i := range v.Len() {
		item := v.Index(i)
		out.Content = append(out.Content, e.value(item, e.base(item), inner))
	}
	return out
}

// mapping writes a map kept as a list.
func (e *encoder) mapping(v reflect.Value) *yaml.Node {
	out := mapNode()
	for i := range v.Len() {
		item := v.Index(i)
		s := shapeOf(item.Type())
		value := item
		f := &field{}
		if s.value >= 0 {
			value, f.tag = item.Field(s.value), item.Type().Field(s.value).Tag
		}
		addKey(out, item.Field(s.key).String(), e.value(value, e.base(value), f))
	}
	return out
}

// addressable returns v, or a copy of it that has an address.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}

// structOf returns the addressable struct behind a pointer.
func structOf(p any) reflect.Value { return reflect.ValueOf(p).Elem() }

// fieldOf returns the field of a struct that has a key.
func fieldOf(v any, key string) *field {
	s := shapeOf(reflect.TypeOf(v))
	return s.find(key)
}

func mapNode() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"} }

// scalarNode is a text; the library quotes what would read as something else.
func scalarNode(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if strings.Contains(text, "\n") {
		n.Style = yaml.LiteralStyle
	}
	return n
}

// plainNode is a scalar written without quotes: a number or an amount.
func plainNode(text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: text} }

// listNode is a list of texts in brackets.
func listNode(items []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
	for _, s := range items {
		n.Content = append(n.Content, scalarNode(s))
	}
	return n
}

// addKey adds a key to a map.
func addKey(m *yaml.Node, key string, value *yaml.Node) {
	m.Content = append(m.Content, scalarNode(key), value)
}

// clean drops from a tree what the library remembers of its text.
func clean(n *yaml.Node) *yaml.Node {
	c := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Style: n.Style & yaml.FlowStyle}
	for _, child := range n.Content {
		c.Content = append(c.Content, clean(child))
	}
	return c
}

// flowText writes a node on one line.
func flowText(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	c := clean(n)
	c.Style = yaml.FlowStyle
	return strings.TrimSpace(strings.ReplaceAll(string(marshal(c)), "\n", " "))
}

// marshal writes a tree with an indentation of two.
func marshal(n *yaml.Node) []byte {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		panic(fmt.Sprintf("scenarios: writing YAML: %v", err))
	}
	return b.Bytes()
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
