package sim

import (
	"fmt"
	"math"

	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// Config is what a System is made of. The functions of messages are pure.
type Config[M any] struct {
	Seeds         Seeds
	Label         func(m *M) Label                    // asked once for each message sent
	Describe      func(m *M) (kind, key, text string) // for people; called only for a Sink
	DescribeTimer func(t Timer) string                // the same
	Control       func(c Control)                     // called when an event given to At is due
	Ahead         func(p ProcID, m *M)                // nil, or see ahead.go
	Network       NetworkConfig
	Trace         trace.Sink // nil = off
	Ties          Ties
	Queue         Queue
}

// Ties says in which order the events of one instant happen.
type Ties uint8

// The orders of ties.
const (
	TiesFIFO   Ties = iota // as they were scheduled
	TiesSeeded             // drawn from the environment seed
)

// Queue says in what the scheduled events are kept. What happens does not depend
// on it, only how long it takes.
type Queue uint8

// The kinds of queues.
const (
	QueueAuto  Queue = iota // a heap, from 65,536 events on a radix heap
	QueueHeap               // a 4-ary heap
	QueueRadix              // a radix heap
)

// System is a world of processes that exchange messages of type M. It is not
// safe for concurrent use, and has no need to be: nothing in it waits.
type System[M any] struct {
	core
	cfg      Config[M]
	handlers []Handler[M]
	shedders []Shedder[M] // nil where the handler is none
	procs    []*Proc[M]
	messages slab[M]
	done     Completion // the one that is being handled
}

// New returns a System without processes at time 0.
func New[M any](cfg Config[M]) *System[M] {
	s := new(System[M])
	s.core.describe = s.describeSlot
	s.done.core = &s.core
	s.Reset(cfg)
	return s
}

// Reset makes s what New(cfg) returns, but for the memory it has got hold of:
// processes, events, messages, rules, files and counters are gone.
func (s *System[M]) Reset(cfg Config[M]) {
	s.cfg = cfg
	s.describeTimer = cfg.DescribeTimer
	clear(s.handlers)
	clear(s.shedders)
	s.handlers, s.shedders = s.handlers[:0], s.shedders[:0]
	s.messages.reset()
	s.core.reset(cfg.Seeds, cfg.Network, cfg.Trace, cfg.Ties)
	s.choose(cfg.Queue)
}

func (c *core) reset(seeds Seeds, net NetworkConfig, sink trace.Sink, ties Ties) {
	c.kernel.reset()
	if ties == TiesSeeded {
		c.tieKey = rng.Draw(seeds.Environment, drawTies, 0, 0) | 1
	}
	c.seed(seeds)
	c.sink = sink
	c.digest.Reset()
	for i := range c.processes {
		c.processes[i].disk.release()
	}
	c.processes = c.processes[:0]
	c.network.reset(net, seeds.Environment)
	c.plan()
	c.counters = Counters{}
	c.running, c.lineage, c.muted, c.afterMute = Nobody, 0, false, nil
	c.stopped, c.drifting = false, false
}

// AddProcess adds a process that is down. Ids count from 0.
func (s *System[M]) AddProcess(name string, cfg ProcessConfig) ProcID {
	id := ProcID(len(s.processes))
	p := newProcess(name, &cfg)
	if cfg.Disk != nil {
		p.disk = s.newDisk(id, *cfg.Disk)
	}
	s.drifting = s.drifting || p.drifts
	s.processes = append(s.processes, p)
	s.network.add()
	s.handlers = append(s.handlers, nil)
	s.shedders = append(s.shedders, nil)
	if len(s.procs) < len(s.processes) {
		s.procs = append(s.procs, &Proc[M]{system: s, id: id})
	}
	return id
}

// Env returns what code in p may touch. It is the same for all incarnations.
func (s *System[M]) Env(p ProcID) *Proc[M] { return s.procs[p] }

// Boot starts a process that is down with a handler; start then runs as its
// first handler. boot is the number of the incarnation: the lineage of start
// is made of it and the process's name.
func (s *System[M]) Boot(p ProcID, h Handler[M], boot uint64, start func()) {
	proc := &s.processes[p]
	if proc.up {
		panic(fmt.Sprintf("sim: boot of %s, which is up", proc.name))
	}
	proc.up = true
	s.mind(proc)
	s.handlers[p] = h
	s.shedders[p], _ = h.(Shedder[M])
	lineage := rng.Mix(proc.hash, boot)
	s.tell(trace.Boot, p, lineage)
	s.run(p, lineage, start)
}

// Run runs f as a handler of p, for example to begin a new operation of a
// client; lineage says why. It returns false, and does nothing, if p is down
// or paused.
func (s *System[M]) Run(p ProcID, lineage uint64, f func()) bool {
	proc := &s.processes[p]
	if !proc.up || proc.paused {
		return false
	}
	s.digest.Add2(where(trace.Invoke, p, Nobody), lineage)
	s.run(p, lineage, f)
	return true
}

func (s *System[M]) run(p ProcID, lineage uint64, f func()) {
	s.mustBeOutside()
	s.turnTo(p, lineage)
	if f != nil {
		f()
	}
	s.leave()
}

// At schedules a control event at a time, which is not in the past.
func (s *System[M]) At(t int64, c Control) {
	if t < s.now {
		panic(fmt.Sprintf("sim: control event %d at %d ns, now %d ns", c.Kind, t, s.now))
	}
	i, e := s.alloc()
	*e = event{
		lineage: c.Lineage, cause: s.ordinal, a: c.A, b: c.B,
		proc: Nobody, peer: Nobody, msg: none, epoch: c.Kind, kind: eventControl,
	}
	s.schedule(t, i)
}

// Step dispatches up to max events and returns how many it did; fewer than max
// means that nothing is left, or that the run was stopped.
func (s *System[M]) Step(max int) int { return s.step(max, math.MaxInt64) }

// RunUntil dispatches every event that is due at t or before and returns how
// many there were. Afterwards the time is t, unless the run was stopped.
func (s *System[M]) RunUntil(t int64) int {
	n := s.step(math.MaxInt, t)
	if !s.stopped {
		s.now = max(s.now, t)
	}
	return n
}

// StepBefore is Step for events that are due before t: fewer than max means that
// the next one, if there is one, is not.
func (s *System[M]) StepBefore(max int, t int64) int { return s.step(max, t-1) }

// Stop ends the run: no event is dispatched after the present one.
func (s *System[M]) Stop() { s.stopped, s.last = true, s.ordinal }

// Now is the virtual time in ns.
func (s *System[M]) Now() int64 { return s.now }

// Ordinal is the number of the event being dispatched, or of the last one; the
// first is 1.
func (s *System[M]) Ordinal() uint64 { return s.ordinal }

// Events is how many events were dispatched.
func (s *System[M]) Events() uint64 { return s.ordinal }

// Instant is how many events were dispatched at the present instant: a number
// that grows without end tells of processes that answer each other in no time.
func (s *System[M]) Instant() uint64 { return s.instant }

// Pending is how many events are scheduled or wait in queues of processes.
func (s *System[M]) Pending() int { return s.live }

// Digest is the hash of everything that happened so far. The owner may add to it.
func (s *System[M]) Digest() *trace.Digest { return &s.digest }

// Reseed replaces the keys of all draws from now on.
func (s *System[M]) Reseed(seeds Seeds) { s.seed(seeds) }

func (s *System[M]) describeSlot(slot int32) (kind, key, text string) {
	if s.cfg.Describe == nil {
		return "", "", ""
	}
	return s.cfg.Describe(s.messages.at(slot))
}
