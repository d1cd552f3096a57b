package dynamo

import (
	"encoding/binary"

	"dynamosim/dynamo/vclock"
)

// A node makes versions as an actor: its number together with an epoch. An entry (actor, counter) in a context says "everything up to
// here", so an actor must never forget a version that it made: it would claim to know it, and a merge would drop it where it still is.
// A node therefore goes on under a new actor whenever it may have forgotten something: after every start, since what was not synced may
// be gone although others have it, and when it drops a hint that bears its actor. Counters begin anew with each actor, so no (actor,
// counter) ever names two versions. Epochs are reserved on disk in blocks before the first of them is used.

// epochsReserved is how many epochs one write to disk reserves.
const epochsReserved = 64

// leapShare is the part of the epochs that are left, 1 in so many, that a start leaps at most: far enough that two leaps from one place do not end
// near each other, and a thousand starts leave room for more.
const leapShare = 64

// wipedEpoch marks the epochs of a node that found its disk empty: it cannot know which ones it used, and draws where to begin, in the lower
// half of them, so that they do not run out.
const wipedEpoch = 1 << 31

// actors is a node's supply of identities.
type actors struct {
	current  vclock.Actor
	counter  uint64 // the last one given
	epoch    uint32 // of the current actor
	reserved uint32 // epochs up to this one are durable
	asked    uint32 // being made durable, 0 when nothing is
	known    bool   // the disk had an identity
	copy     uint64 // that the disk was when the identity was written, see Restorable
	doubt    doubtLevel
}

// ActorOf is the actor of a node in an epoch. The first epoch of a cluster that was formed before time began is 1.
func ActorOf(id NodeID, epoch uint32) vclock.Actor {
	return vclock.Actor(uint64(uint32(id))+1)<<32 | vclock.Actor(epoch)
}

// ActorNode is the node behind an actor, NoNode for one that is no node's.
func ActorNode(a vclock.Actor) NodeID { return NodeID(int64(a>>32) - 1) }

// ActorEpoch is the epoch of an actor.
func ActorEpoch(a vclock.Actor) uint32 { return uint32(a) }

// beginActors starts with a new actor after recovery, and reserves the block that it is the first of.
func (n *Node) beginActors() {
	a := &n.actors
	n.beginDoubt(n.changedDisk())
	switch left := a.left(); {
	case !a.known || left < epochsReserved:
		a.reserved = wipedEpoch | uint32(n.env.Rand(RandEpoch)>>34)
	case a.reserved > 0:
		a.reserved += uint32((n.env.Rand(RandEpoch) >> 32) * uint64(left/leapShare) >> 32)
	}
	a.epoch = a.reserved + 1
	a.current = ActorOf(n.id, a.epoch)
	n.nonce = fold(uint64(a.current)^0x9e3779b97f4a7c15, 0xd1b54a32d192ed03) | 1<<63
	if n.cfg.Versions.FixedActors {
		a.current = ActorOf(n.id, 1)
		a.counter = n.lastCounter(a.current)
	}
	n.reserveEpochs()
}

// left is how many epochs there are above the reserved ones, in the half that these are in.
func (a *actors) left() uint32 { return (a.reserved | (wipedEpoch - 1)) - a.reserved }

// changedDisk finds out whether the disk is another one than the node left, and how much it may have forgotten on account of that. What a disk
// that was put back from an old copy says of the epochs used is out of date: the node begins elsewhere, as on an empty one. Of a disk whose
// identity is unreadable nobody can tell which one it is, nor what the node was in doubt about.
func (n *Node) changedDisk() doubtLevel {
	a, now := &n.actors, uint64(0)
	if disk, ok := n.env.Disk().(Restorable); ok {
		now = disk.Copy()
	}
	if a.copy != now {
		a.known = false
	}
	if a.copy = now; !a.known {
		return doubtAny
	}
	return a.doubt
}

