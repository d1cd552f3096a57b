package dynamo

import (
	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
)

// Doubt. A node whose disk was damaged may have forgotten what it acknowledged, and must not say "not found", or give an older state, as if it
// knew: it would take a replica's part in a quorum that it does not fulfil. What it is in doubt about it asks the key's other homes for, and
// reads of the key wait for that; until enough of them have answered to have met every acknowledged write, it answers with an error. So
// absence never wins over a value.
//
// Of a record whose bytes are unreadable the key is known: that key alone is in doubt. Otherwise all keys are: with an unreadable piece inside the
// log, on a disk that was restored from an old copy, on one that came back empty. After a torn tail those are of which nothing is found, for the
// last record of a log, synced and then damaged, cannot be told from one that a crash cut short. Doubt of all keys ends key by key, and, with
// anti-entropy (§4.7), range by range, when all homes of a range have the same tree.

// doubtLevel is of which keys a node is in doubt, beside those that it knows to be damaged.
type doubtLevel uint8

const (
	doubtNone   doubtLevel = 0
	doubtAbsent doubtLevel = 1 // those of which it holds nothing
	doubtAny    doubtLevel = 2 // all of them
)

// What is known of one key.
const (
	keyDamaged uint8 = 1 << iota // something of it was lost
	keySure                      // it was mended since the doubt began
	keyUnsaved                   // its last write has failed
)

// doubt is what a node may have forgotten.
type doubt struct {
	level   doubtLevel
	found   doubtLevel // by the recovery of the log
	flags   []uint8    // by slot
	damaged int        // slots with keyDamaged
	unsaved []int32    // slots with keyUnsaved
	sound   int32      // the slot whose write is the mended state, plus one
	scan    int32      // where the search for damaged slots goes on

	mends []mending
	timer TimerID

	ring  *ring.Ring // that the ranges are of
	equal []uint64   // by range: the homes, by their place in its list, that had the same tree
	left  int        // ranges whose homes have not all
}

func (d *doubt) emptied() doubt {
	return doubt{flags: d.flags[:0], unsaved: d.unsaved[:0], mends: d.mends[:0], equal: d.equal[:0]}
}

// mending is the repair of one key from its other homes.
type mending struct {
	used    bool
	storing bool
	gen     uint32
	slot    int32
	key     KeyID
	asked   []NodeID
	heard   uint64 // of those asked, by their place
	sure    int    // of those, how many are in no doubt of their own
	set     *vclock.Set
	waiting []ticket // reads
	timer   TimerID
}

// mendEvery is the time in ns between two attempts at what could not be mended or written.
const mendEvery = 1_000_000_000

// mendsAtOnce is how many damaged keys are mended in one go.
const mendsAtOnce = 64

// incomplete ends the stored form of a set of which something was lost. No set's own form has a byte too many.
const incomplete = 0x01

func (d *doubt) at(slot int32) *uint8 {
	for int(slot) >= len(d.flags) {
		d.flags = append(d.flags, 0)
	}
	return &d.flags[slot]
}

func (d *doubt) has(slot int32, flag uint8) bool {
	return int(slot) < len(d.flags) && d.flags[slot]&flag != 0
}

// setDamaged notes that something of a slot was lost, or that nothing is any more.
func (d *doubt) setDamaged(slot int32, damaged bool) {
	if d.has(slot, keyDamaged) == damaged {
		return
	}
	f := d.at(slot)
	if damaged {
		*f = *f&^keySure | keyDamaged
		d.damaged++
		return
	}
	*f &^= keyDamaged
	d.damaged--
}

// damage notes that the stored bytes of a key are unreadable.
func (n *Node) damage(slot int32) {
	if !n.cfg.Mend {
		return
	}
	n.doubt.setDamaged(slot, true)
	n.doubting = true
	if n.serving {
		n.mendLater()
	}
}

// mendLater sets the timer of the next attempts.
func (n *Node) mendLater() {
	if n.doubt.timer == 0 {
		n.doubt.timer = n.env.SetTimer(Timer{Kind: TimerDoubt}, mendEvery)
	}
}

