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
		Use:   "list [FOLDER]",
		Short: "List the scenarios that come with dynamosim",
		Example: `
  dynamosim list
  dynamosim list pynamo          those of a folder
  dynamosim list --tag basics`,
		Args: func(_ *cobra.Command, args []string) error { return folderArgument(args) },
		RunE: func(_ *cobra.Command, args []string) error {
			folder := ""
			if len(args) == 1 {
				folder = strings.Trim(args[0], "@/")
			}
			return list(t, folder, tag, asJSON)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return folders(), cobra.ShellCompDirectiveNoFileComp
		},
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

func list(t *terminal, folder, tag string, asJSON bool) error {
	if folder != "" && !slices.Contains(folders(), folder) {
		return &status{lab.ExitBadInput, "dynamosim: " + lab.Unknown("folder", folder, folders())}
	}
	all := []listed{}
	var rows [][]string
	for _, e := range scenarios.Library() {
		if tag != "" && !slices.Contains(e.Tags, tag) || folder != "" && e.Group() != folder {
			continue
		}
		all = append(all, listed{"@" + e.Name, e.About, append([]string{}, e.Paper...), append([]string{}, e.Tags...)})
		if folder != "" || tag != "" || e.Group() == "" {
			rows = append(rows, []string{"@" + e.Name, e.About + paperText(e.Paper)})
		}
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
	if tag == "" && folder == "" {
		for _, f := range folders() {
			t.printf("\nFolder %s has %d more: dynamosim list %s\n", f, inFolder(f), f)
		}
		t.printf("\nTags, for --tag: %s\n", strings.Join(tags(), ", "))
	}
	return nil
}

func folderArgument(args []string) error {
	if len(args) > 1 {
		return usage("list takes one folder, not %d\n  there are %s", len(args), strings.Join(folders(), ", "))
	}
	return nil
}

// folders are those that group scenarios of the library.
func folders() []string {
	var all []string
	for _, e := range scenarios.Library() {
		if g := e.Group(); g != "" && !slices.Contains(all, g) {
			all = append(all, g)
		}
	}
	return all
}

func inFolder(folder string) (n int) {
	for _, e := range scenarios.Library() {
		if e.Group() == folder {
			n++
		}
	}
	return n
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
