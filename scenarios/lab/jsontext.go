package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// object is a JSON object whose keys keep their order, so that equal results are equal bytes.
type object []member

type member struct {
	name  string
	value any
}

func (o *object) add(name string, value any) { *o = append(*o, member{name, value}) }

// MarshalJSON writes the object on one line.
func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendValue(b, m.name), ':')
		b = appendValue(b, m.value)
	}
	return append(b, '}'), nil
}

// pretty writes the object with each member on a line of its own, and each element of the members that are objects in objects or lists
// of objects too: a person can read it, and a diff shows what differs.
func (o object) pretty() []byte {
	b := []byte("{\n")
	for i, m := range o {
		b = append(append(b, ' '), appendValue(nil, m.name)...)
		b = append(b, ": "...)
		b = appendPretty(b, m.value)
		if i < len(o)-1 {
			b = append(b, ',')
		}
		b = append(b, '\n')
	}
	return append(b, "}\n"...)
}

func appendPretty(b []byte, value any) []byte {
	switch v := value.(type) {
	case object:
		if len(v) == 0 || !holdsObject(v) {
			break
		}
		b = append(b, '{')
		for i, m := range v {
			b = append(appendBreak(b, i), appendValue(nil, m.name)...)
			b = append(b, ": "...)
			b = appendValue(b, m.value)
		}
		return append(b, "}"...)
	case []object:
		if len(v) == 0 {
			break
		}
		b = append(b, '[')
		for i, o := range v {
			b = appendValue(appendBreak(b, i), o)
		}
		return append(b, ']')
	}
	return appendValue(b, value)
}

// appendBreak begins element i of an object or list on a new line.
func appendBreak(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return append(b, "\n  "...)
}

func holdsObject(o object) bool {
	_, is := o[0].value.(object)
	return is
}

// appendValue appends a value as JSON, without escapes for HTML.
func appendValue(b []byte, value any) []byte {
	var buffer bytes.Buffer
	e := json.NewEncoder(&buffer)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(fmt.Sprintf("lab: %T does not become JSON: %v", value, err))
	}
	return append(b, bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))...)
}

// inMS is a time in ns that is written in ms, exactly.
type inMS int64

// MarshalJSON writes 2100000 as 2.1.
func (ns inMS) MarshalJSON() ([]byte, error) {
	sign, n := "", uint64(ns)
	if ns < 0 {
		sign, n = "-", -n
	}
	b := strconv.AppendUint([]byte(sign), n/1e6, 10)
	if rest := n % 1e6; rest > 0 {
		b = append(b, bytes.TrimRight(fmt.Appendf(nil, ".%06d", rest), "0")...)
	}
	return b, nil
}
