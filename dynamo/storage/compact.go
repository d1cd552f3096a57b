package storage

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
}

// move is a record of the victim with its copy.
type move struct {
	slot   uint32
	length int32
	from   int64 // offset in the victim
	off    int64 // of the copy in the head
	weight int64
	was    state
	forget bool // nothing is copied: a removal that hides nothing any more
}

// resting tells that advance has nothing to do, as after nearly every completion; false is no answer.
func (e *Engine) resting() bool { return e.calm && (e.weighed || e.weigh()) }

// doubt says that there may be suspect or empty logs now.
func (e *Engine) doubt() { e.doubtful, e.calm = true, false }

func (e *Engine) weigh() bool {
	e.weighed = e.roomy()
	return e.weighed
}

// advance does the next step of the compaction, or begins one, unless the disk or
// a Tick is awaited.
func (e *Engine) advance() {
	e.nextStep()
	e.calm = !e.doubtful && e.compaction.stage == stageNone && e.recovery.stage == recoveryNone
}

func (e *Engine) nextStep() {
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
	switch {
	case e.doubtful && e.clearDoubt():
	case e.recovery.stage == recoveryClean && e.head == none:
		e.syncNames()
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

// clearDoubt begins to compact a suspect log or to remove an empty one. It reports
// whether it has, or has to wait for the disk before it can.
func (e *Engine) clearDoubt() bool {
	if v, waiting := e.suspect(); v != nil {
		e.beginWalk(v)
		return true
	} else if waiting {
		return true
	}
	return e.dropEmpty()
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
			if e.quiet(l) && l.id != e.head {
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
	e.doubtful = false
	for _, id := range e.order {
		l := e.logs[id]
		if l.end > 0 || id == e.head {
			continue
		}
		e.doubt()
		if e.quiet(l) {
			k.dropping = append(k.dropping[:0], l)
			e.unlist(l)
			e.unlink()
			return true
		}
	}
	return false
}

func (e *Engine) sendBatch() {
	e.compaction.busy = true
	if e.batch.log == nil {
		e.batchDone(nil)
		return
	}
	b := &e.batch
	e.issue(e.newWrite(jobBatch), b.log, b.buf, b.weight)
	b.log = nil
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
			e.place(m.slot, &entry{state: m.was, log: l.id, seq: n.seq, off: m.off, length: m.length, key: n.key}, m.weight)
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
	k.drops, k.cursor = false, 0
	e.stuck |= stuckCompaction
}

func (e *Engine) clearBatch() {
	e.compaction.moves = e.compaction.moves[:0]
	e.batch.log = nil
}
