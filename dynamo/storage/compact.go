package storage

import (
	"encoding/binary"
	"math/bits"
)

// minSegment keeps the records that begin and drop a log small beside the rest.
const minSegment = 4096

// maxLogs is how many logs there may be, beyond what their sizes explain, before
// they are compacted for their number.
const maxLogs = 48

// stage is how far the compaction of a log has come.
type stage uint8

const (
	stageNone   stage = 0 // there is none
	stageWalk   stage = 1 // through the victim's records, copying those that count
	stageRest   stage = 2 // through the index, for what could not be read
	stageDrop   stage = 3 // the copies are durable: noting that the victim does not count any more
	stageUnlink stage = 4 // removing its file
)

// compaction copies what counts in one log, the victim, to the head, a chunk at
// a time, and removes the victim when the copies are durable. Logs in which nothing
// counts go with it.
//
// A superseded record is not copied, so no log goes before the record which
// supersedes it is durable. Logs whose own bytes may not be durable, the suspect
// ones, are therefore all walked before any of them goes.
type compaction struct {
	stage    stage
	busy     bool       // the disk or a Tick is awaited
	stopped  bool       // the disk has refused something: a Tick is
	victim   *logFile   // the log being walked
	dropping []*logFile // the logs that go
	walk     walker     // up to where the copies are durable
	next     walker     // the same when the batch under way is
	last     bool       // the batch under way ends the walk
	drops    bool       // it has the drop record
	again    bool       // the chunk was damaged when it was read first
	asked    int64      // bytes of the read under way
	cursor   uint32     // next slot of stageRest
	moves    []move     // what the batch under way holds
	told     []uint32   // keys found to be lost
	gens     []byte     // payload of the drop record
	pressure int64      // bytes written for the owner since the last chunk
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
	case stageDrop:
		e.compactDrop()
	case stageUnlink:
		e.unlink()
	}
}

func (e *Engine) beginCompaction() {
	v, waiting := e.suspect()
	switch {
	case v != nil:
		e.beginWalk(v)
	case waiting:
	case e.dropEmpty():
	case e.recovery.stage == recoveryClean:
		e.finishRecovery()
	case !e.ready || !e.excessive():
	case e.idle():
		e.compactDrop()
	default:
		if v := e.choose(); v != nil {
			e.beginWalk(v)
		}
	}
}

// beginWalk makes v the victim. While it is walked its own records do not count:
// a removal that hides only those need not be kept.
func (e *Engine) beginWalk(v *logFile) {
	k := &e.compaction
	k.victim, k.stage, k.again = v, stageWalk, false
	k.walk = walk(v.gen, v.end, e.config.Checksums)
	e.recount(v, -1)
	e.compactRead()
}

func (e *Engine) endWalk() {
	k := &e.compaction
	e.recount(k.victim, 1)
	k.victim.walked = true
	k.victim, k.stage, k.cursor = nil, stageDrop, 0
}

// suspect returns a suspect log that has not been walked, or says that there is
// one with which the disk is not through.
func (e *Engine) suspect() (l *logFile, waiting bool) {
	for _, id := range e.order {
		if l := e.logs[id]; l.suspect && !l.walked && l.end > 0 {
			if l.quiet() && l.id != e.head {
				return l, false
			}
			waiting = true
		}
	}
	return nil, waiting
}

// dropEmpty begins to remove a log that has nothing but failed writes in it. No
// later log's first record lists it.
func (e *Engine) dropEmpty() bool {
	k := &e.compaction
	for _, id := range e.order {
		if l := e.logs[id]; l.end == 0 && id != e.head && l.quiet() {
			k.dropping = append(k.dropping[:0], l)
			e.unlist(l)
			e.unlink()
			return true
		}
	}
	return false
}

// excessive reports whether the log has come close to its limit, or to too many
// files.
func (e *Engine) excessive() bool {
	return e.many() || e.total > e.live+e.slack()/4*3
}

func (e *Engine) many() bool {
	return int64(len(e.order)) > maxLogs+2*e.total/e.segment()
}

// settled reports whether l may be compacted or dropped.
func (e *Engine) settled(l *logFile) bool {
	return l.id != e.head && l.quiet() && l.durable(l.end)
}

// idle reports whether there are logs in which nothing counts.
func (e *Engine) idle() bool {
	for _, id := range e.order {
		if l := e.logs[id]; l.entries == 0 && e.settled(l) {
			return true
		}
	}
	return false
}

// choose returns the log with the largest share of garbage. If that is in the
// head, the head is closed, to be chosen when it is durable.
func (e *Engine) choose() (best *logFile) {
	many := e.many()
	for _, id := range e.order {
		l := e.logs[id]
		if e.settled(l) && (many || l.garbage() >= l.weight/8) && (best == nil || wasteful(l, best)) {
			best = l
		}
	}
	if best == nil && e.head != none && e.logs[e.head].garbage() >= e.segment()/2 {
		e.closeHead()
	}
	return best
}

