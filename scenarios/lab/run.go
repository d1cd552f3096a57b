package lab

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"dynamosim/analysis"
	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
	"dynamosim/sim/trace"
)

// RunOptions are what a run is given beside its plan. None of it changes what happens in the run.
type RunOptions struct {
	Trace    trace.Sink         // receives everything that happens inside; nil: nothing is recorded
	Course   *trace.Checkpoints // gets the run's digest every trace.Stride events; nil: nothing is kept
	Names    func(n []string)   // told the names of all processes, by number, before the first record
	Progress func(Progress)     // called now and then; nil: never
	Stop     func() bool        // asked now and then; true interrupts the run

	// NewNode makes the code of nodes in the place of package dynamo's; nil: it is that. Other than the rest it does change the run.
	NewNode func(dynamo.Env) dynamo.Process

	recording *recording      // writes what happens to files; nil: nothing does
	long      int             // operations from which on the history is in a file; 0: longHistory
	issued    *[]world.Issued // gets what clients began
	planted   dynamo.Planted  // a mistake of the nodes, for tests of the checks
}

// Progress is how far a run has come.
type Progress struct {
	Virtual, End int64 // ns
	Operations   int
	Events       uint64
	Wall         time.Duration
}

// ErrInterrupted ends a run that was stopped.
var ErrInterrupted = errors.New("interrupted")

// Crash is a panic of the simulated node's code, or of the program's own.
type Crash struct {
	Value any
	Stack string
	Now   int64 // virtual time, ns
	Event uint64
}

func (c *Crash) Error() string {
	return fmt.Sprintf("crash at %v of virtual time, event %d: %v", scenarios.Duration(c.Now), c.Event, c.Value)
}

// stride is how many events pass between two looks at the clock and the interrupt.
const stride = 1 << 15

// recordedStride is how many pass where what happens is written to files.
const recordedStride = 1 << 12

// Run builds the world of a plan, runs it to its end and judges what happened. A panic inside the world comes back as a *Crash.
func Run(plan *scenarios.Scenario, opts RunOptions) (*Report, error) {
	return new(runner).run(plan, opts)
}

// runner runs one plan after the other in the memory of one world.
type runner struct {
	world *world.World // of the last run that came to its end
}

func (r *runner) run(plan *scenarios.Scenario, opts RunOptions) (*Report, error) {
	began := time.Now()
	result, err := r.simulate(plan, opts, began)
	if err != nil {
		return nil, err
	}
	report := judge(plan, result)
	report.Host = hostInfo(time.Since(began), result)
	return report, nil
}

// simulate steps a world to its end.
func (r *runner) simulate(plan *scenarios.Scenario, opts RunOptions, began time.Time) (result *world.Result, err error) {
	w := r.world
	r.world = nil // not to be used again after a crash or an interrupt
	if w == nil {
		w = new(world.World)
	}
	if err := w.Reset(plan, world.Options{Trace: opts.Trace, Names: opts.Names, Long: opts.keepHistory, NewNode: opts.NewNode, Issued: opts.issued, Planted: opts.planted}); err != nil {
		return nil, &BadInput{Text: fmt.Sprintf("%s: error: %v", plan.Name, err)}
	}
	defer func() {
		if r := recover(); r != nil {
			err = &Crash{Value: r, Stack: string(debug.Stack()), Now: w.Now(), Event: w.Events()}
		}
	}()
	rec := opts.recording
	if rec != nil {
		if err := rec.begin(w); err != nil {
			return nil, err
		}
	}
	step := stride
	if rec != nil {
		step = recordedStride
	}
	for advance(w, step, opts.Course) {
		if rec != nil {
			if err := rec.beat(w); err != nil {
				return nil, err
			}
		}
		if opts.Stop != nil && opts.Stop() {
			return nil, ErrInterrupted
		}
		if opts.Progress != nil {
			opts.Progress(Progress{Virtual: w.Now(), End: w.End(), Operations: w.Operations(), Events: w.Events(), Wall: time.Since(began)})
		}
	}
	r.world = w
	return w.Leave(), nil
}

