package sim

import (
	"math/bits"
	"slices"
)

// radix is a radix heap (R. Ahuja, K. Mehlhorn, J. Orlin, R. Tarjan, "Faster
// Algorithms for the Shortest Path Problem", 1990): a queue for keys that do not
// fall behind the last one taken, as those of a simulation do not. A key is in
// the bucket of the highest bit in which its time differs from the time of the
// last one taken. When the low buckets are empty, the first that is not is
// distributed over them. A key only ever moves to lower buckets, by reading and
// writing memory in order, while a heap looks for its place all over it: that is
// worth its while if the heap is larger than the cache.
//
// Keys of one time stay in the order in which they came, which is that of their
// sequence numbers unless ties are drawn by lot.
type radix struct {
	last    uint64 // time of the last key taken
	now     []key  // the keys of that time, in order; those before head are gone
	head    int
	buckets [64]radixBucket // the keys whose time differs in bit i at most
	filled  uint64          // bit i: bucket i is not empty
}

type radixBucket struct {
	first key // the smallest
	keys  []key
}

func (r *radix) reset() {
	r.last, r.now, r.head, r.filled = 0, r.now[:0], 0, 0
	for i := range r.buckets {
		r.buckets[i].keys = r.buckets[i].keys[:0]
	}
}

func (r *radix) push(k key) {
	if k.hi > r.last {
		r.put(k)
		return
	}
	if k.hi < r.last {
		r.rewind(k.hi)
	}
	r.now = append(r.now, k)
	if n := len(r.now) - 1; n > r.head && k.lo < r.now[n-1].lo {
		i, _ := slices.BinarySearchFunc(r.now[r.head:n], k, byOrder)
		copy(r.now[r.head+i+1:], r.now[r.head+i:n])
		r.now[r.head+i] = k
	}
}

// put adds a key of a later time than the last.
func (r *radix) put(k key) {
	i := bits.Len64(k.hi^r.last) - 1
	b := &r.buckets[i]
	if r.filled>>i&1 == 0 {
		r.filled |= 1 << i
		b.first = k
	} else if less(&k, &b.first) != 0 {
		b.first = k
	}
	b.keys = append(b.keys, k)
}

func (r *radix) min() key {
	if r.head < len(r.now) {
		return r.now[r.head]
	}
	if r.filled == 0 {
		return noKey()
	}
	return r.buckets[bits.TrailingZeros64(r.filled)].first
}

// pop takes min away. Only now the time moves on: until then keys may come that
// are before min.
func (r *radix) pop() {
	if r.head == len(r.now) {
		r.advance()
	}
	r.head++
}

// advance distributes the lowest bucket over those below it.
func (r *radix) advance() {
	i := bits.TrailingZeros64(r.filled)
	b := &r.buckets[i]
	r.last, r.now, r.head = b.first.hi, r.now[:0], 0
	r.filled &^= 1 << i
	ordered := true
	for _, k := range b.keys {
		if k.hi != r.last {
			r.put(k)
			continue
		}
		n := len(r.now)
		ordered = ordered && (n == 0 || r.now[n-1].lo < k.lo)
		r.now = append(r.now, k)
	}
	b.keys = b.keys[:0]
	if !ordered {
		slices.SortStableFunc(r.now, byOrder)
	}
}

// rewind makes room for keys before the last one taken. That happens only if the
// events taken last were not dispatched, so that the time has not come so far.
func (r *radix) rewind(to uint64) {
	keys := r.list()
	r.reset()
	r.last = to
	for _, k := range keys {
		r.push(k)
	}
}

// list returns all keys in their order.
func (r *radix) list() []key {
	keys := slices.Clone(r.now[r.head:])
	for i := range r.buckets {
		keys = append(keys, r.buckets[i].keys...)
	}
	slices.SortStableFunc(keys, byOrder)
	return keys
}

// byOrder compares keys: of those of one time the one with the lower low word
// comes first.
func byOrder(a, b key) int { return int(less(&b, &a)) - int(less(&a, &b)) }
