package lab

import (
	"bytes"
	"errors"
	"fmt"

	"dynamosim/scenarios"
	"dynamosim/sim/trace"
)

// Difference is where two runs of the same plan part.
type Difference struct {
	In      string     // digest, history, result.json or crash
	Span    trace.Span // the events between which the runs part, by their checkpoints; zero where they do not tell
	Parting *Parting   // the first event that differs; nil where it did not show again
}

// repeats is how often a plan that is not deterministic is run again to find the event at which its runs part.
const repeats = 5

// String says it in words.
func (d *Difference) String() string {
	text := "two runs of the same plan differ in their " + d.In
	if d.In == "crash" {
		text = "two runs of the same plan differ: only one of them crashed"
	}
	switch {
	case d.Parting != nil:
		text += fmt.Sprintf("; they part at event %d, %v", d.Parting.Event, scenarios.Duration(d.Parting.Time))
	case d.Span.Until > 0:
		text += fmt.Sprintf("; they part between events %d and %d, which %d more pairs of runs did not do again", d.Span.From, d.Span.Until, repeats)
	}
	return text
}

// Verify runs a plan once more, in a world built afresh, and compares digest, history and result.json with those of the first run, whose
// course tells where they part. It returns nil where all is equal.
func Verify(plan *scenarios.Scenario, first *Report, course *trace.Checkpoints, opts RunOptions) (*Difference, error) {
	var again trace.Checkpoints
	opts.Course = &again
	second, err := Run(plan, opts)
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
	d.Span, _ = trace.Parting(course, &again)
	for range repeats {
		if d.Parting, err = FindParting(plan, plan, opts); err != nil || d.Parting != nil {
			break
		}
	}
	return d, err
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
