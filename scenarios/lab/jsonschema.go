package lab

import (
	"slices"
	"strings"

	"dynamosim/scenarios"
)

// JSONSchema is the scenario language as JSON Schema, for editors: names of keys, kinds of values, choices of words and what each key
// means. It lets some wrong scenarios pass, never refuses a right one; Load knows the rest.
func JSONSchema() []byte {
	root := &schemaNode{}
	for _, row := range scenarios.SchemaDocs() {
		root.at(steps(row.Path)).row = row
	}
	o := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "dynamosim scenario"}, {"type", "object"},
		{"required", []string{"version"}},
	}
	return append(o, root.keys()...).pretty()
}

// schemaNode is a value of the language: what is said of it, and what is in it.
type schemaNode struct {
	row   scenarios.SchemaRow
	names []string // of its keys, in the order of the schema
	below []*schemaNode
	list  bool // what is below is the one kind of its items
}

// at is the node at a path, made where it is new.
func (n *schemaNode) at(path []string) *schemaNode {
	for _, step := range path {
		i := slices.Index(n.names, step)
		if i < 0 {
			i = len(n.names)
			n.names, n.below = append(n.names, step), append(n.below, &schemaNode{})
		}
		n.list = step == anyName && strings.HasPrefix(n.row.Type, "list")
		n = n.below[i]
	}
	return n
}

// keys says which keys a map has.
func (n *schemaNode) keys() object {
	var o object
	if i := slices.Index(n.names, anyName); i >= 0 {
		return object{{"additionalProperties", n.below[i].schema()}}
	}
	properties := object{}
	for i, name := range n.names {
		properties.add(name, n.below[i].schema())
	}
	o.add("properties", properties)
	o.add("patternProperties", object{{"^x-", object{}}})
	o.add("additionalProperties", false)
	return o
}

// schema describes the value. Any value may be drawn: a range such as 1..5, or a map such as {one_of: [1, 5]}.
func (n *schemaNode) schema() object {
	var o object
	if text := n.description(); text != "" {
		o.add("description", text)
	}
	switch {
	case n.row.Type == "value":
		return o
	case n.list:
		o.add("type", "array")
		o.add("items", n.below[0].schema())
	case len(n.names) > 0:
		o.add("type", []string{"object", "string", "boolean"}) // short forms, such as the want of a check, or a mechanism switched off
		o = append(o, n.keys()...)
	case n.row.Values != nil && !strings.HasPrefix(n.row.Type, "list"):
		o.add("anyOf", []object{{{"enum", n.row.Values}}, {{"type", "object"}}})
	default:
		o.add("type", jsonTypes(n.row.Type))
	}
	return o
}

func (n *schemaNode) description() string {
	text := n.row.Doc
	if n.row.Type != "" {
		text = strings.TrimSpace(text + " (" + n.row.Type)
		if n.row.Range != "" {
			text += ", " + n.row.Range
		}
		if n.row.Default != "" {
			text += ", by default " + n.row.Default
		}
		text += ")"
	}
	return text
}

// jsonTypes are the types of JSON that a value of the language may have.
func jsonTypes(words string) []string {
	types := []string{"object", "string"}
	for _, t := range [...]struct{ word, json string }{
		{"number", "number"}, {"share", "number"}, {"text", "number"}, {"true or false", "boolean"}, {"list", "array"}, {"nodes", "array"}, {"duration", "number"},
		{"distribution", "number"}, {"bytes", "number"}, {"ppm", "number"}, {"rate", "number"}, {"id", "number"},
	} {
		if strings.Contains(words, t.word) && !slices.Contains(types, t.json) {
			types = append(types, t.json)
		}
	}
	return types
}
