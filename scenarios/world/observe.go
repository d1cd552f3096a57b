package world

import (
	"dynamosim/dynamo"
	"dynamosim/dynamo/storage"
	"dynamosim/sim"
	"dynamosim/sim/trace"
)

// Whoever looks on is told of a host's events here, apart from the events themselves: a run without observers passes one branch for all of
// them.

// hasObservers tells whether the host's events concern anybody but its node, or whether that is code of one's own.
func (h *host) hasObservers() bool {
	w := h.world
	return h.other != nil || h.audited != nil || w.sink != nil || w.watch != nil || w.watched != nil
}

func (h *host) observeMessage(from sim.ProcID, m *dynamo.Message) {
	w := h.world
	if w.watch != nil {
		w.watch(w.now(), int32(from), int32(h.id), m)
	}
	if w.watched != nil {
		w.watched.quorum.takes(h, from, m)
	}
	if h.other != nil {
		h.other.Message(dynamo.NodeID(from), m)
		return
	}
	h.node.Message(dynamo.NodeID(from), m)
	h.judge()
}

func (h *host) observeTimer(t dynamo.Timer) {
	if h.other != nil {
		h.other.Timer(t)
		return
	}
	h.node.Timer(t)
	h.judge()
}

func (h *host) observeDisk(c *sim.Completion) {
	if h.audited != nil {
		h.audited.completed(c)
	}
	done := storage.Completion{Token: c.Token, Err: diskError(c.Err), Data: c.Data(), Length: int64(c.Length), Intact: c.Intact, Offset: c.Offset}
	if h.other != nil {
		h.other.Disk(done)
		return
	}
	h.node.Disk(done)
	h.judge()
}

// judge looks at what a handler of the node did.
func (h *host) judge() {
	if v := h.world.watched; v != nil {
		v.after(h)
	}
}

func (h *host) observeSend(to dynamo.NodeID, m *dynamo.Message) {
	if h.audited != nil {
		h.world.audit.answers(sim.ProcID(to), m)
	}
	if v := h.world.watched; v != nil {
		v.sends(h, to, m)
	}
}

func (h *host) observeMark(m dynamo.Mark, key dynamo.KeyID, arg int64) {
	w := h.world
	if w.sink != nil {
		w.recordMark(int32(h.id), m, key, arg)
	}
	if w.watched != nil {
		w.watched.mark(h, m, key, arg)
	}
}

func (w *World) recordMark(proc int32, m dynamo.Mark, key dynamo.KeyID, arg int64) {
	doc := dynamo.Marks()[m-1]
	w.sink.Record(&trace.Record{
		Ordinal: w.sys.Ordinal(), Time: w.sys.Now(), Kind: trace.Mark, Proc: proc, Peer: -1, Cause: w.sys.Ordinal(),
		Key: w.shared.Keys.Name(key), Mark: doc.Counter, Arg1: arg,
	})
}
