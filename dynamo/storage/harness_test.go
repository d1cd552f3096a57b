package storage

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

var testSpace = TokenSpace{Base: 3 << 40, Mask: 1<<40 - 1}

// small is a configuration whose compactions come after a few dozen writes.
func small(p Policy) Config {
	return Config{Prefix: "data", Sync: p, Period: 1, MinCompact: 1, Segment: 1, Chunk: 512, Checksums: true}
}

// change is a put or a remove of the twin.
type change struct {
	version uint64 // unique; its payload tells it
	removal bool
	payload []byte
}

// key is what the twin knows of a key: its changes in the order in which they were
// asked for. Its state is that of the last acknowledged one; after a crash it may
// also be a later one.
type key struct {
	changes []change
	acked   int // index of the last acknowledged one, or -1
	synced  int // of the last one that was acknowledged and then durable, or -1
}

// asked is a get under way: of which slot, and what was acknowledged when it began.
type asked struct{ slot, acked int }

// node owns an engine as a node does, beside a twin that knows what it must hold.
type node struct {
	disk    *fakeDisk
	engine  *Engine
	keys    []key
	version uint64
	pending map[uint64][2]int // token -> slot, index in changes
	token   uint64
	gets    map[uint64]asked

	loaded    map[uint32][]byte // what Loaded said last
	corrupt   map[uint32]bool
	stats     *RecoveryStats
	settled   bool  // since the last boot
	unsynced  []int // slots acknowledged and perhaps not durable
	tolerant  bool  // damage is being done: Corrupt is no failure
	acks      int
	failures  int
	served    int
	reports   int // of corrupt keys
	problems  []string
	onWritten func()
	onCorrupt func(slot uint32)
}

func newNode(d *fakeDisk, cfg Config, keys int) *node {
	n := &node{keys: make([]key, keys), gets: map[uint64]asked{}}
	for i := range n.keys {
		n.keys[i].acked, n.keys[i].synced = -1, -1
	}
	n.boot(d, cfg)
	n.run()
	n.settled = true
	return n
}

// boot replaces the engine by a new one on a disk.
func (n *node) boot(d *fakeDisk, cfg Config) {
	n.disk = d
	n.pending, n.gets = map[uint64][2]int{}, map[uint64]asked{}
	n.loaded, n.corrupt, n.stats = map[uint32][]byte{}, map[uint32]bool{}, nil
	n.settled, n.unsynced = false, nil
	n.engine = New(d, cfg, n, testSpace)
	n.engine.Recover()
}

func (n *node) problem(format string, args ...any) {
	n.problems = append(n.problems, fmt.Sprintf(format, args...))
}

func keyName(slot uint32) string { return fmt.Sprintf("key-%d", slot) }

func (n *node) Slot(k []byte) uint32 {
	digits, ok := bytes.CutPrefix(k, []byte("key-"))
	slot, err := strconv.Atoi(string(digits))
	if !ok || err != nil || slot >= len(n.keys) {
		n.problem("key %q was never put", k)
		return 0
	}
	return uint32(slot)
}

func (n *node) AppendKey(b []byte, slot uint32) []byte { return append(b, keyName(slot)...) }

func (n *node) Loaded(k, payload []byte, at Location) {
	if slot := n.Slot(k); slot != at.Slot {
		n.problem("loaded slot %d as %d", slot, at.Slot)
	}
	if payload != nil {
		payload = append([]byte{}, payload...)
	}
	n.loaded[at.Slot] = payload
}

func (n *node) Recovered(s RecoveryStats) { n.stats = &s }

func (n *node) Corrupt(slot uint32) {
	if !n.tolerant {
		n.problem("%s reported corrupt", keyName(slot))
	}
	n.corrupt[slot] = true
	n.reports++
	if n.onCorrupt != nil && n.stats != nil {
		n.onCorrupt(slot)
	}
}

func (n *node) Written(token uint64, err Error) {
	p, ok := n.pending[token]
	if !ok {
		n.problem("written %d was not asked for", token)
		return
	}
	delete(n.pending, token)
	if err != NoError {
		n.failures++
		return
	}
	n.acks++
	k := &n.keys[p[0]]
	k.acked = max(k.acked, p[1])
	n.unsynced = append(n.unsynced, p[0])
	delete(n.corrupt, uint32(p[0]))
	if n.onWritten != nil {
		n.onWritten()
	}
}

func (n *node) Got(token uint64, payload []byte, err Error) {
	g, ok := n.gets[token]
	if !ok {
		n.problem("got %d was not asked for", token)
		return
	}
	delete(n.gets, token)
	n.served++
	k := &n.keys[g.slot]
	found := n.of(g.slot, payload)
	switch {
	case err == Corrupt && n.corrupt[uint32(g.slot)], (err == IO || err == NoSpace || err == Busy) && n.disk.fail != nil:
	case err == NotFound && (n.gone(k, g.acked) || n.gone(k, k.acked)):
	case err == NoError && found >= g.acked && found <= k.acked && found >= 0:
	default:
		n.problem("get of %s: %q, %v; acknowledged is %d, was %d", keyName(uint32(g.slot)), payload, err, k.acked, g.acked)
	}
}

// gone reports whether the key has no state after change i.
func (n *node) gone(k *key, i int) bool { return i < 0 || k.changes[i].removal }

// of returns which change of the key has this payload, or -1.
func (n *node) of(slot int, payload []byte) int {
	for i, c := range n.keys[slot].changes {
		if !c.removal && bytes.Equal(c.payload, payload) {
			return i
		}
	}
	return -1
}

