package storage

import (
	"encoding/binary"
	"slices"
)

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
		if o.gen < l.gen && o.end > 0 && !o.walked && !o.durable(o.end) && !e.policy.waits() {
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

// unlink removes the files of the logs that were dropped, when nobody reads from
// them any more.
func (e *Engine) unlink() {
	k := &e.compaction
	k.stage = stageUnlink
	for _, l := range k.dropping {
		if !e.quiet(l) {
			return
		}
	}
	k.busy = true
	for _, f := range e.disk.List() {
		if e.dropping(f.Name) {
			e.disk.Remove(f.Name, 0)
		}
	}
	e.work++
	e.disk.SyncDir(e.token(opUnlink, e.work))
}

// dropping reports whether a file is that of a log that goes.
func (e *Engine) dropping(name string) bool {
	gen, ok := e.generation(name)
	return ok && slices.ContainsFunc(e.compaction.dropping, func(l *logFile) bool { return l.gen == gen })
}

// unlinked takes the completion of unlink. The next compaction begins only when
// the files are gone for good: a removal that it forgets may hide a record in them.
func (e *Engine) unlinked(err Error) {
	k := &e.compaction
	if err != NoError || slices.ContainsFunc(e.disk.List(), func(f FileInfo) bool { return e.dropping(f.Name) }) {
		e.stuck |= stuckCompaction
		return
	}
	for _, l := range k.dropping {
		e.recount(l, -1)
		e.freeLog(l)
		e.stats.Compactions++
	}
	k.dropping, k.stage, k.busy = k.dropping[:0], stageNone, false
}