// advance steps a world until it is time to look up, and keeps its course.
func advance(w *world.World, step int, course *trace.Checkpoints) (more bool) {
	if course == nil {
		return w.Step(step)
	}
	for done := 0; done < step; done += trace.Stride {
		more = w.Step(trace.Stride)
		course.Add(w.Events(), w.Digest())
		if !more {
			return false
		}
	}
	return true
}

// judge runs the checks and the expectations of a plan over the result of its run.
func judge(plan *scenarios.Scenario, result *world.Result) *Report {
	subject := analysis.NewSubject(result.History, factsOf(plan, result))
	r := &Report{Plan: plan, Result: result, judged: true, subject: subject}
	r.expect()
	r.Checks = subject.Judge(analysis.Options{Checks: requests(plan), MaxSteps: plan.Limits.CheckerSteps})
	r.Measures = subject.MeasureLoad()
	r.Expectations = expectations(plan, r, subject)
	r.conclude()
	return r
}

// expect tells the subject what it will be asked for beside the checks.
func (r *Report) expect() {
	if !r.Result.History.Spilled() {
		return
	}
	r.eachPhase(func(_ string, scope analysis.Scope) { r.subject.Expect(scope, nil) })
	if edges := r.visibilityEdges(); edges != nil {
		r.subject.Expect(r.subject.Load(), edges)
	}
	q := &quantities{r, r.subject}
	for _, x := range r.Plan.Expect {
		for _, of := range []*scenarios.Quantity{&x.Left, x.Right.Quantity} {
			if of == nil || of.Kind == scenarios.QuantityVerdict || of.Scope.Kind == scenarios.ScopeAll {
				continue
			}
			if scope, err := q.scope(of.Scope); err == nil {
				r.subject.Expect(scope, nil)
			}
		}
	}
}

// factsOf are what a run knows of itself and its history does not tell.
func factsOf(plan *scenarios.Scenario, result *world.Result) analysis.Facts {
	facts := analysis.Facts{
		Warmup: int64(plan.Warmup), Bound: result.Quiesce, Lenient: lenient(plan), Away: result.Outside,
		Homes: func(key int32) []int32 { return result.Homes[key] },
	}
	if v := &plan.Cluster.Versioning; v.Mode != scenarios.ModeABD {
		facts.Grace = int64(v.Tombstones.Grace)
		if !v.Tombstones.Enabled {
			facts.Collected = func(history.OpID) bool { return true }
		}
	}
	facts.W, facts.HintWindow = plan.Cluster.W, plan.Cluster.Handoff.Window > 0
	for _, a := range result.Hints {
		facts.Hints = append(facts.Hints, analysis.HintAccount{Time: a.Time, Stored: a.Stored, Returned: a.Returned, Delivered: a.Delivered,
			Superseded: a.Superseded, Rehomed: a.Rehomed, Expired: a.Expired, Destroyed: a.Destroyed, Pending: a.Pending, Stranded: a.Stranded})
	}
	if result.Converged {
		if healed, ok := result.History.Mark(history.Heal); ok {
			facts.Converged = healed + result.ConvergedIn
		}
	}
	auditFacts(plan, result, &facts)
	return facts
}

// auditFacts adds what the world counted of copies, and what destroyed them.
func auditFacts(plan *scenarios.Scenario, result *world.Result, facts *analysis.Facts) {
	for _, d := range result.Destroyed {
		facts.Destroyed = append(facts.Destroyed, analysis.Destruction{Time: d.Time, Node: d.Node, Kind: d.Kind})
	}
	if result.Audit == nil {
		return
	}
	a := &analysis.Audit{Acknowledged: result.Audit.Acknowledged, Copies: result.Audit.Copies, Lenient: unsynced(plan)}
	for _, t := range result.Audit.Thin {
		a.Thin = append(a.Thin, analysis.ThinPut{Put: t.Put, Copies: t.Copies, Want: t.Want})
	}
	facts.Audit = a
}

