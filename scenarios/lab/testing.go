package lab

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"dynamosim/dynamo"
	"dynamosim/scenarios"
)

// TB is what Test needs of a *testing.T.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// TestOptions say how a scenario is tested. The zero value runs the seeds of the scenario's sweep.
type TestOptions struct {
	Seeds   string   // "1..50", "7", "1..10,42"; "": the scenario's
	Set     []string // path=value, as on the command line
	Case    string
	Text    string                                      // the scenario itself, in place of a source
	NewNode func(dynamo.Env) dynamo.Process             // nodes of one's own; nil: package dynamo's
	Workers int                                         // worlds side by side; 0: one a processor
	Check   func(seed uint64, r *Report) (wrong string) // a judge of one's own, beside the verdict; nil: none
}

// mostFailures is how many failing seeds a test tells of.
const mostFailures = 3

// Test runs a scenario over its seeds as part of a go test: a file, "@name" from the library, or a text. Each seed that does not pass is an
// error with its reasons, and with the command that runs it again where the nodes are package dynamo's.
func Test(t TB, source string, o TestOptions) {
	t.Helper()
	failed, err := Failures(source, o, mostFailures)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, f := range failed {
		t.Errorf("%s", f)
	}
}

// Failure is a seed that did not pass.
type Failure struct {
	Seed   uint64
	Report *Report // nil where the run crashed
	Text   string  // what was wrong, and how to see it again
}

// String is the text.
func (f *Failure) String() string { return f.Text }

// Failures runs a scenario over its seeds until so many did not pass, and gives those in the order of the seeds.
func Failures(source string, o TestOptions, most int) ([]*Failure, error) {
	seeds, err := o.seeds(source)
	if err != nil {
		return nil, err
	}
	enough := errors.New("enough")
	var failed []*Failure
	plan := func(seed uint64) (*scenarios.Scenario, error) { return o.open(source, &seed) }
	err = eachSeedWith(context.Background(), seeds, o.Workers, RunOptions{NewNode: o.NewNode}, plan, nil, func(run SeedRun) error {
		if f := o.judge(&run); f != nil {
			failed = append(failed, f)
		}
		var bad *BadInput
		switch {
		case errors.As(run.Err, &bad):
			return run.Err
		case len(failed) >= most:
			return enough
		}
		return nil
	})
	if errors.Is(err, enough) {
		err = nil
	}
	return failed, err
}

// open draws the plan of a seed; nil: the scenario's.
func (o *TestOptions) open(source string, seed *uint64) (*scenarios.Scenario, error) {
	open := OpenOptions{Seed: seed, Set: o.Set, Case: o.Case}
	if o.Text != "" {
		source, open.Stdin = "-", strings.NewReader(o.Text)
	}
	plan, _, err := Open(source, open)
	return plan, err
}

// seeds are those asked for, or the scenario's.
func (o *TestOptions) seeds(source string) ([]uint64, error) {
	text := o.Seeds
	if text == "" {
		plan, err := o.open(source, nil)
		if err != nil {
			return nil, err
		}
		text = plan.Sweep.Seeds
	}
	return ParseSeeds(text, func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) })
}

// judge says what was wrong with a run; nil: nothing.
func (o *TestOptions) judge(run *SeedRun) *Failure {
	f := &Failure{Seed: run.Seed, Report: run.Report}
	switch {
	case run.Err != nil:
		f.Text = fmt.Sprintf("seed %d: %v", run.Seed, run.Err)
		return f
	case run.Report.Verdict != Passed:
		f.Text = fmt.Sprintf("seed %d: %s: %s", run.Seed, run.Report.Verdict, strings.Join(run.Report.Reasons, "; "))
		for i := range run.Report.Checks {
			if c := &run.Report.Checks[i]; c.Met() != 1 && len(c.Evidence) > 0 {
				f.Text += "\n  " + c.Evidence[0].Text
			}
		}
	case o.Check != nil:
		wrong := o.Check(run.Seed, run.Report)
		if wrong == "" {
			return nil
		}
		f.Text = fmt.Sprintf("seed %d: %s", run.Seed, wrong)
	default:
		return nil
	}
	if o.NewNode == nil && o.Text == "" {
		f.Text += "\n  again: " + Command("run", run.Report.Plan)
	}
	return f
}
