package dynamo

// Footprint is what a node keeps in memory beside its index of the keys that it stores. All of it has a bound that the configuration and the number of
// peers and clients give.
type Footprint struct {
	Requests    int   // that it coordinates, or has passed on and waits to be acknowledged
	Accesses    int   // to its logs under way
	Hints       int   // kept
	Buffered    int   // objects in the write buffer
	Deferred    int   // sets of anti-entropy that wait for a slice of the disk
	Cached      int64 // bytes in the object cache
	Connections int   // of clients, over which puts came
	Handing     int   // sets sent by transfers: of each receiver at most one range and a batch beyond it
	Ranges      int   // to be handed over, or awaited
}

// Footprint tells what the node keeps.
func (n *Node) Footprint() Footprint {
	handing, ranges := 0, len(n.transfers.awaited)
	for i := range n.transfers.tasks {
		t := &n.transfers.tasks[i]
		handing += len(t.sent)
		ranges += len(t.ranges)
	}
	return Footprint{
		Requests: n.ops.live(), Accesses: n.tickets.live(), Hints: n.hints.count, Buffered: n.buffer.count,
		Deferred: n.admission.deferred.waiting(), Cached: n.cache.bytes, Connections: n.once.used + n.onceMore.used,
		Handing: handing, Ranges: ranges,
	}
}
