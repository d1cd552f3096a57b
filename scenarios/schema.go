package scenarios

import (
	"reflect"
	"strings"
)

// SchemaRow describes one key of the language.
type SchemaRow struct {
	Path    string   // such as cluster.timeouts.replica, workloads[].keys.count, checks.NAME.want
	Type    string   // such as duration, share, list of name
	Values  []string // the words allowed, nil if it is not a choice of words
	Default string   // "" for none
	Range   string   // such as 1.., "" for any
	Doc     string   // one phrase
	Needed  bool     // must be given where its parent is
	Derived bool     // the default follows from other keys, and Default says how
}

// SchemaDocs describes every key, in the order of the schema. It is generated
// from the types that Load reads into.
func SchemaDocs() []SchemaRow {
	return schemaOf("", reflect.TypeFor[Scenario]())
}

// schemaOf describes the keys of a struct.
func schemaOf(path string, t reflect.Type) []SchemaRow {
	var rows []SchemaRow
	s := shapeOf(t)
	for i := range s.fields {
		f := &s.fields[i]
		rows = append(rows, schemaField(join(path, f.key), t.Field(f.index).Type, f)...)
	}
	if t == reflect.TypeFor[Fault]() || t == reflect.TypeFor[NemesisFault]() {
		rows = append(rows, schemaKinds(path)...)
	}
	return rows
}

// schemaField describes a key and what is below it.
func schemaField(path string, t reflect.Type, f *field) []SchemaRow {
	row := SchemaRow{Path: path, Values: f.enum(), Default: f.tag.Get("default"), Range: f.tag.Get("range"),
		Doc: f.tag.Get("doc"), Needed: f.flag("need")}
	if d := f.tag.Get("derived"); d != "" {
		row.Default, row.Derived = d, true
	}
	row.Type = typeWords(t, f)
	return append([]SchemaRow{row}, schemaBelow(path, t, f)...)
}

// schemaBelow describes what is inside the value of a key.
func schemaBelow(path string, t reflect.Type, f *field) []SchemaRow {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	list := t.Kind() == reflect.Slice
	if list {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	switch s := shapeOf(t); {
	case list && f.tag.Get("as") == "map":
		path += ".NAME"
		if s.value >= 0 {
			value := t.Field(s.value)
			return []SchemaRow{{Path: path, Type: typeWords(value.Type, &field{tag: value.Tag}), Range: value.Tag.Get("range")}}
		}
	case list:
		path += "[]"
	}
	return schemaOf(path, t)
}

// schemaKinds describes the kinds of faults, each a key of a fault.
func schemaKinds(path string) []SchemaRow {
	var rows []SchemaRow
	for _, k := range FaultKinds() {
		at := join(path, k.Name)
		rows = append(rows, SchemaRow{Path: at, Type: "map", Doc: k.Doc + " Counted: " + k.Effect + "."})
		rows = append(rows, schemaOf(at, reflect.TypeOf(k.New()).Elem())...)
	}
	return rows
}

// typeWords names the type of a value.
func typeWords(t reflect.Type, f *field) string {
	words := plainTypeWords(t, f)
	for _, w := range f.words() {
		words += " or " + w.word
	}
	return words
}

func plainTypeWords(t reflect.Type, f *field) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if name := namedTypes[t.Name()]; name != "" {
		return name
	}
	switch t.Kind() {
	case reflect.Slice:
		if f.tag.Get("as") == "map" {
			return "map"
		}
		return "list of " + plainTypeWords(t.Elem(), f)
	case reflect.Struct:
		if s := shapeOf(t); s.mechanism && !reflect.PointerTo(t).Implements(reflect.TypeFor[yamlDecoder]()) {
			return "map, true or false"
		}
		return "map"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Uint64:
		return "whole number"
	case reflect.Float64:
		return "number"
	}
	if format := f.tag.Get("format"); format != "" {
		return format
	}
	if list := f.tag.Get("vocabulary"); list != "" {
		return strings.TrimSuffix(list, "s")
	}
	if f.enum() != nil {
		return "word"
	}
	return "text"
}

// namedTypes are the types that have a notation of their own.
var namedTypes = map[string]string{
	"Duration":    "duration",
	"Span":        "duration or distribution",
	"Share":       "share",
	"Rate":        "rate",
	"Bytes":       "bytes",
	"Bandwidth":   "bandwidth",
	"PPM":         "ppm",
	"Percentile":  "percentile",
	"HedgeAfter":  "duration or percentile",
	"Drift":       "ppm or range of ppm",
	"Dist":        "distribution",
	"Service":     "distribution, or map of them by message",
	"Nodes":       "whole number or list of name",
	"Selector":    "nodes",
	"Link":        "links",
	"After":       "id or map",
	"ContextRef":  "id, list of id, session or none",
	"Expectation": "claim",
	"SweepClaim":  "claim over seeds",
	"SweepCases":  "list of name, or all",
	"Invariants":  "list of name, all or none",
	"Raw":         "value",
}
