package dynamo

import (
	"encoding/binary"
	"math/bits"

	"dynamosim/dynamo/storage"
	"dynamosim/dynamo/vclock"
)

// Hinted handoff (§4.6): a node that takes a write for a home that is down keeps it in a store of its own, with the home's name. The
// store is scanned periodically; a hint goes to its home once that is believed to be up, and is deleted only after the home's
// acknowledgement, so that the number of copies never falls.

// hintEntry is what is kept for one home and key. An entry stays when its hint is gone: its number is the engine's slot for that home and
// key for as long as the node runs.
type hintEntry struct {
	used   bool
	home   NodeID
	key    KeyID
	next   int32       // the next entry of the same key, -1
	set    *vclock.Set // what the home is to get
	sent   *vclock.Set // what is under way to it, nil when nothing is
	gen    uint32      // of the sending, so that an acknowledgement of an earlier one is known
	stored int64       // monotonic
	writes int32       // under way to the log
	timer  TimerID
}

type hintStore struct {
	count   int // used entries; first, see Node
	entries []hintEntry
	byKey   slotTable // key to the entry that was added last, the others follow by next
	engine  *storage.Engine
	paced   int64   // monotonic time before which none is sent, where there is a rate
	pace    TimerID // set while that is waited for
	turn    int32   // where the search for the next one goes on then
}

func (h *hintStore) emptied() hintStore {
	clear(h.entries)
	return hintStore{entries: h.entries[:0], byKey: h.byKey.emptied()}
}

// find gives the entry for a home and a key, used or not, or -1.
func (h *hintStore) find(home NodeID, key KeyID) int32 {
	for i := h.byKey.get(key); i >= 0; i = h.entries[i].next {
		if h.entries[i].home == home {
			return i
		}
	}
	return -1
}

// first gives a used entry of a key, or -1.
func (h *hintStore) first(key KeyID) int32 {
	if h.count == 0 {
		return -1
	}
	for i := h.byKey.get(key); i >= 0; i = h.entries[i].next {
		if h.entries[i].used {
			return i
		}
	}
	return -1
}

// slotOf gives the entry for a home and a key, making one where there was none.
func (h *hintStore) slotOf(home NodeID, key KeyID) int32 {
	i := h.find(home, key)
	if i < 0 {
		i = int32(len(h.entries))
		h.entries = append(h.entries, hintEntry{home: home, key: key, next: h.byKey.get(key)})
		h.byKey.set(key, i)
	}
	return i
}

// use begins to keep something in an entry.
func (h *hintStore) use(i int32, now int64) {
	e := &h.entries[i]
	if !e.used {
		e.used, e.stored, e.set = true, now, nil
		h.count++
	}
}

// drop empties an entry.
func (h *hintStore) drop(i int32) {
	if e := &h.entries[i]; e.used {
		e.used, e.set, e.sent = false, nil, nil
		h.count--
	}
}

// keepHint stores a set for a home that is down.
func (n *Node) keepHint(key KeyID, home NodeID, set *vclock.Set, t *ticket) {
	h := &n.hints
	if n.cfg.MaxHints > 0 && h.count >= n.cfg.MaxHints && !h.keeps(home, key) {
		n.refuseHint(key, home, t)
		return
	}
	n.env.Mark(MarkHintStored, key, int64(home))
	i := h.slotOf(home, key)
	e := &h.entries[i]
	if e.used {
		n.env.Mark(MarkHintSuperseded, key, int64(home))
	}
	h.use(i, n.env.Now())
	n.partial = true
	e.set = n.cfg.Mode.Merge(n.shared.Arena, e.set, set)
	n.write(engineHints, uint32(i), n.hintKey(home, key), e.set, t)
}

// keeps tells whether there is a hint for a home and a key.
func (h *hintStore) keeps(home NodeID, key KeyID) bool {
	i := h.find(home, key)
	return i >= 0 && h.entries[i].used
}

// refuseHint ends a write that would be one hint too many: its coordinator turns to the next node.
func (n *Node) refuseHint(key KeyID, home NodeID, t *ticket) {
	n.env.Mark(MarkHintRefused, key, int64(home))
	t.log = engineMeta
	n.calls++
	n.engineEnded(ended{token: n.tickets.put(t), why: Overloaded})
	n.calls--
}

// hintKey is the name under which the hint log keeps an entry: the home's number, then the key. It is valid until the next call.
func (n *Node) hintKey(home NodeID, key KeyID) []byte {
	n.shared.scratch.keyBytes = binary.LittleEndian.AppendUint32(n.shared.scratch.keyBytes[:0], uint32(home))
	n.shared.scratch.keyBytes = append(n.shared.scratch.keyBytes, n.shared.Keys.Name(key)...)
	return n.shared.scratch.keyBytes
}

// scanHints sends hints to the homes that are believed to be up, a few at a time.
func (n *Node) scanHints() {
	n.env.SetTimer(Timer{Kind: TimerHandoff}, n.cfg.HandoffEvery)
	now := n.env.Now()
	may := n.mayHandOff(0)
	for i := range n.hints.entries {
		e := &n.hints.entries[i]
		if !e.used || e.sent != nil {
			continue
		}
		if n.cfg.HintWindow > 0 && now-e.stored > n.cfg.HintWindow {
			n.env.Mark(MarkHintExpired, e.key, int64(e.home))
			n.removeHint(int32(i))
			continue
		}
		if may && n.sendHint(int32(i)) {
			may = n.mayHandOff(int32(i) + 1)
		}
	}
}

