package storage

// reading is a get under way, in a line of the processor's cache.
type reading struct {
	token  uint64
	off    int64
	seq    uint64
	log    int32 // none: the place is free
	length int32
	slot   uint32
	next   int32  // free place
	key    uint16 // length of the key, bytes
	again  bool   // what the disk returned first was damaged
	_      [21]byte
}

// Get reads the newest acknowledged state of a slot: writes under way are not
// seen. Owner.Got(token) follows.
func (e *Engine) Get(slot uint32, token uint64) {
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
	i := e.newReading()
	r := &e.reads[i]
	r.token, r.slot, r.log, r.off, r.length, r.seq, r.key, r.again = token, slot, n.log, n.off, n.length, n.seq, n.key, false
	pages := e.disk.Read(e.fileOf(n.log), n.off, int64(n.length), int64(n.pages), e.token(opRead, uint64(i)))
	if n.pages == 0 {
		n.pages = few(pages)
	}
}

// newReading gives a place in the table of the gets under way.
func (e *Engine) newReading() int32 {
	i := e.freeReading
	if i == none {
		e.reads = append(e.reads, reading{})
		return int32(len(e.reads) - 1)
	}
	e.freeReading = e.reads[i].next
	return i
}

// fileOf returns the file of a log.
func (e *Engine) fileOf(log int32) File {
	if uint32(log) < uint32(len(e.files)) {
		return e.files[log]
	}
	return e.logs[log].file
}

// isRead tells whether a get from a log is under way.
func (e *Engine) isRead(log int32) bool {
	for i := range e.reads {
		if e.reads[i].log == log {
			return true
		}
	}
	return false
}

// got takes the completion of get i. Damage is believed when a second read shows
// it too: the first may have gone wrong between the medium and here.
func (e *Engine) got(i int32, c *Completion) {
	r := &e.reads[i]
	token := r.token
	if c.Intact && c.Err == NoError && int64(len(c.Data)) == int64(r.length) {
		// These are the bytes that this engine has appended, or has found sound when it recovered.
		r.log, r.next, e.freeReading = none, e.freeReading, i
		e.owner.Got(token, c.Data[headerSize+int(r.key):], NoError)
		return
	}
	payload, err := e.check(r, c)
	if err == Corrupt && !r.again {
		r.again = true
		e.disk.Read(e.fileOf(r.log), r.off, int64(r.length), 0, e.token(opRead, uint64(i)))
		return
	}
	was := *r
	r.log, r.next, e.freeReading = none, e.freeReading, i
	if err == Corrupt {
		e.spoilt(&was)
	}
	e.owner.Got(token, payload, err)
}

// check returns the payload in what a get has read.
func (e *Engine) check(r *reading, c *Completion) ([]byte, Error) {
	if c.Err != NoError {
		return nil, c.Err
	}
	p, v := parse(c.Data, position{e.logs[r.log].gen, r.off}, e.config.Checksums)
	if v != valid || p.seq != r.seq || p.kind != kindPut {
		return nil, Corrupt
	}
	return p.payload, NoError
}

// spoilt notes that the record which a get has read is damaged, if that record
// still counts.
func (e *Engine) spoilt(r *reading) {
	e.stats.Corrupt++
	n := e.entry(r.slot)
	if n.state != live || n.seq != r.seq || !n.at(r.log, r.off) {
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
