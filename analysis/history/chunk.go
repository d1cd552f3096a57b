package history

import "unsafe"

// chunkBits is the binary logarithm of the length of a chunk. Chunks of 1,024
// operations waste little in short histories and are rare in long ones.
const chunkBits = 10

const chunkSize = 1 << chunkBits

// list is a growing sequence whose elements never move: it grows by a chunk at
// a time, so that appending neither copies nor (but for the chunk) allocates.
type list[T any] struct {
	chunks [][]T
	n      int
}

func (l *list[T]) add() *T {
	if l.n>>chunkBits == len(l.chunks) {
		l.chunks = append(l.chunks, make([]T, chunkSize))
	}
	e := &l.chunks[l.n>>chunkBits][l.n&(chunkSize-1)]
	l.n++
	return e
}

func (l *list[T]) at(i int) *T { return &l.chunks[i>>chunkBits][i&(chunkSize-1)] }

// reset forgets the elements and keeps the chunks.
func (l *list[T]) reset() { l.n = 0 }

// span is a run of elements in a pool.
type span struct{ at, n uint32 }

// pool stores short runs of elements in chunks; a run never straddles two.
type pool[T any] struct {
	chunks [][]T // each with its used length; runs longer than a chunk get one of their own
	cur    int   // the chunk that is being filled
}

func (p *pool[T]) put(s []T) span {
	if len(s) == 0 {
		return span{}
	}
	for p.cur < len(p.chunks) && !fits(p.chunks[p.cur], len(s)) {
		p.cur++
	}
	if p.cur == len(p.chunks) {
		p.chunks = append(p.chunks, make([]T, 0, max(chunkSize, len(s))))
	}
	c := &p.chunks[p.cur]
	at := uint32(p.cur)<<chunkBits | uint32(len(*c))
	*c = append(*c, s...)
	return span{at: at, n: uint32(len(s))}
}

// fits reports whether a run of n more elements can begin in chunk c, whose
// positions are counted in chunkBits bits.
func fits[T any](c []T, n int) bool { return len(c) < chunkSize && cap(c)-len(c) >= n }

func (p *pool[T]) get(s span) []T {
	if s.n == 0 {
		return nil
	}
	from := s.at & (chunkSize - 1)
	return p.chunks[s.at>>chunkBits][from : from+s.n : from+s.n]
}

func (p *pool[T]) reset() {
	for i := range p.chunks {
		p.chunks[i] = p.chunks[i][:0]
	}
	p.cur = 0
}

func (l *list[T]) memory() (pieces int, bytes int64) {
	var e T
	return len(l.chunks), int64(len(l.chunks)) * chunkSize * int64(unsafe.Sizeof(e))
}

func (p *pool[T]) memory() (pieces int, bytes int64) {
	var e T
	for _, c := range p.chunks {
		bytes += int64(cap(c)) * int64(unsafe.Sizeof(e))
	}
	return len(p.chunks), bytes
}

// Memory is how many pieces of memory the history has taken for operations, states and what they name, and their bytes. Benchmarks set them
// apart from what a run takes besides.
func (h *History) Memory() (pieces int, bytes int64) {
	for _, m := range []interface{ memory() (int, int64) }{
		&h.ops, &h.states, &h.lines, &h.stamps, &h.extras, &h.versions, &h.carts, &h.numbers,
	} {
		n, b := m.memory()
		pieces, bytes = pieces+n, bytes+b
	}
	return pieces, bytes
}
