package lab_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

// drawn is a scenario of some work whose faults and operations depend on the seed.
const drawn = `
version: 1
name: drawn
duration: 2s
workloads: [{name: kv, clients: 3, think: {dist: exponential, mean: 20ms}, keys: {count: 5}, ops: {get: 50, rmw: 50}}]
nemesis: {faults: [{every: {dist: exponential, mean: 500ms}, for: 100ms..300ms, crash: {nodes: one}}]}
`

func drawPlan(seed uint64) (*scenarios.Scenario, error) {
	plan, problems := scenarios.Load("drawn", []byte(drawn), nil, lab.Vocabulary(), scenarios.LoadOptions{Seed: &seed})
	if plan == nil {
		return nil, errors.New(scenarios.FormatAll(problems))
	}
	return plan, nil
}

// outcome is all of a run that a reader sees, in a few words.
func outcome(r lab.SeedRun) string {
	if r.Err != nil {
		return fmt.Sprint(r.Seed, " ", r.Err)
	}
	return fmt.Sprint(r.Seed, " ", r.Report.Result.Digest, " ", r.Report.Verdict, " ", r.Report.Result.Seed)
}

// count is the numbers from 1 to n.
func count(n int) []uint64 {
	list := make([]uint64, n)
	for i := range list {
		list[i] = uint64(i) + 1
	}
	return list
}

// Runs come in the order of the seeds and are those that each seed gives alone, with any number of workers.
func TestSeedsDoNotDependOnTheNumberOfWorkers(t *testing.T) {
	seeds := append(count(20), 3) // a seed may come again
	var alone []string
	for _, seed := range seeds {
		plan, err := drawPlan(seed)
		if err != nil {
			t.Fatal(err)
		}
		report, err := lab.Run(plan, lab.RunOptions{})
		alone = append(alone, outcome(lab.SeedRun{Seed: seed, Report: report, Err: err}))
	}
	if alone[0] == alone[1] || alone[2] != alone[20] {
		t.Fatalf("seeds 1, 2, 3, 3 give %v", []string{alone[0], alone[1], alone[2], alone[20]})
	}
	for _, workers := range []int{0, 1, 2, 5, 50} {
		var got []string
		err := lab.Seeds(t.Context(), seeds, workers, drawPlan, func(r lab.SeedRun) error {
			got = append(got, outcome(r))
			return nil
		})
		if err != nil || !slices.Equal(got, alone) {
			t.Errorf("%d workers: %v\n%v, want\n%v", workers, err, got, alone)
		}
	}
}

// What goes wrong with a seed is that seed's own.
func TestSeedsKeepErrorsAndPanicsBySeed(t *testing.T) {
	refuse := errors.New("no such plan")
	plan := func(seed uint64) (*scenarios.Scenario, error) {
		switch seed {
		case 2:
			return nil, refuse
		case 4:
			panic("plan 4")
		}
		return drawPlan(seed)
	}
	var runs []lab.SeedRun
	err := lab.Seeds(t.Context(), count(5), 2, plan, func(r lab.SeedRun) error {
		runs = append(runs, r)
		return nil
	})
	if err != nil || len(runs) != 5 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	var crash *lab.Crash
	if !errors.Is(runs[1].Err, refuse) || !errors.As(runs[3].Err, &crash) || crash.Value != "plan 4" || crash.Stack == "" {
		t.Errorf("seed 2: %v; seed 4: %v", runs[1].Err, runs[3].Err)
	}
	for _, i := range []int{0, 2, 4} {
		if runs[i].Err != nil || runs[i].Report == nil {
			t.Errorf("seed %d: %v", runs[i].Seed, runs[i].Err)
		}
	}
}

// Runs that have ended are given out in order, those that a cancelled context stops are not.
func TestSeedsStopWithTheirContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	var got []uint64
	err := lab.Seeds(ctx, count(200), 2, drawPlan, func(r lab.SeedRun) error {
		if got = append(got, r.Seed); len(got) == 3 {
			cancel(enough)
		}
		return nil
	})
	if !errors.Is(err, enough) || !slices.IsSorted(got) || !slices.Equal(got[:3], count(3)) || len(got) > 3+2*5 {
		t.Errorf("got %v, %v", got, err)
	}
}

// An error of the receiver ends it all.
func TestSeedsStopWithTheirReceiver(t *testing.T) {
	full := errors.New("full")
	var got []uint64
	err := lab.Seeds(t.Context(), count(200), 2, drawPlan, func(r lab.SeedRun) error {
		if got = append(got, r.Seed); len(got) == 2 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || !slices.Equal(got, count(2)) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestSeedsOfNone(t *testing.T) {
	if err := lab.Seeds(t.Context(), nil, 2, drawPlan, nil); err != nil {
		t.Error(err)
	}
}
