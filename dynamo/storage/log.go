package storage

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

const none int32 = -1

// tableEntry is the length of what a start record says of one log.
const tableEntry = 12

// logFile is one file of the log. What appends and syncs need comes first, in the first of two
// lines of the processor's cache.
type logFile struct {
	id   int32  // index in Engine.logs
	gen  uint32 // generation: in the file's name, rising
	file File

	writes, syncs int32 // under way
	entries       int32 // index entries whose record lies here

	named   bool // the name is durable
	naming  bool // the SyncDir for it is under way
	bad     bool // a sync has failed: no later one can be trusted
	copied  bool // a chunk is being read by the compaction
	walked  bool // by the compaction under way: only garbage is left
	started bool // recovery has read its first record
	suspect bool // holds acknowledged bytes that may not be durable, or damage: to be compacted first

	size   int64 // of the file
	end    int64 // bytes that count; what lies beyond has failed
	synced int64 // bytes that are durable, <= end
	issued int64 // bytes that the syncs issued so far cover

	noted  position // mark of the last record
	weight int64    // of all records and damaged bytes
	live   int64    // weight of the newest records of keys
	held   int64    // weight of the removals that hide older records
	slots  []uint32 // of the records of keys here, in order
}

// quiet reports whether the disk owes the log nothing.
func (e *Engine) quiet(l *logFile) bool {
	return l.writes == 0 && l.syncs == 0 && !l.naming && !l.copied && !e.isRead(l.id)
}

// durable reports whether the bytes before the offset are.
func (l *logFile) durable(off int64) bool { return l.named && l.synced >= off }

func (l *logFile) garbage() int64 { return l.weight - l.live - l.held }

func (e *Engine) fileName(gen uint32) string {
	return fmt.Sprintf("%s-%010d.log", e.config.Prefix, gen)
}

// generation is the inverse of fileName; false for files that are not the engine's.
func (e *Engine) generation(name string) (uint32, bool) {
	digits, ok := strings.CutPrefix(name, e.config.Prefix+"-")
	if !ok || len(digits) != 14 || digits[10:] != ".log" {
		return 0, false
	}
	gen, err := strconv.ParseUint(digits[:10], 10, 32)
	return uint32(gen), err == nil && gen > 0
}

// slack is what the log may be longer than the live bytes.
func (e *Engine) slack() int64 {
	return e.live*(100-e.config.CompactAt)/e.config.CompactAt + e.config.MinCompact
}

// segment is the weight from which on a log is closed: small logs keep what a
// compaction needs at once, and what it leaves to be done, a fraction of the slack.
// But a log is always large beside its first record, which lists all others.
func (e *Engine) segment() int64 {
	size := min(e.config.Segment, max(minSegment, e.slack()/8))
	return max(size, 16*int64(headerSize+tableEntry*len(e.order)))
}

// addLog enters a file that exists into the list of logs, at the end.
func (e *Engine) addLog(gen uint32) *logFile {
	var id int32
	if n := len(e.freeLogs); n > 0 {
		id, e.freeLogs = e.freeLogs[n-1], e.freeLogs[:n-1]
	} else {
		id = int32(len(e.logs))
		e.logs = append(e.logs, &logFile{})
	}
	l := e.logs[id]
	*l = logFile{id: id, gen: gen, file: e.disk.Open(e.fileName(gen)), slots: l.slots[:0]}
	l.size = e.disk.Size(l.file)
	if uint32(id) < uint32(len(e.near)) {
		e.near[id] = l.file
	}
	if uint32(id) < uint32(len(e.files)) {
		e.files[id] = l.file
	}
	e.crowded()
	e.order = append(e.order, id)
	e.gen = max(e.gen, gen)
	return l
}

// headLog returns the log that the next record goes to: a new one if there is
// none or the last is full.
func (e *Engine) headLog() *logFile {
	if e.head != none {
		l := e.logs[e.head]
		if l.weight < e.leastSegment || l.weight < e.segment() {
			return l
		}
		e.closeHead()
	}
	if e.head != none {
		return e.logs[e.head]
	}
	l := e.addLog(e.gen + 1)
	e.head = l.id
	e.name(l)
	e.updateMark()
	return l
}

// name makes the name of a log durable.
func (e *Engine) name(l *logFile) {
	l.naming = true
	e.disk.SyncDir(e.token(opName, uint64(l.gen)))
}

// closeHead ends the head, so that the next record begins a new log, whose first
// record then tells where each log ends. A head without any bytes may stay.
func (e *Engine) closeHead() {
	if e.head == none {
		return
	}
	l := e.logs[e.head]
	if e.disk.Size(l.file) == 0 && !l.bad {
		return
	}
	e.head = none
	if l.issued < l.end && !l.bad {
		e.sync(l)
	}
}

// named takes the completion of the SyncDir for a new log.
func (e *Engine) named(gen uint32, err Error) {
	for _, l := range e.logs {
		if l.gen != gen {
			continue
		}
		l.naming = false
		switch err {
		case NoError:
			l.named = true
			e.updateMark()
			e.settleLog(l)
		case Busy:
			e.postpone()
		default:
			e.lose(l, err)
		}
		return
	}
}

// freeLog forgets a log whose file is gone.
func (e *Engine) freeLog(l *logFile) {
	e.total -= l.weight
	e.weighed = false
	e.freeLogs = append(e.freeLogs, l.id)
	*l = logFile{id: l.id, slots: l.slots[:0]}
}

// unlist takes a log out of those that count.
func (e *Engine) unlist(l *logFile) {
	kept := e.order[:0]
	for _, id := range e.order {
		if id != l.id {
			kept = append(kept, id)
		}
	}
	e.order = kept
	e.updateMark()
}

// updateMark works out up to where the log is durable without a gap. It enters a
// log only when that log's first record is durable, for only that tells where the
// ones before it end.
func (e *Engine) updateMark() {
	e.mark = position{}
	for _, id := range e.order {
		l := e.logs[id]
		switch {
		case l.end == 0:
			continue
		case !l.durable(1):
			return
		}
		e.mark = position{l.gen, l.synced}
		if l.synced < l.end {
			return
		}
	}
}

// advanceMark is updateMark after a sync of l. Mostly l is the last log, in which
// the mark lies already: then none of the others need be looked at.
func (e *Engine) advanceMark(l *logFile) {
	if e.mark.log == l.gen && e.order[len(e.order)-1] == l.id {
		e.mark.off = l.synced
		return
	}
	e.updateMark()
}

// appendStart appends the record that begins log l: the other logs with their
// ends, and how much damage has not been repaired yet.
func (e *Engine) appendStart(b []byte, l *logFile) []byte {
	t := binary.LittleEndian.AppendUint64(e.table[:0], uint64(e.unknown))
	for _, id := range e.order {
		if o := e.logs[id]; o != l && o.end > 0 {
			t = binary.LittleEndian.AppendUint32(t, o.gen)
			t = binary.LittleEndian.AppendUint64(t, uint64(o.end))
		}
	}
	e.table, e.gone = t, e.gone[:0]
	return e.appendMeta(b, position{l.gen, 0}, kindStart, t)
}

// appendMeta appends a record that belongs to no key.
func (e *Engine) appendMeta(b []byte, at position, k kind, payload []byte) []byte {
	r := record{kind: k, mark: e.mark, seq: e.seq, sum: checksum(payload), payload: payload}
	r.weight = int64(headerSize + len(payload))
	return appendRecord(b, at, &r)
}
