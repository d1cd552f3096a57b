package lab

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"dynamosim/analysis"
	"dynamosim/analysis/history"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// Counterfactual is a fault that stood between, and whether the violation is there without it, all draws being the same.
type Counterfactual struct {
	Name, Text string
	Shown      bool
}

// Turning is the event of a run at which its violation became likely, or could not be averted any more.
type Turning struct {
	By      Means
	Event   uint64
	Time    int64 // ns
	Text    string
	Start   Odds   // of the violation when the run is drawn again from its beginning
	Before  Odds   // when it is touched right before the event
	After   Odds   // right after it
	Course  []Odds // at some moments of the story, in order
	Decided bool   // nothing that was tried averts it: the plan holds it from its first event on
}

// Means is how a run was touched from a moment on to see whether it still comes to the violation.
type Means string

// The means, in the order in which they are tried: the later ones where the earlier ones change nothing.
const (
	ByRedraw  Means = "redraw"  // all draws are made anew
	ByLifting Means = "lifting" // all faults end
	BySilence Means = "silence" // the other clients begin nothing any more
)

// Odds are how often the violation was there in runs that were touched after an event.
type Odds struct {
	Event     uint64 // 0: before the first
	Time      int64  // ns
	Runs      int
	Shown     int
	Low, High float64 // 95 % interval of the share
}

// Share is the share of runs that show the violation.
func (o *Odds) Share() float64 { return float64(o.Shown) / float64(max(o.Runs, 1)) }

// retrial runs a plan again and again, touched at some moment, and looks whether a violation is still there.
type retrial struct {
	e     *Explanation
	opts  *ExplainOptions
	t     *teller
	model history.Model
	runs  int                 // at a moment, where they are drawn
	parts map[string]identity // of the witness, by role; lookups only
	limit uint64              // events after which a run cannot be waited for any longer
	done  int                 // runs, for progress
	stop  func() bool
}

// identity is what an operation is in every run of a plan: its client's so-manieth.
type identity struct {
	client string
	number int32
}

// touch is what is done to a run after an event.
type touch struct {
	by    Means
	after uint64
	seed  uint64
}

// runEvents bounds the events of all runs that are drawn at one moment.
const runEvents = 1_600_000

// retry finds the turning point of a run, and what it is without each of the faults that stood between.
func (e *Explanation) retry(t *teller, o *ExplainOptions) error {
	r := &retrial{e: e, t: t, opts: o, model: t.s.Model, runs: o.Redraws, stop: o.Stop, parts: map[string]identity{}}
	for _, p := range e.Witness.Parts() {
		r.parts[p.Role] = identity{t.h.ClientName(t.h.Op(p.Op).Client), t.h.Op(p.Op).Number}
	}
	moments := t.moments()
	last := moments[len(moments)-1]
	r.limit = 4*last + 100_000
	if r.runs == 0 {
		r.runs = int(min(max(runEvents/max(last, 1), 12), 40))
	}
	if err := r.withoutFaults(); err != nil {
		return err
	}
	turning, err := r.find(moments)
	if err != nil {
		return err
	}
	turning.Text = t.describe(turning.Event)
	e.Turning = turning
	return nil
}

// withoutFaults runs the plan without each fault that a sentence named.
func (r *retrial) withoutFaults() error {
	for _, i := range r.t.blamed {
		plan := *r.e.Plan
		plan.Faults = slices.Clone(plan.Faults)
		plan.Faults[i].Enabled = false
		shown, err := r.once(new(world.World), &plan, touch{})
		if err != nil {
			return err
		}
		r.e.Faults = append(r.e.Faults, Counterfactual{Name: plan.Faults[i].Name, Text: r.t.faultWords(i), Shown: shown})
	}
	return nil
}

// find looks for the turning point by the first means that makes a difference from the beginning on.
func (r *retrial) find(moments []uint64) (*Turning, error) {
	var start Odds
	for _, by := range []Means{ByRedraw, ByLifting, BySilence} {
		from, err := r.odds(by, 0, true)
		if err != nil {
			return nil, err
		}
		if by == ByRedraw {
			start = from
		}
		if from.Share() > mostlyThere {
			continue
		}
		return r.bisect(by, from, start, moments)
	}
	if start.Shown < start.Runs {
		return r.bisect(ByRedraw, start, start, moments)
	}
	return &Turning{By: ByRedraw, Start: start, Decided: true}, nil
}

