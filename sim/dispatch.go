package sim

import (
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// due handles event i, whose time has come. It returns false if there was
// nothing to dispatch: the event was cancelled, or is kept from a paused
// process.
//
// Here and in what it calls, e is event i and p its process.
func (s *System[M]) due(i int32, at int64) bool {
	e := &s.events[i]
	switch e.kind {
	case eventMessage:
		p := &s.processes[e.proc]
		if e.flags != 0 || !p.open {
			s.meet(p, e, i, at)
			return true
		}
		s.network.under--
		s.admit(p, e, i, at)
		return true
	case eventServed:
		if p := &s.processes[e.proc]; p.takes(e) {
			p.busy--
			s.deliver(p, e, i, at)
			return true
		}
	case eventDisk:
		if p := &s.processes[e.proc]; p.takes(e) && p.disk.faults == nil {
			s.diskDone(p, e, i, at)
			return true
		}
	case eventTimer:
		if p := &s.processes[e.proc]; p.takes(e) {
			s.fire(p, e, i, at)
			return true
		}
	}
	return s.unusual(i, at)
}

// unusual is due for few events: those of the owner, those without effect, and
// those of a process that is gone or held up or whose disk has faults.
func (s *System[M]) unusual(i int32, at int64) bool {
	e := &s.events[i]
	switch e.kind {
	case eventControl:
		s.begin(at)
		s.control(i)
		return true
	case eventDrain:
		return s.drain(i, at)
	case eventDead:
		s.release(i)
		return false
	}
	p := &s.processes[e.proc]
	if s.withheld(p, e, i, at) {
		return false
	}
	switch e.kind {
	case eventServed:
		p.busy--
		s.deliver(p, e, i, at)
	case eventDisk:
		s.diskDone(p, e, i, at)
	case eventTimer:
		s.fire(p, e, i, at)
	}
	return true
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
func (s *System[M]) fire(p *process, e *event, i int32, at int64) {
	s.happen(at, trace.Timer, e)
	p.counters.Timers++
	s.counters.Timers++
	if e.flags&flagSkewed != 0 {
		p.counters.SkewedTimers++
	}
	h, t := s.handlers[e.proc], e.timer()
	s.enter(e.proc, e.lineage)
	s.release(i)
	h.Timer(t)
	s.leave()
}

// diskDone tells a process that an operation of its disk has ended.
func (s *System[M]) diskDone(p *process, e *event, i int32, at int64) {
	s.happen(at, trace.DiskDone, e)
	c := &s.done
	p.disk.complete(e, c)
	s.digest.Add3(c.Token, uint64(c.Err), uint64(c.Length))
	h := s.handlers[e.proc]
	s.enter(e.proc, e.lineage)
	s.release(i)
	h.Disk(c)
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
		s.happen(at, trace.Arrive, e)
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
			s.happen(at, trace.Arrive, e)
			s.serve(p, e, i, s.after(service))
			return
		}
	case p.cores > 0:
		s.enqueue(p, e, i, at)
		return
	}
	s.deliver(p, e, i, at)
}

// serve occupies a core with a message.
func (c *core) serve(p *process, e *event, i int32, until int64) {
	e.kind, e.epoch = eventServed, p.epoch
	p.busy++
	c.schedule(until, i)
}

// enqueue lets a message wait for a core.
func (s *System[M]) enqueue(p *process, e *event, i int32, at int64) {
	if !p.full() {
		s.happen(at, trace.Arrive, e)
		s.wait(p, e, i)
		return
	}
	if !p.shedOldest || p.waiting.n == 0 {
		s.begin(at)
		s.refuse(p, i)
		return
	}
	s.happen(at, trace.Arrive, e)
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

// serveNext occupies a core with the first message that waits for one.
func (c *core) serveNext(p *process) {
	next := c.popFront(&p.waiting)
	p.backlog--
	e := &c.events[next]
	c.serve(p, e, next, c.after(c.serviceTime(p, e)))
}

// deliver runs the handler of a message. Then a core that has served it takes the
// next one that waits: while one is free, none waits.
func (s *System[M]) deliver(p *process, e *event, i int32, at int64) {
	s.happen(at, trace.Deliver, e)
	s.counters.Delivered++
	p.counters.Received++
	p.counters.ReceivedBytes += int64(e.b)
	id, from, slot := e.proc, e.peer, e.msg
	s.enter(id, e.lineage)
	s.release(i)
	s.handlers[id].Message(from, s.messages.at(slot))
	s.messages.release(slot)
	s.leave()
	if p = &s.processes[id]; p.waiting.n > 0 { // not if it has crashed by now
		s.serveNext(p)
	}
}

// refuse sheds a message, and tells the process if it can and wants to hear of it.
func (s *System[M]) refuse(p *process, i int32) {
	e := s.events[i]
	s.release(i)
	p.counters.Shed++
	s.counters.Shed++
	s.note(trace.Shed, &e)
	if h := s.shedders[e.proc]; h != nil && !p.holds() {
		s.enter(e.proc, e.lineage)
		h.Shed(e.peer, s.messages.at(e.msg))
		s.messages.release(e.msg)
		s.leave()
		return
	}
	s.messages.release(e.msg)
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
		copied, _ := s.messages.put(s.messages.at(slot))
		s.launch(&d, copied)
	}
}

// launch schedules the arrival of a message, or gives it to the rule that holds it.
func (s *System[M]) launch(f *flight, slot int32) {
	i, e := s.onItsWay(f.from, f.to, slot, f.kind, f.size)
	e.lineage, e.a, e.flags = f.lineage, uint64(f.latency), f.flags
	s.digest.Add2(f.lineage, uint64(f.latency)<<8|uint64(f.flags))
	if f.clog != nil {
		e.kind = eventClogged
		s.pushBack(&f.clog.held, i)
		return
	}
	s.schedule(s.after(f.latency), i)
}
