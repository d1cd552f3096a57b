package lab

import (
	"container/heap"
	"math/bits"

	"dynamosim/sim"
)

// NaivePhold is sim.Phold on the event kernel that one would write first: a heap of the standard library, an object and a closure an
// event. It is here to be compared with.
type NaivePhold struct {
	kernel   naiveKernel
	delays   []int64
	words    []uint64
	checksum uint64
}

// NewNaivePhold makes a benchmark of n processes.
func NewNaivePhold(n int) *NaivePhold {
	b := &NaivePhold{delays: sim.PholdDelays(), words: make([]uint64, n)}
	for p := range b.words {
		b.words[p] = sim.PholdState(p)
		b.kernel.schedule(b.delays[p%len(b.delays)], func() { b.handle(p) })
	}
	return b
}

func (b *NaivePhold) handle(p int) {
	x := b.words[p]
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	b.words[p] = x
	b.checksum += (uint64(b.kernel.now) ^ uint64(p)<<40) * 0x9e3779b97f4a7c15
	target, _ := bits.Mul64(x, uint64(len(b.words)))
	b.kernel.schedule(b.kernel.now+b.delays[x%uint64(len(b.delays))], func() { b.handle(int(target)) })
}

// RunUntil dispatches every event that is due at t or before, in ns, and returns how many there were.
func (b *NaivePhold) RunUntil(t int64) (events uint64) { return b.kernel.runUntil(t) }

// Now is the time in ns.
func (b *NaivePhold) Now() int64 { return b.kernel.now }

// Pending is how many events are scheduled.
func (b *NaivePhold) Pending() int { return len(b.words) }

// Checksum covers all events so far; it is that of sim.Phold.
func (b *NaivePhold) Checksum() uint64 { return b.checksum }

type naiveKernel struct {
	now  int64
	seq  uint64
	heap naiveHeap
}

type naiveEvent struct {
	at  int64
	seq uint64
	run func()
}

func (k *naiveKernel) schedule(at int64, run func()) {
	k.seq++
	heap.Push(&k.heap, &naiveEvent{at, k.seq, run})
}

func (k *naiveKernel) runUntil(t int64) (events uint64) {
	for len(k.heap) > 0 && k.heap[0].at <= t {
		e := heap.Pop(&k.heap).(*naiveEvent)
		k.now = e.at
		e.run()
		events++
	}
	k.now = max(k.now, t)
	return events
}

type naiveHeap []*naiveEvent

func (h naiveHeap) Len() int { return len(h) }
func (h naiveHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].seq < h[j].seq
}
func (h naiveHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *naiveHeap) Push(e any)   { *h = append(*h, e.(*naiveEvent)) }
func (h *naiveHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return e
}
