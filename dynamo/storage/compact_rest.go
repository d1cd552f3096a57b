package storage

// compactRest writes anew what the index says of the keys whose records in the
// victim could not be read.
func (e *Engine) compactRest() {
	k := &e.compaction
	if int(k.cursor) >= len(e.index) {
		k.cursor = 0
	}
	for int(k.cursor) < len(e.index) && int64(len(e.batch.buf)) < e.config.Chunk && e.unmoved() > 0 {
		if n := &e.index[k.cursor]; n.state != absent && n.log == k.victim.id {
			e.rewrite(k.cursor)
		}
		k.cursor++
	}
	e.sendBatch()
	e.tell()
}

// unmoved returns how many records that count the victim will hold when the batch
// is durable.
func (e *Engine) unmoved() int64 {
	return e.compaction.victim.entries - int64(len(e.compaction.moves))
}

// rewrite adds to the batch a record of what is left of a key: that it was
// removed, or that its state is lost.
func (e *Engine) rewrite(slot uint32) {
	k := &e.compaction
	if e.entry(slot).state == live {
		e.damage(slot)
		k.told = append(k.told, slot)
	}
	n := e.entry(slot)
	e.key = e.owner.AppendKey(e.key[:0], slot)
	r := record{kind: n.state.kind(), seq: n.seq, key: e.key}
	r.weight = headerSize + int64(len(e.key))
	m := move{slot: slot, from: n.off, was: n.state, length: r.weight, weight: r.weight}
	e.addMove(m, &r)
}

// tell reports to the owner which states have turned out to be lost. During
// recovery that is done at its end.
func (e *Engine) tell() {
	told := e.compaction.told
	e.compaction.told = nil
	for _, slot := range told {
		if e.ready {
			e.owner.Corrupt(slot)
		}
	}
	e.compaction.told = told[:0]
}

// unlink removes the files of the logs that were dropped, when nobody reads from
// them any more.
func (e *Engine) unlink() {
	k := &e.compaction
	k.stage = stageUnlink
	for _, l := range k.dropping {
		if !l.quiet() {
			return
		}
	}
	k.busy = true
	for _, l := range k.dropping {
		if name := e.fileName(l.gen); e.exists(name) {
			e.disk.Remove(name, 0)
		}
	}
	e.work++
	e.disk.SyncDir(e.token(opUnlink, e.work))
}

func (e *Engine) exists(name string) bool {
	for _, f := range e.disk.List() {
		if f.Name == name {
			return true
		}
	}
	return false
}

// unlinked takes the completion of unlink. The next compaction begins only when
// the files are gone for good: a removal that it forgets may hide a record in them.
func (e *Engine) unlinked(err Error) {
	k := &e.compaction
	for _, l := range k.dropping {
		if err != NoError || e.exists(e.fileName(l.gen)) {
			k.stopped = true
			return
		}
	}
	for _, l := range k.dropping {
		e.recount(l, -1)
		e.freeLog(l)
		e.stats.Compactions++
	}
	k.dropping, k.stage, k.busy = k.dropping[:0], stageNone, false
}
