package sim

import (
	"math"
	"math/bits"
	"slices"
)

// retime makes what a disk still has to do take as long as its new speed says:
// a fault that has made it slow ends for what waits, too. Without that a disk
// that was very slow for a while would work off its queue at that speed long
// after.
func (d *Disk) retime(before, after int64) {
	c := d.core
	if before == after || d.busy <= c.now {
		return
	}
	if before == 0 {
		before = 1000
	}
	if after == 0 {
		after = 1000
	}
	moved := func(at int64) int64 {
		if at <= c.now {
			return at
		}
		return saturate(c.now, rescale(at-c.now, before, after))
	}
	d.settle(c.now)
	d.busy = moved(d.busy)
	for i, at := range d.ends.times {
		d.ends.times[i] = moved(at) // what is over stays so
	}
	for i := range d.pending {
		d.pending[i].at = moved(d.pending[i].at)
	}
	d.due = c.now
	c.postpone(moved, func(e *event) bool {
		return e.kind == eventDisk && e.proc == d.proc && e.epoch == c.processes[d.proc].epoch
	})
}

// rescale is d·after/before, at most the end of time.
func rescale(d, before, after int64) int64 {
	hi, lo := bits.Mul64(uint64(d), uint64(after))
	if hi >= uint64(before) {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, uint64(before))
	return int64(min(q, math.MaxInt64))
}

// postpone schedules the pending events that are chosen for other times. The
// entries that they had stay in the queue and are skipped when they come up.
func (k *kernel) postpone(to func(at int64) int64, chosen func(e *event) bool) {
	for _, key := range k.pendingKeys() {
		i := int32(key.lo & indexMask)
		e := k.events[i]
		if int64(key.hi) <= k.now || e.id != key.lo || !chosen(&e) {
			continue
		}
		k.events[i].kind = eventDead
		j, moved := k.alloc()
		*moved = e
		k.schedule(to(int64(key.hi)), j)
	}
}

// pendingKeys returns the keys of all scheduled events but timers, in their order.
func (k *kernel) pendingKeys() []key {
	if k.other != nil {
		return k.other.list()
	}
	if k.queue.hole {
		k.queue.fill()
	}
	keys := slices.Clone(k.queue.keys[root:k.queue.end])
	slices.SortStableFunc(keys, byOrder)
	return keys
}
