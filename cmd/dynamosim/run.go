package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// runFlags are those of run.
type runFlags struct {
	source
	dir            string
	force          bool
	json           bool
	verify         bool
	quiet, verbose bool
	keep           keepFlags
}

func runCommand(t *terminal) *cobra.Command {
	o := &runFlags{}
	cmd := &cobra.Command{
		Use:   "run SCENARIO",
		Short: "Run a scenario once and judge what clients saw",
		Example: `
  dynamosim run @cart-partition                  a scenario of the library, with its own seed
  dynamosim run my.yaml --seed 7 -o out          your own; the result, the history and the trace go to out/
  dynamosim run out                              the same run again, from its plan
  dynamosim run @stale-read --set cluster.r=2    with other settings
  dynamosim run @chaos --seed random --verify    twice, to see that both runs are the same
  dynamosim run @put-get --json | jq .checks     for programs`,
		Long: aboutScenario + `

With -o the folder gets plan.yaml (the run again, without the scenario), history.jsonl (what clients saw), trace.jsonl.zst (what happened
inside), state.jsonl (what nodes hold at the end), report.md, host.json, KEY.html for each key that is not linearizable, and result.json, which comes
last. A folder with the same plan is written anew; any other that is not empty needs --force.

History and trace are written while the run goes on. A run that is killed leaves them with an unfinished.txt; ` + "`dynamosim check DIR`" + `, history and trace
read them as far as they are whole. --history failures keeps history and state of those keys alone that a check shows as evidence that it is invalid,
and no trace; --history summary keeps none of the three. The format of the files: docs/files.md.

The exit code is that of ` + "`dynamosim help exit-codes`.",
		Args: oneScenario,
		RunE: func(_ *cobra.Command, args []string) error { return o.run(t, args[0]) },
	}
	o.runFlags(cmd)
	f := cmd.Flags()
	f.StringVarP(&o.dir, "output", "o", "", "`DIR` for the files of the run")
	f.BoolVar(&o.force, "force", false, "write into a folder that holds something else")
	f.BoolVar(&o.json, "json", false, "print the result as one JSON object")
	f.BoolVar(&o.verify, "verify", false, "run twice and compare digest, history and result")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print the verdict alone, and no progress")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "print all faults, evidence, expectations and counters")
	o.keep.flags(cmd)
	cmd.MarkFlagDirname("output")
	return cmd
}

func (o *runFlags) run(t *terminal, name string) error {
	if o.quiet && o.verbose {
		return usage("--quiet and --verbose contradict each other")
	}
	plan, err := o.openToRun(t, name, o.quiet, lab.ForecastOptions{Files: o.given(), Trace: o.given() && !o.keep.noTrace, Verify: o.verify})
	if err != nil {
		return err
	}
	produce := lab.ProduceOptions{Verify: o.verify}
	if produce.Keep, err = o.keep.options(o.given()); err != nil {
		return err
	}
	if o.given() {
		if produce.Folder, err = lab.OpenFolder(o.dir, plan, o.force); err != nil {
			return err
		}
	}
	progress := newProgress(t, o.quiet)
	produce.RunOptions = lab.RunOptions{Progress: progress.show, Stop: t.interrupt.stopped}
	report, difference, err := lab.Produce(plan, produce)
	progress.clear()
	if err != nil {
		return o.failed(t, plan, err)
	}
	return o.show(t, report, difference)
}

// show prints the result and ends with its exit code.
func (o *runFlags) show(t *terminal, report *lab.Report, difference *lab.Difference) error {
	var err error
	if o.json {
		_, err = t.out.Write(report.JSON())
	} else {
		text := t.textOptions()
		text.Quiet, text.Verbose, text.Verified = o.quiet, o.verbose, o.verify && difference == nil
		err = report.Text(t.out, text)
	}
	if difference != nil && difference.Parting != nil {
		var b strings.Builder
		difference.Parting.Text(&b, t.width(), t.ascii())
		t.note("%s\n%s", difference, strings.TrimSuffix(b.String(), "\n"))
	}
	if err != nil && !o.given() {
		return lostResult{err}
	}
	return exit(report.ExitCode)
}

// given tells whether a folder was asked for.
func (o *runFlags) given() bool { return o.dir != "" }

// failed tells of a run that has no report.
func (o *runFlags) failed(t *terminal, plan *scenarios.Scenario, err error) error {
	return failedRun(t, plan, err, o.json)
}

// failedRun tells of a crash with the command that repeats it; other errors it passes on.
func failedRun(t *terminal, plan *scenarios.Scenario, err error, asJSON bool) error {
	var crash *lab.Crash
	if !errors.As(err, &crash) {
		return err
	}
	if asJSON {
		t.out.Write(crash.JSON(plan))
	}
	text := fmt.Sprintf("dynamosim: %v\nagain  %s\n\n%s", err, lab.Command("run", plan), crash.Stack)
	return &status{lab.ExitFail, text}
}
