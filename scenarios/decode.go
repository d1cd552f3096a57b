package scenarios

import (
	"fmt"
	"io/fs"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"dynamosim/sim/rng"
)

// decoder walks a tree of YAML against the types of Scenario. It collects
// problems instead of stopping, draws what the text leaves open, and remembers
// where each path was written.
type decoder struct {
	fsys   fs.FS
	vocab  *Vocabulary
	main   *source
	origin map[*yaml.Node]*source // nodes that are not from the main text

	seed       uint64 // class seed of the plan
	occurrence uint64 // mixed into draws: which occurrence of a nemesis fault
	scenario   *Scenario

	field  *field // whose value is being decoded
	nested int    // how many choices (one_of) surround the value
	quiet  int    // > 0: record neither draws nor positions (unchosen options, defaults)
	places map[string]place
	drawn  []Drawn
	list   []Diagnostic
	failed int                            // errors so far, also those past maxKept
	dists  map[string]*rng.Dist           // compiled, by text
	filled map[reflect.Type]reflect.Value // structs with their defaults; what they hold is shared, not changed
}

// place is where a path was written: its key (nil in lists) and its value.
type place struct{ key, value *yaml.Node }

// yamlDecoder is a type that reads itself from a node, into its pointer. The
// node is never an alias, nor a choice (one_of): those are resolved before.
// Problems go to d.fail; what can be read is kept.
type yamlDecoder interface {
	decodeYAML(d *decoder, n *yaml.Node, path string)
}

// decode reads a node into what target points to. It is what a yamlDecoder
// calls for its parts.
func (d *decoder) decode(n *yaml.Node, path string, target any) {
	d.value(n, path, reflect.ValueOf(target).Elem(), &field{})
}

// remember records where a path was written.
func (d *decoder) remember(path string, key, value *yaml.Node) {
	if d.quiet == 0 {
		d.places[path] = place{key, value}
	}
}

// value reads one value.
func (d *decoder) value(n *yaml.Node, path string, v reflect.Value, f *field) {
	defer func(outer *field) { d.field = outer }(d.field)
	d.field = f
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		d.defaults(v.Elem())
		v = v.Elem()
	}
	if options := choices(n); options != nil && !isStructural(v) {
		d.choose(n, options, path, v, f)
		return
	}
	switch target := v.Addr().Interface().(type) {
	case yamlDecoder:
		target.decodeYAML(d, n, path)
	case scalar:
		d.scalar(n, path, target, f)
	default:
		d.plain(n, path, v, f)
	}
}

// plain reads a value of a built-in kind.
func (d *decoder) plain(n *yaml.Node, path string, v reflect.Value, f *field) {
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, path, v)
	case reflect.Slice:
		if f.tag.Get("as") == "map" {
			d.mapping(n, path, v)
		} else {
			d.sequence(n, path, v, f)
		}
	case reflect.Bool:
		d.boolean(n, path, v)
	case reflect.String:
		d.text(n, path, v, f)
	case reflect.Int, reflect.Uint64, reflect.Float64:
		d.scalar(n, path, numberOf(v), f)
	default:
		panic(fmt.Sprintf("scenarios: no decoder for %s at %s", v.Type(), path))
	}
}

// structure reads a map into a struct, by its tags.
func (d *decoder) structure(n *yaml.Node, path string, v reflect.Value) {
	s := shapeOf(v.Type())
	if s.mechanism && n.Kind == yaml.ScalarNode {
		d.value(n, path, v.Field(s.find("enabled").index), &field{})
		return
	}
	d.members(n, path, v, &s)
}

// members reads the keys of a map into the fields of a struct.
func (d *decoder) members(n *yaml.Node, path string, v reflect.Value, s *shape) {
	if !d.isMapping(n, path) {
		return
	}
	for i := 0; i < len(n.Content) && !d.full(); i += 2 {
		if k := n.Content[i]; !ignored(k.Value) && s.find(k.Value) == nil {
			d.unknownKey(k, path, s.keys())
		}
	}
	for i := range s.fields {
		f := &s.fields[i]
		key, value := lookup(n, f.key)
		switch {
		case value != nil:
			at := join(path, f.key)
			d.remember(at, key, value)
			d.value(value, at, v.Field(f.index), f)
		case f.flag("need"):
			d.fail(n, path, f.tag.Get("doc"), "missing key %s%s", quote(f.key), in(path))
		}
	}
}

// unknownKey reports a key that a map may not have.
func (d *decoder) unknownKey(k *yaml.Node, path string, known []string) {
	d.fail(k, join(path, k.Value), suggest(k.Value, known), "unknown key %s%s", quote(k.Value), in(path))
}

// isMapping reports what is not a map.
func (d *decoder) isMapping(n *yaml.Node, path string) bool {
	if n.Kind == yaml.MappingNode {
		return true
	}
	d.wrongKind(n, path, "a map", "key: value, on lines of their own or in braces")
	return false
}

// wrongKind reports a node of the wrong kind.
func (d *decoder) wrongKind(n *yaml.Node, path, want, hint string) {
	what := "a list"
	switch {
	case isNull(n):
		what, hint = "empty", "give it a value, or leave the key out"
	case n.Kind == yaml.ScalarNode:
		what = quote(n.Value)
	case n.Kind == yaml.MappingNode:
		what = "a map"
	}
	d.fail(n, path, hint, "%s must be %s, not %s", subject(path), want, what)
}

// isNull tells whether a scalar is the null of YAML.
func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// ignored tells whether a key is the scenario's own, for anchors.
func ignored(key string) bool { return strings.HasPrefix(key, "x-") }

// lookup returns a key and its value, nil if the map does not have it.
func lookup(n *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// join returns the path of a key, or of an item such as [2].
func join(path, key string) string {
	if strings.HasPrefix(key, "[") {
		return path + key
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// in returns " in path", and nothing at the top.
func in(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

// subject names what is at a path.
func subject(path string) string {
	if path == "" {
		return "the scenario"
	}
	return path
}