// mostlyThere is the share of runs, drawn again from their beginning, above which chance is not what decides.
const mostlyThere = .75

// bisect finds the event of the story at which the share of runs with the violation passes the middle between that of the beginning and one.
func (r *retrial) bisect(by Means, from, start Odds, moments []uint64) (*Turning, error) {
	middle := (1 + from.Share()) / 2
	lo, hi := -1, len(moments)-1 // the run is what it is after the last
	course := []Odds{from}
	for hi-lo > 1 {
		mid := lo + (hi-lo)/2
		o, err := r.odds(by, moments[mid], false)
		if err != nil {
			return nil, err
		}
		course = append(course, o)
		if o.Share() >= middle {
			hi = mid
		} else {
			lo = mid
		}
	}
	t := &Turning{By: by, Start: start, Event: moments[hi], Before: from}
	var err error
	if t.After, err = r.odds(by, moments[hi], true); err != nil {
		return nil, err
	}
	if lo >= 0 {
		if t.Before, err = r.odds(by, moments[lo], true); err != nil {
			return nil, err
		}
	}
	for _, o := range []Odds{t.Before, t.After} {
		course = slices.DeleteFunc(course, func(c Odds) bool { return c.Event == o.Event })
		course = append(course, o)
	}
	slices.SortFunc(course, func(a, b Odds) int { return int(int64(a.Event) - int64(b.Event)) })
	t.Course, t.Time = course, r.t.timeOf(t.Event)
	return t, nil
}

// odds runs the plan touched after an event: some times where it is drawn again, once where it is not. Roughly stops as soon as the share is
// plainly high or low.
func (r *retrial) odds(by Means, after uint64, exactly bool) (Odds, error) {
	o := Odds{Event: after, Time: r.t.timeOf(after)}
	runs := 1
	if by == ByRedraw {
		runs = r.runs
	}
	const batch = 8
	for o.Runs < runs {
		n := min(batch, runs-o.Runs)
		shown, err := r.batch(by, after, o.Runs, n)
		if err != nil {
			return o, err
		}
		o.Runs, o.Shown = o.Runs+n, o.Shown+shown
		if !exactly && (o.Shown == 0 || o.Shown == o.Runs) {
			break
		}
	}
	ones, hits := slices.Repeat([]int64{1}, o.Runs), make([]int64, o.Runs)
	for i := range o.Shown {
		hits[i] = 1
	}
	share := analysis.ShareOf(hits, ones)
	o.Low, o.High = max(share.Low, 0), min(share.High, 1)
	if by != ByRedraw {
		o.Low, o.High = o.Share(), o.Share()
	}
	return o, nil
}

// batch runs some touched runs side by side. What they find depends on their numbers alone.
func (r *retrial) batch(by Means, after uint64, first, n int) (shown int, err error) {
	found, failed := make([]bool, n), make([]error, n)
	var wait sync.WaitGroup
	workers := min(n, runtime.GOMAXPROCS(0))
	for k := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			w := new(world.World)
			for i := k; i < n; i += workers {
				seed := rng.Mix(rng.Mix(seedOf(r.e.Plan), after+1), uint64(first+i)+1)
				if found[i], failed[i] = r.once(w, r.e.Plan, touch{by: by, after: after, seed: seed}); failed[i] != nil {
					return
				}
			}
		}()
	}
	wait.Wait()
	r.done += n
	if r.opts.Redraw != nil {
		r.opts.Redraw(r.done)
	}
	for _, is := range found {
		if is {
			shown++
		}
	}
	return shown, errors.Join(failed...)
}