// put puts the next version of a key, whose payload has about size bytes.
func (n *node) put(slot, size int, weight int64) {
	n.version++
	p := []byte(fmt.Sprintf("%s version %d ", keyName(uint32(slot)), n.version))
	p = append(p, strings.Repeat("x", max(0, size-len(p)))...)
	c := change{version: n.version, payload: p}
	n.token++
	n.keys[slot].changes = append(n.keys[slot].changes, c)
	n.pending[n.token] = [2]int{slot, len(n.keys[slot].changes) - 1}
	n.engine.Put(uint32(slot), []byte(keyName(uint32(slot))), p, weight, n.token)
}

func (n *node) remove(slot int) {
	n.version++
	n.token++
	n.keys[slot].changes = append(n.keys[slot].changes, change{version: n.version, removal: true})
	n.pending[n.token] = [2]int{slot, len(n.keys[slot].changes) - 1}
	n.engine.Remove(uint32(slot), []byte(keyName(uint32(slot))), n.token)
}

func (n *node) get(slot int) {
	n.token++
	n.gets[n.token] = asked{slot, n.keys[slot].acked}
	n.engine.Get(uint32(slot), n.token)
}

// checkResting: what passes for an engine with nothing to do is one for which advance does nothing.
func (n *node) checkResting() {
	e := n.engine
	if e.weighed && !e.roomy() {
		panic("an engine that was weighed has no room")
	}
	if e.resting() && (e.compaction.stage != stageNone || e.recovery.stage != recoveryNone || e.doubtful || e.excessive()) {
		panic("an engine that has work to do rests")
	}
}

// step handles one completion, or a Tick if there is none; false when there is
// nothing to do.
// checkKept compares what the engine keeps up to date with what it would find out.
func (n *node) checkKept() {
	e := n.engine
	was := e.mark
	if e.updateMark(); e.mark != was {
		n.problem("the log is durable up to %v, not %v", e.mark, was)
	}
	for _, id := range e.order {
		l := e.logs[id]
		if size := n.disk.Size(l.file); l.size != size || e.fileOf(id) != l.file {
			n.problem("log %d has %d bytes in file %d, not %d in %d", l.gen, size, l.file, l.size, e.fileOf(id))
		}
	}
}

func (n *node) step() bool {
	if c, ok := n.disk.step(); ok {
		n.engine.Handle(&c)
		n.checkResting()
		n.checkKept()
		n.note()
		return true
	}
	if n.disk.dead() || n.engine.Wants() == 0 {
		return false
	}
	n.engine.Tick()
	return len(n.disk.queue) > 0
}

// note notes which states have become durable.
func (n *node) note() {
	if !n.settled {
		return
	}
	kept := n.unsynced[:0]
	for _, slot := range n.unsynced {
		if k := &n.keys[slot]; n.engine.Synced(uint32(slot)) {
			k.synced = k.acked
		} else {
			kept = append(kept, slot)
		}
	}
	n.unsynced = kept
}

func (n *node) run() {
	for range 100000 {
		if !n.step() {
			return
		}
	}
	n.problem("the engine does not come to rest")
}

// settle takes what the engine recovered as the twin's state, after checking that
// it is allowed: no key is older than the floor. A key that is reported corrupt
// stays as it was.
func (n *node) settle(f floor) {
	n.settled = true
	for slot := range n.keys {
		if n.corrupt[uint32(slot)] {
			continue
		}
		k := &n.keys[slot]
		payload := n.loaded[uint32(slot)]
		found := n.of(slot, payload)
		switch {
		case payload == nil:
			n.absent(slot, f)
		case found < 0:
			n.problem("%s recovered as %q, which was never put", keyName(uint32(slot)), payload)
			continue
		case found < k.floor(f):
			n.problem("%s recovered as change %d although %d was acknowledged, %d synced", keyName(uint32(slot)), found, k.acked, k.synced)
		}
		if payload != nil {
			k.changes, k.acked, k.synced = k.changes[:found+1], found, found
		}
		if has := n.engine.Has(uint32(slot)); has != (payload != nil) {
			n.problem("%s: Has is %v", keyName(uint32(slot)), has)
		}
	}
}

// absent checks that the key may have no state, and settles it.
func (n *node) absent(slot int, f floor) {
	k := &n.keys[slot]
	from := k.floor(f)
	allowed := from < 0
	for i := max(from, 0); i < len(k.changes); i++ {
		allowed = allowed || k.changes[i].removal
	}
	if !allowed {
		n.problem("%s recovered without a state although of %d changes %d was acknowledged, %d synced", keyName(uint32(slot)), len(k.changes), k.acked, k.synced)
	}
	k.changes = append(k.changes, change{removal: true})
	k.acked, k.synced = len(k.changes)-1, len(k.changes)-1
}

// floor is what a crash may not take away.
type floor uint8

const (
	anything floor = iota // it may take everything
	synced                // what was durable
	acked                 // what was acknowledged
)

// floorAfter returns what survives a crash under a policy.
func floorAfter(p Policy, crashes ...crash) floor {
	for _, c := range crashes {
		if c != process && !p.waits() {
			return synced
		}
	}
	return acked
}

func (k *key) floor(f floor) int {
	switch f {
	case synced:
		return k.synced
	case acked:
		return k.acked
	}
	return -1
}

// verify reads all keys and compares them with the twin.
func (n *node) verify() {
	for slot := range n.keys {
		n.get(slot)
	}
	n.run()
	if len(n.gets) > 0 {
		n.problem("%d gets never ended", len(n.gets))
	}
}
