package scenarios

import (
	"reflect"
	"strings"
)

// field is one struct field as its tags describe it. The tags:
//
//	yaml:"name"     the key; ",key" the key of a map kept as a list, ",value" its value
//	default:"..."   YAML text; none: the zero value
//	derived:"..."   words for a default that depends on other values
//	absent:"-1"     value of an integer that was not given, which no text means
//	range:"a..b"    bounds, each optional, in the type's own notation
//	enum:"a,b"      the words allowed
//	word:"all=-1"   a word allowed in place of a number
//	format:"name"   what a text must look like: name, id or key
//	vocabulary:"x"  a list of Vocabulary that must hold the text
//	noun:"..."      what the words of enum are, if the key does not say it
//	as:"map"        a list of structs written as a map, in the order of the text
//	signed:""       durations may be negative
//	fixed:""        no range and no one_of
//	need:""         required
//	always:""       printed in a plan even if it equals the default
//	omit:""         not printed in a plan
//	doc:"..."       one phrase
type field struct {
	index int
	key   string
	tag   reflect.StructTag
}

// flag tells whether the field has a tag.
func (f *field) flag(name string) bool {
	_, ok := f.tag.Lookup(name)
	return ok
}

// words returns the words allowed in place of a number, with their values.
func (f *field) words() []wordValue {
	text := f.tag.Get("word")
	if text == "" {
		return nil
	}
	var list []wordValue
	for _, w := range strings.Split(text, ",") {
		name, number, _ := strings.Cut(w, "=")
		list = append(list, wordValue{name, mustInt(number)})
	}
	return list
}

// refuses says that a word is not one of the enum.
func (f *field) refuses(path, word string) string {
	if noun := f.tag.Get("noun"); noun != "" {
		return "no " + noun + " " + quote(word)
	}
	return subject(path) + " cannot be " + quote(word)
}

// wordValue is a word that stands for a number.
type wordValue struct {
	word  string
	value int64
}

// enum returns the words allowed, nil for any.
func (f *field) enum() []string {
	if e := f.tag.Get("enum"); e != "" {
		return strings.Split(e, ",")
	}
	return nil
}

// shape is what the fields of a struct are.
type shape struct {
	fields    []field // those with a key
	key       int     // index of the ",key" field, -1
	value     int     // index of the ",value" field, -1
	mechanism bool    // has "enabled": a bool may stand for the struct
}

// shapeOf reads the tags of a struct type.
func shapeOf(t reflect.Type) shape {
	s := shape{key: -1, value: -1}
	for i := range t.NumField() {
		f := t.Field(i)
		switch tag := f.Tag.Get("yaml"); tag {
		case "", "-":
		case ",key":
			s.key = i
		case ",value":
			s.value = i
		default:
			s.fields = append(s.fields, field{i, tag, f.Tag})
			s.mechanism = s.mechanism || tag == "enabled"
		}
	}
	return s
}

// find returns the field of a key, nil if there is none.
func (s *shape) find(key string) *field {
	for i := range s.fields {
		if s.fields[i].key == key {
			return &s.fields[i]
		}
	}
	return nil
}

// keys returns the names of the fields.
func (s *shape) keys() []string {
	names := make([]string, len(s.fields))
	for i := range s.fields {
		names[i] = s.fields[i].key
	}
	return names
}
