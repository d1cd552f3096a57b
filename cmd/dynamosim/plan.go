package main

import "github.com/spf13/cobra"

func planCommand(t *terminal) *cobra.Command {
	s := &source{}
	var all bool
	cmd := &cobra.Command{
		Use:   "plan SCENARIO",
		Short: "Print the plan: the scenario with everything drawn",
		Example: `
  dynamosim plan @chaos --seed 7                 which faults this seed means
  dynamosim plan @chaos --seed 7 > chaos-7.yaml  a scenario of its own: dynamosim run chaos-7.yaml
  dynamosim plan my.yaml --all                   with every default written out`,
		Long: `A plan is a scenario in which every range, choice and random fault has been drawn from the seed. Running it is the same run, bit for bit.

` + aboutScenario,
		Args: oneScenario,
		RunE: func(_ *cobra.Command, args []string) error {
			plan, err := s.open(t, args[0], false)
			if err != nil {
				return err
			}
			for _, note := range plan.Origin.Notes {
				t.note("note: %s", note)
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
	return cmd
}
