package lab

import (
	"strings"

	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// What there is, from the registries of the packages that own it: the program's own documentation, which cannot fall behind.

// Counters describes every counter of a run.
func Counters() []world.CounterDoc { return world.CounterDocs() }

// Mechanisms describes what a scenario can list under requires.
func Mechanisms() []world.Mechanism { return world.Mechanisms() }

// Point is a moment in a node at which a fault can begin.
type Point struct {
	Name  string `json:"name"`
	Doc   string `json:"doc"`
	Paper string `json:"paper"`
}

// Points describes the moments that a fault's when can name.
func Points() []Point {
	var list []Point
	for _, m := range dynamo.Marks() {
		if m.Point != "" {
			list = append(list, Point{m.Point, m.Doc, m.Paper})
		}
	}
	return list
}

// FaultFields describes the fields of a kind of fault.
func FaultFields(kind string) []scenarios.SchemaRow {
	var rows []scenarios.SchemaRow
	for _, row := range scenarios.SchemaDocs() {
		if field, ok := strings.CutPrefix(row.Path, "faults[]."+kind+"."); ok {
			row.Path = field
			rows = append(rows, row)
		}
	}
	return rows
}

// Schema describes the key at a path and those below it. In place of [] and NAME a path may have what a scenario has there:
// workloads.kv.keys and faults[0].at are as good as workloads[].keys and faults[].at.
func Schema(path string) []scenarios.SchemaRow {
	all := scenarios.SchemaDocs()
	if path == "" {
		return all
	}
	want := steps(path)
	var rows []scenarios.SchemaRow
	for _, row := range all {
		if have := steps(row.Path); len(have) >= len(want) && fits(want, have[:len(want)]) {
			rows = append(rows, row)
		}
	}
	return rows
}

// anyName is a step of a path that stands for whatever name or index a scenario has there.
const anyName = "NAME"

// steps takes a path apart: workloads[].keys is workloads, NAME, keys.
func steps(path string) []string {
	var list []string
	for _, step := range strings.Split(path, ".") {
		name, index, indexed := strings.Cut(step, "[")
		list = append(list, name)
		switch {
		case indexed && index == "]":
			list = append(list, anyName)
		case indexed:
			list = append(list, strings.TrimSuffix(index, "]"))
		}
	}
	return list
}

// fits tells whether a path may mean a path of the schema.
func fits(want, have []string) bool {
	for i := range want {
		if want[i] != have[i] && have[i] != anyName {
			return false
		}
	}
	return true
}

// NearestPath is the path of the schema that a misspelt one probably means, "" if none is near.
func NearestPath(path string) string {
	var paths []string
	for _, row := range scenarios.SchemaDocs() {
		paths = append(paths, row.Path)
	}
	if near := scenarios.Nearest(path, paths); near != "" {
		return near
	}
	for _, p := range paths { // a key's own name, such as theta
		if strings.HasSuffix(p, "."+path) {
			return p
		}
	}
	return ""
}

// Source gives the text of a scenario as it was written, and the name that messages give it.
func Source(source string, opts OpenOptions) (name string, text []byte, err error) {
	name, text, _, err = read(source, opts.Stdin)
	return name, text, err
}
