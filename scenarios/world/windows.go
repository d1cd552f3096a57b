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
	before []int64 // by node: requests when the one under way began
	row    []int64 // of the one under way, by node: nowhere, or 0 until it ends
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
	w.windows = windows{length: length, next: from, stop: from + (to-from)/length*length, before: make([]int64, len(w.hosts))}
}

// requests is how many requests a node has begun to coordinate.
func (h *host) requests() int64 {
	return h.counted[counterOf(dynamo.MarkCoordinateGet)] + h.counted[counterOf(dynamo.MarkCoordinatePut)]
}

// countWindow counts the requests of the window under way, if there is one, so far.
func (w *World) countWindow() {
	s := &w.windows
	for i := range s.row {
		if n := w.hosts[i].requests() - s.before[i]; n > 0 {
			s.row[i] = n
		}
	}
}

// turn begins all windows up to a time. It is called before the first request of a window is counted.
func (w *World) turn(now int64) {
	s := &w.windows
	for now >= s.next {
		w.countWindow()
		if s.row = nil; s.next >= s.stop {
			s.next = math.MaxInt64
			return
		}
		s.row = make([]int64, len(w.hosts))
		for i, h := range w.hosts {
			if s.before[i] = h.requests(); h.absent {
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
	w.countWindow()
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
