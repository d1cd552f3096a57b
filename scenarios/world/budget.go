package world

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dynamosim/dynamo"
	"dynamosim/sim"
	"dynamosim/sim/trace"
)

// Budgets (limits) end a run that would not end by itself, or not in the memory of a machine. They count what happens in the run, so that a
// run ends at the same event everywhere. When one is near, a tally of the events begins, so that the verdict can say what kept the run busy.

// Exhaustion says which budget ended a run, when, and what the run was busy with.
type Exhaustion struct {
	Limit   string // limits.events and the like
	Bound   int64
	Reached int64
	Time    int64 // of the scenario, ns
	Event   uint64

	Of        string // what the parts below are parts of: "events" before the end, or "objects" at the end
	Total     int64
	Kinds     []Part // what they were: kinds of messages, timers, disk operations
	Processes []Part // whose
	Keys      []Part // about which keys; of events alone
}

// Part is how many of the events or objects are of a kind, or of a process.
type Part struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// String says it without the parts.
func (e *Exhaustion) String() string {
	what := map[string]string{limitEvents: "events", limitInstant: "events at one instant", limitObjects: "live objects"}[e.Limit]
	return fmt.Sprintf("%s: more than %d %s, at %d ns", e.Limit, e.Bound, what, e.Time)
}

// The paths of the budgets.
const (
	limitEvents  = "limits.events"
	limitInstant = "limits.instant_events"
	limitObjects = "limits.objects"
)

// mostParts is how many parts of a sort are told.
const mostParts = 3

// budgetStride is how many events pass between two looks at the budgets but that of events, which is exact. It is fewer where a budget is small, and
// where an event can make many others.
const budgetStride = 1024

func (w *World) budgetStride() uint64 {
	limits := &w.plan.Limits
	return uint64(min(budgetStride, max(1, limits.InstantEvents/4), max(1, limits.Objects/4), max(1, spareEvents/2/w.sys.Processes())))
}

// nearEnd is how many events before the end of the budget of events the tally begins.
const nearEnd = 1 << 16

// mostPending keeps a distance from what the simulator can hold, enough for all processes to hear from each of those that have a turn between two looks.
const mostPending = sim.MostPending - spareEvents

const spareEvents = 1 << 20

// untilBudget is how many events there are until the next look at the budgets.
func (w *World) untilBudget() int {
	stride, done := w.budgetStride(), w.sys.Events()
	next := min(done-done%stride+stride, uint64(w.plan.Limits.Events)+1)
	if from := w.tallyFrom(); done < from {
		next = min(next, from)
	}
	return int(next - done)
}

// tallyFrom is the event at which the tally before the end of the budget of events begins.
func (w *World) tallyFrom() uint64 {
	events := uint64(w.plan.Limits.Events)
	return events - min(events/2, nearEnd)
}

// over tells whether nothing is left to do.
func (w *World) over() bool {
	if w.ended || w.exhausted != nil {
		return true
	}
	limits, events := &w.plan.Limits, w.sys.Events()
	if events > uint64(limits.Events) {
		w.exhaust(limitEvents, int64(limits.Events), int64(events))
	} else if events%w.budgetStride() == 0 {
		w.lookAtMoment(events >= w.tallyFrom())
	} else if events >= w.tallyFrom() {
		w.watchBudgets(true)
	}
	return w.exhausted != nil
}

// lookAtMoment looks at the budgets of what there is at one moment.
func (w *World) lookAtMoment(near bool) {
	limits, instant, objects := &w.plan.Limits, w.sys.Instant(), w.objects()
	switch {
	case instant > uint64(limits.InstantEvents):
		w.exhaust(limitInstant, int64(limits.InstantEvents), int64(instant))
	case objects > int64(limits.Objects):
		w.exhaust(limitObjects, int64(limits.Objects), objects)
	case w.sys.Pending() > mostPending:
		w.exhaust(limitObjects, mostPending, int64(w.sys.Pending()))
	default:
		w.watchBudgets(near || instant > uint64(limits.InstantEvents)/2)
	}
}

// objects is what the simulator keeps at this moment: events scheduled, messages that wait, and the operations of clients in the history.
func (w *World) objects() int64 { return int64(w.sys.Pending()) + int64(w.history.Len()) }

