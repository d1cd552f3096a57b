package main

import (
	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// diffFlags are those of diff: of both runs, and of the second alone.
type diffFlags struct {
	source
	second source
}

func diffCommand(t *terminal) *cobra.Command {
	o := &diffFlags{}
	cmd := &cobra.Command{
		Use:   "diff SCENARIO [SCENARIO]",
		Short: "Find the first event at which two runs part",
		Example: `
  dynamosim diff @chaos @chaos --second-set cluster.r=1    a setting, from where it matters on
  dynamosim diff out out                                   two result folders, by their plans
  dynamosim diff @sloppy-quorum --second-case strict       one scenario and one of its cases`,
		Long: `Both runs are stepped side by side until an event differs. What both did just before is shown, and what each did then. --seed, --set and --case
hold for both runs, those that begin with --second for the second one, which is the same scenario where only one is given.

The exit code is 0 if the runs are the same to their end, 1 if they part.

` + aboutScenario,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return nil
			}
			return oneScenario(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error { return o.diff(t, args[0], args[len(args)-1]) },
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.second.seed, "second-seed", "", "`SEED` of the second run")
	f.StringArrayVar(&o.second.set, "second-set", nil, "set `PATH=VALUE` in the second run; may be given again")
	f.StringVar(&o.second.name, "second-case", "", "the case of this `NAME` in the second run")
	return cmd
}

func (o *diffFlags) diff(t *terminal, a, b string) error {
	second := source{seed: o.seed, set: append(append([]string{}, o.set...), o.second.set...), name: o.name}
	if o.second.seed != "" {
		second.seed = o.second.seed
	}
	if o.second.name != "" {
		second.name = o.second.name
	}
	var plans [2]*scenarios.Scenario
	var err error
	if plans[0], err = o.open(t, a, true); err != nil {
		return err
	}
	if plans[1], err = second.open(t, b, true); err != nil {
		return err
	}
	progress := newProgress(t, false)
	parting, err := lab.FindParting(plans[0], plans[1], lab.RunOptions{Progress: progress.show, Stop: t.interrupt.stopped})
	progress.clear()
	if err != nil {
		return failedRun(t, plans[0], err, false)
	}
	if parting == nil {
		t.printf("the runs are the same to their end\n")
		return nil
	}
	if err := parting.Text(t.out, t.width(), t.ascii()); err != nil {
		return err
	}
	return exit(lab.ExitFail)
}
