package sim

import (
	"fmt"
	"math"
	"slices"

	"dynamosim/sim/rng"
)

// event is one entry of the slab: 64 bytes, no pointers. What a, b, msg and
// code mean depends on the kind.
type event struct {
	lineage uint64 // why it exists
	cause   uint64 // ordinal of the event whose handler made it
	a, b    uint64
	id      uint64 // low word of its key
	proc    ProcID
	peer    ProcID
	msg     int32  // slot of a message, length of a read
	epoch   uint32 // incarnation of proc that it belongs to
	next    int32  // in a list of events
	kind    eventKind
	code    uint8 // kind of message, disk operation
	err     uint8
	flags   uint8
}

// timer returns what a process set, which a and b hold.
func (e *event) timer() Timer {
	return Timer{Kind: uint32(e.a >> 32), A: uint32(e.a & (1<<32 - 1)), B: e.b}
}

// eventKind says what is done when an event is due.
type eventKind uint8

const (
	eventFree    eventKind = iota
	eventDead              // cancelled, skipped when it comes up
	eventMessage           // a message arrives
	eventClogged           // a message is held by a rule; not in the queue
	eventWaiting           // a message waits for a core; not in the queue
	eventServed            // a core has finished with a message
	eventTimer
	eventDisk
	eventControl
	eventDrain // a resumed process takes the next of what it was held from
)

// Flags of an event.
const (
	flagCorrupt   uint8 = 1 << iota // the message arrives damaged
	flagCounted                     // the message counts against its link's limit
	flagHeld                        // kept from a paused process
	flagSkewed                      // the timer was set on a drifting clock
	flagUncounted                   // a held message that is not new to the process
	flagStalled                     // let go by a disk that had stalled
)

const none int32 = -1

// kernel is virtual time: the slab of events and the two queues over it.
type kernel struct {
	now     int64
	seq     uint64
	ordinal uint64 // of the event being dispatched; the first is 1
	ties    uint64
	instant uint64 // events dispatched at now
	tieKey  uint64 // 0: first in, first out
	events  []event
	free    int32
	live    int // events in the slab that are not free
	queue   queue
	other   pending // takes the place of queue, if not nil
	choice  Queue
	radix   *radix
	timers  timerQueue
}

// choose says what holds the events, before there are any.
func (k *kernel) choose(q Queue) {
	if k.choice = q; q == QueueRadix {
		k.useRadix()
	}
}

// crowd is how many events make the radix heap take the place of the heap, which
// does not fit into a cache any more then.
const crowd = 1 << 16

// useRadix moves what is scheduled to the radix heap.
func (k *kernel) useRadix() {
	if k.other != nil {
		return
	}
	if k.queue.hole {
		k.queue.fill()
	}
	keys := k.queue.keys[root:k.queue.end]
	slices.SortStableFunc(keys, byOrder)
	if k.radix == nil {
		k.radix = new(radix)
	}
	k.radix.reset()
	k.radix.last = uint64(k.now)
	for _, key := range keys {
		k.radix.push(key)
	}
	k.queue.reset()
	k.other = k.radix
}

// reset forgets all events, and the choice of a queue.
func (k *kernel) reset() {
	k.choice = QueueAuto
	if k.radix != nil && k.other == k.radix {
		k.other = nil
	}
	k.now, k.seq, k.ordinal, k.ties, k.instant, k.tieKey = 0, 0, 0, 0, 0, 0
	k.events, k.free, k.live = k.events[:0], none, 0
	k.queue.reset()
	k.timers.reset()
	if k.other != nil {
		k.other.reset()
	}
}

// alloc takes a free entry of the slab. Pointers into the slab are valid until
// the next alloc.
func (k *kernel) alloc() (int32, *event) {
	k.live++
	if i := k.free; i >= 0 {
		e := &k.events[i]
		k.free = e.next
		return i, e
	}
	return k.extend()
}

