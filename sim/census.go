package sim

import "dynamosim/sim/trace"

// Waiter is something that is scheduled, or waits at a process.
type Waiter struct {
	Proc  ProcID // whose it is; Nobody: the owner's, a control event
	What  WaiterKind
	Code  uint8 // kind of message, for those under way or waiting
	Timer Timer // for timers
}

// WaiterKind says what a Waiter is.
type WaiterKind uint8

// The kinds of Waiters.
const (
	WaiterControl   WaiterKind = iota // a control event of the owner
	WaiterTravels                     // a message under way
	WaiterQueued                      // a message that is at its process and waits for a core, or is on one
	WaiterTimer                       // a timer
	WaiterDisk                        // a disk operation
	WaiterLeftovers                   // a cancelled event whose time has not come, and the like
)

// MostPending is how many events may be scheduled or wait at once. A System that is
// given one more panics: its owner has to end a run before.
const MostPending = indexMask + 1

// Census calls yield for everything that is scheduled or waits, in no order that
// means anything, until it returns false.
func (s *System[M]) Census(yield func(w Waiter) bool) {
	for i := range s.events {
		e := &s.events[i]
		w := Waiter{Proc: e.proc, Code: e.code}
		switch e.kind {
		case eventFree:
			continue
		case eventControl:
			w.What = WaiterControl
		case eventMessage, eventClogged:
			w.What = WaiterTravels
			if e.flags&flagHeld != 0 {
				w.What = WaiterQueued
			}
		case eventWaiting, eventServed:
			w.What = WaiterQueued
		case eventTimer:
			w.What, w.Timer = WaiterTimer, e.timer()
		case eventDisk:
			w.What = WaiterDisk
		default:
			w.What = WaiterLeftovers
		}
		if !yield(w) {
			return
		}
	}
}

// Observe gives all records from now on to a sink, in the place of the one before;
// nil is none. Nothing that happens depends on it.
func (s *System[M]) Observe(sink trace.Sink) {
	s.sink = sink
	s.plan()
	for i := range s.processes {
		s.mind(&s.processes[i])
	}
}
