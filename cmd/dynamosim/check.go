package main

import (
	"io"

	"github.com/spf13/cobra"

	"dynamosim/analysis"
	"dynamosim/scenarios/lab"
)

// checkFlags are those of check.
type checkFlags struct {
	checks   []string
	model    string
	maxSteps int
	json     bool
	quiet    bool
}

func checkCommand(t *terminal) *cobra.Command {
	o := &checkFlags{}
	cmd := &cobra.Command{
		Use:   "check HISTORY",
		Short: "Judge a history from anywhere",
		Example: `
  dynamosim check out/history.jsonl                            all checks that the history can answer
  dynamosim check out                                          the history of a run, also of one that was killed
  dynamosim check jepsen.jsonl --checks linearizable --model register
  dynamosim history @stale-read --format jsonl | dynamosim check -`,
		Long: `HISTORY is a file in the format of history.jsonl, compressed with zstd or not, the folder of a run, or - for standard input.

A file that was cut short, as a run that is killed leaves it, is judged as far as it is whole; stderr, and "incomplete" of --json, say how far that is.

The exit code is 0 if all checks are valid, 1 if one is invalid, 2 if one could not be decided within its steps, 3 if the file breaks the
rules of the format (with its line and the reason), or if a check asked for by name cannot be answered.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("check takes one history\n  such as: dynamosim check out/history.jsonl, or - for standard input")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return o.check(t, args[0]) },
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.checks, "checks", nil, "only these `CHECKS`, apart by commas")
	f.StringVar(&o.model, "model", "", "what the keys promise, in place of the file's `MODEL`: register, siblings or last-write-wins")
	f.IntVar(&o.maxSteps, "max-steps", analysis.DefaultSteps, "`STEPS` of a checker's search for each key, after which it is undecided")
	f.BoolVar(&o.json, "json", false, "print the result as one JSON object")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print the verdict alone")
	cmd.RegisterFlagCompletionFunc("checks", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, c := range analysis.Checks() {
			names = append(names, cobra.CompletionWithDesc(c.Name, c.Doc))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	cmd.RegisterFlagCompletionFunc("model", cobra.FixedCompletions([]string{"register", "siblings", "last-write-wins"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (o *checkFlags) check(t *terminal, name string) error {
	if o.maxSteps < 1 {
		return usage("--max-steps is at least 1, not %d", o.maxSteps)
	}
	file, err := lab.FindHistory(name, t.in)
	if err != nil {
		return err
	}
	judgement, err := lab.JudgeRecorded(file, lab.JudgeOptions{Checks: o.checks, Model: o.model, MaxSteps: o.maxSteps})
	if err != nil {
		return err
	}
	if judgement.Incomplete != "" {
		t.note("%s", judgement.Incomplete)
	}
	if o.json {
		_, err = t.out.Write(judgement.JSON())
	} else {
		text := t.textOptions()
		text.Quiet = o.quiet
		_, err = io.WriteString(t.out, judgement.Text(text))
	}
	if err != nil {
		return lostResult{err}
	}
	return exit(judgement.ExitCode)
}
