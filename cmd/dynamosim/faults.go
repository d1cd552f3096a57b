package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

func faultsCommand(t *terminal) *cobra.Command {
	var points, asJSON bool
	var write string
	cmd := &cobra.Command{
		Use:   "faults [KIND]",
		Short: "Explain the kinds of faults",
		Example: `
  dynamosim faults
  dynamosim faults partition      its fields
  dynamosim faults --points       the moments in a node at which a fault can begin
  dynamosim faults --write faults.md`,
		Args: atMostOne("kind"),
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case write != "":
				if err := os.WriteFile(write, []byte(lab.FaultPage()), 0o644); err != nil {
					return fmt.Errorf("writing the page about faults: %w", err)
				}
			case points && asJSON:
				t.json(struct {
					Points []lab.Point `json:"points"`
				}{lab.Points()})
			case points:
				showPoints(t)
			case len(args) == 1:
				return fault(t, args[0], asJSON)
			default:
				showFaults(t, asJSON)
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return faultNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&points, "points", false, "list the named points instead")
	cmd.Flags().StringVar(&write, "write", "", "write the page about all of them to `FILE`, as Markdown")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as one JSON object")
	return cmd
}

// faultKind is a kind of fault for programs.
type faultKind struct {
	Name    string   `json:"name"`
	Doc     string   `json:"doc"`
	Effect  string   `json:"effect"`
	Example string   `json:"example"`
	Fields  []setKey `json:"fields"`
}

func faultKinds() []faultKind {
	var all []faultKind
	for _, k := range scenarios.FaultKinds() {
		all = append(all, faultKind{k.Name, k.Doc, k.Effect, k.Example, keysOf(lab.FaultFields(k.Name))})
	}
	return all
}

func faultNames() []string {
	var names []string
	for _, k := range scenarios.FaultKinds() {
		names = append(names, k.Name)
	}
	return names
}

func showFaults(t *terminal, asJSON bool) {
	all := faultKinds()
	if asJSON {
		t.json(struct {
			Faults []faultKind `json:"faults"`
		}{all})
		return
	}
	var rows [][]string
	for _, k := range all {
		rows = append(rows, []string{k.Name, k.Doc}, []string{"", "counted: " + k.Effect}, []string{"", k.Example})
	}
	t.columns("", rows...)
	t.printf("\nA fault stands under faults with when it begins and how long it lasts, as in\n%s; `dynamosim faults KIND` has its fields, `dynamosim schema faults` the rest.\n", asListed(all[0].Name, all[0].Example))
}

// asListed is the example of a kind as it stands in a scenario, under faults.
func asListed(kind, example string) string {
	lasts := "for: 5s, "
	if k, err := scenarios.ParseFault(example); err == nil && k.Instant() {
		lasts = ""
	}
	return "{at: 10s, " + lasts + kind + ": " + strings.TrimSpace(strings.TrimPrefix(example, kind)) + "}"
}

// fault explains one kind with its fields.
func fault(t *terminal, name string, asJSON bool) error {
	for _, k := range faultKinds() {
		if k.Name != name {
			continue
		}
		if asJSON {
			t.json(k)
			return nil
		}
		t.printf("%s\n", strings.Join(lab.Wrap(k.Name+": "+k.Doc, t.width()), "\n"))
		t.printf("counted as its effect: %s\n\n  - %s\n\n", k.Effect, asListed(k.Name, k.Example))
		t.columns("  ", keyRows(k.Fields)...)
		return nil
	}
	return &status{lab.ExitBadInput, "dynamosim: " + lab.Unknown("kind of fault", name, faultNames())}
}

func showPoints(t *terminal) {
	var rows [][]string
	for _, p := range lab.Points() {
		rows = append(rows, []string{p.Name, p.Doc + " (" + p.Paper + ")"})
	}
	t.columns("", rows...)
	t.printf("\nA fault begins at a point with when in place of at, as in {when: {point: %s, node: n1}, for: 5s, crash: {nodes: n1}}.\n", lab.Points()[0].Name)
}
