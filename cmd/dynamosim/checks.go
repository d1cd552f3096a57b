package main

import (
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/analysis"
	"dynamosim/scenarios/lab"
)

func checksCommand(t *terminal) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "checks [CHECK]",
		Short: "Explain the checks and measures",
		Example: `
  dynamosim checks
  dynamosim checks linearizable`,
		Args: atMostOne("check"),
		RunE: func(_ *cobra.Command, args []string) error { return checks(t, args, asJSON) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return checkNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as one JSON object")
	return cmd
}

// explained is a check for programs.
type explained struct {
	Name    string   `json:"name"`
	Doc     string   `json:"doc"`
	Source  string   `json:"source"`
	Models  []string `json:"models"` // that it can judge; empty: all
	Measure bool     `json:"measure"`

	Examples []example `json:"examples,omitempty"`
}

// example is a small history with its verdict.
type example struct {
	Model   string           `json:"model"`
	History string           `json:"history"`
	Verdict analysis.Verdict `json:"verdict"`
	Why     string           `json:"why"`
}

func checks(t *terminal, args []string, asJSON bool) error {
	all := []explained{}
	for _, c := range analysis.Checks() {
		if len(args) == 1 && c.Name != args[0] {
			continue
		}
		e := explained{Name: c.Name, Doc: c.Doc, Source: c.Source, Models: []string{}, Measure: c.Measure}
		for _, x := range c.Examples {
			e.Examples = append(e.Examples, example{x.Model.String(), x.History, x.Verdict, x.Why})
		}
		for _, m := range c.Models {
			e.Models = append(e.Models, m.String())
		}
		all = append(all, e)
	}
	if len(all) == 0 {
		return &status{lab.ExitBadInput, "dynamosim: " + lab.Unknown("check", args[0], checkNames())}
	}
	if asJSON {
		t.json(struct {
			Checks []explained `json:"checks"`
		}{all})
		return nil
	}
	var rows [][]string
	for _, e := range all {
		name := e.Name
		if e.Measure {
			name += " (measure)"
		}
		rows = append(rows, []string{name, e.Doc}, []string{"", e.Source})
		if len(e.Models) > 0 {
			rows = append(rows, []string{"", "judges " + strings.Join(e.Models, ", ")})
		}
	}
	t.columns("", rows...)
	if len(args) == 1 && all[0].Examples != nil {
		var table [][]string
		for _, x := range all[0].Examples {
			table = append(table, []string{x.Model, x.Verdict.String(), x.History}, []string{"", "", x.Why})
		}
		t.printf("\nSmall histories and the verdicts on them\n\n")
		t.columns("  ", table...)
		t.printf("\n%s\n", analysis.ExampleNotation)
	}
	if len(args) == 0 {
		t.printf("\nA scenario wants a check to be valid, invalid, sometimes or report, as in checks: {linearizable: valid}. Measures are always computed;\na bound on them is a line of expect, as in expect: [availability(put) >= 99.9%%].\n")
	}
	return nil
}

func checkNames() []string {
	var names []string
	for _, c := range analysis.Checks() {
		names = append(names, c.Name)
	}
	return names
}

// atMostOne allows one argument.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usage("%s takes one %s, not %d", cmd.Name(), what, len(args))
		}
		return nil
	}
}
