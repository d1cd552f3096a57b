package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"dynamosim/internal/frozen"
)

// What a scenario says that says nothing is part of the format: the default of every key, and what it comes to in whole scenarios. Keys may be
// added, with a default that leaves everything as it was; none may vanish, and no default may change.
func TestDefaultsAreFrozen(t *testing.T) {
	if Format == 0 {
		t.Skip("no format is frozen yet")
	}
	var now []frozen.Line
	for _, row := range SchemaDocs() {
		if rest, ok := strings.CutPrefix(row.Path, "nemesis.faults[]."); ok && slices.ContainsFunc(FaultKinds(), func(k FaultDoc) bool { return strings.HasPrefix(rest, k.Name) }) {
			continue // as under faults
		}
		value := row.Type
		if row.Default != "" && !row.Derived {
			value += ", by default " + row.Default
		}
		now = append(now, frozen.Line{Name: "schema:" + row.Path, Value: value})
		for _, word := range row.Values {
			now = append(now, frozen.Line{Name: "schema:" + row.Path + "=" + word, Value: "is allowed"})
		}
	}
	bare := written(t, "bare", bareScenario)
	for path, value := range bare { // order: the listing is sorted
		now = append(now, frozen.Line{Name: "bare:" + path, Value: value})
	}
	for name, text := range frozenScenarios() { // order: the listing is sorted
		for path, value := range written(t, name, text) { // order: the listing is sorted
			if bare[path] != value && path != "name" {
				now = append(now, frozen.Line{Name: name + ":" + path, Value: value})
			}
		}
	}
	listing := frozen.Listing{File: "testdata/format1.txt", Format: Format, Update: *update}
	listing.Check(t, now)
}

const bareScenario = "\nworkloads: [{name: kv}]\n"

// frozenScenarios are texts that leave as much open as they can, by name.
func frozenScenarios() map[string]string {
	const kv = bareScenario
	texts := map[string]string{
		"datacenters": "cluster: {datacenters: {east: 3, west: 3}}" + kv,
		"abd":         "cluster: {versioning: {mode: abd}}" + kv,
		"strategy-1":  "cluster: {ring: {strategy: 1}}" + kv,
		"thousand":    "cluster: {nodes: 1000}" + kv,
		"switched-on": "cluster: {hedge: true, write_buffer: true, cache: true, admission: true}" + kv,
		"open-loop":   "workloads: [{name: kv, rate: 100/s}]",
		"probe":       "workloads: [{name: kv, probe: {after: [1ms]}}]",
		"script":      "operations: [{id: a, at: 1s, client: x, put: k}, {id: b, after: a, client: x, get: k}]",
	}
	workloads, networks := fieldOf(Workload{}, "preset").enum(), fieldOf(Network{}, "preset").enum()
	for _, preset := range workloads {
		texts["workload-"+preset] = "workloads: [{name: kv, preset: " + preset + "}]"
	}
	for _, preset := range networks {
		texts["network-"+preset] = "network: {preset: " + preset + "}\ncluster: {datacenters: {east: 3, west: 3}}" + kv
	}
	return texts
}

// written is what the plan of a text says in full, by path.
func written(t *testing.T, name, text string) map[string]string {
	t.Helper()
	s, problems := Load(name, []byte("version: 1\n"+text), nil, Vocabulary{}, LoadOptions{})
	if s == nil {
		t.Fatalf("%s: %s", name, FormatAll(problems))
	}
	var root yaml.Node
	if err := yaml.Unmarshal(s.YAMLAll(), &root); err != nil {
		t.Fatal(err)
	}
	all := leaves("", root.Content[0])
	for path := range all { // order: it empties a map
		if strings.HasPrefix(path, "plan.") {
			delete(all, path)
		}
	}
	return all
}

// leaves are the scalars of a tree by their path. What has a name is listed by it.
func leaves(path string, n *yaml.Node) map[string]string {
	all := map[string]string{}
	add := func(at string, child *yaml.Node) {
		for p, v := range leaves(at, child) { // order: it fills a map
			all[p] = v
		}
	}
	switch {
	case n.Kind == yaml.ScalarNode:
		all[path] = fmt.Sprintf("%q", n.Value)
	case len(n.Content) == 0:
		all[path] = "empty"
	case n.Kind == yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			add(strings.TrimPrefix(path+"."+n.Content[i].Value, "."), n.Content[i+1])
		}
	case !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Kind != yaml.ScalarNode }):
		all[path] = flowText(n)
	default:
		for i, c := range n.Content {
			add(fmt.Sprintf("%s[%d]", path, i), c)
		}
	}
	return all
}
