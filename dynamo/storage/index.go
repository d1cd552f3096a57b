package storage

// state is what the engine knows of a key.
type state uint8

const (
	absent  state = 0 // no record of it counts
	live    state = 1 // the entry's record holds it
	removed state = 2 // the entry's record removes it
	lost    state = 3 // it is unreadable; the entry's record says so, or is itself damaged
)

// entry is the index's knowledge of one slot. It speaks of acknowledged states
// only: a write under way is not in it. Gets go here in no order, so an entry is
// half a line of the processor's cache; the weight of its record, which gets do
// not ask for, is in Engine.weights.
type entry struct {
	seq     uint64 // of the state
	off     int64  // of the record in its log
	length  int32  // of the record, bytes
	log     int32  // id of the log; none if the state is absent
	records uint32 // valid records of this key in all logs, superseded ones included
	key     uint16 // length of the key, bytes
	state   state
	pages   uint8 // of the device, that a read of the record takes, see Disk.Read; 0 if unknown
}

// few is a number of pages as an entry keeps it.
func few(pages int64) uint8 {
	if pages > 255 {
		return 0
	}
	return uint8(pages)
}

// state returns the state that a record of this kind puts a key in.
func (k kind) state() state {
	switch k {
	case kindPut:
		return live
	case kindRemove:
		return removed
	}
	return lost
}

// kind is the inverse of kind.state.
func (s state) kind() kind {
	switch s {
	case live:
		return kindPut
	case removed:
		return kindRemove
	}
	return kindLost
}

// at reports whether the entry's record lies at that place.
func (n *entry) at(log int32, off int64) bool {
	return n.state != absent && n.log == log && n.off == off
}

// entry returns the entry of a slot, making room for it.
func (e *Engine) entry(slot uint32) *entry {
	if uint64(slot) >= uint64(len(e.index)) {
		e.makeRoom(slot)
	}
	return &e.index[slot]
}

//go:noinline — so that entry is, and is short
func (e *Engine) makeRoom(slot uint32) {
	for uint64(slot) >= uint64(len(e.index)) {
		e.index = append(e.index, entry{log: none})
		e.weights = append(e.weights, 0)
	}
}

// place makes a record of some weight what counts for the slot.
func (e *Engine) place(slot uint32, record *entry, weight int64) {
	n := e.entry(slot)
	record.records = n.records
	if n.state == live && record.state == live { // as nearly always
		before, now := e.logs[n.log], e.logs[record.log]
		old := e.weights[slot]
		before.entries--
		before.live -= old
		now.entries++
		now.live += weight
		e.live += weight - old
		e.weighed = false
		*n, e.weights[slot] = *record, weight
		return
	}
	e.account(slot, -1)
	*n, e.weights[slot] = *record, weight
	e.account(slot, 1)
}

// in is the entry for a record in log l that puts its key in a state.
func (r *record) in(l *logFile, s state) *entry {
	return &entry{state: s, log: l.id, seq: r.seq, off: r.off, length: int32(r.length), key: uint16(len(r.key))}
}

// forget leaves nothing of the slot: its removal needs no record any more.
func (e *Engine) forget(slot uint32) {
	n := e.entry(slot)
	e.account(slot, -1)
	n.state, n.log = absent, none
}

// damage marks the state of the slot as unreadable where it lies.
func (e *Engine) damage(slot uint32) {
	n := e.entry(slot)
	e.account(slot, -1)
	n.state = lost
	e.account(slot, 1)
}

// account adds the slot's entry, sign times, to what its log and the engine hold.
//
//go:noinline — so that those who seldom call it are short
func (e *Engine) account(slot uint32, sign int64) {
	n := &e.index[slot]
	if n.state == absent {
		return
	}
	l, weight := e.logs[n.log], e.weights[slot]
	l.entries += int32(sign) // range: slots are fewer
	switch {
	case n.state == live || n.state == lost:
		l.live += sign * weight
		e.live += sign * weight
		e.weighed = false
	case n.records > 1:
		l.held += sign * weight
	}
	if n.state == live {
		e.stats.Keys += sign
	}
}

// count notes a record of the slot in log l, be it one that will count or not. A
// removal is held in the log for as long as there are other records of its key:
// without it they would count again.
func (e *Engine) count(l *logFile, slot uint32) {
	l.slots = append(l.slots, slot)
	e.countTo(slot, 1)
}

// recount adds the records of a log, sign times, to those of their keys.
func (e *Engine) recount(l *logFile, sign int) {
	for _, slot := range l.slots {
		e.countTo(slot, sign)
	}
}

func (e *Engine) countTo(slot uint32, by int) {
	n := e.entry(slot)
	if n.state == removed { // only then does their number matter
		e.account(slot, -1)
		n.records += uint32(by)
		e.account(slot, 1)
		return
	}
	n.records += uint32(by)
}
