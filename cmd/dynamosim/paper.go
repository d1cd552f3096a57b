package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"dynamosim/scenarios/lab"
)

func paperCommand(t *terminal) *cobra.Command {
	var write string
	cmd := &cobra.Command{
		Use:   "paper",
		Short: "Show where each part of the paper is: code, switch, tests, scenario",
		Example: `
  dynamosim paper
  dynamosim paper --write paper.md`,
		Long: "The sections of \"Dynamo: Amazon's Highly Available Key-value Store\" (SOSP 2007), what each describes, and every place where it is\n" +
			"silent, contradicts itself, or is not followed to the letter.",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if write != "" {
				if err := os.WriteFile(write, []byte(lab.PaperMarkdown()), 0o644); err != nil {
					return fmt.Errorf("writing the page about the paper: %w", err)
				}
				return nil
			}
			paper(t)
			return nil
		},
	}
	cmd.Flags().StringVar(&write, "write", "", "write the page to `FILE`, as Markdown")
	return cmd
}

func paper(t *terminal) {
	var rows [][]string
	for _, f := range lab.Features() {
		scenario := ""
		if f.Scenario != "" {
			scenario = "@" + f.Scenario
		}
		rows = append(rows, []string{f.Section, f.Name, scenario, f.Switch})
	}
	t.printf("What the paper describes, a scenario that shows it, the key that switches it\n\n")
	t.columns("  ", rows...)
	t.printf("\nWhere it leaves a choice, or is not followed\n\n")
	rows = nil
	for _, d := range lab.Deviations() {
		rows = append(rows, []string{d.Section, d.Paper + "; here: " + d.Here})
	}
	t.columns("  ", rows...)
}
