package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// sweepFlags are those of sweep.
type sweepFlags struct {
	seeds, shard, verify, known, canary, dir string
	corpus, history                          string
	shrink                                   time.Duration
	set, axes, cases                         []string
	jobs                                     int
	budget                                   time.Duration
	failFast, resume, force, json, quiet     bool
	memory                                   maxMemory
}

func sweepCommand(t *terminal) *cobra.Command {
	o := &sweepFlags{}
	cmd := &cobra.Command{
		Use:   "sweep SCENARIO...",
		Short: "Run many seeds, cases and settings; group what fails",
		Example: `
  dynamosim sweep @sloppy-quorum @power-loss --seeds 1..20 -o nightly
  dynamosim sweep @sloppy-quorum @power-loss --seeds 1..20 -o nightly --resume    go on after an interruption
  dynamosim sweep @put-get --axis cluster.r=1,2,3 --seeds 1..10 -o axes
  dynamosim sweep @sloppy-quorum --case all --seeds 1+5 -o cases
  dynamosim sweep @put-get --seeds 1..20 --shard 1/4 -o shard-1    every fourth run; see dynamosim merge`,
		Long: `Runs scenarios × cases × axes × seeds over all processors. The folder gets runs.jsonl (a line a run, in order), runs.csv, coverage.csv,
junit.xml, summary.md, result.json, and for each kind of failure the shortest run under failures/.

The seeds are A..B with both ends, A+COUNT, a list, or @FILE; a 40-digit commit hash may stand for a seed. --shard auto takes the place
from what Kubernetes, Slurm and GitLab put into the environment. A canary, which must fail, is run first.

A corpus is a file of failing seeds: those of the scenarios swept are run first, failures are added, at most ten alike and a thousand in all;
shards leave it as it is, and merge brings it up to date. --shrink puts the smallest scenario of each kind of failure beside it.

The exit code is the worst of the runs' (` + "`dynamosim help exit-codes`" + `); failures in --known do not count.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("sweep needs a scenario\n  such as: dynamosim sweep @chaos --seeds 1..100 -o out")
			}
			return nil
		},
		ValidArgsFunction: completeScenario,
		RunE:              func(_ *cobra.Command, args []string) error { return o.sweep(t, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.seeds, "seeds", "", "`SEEDS`: A..B, A+COUNT, a list, or @FILE (default: as the scenario says, else 1..100)")
	f.StringArrayVar(&o.set, "set", nil, "set `PATH=VALUE` in every run; may be given again")
	f.StringArrayVar(&o.axes, "axis", nil, "`PATH=V1,V2`: every run with each of the values; may be given again")
	f.StringArrayVar(&o.cases, "case", nil, "a case of this `NAME`, or all; may be given again")
	f.IntVarP(&o.jobs, "jobs", "j", 0, "`N` worlds side by side (default: as many as there are processors)")
	o.memory.flag(f)
	f.StringVar(&o.shard, "shard", "", "`I/K`, from 1/K to K/K, or auto")
	f.DurationVar(&o.budget, "time-budget", 0, "begin no run after this `TIME`")
	f.BoolVar(&o.failFast, "fail-fast", false, "stop at the first failure")
	f.BoolVar(&o.resume, "resume", false, "go on where an earlier sweep of this folder stopped")
	f.StringVar(&o.known, "known", "", "`FILE` of failures that are known: a list of {signature, note}")
	f.StringVar(&o.corpus, "corpus", "", "`FILE` of seeds that failed once: they are run first, and new ones are added")
	f.DurationVar(&o.shrink, "shrink", 0, "shrink the shortest failure of each kind, for this `TIME` in all")
	f.StringVar(&o.history, "history", "", "how much is kept of the failure of each kind, `WHAT`: full (the default), failures or summary")
	f.StringVar(&o.canary, "canary", "", "a `SCENARIO` that must fail, in place of the built-in one")
	f.StringVar(&o.verify, "verify", "", "run this `SHARE` of the runs twice, to see that both are the same (default: as the scenario says, else 5%)")
	f.StringVarP(&o.dir, "output", "o", "", "`DIR` for the results")
	f.BoolVar(&o.force, "force", false, "write into a folder that holds something else")
	f.BoolVar(&o.json, "json", false, "print the result as one JSON object")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress on stderr")
	cmd.MarkFlagDirname("output")
	return cmd
}

// options reads the flags.
func (o *sweepFlags) options(sources []string, getenv func(string) string) (*lab.Sweep, *lab.SweepOptions, error) {
	s := &lab.Sweep{Sources: sources, Set: o.set, Cases: o.cases}
	var err error
	if o.seeds != "" {
		if s.Seeds, err = lab.ParseSeeds(o.seeds, parseSeed); err != nil {
			return nil, nil, usage("--seeds: %v", strings.TrimPrefix(err.Error(), "--seed "))
		}
	}
	for _, text := range o.axes {
		axis, err := lab.ParseAxis(text)
		if err != nil {
			return nil, nil, usage("--axis: %v", err)
		}
		s.Axes = append(s.Axes, axis)
	}
	if s.Shard, err = shardOf(o.shard, getenv); err != nil {
		return nil, nil, usage("--shard: %v", err)
	}
	opts := &lab.SweepOptions{Jobs: o.jobs, Budget: o.budget, FailFast: o.failFast, Resume: o.resume, Force: o.force, Canary: o.canary, Program: lab.Program(), Corpus: o.corpus, Shrink: o.shrink}
	if o.history != "" {
		if err := oneOf("--history", o.history, lab.Keeps()...); err != nil {
			return nil, nil, err
		}
		opts.Keep = lab.Keep(o.history)
	}
	if o.verify != "" {
		share, err := lab.ParseShare(o.verify)
		if err != nil {
			return nil, nil, usage("--verify: %v", err)
		}
		opts.Verify = &share
	}
	if o.known != "" {
		if opts.Known, err = knownFailures(o.known); err != nil {
			return nil, nil, err
		}
	}
	return s, opts, nil
}

func knownFailures(file string) ([]scenarios.KnownFailure, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("--known %s: %v", file, err)
	}
	known, err := scenarios.ParseKnown(text)
	if err != nil {
		return nil, usage("--known %s: %v\n  it is a list such as: - {signature: linearizable/stale-read/partition, note: \"#12\"}", file, err)
	}
	return known, nil
}

// shardOf reads --shard. auto looks for the variables of the systems that number jobs, each with its own base.
func shardOf(text string, env func(string) string) (lab.Shard, error) {
	if text == "" {
		return lab.Shard{}, nil
	}
	if text != "auto" {
		return lab.ParseShard(text)
	}
	for _, system := range []struct {
		index, count string
		base         func() string // the number of the first
	}{
		{"CI_NODE_INDEX", "CI_NODE_TOTAL", func() string { return "1" }},
		{"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", func() string { return env("SLURM_ARRAY_TASK_MIN") }},
		{"JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", func() string { return "0" }},
		{"JOB_INDEX", "JOB_TOTAL", func() string { return "0" }},
	} {
		if env(system.index) == "" || env(system.count) == "" {
			continue
		}
		i, errI := strconv.Atoi(env(system.index))
		k, errK := strconv.Atoi(env(system.count))
		base, errB := strconv.Atoi(system.base())
		if err := errors.Join(errI, errK, errB); err != nil {
			return lab.Shard{}, fmt.Errorf("%s and %s: %w", system.index, system.count, err)
		}
		return lab.ParseShard(fmt.Sprintf("%d/%d", i-base+1, k))
	}
	return lab.Shard{}, errors.New("auto finds no job number in the environment: GitLab's CI_NODE_INDEX and CI_NODE_TOTAL, Slurm's SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT, " +
		"Kubernetes' JOB_COMPLETION_INDEX with JOB_COMPLETIONS, or JOB_INDEX and JOB_TOTAL (GitHub: strategy.job-index and strategy.job-total)")
}

func (o *sweepFlags) sweep(t *terminal, sources []string) error {
	s, opts, err := o.options(sources, t.getenv)
	if err != nil {
		return err
	}
	if opts.Memory, err = o.memory.bound(t); err != nil {
		return err
	}
	t.keepBelow(opts.Memory)
	opts.Progress = o.progress(t)
	if !o.quiet {
		opts.Say = func(text string) { t.note("%s", text) }
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stopWatching := t.interrupt.whenAsked(cancel)
	defer stopWatching()
	result, err := lab.RunSweep(ctx, s, o.dir, *opts)
	if t.errIs.terminal && !o.quiet {
		fmt.Fprint(t.err, "\r\x1b[K")
	}
	if err != nil && (result == nil || !errors.Is(err, lab.ErrInterrupted)) {
		return err
	}
	if showErr := showSweep(t, result, o.json); showErr != nil {
		return showErr
	}
	if err != nil {
		return err
	}
	return exit(result.Exit)
}

func showSweep(t *terminal, result *lab.SweepResult, asJSON bool) error {
	annotate(t, result, t.getenv)
	if asJSON {
		_, err := t.out.Write(result.JSON())
		return err
	}
	return result.Text(t.out, t.width())
}

// annotate tells GitHub of failures: at most ten as annotations, all in the summary of the step.
func annotate(t *terminal, result *lab.SweepResult, env func(string) string) {
	if env("GITHUB_ACTIONS") != "true" {
		return
	}
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	for i, g := range result.Groups {
		if g.Known == "" && i < 10 {
			t.note("::error title=%s::%s", strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escape.Replace(g.Signature)),
				escape.Replace(fmt.Sprintf("%d runs fail, seeds %s\n%s", g.Count, strings.Join(g.Seeds, ", "), g.Again())))
		}
	}
	if file := env("GITHUB_STEP_SUMMARY"); file != "" {
		summary, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
		if err == nil {
			_, err = summary.WriteString(result.Summary())
			err = errors.Join(err, summary.Close())
		}
		if err != nil {
			t.note("dynamosim: the summary of the step: %v", err)
		}
	}
}

// progress tells on stderr how far a sweep has come, with its rate, what failed so far and the time left.
func (o *sweepFlags) progress(t *terminal) func(lab.SweepProgress) {
	tell := t.paced(o.quiet)
	return func(p lab.SweepProgress) {
		if p.Done == p.Total {
			return
		}
		tell(p.Wall, func() string {
			rate := float64(p.Done-p.Resumed) / p.Wall.Seconds()
			left := time.Duration(float64(p.Total-p.Done) / rate * float64(time.Second)).Round(time.Second)
			return fmt.Sprintf("%d of %d runs, %d failed, %.0f a second, %v left", p.Done, p.Total, p.Failed, rate, left)
		})
	}
}

func mergeCommand(t *terminal) *cobra.Command {
	var dir, corpus string
	var complete, force, asJSON bool
	cmd := &cobra.Command{
		Use:   "merge DIR...",
		Short: "Put the shards of a sweep together",
		Example: `
  dynamosim merge shard-1 shard-2 shard-3 shard-4 --complete -o whole`,
		Long: "The folder gets what the sweep would have written without shards, byte for byte. Shards of another sweep, or a run that is there twice, are\nrefused; --complete also refuses a sweep of which runs are missing. The exit code is that of the whole sweep.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("merge needs the folders of shards\n  such as: dynamosim merge shard-1 shard-2 -o whole")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			result, err := lab.MergeWithCorpus(args, dir, corpus, complete, force)
			if err != nil {
				return err
			}
			if err := showSweep(t, result, asJSON); err != nil {
				return err
			}
			return exit(result.Exit)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&dir, "output", "o", "", "`DIR` for the result")
	f.StringVar(&corpus, "corpus", "", "`FILE` of seeds that failed once, to which the failures of the sweep are added")
	f.BoolVar(&complete, "complete", false, "refuse a sweep of which runs are missing")
	f.BoolVar(&force, "force", false, "write into a folder that holds something else")
	f.BoolVar(&asJSON, "json", false, "print the result as one JSON object")
	cmd.MarkFlagDirname("output")
	return cmd
}
