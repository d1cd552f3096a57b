package history

// Line names the thing that an event line of a history tells of: its kind in
// the low two bits, its number above them.
type Line uint32

const (
	lineInvoke Line = 0
	lineReturn Line = 1
	lineEvent  Line = 2
	lineState  Line = 3
)

// Invokes returns the operation that the line begins.
func (l Line) Invokes() (id OpID, ok bool) { return OpID(l >> 2), l&3 == lineInvoke }

// Returns returns the operation that the line ends.
func (l Line) Returns() (id OpID, ok bool) { return OpID(l >> 2), l&3 == lineReturn }

// EachChunk calls yield for all operations, a run of them at a time; first is
// the OpID of the first in the run, which is valid during the call.
func (h *History) EachChunk(yield func(first OpID, ops []Operation) bool) {
	h.ops.each(func(first int, ops []Operation) bool { return yield(OpID(first), ops) })
}

// EachLine calls yield for the lines of all events in their order, a run of
// them at a time, which is valid during the call.
func (h *History) EachLine(yield func(lines []Line) bool) {
	h.lines.each(func(_ int, lines []Line) bool { return yield(lines) })
}

// Named returns the versions that an operation of EachChunk supersedes, if it
// writes, or returned. The slice is shared, and valid as long as the operation
// is.
func (h *History) Named(o *Operation) []OpID {
	if o.flags>>namesShift == 1 {
		return o.named[:]
	}
	return h.severalNamed(o)
}

func (h *History) severalNamed(o *Operation) []OpID {
	at, n := uint32(o.named[0]), uint32(o.flags>>namesShift)
	if n == manyNames {
		n = uint32(h.versions.get(span{at, 1})[0])
		at++
	}
	return h.versions.get(span{at, n})
}
