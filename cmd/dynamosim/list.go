package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

func listCommand(t *terminal) *cobra.Command {
	var tag string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the scenarios that come with dynamosim",
		Example: `
  dynamosim list
  dynamosim list --tag basics`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return list(t, tag, asJSON) },
	}
	cmd.Flags().StringVar(&tag, "tag", "", "only those with this `TAG`")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as one JSON object")
	cmd.RegisterFlagCompletionFunc("tag", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return tags(), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

// listed is a scenario for programs.
type listed struct {
	Name  string   `json:"name"`
	About string   `json:"about"`
	Paper []string `json:"paper"`
	Tags  []string `json:"tags"`
}

func list(t *terminal, tag string, asJSON bool) error {
	all := []listed{}
	var rows [][]string
	for _, e := range scenarios.Library() {
		if tag != "" && !slices.Contains(e.Tags, tag) {
			continue
		}
		all = append(all, listed{"@" + e.Name, e.About, append([]string{}, e.Paper...), append([]string{}, e.Tags...)})
		rows = append(rows, []string{"@" + e.Name, e.About + paperText(e.Paper)})
	}
	if len(all) == 0 {
		return &status{lab.ExitBadInput, "dynamosim: " + lab.Unknown("tag", tag, tags())}
	}
	if asJSON {
		t.json(struct {
			Scenarios []listed `json:"scenarios"`
		}{all})
		return nil
	}
	t.columns("", rows...)
	if tag == "" {
		t.printf("\nTags, for --tag: %s\n", strings.Join(tags(), ", "))
	}
	return nil
}

// paperText is the sections of the paper in parentheses.
func paperText(sections []string) string {
	if len(sections) == 0 {
		return ""
	}
	return " (" + strings.Join(sections, ", ") + ")"
}

// tags are all that some scenario has.
func tags() []string {
	var all []string
	for _, e := range scenarios.Library() {
		all = append(all, e.Tags...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