// unsynced says why an acknowledgement does not promise synced copies, "" if it does.
func unsynced(plan *scenarios.Scenario) string {
	c := &plan.Cluster
	switch {
	case c.Storage.Engine == scenarios.EngineMemory:
		return "nodes have no disks"
	case c.Storage.Sync != scenarios.SyncEach && c.Storage.Sync != scenarios.SyncGroup:
		return "writes are acknowledged before they are synced"
	case c.WriteBuffer.Enabled:
		return "writes wait in buffers"
	case c.Versioning.Mode == scenarios.ModePaper:
		return "plain clocks drop versions that nobody has seen"
	case c.Versioning.Mode != scenarios.ModeABD && !c.Versioning.Tombstones.Enabled:
		return "deletions leave nothing behind"
	case c.Versioning.MaxEntries > 0:
		return "clocks are truncated"
	}
	return ""
}

// lenient says why a plan does not promise that replicas converge, "" if it does: what nobody compares may stay behind, and who never comes back,
// unless a core is to agree without it.
func lenient(plan *scenarios.Scenario) string {
	if !plan.Cluster.AntiEntropy.Enabled {
		return "anti-entropy is off"
	}
	if why := apart(plan); why != "" {
		return why
	}
	for i := range plan.Faults {
		if f := &plan.Faults[i]; f.Enabled && f.For == scenarios.Forever && !(plan.Liveness == scenarios.LivenessCore && keepsApart(f.Kind)) {
			return f.Name + " lasts forever"
		}
	}
	return ""
}

// keepsApart tells of a fault that lasts for ever whether it is plain who is left: it keeps nodes, or links, from the others altogether.
func keepsApart(k scenarios.FaultKind) bool {
	switch k.(type) {
	case *scenarios.Loss, *scenarios.Duplicate, *scenarios.Reorder, *scenarios.Delay, *scenarios.SlowLink, *scenarios.Corrupt, *scenarios.ClockFault:
		return false
	}
	return true
}

// apart says why what nodes know of the members may differ for good, "" if it does not. The nodes of a formed cluster know each other, and whoever joins
// it is told by one of them.
func apart(plan *scenarios.Scenario) string {
	c := &plan.Cluster
	cold := c.Membership.Start == scenarios.StartCold && c.Size() > 1
	switch {
	case cold && c.Membership.SeedNodes == nil:
		return "the nodes start cold and share no seed node"
	case c.Gossip.Enabled:
		return ""
	case cold || slices.ContainsFunc(plan.Faults, func(f scenarios.Fault) bool { return f.Enabled && changesMembers(f.Kind) }):
		return "gossip is off, so that nobody hears of changes of the members"
	}
	return ""
}

func changesMembers(k scenarios.FaultKind) bool {
	switch k.(type) {
	case *scenarios.Join, *scenarios.Leave, *scenarios.Replace:
		return true
	}
	return false
}

// requests translates the checks of a plan, measures added.
func requests(plan *scenarios.Scenario) []analysis.Request {
	var list []analysis.Request
	named := map[string]bool{}
	for _, c := range plan.Checks {
		named[c.Name] = true
		want, _ := analysis.ParseWant(string(c.Want))
		r := analysis.Request{Check: c.Name, Want: want, MaxSteps: c.MaxSteps, Within: int64(c.Within), Strict: c.Strict, K: plan.Measures.K}
		if c.Model != "" {
			if m, err := history.ParseModel(c.Model); err == nil {
				r.Model = &m
			}
		}
		list = append(list, r)
	}
	for _, c := range analysis.Checks() {
		if c.Measure && !c.OnRequest && !named[c.Name] {
			list = append(list, analysis.Request{Check: c.Name})
		}
	}
	return list
}
