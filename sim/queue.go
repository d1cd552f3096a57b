package sim

import "math/bits"

// key orders events: by time, then by sequence number. The low word also
// names the event: sequence number<<24 | slab index. Sequence numbers are
// unique, so the order is total.
type key struct{ hi, lo uint64 }

const (
	indexBits = 24
	indexMask = 1<<indexBits - 1
	maxSeq    = 1<<(64-indexBits) - 1
)

// noKey is above every key of an event.
func noKey() key { return key{^uint64(0), ^uint64(0)} }

// less is 1 if a comes before b, else 0: a 128-bit subtraction whose borrow is
// the answer, so that choosing a child costs no mispredicted branch.
func less(a, b *key) uint64 {
	_, borrow := bits.Sub64(a.lo, b.lo, 0)
	_, borrow = bits.Sub64(a.hi, b.hi, borrow)
	return borrow
}

// smallest returns the index of the smallest of four siblings: a tournament of
// two rounds.
func smallest(c *[4]key) int {
	i := less(&c[1], &c[0])
	j := 2 + less(&c[3], &c[2])
	return int(i + (j-i)&-less(&c[j&3], &c[i&3]))
}

// root is the place of the smallest key in a 4-ary heap. The children of i are
// at 4(i-2)..4(i-2)+3, so that four siblings share one 64-byte line.
const root = 3

// pending is what the kernel asks of the set of pending events.
type pending interface {
	push(k key)
	min() key    // noKey if empty
	pop()        // takes min away
	list() []key // all keys in their order
	reset()
}

// queue is a 4-ary heap of packed keys. Taking the minimum leaves a hole at the
// root, which the next push fills: in a simulation most events schedule
// another one, and replacing the top costs half of a pop and a push.
type queue struct {
	keys []key // root..end-1 are in use, everything from end on is noKey
	end  int
	hole bool
}

func (q *queue) reset() {
	q.end, q.hole = root, false
	for i := range q.keys {
		q.keys[i] = noKey()
	}
	if len(q.keys) == 0 {
		q.grow()
	}
}

// grow makes room for the four children of any place in use.
func (q *queue) grow() {
	for n := max(2*len(q.keys), 64); len(q.keys) < n; {
		q.keys = append(q.keys, noKey())
	}
}

func (q *queue) min() key {
	if q.hole {
		q.fill()
	}
	return q.keys[root]
}

func (q *queue) pop() { q.hole = true }

// fill closes the hole with the last key.
func (q *queue) fill() {
	q.hole = false
	q.end--
	last := q.keys[q.end]
	q.keys[q.end] = noKey()
	if q.end > root {
		q.down(last)
	}
}

func (q *queue) push(k key) {
	if q.hole {
		q.hole = false
		q.down(k)
		return
	}
	if q.end+4 > len(q.keys) {
		q.grow()
	}
	i := q.end
	q.end++
	for i > root {
		parent := i/4 + 2
		if less(&k, &q.keys[parent]) == 0 {
			break
		}
		q.keys[i] = q.keys[parent]
		i = parent
	}
	q.keys[i] = k
}

// down places k, starting from a free root.
func (q *queue) down(k key) {
	keys, end := q.keys, q.end
	i := root
	for c := 4 * (root - 2); c < end; {
		four := (*[4]key)(keys[c:])
		_, b := bits.Sub64(four[1].lo, four[0].lo, 0)
		_, x := bits.Sub64(four[1].hi, four[0].hi, b)
		_, b = bits.Sub64(four[3].lo, four[2].lo, 0)
		_, y := bits.Sub64(four[3].hi, four[2].hi, b)
		y += 2
		f, g := &four[x&3], &four[y&3]
		_, b = bits.Sub64(g.lo, f.lo, 0)
		_, b = bits.Sub64(g.hi, f.hi, b)
		x += (y - x) & -b
		m := four[x&3]
		_, b = bits.Sub64(m.lo, k.lo, 0)
		_, b = bits.Sub64(m.hi, k.hi, b)
		if b == 0 {
			break
		}
		keys[i] = m
		i = c + int(x&3)
		c = 4 * (i - 2)
	}
	keys[i] = k
}