// once runs a plan, touched, until the violation is there or cannot come any more. A run that crashes does not show it.
func (r *retrial) once(w *world.World, plan *scenarios.Scenario, t touch) (shown bool, err error) {
	if err := w.Reset(plan, world.Options{}); err != nil {
		return false, &BadInput{Text: fmt.Sprintf("%s: error: %v", plan.Name, err)}
	}
	defer func() {
		if recover() != nil {
			shown, *w = false, world.World{}
		}
	}()
	more := t.after == 0 || w.Step(int(t.after))
	switch t.by {
	case ByRedraw:
		w.Reseed(t.seed)
	case ByLifting:
		w.LiftFaults()
	case BySilence:
		w.Silence(r.hasPart)
	}
	look := &lookout{h: w.History()}
	get, early := r.parts["get"]
	early = early && r.e.Witness.Kind != "resurfaced-item"
	for more && !(early && look.ended(get)) {
		more = w.Step(512)
		if r.stop != nil && r.stop() {
			return false, ErrInterrupted
		}
		if early && w.Events() > r.limit {
			return false, nil
		}
	}
	return r.shown(plan, w, look, more), nil
}

// hasPart reports whether a client takes part in the violation.
func (r *retrial) hasPart(client string) bool {
	for _, role := range []string{"get", "missed", "stale", "shown", "over"} { // not "by": what replaced it may be what others did
		if p, ok := r.parts[role]; ok && p.client == client {
			return true
		}
	}
	return false
}

// shown reports whether a run shows the violation of the witness.
func (r *retrial) shown(plan *scenarios.Scenario, w *world.World, look *lookout, unended bool) bool {
	there := r.e.Witness
	whole := true
	there.Recast(func(role string) history.OpID {
		op := look.find(r.parts[role])
		whole = whole && op != history.NoVersion
		return op
	})
	if !whole {
		return false
	}
	key, ok := w.History().FindKey(r.e.Evidence.Key)
	if !ok {
		return false
	}
	there.Key = key
	result := w.Result()
	s := analysis.NewSubject(result.History, factsOf(plan, result)).Under(r.model)
	if shown, decided := s.Shows(&there); decided || unended {
		return shown
	}
	for _, q := range requests(plan) {
		if q.Check != r.e.checkName() {
			continue
		}
		for _, found := range s.Judge(analysis.Options{Checks: []analysis.Request{q}, MaxSteps: plan.Limits.CheckerSteps}) {
			for i := range found.Evidence {
				if x := &found.Evidence[i]; x.Kind == r.e.Evidence.Kind && x.Key == r.e.Evidence.Key {
					return true
				}
			}
		}
	}
	return false
}

// lookout finds operations in a history that grows.
type lookout struct {
	h     *history.History
	seen  int
	found map[identity]history.OpID // lookups only
}

func (l *lookout) find(p identity) history.OpID {
	if l.found == nil {
		l.found = map[identity]history.OpID{}
	}
	for ; l.seen < l.h.Len(); l.seen++ {
		o := l.h.Op(history.OpID(l.seen))
		l.found[identity{l.h.ClientName(o.Client), o.Number}] = history.OpID(l.seen)
	}
	if op, ok := l.found[p]; ok {
		return op
	}
	return history.NoVersion
}

// ended reports whether an operation has come to its end.
func (l *lookout) ended(p identity) bool {
	op := l.find(p)
	return op != history.NoVersion && l.h.Op(op).Outcome != history.Open
}

// moments are the events of the story, in order, up to the one in which the violation is there.
func (t *teller) moments() []uint64 {
	var list []uint64
	for ordinal := range t.shown { // sorted below
		list = append(list, ordinal)
	}
	for i := range t.e.records {
		if r := &t.e.records[i]; r.Kind != trace.Send {
			list = append(list, r.Ordinal)
		}
	}
	for i := range t.c.lives {
		list = append(list, t.c.lives[i].ordinal)
	}
	if g := t.c.ops[t.w.Get]; g != nil && t.w.Kind != "resurfaced-item" && g.ended > 0 {
		list = slices.DeleteFunc(list, func(o uint64) bool { return o > g.ended })
		list = append(list, g.ended)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return slices.DeleteFunc(list, func(o uint64) bool { return o == 0 })
}
