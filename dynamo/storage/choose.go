package storage

import (
	"math"
	"math/bits"
)

// minSegment keeps the records that begin and drop a log small beside the rest.
const minSegment = 4096

// maxLogs is how many logs there may be, beyond what their sizes explain, before
// they are compacted for their number.
const maxLogs = 48

// excessive reports whether the log has come close to its limit, or to too many
// files.
func (e *Engine) excessive() bool {
	if e.roomy() {
		return false
	}
	if e.overfull() {
		return true
	}
	if len(e.logs) <= maxLogs {
		e.room = room{live: e.live, garbage: e.slack() / 4 * 3}
	}
	return false
}

// roomy tells without a division that the log is not excessive; false is no answer. The more is live, the more garbage may be, and few logs, those
// that are gone included, are never too many: so what was enough room once is so until one of these changes for the worse. Of many logs nothing is
// remembered, see crowded.
func (e *Engine) roomy() bool {
	return e.live >= e.room.live && e.total-e.live <= e.room.garbage
}

// crowded ends what room there was if there are more than a few logs.
func (e *Engine) crowded() {
	if len(e.logs) > maxLogs {
		e.room = room{live: math.MaxInt64} // never enough
		e.weighed = false
	}
}

// overfull is excessive without a memory.
func (e *Engine) overfull() bool { return e.many() || e.total > e.live+e.slack()/4*3 }

// room is how much garbage there may be beside so many live bytes, or more.
type room struct{ live, garbage int64 }

func (e *Engine) many() bool {
	return int64(len(e.order)) > maxLogs+2*e.total/e.segment()
}

// settled reports whether l may be compacted or dropped.
func (e *Engine) settled(l *logFile) bool {
	return l.id != e.head && l.durable(l.end) && e.quiet(l)
}

// idle reports whether there are logs in which nothing counts.
func (e *Engine) idle() bool {
	for _, id := range e.order {
		if l := e.logs[id]; l.entries == 0 && e.settled(l) {
			return true
		}
	}
	return false
}

// choose returns the log with the largest share of garbage. If that is in the
// head, the head is closed, to be chosen when it is durable.
func (e *Engine) choose() (best *logFile) {
	many := e.many()
	for _, id := range e.order {
		l := e.logs[id]
		if e.settled(l) && (many || l.garbage() >= l.weight/8) && (best == nil || wasteful(l, best)) {
			best = l
		}
	}
	if best == nil && e.head != none && e.logs[e.head].garbage() >= e.segment()/2 {
		e.closeHead()
	}
	return best
}

// wasteful reports whether a larger share of a than of b is garbage.
func wasteful(a, b *logFile) bool {
	ah, al := bits.Mul64(uint64(a.garbage()), uint64(b.weight))
	bh, bl := bits.Mul64(uint64(b.garbage()), uint64(a.weight))
	return ah > bh || ah == bh && al > bl
}
