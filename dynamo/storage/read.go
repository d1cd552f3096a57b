package storage

// reading is a get under way, in a line of the processor's cache.
type reading struct {
	of    entry // as the index had it; log none: the place is free
	token uint64
	slot  uint32
	next  int32 // free place
	again bool  // what the disk returned first was damaged
	_     [15]byte
}

// Get reads the newest acknowledged state of a slot: writes under way are not
// seen. Owner.Got(token) follows.
func (e *Engine) Get(slot uint32, token uint64) {
	i := e.freeReading
	if !e.ready || i == none || uint64(slot) >= uint64(len(e.index)) {
		e.getUnusually(slot, token)
		return
	}
	n := &e.index[slot]
	if n.state != live || n.pages == 0 {
		e.getUnusually(slot, token)
		return
	}
	e.gets++
	r := &e.reads[i]
	e.freeReading = r.next
	r.of, r.token, r.slot, r.again = *n, token, slot, false
	e.disk.Read(e.fileOf(n.log), n.off, int64(n.length), int64(n.pages), e.readToken(i))
}

// readToken is the token of the read for get i. It fits into every space of tokens: there are never as many gets under way.
func (e *Engine) readToken(i int32) uint64 { return e.base | uint64(i)<<opBits | uint64(opRead) }

// getUnusually is Get where there is nothing to be read, where it is not known how
// many pages that takes, or where more gets are under way than ever before.
func (e *Engine) getUnusually(slot uint32, token uint64) {
	e.gets++
	if !e.ready {
		e.owner.Got(token, nil, Unavailable)
		return
	}
	n := e.entry(slot)
	if n.state != live {
		err := NotFound
		if n.state == lost {
			err = Corrupt
		}
		e.owner.Got(token, nil, err)
		return
	}
	if e.freeReading == none {
		e.freeReading = int32(len(e.reads)) // range: a place for each get that a node has under way
		e.reads = append(e.reads, reading{next: none})
	}
	i := e.freeReading
	r := &e.reads[i]
	e.freeReading = r.next
	r.of, r.token, r.slot, r.again = *n, token, slot, false
	n.pages = few(e.disk.Read(e.fileOf(n.log), n.off, int64(n.length), int64(n.pages), e.readToken(i)))
}

// endReading gives the place of get i back.
func (e *Engine) endReading(i int32, r *reading) {
	r.of.log, r.next, e.freeReading = none, e.freeReading, i
}

// fileOf returns the file of a log.
func (e *Engine) fileOf(log int32) File {
	if uint32(log) < uint32(len(e.near)) {
		return e.near[log]
	}
	return e.farFile(log)
}

func (e *Engine) farFile(log int32) File {
	if uint32(log) < uint32(len(e.files)) {
		return e.files[log]
	}
	return e.logs[log].file
}

// isRead tells whether a get from a log is under way.
func (e *Engine) isRead(log int32) bool {
	for i := range e.reads {
		if e.reads[i].of.log == log {
			return true
		}
	}
	return false
}

// got takes the completion of get i.
func (e *Engine) got(i int32, c *Completion) {
	r := &e.reads[i]
	if !c.Intact || c.Length != int64(r.of.length) {
		e.gotDoubtful(i, c)
		return
	}
	// These are the bytes that this engine has appended, or has found sound when it recovered.
	if !e.resident {
		e.gotPayload(i, c)
		return
	}
	e.endReading(i, r)
	e.owner.Got(r.token, nil, NoError)
}

// gotPayload is got for an owner that wants to see what was stored.
func (e *Engine) gotPayload(i int32, c *Completion) {
	r := &e.reads[i]
	payload := c.bytes()[headerSize+int(r.of.key):]
	e.endReading(i, r)
	e.owner.Got(r.token, payload, NoError)
}

// gotDoubtful is got for bytes that have to be looked at. Damage is believed when a second read shows
// it too: the first may have gone wrong between the medium and here.
func (e *Engine) gotDoubtful(i int32, c *Completion) {
	r := &e.reads[i]
	payload, err := e.check(r, c)
	if err == Corrupt && !r.again {
		r.again = true
		e.disk.Read(e.fileOf(r.of.log), r.of.off, int64(r.of.length), 0, e.readToken(i))
		return
	}
	was := *r
	e.endReading(i, r)
	if err == Corrupt {
		e.spoilt(&was)
	}
	e.owner.Got(was.token, payload, err)
}

// check returns the payload in what a get has read.
func (e *Engine) check(r *reading, c *Completion) ([]byte, Error) {
	if c.Err != NoError {
		return nil, c.Err
	}
	p, v := parse(c.bytes(), position{e.logs[r.of.log].gen, r.of.off}, e.config.Checksums)
	if v != valid || p.seq != r.of.seq || p.kind != kindPut {
		return nil, Corrupt
	}
	return p.payload, NoError
}

// spoilt notes that the record which a get has read is damaged, if that record
// still counts.
func (e *Engine) spoilt(r *reading) {
	e.stats.Corrupt++
	n := e.entry(r.slot)
	if n.state != live || n.seq != r.of.seq || !n.at(r.of.log, r.of.off) {
		return
	}
	e.damage(r.slot)
	e.note(r.slot)
	e.owner.Corrupt(r.slot)
}

// Has reports whether the slot has a live state: acknowledged and not known to be
// unreadable.
func (e *Engine) Has(slot uint32) bool {
	return uint64(slot) < uint64(len(e.index)) && e.index[slot].state == live
}

// Synced reports whether the newest acknowledged state of the slot, its absence
// included, is durable.
func (e *Engine) Synced(slot uint32) bool {
	if uint64(slot) >= uint64(len(e.index)) || e.index[slot].state == absent {
		return true
	}
	n := &e.index[slot]
	return e.logs[n.log].durable(n.off + int64(n.length))
}
