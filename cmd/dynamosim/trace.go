package main

import (
	"io"
	"slices"

	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

var traceFormats = []string{"ladder", "jsonl", "perfetto", "shiviz"}

// traceFlags are those of trace.
type traceFlags struct {
	source
	format      string
	key         string
	from, until string
}

func traceCommand(t *terminal) *cobra.Command {
	o := &traceFlags{}
	cmd := &cobra.Command{
		Use:   "trace SCENARIO|FILE",
		Short: "Show what happens inside a run: messages, timers, faults",
		Example: `
  dynamosim trace @put-get                                       a space-time diagram
  dynamosim trace @sloppy-quorum --key k --from 5s --until 9s    of one key, for a while
  dynamosim trace @put-get --format jsonl | jq .kind             for programs
  dynamosim trace @sloppy-quorum --format perfetto > trace.json  for ui.perfetto.dev; shiviz for ShiViz`,
		Long: `A ladder is a diagram with a column for each node and for each client that has a part in what is shown; time runs down. It is readable for some
seconds of a key or two: choose them with --key, --from and --until. Where the columns do not fit, an event is a line of text.

A trace.jsonl.zst stands for itself, decompressed or not, and the folder of a run that was killed for what it has left: what can be read of it is shown,
and stderr says how far it reaches.

` + aboutScenario,
		Args: oneScenario,
		RunE: func(_ *cobra.Command, args []string) error { return o.trace(t, args[0]) },
	}
	o.runFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "ladder", "`FORMAT`: ladder, jsonl, perfetto or shiviz")
	f.StringVar(&o.key, "key", "", "only what concerns this `KEY`, and the faults")
	f.StringVar(&o.from, "from", "", "not before this `TIME`, such as 9.5s")
	f.StringVar(&o.until, "until", "", "not after this `TIME`")
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(traceFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (o *traceFlags) trace(t *terminal, name string) error {
	if err := oneOf("--format", o.format, traceFormats...); err != nil {
		return err
	}
	want := lab.TraceOptions{Width: t.width(), ASCII: t.ascii()}
	want.Key = o.key
	var err error
	if want.From, err = timeFlag("--from", o.from); err != nil {
		return err
	}
	if want.Until, err = timeFlag("--until", o.until); err != nil {
		return err
	}
	if want.Until > 0 && want.Until < want.From {
		return usage("--until %s is before --from %s: nothing happens in between", o.until, o.from)
	}
	if left := lab.FindLeftover(name, "trace"); left != nil && !o.changed() {
		return o.replay(t, left, want)
	}
	plan, err := o.openToRun(t, name, false, lab.ForecastOptions{})
	if err != nil {
		return err
	}
	write := map[string]func(*scenarios.Scenario, io.Writer, lab.TraceOptions, lab.RunOptions) error{
		"ladder": lab.WriteLadder, "jsonl": lab.WriteTrace, "perfetto": lab.WritePerfetto, "shiviz": lab.WriteShiViz,
	}[o.format]
	progress := newProgress(t, t.outIs.terminal)
	err = write(plan, t.out, want, lab.RunOptions{Progress: progress.show, Stop: t.stopped})
	progress.clear()
	if t.out.failed != nil {
		return t.out.failed
	}
	return failedRun(t, plan, err, false)
}

// replay shows a trace that a run has left.
func (o *traceFlags) replay(t *terminal, left *lab.Recorded, want lab.TraceOptions) error {
	reached, err := lab.ReplayTrace(left, t.out, o.format, want, t.stopped)
	if t.out.failed != nil {
		return t.out.failed
	}
	if err != nil {
		return err
	}
	if loss := left.Loss(reached); loss != "" && reached != "" {
		t.note("%s", loss)
	}
	return nil
}

// stopped tells whether to go on is of no use: the user wants an end, or nobody reads any more.
func (t *terminal) stopped() bool { return t.interrupt.stopped() || t.out.failed != nil }

// timeFlag reads a moment of the run in ns; "" is 0.
func timeFlag(flag, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	d, err := scenarios.ParseDuration(text)
	if err != nil {
		return 0, usage("%s: %v", flag, err)
	}
	return int64(d), nil
}

// oneOf demands one of the words that a flag takes.
func oneOf(flag, word string, allowed ...string) error {
	if slices.Contains(allowed, word) {
		return nil
	}
	return &status{lab.ExitBadInput, "dynamosim: " + lab.Unknown(flag, word, allowed)}
}
