package storage

// compactRest writes anew what the index says of the keys whose records in the
// victim could not be read, and ends with the drop record.
func (e *Engine) compactRest() {
	k := &e.compaction
	if int(k.cursor) >= len(e.index) {
		k.cursor = 0
	}
	for int(k.cursor) < len(e.index) && int64(len(e.batch.buf)) < e.config.Chunk && k.victim.entries > int64(len(k.moves)) {
		n := &e.index[k.cursor]
		if n.state != absent && n.log == k.victim.id {
			e.rewrite(k.cursor)
		}
		k.cursor++
	}
	if k.victim.entries == int64(len(k.moves)) {
		e.addDrop()
	}
	e.sendBatch()
	e.tell()
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
	m.forget = n.state == removed && n.records <= 1
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

// unlink removes the victim's file when nobody reads from it any more.
func (e *Engine) unlink() {
	k := &e.compaction
	k.stage = stageUnlink
	if !k.victim.quiet() {
		return
	}
	k.busy = true
	if name := e.fileName(k.victim.gen); e.exists(name) {
		e.disk.Remove(name, 0)
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
// the file is gone for good: a removal that it forgets may hide a record in it.
func (e *Engine) unlinked(err Error) {
	k := &e.compaction
	if err != NoError || e.exists(e.fileName(k.victim.gen)) {
		e.retry = true
		return
	}
	e.freeLog(k.victim)
	e.stats.Compactions++
	k.victim, k.stage, k.busy = nil, stageNone, false
}
