package scenarios

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// yamlEncoder is a type that writes itself as a node which decodeYAML reads
// back; nil for nothing.
type yamlEncoder interface{ encodeYAML() *yaml.Node }

// encodeAny writes any value of a scenario, defaults included.
func encodeAny(v reflect.Value) *yaml.Node { return encodeValue(v, reflect.Value{}, &field{}) }

// encodeValue writes a value; of a struct, only what differs from base, if
// base is valid.
func encodeValue(v, base reflect.Value, f *field) *yaml.Node {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		if base.IsValid() {
			base = defaultOf(v.Type().Elem())
		}
		return encodeValue(v.Elem(), base, f)
	}
	if e, ok := v.Interface().(yamlEncoder); ok {
		return e.encodeYAML()
	}
	if s, ok := addressable(v).Addr().Interface().(scalar); ok {
		return encodeScalar(s, f)
	}
	switch v.Kind() {
	case reflect.Struct:
		return encodeStruct(v, base)
	case reflect.Slice:
		return encodeSlice(v, base.IsValid(), f)
	case reflect.Bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(v.Bool())}
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

// encodeStruct writes the fields that differ from base; a mechanism of which
// nothing but the switch differs is written as true or false.
func encodeStruct(v, base reflect.Value) *yaml.Node {
	s := shapeOf(v.Type())
	out := mapNode()
	encodeFields(out, v, base, nil)
	if s.mechanism && len(out.Content) == 2 && out.Content[0].Value == "enabled" {
		return out.Content[1]
	}
	return out
}

// encodeFields adds the fields that differ from base to a map, but for those
// to skip.
func encodeFields(out *yaml.Node, v, base reflect.Value, skip []string) {
	s := shapeOf(v.Type())
	for i := range s.fields {
		f := &s.fields[i]
		if f.flag("omit") || contains(skip, f.key) {
			continue
		}
		value := v.Field(f.index)
		baseValue := reflect.Value{}
		if base.IsValid() {
			if baseValue = base.Field(f.index); !f.flag("need") && reflect.DeepEqual(value.Interface(), baseValue.Interface()) {
				continue
			}
		}
		if unset(value, f) {
			continue
		}
		if n := encodeValue(value, baseValue, f); n != nil {
			addKey(out, f.key, n)
		}
	}
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
		return v.Len() == 0 && f.tag.Get("default") == ""
	}
	return f.flag("derived") && v.IsZero()
}

// encodeSlice writes a list, or a map kept as a list.
func encodeSlice(v reflect.Value, brief bool, f *field) *yaml.Node {
	asMap := f.tag.Get("as") == "map"
	out := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	if asMap {
		out = mapNode()
	}
	inner := &field{tag: f.tag}
	for i := range v.Len() {
		item := v.Index(i)
		if !asMap {
			out.Content = append(out.Content, encodeValue(item, itemBase(item, brief), inner))
			continue
		}
		s := shapeOf(item.Type())
		addKey(out, item.Field(s.key).String(), encodeEntry(item, brief, &s))
	}
	return out
}

// encodeEntry writes the value of a map kept as a list.
func encodeEntry(item reflect.Value, brief bool, s *shape) *yaml.Node {
	if s.value >= 0 {
		return encodeValue(item.Field(s.value), reflect.Value{}, &field{tag: item.Type().Field(s.value).Tag})
	}
	return encodeValue(item, itemBase(item, brief), &field{})
}

// itemBase returns the defaults of a list item, invalid unless brief.
func itemBase(item reflect.Value, brief bool) reflect.Value {
	if !brief {
		return reflect.Value{}
	}
	if b, ok := item.Interface().(baselined); ok {
		return reflect.ValueOf(b.baseline())
	}
	return defaultOf(item.Type())
}

// baselined is a list item whose defaults depend on its own values.
type baselined interface{ baseline() any }

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
