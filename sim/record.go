package sim

import "dynamosim/sim/trace"

// What happens goes into the digest, always, and to the sink, if there is one.

// happen moves the clock to an event, numbers it and takes it down, where nobody
// looks on.
func (c *core) happen(at int64, kind trace.Kind, e *event) {
	what, lineage := where(kind, e.proc, e.peer), e.lineage // read before the digest is written, which then is done once
	c.begin(at)
	c.digest = c.digest.With(uint64(at), c.ordinal).With(what, lineage)
}

// handle lets an event happen where nobody looks on, and begins its handler.
func (c *core) handle(at int64, kind trace.Kind, e *event, i int32) {
	what, lineage := where(kind, e.proc, e.peer), e.lineage
	c.begin(at)
	c.enter(e, i)
	c.digest = c.digest.With(uint64(at), c.ordinal).With(what, lineage)
}

// show is happen for the sink, too.
func (c *core) show(at int64, kind trace.Kind, e *event) {
	c.happen(at, kind, e)
	if c.sink != nil {
		c.record(kind, e)
	}
}

// note takes down what happens to an event while another one is dispatched.
func (c *core) note(kind trace.Kind, e *event) {
	c.digest.Add4(uint64(c.now), c.ordinal, where(kind, e.proc, e.peer), e.lineage)
	if c.sink != nil {
		c.record(kind, e)
	}
}

// noteDrop takes the end of a message that does not reach its handler down.
func (c *core) noteDrop(e *event, fate Fate) {
	c.digest.Add4(uint64(c.now), c.ordinal, where(trace.Drop, e.peer, e.proc), e.lineage)
	c.digest.Add1(uint64(fate))
	if c.sink != nil {
		c.recordMessage(trace.Record{Kind: trace.Drop, Proc: int32(e.peer), Peer: int32(e.proc), Cause: e.cause, Lineage: e.lineage, Mark: fate.String()}, e)
	}
}

// tell takes down what the owner did to a process: boot, crash, pause, resume.
func (c *core) tell(kind trace.Kind, p ProcID, arg uint64) {
	c.digest.Add4(uint64(c.now), c.ordinal, where(kind, p, Nobody), arg)
	if c.sink != nil {
		c.write(trace.Record{Kind: kind, Proc: int32(p), Peer: trace.None, Cause: c.ordinal, Lineage: c.lineage})
	}
}

// write completes a record and hands it on.
func (c *core) write(r trace.Record) {
	r.Ordinal, r.Time = c.ordinal, c.now
	c.sink.Record(&r)
}

// record describes an event.
func (c *core) record(kind trace.Kind, e *event) {
	r := trace.Record{Kind: kind, Proc: int32(e.proc), Peer: int32(e.peer), Cause: e.cause, Lineage: e.lineage}
	switch e.kind {
	case eventTimer:
		t := e.timer()
		r.Arg1, r.Arg2 = int64(t.Kind), int64(t.A)
		if c.describeTimer != nil {
			r.Message = c.describeTimer(t)
		}
	case eventDisk:
		r.Peer, r.Message, r.Key = trace.None, DiskOp(e.code).String(), c.processes[e.proc].disk.dir.nameOf(File(e.peer))
		if e.err != 0 {
			r.Text = DiskError(e.err).String()
		}
	case eventControl:
		r.Arg1, r.Arg2 = int64(e.epoch), int64(e.a)
	default:
		c.recordMessage(r, e)
		return
	}
	c.write(r)
}

// recordMessage describes a message with its latency and size.
func (c *core) recordMessage(r trace.Record, e *event) {
	r.Message, r.Key, r.Text = c.describe(e.msg)
	r.Arg1, r.Arg2 = int64(e.a), int64(e.b)
	c.write(r)
}

// recordSend describes a message that was sent, and its end if it goes no further.
func (c *core) recordSend(f *flight, slot int32) {
	r := trace.Record{
		Kind: trace.Send, Proc: int32(f.from), Peer: int32(f.to), Cause: c.ordinal, Lineage: f.lineage,
		Arg1: f.latency, Arg2: f.size,
	}
	r.Message, r.Key, r.Text = c.describe(slot)
	c.write(r)
	if f.fate != 0 {
		r.Kind, r.Mark = trace.Drop, f.fate.String()
		c.write(r)
	}
}