// lastCounter is the highest counter of an actor in what this node has found on its disk: what it may go by where it has no epochs.
func (n *Node) lastCounter(a vclock.Actor) uint64 {
	last := uint64(0)
	note := func(set *vclock.Set) {
		if set == nil {
			return
		}
		last = max(last, set.Context.Get(a))
		for i := range set.Versions {
			v := &set.Versions[i]
			if last = max(last, v.Clock.Get(a)); v.Dot.Actor == a {
				last = max(last, v.Dot.Counter)
			}
		}
	}
	for i := range n.store.entries {
		note(n.store.entries[i].set)
	}
	for i := range n.hints.entries {
		note(n.hints.entries[i].set)
	}
	return last
}

// reserveEpochs makes the next block of epochs durable.
func (n *Node) reserveEpochs() {
	a := &n.actors
	a.asked = a.reserved + epochsReserved
	n.writeIdentity(a.asked)
}

// writeIdentity makes the epochs up to one durable, with what else a restart must know.
func (n *Node) writeIdentity(reserved uint32) {
	a := &n.actors
	a.asked = reserved
	record := identity(reserved)
	if a.copy != 0 || n.doubt.level != doubtNone {
		record = append(binary.LittleEndian.AppendUint64(record, a.copy), byte(n.doubt.level))
	}
	n.calls++
	n.meta.Put(metaIdentity, metaKeys[metaIdentity], record, 0, n.tickets.put(&ticket{kind: ticketEpochs, log: engineMeta}))
	n.calls--
}

// epochsRetry is the pause in ns before a disk that refused is asked again.
const epochsRetry = 100_000_000

// epochsDurable is the end of that; a disk that refuses is asked again.
func (n *Node) epochsDurable(ok bool) {
	if !ok {
		n.env.Mark(MarkDiskFailed, NoKey, 0)
		n.env.SetTimer(Timer{Kind: TimerEpochs}, epochsRetry)
		return
	}
	n.actors.reserved, n.actors.asked = n.actors.asked, 0
	n.meta.Repaired()
	if !n.ready {
		n.rise()
	}
}

// renewActor goes on under a new actor.
func (n *Node) renewActor() {
	if n.cfg.Versions.FixedActors {
		return
	}
	a := &n.actors
	a.epoch++
	a.current, a.counter = ActorOf(n.id, a.epoch), 0
	n.env.Mark(MarkActorRenewed, NoKey, int64(a.epoch))
	if a.asked == 0 && a.reserved-a.epoch < epochsReserved/2 {
		n.reserveEpochs()
	}
}

// mayMakeVersions tells whether the current actor's epoch is durable.
func (n *Node) mayMakeVersions() bool { return n.actors.epoch <= n.actors.reserved }

// nextDot names a new version.
func (n *Node) nextDot() vclock.Dot {
	n.actors.counter++
	return vclock.Dot{Actor: n.actors.current, Counter: n.actors.counter}
}

// forget is called before a set is dropped, or when one proved unreadable (nil).
func (n *Node) forget(set *vclock.Set) {
	if n.serving && n.actors.counter > 0 && (set == nil || bears(set, n.actors.current)) {
		n.renewActor()
	}
}

// bears tells whether a set claims to know a version of an actor.
func bears(set *vclock.Set, a vclock.Actor) bool {
	if set.Context.Get(a) > 0 {
		return true
	}
	for i := range set.Versions {
		if set.Versions[i].Dot.Actor == a || set.Versions[i].Clock.Get(a) > 0 {
			return true
		}
	}
	return false
}

// The keys of the identity log, by slot: the last epoch that is reserved; the view of the members; the transfers that are not over.
const (
	metaIdentity  = 0
	metaMembers   = 1
	metaTransfers = 2
)

var metaKeys = [...][]byte{metaIdentity: []byte("identity"), metaMembers: []byte("members"), metaTransfers: []byte("transfers")}

// The sizes in bytes of an identity's record: the epochs, and, where a restart is to know of them, the copy that the disk is and the doubt.
const (
	identitySize = 4
	identityMore = 8 + 1
)

func identity(reserved uint32) []byte { return binary.LittleEndian.AppendUint32(nil, reserved) }
