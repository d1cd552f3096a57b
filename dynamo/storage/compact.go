package storage

import "math/bits"

// minSegment keeps the records that begin and drop a log small beside the rest.
const minSegment = 4096

// maxLogs is how many logs there may be, beyond what their sizes explain, before
// they are compacted for their number.
const maxLogs = 48

// stage is how far the compaction of a log has come.
type stage uint8

const (
	stageNone   stage = 0 // there is none
	stageWalk   stage = 1 // through the log's records, copying those that count
	stageRest   stage = 2 // through the index, for what could not be read; then the drop record
	stageUnlink stage = 3 // the copies are durable: the file is being removed
)

// compaction copies what counts in one log, the victim, to the head, a chunk at
// a time, and removes the victim when the copies are durable.
type compaction struct {
	stage    stage
	busy     bool // the disk or a Tick is awaited
	victim   *logFile
	walk     walker // up to where the copies are durable
	next     walker // the same when the batch under way is
	last     bool   // the batch under way ends the walk
	drops    bool   // it has the drop record
	again    bool   // the chunk was damaged when it was read first
	asked    int64  // bytes of the read under way
	cursor   uint32 // next slot of stageRest
	moves    []move // what the batch under way holds
	seen     []uint32
	told     []uint32
	pressure int64 // bytes written for the owner since the last chunk
}

// move is a record of the victim with its copy.
type move struct {
	slot   uint32
	sum    uint32
	from   int64 // offset in the victim
	off    int64 // of the copy in the head
	length int64
	weight int64
	was    state
	forget bool // nothing is copied: a removal that hides nothing any more
}

// advance does the next step of the compaction, or begins one, unless the disk or
// a Tick is awaited.
func (e *Engine) advance() {
	k := &e.compaction
	if k.busy || e.recovery.scanning() {
		return
	}
	switch k.stage {
	case stageNone:
		e.beginCompaction()
	case stageWalk:
		e.compactRead()
	case stageRest:
		e.compactRest()
	case stageUnlink:
		e.unlink()
	}
}

func (e *Engine) beginCompaction() {
	k := &e.compaction
	v, waiting := e.condemned()
	if v == nil && !waiting && e.ready {
		v = e.choose()
	}
	switch {
	case v == nil && !waiting && e.recovery.stage == recoveryClean:
		e.finishRecovery()
	case v == nil:
	case v.end == 0:
		k.victim = v
		e.unlist(v)
		e.unlink()
	default:
		k.victim, k.stage, k.again = v, stageWalk, false
		k.walk = walk(v.gen, v.end, e.config.Checksums)
		e.compactRead()
	}
}

// condemned returns a log that has to go, be the log as short as it may; or
// whether there is one with which the disk is not through.
func (e *Engine) condemned() (l *logFile, waiting bool) {
	for _, id := range e.order {
		if l := e.logs[id]; id != e.head && (l.suspect || l.end == 0) {
			if l.quiet() {
				return l, false
			}
			waiting = true
		}
	}
	return nil, waiting
}

// choose returns the log to compact next if the whole is too long: the one with
// the largest share of garbage.
func (e *Engine) choose() *logFile {
	many := int64(len(e.order)) > maxLogs+2*e.total/e.segment()
	if !many && e.total <= e.live+e.slack()/4*3 {
		return nil
	}
	var best *logFile
	for _, id := range e.order {
		l := e.logs[id]
		if id != e.head && l.quiet() && l.durable(l.end) && (many || l.garbage() >= l.weight/8) && wasteful(l, best) {
			best = l
		}
	}
	if best == nil && e.head != none && e.logs[e.head].garbage() >= e.segment()/2 {
		e.closeHead()
	}
	return best
}

// wasteful reports whether a larger share of a than of b, which may be nil, is
// garbage.
func wasteful(a, b *logFile) bool {
	if b == nil {
		return true
	}
	ah, al := bits.Mul64(uint64(a.garbage()), uint64(b.weight))
	bh, bl := bits.Mul64(uint64(b.garbage()), uint64(a.weight))
	return ah > bh || ah == bh && al > bl
}

// chunk is how many bytes to read at a time: more when much is being written.
func (e *Engine) chunk() int64 {
	c := e.config.Chunk
	return min(max(c, 4*e.compaction.pressure), 16*c)
}

func (e *Engine) compactRead() {
	k := &e.compaction
	k.busy = true
	k.asked = min(max(e.chunk(), k.walk.want), k.walk.end-k.walk.pos)
	k.pressure = 0
	k.victim.reads++
	e.work++
	e.disk.Read(k.victim.file, k.walk.pos, k.asked, e.token(opWork, e.work))
}

