package main

import (
	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// historyFlags are those of history.
type historyFlags struct {
	source
	format string
	key    string
}

func historyCommand(t *terminal) *cobra.Command {
	o := &historyFlags{}
	cmd := &cobra.Command{
		Use:   "history SCENARIO|FILE",
		Short: "Show what the clients of a run saw",
		Example: `
  dynamosim history @put-get
  dynamosim history @cart-partition --key cart-7
  dynamosim history @stale-read --format jsonl > history.jsonl    for dynamosim check, and for other checkers
  dynamosim history @stale-read --format edn > history.edn        for Jepsen's checkers
  dynamosim history @cart-partition --format hdr > latency.hlog   latencies, for tools that read HDR histogram logs`,
		Long: `The text has an operation a line: when it was invoked, how long it took, who asked for what, and how it ended. With --key also what every node holds
of the key at the end. An HDR log has a histogram of latencies in ns for each kind of operation and each window of measures.window. Checks and files of a run come from dynamosim run.

A file in the format of history.jsonl, compressed or not, stands for itself, and the folder of a run that was killed for what it has left.

` + aboutScenario,
		Args: oneScenario,
		RunE: func(_ *cobra.Command, args []string) error { return o.history(t, args[0]) },
	}
	o.runFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "text", "`FORMAT`: text, jsonl, edn or hdr")
	f.StringVar(&o.key, "key", "", "only what concerns this `KEY`, and the faults")
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"text", "jsonl", "edn", "hdr"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (o *historyFlags) history(t *terminal, name string) error {
	if err := oneOf("--format", o.format, "text", "jsonl", "edn", "hdr"); err != nil {
		return err
	}
	if (o.format == "edn" || o.format == "hdr") && o.key != "" {
		return usage("--key goes with text and jsonl, not with %s", o.format)
	}
	h, plan, err := o.observe(t, name)
	if err != nil {
		return err
	}
	if o.key != "" {
		if err := lab.KnowsKey(h, o.key); err != nil {
			return err
		}
	}
	switch o.format {
	case "jsonl":
		return lab.WriteHistory(h, t.out, o.key)
	case "edn":
		return h.WriteEDN(t.out)
	case "hdr":
		return lab.WriteLatencyLog(h, t.out, plan)
	}
	return lab.WriteHistoryText(h, t.out, o.key)
}

// observe gets a history: from a run, or from the file that one has left.
func (o *historyFlags) observe(t *terminal, name string) (*lab.History, *scenarios.Scenario, error) {
	if left := lab.FindLeftover(name, "history"); left != nil && !o.changed() {
		if o.format == "hdr" {
			return nil, nil, usage("--format hdr is of a run, and %s is what one has left\n  it goes with a scenario, or the plan.yaml of a folder", lab.Clean(name))
		}
		h, err := lab.ReadRecorded(left)
		if err != nil {
			return nil, nil, err
		}
		if loss := left.Loss(lab.Reached(h)); loss != "" {
			t.note("%s", loss)
		}
		return h, nil, nil
	}
	plan, err := o.openToRun(t, name, false, lab.ForecastOptions{})
	if err != nil {
		return nil, nil, err
	}
	progress := newProgress(t, false)
	h, err := lab.Observe(plan, lab.RunOptions{Progress: progress.show, Stop: t.interrupt.stopped})
	progress.clear()
	if err != nil {
		return nil, nil, failedRun(t, plan, err, false)
	}
	return h, plan, nil
}
