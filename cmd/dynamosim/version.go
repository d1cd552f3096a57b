package main

import (
	"runtime"

	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

func versionCommand(t *terminal) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program and of its formats",
		Example: `
  dynamosim version
  dynamosim version --json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			v := version{lab.Version, lab.Commit(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, scenarios.Format, lab.ResultFormat, 1}
			if asJSON {
				t.json(v)
				return nil
			}
			t.printf("dynamosim %s\n", v.Version)
			if v.Commit != "" {
				t.printf("commit %s\n", v.Commit)
			}
			t.printf("%s, %s\nformats: scenario %d, plan and digest %d, result %d\n", v.Go, v.Platform, v.Scenario, v.Plan, v.Result)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as one JSON object")
	return cmd
}

// version says what program this is. Equal plans have equal digests on all programs with the same plan format.
type version struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Plan     int    `json:"plan_format"`
	Result   int    `json:"result_format"`
	Scenario int    `json:"scenario_version"`
}
