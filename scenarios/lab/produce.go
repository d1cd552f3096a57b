package lab

import (
	"errors"
	"fmt"
	"runtime"

	"dynamosim/scenarios"
	"dynamosim/sim/trace"
)

// ProduceOptions say what is wanted of a run beside its report.
type ProduceOptions struct {
	RunOptions
	Folder *Folder // gets the run's files; nil: none
	Verify bool    // run twice and compare
}

// Produce runs a plan and writes its files. Where two runs are wanted and differ, the report says so and the difference comes with it.
// A *Crash leaves a folder too, with what is known. Without an error the folder is in place; with one it is discarded.
func Produce(plan *scenarios.Scenario, o ProduceOptions) (*Report, *Difference, error) {
	report, difference, err := produce(plan, &o)
	var crash *Crash
	switch {
	case o.Folder == nil:
		return report, difference, err
	case errors.As(err, &crash):
		if failed := writeCrash(plan, crash, o.Folder); failed != nil {
			o.Folder.Discard()
			return nil, nil, errors.Join(err, failed)
		}
	case err != nil:
		o.Folder.Discard()
		return nil, nil, err
	default:
		if err := report.WriteFiles(o.Folder); err != nil {
			o.Folder.Discard()
			return report, nil, err
		}
	}
	if failed := o.Folder.Commit(); failed != nil {
		return report, nil, errors.Join(err, failed)
	}
	return report, difference, err
}

// produce runs once or twice. The trace is kept where there is a folder for it.
func produce(plan *scenarios.Scenario, o *ProduceOptions) (*Report, *Difference, error) {
	var course trace.Checkpoints
	if o.Verify {
		o.Course = &course
	}
	report, err := o.first(plan)
	if err != nil || !o.Verify {
		return report, nil, err
	}
	difference, err := Verify(plan, report, &course, o.RunOptions)
	if difference != nil {
		report.Distrust(difference)
	}
	return report, difference, err
}

// first runs the plan, with a trace where it is to be kept.
func (o *ProduceOptions) first(plan *scenarios.Scenario) (*Report, error) {
	if o.Folder == nil {
		return Run(plan, o.RunOptions)
	}
	file, err := o.Folder.Create(TraceFile)
	if err != nil {
		return nil, err
	}
	report, err := Record(plan, file, o.RunOptions)
	return report, errors.Join(err, file.Close())
}

// writeCrash writes what is known of a run that crashed.
func writeCrash(plan *scenarios.Scenario, crash *Crash, f *Folder) error {
	return errors.Join(f.Write("plan.yaml", bytesOf(plan.YAML())), f.Write(resultFile, bytesOf(crash.JSON(plan))))
}

// JSON is the result of a run of the plan that crashed, for programs.
func (c *Crash) JSON(plan *scenarios.Scenario) []byte {
	o := object{
		{"format", ResultFormat}, {"scenario", plan.Name}, {"seed", fmt.Sprint(seedOf(plan))}, {"plan_sha256", planHash(plan)},
		{"verdict", string(Failed)}, {"exit_code", ExitFail}, {"reasons", []string{c.Error()}}, {"virtual_ns", c.Now}, {"events", c.Event},
		{"crash", object{{"time_ns", c.Now}, {"event", c.Event}, {"text", fmt.Sprint(c.Value)}}},
		{"reproduce", Command("run", plan)},
		{"host", object{{"go", runtime.Version()}, {"platform", runtime.GOOS + "/" + runtime.GOARCH}, {"program", Program()}, {"stack", c.Stack}}},
	}
	return o.pretty()
}
