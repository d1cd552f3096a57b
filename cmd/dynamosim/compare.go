package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dynamosim/scenarios/lab"
)

// compareFlags are those of compare.
type compareFlags struct {
	seeds, baseline, precision, dir string
	set, axes, cases, measures      []string
	jobs                            int
	force, json, quiet              bool
	memory                          maxMemory
}

func compareCommand(t *terminal) *cobra.Command {
	o := &compareFlags{}
	cmd := &cobra.Command{
		Use:   "compare SCENARIO",
		Short: "Hold settings against each other, with intervals and plots",
		Example: `
  dynamosim compare @nrw --axis cluster.r=1,2,3 --axis cluster.w=1,2,3 --seeds 1..50
  dynamosim compare @nrw --seeds 1..20 -o out                                  numbers, and plots in out/plots
  dynamosim compare @nrw --axis cluster.quorum=sloppy,strict --measure availability,stale_reads --seeds 1..30
  dynamosim compare @stale-read --case all --seeds 1..20 --baseline quorum
  dynamosim compare @nrw --axis cluster.r=1,2 --seeds 1..500 --precision 5%    stop as soon as intervals are that narrow`,
		Long: aboutScenario + `

Every setting, a value of each axis, is run with the same seeds. A run is one observation: its operations share its faults and its luck. Means
have Student's interval; shares that of Korn and Graubard (1998), percentiles that of Woodruff (1952), both of which count runs, not operations;
verdicts that of Clopper and Pearson. Each interval holds the true value in 95 of 100 such comparisons. Differences are taken seed by seed, so that
what a seed does to both settings cancels out.

The seeds are A..B with both ends, A+COUNT, a list, or @FILE; at least two. --precision P ends the comparison as soon as every interval of the table is at
most P of its column's largest value to either side, after ten seeds at the earliest; --seeds bounds it. Settings that cannot be, such as R=3
with N=2, are left out and listed.

With -o the folder gets result.json, summary.csv (a row a setting and measure), runs.csv (a row a run), windows.csv (a row a setting and second of the
run) and plots/*.svg and *.png. The same comparison writes the same bytes, whatever --jobs.

The exit code says whether the runs came to their end. What their checks and expectations said is shown, and judged by run and sweep.`,
		Args:              oneScenario,
		ValidArgsFunction: completeScenario,
		RunE:              func(_ *cobra.Command, args []string) error { return o.compare(t, args[0]) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.axes, "axis", nil, "`PATH=V1,V2`: a setting and its values; may be given again")
	f.StringVar(&o.seeds, "seeds", "", "`SEEDS`: A..B, A+COUNT, a list, or @FILE (default: as the scenario says, else 1..100)")
	f.StringArrayVar(&o.cases, "case", nil, "a case of this `NAME`, or all; may be given again")
	f.StringArrayVar(&o.set, "set", nil, "set `PATH=VALUE` in every run; may be given again")
	f.StringVar(&o.baseline, "baseline", "", "the `CELL` that others are held against, such as 'R=1 W=1' (default: the first)")
	f.StringSliceVar(&o.measures, "measure", nil, "what the table shows: `NAMES` with commas between, of `dynamosim metrics`")
	f.StringVar(&o.precision, "precision", "", "stop when all intervals are this narrow, a `SHARE` such as 5%")
	f.IntVarP(&o.jobs, "jobs", "j", 0, "`N` worlds side by side (default: as many as there are processors)")
	o.memory.flag(f)
	f.StringVarP(&o.dir, "output", "o", "", "`DIR` for numbers and plots")
	f.BoolVar(&o.force, "force", false, "write into a folder that holds something else")
	f.BoolVar(&o.json, "json", false, "print the result as one JSON object")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress on stderr")
	cmd.MarkFlagDirname("output")
	cmd.RegisterFlagCompletionFunc("axis", completePath)
	cmd.RegisterFlagCompletionFunc("set", completePath)
	cmd.RegisterFlagCompletionFunc("case", completeCase)
	return cmd
}

// options reads the flags.
func (o *compareFlags) options(t *terminal, source string) (*lab.Compare, error) {
	c := &lab.Compare{Source: source, Stdin: t.in, Set: o.set, Cases: o.cases, Baseline: o.baseline, Measures: o.measures}
	var err error
	if o.seeds != "" {
		if c.Seeds, err = lab.ParseSeeds(o.seeds, parseSeed); err != nil {
			return nil, usage("--seeds: %v\n  such as --seeds 1..20", strings.TrimPrefix(err.Error(), "--seed "))
		}
	}
	for _, text := range o.axes {
		axis, err := lab.ParseAxis(text)
		if err != nil {
			return nil, usage("--axis: %v", err)
		}
		c.Axes = append(c.Axes, axis)
	}
	if o.precision != "" {
		share, err := lab.ParseShare(o.precision)
		if err == nil && (share.Float() <= 0 || share.Float() >= 1) {
			err = errors.New("it is a share between 0 and 1")
		}
		if err != nil {
			return nil, usage("--precision %s: %v\n  such as --precision 5%%", lab.Clean(o.precision), err)
		}
		c.Precision = math.Round(share.Float()*1e9) / 1e9
	}
	if o.jobs < 0 {
		return nil, usage("--jobs %d: it is a number of worlds side by side, 1 or more\n  such as --jobs 2", o.jobs)
	}
	return c, nil
}

func (o *compareFlags) compare(t *terminal, source string) error {
	c, err := o.options(t, source)
	if err != nil {
		return err
	}
	session, err := c.Begin()
	if err != nil {
		return err
	}
	jobs, err := o.afford(t, session)
	if err != nil {
		return err
	}
	if o.dir != "" {
		if err := session.OpenFolder(o.dir, o.force); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer t.interrupt.keeps.Store(false)
	defer t.interrupt.whenAsked(func() {
		t.interrupt.keeps.Store(true)
		cancel()
	})()
	result, err := session.Run(ctx, lab.CompareOptions{Jobs: jobs, Progress: o.progress(t)})
	if t.errIs.terminal && !o.quiet {
		fmt.Fprint(t.err, "\r\x1b[K")
	}
	if result == nil {
		return err
	}
	if showErr := o.show(t, result); showErr != nil {
		return showErr
	}
	if err != nil {
		return err
	}
	return exit(result.Exit())
}

// afford finds out how many runs may be side by side.
func (o *compareFlags) afford(t *terminal, session *lab.Comparison) (jobs int, err error) {
	bound, err := o.memory.bound(t)
	if err != nil {
		return 0, err
	}
	t.keepBelow(bound)
	jobs, note, err := session.Afford(bound, o.jobs)
	if err == nil && note != "" && !o.quiet {
		t.note("%s", note)
	}
	return jobs, err
}

func (o *compareFlags) show(t *terminal, result *lab.CompareResult) error {
	if o.dir != "" {
		if err := result.WriteFiles(o.dir); err != nil {
			return err
		}
	}
	if o.json {
		_, err := t.out.Write(result.JSON())
		return err
	}
	if err := result.Text(t.out, t.textOptions()); err != nil {
		return err
	}
	if o.dir != "" && !o.quiet {
		t.note("numbers and plots are in %s", o.dir)
	}
	return nil
}

// progress tells on stderr how far a comparison has come.
func (o *compareFlags) progress(t *terminal) func(lab.CompareProgress) {
	tell := t.paced(o.quiet)
	return func(p lab.CompareProgress) {
		if p.Done == p.Total {
			return
		}
		tell(p.Wall, func() string {
			left := time.Duration(float64(p.Total-p.Done) / float64(p.Done) * float64(p.Wall)).Round(time.Second)
			if p.Stops {
				return fmt.Sprintf("%d runs of at most %d, at most %v left", p.Done, p.Total, left)
			}
			return fmt.Sprintf("%d of %d runs, %v left", p.Done, p.Total, left)
		})
	}
}
