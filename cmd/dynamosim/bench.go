package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"dynamosim/scenarios/lab"
)

// benchFlags are those of bench.
type benchFlags struct {
	quick, json, check, quiet bool
	rounds                    int
	only                      []string
	tolerance                 string
	profile                   string
	write, peers, shares      string
}

func benchCommand(t *terminal) *cobra.Command {
	o := &benchFlags{}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast runs are, in ratios to the bare kernel",
		Example: `
  dynamosim bench --quick                        all workloads and ratios in less than a minute
  dynamosim bench --only kernel-1024,naive-1024
  dynamosim bench --quick --check                exit 1 if a ratio is more than a tenth worse than its bound
  dynamosim bench --json | jq .ratios            for programs
  dynamosim bench --only chaos --profile cpu.pprof`,
		Long: `Times depend on the machine, so only ratios have bounds: what is compared is measured side by side, in rounds, and the median counts.
Processor time is measured, not the clock; a busy machine makes it less exact all the same. docs/performance.md explains the method.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return bench(t, o) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.quick, "quick", false, "shorter measurements")
	f.IntVar(&o.rounds, "rounds", 0, "measure everything `N` times (default 5)")
	f.StringSliceVar(&o.only, "only", nil, "`WORKLOADS` alone, and the ratios that follow from them")
	f.BoolVar(&o.json, "json", false, "print the result as one JSON object")
	f.BoolVar(&o.check, "check", false, "exit 1 if a ratio is worse than its bound, beyond the tolerance")
	f.StringVar(&o.tolerance, "tolerance", "10%", "of --check, as a `SHARE` of the bound")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress on stderr")
	f.StringVar(&o.profile, "profile", "", "measure nothing, write a profile of the workload of --only to `FILE` (default "+lab.Profiled+")")
	f.StringVar(&o.write, "write", "", "write the page about performance to `FILE`")
	f.StringVar(&o.peers, "peers", "", "show what folder bench has measured of other simulators, a `FILE`")
	f.StringVar(&o.shares, "shares", "", "for --write: what go tool pprof -top says of a profile, a `FILE`")
	cmd.RegisterFlagCompletionFunc("only", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return lab.BenchNames(), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

func bench(t *terminal, o *benchFlags) error {
	tolerance, err := parseTolerance(o.tolerance)
	switch {
	case err != nil:
		return err
	case o.rounds < 0:
		return usage("--rounds %d: at least 1", o.rounds)
	case o.profile != "":
		return profile(o)
	}
	page, peers, err := benchPage(o)
	if err != nil {
		return err
	}
	result, err := lab.RunBench(lab.BenchOptions{Quick: o.quick, Rounds: o.rounds, Only: o.only, Stop: t.stopped, Progress: benchProgress(t, o)})
	if err != nil {
		return err
	}
	page.Bench, result.Peers = result, peers
	if o.json {
		t.out.Write(result.JSON())
	} else {
		t.printf("%s", result.Text(t.textOptions()))
	}
	if o.write != "" {
		if err := os.WriteFile(o.write, page.Markdown(), 0o666); err != nil {
			return fmt.Errorf("writing the page about performance: %w", err)
		}
	}
	if o.check {
		return checkRatios(t, result, tolerance)
	}
	return nil
}

// benchPage reads what goes into the page beside the measurements.
func benchPage(o *benchFlags) (page *lab.BenchDocument, peers *lab.BenchPeers, err error) {
	page = &lab.BenchDocument{}
	if o.peers != "" {
		text, err := os.ReadFile(o.peers)
		if err != nil {
			return nil, nil, usage("--peers: %v", err)
		}
		if peers, err = lab.ReadBenchPeers(text); err != nil {
			return nil, nil, usage("--peers: %v", err)
		}
	}
	if o.shares != "" {
		text, err := os.ReadFile(o.shares)
		if err != nil {
			return nil, nil, usage("--shares: %v", err)
		}
		if page.Profile, err = lab.ReadProfile(string(text)); err != nil {
			return nil, nil, usage("--shares: %v", err)
		}
	}
	return page, peers, nil
}

// benchProgress tells what is being measured.
func benchProgress(t *terminal, o *benchFlags) func(round, rounds int, at string) {
	if o.quiet {
		return nil
	}
	if t.errIs.terminal {
		return func(round, rounds int, at string) {
			fmt.Fprintf(t.err, "\r%-60s\r", fmt.Sprintf("round %d of %d, %s", round+1, rounds, at))
		}
	}
	last := -1
	return func(round, rounds int, _ string) {
		if round != last {
			t.note("round %d of %d", round+1, rounds)
		}
		last = round
	}
}

// checkRatios fails if a ratio does not hold.
func checkRatios(t *terminal, result *lab.Bench, tolerance float64) error {
	for _, r := range result.Ratios {
		if r.Unjudged != "" {
			t.note("not judged: %s, as %s", r.Name, r.Unjudged)
		}
	}
	failed := result.Failed(tolerance)
	for _, r := range failed {
		t.note("%s is %.3g, bound %.3g", r.Name, r.Value, r.Bound)
	}
	if len(failed) > 0 {
		return exit(lab.ExitFail)
	}
	return nil
}

// parseTolerance reads a share: 10% or 0.1.
func parseTolerance(text string) (float64, error) {
	number, isPercent := strings.CutSuffix(text, "%")
	x, err := strconv.ParseFloat(number, 64)
	if isPercent {
		x /= 100
	}
	if err != nil || !(x >= 0 && x <= 1) {
		return 0, usage("--tolerance %q is no share\n  such as 10%% or 0.1", text)
	}
	return x, nil
}

// profile writes a profile of one workload.
func profile(o *benchFlags) (err error) {
	name := lab.Profiled
	switch len(o.only) {
	case 0:
	case 1:
		name = o.only[0]
	default:
		return usage("--profile takes one workload, not %d\n  such as: dynamosim bench --only chaos --profile %s", len(o.only), lab.Quote(o.profile))
	}
	file, err := os.Create(o.profile)
	if err != nil {
		return usage("--profile: %v", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return lab.Profile(name, o.quick, file)
}
