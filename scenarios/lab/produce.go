package lab

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"dynamosim/scenarios"
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

// produce runs once or twice, with a trace where one is needed.
func produce(plan *scenarios.Scenario, o *ProduceOptions) (*Report, *Difference, error) {
	if o.Folder == nil && !o.Verify {
		report, err := Run(plan, o.RunOptions)
		return report, nil, err
	}
	trace, err := o.traceFile()
	if err != nil {
		return nil, nil, err
	}
	report, err := Record(plan, trace, o.RunOptions)
	if err = errors.Join(err, trace.done()); err != nil || !o.Verify {
		trace.forget()
		return report, nil, err
	}
	defer trace.forget()
	again, err := trace.open()
	if err != nil {
		return nil, nil, err
	}
	defer again.Close()
	difference, err := Verify(plan, report, again, o.RunOptions)
	if difference != nil {
		report.Distrust(difference)
	}
	return report, difference, err
}

// traceFile is where the trace of a run goes: into its folder, or into a file that is forgotten.
type traceFile struct {
	io.Writer
	done   func() error
	open   func() (io.ReadCloser, error)
	forget func()
}

func (o *ProduceOptions) traceFile() (*traceFile, error) {
	if o.Folder != nil {
		file, err := o.Folder.Create(TraceFile)
		if err != nil {
			return nil, err
		}
		return &traceFile{file, file.Close, func() (io.ReadCloser, error) { return o.Folder.Open(TraceFile) }, func() {}}, nil
	}
	file, err := os.CreateTemp("", "dynamosim-trace-*")
	if err != nil {
		return nil, fmt.Errorf("keeping the trace: %w", err)
	}
	name := file.Name()
	return &traceFile{file, file.Close, func() (io.ReadCloser, error) { return os.Open(name) }, func() { os.Remove(name) }}, nil
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
