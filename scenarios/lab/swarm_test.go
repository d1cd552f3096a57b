package lab

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"dynamosim/analysis"
	"dynamosim/dynamo"
	"dynamosim/scenarios"
)

var (
	swarmSeeds = flag.Int("swarm-seeds", 16, "seeds of @swarm; make swarm takes 2000")
	swarmFrom  = flag.Uint64("swarm-from", 1, "the first of them")
	swarmOut   = flag.String("swarm-matrix", "", "file for the matrix of kinds of faults")
)

// swarmRuns is what many seeds of @swarm come to.
type swarmRuns struct {
	seeds    int
	failures []string // in the order of the seeds
	ok, all  int
	overlaps Overlaps
}

// runSwarm runs seeds of @swarm, as it is or with a mistake planted. It goes on after a failure unless stop tells it not to.
func runSwarm(t *testing.T, seeds int, o RunOptions, set []string, stop func(*swarmRuns) bool) *swarmRuns {
	t.Helper()
	var lock sync.Mutex
	var wait sync.WaitGroup
	runs := &swarmRuns{}
	next, end := *swarmFrom, *swarmFrom+uint64(seeds)
	take := func() (seed uint64, more bool) {
		lock.Lock()
		defer lock.Unlock()
		next++
		return next - 1, next <= end && (stop == nil || !stop(runs))
	}
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			var r runner
			for seed, more := take(); more; seed, more = take() {
				plan, _, err := Open("@swarm", OpenOptions{Seed: &seed, Set: set})
				var report *Report
				if err == nil {
					report, err = r.run(plan, o)
				}
				lock.Lock()
				runs.add(seed, report, err)
				lock.Unlock()
			}
		})
	}
	wait.Wait()
	slices.Sort(runs.failures)
	return runs
}

func (s *swarmRuns) add(seed uint64, r *Report, err error) {
	s.seeds++
	fail := func(format string, args ...any) {
		s.failures = append(s.failures, fmt.Sprintf("seed %5d: ", seed)+fmt.Sprintf(format, args...))
	}
	if err != nil {
		fail("%v", err)
		return
	}
	if r.Verdict != Passed {
		fail("%s: %s", r.Verdict, strings.Join(r.Reasons, "; "))
	}
	for i := range r.Checks {
		// What is pending where handoff is off is only reported; what nobody can account for never is.
		if c := &r.Checks[i]; c.Check == "hints" && c.Verdict == analysis.Invalid && c.Evidence[0].Kind == "hints-unaccounted" {
			fail("%s", c.Summary)
		}
	}
	s.ok, s.all = s.ok+r.Measures.Operations.Ok, s.all+r.Measures.Operations.Total
	s.overlaps.Add(r)
}

// Many seeds of all faults and mechanisms run without a crash, a hang, a lost write, a hint unaccounted for, or replicas that do not come to
// agree; at least 80 % of the operations succeed. Over 2,000 seeds every kind of fault takes effect, and every two that can be at once.
func TestSwarm(t *testing.T) {
	runs := runSwarm(t, *swarmSeeds, RunOptions{}, nil, nil)
	for _, f := range runs.failures {
		t.Error(f)
	}
	if 100*runs.ok < 80*runs.all {
		t.Errorf("%d of %d operations are ok", runs.ok, runs.all)
	}
	t.Logf("%d seeds, %d failures, %d of %d operations ok\n%s", runs.seeds, len(runs.failures), runs.ok, runs.all, runs.overlaps.Text())
	if *swarmOut != "" {
		if err := os.WriteFile(*swarmOut, []byte(runs.overlaps.Text()), 0o644); err != nil {
			t.Error(err)
		}
	}
	if missing := runs.overlaps.Missing(); *swarmSeeds >= 2000 && len(missing) > 0 {
		t.Errorf("never took effect: %s", strings.Join(missing, ", "))
	}
}

// The same seeds find every mistake that is planted. Few seeds need not.
func TestSwarmFindsPlantedMistakes(t *testing.T) {
	type mistake struct {
		name string
		o    RunOptions
		set  []string
	}
	mistakes := []mistake{
		{"early-acknowledgement", RunOptions{}, []string{"cluster.storage.sync=periodic"}},
		{"old-actor", RunOptions{}, []string{"cluster.versioning.actor_epochs=false"}},
	}
	for _, p := range dynamo.PlantedMistakes() {
		mistakes = append(mistakes, mistake{p.String(), RunOptions{planted: p}, nil})
	}
	for _, m := range mistakes {
		runs := runSwarm(t, *swarmSeeds, m.o, m.set, func(r *swarmRuns) bool { return len(r.failures) > 0 })
		switch {
		case len(runs.failures) > 0:
			t.Logf("%s: found after %d seeds: %s", m.name, runs.seeds, runs.failures[0])
		case *swarmSeeds >= 2000:
			t.Errorf("%s: not found by %d seeds", m.name, runs.seeds)
		}
	}
}

// @swarm has every kind of fault, and every mechanism whose absence breaks no promise may be off.
func TestSwarmHasEveryKind(t *testing.T) {
	drawn := map[string]bool{}
	for seed := range uint64(40) {
		plan, _, err := Open("@swarm", OpenOptions{Seed: &seed, Set: []string{"nemesis.swarm.share=100%", "nemesis.max_down=5"}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range plan.Faults {
			drawn[plan.Faults[i].Kind.Kind()] = true
		}
	}
	for _, k := range scenarios.FaultKinds() {
		if !drawn[k.Name] {
			t.Errorf("scenarios/library/swarm.yaml never draws the fault %s: add an entry to its nemesis, then run make swarm", k.Name)
		}
	}
}
