package sim

import (
	"math/bits"

	"dynamosim/internal/fetch"
)

// A world that is larger than the processor's cache spends most of its time
// waiting for memory: nearly every event finds its process, and what that
// consists of, out of the cache. So, while an event is handled, what the one
// after it will touch is fetched. That is a hint to the processor and no more:
// nothing happens in another way for it.
//
// Config.Ahead is called with the process of the next event, and with its message
// where one is to be delivered, else nil, to fetch the memory of the handler. It
// changes nothing. The event that it is called for may still be preceded by one
// that is scheduled meanwhile, or be cancelled.

// far is how many events make a world that large. Below, fetching costs more than
// it saves.
const far = 1 << 13

// near is of how many of the events that may come next the entry in the slab is
// fetched, so that it is there when it is looked at.
const near = 4

// processLines is how much of a process most events touch.
const processLines = 3

// ahead fetches what the next event will touch.
func (s *System[M]) ahead() {
	next := s.upcoming()
	if next == noKey() {
		return
	}
	e := &s.events[next.lo&indexMask]
	if e.proc == Nobody {
		return
	}
	p := &s.processes[e.proc]
	fetch.Lines(p, processLines)
	switch {
	case e.kind == eventServed, e.kind == eventMessage && p.cores == 0:
		s.cfg.Ahead(e.proc, s.messages.at(e.msg))
	case e.kind != eventMessage: // which only begins to be served
		s.cfg.Ahead(e.proc, nil)
	}
}

// upcoming returns the key of the next event, as far as can be seen now, and
// fetches the entries of some that may follow it.
func (k *kernel) upcoming() key {
	next := k.timers.keys[root]
	if k.other != nil {
		if first := k.other.min(); less(&first, &next) != 0 {
			next = first
		}
	}
	for _, c := range k.soon() {
		if c != noKey() {
			fetch.Lines(&k.events[c.lo&indexMask], 1)
		}
		if less(&c, &next) != 0 {
			next = c
		}
	}
	return next
}

// soon returns a few keys that are due soon, of a heap with the first among them.
func (k *kernel) soon() []key {
	switch {
	case k.other == nil && k.queue.hole:
		return k.queue.keys[root+1 : root+5]
	case k.other == nil:
		return k.queue.keys[root : root+1]
	case k.radix != nil && k.other == k.radix:
		keys := k.radix.soon()
		return keys[:min(near, len(keys))]
	}
	return nil
}

// soon returns the lowest keys of a radix heap, in no order.
func (r *radix) soon() []key {
	switch {
	case r.head < len(r.now):
		return r.now[r.head:]
	case r.filled == 0:
		return nil
	}
	return r.buckets[bits.TrailingZeros64(r.filled)].keys
}
