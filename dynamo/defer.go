package dynamo

// What anti-entropy brings comes in parcels of many keys (§4.7). Where the disk is kept for clients (§6.5) the sets wait in memory for
// slices, one each. They are copies of what the partner has: what does not fit is found again by a later comparison.

// deferredSet is a set that waits to be written.
type deferredSet struct {
	KeySet
	from NodeID
}

// mostDeferred is how many sets may wait.
const mostDeferred = 1024

// deferredSets is a queue.
type deferredSets struct {
	sets  []deferredSet
	first int     // of those that wait
	timer TimerID // of the next look at the slices
}

func (d *deferredSets) emptied() deferredSets {
	clear(d.sets)
	return deferredSets{sets: d.sets[:0]}
}

// waiting is how many there are.
func (d *deferredSets) waiting() int { return len(d.sets) - d.first }

// deferSet lets a set wait for a slice, or drops it.
func (n *Node) deferSet(x deferredSet) {
	if d := &n.admission.deferred; d.waiting() < mostDeferred {
		d.sets = append(d.sets, x)
	}
}

// writeDeferred writes as many sets as there are slices, and looks again later if some are left.
func (n *Node) writeDeferred() {
	d := &n.admission.deferred
	n.store.engine.Hold()
	for d.waiting() > 0 && n.admit(TaskAntiEntropy) {
		x := d.sets[d.first]
		d.sets[d.first] = deferredSet{}
		d.first++
		n.keepSynchronised(x.from, x.KeySet)
	}
	n.store.engine.Release()
	if d.waiting() == 0 {
		d.sets, d.first = d.sets[:0], 0
		return
	}
	if d.first > mostDeferred {
		d.sets, d.first = append(d.sets[:0], d.sets[d.first:]...), 0
	}
	if d.timer == 0 {
		d.timer = n.env.SetTimer(Timer{Kind: TimerDeferred}, n.cfg.Admission.Over/admissionSteps)
	}
}

// keepSynchronised merges a set that a partner sent, for which a slice was taken, and gives the slice back where it brings nothing.
func (n *Node) keepSynchronised(from NodeID, x KeySet) {
	before := n.Stored(x.Key)
	if n.cfg.Mode.Merge(n.shared.Arena, before, x.Set) == before {
		n.release(TaskAntiEntropy)
		return
	}
	n.keep(x.Key, NoNode, x.Set, &ticket{kind: ticketSynchronised, key: x.Key, durable: true})
	if n.Stored(x.Key) != before {
		n.env.Mark(MarkSynchronised, x.Key, int64(from))
	}
}

// synchronised is the end of such a write.
func (n *Node) synchronised() {
	n.release(TaskAntiEntropy)
	if n.admission.deferred.waiting() > 0 {
		n.writeDeferred()
	}
}