// watchBudgets begins the tally of events, or ends it.
func (w *World) watchBudgets(near bool) {
	switch {
	case near == (w.busy != nil):
	case near:
		w.busy = &busy{world: w, next: w.sink, kinds: map[string]int64{}, keys: map[string]int64{}, processes: map[int32]int64{}}
		w.sys.Observe(w.busy)
	default:
		w.busy = nil
		w.sys.Observe(w.sink)
	}
}

// exhaust ends the run.
func (w *World) exhaust(limit string, bound, reached int64) {
	w.exhausted = &Exhaustion{Limit: limit, Bound: bound, Reached: reached, Time: w.now(), Event: w.sys.Events()}
	if limit == limitObjects {
		w.census(w.exhausted)
		return
	}
	if w.busy != nil {
		w.busy.parts(w.exhausted)
	}
}

// busy is a sink that counts events by kind, by process and by key.
type busy struct {
	world     *World
	next      trace.Sink
	events    int64
	kinds     map[string]int64
	keys      map[string]int64
	processes map[int32]int64
}

// Record counts what is an event of its own, and passes everything on.
func (b *busy) Record(r *trace.Record) {
	if b.next != nil {
		b.next.Record(r)
	}
	kind, key := "", r.Key
	switch r.Kind {
	case trace.Deliver, trace.Arrive, trace.Shed:
		kind = r.Message + " messages"
	case trace.Timer:
		kind = timerName(uint32(r.Arg1)) + " timers"
	case trace.DiskDone:
		kind, key = "disk operations ("+r.Message+")", "" // the key of the record is a file
	case trace.Control:
		kind = "arrivals, faults and phases"
	default:
		return
	}
	b.events++
	b.kinds[kind]++
	b.processes[r.Proc]++
	if key != "" {
		b.keys[key]++
	}
}

// timerName says what a timer of a process is for.
func timerName(kind uint32) string {
	switch kind {
	case timerThink:
		return "think"
	case timerProbe:
		return "probe-wait"
	}
	if name := dynamo.TimerKind(kind).Name(); name != "" {
		return name
	}
	return strconv.FormatUint(uint64(kind), 10)
}

func (b *busy) parts(e *Exhaustion) {
	e.Of, e.Total = "events", b.events
	e.Kinds, e.Keys, e.Processes = largest(b.kinds), largest(b.keys), b.world.largestProcesses(b.processes)
}

// largest are the largest parts, first the largest; equal ones in the order of their names.
func largest(counts map[string]int64) []Part {
	var all []Part
	for name, n := range counts { // order: sorted below
		all = append(all, Part{name, n})
	}
	slices.SortStableFunc(all, func(a, b Part) int {
		switch {
		case a.Count > b.Count:
			return -1
		case a.Count < b.Count:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all[:min(len(all), mostParts)]
}

func (w *World) largestProcesses(counts map[int32]int64) []Part {
	named := map[string]int64{}
	for p, n := range counts { // order: each goes to a place of its own
		if p >= 0 {
			named[w.sys.Name(sim.ProcID(p))] = n
		}
	}
	return largest(named)
}

// census counts what there is at the end of the budget of objects.
func (w *World) census(e *Exhaustion) {
	kinds, processes := map[string]int64{}, map[int32]int64{}
	if n := w.history.Len(); n > 0 {
		kinds["operations in the history"] = int64(n)
	}
	w.sys.Census(func(x sim.Waiter) bool {
		processes[int32(x.Proc)]++
		switch x.What {
		case sim.WaiterTravels:
			kinds[dynamo.Kind(x.Code).String()+" messages under way"]++
		case sim.WaiterQueued:
			kinds[dynamo.Kind(x.Code).String()+" messages that wait for a processor"]++
		case sim.WaiterTimer:
			kinds[timerName(x.Timer.Kind)+" timers"]++
		case sim.WaiterDisk:
			kinds["disk operations"]++
		default:
			kinds["others"]++
		}
		return true
	})
	e.Of, e.Total = "objects", w.objects()
	e.Kinds, e.Processes = largest(kinds), w.largestProcesses(processes)
}
