package sim

import (
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// Proc is everything that code in a process can touch outside its memory. A
// call takes effect at once; nothing re-enters the caller's handler. Send,
// SetTimer, CancelTimer, Rand and the operations of the disk are for the
// process's own running handler alone.
//
// What does not depend on the type of messages is done by the core, which is
// called directly.
type Proc[M any] struct {
	system *System[M]
	id     ProcID
}

// ID returns the process's id.
func (e *Proc[M]) ID() ProcID { return e.id }

// Name returns the process's name.
func (e *Proc[M]) Name() string { return e.system.processes[e.id].name }

// Now returns the process's monotonic clock in ns. It drifts and never jumps.
func (e *Proc[M]) Now() int64 {
	if s := e.system; s.drifting {
		return s.drifted(e.id)
	}
	return e.system.now
}

// Wall returns the process's idea of the time of day in ns. It drifts and
// jumps, also backwards, and is as coarse as its resolution.
func (e *Proc[M]) Wall() int64 {
	s := e.system
	p := &s.processes[e.id]
	if p.clock.wrong {
		p.counters.SkewedWalls++
	}
	return p.clock.wall(s.now)
}

// Rand returns a number drawn for a purpose: a function of the node seed, the
// process's name, the purpose and the lineage of what is being handled. Each
// call in a handler gives another number.
func (e *Proc[M]) Rand(purpose uint32) uint64 { return e.system.rand(e.id, purpose) }

// Send sends a copy of m: best effort, it may be lost, late, doubled, damaged
// or overtaken.
func (e *Proc[M]) Send(to ProcID, m *M) {
	s := e.system
	s.mustRun(e.id, "Send")
	if s.muted {
		return
	}
	i, v := s.alloc()
	s.messages.reserve()
	v.proc, v.peer, v.msg = to, e.id, s.messages.take()
	sent := s.messages.at(v.msg)
	*sent = *m
	label := s.cfg.Label(sent) // m itself need not be on the heap
	v.code, v.b, v.a = label.Kind, uint64(label.Size), label.Hash
	if !s.sendPlain(v, i) {
		s.sendAny(v, i)
	}
}

// SetTimer delivers t to the process after a duration in ns on its monotonic
// clock, unless the process crashes or cancels it before.
func (e *Proc[M]) SetTimer(t Timer, after int64) TimerID { return e.system.setTimer(e.id, t, after) }

// CancelTimer forgets a timer. An id that names none is ignored.
func (e *Proc[M]) CancelTimer(id TimerID) { e.system.cancelTimer(e.id, id) }

// Disk returns the process's disk, nil if it has none.
func (e *Proc[M]) Disk() *Disk { return e.system.processes[e.id].disk }

// Root makes what the running handler does from now on depend on lineage
// alone, as if Run had begun it: a client begins its next operation in the
// handler that ended the last one.
func (e *Proc[M]) Root(lineage uint64) {
	s := e.system
	s.mustRun(e.id, "Root")
	s.lineage = lineage
	s.tally.begin()
}

// Mute makes the process deaf until its running handler returns: what it does
// from now on vanishes, what it did before stands. Then the process is not
// running any more and then is called, which may crash it: a crash at this
// very point of the code.
func (e *Proc[M]) Mute(then func()) {
	s := e.system
	s.mustRun(e.id, "Mute")
	if !s.muted {
		s.muted, s.afterMute = true, then
	}
}

// sendPlain puts a message on its way if all that happens to it is to take time,
// as most messages do. It returns false, and does nothing, if there may be more.
//
// Event i, which is v, says from whom and to whom the message goes, where it lies
// and what its label is, with the hash in the place of the latency.
func (c *core) sendPlain(v *event, i int32) bool {
	a, b := &c.processes[v.peer], &c.processes[v.proc]
	p := c.network.class(a, b)
	if !p.plain || a == b {
		return false
	}
	c.countSend(a, v.code, int64(v.b))
	c.onItsWay(v)
	word := uint64(effectSend)<<56 | uint64(v.code)<<48
	if key := word | uint64(uint32(v.proc)); !c.tally.first(key) {
		word |= c.tally.again(key)
	}
	v.lineage = effectOf(c.lineage, word, b.hash)
	latency, always := p.Latency.Fixed()
	if !always {
		latency = p.Latency.Sample(c.keys.latency.Draw2(a.hash, b.hash, v.lineage))
	}
	if p.Add > 0 {
		latency = saturate(latency, p.Add)
	}
	c.digest = c.digest.With(where(trace.Send, v.peer, v.proc), v.lineage).With(v.a, v.b).With(v.lineage, uint64(latency)<<8)
	v.a = uint64(latency)
	c.schedule(c.after(latency), i)
	return true
}

// sendAny is the same for any message.
func (s *System[M]) sendAny(v *event, i int32) {
	f, slot, hash := flight{from: v.peer, to: v.proc, kind: v.code, size: int64(v.b)}, v.msg, v.a
	s.release(i)
	f.lineage = s.effect(effectSend, uint64(f.kind), uint32(f.to), s.processes[f.to].hash)
	s.digest.Add4(where(trace.Send, f.from, f.to), f.lineage, hash, uint64(f.size))
	s.countSend(&s.processes[f.from], f.kind, f.size)
	s.route(&f)
	s.dispatchFlight(&f, slot)
}

// onItsWay makes an event a message, whose latency is still to be filled in. Events
// are filled in field by field: one that is put together elsewhere and copied costs
// more.
func (c *core) onItsWay(v *event) {
	v.cause, v.epoch = c.ordinal, 0
	v.kind, v.err, v.flags = eventMessage, 0, 0
}

func (c *core) countSend(p *process, kind uint8, size int64) {
	p.counters.Sent++
	p.counters.SentBytes += size
	c.counters.Sent++
	c.counters.Bytes += size
	k := &c.counters.Kinds[kind]
	k.Messages++
	k.Bytes += size
}

func (c *core) rand(p ProcID, purpose uint32) uint64 {
	c.mustRun(p, "Rand")
	hash := c.processes[p].hash
	return rng.Draw(c.seeds.Node, uint64(purpose), hash, c.effect(effectRand, 0, purpose, uint64(purpose)))
}

func (c *core) setTimer(p ProcID, t Timer, after int64) TimerID {
	c.mustRun(p, "SetTimer")
	if c.muted {
		return 0
	}
	i, e := c.alloc()
	e.a, e.b = uint64(t.Kind)<<32|uint64(t.A), t.B
	e.proc, e.peer, e.msg, e.epoch = p, Nobody, none, c.processes[p].epoch
	e.kind, e.code, e.err, e.flags = eventTimer, 0, 0, 0
	e.cause = c.ordinal
	if c.drifting {
		after = c.skew(e, after)
	}
	at := c.after(after)
	e.lineage = c.effect(effectTimer, 0, t.Kind, uint64(t.Kind))
	c.digest = c.digest.With(where(trace.SetTimer, e.proc, Nobody), uint64(at)).With(e.a, e.b)
	if c.sink != nil {
		c.record(trace.SetTimer, e)
	}
	return TimerID(c.scheduleTimer(at, i))
}

// skew is the time until a timer is due by the true clock, where any may drift.
func (c *core) skew(e *event, after int64) int64 {
	p := &c.processes[e.proc]
	if !p.drifts {
		return after
	}
	if p.clock.ppm != 0 {
		e.flags = flagSkewed
	}
	return p.clock.delay(after)
}

func (c *core) cancelTimer(p ProcID, id TimerID) {
	c.mustRun(p, "CancelTimer")
	i := int32(uint64(id) & indexMask)
	if c.muted || id == 0 || int(i) >= len(c.events) {
		return
	}
	e := &c.events[i]
	if e.id != uint64(id) || e.kind != eventTimer || e.proc != p {
		return
	}
	c.counters.Cancelled++
	if c.timers.remove(e.id) {
		c.vacate(e, i)
		return
	}
	e.kind = eventDead // held from a paused process, or due: skipped when it comes up
}
