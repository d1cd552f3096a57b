package world

import (
	"math"

	"dynamosim/dynamo"
)

// windows counts the requests that each node coordinates, by windows of time from the end of the warm-up on (§6.2, Figure 6). A window that the
// load does not fill is left out.
type windows struct {
	length int64   // ns
	stop   int64   // when the last one ends
	next   int64   // when the one under way ends and the next begins
	row    []int64 // what is counted into now, by node
	rows   [][]int64
}

// nowhere marks a node that was no member when a window began.
const nowhere = -1

// mostWindows bounds their memory: in a run of days they are longer than asked for.
const mostWindows = 10_000

// openWindows makes ready to count.
func (w *World) openWindows() {
	from, to, length := int64(w.plan.Warmup), int64(w.plan.Duration), int64(w.plan.Measures.Window)
	length = min(length, to-from)
	for (to-from)/length > mostWindows {
		length *= 2
	}
	w.windows = windows{length: length, next: from, stop: from + (to-from)/length*length, row: make([]int64, len(w.hosts))}
}

// served counts a request that a node begins to coordinate.
func (w *World) served(h *host) {
	if now := w.now(); now >= w.windows.next {
		w.turn(now)
	}
	row := w.windows.row
	row[h.id] = max(row[h.id], 0) + 1
}

// turn begins all windows up to a time.
func (w *World) turn(now int64) {
	s := &w.windows
	for now >= s.next {
		s.row = make([]int64, len(w.hosts))
		if s.next >= s.stop {
			s.next = math.MaxInt64
			return
		}
		for i, h := range w.hosts {
			if h.absent {
				s.row[i] = nowhere
			}
		}
		s.rows = append(s.rows, s.row)
		s.next += s.length
	}
}

// windowRows are the windows that the run has come to.
func (w *World) windowRows() [][]int64 {
	w.turn(min(w.now(), w.windows.stop-1))
	return w.windows.rows
}

// kindsOf adds up the messages of clients' requests, or all others.
func (w *World) kindsOf(background bool) (messages, bytes int64) {
	kinds := w.sys.Counters().Kinds
	for k := range kinds {
		if dynamo.Kind(k).Background() == background {
			messages, bytes = messages+kinds[k].Messages, bytes+kinds[k].Bytes
		}
	}
	return messages, bytes
}