// beginDoubt decides, once all logs are read back, what the node may have forgotten.
func (n *Node) beginDoubt(level doubtLevel) {
	d := &n.doubt
	if !n.cfg.Mend || n.cfg.N == 1 {
		return
	}
	if level = max(level, d.found); level > doubtNone {
		d.level, n.doubting = level, true
		n.env.Mark(MarkDoubt, NoKey, int64(level))
	}
}

// foundDamage takes what the recovery of the log has to say of damage.
func (n *Node) foundDamage(torn, unknown bool) {
	switch {
	case unknown:
		n.doubt.found = doubtAny
	case torn:
		n.doubt.found = max(n.doubt.found, doubtAbsent)
	}
}

// doubts tells whether the node may have forgotten something of a key that it is a home of.
func (n *Node) doubts(key KeyID) bool {
	d := &n.doubt
	slot := n.store.table.get(key)
	if slot >= 0 && d.has(slot, keyDamaged) {
		return n.place.IsHome(n.id, key, n.cfg.N)
	}
	if d.level == doubtNone || slot >= 0 && (d.has(slot, keySure) || d.level == doubtAbsent && n.store.entries[slot].set != nil) {
		return false
	}
	return n.place.IsHome(n.id, key, n.cfg.N) && !n.rangeClear(key)
}

// Doubt tells of what the node may have forgotten something: of every key, of those that it does not find, and of how many that it knows by name.
func (n *Node) Doubt() (any, absent bool, keys int) {
	return n.doubt.level == doubtAny, n.doubt.level == doubtAbsent, n.doubt.damaged
}

// awaitsMending lets a read wait until its key is mended; false: it need not.
func (n *Node) awaitsMending(key KeyID, t *ticket) bool {
	slot := n.store.slotOf(key)
	i := n.beginMend(slot)
	if i < 0 {
		return false
	}
	m := &n.doubt.mends[i]
	m.waiting = append(m.waiting, *t)
	return true
}

// beginMend asks a key's other homes for all that they hold of it. It returns the number of the attempt, -1 if there is nobody to ask.
func (n *Node) beginMend(slot int32) int32 {
	d := &n.doubt
	free := int32(-1)
	for i := range d.mends {
		switch m := &d.mends[i]; {
		case m.used && m.slot == slot:
			return int32(i)
		case !m.used:
			free = int32(i)
		}
	}
	if free < 0 {
		free = int32(len(d.mends))
		d.mends = append(d.mends, mending{})
	}
	m := &d.mends[free]
	*m = mending{used: true, gen: m.gen + 1, slot: slot, key: n.store.entries[slot].key, asked: m.asked[:0], waiting: m.waiting[:0]}
	for _, home := range n.place.Homes(m.key, n.cfg.N) {
		if NodeID(home) != n.id {
			m.asked = append(m.asked, NodeID(home))
		}
	}
	if len(m.asked) == 0 || len(m.asked) > 64 {
		m.used = false
		return -1
	}
	number := n.wire(uint64(m.gen)<<32 | uint64(uint32(free)))
	for _, home := range m.asked {
		n.send(NodeID(home), Message{Kind: Mend, Request: number, Key: m.key, Client: NoNode, Node: NoNode})
	}
	m.timer = n.env.SetTimer(Timer{Kind: TimerMend, A: uint32(free), B: uint64(m.gen)}, n.cfg.ReadTimeout)
	return free
}

// mendUnderWay gives the attempt of a number, nil when it is over.
func (n *Node) mendUnderWay(i, gen uint32) *mending {
	if uint64(i) >= uint64(len(n.doubt.mends)) { // not as an int, which 32 bits would make negative
		return nil
	}
	if m := &n.doubt.mends[i]; m.used && m.gen == gen {
		return m
	}
	return nil
}

// mend answers a home that has lost something of a key.
func (n *Node) mend(from NodeID, m *Message) {
	t := &ticket{kind: ticketMend, peer: from, request: m.Request, key: m.Key}
	if n.doubting && n.doubts(m.Key) {
		n.answerMend(t, Corrupt)
		return
	}
	if !n.lookUp(ticketMend, from, m.Request, m.Key) {
		n.answerMend(t, OK)
	}
}

