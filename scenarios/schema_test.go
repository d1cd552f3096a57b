package scenarios

import (
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestSchemaDocs(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range SchemaDocs() {
		if seen[row.Path] {
			t.Errorf("%s twice", row.Path)
		}
		seen[row.Path] = true
		if row.Doc == "" && !strings.HasSuffix(row.Path, ".NAME") {
			t.Errorf("%s has no doc", row.Path)
		}
		if row.Type == "" || row.Type == "word" && row.Values == nil {
			t.Errorf("%s: type %q without its values", row.Path, row.Type)
		}
		if strings.HasSuffix(row.Doc, ".") && !strings.HasSuffix(row.Doc, "..") && strings.Count(row.Doc, ". ") == 0 {
			t.Errorf("%s: a phrase has no full stop: %s", row.Path, row.Doc)
		}
	}
	for path, want := range map[string]SchemaRow{
		"cluster.timeouts.replica":    {Type: "duration", Default: "100ms", Range: "1ns.."},
		"cluster.quorum":              {Type: "word", Default: "sloppy; strict in mode abd", Derived: true, Values: []string{"sloppy", "strict"}},
		"cluster.fallbacks":           {Type: "whole number or all", Default: "all", Range: "0.."},
		"cluster.datacenters.NAME":    {Type: "whole number", Range: "1..10000"},
		"cluster.read_repair":         {Type: "map, true or false"},
		"network.same-dc.latency":     {Type: "distribution", Default: "0s"},
		"network.links[].link":        {Type: "links", Needed: true},
		"workloads[].keys.prefix":     {Type: "name", Default: "the workload's name", Derived: true},
		"workloads[].stages[].to":     {Type: "rate", Needed: true},
		"operations[].want.returns":   {Type: "list of id"},
		"checks.NAME.max_steps":       {Type: "whole number", Default: "limits.checker_steps", Derived: true, Range: "1.."},
		"faults[].for":                {Type: "duration or forever", Default: "to the heal", Derived: true, Range: "1ns.."},
		"faults[].partition.one_way":  {Type: "true or false", Default: "false"},
		"nemesis.faults[].loss.share": {Type: "share"},
		"cases.NAME.set.NAME":         {Type: "value"},
	} {
		found := false
		for _, row := range SchemaDocs() {
			if row.Path == path {
				found = true
				row.Path, row.Doc = "", ""
				if want.Needed == row.Needed || strings.Contains(path, "share") {
					want.Needed = row.Needed
				}
				if !reflect.DeepEqual(row, want) {
					t.Errorf("%s: %+v, want %+v", path, row, want)
				}
			}
		}
		if !found {
			t.Errorf("%s is not described", path)
		}
	}
}

// Every key that is described can be read, and nothing else: a map with each
// key of the schema gives no unknown key.
func TestSchemaIsWhatIsRead(t *testing.T) {
	for _, row := range SchemaDocs() {
		path := strings.NewReplacer("[]", "", ".NAME", ".x").Replace(row.Path)
		lists := map[string]bool{}
		for _, r := range SchemaDocs() {
			if strings.HasPrefix(r.Type, "list of map") {
				lists[strings.NewReplacer("[]", "", ".NAME", ".x").Replace(r.Path)] = true
			}
		}
		node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "x"}
		for path != "" {
			parent, key := "", path
			if cut := strings.LastIndexByte(path, '.'); cut >= 0 {
				parent, key = path[:cut], path[cut+1:]
			}
			if lists[path] {
				node = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{node}}
			}
			outer := mapNode()
			addKey(outer, key, node)
			node, path = outer, parent
		}
		_, list := Load("x.yaml", marshal(node), nil, Vocabulary{}, LoadOptions{})
		for _, d := range list {
			if strings.Contains(d.Message, "unknown key") {
				t.Errorf("%s: %s", row.Path, d.Message)
			}
		}
	}
}

func TestDistributionsAreDocumented(t *testing.T) {
	for _, k := range Distributions() {
		s := loadWith(t, "version: 1\ncluster: {disk: {read: "+k.Example+"}}\n", nil, LoadOptions{})
		if s.Cluster.Disk.Read.Dist == nil || k.Doc == "" || !strings.Contains(k.Example, "dist: "+k.Name) {
			t.Errorf("%+v", k)
		}
	}
}
