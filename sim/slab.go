package sim

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
	next   []int32 // of free slots
	free   int32
	used   int32 // slots that were ever in use
}

func (s *slab[M]) reset() {
	s.free, s.used = none, 0
	var zero M
	for _, chunk := range s.chunks {
		for i := range chunk {
			chunk[i] = zero // lets go of what messages point to
		}
	}
}

func (s *slab[M]) at(i int32) *M { return &s.chunks[i>>chunkBits][i&(chunkSize-1)] }

// put copies a message into a free slot.
func (s *slab[M]) put(m *M) (i int32, kept *M) {
	i = s.free
	if i < 0 {
		i = s.extend()
	} else {
		s.free = s.next[i]
	}
	kept = s.at(i)
	*kept = *m
	return i, kept
}

func (s *slab[M]) extend() int32 {
	i := s.used
	if int(i) == len(s.chunks)*chunkSize {
		s.chunks = append(s.chunks, new([chunkSize]M))
		s.next = append(s.next, make([]int32, chunkSize)...)
	}
	s.used++
	return i
}

func (s *slab[M]) release(i int32) {
	s.next[i] = s.free
	s.free = i
}
