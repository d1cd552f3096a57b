package lab

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/scenarios/shrink"
	"dynamosim/scenarios/world"
)

// ShrinkOptions say what is shrunk, and how.
type ShrinkOptions struct {
	TargetOptions
	Jobs     int // runs side by side; 0: as many as there are processors
	Progress func(shrink.Progress)

	planted dynamo.Planted // a mistake of the nodes, for tests
}

// Shrunk is the smallest scenario that was found to fail in the same way.
type Shrunk struct {
	Target Target
	YAML   []byte // of the scenario, with comments
	Size   shrink.Size
	From   shrink.Size
	Tried  int  // changes
	Taken  int  // of them
	Whole  bool // nothing more can be taken away; false where the search was stopped

	Verdict   Verdict // of the shrunk scenario
	ExitCode  int
	Signature string
	Digest    string
	Evidence  string // the failure in one sentence
}

// Shrink makes a plan that fails smaller, see the package shrink. Ending the context ends the search with the smallest plan so far. A plan that
// does not fail is a *BadInput.
func Shrink(ctx context.Context, plan *scenarios.Scenario, o ShrinkOptions) (*Shrunk, error) {
	target, err := firstTarget(ctx, plan, o)
	if err != nil {
		return nil, err
	}
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	l := &shrinkLab{ctx: ctx, target: target, from: plan, planted: o.planted}
	result, err := shrink.Run(ctx, target.only(plan).YAML(), shrink.Options{
		Try: l.try, Record: l.record, Jobs: o.Jobs, Progress: o.Progress,
		Title: fmt.Sprintf("%s `%s` does.", ShrunkTitle[len("# "):], Command("run", plan)),
		Name:  shrunkName(plan.Name), About: fmt.Sprintf("%s of %s, seed %d, shrunk", target, plan.Name, seedOf(plan)),
	})
	if errors.Is(err, shrink.ErrPasses) {
		if ctx.Err() != nil {
			return nil, ErrInterrupted
		}
		return nil, fmt.Errorf("%s fails by %s only beside other checks: %w", plan.Name, target, err)
	}
	if err != nil {
		return nil, err
	}
	return l.conclude(result)
}

// shrunkName is the name of what was shrunk, as far as there is room for it.
func shrunkName(name string) string {
	if short := name + "-shrunk"; len(short) <= 64 {
		return short
	}
	return ""
}

// firstTarget runs the plan and says how it fails.
func firstTarget(ctx context.Context, plan *scenarios.Scenario, o ShrinkOptions) (Target, error) {
	report, err := Run(plan, RunOptions{Stop: func() bool { return ctx.Err() != nil }, planted: o.planted})
	var crash *Crash
	switch {
	case errors.As(err, &crash):
		return Target{Crash: crashText(crash)}, nil
	case err != nil:
		return Target{}, err
	}
	return FindTarget(report, o.TargetOptions)
}

// shrinkLab runs plans for a search.
type shrinkLab struct {
	ctx     context.Context
	target  Target
	from    *scenarios.Scenario
	planted dynamo.Planted
	runners sync.Pool
}

// load reads the text of a plan, nil with the reason where it is refused.
func load(text []byte) (*scenarios.Scenario, string) {
	plan, list := scenarios.Load("-", text, nil, Vocabulary(), scenarios.LoadOptions{Program: Program()})
	if plan != nil {
		return plan, ""
	}
	for _, p := range list {
		if p.Severity == scenarios.Error {
			return nil, "the scenario is refused: " + p.Message
		}
	}
	return nil, "the scenario is refused"
}

// run runs a plan in the memory of an earlier run.
func (l *shrinkLab) run(plan *scenarios.Scenario, o RunOptions) (report *Report, err error) {
	r, _ := l.runners.Get().(*runner)
	if r == nil {
		r = new(runner)
	}
	defer func() {
		if p := recover(); p != nil {
			report, err = nil, &Crash{Value: p} // of what judges
			return
		}
		l.runners.Put(r)
	}()
	o.Stop = func() bool { return l.ctx.Err() != nil }
	o.planted = l.planted
	return r.run(plan, o)
}

func (l *shrinkLab) try(text []byte) shrink.Trial {
	plan, refused := load(text)
	if plan == nil {
		return shrink.Trial{Outcome: refused}
	}
	if less := l.target.weaker(l.from, plan); less != "" {
		return shrink.Trial{Outcome: less}
	}
	var issued []world.Issued
	report, err := l.run(plan, RunOptions{issued: &issued})
	fails, words := l.target.holds(report, err)
	t := shrink.Trial{Plan: plan, Fails: fails, Outcome: words, Size: shrink.SizeOf(plan)}
	clients, keys := map[string]bool{}, map[string]bool{}
	for i := range issued {
		clients[issued[i].Client], keys[issued[i].Key] = true, true
	}
	t.Size.Operations, t.Size.Clients, t.Size.Keys = len(issued), len(clients), len(keys)
	if report != nil {
		t.Size.Events = report.Result.Events
	}
	return t
}

func (l *shrinkLab) record(text []byte) (*shrink.Record, error) {
	plan, refused := load(text)
	if plan == nil {
		return nil, errors.New(refused)
	}
	var issued []world.Issued
	report, err := l.run(plan, RunOptions{issued: &issued})
	record := &shrink.Record{Faults: map[string]scenarios.Duration{}}
	var lines map[int32]bool
	if err == nil {
		lines = l.target.witnesses(report)
		for _, f := range report.Result.Faults {
			if f.Began {
				record.Faults[f.Name] = scenarios.Duration(f.Start)
			}
		}
	} else if !errors.As(err, new(*Crash)) {
		return nil, err
	}
	for i := range issued {
		c := &issued[i]
		record.Calls = append(record.Calls, shrink.Call{At: scenarios.Duration(c.At), Client: c.Client, Kind: c.Kind, Key: c.Key, Item: c.Item, Blind: c.Blind,
			Fresh: c.Fresh, Workload: c.Workload, Number: c.Number, Script: c.Script, Witness: err == nil && seenIn(report.Result.History, c.Parts, lines)})
	}
	return record, nil
}

func seenIn(h *history.History, parts []history.OpID, lines map[int32]bool) bool {
	for _, p := range parts {
		if lines[h.Op(p).InvokeIndex] {
			return true
		}
	}
	return false
}

// conclude runs the scenario that was found from its text alone.
func (l *shrinkLab) conclude(r *shrink.Result) (*Shrunk, error) {
	out := &Shrunk{Target: l.target, YAML: r.Text, Size: r.Trial.Size, From: r.From, Tried: r.Tried, Taken: r.Taken, Whole: r.Whole}
	plan, refused := load(r.Text)
	if plan == nil {
		return nil, fmt.Errorf("what was shrunk cannot be read: %s", refused)
	}
	report, err := Run(plan, RunOptions{planted: l.planted})
	fails, words := l.target.holds(report, err)
	if !fails {
		return nil, fmt.Errorf("what was shrunk does not fail from its text alone: %s", words)
	}
	out.Evidence = words
	if report == nil {
		out.Verdict, out.ExitCode, out.Signature = Failed, ExitFail, l.target.String()
		return out, nil
	}
	out.Verdict, out.ExitCode, out.Digest = report.Verdict, report.ExitCode, report.Result.Digest
	out.Signature = l.target.String() + faultKinds(report)
	return out, nil
}
