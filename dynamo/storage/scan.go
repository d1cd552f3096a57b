package storage

import "encoding/binary"

// beginScan starts reading the logs in order of generation.
func (e *Engine) beginScan() {
	v := &e.recovery
	v.stage, v.at, v.again = recoveryScan, -1, false
	v.stats.Logs = len(e.order)
	e.nextScan()
}

// nextScan goes on to the next log.
func (e *Engine) nextScan() {
	v := &e.recovery
	for v.at++; v.at < len(e.order); v.at++ {
		l := e.logs[e.order[v.at]]
		v.walk = walk(l.gen, l.end, e.config.Checksums)
		if l.end > 0 {
			e.recoverRead()
			return
		}
	}
	e.endScan()
}

// scanChunk takes the records in a chunk.
func (e *Engine) scanChunk(data []byte) {
	v := &e.recovery
	l := e.logs[e.order[v.at]]
	base := v.walk.pos
	if !v.again && !v.walk.intact(data, v.asked) {
		v.again = true
		e.recoverRead()
		return
	}
	v.again = false
	for {
		r, ev := v.walk.next(data, base)
		switch {
		case ev == more && int64(len(data)) < v.asked:
			v.walk.missing(base + v.asked)
		case ev == more:
			v.stats.Bytes += v.walk.pos - base
			e.recoverRead()
			return
		case ev == ended:
			v.stats.Bytes += v.walk.pos - base
			e.nextScan()
			return
		default:
			e.scanned(l, r, ev)
		}
	}
}

// scanned takes what the scan came upon.
func (e *Engine) scanned(l *logFile, r record, ev event) {
	f := finding{log: l.gen, r: r}
	f.r.key, f.r.payload = nil, nil
	f.r.length = min(r.length, l.end-r.off)
	if ev == damage {
		l.weight += r.length
		e.total += r.length
		e.weighed = false
		e.find(f)
		return
	}
	l.weight += r.weight
	e.total += r.weight
	e.weighed = false
	e.seq = max(e.seq, r.seq)
	if ev == sound {
		e.take(l, &r)
		return
	}
	if f.known = r.kind != kindStart && r.kind != kindDrop; f.known {
		f.slot = e.owner.Slot(r.key)
	}
	e.find(f)
}

// take lets a valid record count.
func (e *Engine) take(l *logFile, r *record) {
	v := &e.recovery
	v.stats.Records++
	l.started = l.started || r.kind == kindStart && r.off == 0
	// A mark in an earlier log rests on the ends in this log's first record, which
	// a failed sync may have lost.
	if v.mark.before(r.mark) && (l.started || r.mark.log == l.gen) {
		v.mark = r.mark
	}
	switch r.kind {
	case kindStart:
		return
	case kindDrop:
		for p := r.payload; len(p) >= 4; p = p[4:] {
			v.dropped = append(v.dropped, binary.LittleEndian.Uint32(p))
		}
		return
	}
	slot := e.owner.Slot(r.key)
	n := e.entry(slot)
	e.count(l, slot)
	if n.state == absent || n.seq <= r.seq {
		e.place(slot, r.in(l, r.kind.state()), r.weight)
		e.load(slot, l, r)
	}
}

// load hands the newest state so far of a key to the owner.
func (e *Engine) load(slot uint32, l *logFile, r *record) {
	at := Location{Slot: slot, Log: l.gen, Offset: r.off, Length: r.length}
	switch r.kind {
	case kindPut:
		e.owner.Loaded(r.key, r.payload, at)
	case kindRemove:
		e.owner.Loaded(r.key, nil, at)
	}
}

// endScan tells torn tails from rot and settles which logs are durable.
func (e *Engine) endScan() {
	v := &e.recovery
	if l := e.byGeneration(v.mark.log); l != nil && l.end < v.mark.off {
		e.find(finding{log: l.gen, r: record{off: l.end, length: v.mark.off - l.end}})
	}
	for i := range v.damages {
		e.judge(&v.damages[i])
	}
	v.damages = nil
	e.unknown += v.stats.Unknown
	for _, id := range e.order {
		e.adopt(e.logs[id])
	}
	e.marked = v.mark
	e.updateMark()
	v.stage = recoveryClean
	e.advance()
}

// judge counts a finding: before the synced end that later records know of it is
// corruption, after it the work of a crash. In a log that was compacted away it
// is nothing.
func (e *Engine) judge(f *finding) {
	v := &e.recovery
	l := e.byGeneration(f.log)
	switch {
	case v.isDropped(f.log):
		return
	case !f.at().before(v.mark):
		v.stats.TornTail += f.r.length
		return
	}
	v.stats.Corrupt++
	if l != nil {
		l.suspect = true
	}
	if !f.known {
		v.stats.Unknown++
	} else if n := e.entry(f.slot); n.state == absent || n.seq <= f.r.seq {
		e.place(f.slot, f.r.in(l, lost), f.r.weight)
	}
}

// adopt sets what of a log is known to be durable. What is not, and what has been
// damaged, is copied before it counts as recovered: after a failed sync it may
// be in the page cache and nowhere else.
func (e *Engine) adopt(l *logFile) {
	v := &e.recovery
	switch {
	case l.gen < v.mark.log:
		l.synced = l.end
	case l.gen == v.mark.log:
		l.synced = min(l.end, v.mark.off)
	}
	l.issued = l.end
	e.doubt()
	l.suspect = l.suspect || l.synced < l.end || v.isDropped(l.gen)
}

// syncNames ends a recovery that has written nothing. What is not there may be
// back after a power loss, unless its removal is durable.
func (e *Engine) syncNames() {
	e.recovery.stage = recoveryNames
	e.work++
	e.disk.SyncDir(e.token(opUnlink, e.work))
}

// namesSynced takes the completion of syncNames.
func (e *Engine) namesSynced(err Error) {
	if err != NoError {
		e.stuck |= stuckRecovery
		return
	}
	e.finishRecovery()
}

// finishRecovery hands the engine over.
func (e *Engine) finishRecovery() {
	v := &e.recovery
	v.stage = recoveryNone
	v.stats.Unknown = e.unknown
	e.stats.Corrupt = v.stats.Corrupt
	for slot := 0; slot < len(e.index); slot++ {
		if e.index[slot].state == lost {
			e.owner.Corrupt(uint32(slot))
		}
	}
	e.ready = true
	e.owner.Recovered(v.stats)
}
