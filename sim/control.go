package sim

import (
	"fmt"

	"dynamosim/sim/trace"
)

// Up tells whether p is up; a paused process is.
func (s *System[M]) Up(p ProcID) bool { return s.processes[p].up }

// Paused tells whether p is paused.
func (s *System[M]) Paused(p ProcID) bool { return s.processes[p].paused }

// Crash ends an incarnation without warning: the handler, its timers and the
// messages that wait for it are lost. What it wrote to its disk stays in the
// page cache, and syncs under way complete on the device. A process that is
// down stays so. A process cannot be crashed from inside its own handler: see
// Proc.Mute.
func (s *System[M]) Crash(p ProcID) {
	proc := &s.processes[p]
	if !proc.up {
		return
	}
	if s.running == p {
		panic(fmt.Sprintf("sim: crash of %s inside its own handler", proc.name))
	}
	s.tell(trace.Crash, p, uint64(proc.epoch))
	s.bury(proc, int64(proc.busy))
	s.clearList(proc, &proc.waiting)
	s.clearList(proc, &proc.held)
	proc.up, proc.paused, proc.draining = false, false, false
	s.mind(proc)
	proc.busy, proc.backlog = 0, 0
	proc.epoch++
	proc.disk.abandon(proc.epoch)
	s.handlers[p], s.shedders[p] = nil, nil
}

// bury counts messages that died with their process.
func (s *System[M]) bury(p *process, n int64) {
	p.counters.Down += n
	s.counters.Down += n
}

// clearList forgets the events that wait at a process that goes down.
func (s *System[M]) clearList(p *process, l *list) {
	for l.n > 0 {
		i := s.popFront(l)
		e := &s.events[i]
		switch e.kind {
		case eventWaiting, eventMessage:
			s.bury(p, 1)
			s.drop(i, FateDied)
		default:
			s.discard(i)
		}
	}
}

// Pause stops a process: no handler of it runs until Resume. Messages that
// arrive, timers and completions wait in their order.
func (s *System[M]) Pause(p ProcID) {
	proc := &s.processes[p]
	if proc.up && !proc.paused {
		proc.paused = true
		s.mind(proc)
		s.tell(trace.Pause, p, 0)
	}
}

// Resume lets a paused process go on with what has waited for it.
func (s *System[M]) Resume(p ProcID) {
	proc := &s.processes[p]
	if !proc.paused {
		return
	}
	proc.paused = false
	s.mind(proc)
	s.tell(trace.Resume, p, uint64(proc.held.n))
	if proc.held.n > 0 && !proc.draining {
		i, e := s.alloc()
		*e = event{proc: p, peer: Nobody, msg: none, epoch: proc.epoch, kind: eventDrain}
		s.schedule(s.now, i)
		proc.draining = true
	}
}

// hold keeps an event that is due from a paused process.
func (s *System[M]) hold(p *process, i int32) {
	s.events[i].flags |= flagHeld
	p.counters.Held++
	s.pushBack(&p.held, i)
	s.mind(p)
}

// drain handles the next event that was kept from a process, and comes again
// at the same instant while there are more.
func (s *System[M]) drain(i int32, at int64) {
	e := &s.events[i]
	p := &s.processes[e.proc]
	if e.epoch != p.epoch || p.paused || p.held.n == 0 {
		if e.epoch == p.epoch {
			p.draining = false
		}
		s.release(i)
		return
	}
	held := s.popFront(&p.held)
	s.mind(p)
	if p.held.n > 0 {
		s.schedule(at, i)
	} else {
		p.draining = false
		s.release(i)
	}
	s.unusual(held, at)
}

// Slow multiplies the durations of a process's processor, disk and network by
// factors in thousandths: 20000 is twenty times slower, 1000 is normal. What its
// disk has been asked for takes as long, from now on, as the new factor says.
func (s *System[M]) Slow(p ProcID, cpu, disk, network int64) {
	proc := &s.processes[p]
	if proc.slowNetwork != 0 {
		s.network.slowed--
	}
	proc.slowCPU, proc.slowNetwork = factor(cpu), factor(network)
	if proc.slowNetwork != 0 {
		s.network.slowed++
	}
	s.plan()
	if proc.disk != nil {
		before := proc.disk.slow
		proc.disk.slow = factor(disk)
		proc.disk.retime(before, proc.disk.slow)
	}
}

// factor turns 1000 into 0, which costs nothing to apply.
func factor(thousandths int64) int64 {
	if thousandths <= 0 {
		panic(fmt.Sprintf("sim: factor of %d thousandths", thousandths))
	}
	if thousandths == 1000 {
		return 0
	}
	return thousandths
}

// SetClock makes the wall clock of p show true time plus offset ns, and its
// clocks drift by ppm from now on. Timers that are set keep their time.
func (s *System[M]) SetClock(p ProcID, offset, driftPPM int64) {
	s.processes[p].clock.set(s.now, offset, driftPPM)
	s.processes[p].drifts = true
	s.drifting = true
}

// JumpClock moves the wall clock of p by some ns, forward or back.
func (s *System[M]) JumpClock(p ProcID, by int64) { s.processes[p].clock.jump(by) }

// SetOverrides replaces the links that differ from their class, as of the next
// message sent.
func (s *System[M]) SetOverrides(overrides []Override) {
	s.network.override(overrides)
	s.plan()
}

// AddRule begins a fault of the network. The System counts into rule.Effects
// until the rule is removed.
func (s *System[M]) AddRule(rule *Rule) {
	s.network.rules.add(newActiveRule(rule))
	s.plan()
	if rule.Cut && s.network.CutInFlight {
		s.cutInFlight(rule)
	}
}

// RemoveRule ends a fault of the network. Messages that it held travel from
// now on. A rule that is not active is ignored.
func (s *System[M]) RemoveRule(rule *Rule) {
	a := s.network.rules.remove(rule)
	if a == nil {
		return
	}
	s.plan()
	for a.held.n > 0 {
		i := s.popFront(&a.held)
		e := &s.events[i]
		if e.kind == eventDead {
			s.release(i)
			continue
		}
		e.kind = eventMessage
		s.schedule(s.after(int64(e.a)), i)
	}
}

// cutInFlight kills the messages under way on the links of a rule.
func (s *System[M]) cutInFlight(rule *Rule) {
	for i := range s.events {
		e := &s.events[i]
		if e.kind != eventMessage && e.kind != eventClogged || e.flags&flagHeld != 0 {
			continue
		}
		if rule.From.Has(e.peer) && rule.To.Has(e.proc) {
			rule.Effects++
			s.counters.Cut++
			s.kill(e)
		}
	}
}

// kill ends a message under way; its event is skipped when it comes up.
func (s *System[M]) kill(e *event) {
	s.arrived(e)
	s.noteDrop(e, FateCut)
	s.messages.release(e.msg)
	e.kind, e.msg = eventDead, none
}
