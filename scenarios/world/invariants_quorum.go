package world

import (
	"fmt"
	"slices"

	"dynamosim/dynamo"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
	"dynamosim/sim"
)

// quorumWatch counts, from the messages alone, which nodes have answered a coordinator that they have a put.
type quorumWatch struct {
	asked   clientRequest           // the put that the running handler takes, if any
	current *ballot                 // that it began
	puts    map[coordinated]*ballot // by coordinator and client's request; looked up, never ranged over
	numbers map[wireNumber]*ballot  // by coordinator and its number; the same
	local   []map[dynamo.KeyID][]*ballot
}

type clientRequest struct {
	client int32
	number uint64
	known  bool
}

type coordinated struct {
	coordinator, client int32
	number              uint64
}

type wireNumber struct {
	coordinator int32
	number      uint64
}

// ballot is one put: who has answered.
type ballot struct {
	want   int
	nodes  []int32
	number uint64 // coordinator's
	sent   bool   // number is known
}

func (b *ballot) add(node int32) {
	for _, n := range b.nodes {
		if n == node {
			return
		}
	}
	b.nodes = append(b.nodes, node)
}

func (q *quorumWatch) reset() {
	q.puts, q.numbers = map[coordinated]*ballot{}, map[wireNumber]*ballot{}
}

// forget drops what a node that is started anew had not brought to its end.
func (q *quorumWatch) forget(h *host) {
	for int(h.id) >= len(q.local) {
		q.local = append(q.local, nil)
	}
	q.local[h.id] = map[dynamo.KeyID][]*ballot{}
}

// takes is told of a message before its handler runs.
func (q *quorumWatch) takes(h *host, from sim.ProcID, m *dynamo.Message) {
	switch m.Kind {
	case dynamo.Put:
		q.asked = clientRequest{int32(from), m.Request, true}
	case dynamo.ForwardPut:
		q.asked = clientRequest{int32(m.Client), m.Request, true}
	case dynamo.ReplicateReply:
		if b := q.numbers[wireNumber{int32(h.id), m.Request}]; b != nil && m.Status == dynamo.OK {
			b.add(int32(from))
		}
	}
}

// coordinates begins a ballot.
func (q *quorumWatch) coordinates(h *host, key dynamo.KeyID, want int64) {
	if !q.asked.known {
		return // it had passed the request on before, and coordinates it now since nobody else did
	}
	q.current = &ballot{want: int(want)}
	q.puts[coordinated{int32(h.id), q.asked.client, q.asked.number}] = q.current
	q.local[h.id][key] = append(q.local[h.id][key], q.current)
}

// stored: the coordinator's own copy of a put of a key is there. Of several open ones nobody outside can tell which; it counts for all.
func (q *quorumWatch) stored(h *host, key dynamo.KeyID) {
	for _, b := range q.local[h.id][key] {
		b.add(int32(h.id))
	}
}

// sends is told of a message that a node sends. An acknowledgement is judged.
func (v *invariants) sends(h *host, to dynamo.NodeID, m *dynamo.Message) {
	q := &v.quorum
	if m.Kind == dynamo.Replicate && m.Set != nil && v.on[invariantDotUniqueness] {
		v.judgeDots(h, m.Key, m.Set)
	}
	switch {
	case (m.Kind == dynamo.Replicate || m.Kind == dynamo.Read) && q.current != nil && !q.current.sent:
		q.current.number, q.current.sent = m.Request, true
		q.numbers[wireNumber{int32(h.id), m.Request}] = q.current
	case m.Kind == dynamo.PutReply:
		at := coordinated{int32(h.id), int32(to), m.Request}
		b := q.puts[at]
		if b == nil {
			return
		}
		delete(q.puts, at)
		delete(q.numbers, wireNumber{int32(h.id), b.number})
		q.local[h.id][m.Key] = slices.DeleteFunc(q.local[h.id][m.Key], func(o *ballot) bool { return o == b })
		if m.Status == dynamo.OK && v.on[invariantQuorumArithmetic] {
			v.judge(invariantQuorumArithmetic, len(b.nodes) >= b.want, h, m.Key, func() string {
				return fmt.Sprintf("acknowledged with W = %d after the answers of %v", b.want, v.world.names(b.nodes))
			})
		}
	}
}

// handled ends a handler.
func (q *quorumWatch) handled() { q.asked, q.current = clientRequest{}, nil }

// sameInRange tells whether two nodes store the same in a range; sure is false where tombstones make it a matter of their clocks.
func sameInRange(a, b *dynamo.Node, r ring.Range) (equal, sure bool) {
	equal, sure = true, true
	count := 0
	a.EachInRange(r, func(key dynamo.KeyID, set *vclock.Set) bool {
		other := b.Stored(key)
		count++
		sure = sure && set.Live() == len(set.Versions) && (other == nil || other.Live() == len(other.Versions))
		equal = equal && set.Equal(other)
		return sure
	})
	if !sure {
		return false, false
	}
	return equal && count == b.CountInRange(r), true
}
