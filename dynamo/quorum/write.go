package quorum

// Write counts the acknowledgements of one put. The zero Write is decided: nothing
// was asked and nothing is needed.
type Write struct{ t tally }

// NewWrite returns the tally of a put sent to n nodes, the coordinator itself
// included, that needs w acknowledgements.
func NewWrite(n, w int) Write { return Write{tally{asked: int32(n), need: int32(w)}} }

// Reset begins a new put in the same memory.
func (q *Write) Reset(n, w int) { q.t.reset(n, w) }

// Ask tells that k more nodes have been sent the put, as stand-ins (§4.6).
func (q *Write) Ask(k int) { q.t.asked += int32(k) }

// Ack records that a node holds the version. It reports whether that was news: a
// node counts once, however often its acknowledgement arrives.
func (q *Write) Ack(node int32) bool {
	if q.t.first(node) >= 0 {
		return true
	}
	_, news := q.t.note(node, false)
	return news
}

// Fail records that a node refused, or is given up. It changes nothing if the node
// has answered before.
func (q *Write) Fail(node int32) bool {
	_, news := q.t.note(node, true)
	return news
}

// Status tells whether the put is decided.
func (q *Write) Status() Status { return q.t.status() }

// Enough reports whether the put has succeeded.
func (q *Write) Enough() bool { return q.t.enough() }

// Acks returns how many nodes have acknowledged, Fails how many have failed.
func (q *Write) Acks() int { return int(q.t.yes) }

// Fails returns how many nodes have failed and not acknowledged since.
func (q *Write) Fails() int { return int(q.t.no) }

// Outstanding returns how many of the nodes asked have not answered.
func (q *Write) Outstanding() int { return int(q.t.asked) - q.t.heard() }

// HeardFrom reports whether the node has acknowledged or failed.
func (q *Write) HeardFrom(node int32) bool { return q.t.heardFrom(node) }

// Acked reports whether the node has acknowledged.
func (q *Write) Acked(node int32) bool {
	i := q.t.find(node)
	return i < q.t.heard() && !q.t.at(i).failed
}