// answerMend gives all that the node holds; a status that is not OK says that this may not be all.
func (n *Node) answerMend(t *ticket, why Status) {
	answer := Message{Kind: MendReply, Status: why, Request: t.request, Key: t.key, Client: NoNode, Node: NoNode, Set: n.held(t.key)}
	if why == OK {
		answer.Status, answer.Node = n.qualify(t.key)
	}
	n.send(t.peer, answer)
}

// mendReply takes what another home holds. Enough homes have answered when W of all cannot be among the others, this node's own copy being
// the one that is lost; or when all have, for then nobody is left to ask.
func (n *Node) mendReply(from NodeID, m *Message) {
	number := n.wire(m.Request)
	x := n.mendUnderWay(uint32(number), uint32(number>>32))
	if x == nil || x.storing {
		return
	}
	for i, home := range x.asked {
		if home != from || x.heard&(1<<i) != 0 {
			continue
		}
		x.heard |= 1 << i
		x.set = n.cfg.Mode.Merge(n.shared.Arena, x.set, m.Set)
		if m.Status == OK {
			x.sure++
		}
	}
	if x.sure > n.cfg.N-n.cfg.W || x.heard == 1<<len(x.asked)-1 {
		n.mended(x)
	}
}

// mended makes durable what the homes together know of a key.
func (n *Node) mended(m *mending) {
	n.env.CancelTimer(m.timer)
	m.timer = 0
	before := n.Stored(m.key)
	merged := n.cfg.Mode.Merge(n.shared.Arena, before, m.set)
	n.env.Mark(MarkMended, m.key, int64(len(m.asked)))
	if merged == before && !n.doubt.has(m.slot, keyDamaged) {
		n.endMend(m, true)
		return
	}
	m.storing = true
	i := int32(0)
	for &n.doubt.mends[i] != m {
		i++
	}
	t := &ticket{kind: ticketMended, request: uint64(m.gen)<<32 | uint64(uint32(i)), key: m.key, durable: true}
	n.doubt.sound = m.slot + 1
	if merged == nil {
		n.remove(m.slot, t)
	} else {
		n.keep(m.key, NoNode, m.set, t)
	}
	n.doubt.sound = 0
}

// mendDurable is the end of that.
func (n *Node) mendDurable(number uint64, why Status) {
	if m := n.mendUnderWay(uint32(number), uint32(number>>32)); m != nil {
		n.endMend(m, why == OK)
	}
}

// mendTimer gives up an attempt for which too few homes have answered. What they said is kept all the same.
func (n *Node) mendTimer(i, gen uint32) {
	m := n.mendUnderWay(i, gen)
	if m == nil || m.storing {
		return
	}
	m.timer = 0
	if m.set != nil {
		n.keep(m.key, NoNode, m.set, &ticket{kind: ticketNobody, key: m.key})
	}
	n.endMend(m, false)
}

// endMend ends an attempt, and the wait of those who read the key.
func (n *Node) endMend(m *mending, ok bool) {
	m.used = false
	key, waiting := m.key, m.waiting
	if ok {
		n.doubt.setDamaged(m.slot, false)
		*n.doubt.at(m.slot) |= keySure
	} else {
		n.mendLater()
	}
	m.waiting = nil
	for i := range waiting {
		t := &waiting[i]
		switch {
		case ok && n.lookUp(t.kind, t.peer, t.request, key):
		case ok:
			n.readEnds(t, OK)
		default:
			n.readEnds(t, Corrupt)
		}
	}
	n.lessDoubt()
}

// readEnds passes the end of a read to whoever waits for it.
func (n *Node) readEnds(t *ticket, why Status) {
	if t.kind == ticketCoordinator {
		n.readLocally(t.request, why, n.held(t.key))
		return
	}
	n.answerRead(t.peer, t.request, t.key, why, n.held(t.key))
}

// lessDoubt ends the doubt of a node that is in none any more.
func (n *Node) lessDoubt() {
	d := &n.doubt
	if d.level != doubtNone || d.damaged > 0 {
		return
	}
	for i := range d.mends {
		if d.mends[i].used {
			return
		}
	}
	n.doubting = false
}

