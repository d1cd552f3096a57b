package storage

import (
	"encoding/binary"
	"slices"
)

// recoveryStage is how far Recover has come.
type recoveryStage uint8

const (
	recoveryNone  recoveryStage = 0 // not asked for, or over
	recoveryTable recoveryStage = 1 // looking for the newest start record
	recoveryScan  recoveryStage = 2 // reading all logs
	recoveryClean recoveryStage = 3 // copying the logs whose end may not be durable
	recoveryNames recoveryStage = 4 // making durable which files there are
)

// recovery is the state of Recover.
type recovery struct {
	at      int // index in Engine.order of the log being read
	asked   int64
	walk    walker
	mark    position // the largest of all valid records
	damages []finding
	dropped []uint32 // generations whose drop records were found
	stats   RecoveryStats
	stage   recoveryStage
	again   bool // the chunk was damaged when it was read first
}

func (r *recovery) scanning() bool { return r.stage == recoveryTable || r.stage == recoveryScan }

// finding is a damaged run of bytes or record. Whether it is a torn tail or rot is
// known when all marks have been read.
type finding struct {
	log   uint32
	r     record // without key and payload
	known bool   // it is a record of slot
	slot  uint32
}

func (f *finding) at() position { return position{f.log, f.r.off} }

func (r *recovery) isDropped(gen uint32) bool { return slices.Contains(r.dropped, gen) }

// Recover reads what the disk holds and ends with Owner.Recovered. Until then puts and gets end with Unavailable. An operation that the
// disk refuses is tried again for as long as it takes.
func (e *Engine) Recover() {
	if e.ready || e.recovery.stage != recoveryNone {
		panic("storage: Recover called twice")
	}
	for _, f := range e.disk.List() {
		gen, ok := e.generation(f.Name)
		if !ok {
			continue
		}
		l := e.addLog(gen)
		l.named, l.end = true, f.Size
		for i := len(e.order) - 1; i > 0 && e.logs[e.order[i-1]].gen > gen; i-- {
			e.order[i-1], e.order[i] = e.order[i], e.order[i-1]
		}
	}
	e.recovery.stage = recoveryTable
	e.recovery.at = len(e.order)
	e.nextTable()
}

// nextTable reads the beginning of the next older log.
func (e *Engine) nextTable() {
	v := &e.recovery
	v.walk.want = 0
	for v.at--; v.at >= 0; v.at-- {
		if e.logs[e.order[v.at]].end > 0 {
			e.recoverRead()
			return
		}
	}
	e.beginScan()
}

// recoverRead reads the next chunk of the log being read.
func (e *Engine) recoverRead() {
	v := &e.recovery
	l := e.logs[e.order[v.at]]
	off, end := v.walk.pos, v.walk.end
	if v.stage == recoveryTable {
		off, end = 0, l.end
	}
	v.asked = min(max(e.config.Chunk, v.walk.want), end-off)
	e.work++
	e.disk.Read(l.file, off, v.asked, 0, e.token(opWork, e.work))
}

// recovered takes the completion of recoverRead.
func (e *Engine) recovered(c Completion) {
	v := &e.recovery
	switch {
	case c.Err != NoError:
		e.stuck |= stuckRecovery
	case v.stage == recoveryTable:
		e.tableChunk(c.bytes())
	default:
		e.scanChunk(c.bytes())
	}
}

// tableChunk looks for the start record that begins a log.
func (e *Engine) tableChunk(data []byte) {
	v := &e.recovery
	l := e.logs[e.order[v.at]]
	r, verdict := parse(data, position{l.gen, 0}, true)
	switch {
	case verdict == short && r.length > v.asked && r.length <= l.end:
		v.walk.want = r.length
		e.recoverRead()
	case verdict == valid && r.kind == kindStart && len(r.payload)%tableEntry == 8:
		e.applyTable(l.gen, r.payload)
		e.beginScan()
	case verdict != valid && !v.again:
		v.again = true
		e.recoverRead()
	default:
		v.again = false
		e.nextTable()
	}
}

// applyTable drops the logs older than gen that its start record does not list,
// and sets the ends of the others.
func (e *Engine) applyTable(gen uint32, payload []byte) {
	e.unknown = int64(binary.LittleEndian.Uint64(payload))
	kept := 0
	for _, id := range e.order {
		l := e.logs[id]
		end, listed := tableEnd(payload, l.gen)
		switch {
		case listed:
			e.shorten(l, end)
		case l.gen < gen:
			e.disk.Remove(e.fileName(l.gen), 0)
			e.freeLog(l)
			continue
		}
		e.order[kept] = id
		kept++
	}
	e.order = e.order[:kept]
	e.findMissing(payload)
}

// tableEnd returns where the log of that generation ends by the table.
func tableEnd(payload []byte, gen uint32) (int64, bool) {
	for t := payload[8:]; len(t) >= tableEntry; t = t[tableEntry:] {
		if binary.LittleEndian.Uint32(t) == gen {
			return int64(binary.LittleEndian.Uint64(t[4:])), true
		}
	}
	return 0, false
}

// shorten sets where a log ends. What lies after it does not count; what is
// missing before it is damage.
func (e *Engine) shorten(l *logFile, end int64) {
	if l.end < end {
		e.find(finding{log: l.gen, r: record{off: l.end, length: end - l.end}})
		return
	}
	l.end = end
}

// findMissing notes the logs of the table that do not exist.
func (e *Engine) findMissing(payload []byte) {
	for t := payload[8:]; len(t) >= tableEntry; t = t[tableEntry:] {
		gen := binary.LittleEndian.Uint32(t)
		if e.byGeneration(gen) == nil {
			e.find(finding{log: gen, r: record{length: int64(binary.LittleEndian.Uint64(t[4:]))}})
		}
	}
}

func (e *Engine) byGeneration(gen uint32) *logFile {
	for _, id := range e.order {
		if e.logs[id].gen == gen {
			return e.logs[id]
		}
	}
	return nil
}

func (e *Engine) find(f finding) { e.recovery.damages = append(e.recovery.damages, f) }