func (k *kernel) extend() (int32, *event) {
	if len(k.events) == crowd && k.choice == QueueAuto {
		k.useRadix()
	}
	if len(k.events) > indexMask {
		panic(fmt.Sprintf("sim: %d events pending, the limit", len(k.events)))
	}
	k.events = append(k.events, event{})
	return int32(len(k.events) - 1), &k.events[len(k.events)-1]
}

func (k *kernel) release(i int32) { k.vacate(&k.events[i], i) }

// vacate is release where e is event i.
func (k *kernel) vacate(e *event, i int32) {
	e.kind, e.id, e.next = eventFree, 0, k.free
	k.free = i
	k.live--
}

// newKey gives event i the next sequence number.
func (k *kernel) newKey(at int64, i int32) key {
	k.seq++
	seq := k.seq
	if seq >= maxSeq || k.tieKey != 0 {
		seq = k.unusual(seq)
	}
	lo := seq<<indexBits | uint64(i)
	k.events[i].id = lo
	return key{uint64(max(at, k.now)), lo}
}

// unusual is the sequence number where ties are drawn, or numbers run out.
func (k *kernel) unusual(seq uint64) uint64 {
	if seq >= maxSeq {
		panic(fmt.Sprintf("sim: %d events scheduled, the limit", seq))
	}
	return shuffle(seq, k.tieKey)
}

// schedule makes event i due at a time.
func (k *kernel) schedule(at int64, i int32) {
	key := k.newKey(at, i)
	if k.other != nil {
		k.other.push(key)
		return
	}
	k.queue.push(key)
}

// scheduleTimer makes event i due at a time, unless it is cancelled before.
func (k *kernel) scheduleTimer(at int64, i int32) uint64 {
	key := k.newKey(at, i)
	k.timers.push(key)
	return key.lo
}

// next takes the first event that is due at limit or before. Its entry stays
// allocated.
func (k *kernel) next(limit int64) (i int32, at int64, ok bool) {
	if k.other != nil {
		return k.nextOfOther(limit)
	}
	if k.queue.hole {
		k.queue.fill()
	}
	first, timer := &k.queue.keys[root], &k.timers.keys[root]
	if less(timer, first) != 0 {
		return k.nextTimer(limit)
	}
	if first.hi > uint64(limit) {
		return none, 0, false
	}
	k.queue.hole = true
	return int32(first.lo & indexMask), int64(first.hi), true
}

func (k *kernel) nextTimer(limit int64) (i int32, at int64, ok bool) {
	timer := k.timers.keys[root]
	if timer.hi > uint64(limit) {
		return none, 0, false
	}
	k.timers.pop()
	return int32(timer.lo & indexMask), int64(timer.hi), true
}

func (k *kernel) nextOfOther(limit int64) (i int32, at int64, ok bool) {
	first := k.other.min()
	if less(&k.timers.keys[root], &first) != 0 {
		return k.nextTimer(limit)
	}
	if first.hi > uint64(limit) {
		return none, 0, false
	}
	k.other.pop()
	return int32(first.lo & indexMask), int64(first.hi), true
}

// begin moves the clock to an event and numbers it.
func (k *kernel) begin(at int64) {
	if at == k.now && k.ordinal > 0 {
		k.ties++
		k.instant++
	} else {
		k.now, k.instant = at, 1
	}
	k.ordinal++
}

// after is a time in the future, at most the end of time.
func (k *kernel) after(d int64) int64 {
	if d > math.MaxInt64-k.now {
		return math.MaxInt64
	}
	return k.now + max(d, 0)
}

// shuffle is a bijection of 40-bit numbers that depends on the key: a Feistel
// network of four rounds over two halves of 20 bits. It orders ties as if by
// lot and still gives no two events the same number.
func shuffle(seq, tieKey uint64) uint64 {
	const half, mask = 20, 1<<20 - 1
	l, r := seq>>half&mask, seq&mask
	for round := uint64(0); round < 4; round++ {
		l, r = r, l^rng.Mix(tieKey+round, r)>>(64-half)
	}
	return l<<half | r
}
