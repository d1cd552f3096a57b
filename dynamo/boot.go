package dynamo

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// Start begins an incarnation: the node reads back its logs, through the same code whether it crashed or never ran before, takes a new
// actor, and serves.
func (n *Node) Start(env Env) {
	n.env = env
	n.store.engine = n.newEngine(engineData, dataLog{n})
	n.hints.engine = n.newEngine(engineHints, hintLog{n})
	n.meta = n.newEngine(engineMeta, metaLog{n})
	n.pending = engines
	for i := range engines {
		n.engine(i).Recover()
	}
	n.settleLater()
}

func (n *Node) newEngine(i int, owner storage.Owner) *storage.Engine {
	cfg := storage.Config{
		Prefix: enginePrefixes[i], Sync: n.cfg.Sync, Period: n.cfg.SyncPeriod, CompactAt: int64(n.cfg.CompactAt), Segment: n.cfg.Segment,
		Checksums: n.cfg.Checksums, Resident: n.cfg.Checksums, Scratch: &n.shared.scratch.batch,
	}
	if i == engineMeta {
		cfg.Sync = storage.Each // an epoch is durable before it is used, whatever the policy for data
	}
	space := storage.TokenSpace{Base: uint64(i) << tokenShift, Mask: 1<<tokenShift - 1}
	disk := n.env.Disk()
	if n.memory != nil {
		disk = n.memory
	}
	return storage.New(disk, cfg, owner, space)
}

// recovered is the end of one log's recovery.
func (n *Node) recovered(stats storage.RecoveryStats) {
	n.recovery.Records += stats.Records
	if stats.TornTail > 0 {
		n.env.Mark(MarkTornTail, NoKey, stats.TornTail)
	}
	if stats.Corrupt > 0 {
		n.env.Mark(MarkCorruptRecord, NoKey, stats.Corrupt)
	}
	if n.pending--; n.pending > 0 {
		return
	}
	n.env.Mark(MarkRecovered, NoKey, n.recovery.Records)
	n.beginActors()
}

// rise is the end of recovery: the node takes part in gossip, and serves if it belongs to a ring.
func (n *Node) rise() {
	n.ready = true
	n.beginGossip()
	if n.belongs() {
		n.serve()
		return
	}
	n.firstStart()
}

// serve begins service.
func (n *Node) serve() {
	if n.cfg.Memory {
		n.moveToMemory()
	}
	n.serving = true
	n.resume()
	n.env.Mark(MarkServing, NoKey, int64(n.actors.epoch))
	if n.doubt.damaged > 0 {
		n.mendLater()
	}
	n.expireLater()
	n.beginHeartbeats()
	if n.cfg.Handoff {
		phase := int64(n.env.Rand(RandPhase) % uint64(n.cfg.HandoffEvery))
		n.env.SetTimer(Timer{Kind: TimerHandoff}, phase)
	}
	if n.cfg.AntiEntropy {
		phase := int64(n.env.Rand(RandTrees) % uint64(n.cfg.AntiEntropyEvery))
		n.env.SetTimer(Timer{Kind: TimerAntiEntropy}, phase)
	}
}

// dataLog, hintLog and metaLog are what the engines report to.
type dataLog struct{ *Node }

func (l dataLog) Slot(key []byte) uint32 {
	return uint32(l.store.slotOf(l.shared.Keys.InternBytes(key)))
}

func (l dataLog) AppendKey(b []byte, slot uint32) []byte {
	return append(b, l.shared.Keys.Name(l.store.entries[slot].key)...)
}

func (l dataLog) Loaded(key, payload []byte, _ storage.Location) {
	if l.recovery.Records == 0 {
		l.recovery.Records++
		l.env.Mark(MarkRecoveryMid, NoKey, 0)
	}
	slot := l.Slot(key)
	l.take(int32(slot), payload) // range: a slot
}

func (l dataLog) Recovered(stats storage.RecoveryStats) {
	l.foundDamage(stats.TornTail > 0, stats.Unknown > 0)
	l.recovered(stats)
}

// Corrupt: an unreadable value must not win by its clock: the causal context goes with it, and peers repair the key. Where the next write is
// under way already, that takes its place.
func (l dataLog) Corrupt(slot uint32) {
	l.env.Mark(MarkCorruptRead, l.store.entries[slot].key, 0)
	if l.store.entries[slot].writes > 0 || l.buffer.holds(int32(slot)) {
		return
	}
	l.forget(nil)
	l.hold(int32(slot), nil)
	l.damage(int32(slot)) // range: a slot
}