// mayHandOff tells whether a hint may be sent now, as far as the rate of handoff and the admission controller are concerned. Where the rate is in the
// way, the search goes on at an entry when it is not any more.
func (n *Node) mayHandOff(next int32) bool {
	h := &n.hints
	if n.slices(TaskHandoff) == 0 {
		if h.count > 0 {
			n.env.Mark(MarkDeferred, NoKey, int64(TaskHandoff))
		}
		return false
	}
	if n.cfg.HintRate == 0 {
		return true
	}
	wait := h.paced - n.env.Now()
	if wait > 0 && h.pace == 0 && h.count > 0 {
		h.pace, h.turn = n.env.SetTimer(Timer{Kind: TimerPace}, wait), next
	}
	return wait <= 0
}

// paced: the rate allows the next hint.
func (n *Node) paced() {
	n.hints.pace = 0
	n.sendNextHint(n.hints.turn)
}

// sendHint sends one hint, unless its home is suspected or enough are under way to it.
func (n *Node) sendHint(i int32) bool {
	e := &n.hints.entries[i]
	home := n.peers.at(e.home)
	if n.suspects(e.home) || int(home.hints) >= n.cfg.HintsAtOnce {
		return false
	}
	if !n.admit(TaskHandoff) {
		return false
	}
	n.env.Mark(MarkHintSent, e.key, int64(e.home))
	home.hints++
	e.sent = e.set
	e.gen++
	e.timer = n.env.SetTimer(Timer{Kind: TimerHint, A: uint32(i), B: uint64(e.gen)}, n.cfg.WriteTimeout)
	n.send(e.home, Message{Kind: Hint, Request: n.wire(uint64(e.gen)<<32 | uint64(uint32(i))), Key: e.key, Client: NoNode, Node: NoNode, Set: e.set})
	if n.cfg.HintRate > 0 {
		n.hints.paced = max(n.hints.paced, n.env.Now()) + timeOf(n.shared.scratch.out.Size(n.shared.Keys), n.cfg.HintRate)
	}
	return true
}

// timeOf is how long bytes take at a rate in bytes a second, in ns.
func timeOf(bytes, rate int64) int64 {
	hi, lo := bits.Mul64(uint64(bytes), 1_000_000_000)
	if hi >= uint64(rate) {
		return 1 << 62
	}
	q, _ := bits.Div64(hi, lo, uint64(rate))
	return int64(min(q, 1<<62))
}

// landed ends the sending of a hint, acknowledged or not.
func (n *Node) landed(e *hintEntry) {
	n.release(TaskHandoff)
	n.env.CancelTimer(e.timer)
	e.sent = nil
	n.peers.at(e.home).hints--
}

// hint is a handoff that reaches its home: stored like any write, acknowledged when durable. Where the disk is kept for clients (§6.5) it is
// refused, and comes again.
func (n *Node) hint(from NodeID, m *Message) {
	if !n.admit(TaskHandoff) {
		n.refuse(from, m, Overloaded)
		return
	}
	if n.cfg.Planted == PlantedHintOverwrites {
		n.hold(n.store.slotOf(m.Key), nil)
	}
	n.keep(m.Key, NoNode, m.Set, &ticket{kind: ticketHint, peer: from, request: m.Request, key: m.Key})
}

// hintReply deletes a hint that its home has acknowledged, unless it grew meanwhile; then the next ones go.
func (n *Node) hintReply(_ NodeID, m *Message) {
	number := n.wire(m.Request)
	i := int32(uint32(number))
	e := n.hintUnderWay(uint32(i), uint32(number>>32))
	if e == nil {
		return
	}
	delivered := e.sent == e.set
	n.landed(e)
	if m.Status != OK {
		return
	}
	n.env.Mark(MarkHintAcknowledged, e.key, int64(e.home))
	if delivered {
		n.env.Mark(MarkHintDelivered, e.key, int64(e.home))
		n.removeHint(i)
	}
	n.sendNextHint(i + 1)
}

// sendNextHint keeps the handoff going until the store is empty.
func (n *Node) sendNextHint(from int32) {
	if !n.mayHandOff(from) {
		return
	}
	for k := range n.hints.entries {
		i := (int(from) + k) % len(n.hints.entries)
		if e := &n.hints.entries[i]; e.used && e.sent == nil && n.sendHint(int32(i)) {
			return
		}
	}
}

func (n *Node) hintTimer(slot, gen uint32) {
	e := n.hintUnderWay(slot, gen)
	if e == nil {
		return
	}
	n.landed(e)
	n.timedOut(e.home)
}

func (n *Node) hintUnderWay(slot, gen uint32) *hintEntry {
	if uint64(slot) >= uint64(len(n.hints.entries)) {
		return nil
	}
	if e := &n.hints.entries[slot]; e.used && e.gen == gen && e.sent != nil {
		return e
	}
	return nil
}

func (n *Node) removeHint(i int32) {
	e := &n.hints.entries[i]
	n.forget(e.set)
	token := uint64(0)
	if n.cfg.Admission != nil {
		n.occupy(TaskHandoff) // the removal is part of the work
		token = n.tickets.put(&ticket{kind: ticketRemoval, log: engineMeta})
	}
	n.calls++
	n.hints.engine.Remove(uint32(i), n.hintKey(e.home, e.key), token)
	n.calls--
	n.dropHint(i)
}

// dropHint forgets a hint, be it under way or not.
func (n *Node) dropHint(i int32) {
	if e := &n.hints.entries[i]; e.sent != nil {
		n.landed(e)
	}
	n.hints.drop(i)
}
