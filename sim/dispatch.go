package sim

import (
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// step dispatches events that are due at limit or before, max at most, and returns
// how many it did: each has got a number.
//
// Here and in what it calls, e is event i and p its process. What is usual is
// dispatched here, what is not in unusual.
func (s *System[M]) step(max int, limit int64) int {
	s.mustBeOutside()
	before := s.ordinal
	if s.last = before + uint64(max); s.stopped {
		s.last = before
	}
	for s.ordinal < s.last {
		i, at, ok := s.next(limit)
		if !ok {
			break
		}
		if s.live >= far && s.cfg.Ahead != nil {
			s.ahead()
		}
		e, all := &s.events[i], s.processes
		id := int(e.proc)
		if uint(id) >= uint(len(all)) || !all[id].open {
			s.unusual(i, at)
			continue
		}
		switch p := &all[id]; {
		case e.kind == eventMessage && e.flags == 0:
			switch {
			case p.cores == 0:
				s.handle(at, trace.Deliver, e, i)
				s.deliver(p, e)
			case p.busy >= p.cores || !s.begins(p, e, i, at):
				s.admit(p, e, i, at)
			}
		case e.epoch != p.epoch:
			s.unusual(i, at)
		case e.kind == eventServed:
			p.busy--
			s.handle(at, trace.Deliver, e, i)
			s.deliver(p, e)
		case e.kind == eventDisk && p.disk.faults == nil:
			s.handle(at, trace.DiskDone, e, i)
			s.diskDone(p, e)
		case e.kind == eventTimer:
			s.handle(at, trace.Timer, e, i)
			s.fire(p, e)
		default:
			s.unusual(i, at)
		}
	}
	return int(s.ordinal - before)
}

// begins serves a message that has come to a process with a core to spare, unless
// service takes no time.
func (c *core) begins(p *process, e *event, i int32, at int64) bool {
	if int(e.code) >= len(p.service) {
		return false
	}
	service, always := p.service[e.code].Fixed()
	if !always || p.slowCPU != 0 {
		service = c.serviceTime(p, e)
	}
	if service <= 0 {
		return false
	}
	p.takeCore(e)
	c.happen(at, trace.Arrive, e)
	c.schedule(c.after(service), i)
	return true
}

// unusual dispatches any event: those of the owner, those without effect, and
// those of a process that is gone or held up, whose disk has faults, or that
// somebody looks at.
func (s *System[M]) unusual(i int32, at int64) {
	e := &s.events[i]
	switch e.kind {
	case eventControl:
		s.begin(at)
		s.control(i)
		return
	case eventDrain:
		s.drain(i, at)
		return
	case eventDead:
		s.release(i)
		return
	}
	p := &s.processes[e.proc]
	if e.kind == eventMessage {
		s.meet(p, e, i, at)
		return
	}
	if s.withheld(p, e, i, at) {
		return
	}
	switch e.kind {
	case eventServed:
		p.busy--
		s.show(at, trace.Deliver, e)
		s.enter(e, i)
		s.deliver(p, e)
	case eventDisk:
		s.show(at, trace.DiskDone, e)
		s.enter(e, i)
		s.diskDone(p, e)
	case eventTimer:
		s.show(at, trace.Timer, e)
		s.enter(e, i)
		s.fire(p, e)
	}
}

// withheld tells whether an event does not happen now: its disk has stalled, its
// process is gone or held up.
func (s *System[M]) withheld(p *process, e *event, i int32, at int64) bool {
	switch {
	case e.kind == eventDisk && p.disk.faults != nil && s.stalled(p, i, at):
		return true
	case e.epoch != p.epoch:
		s.discard(i)
		return true
	case p.holds() && e.flags&flagHeld == 0:
		s.hold(p, i)
		return true
	}
	return false
}

// discard drops an event of an incarnation that is gone.
func (s *System[M]) discard(i int32) {
	e := &s.events[i]
	if e.kind == eventServed {
		s.messages.release(e.msg)
	}
	s.release(i)
}

// control hands an event of the owner to it.
func (s *System[M]) control(i int32) {
	e := s.events[i]
	s.release(i)
	c := Control{Kind: e.epoch, A: e.a, B: e.b, Lineage: e.lineage}
	s.digest.Add3(uint64(c.Kind), c.A, c.B)
	s.note(trace.Control, &e)
	s.lineage = c.Lineage
	s.cfg.Control(c)
}

// fire runs a timer.
func (s *System[M]) fire(p *process, e *event) {
	p.counters.Timers++
	s.counters.Timers++
	if e.flags&flagSkewed != 0 {
		p.counters.SkewedTimers++
	}
	s.handlers[e.proc].Timer(e.timer())
	s.leave()
}

// diskDone tells a process that an operation of its disk has ended.
func (s *System[M]) diskDone(p *process, e *event) {
	c := &s.done
	p.disk.complete(e, c)
	s.digest.Add3(c.Token, uint64(c.Err), uint64(c.Length))
	s.handlers[e.proc].Disk(c)
	s.leave()
}

// meet brings a message to its process if it is damaged, was held or counts
// against a limit, or if the process is not open.
func (s *System[M]) meet(p *process, e *event, i int32, at int64) {
	if e.flags&flagHeld != 0 {
		e.flags &^= flagHeld
		p.backlog--
		s.admit(p, e, i, at)
		return
	}
	s.arrived(e)
	switch {
	case !p.up:
		s.begin(at)
		p.counters.Down++
		s.counters.Down++
		s.drop(i, FateDown)
	case e.flags&flagCorrupt != 0:
		s.begin(at)
		s.counters.Corrupted++
		s.drop(i, FateCorrupt)
	case p.holds() && p.full():
		s.begin(at)
		s.refuse(p, i)
	case p.holds():
		s.show(at, trace.Arrive, e)
		p.backlog++
		s.hold(p, i)
	default:
		s.admit(p, e, i, at)
	}
}

// admit gives a message to a core of its process, or to the handler if service
// takes no time, or to the queue.
func (s *System[M]) admit(p *process, e *event, i int32, at int64) {
	switch {
	case p.busy < p.cores:
		if service := s.serviceTime(p, e); service > 0 {
			p.takeCore(e)
			s.show(at, trace.Arrive, e)
			s.schedule(s.after(service), i)
			return
		}
	case p.cores > 0:
		s.enqueue(p, e, i, at)
		return
	}
	s.show(at, trace.Deliver, e)
	s.enter(e, i)
	s.deliver(p, e)
}

// takeCore gives a message a core.
func (p *process) takeCore(e *event) {
	e.kind, e.epoch = eventServed, p.epoch
	p.busy++
}

// enqueue lets a message wait for a core.
func (s *System[M]) enqueue(p *process, e *event, i int32, at int64) {
	if !p.full() {
		s.show(at, trace.Arrive, e)
		s.wait(p, e, i)
		return
	}
	if !p.shedOldest || p.waiting.n == 0 {
		s.begin(at)
		s.refuse(p, i)
		return
	}
	s.show(at, trace.Arrive, e)
	oldest := s.popFront(&p.waiting)
	p.backlog--
	s.wait(p, e, i)
	s.refuse(p, oldest)
}

func (c *core) wait(p *process, e *event, i int32) {
	e.kind = eventWaiting
	p.backlog++
	c.pushBack(&p.waiting, i)
}

// serveNext occupies a core with the first message that waits for one, if the
// process has not crashed by now.
func (c *core) serveNext(id ProcID) {
	p := &c.processes[id]
	if p.waiting.n == 0 {
		return
	}
	next := c.popFront(&p.waiting)
	p.backlog--
	e := &c.events[next]
	service := c.serviceTime(p, e)
	p.takeCore(e)
	c.schedule(c.after(service), next)
}

// deliver runs the handler of a message. Then a core that has served it takes the
// next one that waits: while one is free, none waits.
func (s *System[M]) deliver(p *process, e *event) {
	s.counters.Delivered++
	p.counters.Received++
	p.counters.ReceivedBytes += int64(e.b)
	id, slot, queued := e.proc, e.msg, p.waiting.n > 0
	s.handlers[id].Message(e.peer, s.messages.at(slot))
	s.messages.release(slot)
	s.leave()
	if queued {
		s.serveNext(id)
	}
}

// refuse sheds a message, and tells the process if it can and wants to hear of it.
func (s *System[M]) refuse(p *process, i int32) {
	e := &s.events[i]
	slot := e.msg
	p.counters.Shed++
	s.counters.Shed++
	s.note(trace.Shed, e)
	if h := s.shedders[e.proc]; h != nil && !p.holds() {
		s.enter(e, i)
		h.Shed(e.peer, s.messages.at(slot))
		s.messages.release(slot)
		s.leave()
		return
	}
	s.messages.release(slot)
	s.release(i)
}

// drop forgets a message that does not reach its handler.
func (s *System[M]) drop(i int32, fate Fate) {
	e := &s.events[i]
	s.noteDrop(e, fate)
	s.messages.release(e.msg)
	s.release(i)
}

// dispatchFlight puts a message on its way, with its copies.
func (s *System[M]) dispatchFlight(f *flight, slot int32) {
	if s.sink != nil {
		s.recordSend(f, slot)
	}
	if f.fate != 0 {
		s.digest.Add2(where(trace.Drop, f.from, f.to), uint64(f.fate))
		s.messages.release(slot)
		return
	}
	s.launch(f, slot)
	for n := range f.copies {
		d := *f
		d.flags &^= flagCounted | flagCorrupt
		d.lineage = rng.Mix(f.lineage, effectCopy<<56|uint64(n))
		d.latency = saturate(s.latency(&d, s.path(d.from, d.to)), f.lag)
		s.messages.reserve()
		copied := s.messages.take()
		*s.messages.at(copied) = *s.messages.at(slot)
		s.launch(&d, copied)
	}
}

// launch schedules the arrival of a message, or gives it to the rule that holds it.
func (s *System[M]) launch(f *flight, slot int32) {
	i, e := s.alloc()
	e.proc, e.peer, e.msg, e.code, e.b = f.to, f.from, slot, f.kind, uint64(f.size)
	s.onItsWay(e)
	e.lineage, e.a, e.flags = f.lineage, uint64(f.latency), f.flags
	s.digest.Add2(f.lineage, uint64(f.latency)<<8|uint64(f.flags))
	if f.clog != nil {
		e.kind = eventClogged
		s.pushBack(&f.clog.held, i)
		return
	}
	s.schedule(s.after(f.latency), i)
}
