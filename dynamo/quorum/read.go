package quorum

import "dynamosim/dynamo/vclock"

// Read gathers the replies to one get. The zero Read is decided: nothing was asked
// and nothing is needed.
type Read struct {
	t    tally
	sets [inline]*vclock.Set // by the index of the node's answer
	more *[]*vclock.Set      // beyond inline; nil: never so many
}

// NewRead returns the tally of a get sent to n nodes, the coordinator itself
// included, that needs r replies.
func NewRead(n, r int) Read { return Read{t: tally{asked: int32(n), need: int32(r)}} }

// Reset begins a new get in the same memory.
func (q *Read) Reset(n, r int) {
	q.sets[0] = nil // what the others are does not matter before they are filed
	if q.more != nil {
		clear(*q.more)
	}
	q.t.mixed = false
	q.t.reset(n, r)
}

// Ask tells that k more nodes have been asked, as stand-ins (§4.6).
func (q *Read) Ask(k int) { q.t.asked += int32(k) }

// Reply records what a node holds; nil, that it holds nothing, is a reply too. It
// reports whether that was news: a node's first reply counts.
func (q *Read) Reply(node int32, s *vclock.Set) bool {
	if i := q.t.first(node); i >= 0 {
		q.sets[i] = s
		q.t.mixed = q.t.mixed || s != q.sets[0]
		return true
	}
	i, news := q.t.note(node, false)
	if news {
		q.put(i, s)
	}
	return news
}

// Add is Reply for a node that has neither replied nor failed, as the caller knows.
func (q *Read) Add(node int32, s *vclock.Set) {
	i := q.t.heard()
	if uint(i) >= inline {
		q.Reply(node, s)
		return
	}
	q.t.nodes[i], q.sets[i] = node, s
	q.t.yes++
	if s != q.sets[0] {
		q.t.mixed = true
	}
}

// Fail records that a node refused, or is given up. It changes nothing if the node
// has answered before.
func (q *Read) Fail(node int32) bool {
	i, news := q.t.note(node, true)
	if news {
		q.put(i, nil)
	}
	return news
}

// put files the set beside the i-th answer, which may be one beyond the last.
func (q *Read) put(i int, s *vclock.Set) {
	if i >= inline {
		q.spill(i-inline, s)
		return
	}
	q.sets[i] = s
	if s != q.sets[0] || i == 0 && q.t.heard() > 1 {
		q.t.mixed = true
	}
}

// spill is put for an answer for which there is no room inline.
func (q *Read) spill(i int, s *vclock.Set) {
	q.t.mixed = true
	if q.more == nil {
		q.more = new([]*vclock.Set)
	}
	if i < len(*q.more) {
		(*q.more)[i] = s
	} else {
		*q.more = append(*q.more, s)
	}
}

// set returns what the i-th node that answered holds.
func (q *Read) set(i int) *vclock.Set {
	if i < inline {
		return q.sets[i]
	}
	return (*q.more)[i-inline]
}

// Status tells whether the get is decided.
func (q *Read) Status() Status { return q.t.status() }

// Enough reports whether the get has succeeded.
func (q *Read) Enough() bool { return q.t.enough() }

// Replies returns how many nodes have replied.
func (q *Read) Replies() int { return int(q.t.yes) }

// Fails returns how many nodes have failed and not replied since.
func (q *Read) Fails() int { return int(q.t.no) }

// Outstanding returns how many of the nodes asked have not answered.
func (q *Read) Outstanding() int { return int(q.t.asked) - q.t.heard() }

// HeardFrom reports whether the node has replied or failed.
func (q *Read) HeardFrom(node int32) bool { return q.t.heardFrom(node) }

// Agreed reports whether all replies are one set, so that Stale names nobody.
func (q *Read) Agreed() bool { return !q.t.mixed }

// Result returns what the nodes that have replied know together: all their causally
// unrelated versions (§4.5). It is nil if none of them has the key.
func (q *Read) Result(m vclock.Mode, a *vclock.Arena) *vclock.Set {
	if !q.t.mixed {
		return q.sets[0]
	}
	return q.merged(m, a)
}

// merged is Result where the replies differ.
func (q *Read) merged(m vclock.Mode, a *vclock.Arena) *vclock.Set {
	var merged *vclock.Set
	for i := range q.t.heard() {
		if s := q.set(i); s != merged {
			merged = m.Merge(a, merged, s)
		}
	}
	return merged
}

// Stale appends to out the nodes whose reply lacks something of merged, which must
// be what Result returned with no reply since: the nodes that read repair brings up
// to date (§5). They come in the order of their replies.
func (q *Read) Stale(m vclock.Mode, merged *vclock.Set, out []int32) []int32 {
	if !q.t.mixed {
		return out
	}
	for i := range q.t.heard() {
		if held := q.set(i); held != merged && !q.t.at(i).failed && m.Merge(nil, held, merged) != held {
			out = append(out, q.t.at(i).node)
		}
	}
	return out
}
