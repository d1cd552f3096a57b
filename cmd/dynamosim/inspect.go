package main

import (
	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// inspectFlags are those of inspect.
type inspectFlags struct {
	source
	at, node, key string
	json          bool
}

func inspectCommand(t *terminal) *cobra.Command {
	o := &inspectFlags{}
	cmd := &cobra.Command{
		Use:   "inspect SCENARIO --at TIME",
		Short: "Show the state of nodes, or of a key, at a moment of a run",
		Example: `
  dynamosim inspect @hinted-handoff --at 12s             nodes: keys, ranges, hints, whom they suspect, whom they know
  dynamosim inspect @sloppy-quorum --at 7s --key k       who holds which version of a key, hints included
  dynamosim inspect @figure-2 --at 7s --node e --json    for programs`,
		Long: `Runs the scenario up to the moment and looks. Of a node that is down it shows what its disk would bring back.

` + aboutScenario,
		Args: oneScenario,
		RunE: func(_ *cobra.Command, args []string) error { return o.inspect(t, args[0]) },
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.at, "at", "", "the moment, a `TIME` such as 9.5s")
	f.StringVar(&o.node, "node", "", "only the `NODE` of this name")
	f.StringVar(&o.key, "key", "", "what the nodes hold of this `KEY`")
	f.BoolVar(&o.json, "json", false, "print it as one JSON object")
	return cmd
}

func (o *inspectFlags) inspect(t *terminal, name string) error {
	if o.at == "" {
		return usage("inspect needs a moment\n  such as: dynamosim inspect %s --at 5s", lab.Quote(name))
	}
	at, err := timeFlag("--at", o.at)
	if err != nil {
		return err
	}
	plan, err := o.open(t, name, false)
	if err != nil {
		return err
	}
	s, err := lab.Inspect(plan, scenarios.Duration(at), o.node, o.key, lab.RunOptions{Stop: t.interrupt.stopped})
	if err != nil {
		return failedRun(t, plan, err, o.json)
	}
	if o.json {
		_, err := t.out.Write(lab.SnapshotJSON(&s, o.key))
		return err
	}
	return lab.WriteSnapshot(t.out, &s, o.key, t.width())
}
