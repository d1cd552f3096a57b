package history

import (
	"fmt"
	"io"
	"slices"
	"unsafe"
)

// A long history need not lie in memory: what is old is put away into a file,
// chunk by chunk as it lies in memory, and read back where it is asked for.
// Only names, labels and texts stay. Who reads a history cannot tell, but for
// the time that it takes to look up old operations out of order.

// Backing is where a history puts away what is old, such as an *os.File. It is
// read by the process that wrote it only.
type Backing interface {
	io.ReaderAt
	io.WriterAt
}

// newest is how many of the newest chunks of every list stay in memory.
const newest = 256

// spill is the file of a history and what is known of it.
type spill struct {
	file   Backing
	end    int64
	newest int  // chunks of every list that stay in memory
	after  int  // operation from which on there is a file
	full   bool // a write failed: what comes now stays in memory
}

// SpillTo makes the history put away what is old from its after-th operation
// on, into the file that open gives then. Where there is none, or where it takes
// no more, the history stays in memory. Reset ends it.
func (h *History) SpillTo(after int, open func() (Backing, error)) {
	h.spillAfter, h.keepNewest, h.openSpill = max(after, 1), newest, open
}

// Spilled reports whether some of the history has been put away, or may be.
func (h *History) Spilled() bool { return h.spilled != nil }

// SpilledAfter is from which operation on a history is spilled, 0 if it is not.
func (h *History) SpilledAfter() int {
	if h.spilled == nil {
		return 0
	}
	return h.spilled.after
}

// startSpilling is called when the history has become long.
func (h *History) startSpilling() {
	file, err := h.openSpill()
	h.spillAfter, h.openSpill = 0, nil
	if err != nil {
		return
	}
	s := &spill{file: file, newest: h.keepNewest, after: h.ops.n}
	h.spilled = s
	h.ops.away.to, h.lines.away.to, h.stamps.away.to, h.extras.away.to = s, s, s, s
	h.versions.away.to, h.carts.away.to, h.numbers.away.to = s, s, s
}

// Recall brings everything back into memory.
func (h *History) Recall() {
	h.ops.away.recall(h.ops.chunks)
	h.lines.away.recall(h.lines.chunks)
	h.stamps.away.recall(h.stamps.chunks)
	h.extras.away.recall(h.extras.chunks)
	h.versions.away.recall(h.versions.chunks)
	h.carts.away.recall(h.carts.chunks)
	h.numbers.away.recall(h.numbers.chunks)
	h.spilled = nil
}

// away is where the old chunks of a list or pool are. The zero value keeps
// them in memory.
type away[T any] struct {
	to     *spill
	places []place    // of the chunks that have been put away
	spare  []T        // memory of the last of them
	ahead  *recent[T] // chunks read back; nil: none are kept
}

// place is where a chunk lies in the file.
type place struct {
	at     int64
	length int // elements
}

// putAll puts away the chunks up to one.
func (a *away[T]) putAll(chunks [][]T, upTo int) {
	for i := len(a.places); i < upTo && !a.to.full; i++ {
		c := chunks[i]
		if _, err := a.to.file.WriteAt(bytesOf(c), a.to.end); err != nil {
			a.to.full = true
			return
		}
		a.places = append(a.places, place{at: a.to.end, length: len(c)})
		a.to.end += int64(len(bytesOf(c)))
		chunks[i] = nil
		if cap(c) == chunkSize {
			a.spare = c
		}
	}
}

// chunk gives memory for a new chunk.
func (a *away[T]) chunk() []T {
	if c := a.spare; c != nil {
		a.spare = nil
		return c[:chunkSize]
	}
	return make([]T, chunkSize)
}

func (a *away[T]) chunks() int { return len(a.places) }

func (a *away[T]) length(chunk int) int { return a.places[chunk].length }

// recent keeps the newest chunks that were read back, for who goes through a
// history in its order.
type recent[T any] struct {
	chunks [newest][]T
	number [newest]int // of the chunk in each place, from 1
	next   int         // the chunk that comes after all that have been read back
}

// kept returns a chunk if it is among the newest, or the next one.
func (a *away[T]) kept(chunk int) []T {
	r := a.ahead
	if chunk >= r.next {
		slot := &r.chunks[chunk%newest]
		*slot = slices.Grow((*slot)[:0], a.length(chunk))[:a.length(chunk)]
		a.read(chunk, 0, *slot)
		r.next, r.number[chunk%newest] = chunk+1, chunk+1
		return *slot
	}
	if r.number[chunk%newest] == chunk+1 {
		return r.chunks[chunk%newest]
	}
	return nil
}

// inOrder returns the history for one reader who goes through it about in its
// order, and to whom nothing is to be recorded meanwhile.
func (h *History) inOrder() *History {
	if h.spilled == nil {
		return h
	}
	copied := *h
	copied.lines.away.ahead = new(recent[Line])
	copied.ops.away.ahead, copied.stamps.away.ahead, copied.extras.away.ahead = new(recent[Operation]), new(recent[stamp]), new(recent[extra])
	copied.versions.away.ahead, copied.carts.away.ahead, copied.numbers.away.ahead = new(recent[OpID]), new(recent[CartItem]), new(recent[int32])
	return &copied
}

// read reads elements of a chunk. That a file gives back what was written into
// it is taken for granted.
func (a *away[T]) read(chunk, from int, into []T) {
	if _, err := a.to.file.ReadAt(bytesOf(into), a.offset(chunk, from)); err != nil {
		panic(fmt.Errorf("reading what a history has put away: %w", err))
	}
}

// write changes elements of a chunk that has been put away.
func (a *away[T]) write(chunk, from int, elements []T) {
	if _, err := a.to.file.WriteAt(bytesOf(elements), a.offset(chunk, from)); err != nil {
		panic(fmt.Errorf("changing what a history has put away: %w", err))
	}
}

func (a *away[T]) offset(chunk, from int) int64 {
	var e T
	return a.places[chunk].at + int64(from)*int64(unsafe.Sizeof(e))
}

// reset forgets what was put away and returns the chunks that are left.
func (a *away[T]) reset(chunks [][]T) [][]T {
	left := chunks[len(a.places):]
	*a = away[T]{}
	return left
}

// recall reads all chunks back.
func (a *away[T]) recall(chunks [][]T) {
	for i, p := range a.places {
		chunks[i] = make([]T, p.length, max(p.length, chunkSize))
		a.read(i, 0, chunks[i])
	}
	*a = away[T]{}
}

// bytesOf is the memory of elements that hold no pointers.
func bytesOf[T any](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}
