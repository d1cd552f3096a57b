package dynamo

import (
	"encoding/binary"
	"fmt"

	"dynamosim/dynamo/ring"
)

// What a node has on its disk of the transfers that it takes part in: the ranges that it has not handed over yet, and those that it waits for. It
// stands beside the node's view of the members and is brought up to date behind it: a crash between the two leaves strays.

// record is that, as far as writing it goes.
type record struct {
	writing bool
	again   bool // something has changed since
	empty   bool // the disk holds none, or one that says nothing
	known   bool // empty is meant
}

// writeRecord brings to disk what is left to hand over and to wait for, one record at a time.
func (n *Node) writeRecord() {
	x := &n.transfers
	r := &x.record
	nothing := len(x.awaited) == 0
	for i := range x.tasks {
		nothing = nothing && len(x.tasks[i].ranges) == 0
	}
	switch {
	case !n.cfg.PersistViews, nothing && (r.empty || !r.known):
		return
	case r.writing:
		r.again = true
		return
	}
	r.writing, r.known, r.empty = true, true, nothing
	n.shared.scratch.payload = appendGiven(n.shared.scratch.payload[:0], x)
	n.calls++
	n.meta.Put(metaTransfers, metaKeys[metaTransfers], n.shared.scratch.payload, 0, n.tickets.put(&ticket{kind: ticketRecord, log: engineMeta}))
	n.calls--
}

// recordDurable is the end of that. Where the disk refused, the next change writes all.
func (n *Node) recordDurable(ok bool) {
	r := &n.transfers.record
	r.writing = false
	if !ok {
		r.empty = false
	}
	if r.again {
		r.again = false
		n.writeRecord()
	}
}

// Each task is written as receiver, whether the ranges leave, and the ranges; then follow the ranges that are awaited, and from whom.
func appendGiven(b []byte, x *transfers) []byte {
	le := binary.LittleEndian
	count := 0
	at := len(b)
	b = le.AppendUint32(b, 0)
	for i := range x.tasks {
		t := &x.tasks[i]
		if len(t.ranges) == 0 {
			continue
		}
		count++
		leaves := byte(0)
		if t.leaves {
			leaves = 1
		}
		b = appendRanges(append(le.AppendUint32(b, uint32(t.to)), leaves), t.ranges)
	}
	le.PutUint32(b[at:], uint32(count))
	b = appendRanges(b, x.rangesAwaited())
	for _, a := range x.awaited {
		b = le.AppendUint32(b, uint32(a.from))
	}
	return b
}

func (x *transfers) rangesAwaited() []ring.Range {
	var list []ring.Range
	for _, a := range x.awaited {
		list = append(list, a.Range)
	}
	return list
}

func appendRanges(b []byte, ranges []ring.Range) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, uint32(len(ranges)))
	for _, r := range ranges {
		for _, p := range []ring.Position{r.After, r.Upto} {
			b = le.AppendUint64(le.AppendUint64(b, p.Hi), p.Lo)
		}
	}
	return b
}

// recallGiven takes over what the disk held. The engine has verified the checksum, so anything unreadable is a broken invariant.
func (n *Node) recallGiven(b []byte) {
	x := &n.transfers
	x.tasks, x.awaited = x.tasks[:0], x.awaited[:0]
	r := givenReader{b}
	for range r.number() {
		t := task{to: NodeID(r.number()), leaves: r.take(1)[0] == 1}
		t.ranges = r.ranges()
		x.tasks = append(x.tasks, t)
	}
	for _, a := range r.ranges() {
		x.awaited = append(x.awaited, awaited{Range: a})
	}
	for i := range x.awaited {
		x.awaited[i].from = NodeID(r.number())
	}
	if len(r.rest) > 0 {
		panic(fmt.Sprintf("dynamo: %d bytes after the end of a record of transfers", len(r.rest)))
	}
	x.record.known, x.record.empty = true, len(x.tasks)+len(x.awaited) == 0
	n.partial = true
}

type givenReader struct{ rest []byte }

func (r *givenReader) take(count int) []byte {
	if count > len(r.rest) {
		panic(fmt.Sprintf("dynamo: record of transfers ends %d bytes early", count-len(r.rest)))
	}
	taken := r.rest[:count]
	r.rest = r.rest[count:]
	return taken
}

func (r *givenReader) number() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }

func (r *givenReader) position() ring.Position {
	return ring.Position{Hi: binary.LittleEndian.Uint64(r.take(8)), Lo: binary.LittleEndian.Uint64(r.take(8))}
}

func (r *givenReader) ranges() []ring.Range {
	var list []ring.Range
	for range r.number() {
		list = append(list, ring.Range{After: r.position(), Upto: r.position()})
	}
	return list
}