// wasteful reports whether a larger share of a than of b is garbage.
func wasteful(a, b *logFile) bool {
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
		k.stopped = true
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
			e.clearBatch()
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
	if k.last && e.unmoved() == 0 && e.mayDrop() {
		e.addDrop()
	}
	e.sendBatch()
}

// carry adds the copy of a record to the batch if it counts. The victim's own
// records are not counted now: a removal without others hides only what goes with
// it, unless a crash may bring the victim back without the removal.
func (e *Engine) carry(r record) {
	if r.kind == kindStart || r.kind == kindDrop {
		return
	}
	slot := e.owner.Slot(r.key)
	n := e.entry(slot)
	if !n.at(e.compaction.victim.id, r.off) || n.seq != r.seq || n.state != r.kind.state() {
		return
	}
	m := move{slot: slot, from: r.off, was: n.state, length: r.length, weight: r.weight, sum: r.sum}
	m.forget = n.state == removed && n.records == 0 && !e.compaction.victim.suspect
	e.addMove(m, &r)
}

func (e *Engine) addMove(m move, r *record) {
	if !m.forget {
		if e.batch.log == nil {
			e.beginBatch()
		}
		m.off = e.batch.end()
		e.addRecord(r)
		e.stats.Copied += r.weight
	}
	e.compaction.moves = append(e.compaction.moves, m)
}

// compactDrop walks the next suspect log, if there is one, and ends with the drop
// record.
func (e *Engine) compactDrop() {
	k := &e.compaction
	k.stage = stageDrop
	v, waiting := e.suspect()
	switch {
	case v != nil:
		e.beginWalk(v)
	case !waiting && e.mayDrop():
		e.addDrop()
		e.sendBatch()
	}
}

// mayDrop reports whether no suspect log but the victim is left to be walked, and
// all that counts in the others is durable when a sync that is issued now has ended:
// the head's own, or one that was issued before, when its log was closed.
func (e *Engine) mayDrop() bool {
	for _, id := range e.order {
		l := e.logs[id]
		if l.walked || l == e.compaction.victim || id == e.head {
			continue
		}
		if l.suspect && l.end > 0 || !l.bad && l.issued < l.end {
			return false
		}
	}
	return true
}

// dropped reports whether that has come true when the drop record is durable in
// log l. A sync may have failed meanwhile, or the device have been too busy for it.
func (e *Engine) dropped(l *logFile) bool {
	for _, id := range e.order {
		o := e.logs[id]
		if o.gen < l.gen && o.end > 0 && !o.walked && !o.durable(o.end) && !e.config.Sync.waits() {
			return false
		}
	}
	return e.mayDrop()
}

// addDrop adds the record that says which logs do not count any more. It repeats
// what earlier ones say of logs that the newest start record lists, since these
// may go now.
func (e *Engine) addDrop() {
	k := &e.compaction
	if e.batch.log == nil {
		e.beginBatch()
	}
	k.drops, k.dropping, k.gens = true, k.dropping[:0], k.gens[:0]
	for _, gen := range e.gone {
		k.gens = binary.LittleEndian.AppendUint32(k.gens, gen)
	}
	for _, id := range e.order {
		if l := e.logs[id]; l == k.victim || l.walked || l.entries == 0 && e.settled(l) {
			k.dropping = append(k.dropping, l)
			k.gens = binary.LittleEndian.AppendUint32(k.gens, l.gen)
		}
	}
	e.addMeta(kindDrop, k.gens)
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
	e.nextStage(l)
	e.advance()
}

// nextStage decides what follows a batch that has become durable in log l.
func (e *Engine) nextStage(l *logFile) {
	k := &e.compaction
	drops := k.drops
	k.drops = false
	switch {
	case k.stage == stageWalk && !k.last:
		k.walk = k.next
		return
	case k.victim != nil && k.victim.entries > 0:
		k.stage = stageRest
		return
	case k.victim != nil:
		e.endWalk()
	}
	if drops && e.dropped(l) {
		for _, d := range k.dropping {
			e.unlist(d)
			e.gone = append(e.gone, d.gen)
		}
		k.stage = stageUnlink
	}
}

// batchFailed takes the batch back; after a pause it is put together again.
func (e *Engine) batchFailed() {
	e.clearBatch()
	k := &e.compaction
	k.drops, k.cursor, k.stopped = false, 0, true
}

func (e *Engine) clearBatch() {
	e.compaction.moves = e.compaction.moves[:0]
	e.batch.log = nil
}
