package world

import (
	"math"
	"slices"

	"dynamosim/scenarios"
)

// A Tally is what had been counted by a moment, before anything happened at it. They are taken where claims about parts of a run need
// them, and nowhere else: at the edges of the parts that the claims name.
type Tally struct {
	Time     int64 // ns
	Counters []Counter
	Effects  []int64 // by the place of a fault in Result.Faults
}

// tallies is what a run has to take, and has taken.
type tallies struct {
	faults []string // names and kinds at whose beginnings and ends
	due    []int64  // and at these times, in order; those that are over are gone
	taken  []Tally
}

// planTallies finds the edges of the parts of the run that claims about counts name.
func (w *World) planTallies() {
	for i := range w.plan.Expect {
		x := &w.plan.Expect[i]
		w.planTally(&x.Left)
		if x.Right.Quantity != nil {
			w.planTally(x.Right.Quantity)
		}
	}
	slices.Sort(w.tallies.due)
	w.tallies.due = slices.Compact(w.tallies.due)
}

func (w *World) planTally(q *scenarios.Quantity) {
	counts := q.Kind == scenarios.QuantityCounter || q.Kind == scenarios.QuantityEffects || q.Kind == scenarios.QuantityStat && q.Arg == "load"
	if !counts || q.Scope.Kind == scenarios.ScopeAll {
		return
	}
	s := &w.tallies
	s.due = append(s.due, int64(w.plan.Warmup), int64(w.plan.Duration))
	switch q.Scope.Kind {
	case scenarios.ScopeWhile, scenarios.ScopeBefore, scenarios.ScopeAfter:
		s.faults = append(s.faults, q.Scope.Name)
	case scenarios.ScopeBetween:
		s.due = append(s.due, int64(q.Scope.From), int64(q.Scope.To))
	}
}

// takeTally counts what there is to count now.
func (w *World) takeTally(at int64) {
	s := Tally{Time: at, Counters: w.counters()}
	for _, f := range w.faults {
		if f.spec.Enabled {
			s.Effects = append(s.Effects, w.effects(f))
		}
	}
	w.tallies.taken = append(w.tallies.taken, s)
}

// tallyOf is called at the beginning and at the end of a fault.
func (w *World) tallyOf(f *activeFault) {
	if slices.Contains(w.tallies.faults, f.spec.Name) || slices.Contains(w.tallies.faults, f.spec.Kind.Kind()) {
		w.takeTally(w.now())
	}
}

// stepToTally dispatches up to max events, but none beyond the next moment that something is to be counted at.
func (w *World) stepToTally(max int) (did int, ended bool) {
	if len(w.tallies.due) == 0 {
		did = w.sys.Step(max)
		return did, did < max
	}
	at := w.tallies.due[0]
	if did = w.sys.StepBefore(max, at+Epoch); did == max {
		return did, false
	}
	w.tallies.due = w.tallies.due[1:]
	w.takeTally(at)
	return did, false
}

// CountedUntil gives a counter's total, and its part on a node, by a moment that a claim names; node -1: all. At the end of time it is what
// the run came to.
func (r *Result) CountedUntil(name string, node int, t int64) (n int64, ok bool) {
	counters := r.Counters
	if t == math.MinInt64 {
		return 0, true
	}
	if t != math.MaxInt64 {
		s := r.tallyAt(t)
		if s == nil {
			return 0, false
		}
		counters = s.Counters
	}
	for i := range counters {
		switch c := &counters[i]; {
		case c.Name != name:
		case node < 0:
			return c.Total, true
		case node < len(c.PerNode):
			return c.PerNode[node], true
		}
	}
	return 0, false
}

// EffectsUntil is how often a fault, by its place, had taken effect by a moment that a claim names.
func (r *Result) EffectsUntil(fault int, t int64) (n int64, ok bool) {
	switch s := r.tallyAt(t); {
	case t == math.MinInt64:
		return 0, true
	case t == math.MaxInt64:
		return r.Faults[fault].Effects, true
	case s != nil:
		return s.Effects[fault], true
	}
	return 0, false
}

func (r *Result) tallyAt(t int64) *Tally {
	for i := range r.Tallies {
		if r.Tallies[i].Time == t {
			return &r.Tallies[i]
		}
	}
	return nil
}
