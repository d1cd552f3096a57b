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
	Keep   KeepOptions
	Verify bool // run twice and compare
}

// Unfinished is the error of a run that did not come to its end and left files of what had happened.
type Unfinished struct {
	Err error
	Dir string // that holds them
}

func (u *Unfinished) Error() string { return u.Err.Error() }

// Unwrap gives the reason.
func (u *Unfinished) Unwrap() error { return u.Err }

// Produce runs a plan and writes its files, history and trace while it runs. Where two runs are wanted and differ, the report says so and the
// difference comes with it. A *Crash leaves a folder too, with what is known. Without an error the folder is in place; a run that was interrupted,
// or could not write, leaves what it had written and comes back as *Unfinished.
func Produce(plan *scenarios.Scenario, o ProduceOptions) (*Report, *Difference, error) {
	if o.Folder == nil {
		return produce(plan, &o)
	}
	if err := o.Folder.begin(plan); err != nil {
		o.Folder.Discard()
		return nil, nil, err
	}
	report, difference, err := produce(plan, &o)
	var crash *Crash
	switch {
	case errors.As(err, new(*BadInput)):
		o.Folder.Discard()
		return nil, nil, err
	case errors.As(err, &crash):
		if failed := writeCrash(plan, crash, o.Folder); failed != nil {
			return nil, nil, &Unfinished{errors.Join(err, failed), o.Folder.leave()}
		}
	case err != nil:
		return nil, nil, &Unfinished{err, o.Folder.leave()}
	default:
		if err := report.writeFiles(o.Folder, o.Keep); err != nil {
			return report, nil, &Unfinished{err, o.Folder.leave()}
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

// first runs the plan, and records it where there is a folder.
func (o *ProduceOptions) first(plan *scenarios.Scenario) (*Report, error) {
	if o.Folder == nil {
		return Run(plan, o.RunOptions)
	}
	rec, err := startRecording(plan, o.Folder, o.Keep)
	if err != nil {
		return nil, err
	}
	report, err := Run(plan, rec.options(o.RunOptions))
	crashed := errors.As(err, new(*Crash))
	ended := rec.end(err == nil || crashed)
	if err == nil || crashed {
		err = errors.Join(err, ended)
	}
	return report, err
}

// writeCrash writes what is known of a run that crashed.
func writeCrash(plan *scenarios.Scenario, crash *Crash, f *Folder) error {
	return f.Write(resultFile, bytesOf(crash.JSON(plan)))
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
