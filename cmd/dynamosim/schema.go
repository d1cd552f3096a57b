package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

func schemaCommand(t *terminal) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "schema [PATH]",
		Short: "Explain a key of the scenario language",
		Example: `
  dynamosim schema                             the top
  dynamosim schema cluster.timeouts            a key and all below it
  dynamosim schema workloads.kv.keys           names and indexes may be a scenario's
  dynamosim schema --json > scenario.schema.json   JSON Schema, for editors`,
		Args: atMostOne("path"),
		RunE: func(_ *cobra.Command, args []string) error { return schema(t, args, asJSON) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var paths []string
			for _, row := range scenarios.SchemaDocs() {
				paths = append(paths, cobra.CompletionWithDesc(row.Path, row.Doc))
			}
			return paths, cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Schema; with a PATH, its keys as one JSON object")
	return cmd
}

// setKey is a key of the language for programs.
type setKey struct {
	Path    string   `json:"path"`
	Type    string   `json:"type"`
	Values  []string `json:"values,omitempty"`
	Default string   `json:"default,omitempty"`
	Range   string   `json:"range,omitempty"`
	Doc     string   `json:"doc"`
	Needed  bool     `json:"needed"`
	Derived bool     `json:"derived,omitempty"` // the default is words, which say what it follows from
}

func keysOf(rows []scenarios.SchemaRow) []setKey {
	keys := []setKey{}
	for _, r := range rows {
		keys = append(keys, setKey(r))
	}
	return keys
}

func schema(t *terminal, args []string, asJSON bool) error {
	if len(args) == 0 {
		if asJSON {
			t.printf("%s", lab.JSONSchema())
			return nil
		}
		var rows [][]string
		for _, k := range keysOf(lab.Schema("")) {
			if !strings.Contains(k.Path, ".") {
				rows = append(rows, keyRow(k))
			}
		}
		t.columns("", rows...)
		t.printf("\n`dynamosim schema cluster` shows what is below a key. Any value may be drawn from the seed: 2ms..20ms, 1..9, {one_of: [a, b]}.\n")
		return nil
	}
	rows := lab.Schema(args[0])
	if len(rows) == 0 {
		if near := lab.NearestPath(args[0]); near != "" {
			return usage("the language has no key %q\n  did you mean %s?", args[0], near)
		}
		return usage("the language has no key %q\n  `dynamosim schema` shows the top", args[0])
	}
	keys := keysOf(rows)
	if asJSON {
		t.json(struct {
			Keys []setKey `json:"keys"`
		}{keys})
		return nil
	}
	t.columns("", keyRows(keys)...)
	return nil
}

func keyRows(keys []setKey) [][]string {
	var rows [][]string
	for _, k := range keys {
		rows = append(rows, keyRow(k))
	}
	return rows
}

// keyRow is the line of a key: its path, type and default, and what it means.
func keyRow(k setKey) []string {
	kind := k.Type
	if k.Values != nil {
		kind = strings.Join(k.Values, " | ")
	}
	text := k.Doc
	switch {
	case k.Needed:
		text = fmt.Sprintf("%s; must be given", text)
	case k.Default != "":
		text = fmt.Sprintf("%s; by default %s", text, k.Default)
	}
	if bounds := boundsText(k.Range); bounds != "" {
		text = fmt.Sprintf("%s; %s", text, bounds)
	}
	return []string{k.Path, kind, strings.TrimPrefix(text, "; ")}
}

// boundsText is a range in words: "at least 1ns", "1 to 4096".
func boundsText(bounds string) string {
	low, high, _ := strings.Cut(bounds, "..")
	switch {
	case low == high:
		return ""
	case high == "":
		return "at least " + low
	case low == "":
		return "at most " + high
	}
	return low + " to " + high
}
