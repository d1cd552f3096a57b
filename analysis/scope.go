package analysis

import (
	"cmp"
	"math"
	"slices"

	"dynamosim/analysis/history"
)

// Interval is a span of virtual time in ns: From is in it, To is not.
type Interval struct{ From, To int64 }

// Scope says which operations to measure: those invoked within one of its
// intervals, which are disjoint and in order.
type Scope []Interval

// has tells whether a time lies in the scope.
func (c Scope) has(t int64) bool {
	for _, i := range c {
		if t >= i.From && t < i.To {
			return true
		}
	}
	return false
}

// Everything is the scope of a whole history.
func Everything() Scope { return Scope{{From: math.MinInt64, To: math.MaxInt64}} }

// Between is the scope from one time to another, in ns.
func Between(from, to int64) Scope { return Scope{{From: from, To: to}} }

// Warmup, Load and Quiesce are the phases of a run: what is not measured, what
// is, and what follows the heal.
func (s *Subject) Warmup() Scope { return Between(math.MinInt64, s.Facts.Warmup) }

// Load is the scope from the end of the warm-up to the heal.
func (s *Subject) Load() Scope { return Between(s.Facts.Warmup, s.healed()) }

// Quiesce is the scope after the heal.
func (s *Subject) Quiesce() Scope { return Between(s.healed(), math.MaxInt64) }

func (s *Subject) healed() int64 {
	if t, ok := s.History.Mark(history.Heal); ok {
		return t
	}
	return math.MaxInt64
}

// While is the scope of the time during which a fault of this name or kind was
// there; ok is false if it never was. A fault without an end lasts to the heal.
func (s *Subject) While(fault string) (scope Scope, ok bool) {
	for _, e := range s.History.Events() {
		if e.Phase == history.Start && (e.Fault == fault || e.Kind == fault) {
			scope = append(scope, Interval{From: e.Time, To: s.endOf(e)})
		}
	}
	return scope.merged(), len(scope) > 0
}

// endOf returns when the fault that event e starts ends.
func (s *Subject) endOf(e history.Event) int64 {
	for _, end := range s.History.Events() {
		if end.Index > e.Index && (end.Phase == history.End && end.Fault == e.Fault && end.Kind == e.Kind || end.Phase == history.Heal) {
			return end.Time
		}
	}
	return math.MaxInt64
}

// Before is the scope from the end of the warm-up to the first start of a
// fault; ok is false if it never was.
func (s *Subject) Before(fault string) (Scope, bool) {
	during, ok := s.While(fault)
	if !ok {
		return nil, false
	}
	return Between(s.Facts.Warmup, during[0].From), true
}

// After is the scope from the last end of a fault to the heal; ok is false if
// it never was.
func (s *Subject) After(fault string) (Scope, bool) {
	during, ok := s.While(fault)
	if !ok {
		return nil, false
	}
	return Between(during[len(during)-1].To, s.healed()), true
}

// merged sorts the intervals and joins those that overlap.
func (c Scope) merged() Scope {
	slices.SortFunc(c, func(a, b Interval) int { return cmp.Compare(a.From, b.From) })
	var out Scope
	for _, i := range c {
		if n := len(out); n > 0 && i.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, i.To)
		} else {
			out = append(out, i)
		}
	}
	return out
}

// Calm is the scope of the load during which no fault was there.
func (s *Subject) Calm() Scope {
	var faults Scope
	for _, e := range s.History.Events() {
		if e.Phase == history.Start {
			faults = append(faults, Interval{From: e.Time, To: s.endOf(e)})
		}
	}
	var calm Scope
	for _, load := range s.Load() {
		from := load.From
		for _, f := range faults.merged() {
			if f.From > from && f.From <= load.To {
				calm = append(calm, Interval{From: from, To: f.From})
			}
			from = max(from, f.To)
		}
		if from < load.To {
			calm = append(calm, Interval{From: from, To: load.To})
		}
	}
	return calm
}