func (l dataLog) Written(token uint64, err storage.Error) { l.written(token, err) }

func (l dataLog) Got(token uint64, payload []byte, err storage.Error) {
	if err == storage.NoError {
		if l.cfg.Checksums && l.calls == 0 { // the usual end
			l.settleRead(token)
			return
		}
		if !l.cfg.Checksums {
			err = l.believe(token, payload)
		}
	}
	l.got(token, err)
}

type hintLog struct{ *Node }

// split takes the name of a hint record apart.
func (l hintLog) split(name []byte) (NodeID, KeyID) {
	if len(name) < 4 {
		panic(fmt.Sprintf("dynamo: hint record with the name %q", name))
	}
	return NodeID(binary.LittleEndian.Uint32(name)), l.shared.Keys.InternBytes(name[4:])
}

func (l hintLog) Slot(name []byte) uint32 {
	home, key := l.split(name)
	return uint32(l.hints.slotOf(home, key))
}

func (l hintLog) AppendKey(b []byte, slot uint32) []byte {
	e := &l.hints.entries[slot]
	return append(b, l.hintKey(e.home, e.key)...)
}

func (l hintLog) Loaded(name, payload []byte, _ storage.Location) {
	i := l.Slot(name)
	if payload == nil {
		l.hints.drop(int32(i))
		return
	}
	set, ok := l.decode(l.hints.entries[i].key, payload)
	if !ok {
		l.unreadable()
		l.hints.drop(int32(i))
		return
	}
	l.hints.use(int32(i), l.env.Now())
	l.partial = true
	l.hints.entries[i].set = set
}

func (l hintLog) Recovered(stats storage.RecoveryStats) { l.recovered(stats) }

func (l hintLog) Corrupt(slot uint32) {
	e := &l.hints.entries[slot]
	l.env.Mark(MarkCorruptRead, e.key, int64(e.home))
	if e.writes > 0 {
		return
	}
	if e.used && l.serving {
		l.env.Mark(MarkHintDestroyed, e.key, int64(e.home))
	}
	l.forget(nil)
	l.dropHint(int32(slot))
}

func (l hintLog) Written(token uint64, err storage.Error) { l.written(token, err) }

func (l hintLog) Got(token uint64, _ []byte, err storage.Error) { l.got(token, err) }

type metaLog struct{ *Node }

func (l metaLog) Slot(key []byte) uint32 {
	switch string(key) {
	case string(metaKeys[metaMembers]):
		return metaMembers
	case string(metaKeys[metaTransfers]):
		return metaTransfers
	}
	return metaIdentity
}

func (l metaLog) AppendKey(b []byte, slot uint32) []byte { return append(b, metaKeys[slot]...) }

func (l metaLog) Loaded(key, payload []byte, _ storage.Location) {
	switch slot := l.Slot(key); {
	case payload == nil:
	case slot == metaMembers:
		l.recallStored(payload)
	case slot == metaTransfers:
		l.recallGiven(payload)
	case len(payload) == identitySize || len(payload) == identitySize+identityMore:
		l.actors.known, l.actors.reserved = true, binary.LittleEndian.Uint32(payload)
		l.actors.copy, l.actors.doubt = 0, doubtNone
		if len(payload) > identitySize {
			l.actors.copy = binary.LittleEndian.Uint64(payload[identitySize:])
			l.actors.doubt = doubtLevel(payload[identitySize+8])
		}
	}
}

// Recovered: with an unreadable piece inside the log, what it says of the node's identity may be out of date.
func (l metaLog) Recovered(stats storage.RecoveryStats) {
	if stats.Unknown > 0 {
		l.actors = actors{}
	}
	l.recovered(stats)
}

// Corrupt: without its identity the node begins as on an empty disk; without its view it waits for a peer that knows it; what it had to hand over are
// strays. What it knows in memory it writes again.
func (l metaLog) Corrupt(slot uint32) {
	switch {
	case slot == metaIdentity:
		l.actors = actors{}
		return
	case slot == metaTransfers && l.ready:
		l.transfers.record.empty = false
		l.writeRecord()
		return
	case slot == metaTransfers:
		l.transfers.tasks, l.transfers.awaited = l.transfers.tasks[:0], l.transfers.awaited[:0]
		return
	}
	if l.members.stored = nil; l.ready {
		l.writeView()
		return
	}
	l.recall(membership.New())
}

