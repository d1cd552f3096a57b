package history

import (
	"slices"
	"unsafe"
)

// chunkBits is the binary logarithm of the length of a chunk. Chunks of 1,024
// operations waste little in short histories and are rare in long ones.
const chunkBits = 10

const chunkSize = 1 << chunkBits

// list is a growing sequence whose elements never move: it grows by a chunk at
// a time, so that appending neither copies nor (but for the chunk) allocates.
// Old chunks may be put away, see spill.go; then the elements hold no pointers.
type list[T any] struct {
	chunks [][]T         // nil: it has been put away
	newest *[chunkSize]T // the chunk that is being filled
	n      int
	away   away[T]
}

func (l *list[T]) add() *T {
	if l.full() {
		l.begin()
	}
	return l.next()
}

// full tells that begin is to be called before next, which both are small enough to stand where they are called.
func (l *list[T]) full() bool { return l.n%chunkSize == 0 }

func (l *list[T]) next() *T {
	l.n++
	return l.last()
}

// last is the element that was added last.
func (l *list[T]) last() *T { return &l.newest[uint(l.n-1)%chunkSize] }

// begin makes ready to fill the next chunk.
func (l *list[T]) begin() {
	c := l.n >> chunkBits
	if l.away.to != nil {
		l.away.putAll(l.chunks, c-l.away.to.newest)
	}
	if c == len(l.chunks) {
		l.chunks = append(l.chunks, l.away.chunk())
	}
	l.newest = (*[chunkSize]T)(l.chunks[c])
}

// at returns an element; one that has been put away is a copy, see keep.
func (l *list[T]) at(i int) *T {
	if e := l.near(i); e != nil {
		return e
	}
	return l.fetch(i)
}

// near returns an element, nil if it has been put away.
func (l *list[T]) near(i int) *T {
	if c := l.chunks[i>>chunkBits]; c != nil {
		return &c[i&(chunkSize-1)]
	}
	return nil
}

func (l *list[T]) fetch(i int) *T {
	if l.away.ahead != nil {
		if c := l.away.kept(i >> chunkBits); c != nil {
			return &c[i&(chunkSize-1)]
		}
	}
	e := new([1]T)
	l.away.read(i>>chunkBits, i&(chunkSize-1), e[:])
	return &e[0]
}

// keep is called after an element that at returned was changed.
func (l *list[T]) keep(i int, e *T) {
	if l.chunks[i>>chunkBits] == nil {
		l.away.write(i>>chunkBits, i&(chunkSize-1), (*[1]T)(unsafe.Pointer(e))[:])
	}
}

// each calls yield for the elements, a run of them at a time, which are valid
// during the call only; first is the number of the first in the run.
func (l *list[T]) each(yield func(first int, run []T) bool) {
	var copied []T
	for i, chunk := range l.chunks {
		first := i << chunkBits
		if first >= l.n {
			return
		}
		if chunk == nil {
			if copied == nil {
				copied = make([]T, chunkSize)
			}
			l.away.read(i, 0, copied)
			chunk = copied
		}
		if !yield(first, chunk[:min(chunkSize, l.n-first)]) {
			return
		}
	}
}

// change calls edit for all elements, which may change them.
func (l *list[T]) change(edit func(e *T)) {
	var copied []T
	for i, c := range l.chunks {
		c = c[:min(len(c), max(0, l.n-i<<chunkBits))]
		if l.chunks[i] == nil {
			copied = slices.Grow(copied[:0], l.away.length(i))[:l.away.length(i)]
			l.away.read(i, 0, copied)
			c = copied
		}
		for j := range c {
			edit(&c[j])
		}
		if l.chunks[i] == nil {
			l.away.write(i, 0, c)
		}
	}
}

// reset forgets the elements and keeps the memory.
func (l *list[T]) reset() {
	l.n = 0
	l.chunks = l.away.reset(l.chunks)
}

// span is a run of elements in a pool.
type span struct{ at, n uint32 }

// pool stores short runs of elements in chunks; a run never straddles two. Old
// chunks may be put away, as those of a list.
type pool[T any] struct {
	chunks [][]T // each with its used length; runs longer than a chunk get one of their own
	cur    int   // the chunk that is being filled
	away   away[T]
}

func (p *pool[T]) put(s []T) span {
	if len(s) == 0 {
		return span{}
	}
	if p.cur == len(p.chunks) || !fits(p.chunks[p.cur], len(s)) {
		p.turn(len(s))
	}
	c := &p.chunks[p.cur]
	from := len(*c)
	*c = (*c)[:from+len(s)]
	for i, e := range s { // one, most often: a call to copy would cost more
		(*c)[from+i] = e
	}
	return span{at: uint32(p.cur)<<chunkBits | uint32(from), n: uint32(len(s))}
}

// turn goes on to a chunk with room for a run of n elements.
func (p *pool[T]) turn(n int) {
	for p.cur < len(p.chunks) && !fits(p.chunks[p.cur], n) {
		p.cur++
	}
	if p.away.to != nil {
		p.away.putAll(p.chunks, p.cur-p.away.to.newest)
	}
	switch {
	case p.cur < len(p.chunks):
	case n <= chunkSize:
		p.chunks = append(p.chunks, p.away.chunk()[:0])
	default:
		p.chunks = append(p.chunks, make([]T, 0, n))
	}
}

// fits reports whether a run of n more elements can begin in chunk c, whose
// positions are counted in chunkBits bits.
func fits[T any](c []T, n int) bool { return len(c) < chunkSize && cap(c)-len(c) >= n }

func (p *pool[T]) get(s span) []T {
	if s.n == 0 {
		return nil
	}
	if c := p.chunks[s.at>>chunkBits]; c != nil {
		from := s.at & (chunkSize - 1)
		return c[from : from+s.n : from+s.n]
	}
	return p.fetch(s)
}

// fetch is get for a run that has been put away.
func (p *pool[T]) fetch(s span) []T {
	from := s.at & (chunkSize - 1)
	if p.away.ahead != nil {
		if c := p.away.kept(int(s.at >> chunkBits)); c != nil {
			return c[from : from+s.n : from+s.n]
		}
	}
	run := make([]T, s.n)
	p.away.read(int(s.at>>chunkBits), int(from), run)
	return run
}

// change calls edit for all elements, which may change them.
func (p *pool[T]) change(edit func(e *T)) {
	for i, c := range p.chunks {
		if c == nil {
			c = make([]T, p.away.length(i))
			p.away.read(i, 0, c)
		}
		for j := range c {
			edit(&c[j])
		}
		if p.chunks[i] == nil {
			p.away.write(i, 0, c)
		}
	}
}

func (p *pool[T]) reset() {
	p.chunks = p.away.reset(p.chunks)
	for i := range p.chunks {
		p.chunks[i] = p.chunks[i][:0]
	}
	p.cur = 0
}

func (l *list[T]) memory() (pieces int, bytes int64) {
	var e T
	n := len(l.chunks) - l.away.chunks()
	return n, int64(n) * chunkSize * int64(unsafe.Sizeof(e))
}

func (p *pool[T]) memory() (pieces int, bytes int64) {
	var e T
	for _, c := range p.chunks {
		bytes += int64(cap(c)) * int64(unsafe.Sizeof(e))
	}
	return len(p.chunks) - p.away.chunks(), bytes
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
