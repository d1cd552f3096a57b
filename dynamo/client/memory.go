package client

import (
	"cmp"
	"math/bits"

	"dynamosim/dynamo"
)

// Memory is where the clients of a world keep what they need for long: the bodies of their puts, and what their sessions know. It is cut
// from large pieces, and what a session has outgrown serves another one. The zero Memory is ready.
type Memory struct {
	Bodies *dynamo.Bodies // nil: the heap

	out    dynamo.Message // scratch: the request that is being sent
	result Result         // of the request that has just ended, while its owner is told

	rest  []Seen
	chunk int                     // cells taken from the heap at a time; 0: chunkCells
	spare [bits.UintSize][][]Seen // by the logarithm of their length
}

const (
	leastCells = 2       // of a session that knows something: a line of the processor's cache
	chunkCells = 1 << 12 // taken from the heap at a time
)

// take gives n empty cells, a power of two.
func (m *Memory) take(n int) []Seen {
	list := &m.spare[bits.Len(uint(n))]
	if last := len(*list) - 1; last >= 0 {
		cells := (*list)[last]
		*list = (*list)[:last]
		return cells
	}
	if n > len(m.rest) {
		m.rest = make([]Seen, max(n, cmp.Or(m.chunk, chunkCells)))
	}
	cells := m.rest[:n:n]
	m.rest = m.rest[n:]
	return cells
}

// give takes cells back.
func (m *Memory) give(cells []Seen) {
	if len(cells) == 0 {
		return
	}
	clear(cells)
	list := &m.spare[bits.Len(uint(len(cells)))]
	*list = append(*list, cells)
}
