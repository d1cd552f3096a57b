package main

import (
	"github.com/spf13/cobra"

	"dynamosim/scenarios/lab"
)

func metricsCommand(t *terminal) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "metrics",
		Short: "Explain the counters and the mechanisms behind them",
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

// counter and mechanism are what they describe, for programs.
type (
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
		Counters   []counter   `json:"counters"`
		Mechanisms []mechanism `json:"mechanisms"`
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
	t.printf("Counters, for expect: hints_stored > 0, or of one node: hints_stored(n3) > 0\n\n")
	t.columns("  ", rows...)
	t.printf("\nMechanisms, for requires: [read-repair]; a run in which one never acted is vacuous\n\n")
	t.columns("  ", mechanisms...)
}
