package world

import (
	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
)

// HintAccount tells what had become of all hints by a moment: those stored and returned are those that were delivered, superseded, expired,
// destroyed, or are pending.
type HintAccount struct {
	Time                                            int64 // ns
	Stored, Delivered, Superseded, Expired, Rehomed int64
	Returned                                        int64 // came back in a restart, since their removal had not been synced
	Destroyed                                       int64 // lost in a crash before they were synced, or damaged on disk
	Pending                                         int64
	Stranded                                        int64 // of these, kept by or for nodes that need not come back: liveness core
}

// hintBook is what the world knows of a node's hints beside what the node tells: what a crash took, and what it brought back.
type hintBook struct {
	held           int64 // when the node went down
	lost, returned int64
}

// closeHints notes what a node holds that is about to be started anew. A node that went down before it had read back its disk never knew what it
// held.
func (h *host) closeHints() {
	if h.boots > 0 && h.node.Serving() {
		h.hints.held = int64(h.node.Hints())
	}
}

// openHints compares what a node found on its disk with what it held.
func (h *host) openHints() {
	found := int64(h.node.Hints())
	if found < h.hints.held {
		h.hints.lost += h.hints.held - found
	} else {
		h.hints.returned += found - h.hints.held
	}
	h.hints.held = found
}

// pendingHints is what a node keeps, or kept when it went down.
func (h *host) pendingHints() int64 {
	if h.node.Serving() {
		return int64(h.node.Hints())
	}
	return h.hints.held
}

// accountHints adds an account of the present moment. No node may be at work.
func (w *World) accountHints() {
	a := HintAccount{Time: w.now()}
	for _, h := range w.hosts {
		count := func(m dynamo.Mark) int64 { return h.counted[counterOf(m)] }
		a.Stored += count(dynamo.MarkHintStored)
		a.Delivered += count(dynamo.MarkHintDelivered)
		a.Superseded += count(dynamo.MarkHintSuperseded)
		a.Rehomed += count(dynamo.MarkHintRehomed)
		a.Expired += count(dynamo.MarkHintExpired)
		a.Destroyed += count(dynamo.MarkHintDestroyed) + h.hints.lost
		a.Returned += h.hints.returned
		a.Pending += h.pendingHints()
		a.Stranded += w.strandedHints(h)
	}
	w.hintAccounts = append(w.hintAccounts, a)
}

// strandedHints is how many of a node's hints nobody can deliver, or nobody can take, for good.
func (w *World) strandedHints(h *host) (n int64) {
	switch {
	case w.outside == nil:
		return 0
	case w.outsider(h):
		return h.pendingHints()
	}
	h.node.EachHint(func(home dynamo.NodeID, _ dynamo.KeyID, _ *vclock.Set) {
		if w.outsider(w.hosts[home]) {
			n++
		}
	})
	return n
}
