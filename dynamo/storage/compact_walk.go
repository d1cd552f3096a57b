package storage

// chunk is how many bytes to read at a time: more when much is being written.
func (e *Engine) chunk() int64 {
	c := e.config.Chunk
	return min(max(c, 4*e.pressure), 16*c)
}

func (e *Engine) compactRead() {
	k := &e.compaction
	k.busy = true
	k.asked = min(max(e.chunk(), k.walk.want), k.walk.end-k.walk.pos)
	e.pressure = 0
	k.victim.copied = true
	e.work++
	e.disk.Read(k.victim.file, k.walk.pos, k.asked, 0, e.token(opWork, e.work))
}

// compactChunk takes the completion of compactRead.
func (e *Engine) compactChunk(c Completion) {
	k := &e.compaction
	k.victim.copied = false
	if c.Err != NoError {
		e.stuck |= stuckCompaction
		return
	}
	data := c.bytes()
	if !k.again && !k.walk.intact(data, k.asked) {
		k.again = true
		e.compactRead()
		return
	}
	k.last = e.carryAll(data)
	if k.last && e.unmoved() == 0 && e.mayDrop() {
		e.addDrop()
	}
	e.sendBatch()
}

// carryAll adds the copies of the records in a chunk that count to the batch, and
// reports whether the chunk was the last.
func (e *Engine) carryAll(data []byte) bool {
	k := &e.compaction
	k.next = k.walk
	for {
		switch r, ev := k.next.next(data, k.walk.pos); ev {
		case sound:
			e.carry(r)
		case ended:
			return true
		case more:
			if int64(len(data)) >= k.asked {
				return false
			}
			k.next.missing(k.walk.pos + k.asked)
		default:
			e.stats.Corrupt++
		}
	}
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
	m := move{slot: slot, from: r.off, was: n.state, length: int32(r.length), weight: r.weight}
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

// compactRest writes anew what the index says of the keys whose records in the
// victim could not be read.
func (e *Engine) compactRest() {
	k := &e.compaction
	if uint64(k.cursor) >= uint64(len(e.index)) {
		k.cursor = 0
	}
	for uint64(k.cursor) < uint64(len(e.index)) && int64(len(e.batch.buf)) < e.config.Chunk && e.unmoved() > 0 {
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
	return int64(e.compaction.victim.entries) - int64(len(e.compaction.moves))
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
	m := move{slot: slot, from: n.off, was: n.state, length: int32(r.weight), weight: r.weight}
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
