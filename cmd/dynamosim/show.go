package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

func showCommand(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "show SCENARIO",
		Short: "Print a scenario as it is written",
		Example: `
  dynamosim show @put-get
  dynamosim show @cart-partition > my.yaml    a copy to change`,
		Long:              aboutScenario,
		Args:              oneScenario,
		ValidArgsFunction: completeScenario,
		RunE: func(_ *cobra.Command, args []string) error {
			name := args[0]
			if _, known := scenarios.LibraryFile(name); known && !exists(name) {
				name = "@" + name
			}
			_, text, err := lab.Source(name, lab.OpenOptions{Stdin: t.in})
			if err != nil {
				return err
			}
			t.printf("%s", text)
			if !strings.HasSuffix(string(text), "\n") {
				t.printf("\n")
			}
			return nil
		},
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return !errors.Is(err, os.ErrNotExist)
}
