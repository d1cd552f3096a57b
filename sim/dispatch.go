package sim

import (
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// due handles event i, whose time has come. It returns false if there was
// nothing to dispatch: the event was cancelled, or is kept from a paused
// process.
func (s *System[M]) due(i int32, at int64) bool {
	e := &s.events[i]
	switch e.kind {
	case eventMessage:
		s.begin(at)
		s.arrive(i)
		return true
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
	if e.kind == eventDisk && p.disk.faults != nil && s.stalled(p, i, at) {
		return false
	}
	switch {
	case e.epoch != p.epoch:
		s.discard(i)
		return false
	case p.holds() && e.flags&flagHeld == 0:
		s.hold(p, i)
		return false
	}
	s.begin(at)
	switch e.kind {
	case eventServed:
		s.served(i)
	case eventTimer:
		s.fire(i)
	case eventDisk:
		s.diskDone(i)
	}
	return true
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
func (s *System[M]) fire(i int32) {
	e := &s.events[i]
	s.note(trace.Timer, e)
	p := &s.processes[e.proc]
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
func (s *System[M]) diskDone(i int32) {
	e := &s.events[i]
	s.note(trace.DiskDone, e)
	c := s.processes[e.proc].disk.complete(e)
	s.digest.Add3(c.Token, uint64(c.Err), uint64(len(c.Data)))
	h := s.handlers[e.proc]
	s.enter(e.proc, e.lineage)
	s.release(i)
	h.Disk(c)
	s.leave()
}

// arrive brings a message to its process.
func (s *System[M]) arrive(i int32) {
	e := &s.events[i]
	p := &s.processes[e.proc]
	if e.flags&flagHeld != 0 {
		e.flags &^= flagHeld
		p.backlog--
		s.admit(p, i)
		return
	}
	s.arrived(e)
	switch {
	case !p.up:
		p.counters.Down++
		s.counters.Down++
		s.drop(i, FateDown)
	case e.flags&flagCorrupt != 0:
		s.counters.Corrupted++
		s.drop(i, FateCorrupt)
	case p.holds() && p.full():
		s.refuse(p, i)
	case p.holds():
		s.note(trace.Arrive, e)
		p.backlog++
		s.hold(p, i)
	default:
		s.admit(p, i)
	}
}

// admit gives a message to a core of its process, or to the handler if service
// takes no time, or to the queue.
func (s *System[M]) admit(p *process, i int32) {
	e := &s.events[i]
	if p.cores == 0 {
		s.deliver(i)
		return
	}
	if p.busy < p.cores {
		if service := s.serviceTime(p, e); service > 0 {
			s.note(trace.Arrive, e)
			s.serve(p, i, service)
			return
		}
		s.deliver(i)
		return
	}
	s.enqueue(p, i)
}

// serve occupies a core with a message.
func (s *System[M]) serve(p *process, i int32, service int64) {
	e := &s.events[i]
	e.kind, e.epoch = eventServed, p.epoch
	p.busy++
	s.schedule(s.after(service), i)
}

// enqueue lets a message wait for a core.
func (s *System[M]) enqueue(p *process, i int32) {
	e := &s.events[i]
	if !p.full() {
		s.note(trace.Arrive, e)
		s.wait(p, i)
		return
	}
	if !p.shedOldest || p.waiting.n == 0 {
		s.refuse(p, i)
		return
	}
	s.note(trace.Arrive, e)
	oldest := s.popFront(&p.waiting)
	p.backlog--
	s.wait(p, i)
	s.refuse(p, oldest)
}

func (s *System[M]) wait(p *process, i int32) {
	s.events[i].kind = eventWaiting
	p.backlog++
	s.pushBack(&p.waiting, i)
}

// served ends the service of a message: the handler runs, then the core takes
// the next message that waits.
func (s *System[M]) served(i int32) {
	id := s.events[i].proc
	s.processes[id].busy--
	s.deliver(i)
	p := &s.processes[id] // maybe crashed by now: then nothing waits
	if p.waiting.n == 0 {
		return
	}
	next := s.popFront(&p.waiting)
	p.backlog--
	s.serve(p, next, s.serviceTime(p, &s.events[next]))
}

// deliver runs the handler of a message.
func (s *System[M]) deliver(i int32) {
	e := &s.events[i]
	s.note(trace.Deliver, e)
	s.counters.Delivered++
	p := &s.processes[e.proc]
	p.counters.Received++
	p.counters.ReceivedBytes += int64(e.b)
	h, peer, slot := s.handlers[e.proc], e.peer, e.msg
	s.enter(e.proc, e.lineage)
	s.release(i)
	h.Message(peer, s.messages.at(slot))
	s.messages.release(slot)
	s.leave()
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
		s.launch(&d, s.messages.put(s.messages.at(slot)))
	}
}

// launch schedules the arrival of a message, or gives it to the rule that holds it.
func (s *System[M]) launch(f *flight, slot int32) {
	i, e := s.alloc()
	*e = event{
		lineage: f.lineage, cause: s.ordinal, a: uint64(f.latency), b: uint64(f.size),
		proc: f.to, peer: f.from, msg: slot, kind: eventMessage, code: f.kind, flags: f.flags,
	}
	s.network.under++
	s.digest.Add2(f.lineage, uint64(f.latency)<<8|uint64(f.flags))
	if f.clog != nil {
		e.kind = eventClogged
		s.pushBack(&f.clog.held, i)
		return
	}
	s.schedule(s.after(f.latency), i)
}
