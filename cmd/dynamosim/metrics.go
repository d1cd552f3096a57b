package main

import (
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/analysis"
	"dynamosim/scenarios/lab"
)

func metricsCommand(t *terminal) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "metrics",
		Short: "Explain the measures, the counters and the mechanisms behind them",
		Example: `
  dynamosim metrics
  dynamosim run @hinted-handoff -v      shows all that are not 0`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			metrics(t, asJSON)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as one JSON object")
	return cmd
}

// measure, counter and mechanism are what they describe, for programs.
type (
	measure struct {
		Name   string             `json:"name"`
		Claim  string             `json:"claim,omitempty"`
		Unit   analysis.Unit      `json:"unit"`
		Better analysis.Direction `json:"better"`
		Doc    string             `json:"doc"`
		Source string             `json:"source,omitempty"`
		Scoped bool               `json:"of_parts"`
	}
	counter struct {
		Name    string `json:"name"`
		Doc     string `json:"doc"`
		Paper   string `json:"paper,omitempty"`
		PerNode bool   `json:"per_node"`
	}
	mechanism struct {
		Name    string `json:"name"`
		Counter string `json:"counter"`
		Paper   string `json:"paper"`
	}
)

func metrics(t *terminal, asJSON bool) {
	var all struct {
		Measures   []measure   `json:"measures"`
		Counters   []counter   `json:"counters"`
		Mechanisms []mechanism `json:"mechanisms"`
	}
	for _, m := range analysis.Metrics() {
		all.Measures = append(all.Measures, measure{m.Name, m.Claim, m.Unit, m.Better, m.Doc, m.Source, m.Scoped})
	}
	var rows [][]string
	for _, c := range lab.Counters() {
		all.Counters = append(all.Counters, counter{c.Name, c.Doc, c.Paper, c.Node})
		rows = append(rows, []string{c.Name, c.Paper, c.Doc})
	}
	var mechanisms [][]string
	for _, m := range lab.Mechanisms() {
		all.Mechanisms = append(all.Mechanisms, mechanism{m.Name, m.Counter, m.Paper})
		mechanisms = append(mechanisms, []string{m.Name, m.Paper, "acted if " + m.Counter + " > 0"})
	}
	if asJSON {
		t.json(all)
		return
	}
	t.printf("Measures, for expect: get_p99 while cut <= 20ms, for compare --measure, and in results. KIND is get, put, delete, rmw, cart_add or cart_remove;\n" +
		"of a distribution there are mean, p50, p90, p99, p999, p9999 and max. Those marked * are of the whole run.\n\n")
	t.columns("  ", measureRows()...)
	t.printf("\nCounters, for expect: hints_stored > 0, or of one node: hints_stored(n3) > 0\n\n")
	t.columns("  ", rows...)
	t.printf("\nMechanisms, for requires: [read-repair]; a run in which one never acted is vacuous\n\n")
	t.columns("  ", mechanisms...)
}

// measureRows are the measures, a row for those that differ in the kind of operation, the statistic or the check alone.
func measureRows() [][]string {
	var rows [][]string
	seen := map[string]bool{}
	for _, m := range analysis.Metrics() {
		name, doc := m.Name, m.Doc
		for k := range analysis.Kind(analysis.Kinds) {
			kind := strings.ReplaceAll(k.String(), "-", "_")
			switch {
			case strings.HasPrefix(name, kind+"_"):
				name, doc = "KIND_"+strings.TrimPrefix(name, kind+"_"), strings.Replace(doc, "successful "+k.String(), "successful KIND", 1)
			case name == "availability_"+kind:
				name, doc = "availability_KIND", "share of operations of a KIND that succeeded"
			}
		}
		if rest, ok := strings.CutSuffix(name, "_mean"); ok {
			name, doc = rest+"_mean, _p50, ... _max", strings.TrimPrefix(doc, "mean ")
		} else if strings.Contains(doc, " percentile of ") || strings.HasPrefix(doc, "maximum of ") {
			continue
		}
		if strings.HasPrefix(m.Claim, "invalid(") {
			name, doc = "invalid_CHECK", "1 where a check came out invalid, else 0: over many runs their share"
		}
		if seen[name] {
			continue
		}
		seen[name] = true
		if !m.Scoped {
			name += " *"
		}
		rows = append(rows, []string{name, m.Unit.String(), doc})
	}
	return rows
}
