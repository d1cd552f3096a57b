package storage

// ring is a queue whose entries are known by their number, counted from 0 since
// the beginning. It allocates only when it outgrows its largest length so far.
type ring[T any] struct {
	buf         []T // length is a power of two
	first, last uint64
}

// push adds v at the end and returns its number.
func (r *ring[T]) push(v T) uint64 {
	if r.last-r.first == uint64(len(r.buf)) {
		r.grow()
	}
	n := r.last
	r.buf[n&uint64(len(r.buf)-1)] = v
	r.last++
	return n
}

func (r *ring[T]) grow() {
	old := *r
	r.buf = make([]T, max(16, 2*len(old.buf)))
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