// compactChunk takes the completion of compactRead.
func (e *Engine) compactChunk(c Completion) {
	k := &e.compaction
	k.victim.reads--
	if c.Err != NoError {
		e.retry = true
		return
	}
	k.next, k.last = k.walk, false
	base := k.walk.pos
	for {
		r, ev := k.next.next(c.Data, base)
		if ev == more && int64(len(c.Data)) >= k.asked {
			break
		}
		if ev == ended {
			k.last = true
			break
		}
		if ev != sound && !k.again {
			k.again = true
			e.undo()
			e.compactRead()
			return
		}
		switch ev {
		case sound:
			e.carry(r)
		case more:
			k.next.missing(base + k.asked)
		default:
			e.stats.Corrupt++
		}
	}
	if k.last && k.victim.entries == int64(len(k.moves)) {
		e.addDrop()
	}
	e.sendBatch()
}

// carry adds the copy of a record to the batch if it counts.
func (e *Engine) carry(r record) {
	if r.kind == kindStart || r.kind == kindDrop {
		return
	}
	k := &e.compaction
	slot := e.owner.Slot(r.key)
	n := e.entry(slot)
	if n.records > 0 {
		e.count(slot, -1)
		k.seen = append(k.seen, slot)
	}
	if !n.at(k.victim.id, r.off) || n.seq != r.seq || n.state != r.kind.state() {
		return
	}
	m := move{slot: slot, from: r.off, was: n.state, length: r.length, weight: r.weight, sum: r.sum}
	m.forget = n.state == removed && n.records == 0
	e.addMove(m, &r)
	e.stats.Copied += r.weight
}

func (e *Engine) addMove(m move, r *record) {
	if !m.forget {
		if e.batch.log == nil {
			e.beginBatch()
		}
		m.off = e.batch.end()
		e.addRecord(r)
		e.count(m.slot, 1)
	}
	e.compaction.moves = append(e.compaction.moves, m)
}

// addDrop adds the record that says that the victim does not count any more.
func (e *Engine) addDrop() {
	if e.batch.log == nil {
		e.beginBatch()
	}
	b := &e.batch
	g := e.compaction.victim.gen
	payload := [4]byte{byte(g), byte(g >> 8), byte(g >> 16), byte(g >> 24)}
	before := len(b.buf)
	b.buf = e.appendMeta(b.buf, position{b.log.gen, b.end()}, kindDrop, payload[:])
	b.weight += int64(len(b.buf) - before)
	e.compaction.drops = true
}

func (e *Engine) sendBatch() {
	e.compaction.busy = true
	if e.batch.log == nil {
		e.batchDone(nil)
		return
	}
	e.issue(write{job: jobBatch, waits: true})
}

// batchDone makes the copies count that the batch, now durable in log l, holds.
func (e *Engine) batchDone(l *logFile) {
	k := &e.compaction
	for _, m := range k.moves {
		n := e.entry(m.slot)
		switch {
		case !n.at(k.victim.id, m.from) || n.state != m.was:
		case m.forget:
			e.forget(m.slot)
		default:
			r := record{seq: n.seq, off: m.off, length: m.length, weight: m.weight, sum: m.sum}
			e.place(m.slot, m.was, l, &r)
		}
	}
	e.clearBatch()
	k.busy, k.again = false, false
	switch {
	case k.drops && k.victim.entries == 0:
		e.unlist(k.victim)
		k.stage = stageUnlink
	case k.stage == stageWalk && !k.last:
		k.walk = k.next
	case k.stage == stageWalk || k.drops:
		k.stage, k.cursor = stageRest, 0
	}
	k.drops = false
	e.advance()
}

// batchFailed takes the batch back; after a pause it is put together again.
func (e *Engine) batchFailed() {
	k := &e.compaction
	e.undo()
	k.drops, k.cursor = false, 0
	e.retry = true
}

// undo takes back what putting the batch together has counted.
func (e *Engine) undo() {
	k := &e.compaction
	for _, slot := range k.seen {
		e.count(slot, 1)
	}
	for _, m := range k.moves {
		if !m.forget {
			e.count(m.slot, -1)
		}
	}
	e.clearBatch()
}

func (e *Engine) clearBatch() {
	k := &e.compaction
	k.moves, k.seen = k.moves[:0], k.seen[:0]
	e.batch.log = nil
}
