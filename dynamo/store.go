package dynamo

import (
	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// A node has three logs on its disk: what it stores, the hints that it keeps for others, and its own identity with the epochs
// that it may use. Each is an engine of package storage with a share of the node's completion tokens.
const (
	engineData  = 0
	engineHints = 1
	engineMeta  = 2
	engines     = 3

	tokenShift = 56
)

var enginePrefixes = [engines]string{"data", "hints", "meta"}

// What the names of the files of each log begin with.
const (
	DataFiles = "data-"
	HintFiles = "hints-"
	MetaFiles = "meta-"
)

// Vouched is up to which offset of one of its files the node will recognise damage as such: later records say that it was durable. What
// lies beyond would pass for what a crash left of the last writes. 0 for a file that is not one of its logs.
func (n *Node) Vouched(file string) int64 {
	for i := range engines {
		if end := n.engine(i).Vouched(file); end > 0 {
			return end
		}
	}
	return 0
}

// store is what the node holds of each key: the newest version set in memory, as the log's index, and on disk.
type store struct {
	engine  *storage.Engine
	entries []stored // by slot
	table   slotTable
}

type stored struct {
	set    *vclock.Set
	key    KeyID
	writes int32 // under way to the log
}

func (s *store) emptied() store {
	clear(s.entries)
	return store{table: s.table.emptied(), entries: s.entries[:0]}
}

// slotOf gives the node's slot of a key, a new one where it never stored the key.
func (s *store) slotOf(key KeyID) int32 {
	slot := s.table.get(key)
	if slot < 0 {
		slot = int32(len(s.entries))
		s.table.set(key, slot)
		s.entries = append(s.entries, stored{key: key})
		s.table.empty++
	}
	return slot
}

// hold replaces what is held of a key.
func (s *store) hold(slot int32, set *vclock.Set) {
	e := &s.entries[slot]
	if (e.set == nil) != (set == nil) {
		s.turn(set == nil)
	}
	e.set = set
}

// turn notes that something is held of one key more, or of one less.
func (s *store) turn(empty bool) {
	if empty {
		s.table.empty++
	} else {
		s.table.empty--
	}
}

// whole tells whether the node keeps no hints and waits for no ranges, so that what it stores is all that it has to say of a key.
func (n *Node) whole() bool { return !n.partial || n.isWhole() }

func (n *Node) isWhole() bool {
	n.partial = n.hints.count > 0 || len(n.transfers.awaited) > 0
	return !n.partial
}

// held is all that this node holds of a key, the hints that it keeps for others included.
func (n *Node) held(key KeyID) *vclock.Set {
	set := n.Stored(key)
	if n.whole() {
		return set
	}
	for i := n.hints.byKey.get(key); i >= 0; i = n.hints.entries[i].next {
		set = n.cfg.Mode.Merge(n.shared.Arena, set, n.hints.entries[i].set)
	}
	return set
}

// Stored is what this node holds of a key as its own; nil where it holds nothing.
func (n *Node) Stored(key KeyID) *vclock.Set {
	if slot := n.store.table.get(key); slot >= 0 {
		return n.store.entries[slot].set
	}
	return nil
}

// EachStored calls f for every key that the node stores, in the order in which it came to know them.
func (n *Node) EachStored(f func(key KeyID, set *vclock.Set)) {
	for i := range n.store.entries {
		if e := n.store.entries[i]; e.set != nil {
			f(e.key, e.set)
		}
	}
}

// HintFor is what the node keeps of a key for another home; nil where it keeps nothing.
func (n *Node) HintFor(home NodeID, key KeyID) *vclock.Set {
	if i := n.hints.find(home, key); i >= 0 && n.hints.entries[i].used {
		return n.hints.entries[i].set
	}
	return nil
}

// EachHint calls f for every hint that the node keeps.
func (n *Node) EachHint(f func(home NodeID, key KeyID, set *vclock.Set)) {
	for i := range n.hints.entries {
		if e := &n.hints.entries[i]; e.used {
			f(e.home, e.key, e.set)
		}
	}
}

// Hints is how many hints the node keeps.
func (n *Node) Hints() int { return n.hints.count }

// keep merges a set into what the node holds, as its own or as a hint for another home, and writes it to the log. The ticket is called
// when it is durable. A set that brings nothing new is written again if somebody waits: what is held already may not be synced.
func (n *Node) keep(key KeyID, home NodeID, set *vclock.Set, t *ticket) {
	if home != NoNode && home != n.id {
		n.keepHint(key, home, set, t)
		return
	}
	slot := n.store.slotOf(key)
	before := n.store.entries[slot].set
	merged := n.cfg.Mode.Merge(n.shared.Arena, before, set)
	if merged.Live() < len(merged.Versions) {
		if merged = n.withoutExpired(merged); merged == nil {
			n.remove(slot, t)
			return
		}
		if merged != before && merged.Live() < len(merged.Versions) {
			n.env.Mark(MarkTombstone, key, 0)
		}
	}
	if merged == before && t.kind == ticketNobody {
		return
	}
	n.replace(slot, merged, t)
}

// replace stores a set in place of what the node holds of a key.
func (n *Node) replace(slot int32, set *vclock.Set, t *ticket) {
	if e := &n.store.entries[slot]; e.set != set {
		n.hold(slot, set)
		n.env.Mark(MarkStored, e.key, 0)
		if n.moved && !n.place.IsHome(n.id, e.key, n.cfg.N) {
			n.expectStrays()
		}
		if n.between {
			n.cacheWrite(slot)
		}
	}
	if n.between && n.delay(slot, t) {
		return
	}
	n.writeSlot(slot, t)
}

// writeSlot puts what the node holds of a key into the log.
func (n *Node) writeSlot(slot int32, t *ticket) {
	e := &n.store.entries[slot]
	n.write(engineData, uint32(slot), n.shared.Keys.bytes(e.key), e.set, t)
}

// write puts a set into a log.
func (n *Node) write(log int, slot uint32, key []byte, set *vclock.Set, t *ticket) {
	p := n.shared.forms.of(set, len(n.shared.Names))
	t.slot, t.log = slot, uint8(log)
	if n.doubting && t.log == engineData && n.doubt.has(int32(slot), keyDamaged) && int32(slot)+1 != n.doubt.sound { // range: a slot
		p = n.incompleteForm(p)
	}
	if n.between && t.log == engineData {
		n.buffer.entersLog(int32(slot))
	}
	*n.underWay(t)++
	e := n.engine(log)
	n.calls++
	e.PutPayload(slot, key, p, n.tickets.put(t))
	n.calls--
	if e.Wants() > 0 {
		n.wantTick(log)
	}
}

// incompleteForm is a storage form that says of itself that something of the key was lost.
func (n *Node) incompleteForm(p *storage.Payload) *storage.Payload {
	n.shared.scratch.payload = append(append(n.shared.scratch.payload[:0], p.Bytes...), incomplete)
	marked := new(storage.Payload)
	marked.Fill(n.shared.scratch.payload, p.Weight+1)
	return marked
}

// underWay counts the writes to the slot that a ticket is for.
func (n *Node) underWay(t *ticket) *int32 {
	if t.log == engineHints {
		return &n.hints.entries[t.slot].writes
	}
	return &n.store.entries[t.slot].writes
}

// lookUp reads what the node holds of a key from its disk; a ticket of this kind is called when it is there. False: what the node holds it knows
// without reading, because that is nothing, or it is in the write buffer or in the cache.
func (n *Node) lookUp(kind ticketKind, peer NodeID, request uint64, key KeyID) bool {
	slot, token := n.store.table.get(key), n.tickets.free
	if slot < 0 || n.store.table.empty > 0 && n.store.entries[slot].set == nil || token == 0 || n.doubting || n.between {
		return n.lookUpOther(&ticket{kind: kind, peer: peer, request: request, key: key})
	}
	t := n.tickets.use(token)
	t.request, t.peer, t.key, t.slot, t.kind, t.log = request, peer, key, uint32(slot), kind, engineData
	n.calls++
	n.store.engine.Get(uint32(slot), token) // after which the engine wants no tick that it did not want before
	n.calls--
	return true
}

// lookUpOther is lookUp for what is not just a key that the node stores.
func (n *Node) lookUpOther(t *ticket) bool {
	if n.doubting && t.kind != ticketMend && n.doubts(t.key) && n.awaitsMending(t.key, t) {
		return true
	}
	e, slot := n.store.engine, n.store.table.get(t.key)
	t.log = engineData
	if slot < 0 || n.store.entries[slot].set == nil {
		t.log = engineHints
		e, slot = n.hints.engine, n.hints.first(t.key)
		if slot < 0 {
			return false
		}
	} else if n.between && n.inMemory(slot) {
		return false
	}
	if n.between {
		t.began = microseconds(n.env.Now())
	}
	t.slot = uint32(slot)
	n.calls++
	e.Get(t.slot, n.tickets.put(t))
	n.calls--
	return true
}

// found is all that this node holds of the key that has been read.
func (n *Node) found(t *ticket) *vclock.Set {
	if t.log == engineData && n.whole() {
		return n.store.entries[t.slot].set
	}
	return n.held(t.key)
}

// ended is the end of a read or a write of an engine. Inside a call of this node's own it waits for the end of the handler, so that no
// state machine is entered from within itself.
type ended struct {
	token uint64
	why   Status // OK, or what a peer who waits for it is told
	read  bool
}

func (n *Node) engineEnded(x ended) {
	switch {
	case x.token == 0:
	case n.calls > 0:
		n.later, n.unsettled = append(n.later, x), true
	default:
		n.settle(x)
	}
}

// settleLater handles what ended inside the handler's own calls, which is seldom anything.
func (n *Node) settleLater() {
	if n.unsettled {
		n.settleAll()
	}
}

func (n *Node) settleAll() {
	for i := 0; i < len(n.later); i++ {
		n.settle(n.later[i])
	}
	n.later, n.unsettled = n.later[:0], n.memory != nil
	if n.memory != nil {
		n.memory.drain(n)
	}
}

// settleRead is settle for a read of what the node stores that has ended well, outside the node's own calls.
func (n *Node) settleRead(token uint64) {
	t := n.tickets.at(token)
	if t.kind > ticketReplica || t.log != engineData || n.between || n.partial && !n.isWhole() {
		n.settle(ended{token: token, read: true})
		return
	}
	kind, peer, request, key, set := t.kind, t.peer, t.request, t.key, n.store.entries[t.slot].set
	n.tickets.release(token, t)
	if kind == ticketReplica {
		n.answerRead(peer, request, key, OK, set)
		return
	}
	n.readLocally(request, OK, set)
}

// settle passes the end of a disk access to whoever waits for it.
func (n *Node) settle(x ended) {
	taken := n.tickets.take(x.token)
	t := &taken
	if !x.read && t.log != engineMeta {
		*n.underWay(t)--
	}
	if n.between {
		n.settleBetween(t, x)
	}
	if x.why != OK && n.failed(t, x) {
		return
	}
	switch t.kind {
	case ticketCoordinator:
		if x.read {
			n.readLocally(t.request, x.why, n.found(t))
		} else {
			n.wroteLocally(t.request, x.why == OK)
		}
	case ticketReplica:
		if x.read {
			n.answerRead(t.peer, t.request, t.key, x.why, n.found(t))
		} else {
			n.answerWrite(ReplicateReply, t, x.why)
		}
	case ticketHint:
		n.release(TaskHandoff)
		n.answerWrite(HintReply, t, x.why)
	case ticketEpochs:
		n.epochsDurable(x.why == OK)
	case ticketRemoval:
		n.release(TaskHandoff)
	case ticketView:
		n.viewDurable(x.why == OK)
	case ticketSynchronised:
		n.synchronised()
	case ticketTransfer:
		n.arrived(t.request, x.why)
	case ticketStray:
		n.strayDurable(int32(t.request), x.why) // range: a slot
	case ticketRecord:
		n.recordDurable(x.why == OK)
	case ticketRehomed:
		n.rehomed(int32(t.request), x.why) // range: an entry's number
	case ticketMend:
		n.answerMend(t, x.why)
	case ticketMended:
		n.mendDurable(t.request, x.why)
	}
}

// failed takes notice of a disk access that has failed. A read of what turned out to be damaged waits until that is mended: then it is true.
func (n *Node) failed(t *ticket, x ended) bool {
	switch {
	case x.read && x.why == Corrupt:
		return n.doubting && (t.kind == ticketCoordinator || t.kind == ticketReplica) && n.doubts(t.key) && n.awaitsMending(t.key, t)
	case !x.read && x.why == DiskFailed && t.log == engineData:
		n.unsaved(int32(t.slot)) // range: a slot
	}
	return false
}

// settleBetween tells what stands between the node and its logs of the end of an access.
func (n *Node) settleBetween(t *ticket, x ended) {
	switch {
	case x.read:
		n.readEnded(t, x.why)
	case t.log == engineData:
		n.leftBuffer(t, x.why)
	}
}

func (n *Node) engine(i int) *storage.Engine {
	switch i {
	case engineData:
		return n.store.engine
	case engineHints:
		return n.hints.engine
	}
	return n.meta
}

// wantTick sets the timer that an engine asks for, for its periodic or its group sync.
func (n *Node) wantTick(i int) {
	if after := n.engine(i).Wants(); after > 0 && n.syncTimer[i] == 0 {
		n.syncTimer[i] = n.env.SetTimer(Timer{Kind: TimerSync, A: uint32(i)}, after)
	}
}

func (n *Node) syncTick(i int) {
	n.syncTimer[i] = 0
	n.engine(i).Tick()
	n.wantTick(i)
}

// EngineStats gives what the node's logs hold and have done, in the order data, hints, identity.
func (n *Node) EngineStats() [engines]storage.Stats {
	return [engines]storage.Stats{n.store.engine.Stats(), n.hints.engine.Stats(), n.meta.Stats()}
}
