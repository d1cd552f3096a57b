package lab

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

func TestSchemaFindsPaths(t *testing.T) {
	for path, want := range map[string]string{
		"cluster.timeouts": "cluster.timeouts", "cluster.n": "cluster.n", "workloads.kv.keys.theta": "workloads[].keys.theta",
		"faults[0].at": "faults[].at", "workloads": "workloads", "checks.linearizable.want": "checks.NAME.want",
		"faults[].crash.nodes": "faults[].crash.nodes",
	} {
		rows := Schema(path)
		if len(rows) == 0 || rows[0].Path != want {
			t.Errorf("%s: %d rows, want the first to be %s", path, len(rows), want)
		}
	}
	if rows := Schema("cluster.timeout"); rows != nil {
		t.Errorf("cluster.timeout has %d rows", len(rows))
	}
	if near := NearestPath("cluster.timeout"); near != "cluster.timeouts" {
		t.Errorf("near cluster.timeout is %q", near)
	}
	if near := NearestPath("theta"); near != "workloads[].keys.theta" {
		t.Errorf("near theta is %q", near)
	}
}

// Every registry that the documentation is made of says something of everything in it.
func TestRegistriesAreComplete(t *testing.T) {
	var counters []string
	for _, c := range Counters() {
		counters = append(counters, c.Name)
		if c.Doc == "" {
			t.Errorf("counter %s has no explanation", c.Name)
		}
	}
	for _, m := range Mechanisms() {
		if !slices.Contains(counters, m.Counter) {
			t.Errorf("mechanism %s: there is no counter %s", m.Name, m.Counter)
		}
	}
	for _, w := range worthSeeing {
		if !slices.Contains(counters, w.counter) {
			t.Errorf("the summary shows a counter %s that does not exist", w.counter)
		}
	}
	for _, k := range scenarios.FaultKinds() {
		if len(FaultFields(k.Name)) == 0 {
			t.Errorf("fault %s has no fields", k.Name)
		}
	}
	if len(Points()) == 0 {
		t.Error("there are no points")
	}
}

// The JSON Schema refuses nothing that Load takes: all of the library, and its plans.
func TestJSONSchemaTakesTheLibrary(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(JSONSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, e := range scenarios.Library() {
		text, _ := scenarios.LibraryFile(e.Name)
		for what, text := range map[string][]byte{"": text, " (plan)": libraryPlan(t, "@"+e.Name, OpenOptions{}).YAML()} {
			var value any
			if err := yaml.Unmarshal(text, &value); err != nil {
				t.Fatal(err)
			}
			for _, problem := range conform(schema, value, "") {
				t.Errorf("%s%s: %s", e.Name, what, problem)
			}
		}
	}
}

func TestJSONSchemaFindsMistakes(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(JSONSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"{version: 1, clutser: {}}":                                   "clutser",
		"{version: 1, cluster: {quorum: sloopy}}":                     "cluster.quorum",
		"{version: 1, workloads: {name: a}}":                          "workloads",
		"{version: 1, workloads: [{name: a, keys: {thetta: 1}}]}":     "thetta",
		"{version: 1, faults: [{at: 1s, crash: {node: n1}}]}":         "crash.node",
		"{version: 1, cluster: {n: [3]}}":                             "cluster.n",
		"{version: 1, checks: {linearizable: {want: valid, foo: 1}}}": "foo",
	} {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if problems := conform(schema, value, ""); len(problems) != 1 || !strings.Contains(problems[0], want) {
			t.Errorf("%s: %q, want one about %s", text, problems, want)
		}
	}
}

// conform checks a value against the part of JSON Schema that JSONSchema uses.
func conform(schema map[string]any, value any, path string) []string {
	if choices, ok := schema["anyOf"].([]any); ok {
		for _, one := range choices {
			if conform(one.(map[string]any), value, path) == nil {
				return nil
			}
		}
		return []string{fmt.Sprintf("%s: %v fits none", path, value)}
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, value) {
		return []string{fmt.Sprintf("%s: %v is none of %v", path, value, enum)}
	}
	if types := schema["type"]; types != nil && !slices.Contains(typeList(types), jsonType(value)) {
		return []string{fmt.Sprintf("%s is a %s, not one of %v", path, jsonType(value), types)}
	}
	var problems []string
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			problems = append(problems, conformKey(schema, key, below, path)...)
		}
	case []any:
		if items, ok := schema["items"].(map[string]any); ok {
			for i, below := range v {
				problems = append(problems, conform(items, below, fmt.Sprintf("%s[%d]", path, i))...)
			}
		}
	}
	return problems
}

func conformKey(schema map[string]any, key string, value any, path string) []string {
	path = strings.TrimPrefix(path+"."+key, ".")
	if properties, ok := schema["properties"].(map[string]any); ok {
		if below, ok := properties[key].(map[string]any); ok {
			return conform(below, value, path)
		}
	}
	switch rest := schema["additionalProperties"].(type) {
	case map[string]any:
		return conform(rest, value, path)
	case bool:
		if !rest && !strings.HasPrefix(key, "x-") {
			return []string{path + " is no key"}
		}
	}
	return nil
}

func typeList(types any) []string {
	if one, ok := types.(string); ok {
		return []string{one}
	}
	var list []string
	for _, t := range types.([]any) {
		list = append(list, t.(string))
	}
	return list
}

func jsonType(value any) string {
	switch value.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case nil:
		return "null"
	}
	return "number"
}

// The page on invariants has a row for each, in the words of the registry.
func TestInvariantsPageIsComplete(t *testing.T) {
	page, err := os.ReadFile("../../docs/invariants.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range world.InvariantDocs() {
		if row := fmt.Sprintf("| `%s` (%s) | %s | %s |", i.Name, i.Paper, i.Doc, i.When); !strings.Contains(string(page), row) {
			t.Errorf("docs/invariants.md lacks %s", row)
		}
	}
}
