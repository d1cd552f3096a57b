package scenarios

import (
	"fmt"
	"reflect"

	"gopkg.in/yaml.v3"
)

// mapping reads a map into a list of structs with a key, in the text's order.
func (d *decoder) mapping(n *yaml.Node, path string, v reflect.Value) {
	if !d.isMapping(n, path) {
		return
	}
	s := shapeOf(v.Type().Elem())
	out := reflect.MakeSlice(v.Type(), 0, len(n.Content)/2)
	for i := 0; i < len(n.Content) && !d.full(); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if ignored(key.Value) {
			continue
		}
		item := reflect.New(v.Type().Elem()).Elem()
		at := join(path, key.Value)
		d.remember(at, key, value)
		keyField := v.Type().Elem().Field(s.key)
		d.value(key, at, item.Field(s.key), &field{s.key, "", keyField.Tag})
		d.item(value, at, item, &s)
		out = reflect.Append(out, item)
	}
	v.Set(out)
}

// item reads the value that belongs to the key of a map kept as a list.
func (d *decoder) item(n *yaml.Node, path string, item reflect.Value, s *shape) {
	if s.value >= 0 {
		f := item.Type().Field(s.value)
		d.value(n, path, item.Field(s.value), &field{s.value, "", f.Tag})
		return
	}
	key := item.Field(s.key).Interface()
	d.defaults(item)
	item.Field(s.key).Set(reflect.ValueOf(key))
	d.value(n, path, item, &field{})
}

// sequence reads a list.
func (d *decoder) sequence(n *yaml.Node, path string, v reflect.Value, f *field) {
	if n.Kind != yaml.SequenceNode {
		d.wrongKind(n, path, "a list", "in brackets, even if it is one: [..]")
		return
	}
	names := itemNames(path, n)
	out := reflect.MakeSlice(v.Type(), 0, min(len(n.Content), 100))
	item := &field{tag: f.tag}
	for i, c := range n.Content {
		if d.full() {
			break
		}
		at := at(path, i)
		if names != nil {
			at = join(path, names[i])
			if earlier, ok := d.places[at]; ok && d.quiet == 0 && isItem(names, i) {
				d.fail(c, at, "first on "+d.lineOf(earlier.value), "second %s in %s", quote(names[i]), path)
			}
		}
		d.remember(at, nil, c)
		entry := reflect.New(v.Type().Elem()).Elem()
		d.defaults(entry)
		d.value(c, at, entry, item)
		out = reflect.Append(out, entry)
	}
	v.Set(out)
}

// isItem tells whether the i-th name occurs before.
func isItem(names []string, i int) bool {
	for _, n := range names[:i] {
		if n == names[i] {
			return true
		}
	}
	return false
}

// lineOf names the line of a node for a message.
func (d *decoder) lineOf(n *yaml.Node) string {
	if o := d.origin[n]; o != nil {
		return fmt.Sprintf("line %d of %s", n.Line, o.name)
	}
	return fmt.Sprintf("line %d", n.Line)
}
