package lab

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"dynamosim/scenarios"
)

// Difference is where two runs of the same plan part.
type Difference struct {
	In            string // digest, history, result.json, trace or crash
	Event         int    // line of the trace at which they part, from 1; 0 where the traces are equal or one is missing
	First, Second string // what happened there in either run
}

// String says it in words.
func (d *Difference) String() string {
	text := "two runs of the same plan differ in their " + d.In
	if d.In == "crash" {
		text = "two runs of the same plan differ: only one of them crashed"
	}
	if d.Event > 0 {
		text += fmt.Sprintf("; they part at line %d of the trace", d.Event)
	}
	return text
}

// Verify runs a plan once more, in a world built afresh, and compares digest, history and result.json with those of the first run. The
// first run's trace, as Record wrote it, serves to find the event at which they part. It returns nil where all is equal.
func Verify(plan *scenarios.Scenario, first *Report, trace io.Reader, opts RunOptions) (*Difference, error) {
	scratch, err := os.CreateTemp("", "dynamosim-trace-*")
	if err != nil {
		return nil, fmt.Errorf("keeping the second run's trace: %w", err)
	}
	defer os.Remove(scratch.Name())
	defer scratch.Close()
	second, err := Record(plan, scratch, opts)
	var crash *Crash
	if err != nil && !errors.As(err, &crash) {
		return nil, err
	}
	d := &Difference{In: "crash"}
	if crash == nil {
		if d.In, err = differsIn(first, second); err != nil || d.In == "" {
			return nil, err
		}
	}
	if _, err := scratch.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("reading the second run's trace: %w", err)
	}
	a, b, found, err := FirstDifference(trace, scratch)
	if err != nil {
		return nil, err
	}
	if found {
		d.Event, d.First, d.Second = a.Line, a.Text, b.Text
	}
	return d, nil
}

// differsIn names what differs between two reports, "" where nothing does.
func differsIn(first, second *Report) (string, error) {
	if first.Result.Digest != second.Result.Digest {
		return "digest", nil
	}
	var a, b bytes.Buffer
	if err := errors.Join(first.Result.History.Write(&a), second.Result.History.Write(&b)); err != nil {
		return "", err
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		return "history", nil
	}
	if !bytes.Equal(first.object().pretty(), second.object().pretty()) {
		return "result.json", nil
	}
	return "", nil
}

// Distrust turns the verdict into nondeterministic, which is worse than any but an internal error.
func (r *Report) Distrust(d *Difference) {
	r.Verdict, r.ExitCode = Nondeterministic, ExitNondeterministic
	r.Reasons = append([]string{d.String()}, r.Reasons...)
}
