package storage

// job says what an append is for.
type job uint8

const (
	jobChange job = 0 // a put or a remove; the owner is told
	jobLost   job = 1 // a note that a state was found unreadable; nobody is told
	jobBatch  job = 2 // records that a compaction copies
)

// write is an append under way: from the call until it is as durable as the
// policy, or its job, demands.
type write struct {
	to       entry // what the index will say, of a put, a remove or a note
	weight   int64 // of that record
	token    uint64
	from     int64 // where the append begins in its log
	end      int64 // where it ends
	slot     uint32
	log      int32
	job      job
	landed   bool // the file grew by all of it
	partial  bool // the file grew by some of it
	appended bool // the disk has reported success
	waits    bool // for a sync
	done     bool
}

// Put stores payload as the state of key, whose dense number is slot. weight is
// the number of bytes that the payload stands for; len(payload) if that is more.
// Owner.Written(token) follows, in the order of the calls for one key.
func (e *Engine) Put(slot uint32, key, payload []byte, weight int64, token uint64) {
	e.change(slot, key, &Payload{payload, weight, checksum(payload)}, live, token)
}

// Payload is the state of a key as it is stored: the bytes, how many they stand
// for, and their checksum. Replicas that store the same need not work it out anew.
type Payload struct {
	Bytes  []byte
	Weight int64
	Sum    uint32 // of Bytes, see Fill
}

// Fill makes p the payload of some bytes.
func (p *Payload) Fill(b []byte, weight int64) {
	p.Bytes, p.Weight, p.Sum = b, weight, checksum(b)
}

// PutPayload is Put for a payload that is filled in. It is not changed.
func (e *Engine) PutPayload(slot uint32, key []byte, p *Payload, token uint64) {
	e.change(slot, key, p, live, token)
}

// Remove forgets the state of key, be there one or not. Owner.Written(token)
// follows.
func (e *Engine) Remove(slot uint32, key []byte, token uint64) {
	e.change(slot, key, &Payload{}, removed, token)
}

func (e *Engine) change(slot uint32, key []byte, p *Payload, s state, token uint64) {
	e.puts++
	switch {
	case !e.ready:
		e.owner.Written(token, Unavailable)
	case len(key) > maxKey || len(p.Bytes) > maxPayload || p.Weight > maxWeight:
		e.owner.Written(token, TooLarge)
	default:
		e.seq++
		var r record
		r.kind, r.seq, r.key, r.payload, r.sum = s.kind(), e.seq, key, p.Bytes, p.Sum
		r.weight = headerSize + int64(len(key)) + max(p.Weight, int64(len(p.Bytes)))
		e.append(&r, slot, jobChange, token)
	}
}

// note records that the state of the slot is unreadable, under the sequence of
// that state: any later write of the key takes its place.
func (e *Engine) note(slot uint32) {
	n := e.entry(slot)
	e.key = e.owner.AppendKey(e.key[:0], slot)
	r := record{kind: kindLost, seq: n.seq, key: e.key}
	r.weight = headerSize + int64(len(e.key))
	e.append(&r, slot, jobLost, 0)
}

// append writes one record of a key to the head.
func (e *Engine) append(r *record, slot uint32, j job, token uint64) {
	l := e.headLog()
	b, weight, off := (*e.scratch)[:0], r.weight, l.size
	if off == 0 {
		b = e.appendStart(b, l)
		off = int64(len(b))
		weight += off
	}
	r.mark = e.mark
	b = appendRecord(b, position{l.gen, off}, r)
	end := l.size + int64(len(b))
	w := e.newWrite(j)
	w.slot, w.token, w.weight, w.waits = slot, token, r.weight, e.policy.waits()
	w.to.state, w.to.log, w.to.seq, w.to.off = r.kind.state(), l.id, r.seq, off
	w.to.length, w.to.key = int32(end-off), uint16(len(r.key))
	e.pressure += int64(len(b))
	e.issue(w, l, b, weight)
}

// newWrite gives a place among the writes under way, in which all but what
// depends on the job is filled in by issue.
func (e *Engine) newWrite(j job) *write {
	w := e.writes.push()
	w.job, w.waits, w.appended, w.done = j, true, false, false
	return w
}

// batch is the append of several records being put together.
type batch struct {
	log    *logFile // nil: none
	from   int64    // where it will begin
	buf    []byte   // in scratch
	weight int64
}

func (b *batch) end() int64 { return b.from + int64(len(b.buf)) }

func (e *Engine) beginBatch() {
	b, l := &e.batch, e.headLog()
	b.log, b.from, b.buf, b.weight = l, l.size, (*e.scratch)[:0], 0
	if b.from == 0 {
		b.buf = e.appendStart(b.buf, l)
		b.weight = int64(len(b.buf))
	}
}

