package scenarios

import (
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"dynamosim/sim/rng"
)

// defaults fills a value with the defaults of its type.
func (d *decoder) defaults(v reflect.Value) {
	if v.Kind() != reflect.Struct || isScalar(v) {
		return
	}
	if done, ok := d.filled[v.Type()]; ok {
		v.Set(done)
		return
	}
	d.fill(v)
	done := reflect.New(v.Type()).Elem()
	done.Set(v)
	d.filled[v.Type()] = done
}

// fill sets each field of a new struct to its default.
func (d *decoder) fill(v reflect.Value) {
	s := shapeOf(v.Type())
	for i := range s.fields {
		f := &s.fields[i]
		target := v.Field(f.index)
		d.defaults(target)
		if a := f.tag.Get("absent"); a != "" {
			target.SetInt(mustInt(a))
		}
		if text, ok := f.tag.Lookup("default"); ok {
			d.defaultValue(text, target, f)
		}
	}
}

// defaultValue reads the text of a default tag.
func (d *decoder) defaultValue(text string, target reflect.Value, f *field) {
	n := plainNode(text)
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		n = parseOwn(text)
	}
	before := len(d.list)
	d.quiet++
	d.value(n, f.key, target, f)
	d.quiet--
	if len(d.list) > before {
		panic(fmt.Sprintf("scenarios: default %q of %s: %s", text, f.key, d.list[before].Message))
	}
}

// parseOwn parses YAML that is part of the program.
func parseOwn(text string) *yaml.Node {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) != 1 {
		panic(fmt.Sprintf("scenarios: own YAML %q: %v", text, err))
	}
	return doc.Content[0]
}

// newDecoder returns a decoder for text of our own, or the start of one.
func newDecoder(v *Vocabulary, main *source) *decoder {
	return &decoder{
		vocab:  v,
		main:   main,
		origin: map[*yaml.Node]*source{},
		places: map[string]place{},
		dists:  map[string]*rng.Dist{},
		filled: map[reflect.Type]reflect.Value{},
	}
}

// defaultOf returns a new value of a type with its defaults.
func defaultOf(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	newDecoder(&Vocabulary{}, &source{name: "defaults"}).defaults(v)
	return v
}
