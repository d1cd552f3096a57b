package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"dynamosim/scenarios/lab"
)

// explainFlags are those of explain.
type explainFlags struct {
	source
	check     string
	operation int
	redraws   int
	json      bool
}

func explainCommand(t *terminal) *cobra.Command {
	o := &explainFlags{}
	cmd := &cobra.Command{
		Use:   "explain SCENARIO",
		Short: "Say why a check is invalid: what happened to the operations of its evidence, and what stood between",
		Example: `
  dynamosim explain @sloppy-quorum                         the first check that is invalid
  dynamosim explain @chaos --seed 7 --check linearizable   of one check
  dynamosim explain @stale-read --operation 8016           of the evidence that this operation of the history is part of
  dynamosim explain @power-loss --json                     for programs`,
		Args: oneScenario,
		RunE: func(_ *cobra.Command, args []string) error { return o.explain(t, args[0]) },
	}
	o.runFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.check, "check", "", "explain this `CHECK`")
	f.IntVar(&o.operation, "operation", -1, "explain the evidence that the operation with this `INDEX` in the history is part of")
	f.IntVar(&o.redraws, "redraws", 0, "how many `RUNS` are drawn again at each moment looked at; 0: as many as take seconds; -1: none")
	f.BoolVar(&o.json, "json", false, "print it as one JSON object")
	return cmd
}

func (o *explainFlags) explain(t *terminal, name string) error {
	plan, err := o.openToRun(t, name, o.json, lab.ForecastOptions{})
	if err != nil {
		return err
	}
	progress := newProgress(t, t.outIs.terminal)
	opts := lab.ExplainOptions{RunOptions: lab.RunOptions{Progress: progress.show, Stop: t.stopped}, Check: o.check, Redraws: o.redraws,
		Redraw: func(done int) { progress.say(fmt.Sprintf("looking for the turning point: %d runs drawn again", done)) }}
	if o.operation >= 0 {
		opts.Operation = &o.operation
	}
	e, err := lab.Explain(plan, opts)
	progress.clear()
	var nothing *lab.Nothing
	switch {
	case errors.As(err, &nothing):
		return &status{lab.ExitVacuous, "dynamosim: nothing to explain: " + nothing.Text}
	case err != nil:
		return failedRun(t, plan, err, o.json)
	}
	if o.json {
		_, err := t.out.Write(e.JSON())
		return err
	}
	return e.Text(t.out, lab.TextOptions{Color: t.colored(), Width: t.width()}, t.ascii())
}