// addRecord adds a record to the batch. Its mark is that of now.
func (e *Engine) addRecord(r *record) {
	b := &e.batch
	r.mark = e.mark
	b.buf = appendRecord(b.buf, position{b.log.gen, b.end()}, r)
	b.weight += r.weight
}

// addMeta adds a record that belongs to no key.
func (e *Engine) addMeta(k kind, payload []byte) {
	b := &e.batch
	before := len(b.buf)
	b.buf = e.appendMeta(b.buf, position{b.log.gen, b.end()}, k, payload)
	b.weight += int64(len(b.buf) - before)
}

// issue hands bytes of some weight, which lie in the scratch memory, to the disk for log l, as the newest write.
func (e *Engine) issue(w *write, l *logFile, b []byte, weight int64) {
	w.log, w.from, w.end = l.id, l.size, l.size+int64(len(b))
	size, pages := e.disk.Append(l.file, b, weight, e.token(opAppend, e.writes.last-1))
	l.size = size
	if cap(b) != cap(*e.scratch) {
		*e.scratch = b
	}
	w.landed = size == w.end
	w.partial = !w.landed && size != w.from
	w.to.pages = 0
	if w.to.off == w.from { // nothing but that record
		w.to.pages = few(pages)
	}
	if w.landed {
		l.end = w.end
		l.weight += weight
		e.total += weight
		e.weighed = false
		e.countBatch(l, w)
	}
	l.noted = e.mark
	l.writes++
	e.syncAfter(l, w.job)
	if w.partial {
		e.closeHead() // nothing may follow a hole
	}
}

// countBatch counts the records of keys in a batch that has reached log l.
func (e *Engine) countBatch(l *logFile, w *write) {
	if w.job != jobBatch {
		e.count(l, w.slot)
		return
	}
	for _, m := range e.compaction.moves {
		if !m.forget {
			e.count(l, m.slot)
		}
	}
}

// appended takes the completion of append n.
func (e *Engine) appended(n uint64, err Error) {
	w := e.writes.at(n)
	if w.done {
		return
	}
	if err == NoError && !w.landed {
		err = IO
	}
	switch {
	case err == NoError:
		w.appended = true
		if !w.waits || e.logs[w.log].durable(w.end) {
			e.conclude(w)
		}
	case w.landed || w.partial:
		e.stats.Failures++
		e.cut(e.logs[w.log], w.from, err)
	default:
		e.stats.Failures++
		e.fail(n, err)
	}
}

// conclude ends a write well, which nothing is missing of any more.
func (e *Engine) conclude(w *write) {
	token, job := w.token, w.job
	if job != jobBatch {
		if n := e.entry(w.slot); n.seq <= w.to.seq {
			e.place(w.slot, &w.to, w.weight)
		}
	}
	e.finish(w)
	switch job {
	case jobBatch:
		e.batchDone(e.logs[w.log])
	case jobChange:
		e.owner.Written(token, NoError)
	}
}

// settleLog ends the writes to l that its last sync has made durable.
func (e *Engine) settleLog(l *logFile) {
	for n := e.writes.first; n < e.writes.last; n++ {
		w := e.writes.at(n)
		if w.done {
			continue
		}
		if w.log != l.id {
			if e.logs[w.log].gen > l.gen {
				return
			}
			continue
		}
		if w.waits && !l.durable(w.end) {
			return
		}
		if w.appended {
			e.conclude(w)
		}
	}
}

// fail ends write n badly. Its record does not count, be it on the disk or not.
func (e *Engine) fail(n uint64, err Error) {
	w := e.writes.at(n)
	token, job := w.token, w.job
	e.finish(w)
	switch job {
	case jobBatch:
		e.batchFailed()
	case jobChange:
		e.owner.Written(token, err)
	}
}

// failFrom ends badly the writes to l from an offset on: all, or those that wait
// for a sync.
func (e *Engine) failFrom(l *logFile, off int64, all bool, err Error) {
	for n, last := e.writes.first, e.writes.last; n < last; n++ {
		// The callbacks may have taken entries off the front.
		if n < e.writes.first {
			continue
		}
		if w := e.writes.at(n); !w.done && w.log == l.id && w.from >= off && (all || w.waits) {
			e.fail(n, err)
		}
	}
}

// finish takes a write out of those under way.
func (e *Engine) finish(w *write) {
	w.done = true
	e.logs[w.log].writes--
	for e.writes.first < e.writes.last && e.writes.at(e.writes.first).done {
		e.writes.first++
	}
}
