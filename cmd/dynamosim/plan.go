package main

import (
	"github.com/spf13/cobra"

	"dynamosim/scenarios/lab"
)

func planCommand(t *terminal) *cobra.Command {
	s := &source{}
	var all, estimate, asJSON bool
	cmd := &cobra.Command{
		Use:   "plan SCENARIO",
		Short: "Print the plan: the scenario with everything drawn",
		Example: `
  dynamosim plan @chaos --seed 7                 which faults this seed means
  dynamosim plan @chaos --seed 7 > chaos-7.yaml  a scenario of its own: dynamosim run chaos-7.yaml
  dynamosim plan my.yaml --all                   with every default written out
  dynamosim plan my.yaml --estimate              the memory and the time that it would take`,
		Long: `A plan is a scenario in which every range, choice and random fault has been drawn from the seed. Running it is the same run, bit for bit.

` + aboutScenario,
		Args: oneScenario,
		RunE: func(_ *cobra.Command, args []string) error {
			if asJSON && !estimate {
				return usage("--json goes with --estimate: a plan is YAML")
			}
			plan, err := s.open(t, args[0], false)
			if err != nil {
				return err
			}
			for _, note := range plan.Origin.Notes {
				t.note("note: %s", note)
			}
			if estimate {
				return showForecast(t, lab.ForecastRun(plan, lab.ForecastOptions{}), asJSON)
			}
			if all {
				t.printf("%s", plan.YAMLAll())
			} else {
				t.printf("%s", plan.YAML())
			}
			return nil
		},
	}
	s.flags(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "write defaults out too")
	cmd.Flags().BoolVar(&estimate, "estimate", false, "print, in the place of the plan, about how much memory and time its run takes")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the estimate as one JSON object")
	return cmd
}

func showForecast(t *terminal, f *lab.Forecast, asJSON bool) error {
	if asJSON {
		_, err := t.out.Write(f.JSON())
		return err
	}
	return f.Text(t.out)
}
