package dynamo

import (
	"encoding/binary"
	"fmt"

	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// Start begins an incarnation: the node reads back its logs, through the same code whether it crashed or never ran before, reserves a
// block of counters, and serves.
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
		Prefix: enginePrefixes[i], Sync: n.cfg.Sync, Period: n.cfg.SyncPeriod, CompactAt: int64(n.cfg.CompactAt), Checksums: n.cfg.Checksums,
	}
	if i == engineMeta {
		cfg.Sync = storage.Each // a counter is durable before it is used, whatever the policy for data
	}
	space := storage.TokenSpace{Base: uint64(i) << tokenShift, Mask: 1<<tokenShift - 1}
	return storage.New(n.env.Disk(), cfg, owner, space)
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
	if n.actor == 0 {
		n.actor = ActorOf(n.id, uint32(n.env.Rand(RandEpoch))|1)
	}
	n.counter = n.reserved
	n.reserveCounters()
}

// ActorOf is the actor of a node in an epoch of its life. A node whose disk is empty takes a new epoch, so that no (actor, counter) ever
// names two versions; the nodes of a cluster that was formed before time began are in epoch 0.
func ActorOf(id NodeID, epoch uint32) vclock.Actor {
	return vclock.Actor(uint64(uint32(id))+1)<<32 | vclock.Actor(epoch)
}

// ActorNode is the node behind an actor, NoNode for one that is no node's.
func ActorNode(a vclock.Actor) NodeID { return NodeID(int64(a>>32) - 1) }

// reserveCounters writes the end of the next block of counters to disk; until that is durable none of them is used.
func (n *Node) reserveCounters() {
	n.reserve = n.reserved + n.cfg.CounterBlock
	n.calls++
	n.meta.Put(0, metaKey, identity(n.actor, n.reserve), 0, n.tickets.put(ticket{kind: ticketCounters}))
	n.calls--
}

// keepCountersAhead reserves the next block when half of this one is used.
func (n *Node) keepCountersAhead() {
	if n.reserve == 0 && n.reserved-n.counter < n.cfg.CounterBlock/2 {
		n.reserveCounters()
	}
}

func (n *Node) countersReserved(ok bool) {
	if !ok {
		n.env.Mark(MarkDiskFailed, NoKey, 0)
		n.reserveCounters()
		return
	}
	n.reserved, n.reserve = n.reserve, 0
	if !n.serving {
		n.serve()
	}
}

// serve begins service.
func (n *Node) serve() {
	n.serving = true
	n.env.Mark(MarkServing, NoKey, int64(n.counter+1))
	if n.cfg.Handoff {
		phase := int64(n.env.Rand(RandPhase) % uint64(n.cfg.HandoffEvery))
		n.env.SetTimer(Timer{Kind: TimerHandoff}, phase)
	}
}

// metaKey is the one key of the identity log.
var metaKey = []byte("identity")

func identity(actor vclock.Actor, reserved uint64) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(actor))
	return binary.LittleEndian.AppendUint64(b, reserved)
}

// dataLog, hintLog and metaLog are what the engines report to.
type dataLog struct{ *Node }

func (l dataLog) Slot(key []byte) uint32 {
	return uint32(l.store.slotOf(l.shared.Keys.InternBytes(key)))
}

func (l dataLog) AppendKey(b []byte, slot uint32) []byte {
	return append(b, l.shared.Keys.Name(l.store.keys[slot])...)
}

func (l dataLog) Loaded(key, payload []byte, _ storage.Location) {
	if l.recovery.Records == 0 {
		l.recovery.Records++
		l.env.Mark(MarkRecoveryMid, NoKey, 0)
	}
	slot := l.Slot(key)
	l.store.sets[slot] = l.decode(payload)
}

func (l dataLog) Recovered(stats storage.RecoveryStats) { l.recovered(stats) }

// Corrupt: an unreadable value must not win by its clock: the causal context goes with it, and peers repair the key.
func (l dataLog) Corrupt(slot uint32) {
	l.env.Mark(MarkCorruptRead, l.store.keys[slot], 0)
	l.store.sets[slot] = nil
}

func (l dataLog) Written(token uint64, err storage.Error) { l.written(token, err) }

func (l dataLog) Got(token uint64, _ []byte, err storage.Error) { l.got(token, err) }

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
	l.hints.use(int32(i), l.env.Now())
	l.hints.entries[i].set = l.decode(payload)
}

func (l hintLog) Recovered(stats storage.RecoveryStats) { l.recovered(stats) }

func (l hintLog) Corrupt(slot uint32) {
	e := &l.hints.entries[slot]
	l.env.Mark(MarkCorruptRead, e.key, int64(e.home))
	e.set = nil
}

func (l hintLog) Written(token uint64, err storage.Error) { l.written(token, err) }

func (l hintLog) Got(token uint64, _ []byte, err storage.Error) { l.got(token, err) }

type metaLog struct{ *Node }

func (l metaLog) Slot([]byte) uint32 { return 0 }

func (l metaLog) AppendKey(b []byte, _ uint32) []byte { return append(b, metaKey...) }

func (l metaLog) Loaded(_, payload []byte, _ storage.Location) {
	if len(payload) == 16 {
		l.actor = vclock.Actor(binary.LittleEndian.Uint64(payload))
		l.reserved = binary.LittleEndian.Uint64(payload[8:])
	}
}

func (l metaLog) Recovered(stats storage.RecoveryStats) { l.recovered(stats) }

// Corrupt: without its counters the node takes a new actor, as on an empty disk.
func (l metaLog) Corrupt(uint32) { l.actor, l.reserved = 0, 0 }

func (l metaLog) Written(token uint64, err storage.Error) { l.written(token, err) }

func (l metaLog) Got(token uint64, _ []byte, err storage.Error) { l.got(token, err) }

func (n *Node) written(token uint64, err storage.Error) {
	if err != storage.NoError {
		n.env.Mark(MarkDiskFailed, NoKey, int64(err))
	}
	n.engineEnded(ended{token: token, ok: err == storage.NoError})
}

func (n *Node) got(token uint64, err storage.Error) {
	n.engineEnded(ended{token: token, ok: err == storage.NoError, read: true})
}

// decode reads a version set from its storage form. The engine has verified the checksum, so anything unreadable is a broken invariant.
func (n *Node) decode(payload []byte) *vclock.Set {
	if payload == nil {
		return nil
	}
	set, err := vclock.DecodeSet(n.shared.Arena, payload)
	if err != nil {
		panic(fmt.Sprintf("dynamo: record with a valid checksum does not decode: %v", err))
	}
	return set
}