func (l metaLog) Written(token uint64, err storage.Error) { l.written(token, err) }

func (l metaLog) Got(token uint64, _ []byte, err storage.Error) { l.got(token, err) }

func (n *Node) written(token uint64, err storage.Error) {
	why := OK
	switch err {
	case storage.NoError:
	case storage.Busy:
		n.env.Mark(MarkDiskBusy, NoKey, 0)
		why = Overloaded
	default:
		n.env.Mark(MarkDiskFailed, NoKey, int64(err))
		why = DiskFailed
	}
	n.engineEnded(ended{token: token, why: why})
}

// got is the end of a read. Not found is what the engine calls a key whose first write is under way: memory has it.
func (n *Node) got(token uint64, err storage.Error) {
	why := Corrupt
	switch err {
	case storage.NoError, storage.NotFound:
		why = OK
	case storage.Busy:
		n.env.Mark(MarkDiskBusy, NoKey, 1)
		why = Overloaded
	case storage.IO:
		n.env.Mark(MarkDiskFailed, NoKey, int64(err))
		why = DiskFailed
	}
	n.engineEnded(ended{token: token, why: why, read: true})
}

// take makes what a record says the state of a slot: during recovery, each that is the newest so far.
func (n *Node) take(slot int32, payload []byte) bool {
	e := &n.store.entries[slot]
	whole := len(payload)
	set, ok := n.decode(e.key, payload)
	if !ok && whole > 0 && payload[whole-1] == incomplete {
		set, ok = n.decode(e.key, payload[:whole-1])
		n.damage(slot)
	} else if n.doubting {
		n.doubt.setDamaged(slot, false)
	}
	if !ok {
		n.unreadable()
		n.damage(slot)
	}
	n.store.hold(slot, set)
	return ok
}

// DecodeStored reads back what a node stores of a key, be it all that it had or not; nil where the bytes are nothing of that kind.
func DecodeStored(a *vclock.Arena, payload []byte) *vclock.Set {
	set, err := vclock.DecodeSet(a, payload)
	if whole := len(payload); err != nil && whole > 0 && payload[whole-1] == incomplete {
		set, err = vclock.DecodeSet(a, payload[:whole-1])
	}
	if err != nil {
		return nil
	}
	return set
}

// unreadable: a record does not decode. The engine has verified its checksum, so that this is a broken invariant, unless it was told not to.
func (n *Node) unreadable() {
	if n.cfg.Checksums {
		panic("dynamo: record with a valid checksum does not decode")
	}
}

// believe takes what the disk returns for what the node holds: without checksums there is nothing to tell that it is not.
func (n *Node) believe(token uint64, payload []byte) storage.Error {
	t := n.tickets.at(token)
	slot := n.store.table.get(t.key)
	if slot < 0 || n.store.entries[slot].writes > 0 || n.buffer.holds(slot) {
		return storage.NoError
	}
	n.shared.scratch.payload = vclock.AppendSet(n.shared.scratch.payload[:0], n.store.entries[slot].set)
	if bytes.Equal(n.shared.scratch.payload, payload) {
		return storage.NoError
	}
	before := n.store.entries[slot].set
	ok := n.take(slot, payload)
	if set := n.store.entries[slot].set; set != before {
		n.hold(slot, set)
	}
	if !ok {
		return storage.Corrupt
	}
	return storage.NoError
}

// decode reads a version set from its storage form; false: it is none. The replicas of a key mostly hold the same bytes: those read the same
// twice in a row give one set.
func (n *Node) decode(key KeyID, payload []byte) (*vclock.Set, bool) {
	if payload == nil {
		return nil, true
	}
	same := n.shared.decodedOf(key)
	if *same != nil {
		if n.shared.scratch.payload = vclock.AppendSet(n.shared.scratch.payload[:0], *same); bytes.Equal(n.shared.scratch.payload, payload) {
			return *same, true
		}
	}
	set, err := vclock.DecodeSet(n.shared.Arena, payload)
	if err != nil {
		return nil, false
	}
	*same = set
	return set, true
}
