package sim

import "slices"

// A chunk of messages of a line of the processor's cache, 64 bytes, is so large
// that Go's allocator gives it pages of its own: in a smaller one it would put a
// word before the first message, and each would lie in two lines.
const (
	chunkBits = 9
	chunkSize = 1 << chunkBits
)

// slab keeps messages by value in chunks: a pointer to a message stays valid
// while others come and go.
type slab[M any] struct {
	chunks []*[chunkSize]M
	free   []int32 // slots, the one that was in use last at the end
	used   int32   // slots that were ever in use
}

func (s *slab[M]) reset() {
	s.free, s.used = s.free[:0], 0
	var zero M
	for _, chunk := range s.chunks {
		for i := range chunk {
			chunk[i] = zero // lets go of what messages point to
		}
	}
}

func (s *slab[M]) at(i int32) *M { return &s.chunks[i>>chunkBits][i&(chunkSize-1)] }

// reserve sees to it that there is a free slot.
func (s *slab[M]) reserve() {
	if len(s.free) == 0 {
		s.extend()
	}
}

// take returns a free slot; there is one, see reserve.
func (s *slab[M]) take() int32 {
	last := len(s.free) - 1
	i := s.free[last]
	s.free = s.free[:last]
	return i
}

//go:noinline
func (s *slab[M]) extend() {
	i := s.used
	if int(i) == len(s.chunks)*chunkSize {
		s.chunks = append(s.chunks, new([chunkSize]M))
		s.free = slices.Grow(s.free, len(s.chunks)*chunkSize)
	}
	s.used++
	s.release(i)
}

func (s *slab[M]) release(i int32) { s.free = append(s.free, i) }
