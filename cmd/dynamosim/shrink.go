package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"dynamosim/analysis"
	"dynamosim/scenarios/lab"
	"dynamosim/scenarios/shrink"
)

// shrinkFlags are those of shrink.
type shrinkFlags struct {
	source
	check, file        string
	operation, jobs    int
	budget             time.Duration
	force, json, quiet bool
}

func shrinkCommand(t *terminal) *cobra.Command {
	o := &shrinkFlags{}
	cmd := &cobra.Command{
		Use:   "shrink SCENARIO",
		Short: "Find the smallest scenario that still fails in the same way",
		Example: `
  dynamosim shrink @stale-read --seed 7 -o small.yaml
  dynamosim shrink @chaos --check linearizable            print it
  dynamosim shrink nightly/failures/lost-writes -o small.yaml --time-budget 1m`,
		Long: `Takes faults, operations, clients, keys and nodes away, ends the run earlier, switches mechanisms off and makes latencies and times simpler, as
long as the same check stays invalid with a witness of the same shape; until nothing more can be taken away. What is left is a scenario of its
own, with comments that say what becomes of the failure without each part.

What fails the run is shrunk: a check, an expectation, or a crash; if nothing does, the first check that is invalid. --check asks for another one.
The result does not depend on --jobs. Ctrl-C, and the end of --time-budget, leave the smallest scenario so far.`,
		Args: oneScenario,
		RunE: func(_ *cobra.Command, args []string) error { return o.shrink(t, args[0]) },
	}
	o.source.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.check, "check", "", "the `CHECK` that must stay invalid")
	f.IntVar(&o.operation, "operation", -1, "the `INDEX` in the history of an operation that the evidence must have")
	f.StringVarP(&o.file, "output", "o", "", "`FILE` for the scenario (default: print it)")
	f.IntVarP(&o.jobs, "jobs", "j", 0, "`N` runs side by side (default: as many as there are processors)")
	f.DurationVar(&o.budget, "time-budget", 0, "stop after this `TIME` with the smallest so far")
	f.BoolVar(&o.force, "force", false, "overwrite a file that holds something else")
	f.BoolVar(&o.json, "json", false, "print the result as one JSON object")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress on stderr")
	cmd.RegisterFlagCompletionFunc("check", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, c := range analysis.Checks() {
			names = append(names, cobra.CompletionWithDesc(c.Name, c.Doc))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	cmd.MarkFlagFilename("output", "yaml")
	return cmd
}

func (o *shrinkFlags) shrink(t *terminal, name string) error {
	if err := o.mayWrite(); err != nil {
		return err
	}
	plan, err := o.open(t, name, o.quiet)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if o.budget > 0 {
		ctx, cancel = context.WithTimeout(ctx, o.budget)
		defer cancel()
	}
	stopWatching := t.interrupt.whenAsked(cancel)
	defer stopWatching()
	small, err := lab.Shrink(ctx, plan, lab.ShrinkOptions{
		TargetOptions: lab.TargetOptions{Check: o.check, Operation: o.operation}, Jobs: o.jobs, Progress: o.progress(t),
	})
	if t.errIs.terminal && !o.quiet {
		fmt.Fprint(t.err, "\r\x1b[K")
	}
	if err != nil {
		return err
	}
	if err := o.show(t, small); err != nil {
		return err
	}
	if t.interrupt.stopped() {
		return lab.ErrInterrupted
	}
	return nil
}

// mayWrite refuses a file that is something else than an earlier result, before anything runs.
func (o *shrinkFlags) mayWrite() error {
	if o.file == "" || o.force {
		return nil
	}
	old, err := os.ReadFile(o.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(o.file)); err != nil {
			return usage("-o %s: there is no such folder", lab.Quote(o.file))
		}
		return lab.Writable(o.file)
	case isFolder(o.file):
		return usage("-o %s: that is a folder, not a file", lab.Quote(o.file))
	case err != nil:
		return fmt.Errorf("-o %s: %w", lab.Quote(o.file), err)
	case len(old) > 0 && !bytes.HasPrefix(old, []byte(lab.ShrunkTitle)):
		return usage("-o %s: the file holds something else than a shrunk scenario\n  choose another one, or overwrite it with --force", lab.Quote(o.file))
	}
	return lab.Writable(o.file)
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// show writes the scenario, and tells of it on stdout; where the scenario itself goes there, on stderr.
func (o *shrinkFlags) show(t *terminal, small *lab.Shrunk) error {
	if o.file != "" {
		if err := lab.WriteWhole(o.file, small.YAML); err != nil {
			t.out.Write(small.YAML) // so that it is not lost
			return err
		}
	}
	switch {
	case o.json:
		_, err := t.out.Write(small.JSON(o.file))
		return err
	case o.file != "":
		return small.Text(t.out, o.file, t.width())
	}
	if _, err := t.out.Write(small.YAML); err != nil {
		return lostResult{err}
	}
	if !o.quiet {
		return small.Text(t.err, "", t.width())
	}
	return nil
}

// progress tells on stderr how far the search has come.
func (o *shrinkFlags) progress(t *terminal) func(shrink.Progress) {
	began := time.Now()
	next := firstInLog
	if t.errIs.terminal {
		next = firstOnTerminal
	}
	return func(p shrink.Progress) {
		past := time.Since(began)
		if o.quiet || past < next {
			return
		}
		text := fmt.Sprintf("%d changes tried, %d taken: %v", p.Tried, p.Taken, p.Size)
		if t.errIs.terminal {
			next = past + redraw
			fmt.Fprintf(t.err, "\r\x1b[K%s", text)
			return
		}
		next = past + max(firstInLog, past/2)
		t.note("%s", text)
	}
}