// doubtTimer tries again what could not be mended or written.
func (n *Node) doubtTimer() {
	d := &n.doubt
	d.timer = 0
	n.saveAgain()
	for begun, looked := 0, 0; begun < mendsAtOnce && d.damaged > 0 && looked < len(d.flags); looked++ {
		slot := d.scan
		if d.scan++; int(d.scan) >= len(d.flags) {
			d.scan = 0
		}
		if d.has(slot, keyDamaged) && n.place.IsHome(n.id, n.store.entries[slot].key, n.cfg.N) {
			begun++
			n.beginMend(slot)
		}
	}
	if d.damaged > 0 || len(d.unsaved) > 0 {
		n.mendLater()
	}
}

// unsaved notes that a write to the log has failed: what is in memory is not on disk. It is written again later.
func (n *Node) unsaved(slot int32) {
	if n.doubt.has(slot, keyUnsaved) {
		return
	}
	*n.doubt.at(slot) |= keyUnsaved
	n.doubt.unsaved = append(n.doubt.unsaved, slot)
	n.mendLater()
}

// saveAgain writes what could not be written, a few at a time: a disk that was full may have room again.
func (n *Node) saveAgain() {
	d := &n.doubt
	k := min(mendsAtOnce, len(d.unsaved))
	for _, slot := range d.unsaved[:k] {
		d.flags[slot] &^= keyUnsaved
		if e := &n.store.entries[slot]; e.writes == 0 && e.set != nil && !n.buffer.holds(slot) {
			n.writeSlot(slot, &ticket{kind: ticketNobody, key: e.key, durable: true})
		}
	}
	d.unsaved = append(d.unsaved[:0], d.unsaved[k:]...)
}

// Ranges. While a node is in doubt, each comparison of trees that it begins asks in which ranges it is equal.

// meetRanges begins to note that anew where the ring is another one.
func (n *Node) meetRanges() {
	d, r := &n.doubt, n.place.Ring
	if d.ring == r {
		return
	}
	d.ring, d.equal = r, d.equal[:0]
	for range r.Ranges() {
		d.equal = append(d.equal, 0)
	}
	d.left = len(r.Hosted(int32(n.id), n.cfg.N))
}

// place is where an id is in a list of at most 64, or -1.
func place(list []int32, id int32) int {
	for i, x := range list {
		if x == id && i < 64 {
			return i
		}
	}
	return -1
}

// foundEqual notes that another home had the tree that this node sent of a range: it holds nothing there that this node does not.
func (n *Node) foundEqual(from NodeID, r merkle.Range) {
	d := &n.doubt
	if d.level == doubtNone || d.ring != n.place.Ring || !n.hosts(r) {
		return
	}
	i := n.place.Ring.RangeOf(ring.Position(r.Upto))
	homes := n.rangeHomes(i)
	at := place(homes, int32(from))
	if at < 0 || d.equal[i]&(1<<at) != 0 {
		return
	}
	if d.equal[i] |= 1 << at; !n.allEqual(i, homes) {
		return
	}
	if d.left--; d.left == 0 {
		n.endDoubt()
	}
}

// allEqual tells whether all other homes of a range were found equal.
func (n *Node) allEqual(i int, homes []int32) bool {
	for at, home := range homes {
		if home != int32(n.id) && (at >= 64 || n.doubt.equal[i]&(1<<at) == 0) {
			return false
		}
	}
	return true
}

// rangeClear tells whether all other homes of a key's range were found equal.
func (n *Node) rangeClear(key KeyID) bool {
	if n.doubt.ring == nil || n.doubt.ring != n.place.Ring {
		return false
	}
	i := n.place.Ring.RangeOf(n.shared.Keys.Position(key))
	return n.allEqual(i, n.rangeHomes(i))
}

// endDoubt ends the doubt of all keys but those that are known to be damaged.
func (n *Node) endDoubt() {
	d := &n.doubt
	d.level = doubtNone
	n.env.Mark(MarkDoubtEnded, NoKey, 0)
	n.store.engine.Repaired()
	if n.actors.asked == 0 && !n.cfg.Memory {
		n.writeIdentity(n.actors.reserved)
	}
	n.lessDoubt()
}
