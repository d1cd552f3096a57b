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
	show          string
	json          bool
}

func inspectCommand(t *terminal) *cobra.Command {
	o := &inspectFlags{}
	cmd := &cobra.Command{
		Use:   "inspect SCENARIO --at TIME",
		Short: "Show the state of nodes, or of a key, at a moment of a run",
		Example: `
  dynamosim inspect @hinted-handoff --at 12s              nodes: keys, ranges, hints, whom they suspect, whom they know
  dynamosim inspect @sloppy-quorum --at 7s --key k        who holds which version of a key, hints included
  dynamosim inspect @sloppy-quorum --at 7s --show hints   the hint stores; ring, trees, queues besides
  dynamosim inspect @figure-2 --at 7s --node e --json     for programs`,
		Long: `Runs the scenario up to the moment and looks. Of a node that is down it shows what its disk would bring back.

--show ring: members, tokens, shares of the key space, and where --key belongs. hints: each hint with home, key and versions. trees: the ranges
whose homes have different Merkle roots, or all of --node. queues: what waits for processor and disk, and what is under way.

` + aboutScenario,
		Args: oneScenario,
		RunE: func(_ *cobra.Command, args []string) error { return o.inspect(t, args[0]) },
	}
	o.runFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.at, "at", "", "the moment, a `TIME` such as 9.5s")
	f.StringVar(&o.node, "node", "", "only the `NODE` of this name")
	f.StringVar(&o.key, "key", "", "what the nodes hold of this `KEY`")
	f.StringVar(&o.show, "show", "", "a `PART` of the state: ring, hints, trees or queues")
	cmd.RegisterFlagCompletionFunc("show", cobra.FixedCompletions(lab.InspectParts(), cobra.ShellCompDirectiveNoFileComp))
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
	if o.show != "" {
		if err := oneOf("--show", o.show, lab.InspectParts()...); err != nil {
			return err
		}
	}
	plan, err := o.openToRun(t, name, false, lab.ForecastOptions{})
	if err != nil {
		return err
	}
	if o.show != "" {
		return o.part(t, plan, scenarios.Duration(at))
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

// part shows one part of the state.
func (o *inspectFlags) part(t *terminal, plan *scenarios.Scenario, at scenarios.Duration) error {
	v, err := lab.InspectPart(plan, at, o.show, o.node, o.key, lab.RunOptions{Stop: t.interrupt.stopped})
	switch {
	case err != nil:
		return failedRun(t, plan, err, o.json)
	case o.json:
		_, err := t.out.Write(v.JSON())
		return err
	}
	return v.Text(t.out, t.width())
}
