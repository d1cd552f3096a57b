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
// the OpID of the first in the run.
func (h *History) EachChunk(yield func(first OpID, ops []Operation) bool) {
	for i, chunk := range h.ops.chunks {
		first := i << chunkBits
		if first >= h.ops.n || !yield(OpID(first), chunk[:min(chunkSize, h.ops.n-first)]) {
			return
		}
	}
}

// EachLine calls yield for the lines of all events in their order, a run of
// them at a time.
func (h *History) EachLine(yield func(lines []Line) bool) {
	for i, chunk := range h.lines.chunks {
		first := i << chunkBits
		if first >= h.lines.n || !yield(chunk[:min(chunkSize, h.lines.n-first)]) {
			return
		}
	}
}

// Named returns the versions that an operation of EachChunk supersedes, if it
// writes, or returned. The slice is shared.
func (h *History) Named(o *Operation) []OpID { return h.versions.get(o.named) }
