package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

func validateCommand(t *terminal) *cobra.Command {
	s := &source{}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "validate SCENARIO...",
		Short: "Say what is wrong with scenarios, without running them",
		Example: `
  dynamosim validate my.yaml
  dynamosim validate scenarios/*.yaml
  dynamosim validate my.yaml --set cluster.r=4`,
		Long: `All mistakes are reported at once, each with its place and what would be right. The exit code is 0 if there is none, else 3.

` + aboutScenario,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return oneScenario(cmd, args)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return validate(t, s, args, asJSON) },
	}
	s.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the findings as one JSON object")
	return cmd
}

// finding is a diagnostic for programs.
type finding struct {
	Severity string `json:"severity"`
	File     string `json:"file"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Path     string `json:"path,omitempty"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
}

func validate(t *terminal, s *source, names []string, asJSON bool) error {
	findings := []finding{}
	valid := true
	for _, name := range names {
		_, problems, err := s.load(t, name)
		var bad *lab.BadInput
		if err != nil && !errors.As(err, &bad) {
			return err
		}
		valid = valid && err == nil
		for _, d := range problems {
			findings = append(findings, finding{d.Severity.String(), d.File, d.Line, d.Column, d.Path, d.Message, d.Hint})
		}
		switch {
		case asJSON && err != nil && len(problems) == 0: // not even a text to look at
			findings = append(findings, finding{Severity: scenarios.Error.String(), File: name, Message: bad.Text})
		case asJSON:
		case err != nil:
			t.note("%s", strings.TrimSuffix(bad.Text, "\n"))
		default:
			if len(problems) > 0 {
				t.note("%s", strings.TrimSuffix(scenarios.FormatAll(problems), "\n"))
			}
			t.printf("%s is valid\n", lab.Clean(name))
		}
	}
	if asJSON {
		t.json(struct {
			Valid    bool      `json:"valid"`
			Problems []finding `json:"problems"`
		}{valid, findings})
	}
	if !valid {
		return exit(lab.ExitBadInput)
	}
	return nil
}
