package storage

// ring is a queue whose entries are known by their number, counted from 0 since
// the beginning. It allocates only when it outgrows its largest length so far.
type ring[T any] struct {
	buf         []T // length is a power of two
	first, last uint64
}

// push makes room for one more at the end, number last-1, and returns where to put it.
func (r *ring[T]) push() *T {
	if r.last-r.first == uint64(len(r.buf)) {
		r.grow()
	}
	r.last++
	return r.at(r.last - 1)
}

//go:noinline — so that push is
func (r *ring[T]) grow() {
	old := *r
	r.buf = make([]T, max(4, 2*len(old.buf))) // little is under way at a time, so the entries stay in the processor's cache
	for n := old.first; n < old.last; n++ {
		*r.at(n) = *old.at(n)
	}
}

// at returns entry n, which must be in the queue. It is valid until the next push.
func (r *ring[T]) at(n uint64) *T { return &r.buf[n&uint64(len(r.buf)-1)] }

// find returns the number in the queue whose low bits are those of low, if there
// is one.
func (r *ring[T]) find(low, bits uint64) (uint64, bool) {
	n := r.first + (low-r.first)&bits
	return n, n < r.last
}
