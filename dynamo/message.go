package dynamo

import (
	"math/bits"

	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/vclock"
)

// Kind is the kind of a message. The numbers enter the digest of a run and are never reused.
type Kind uint8

// The messages. Get and Put come from clients; a node that does not coordinate them passes them on as ForwardGet and ForwardPut, and the
// coordinator answers the client directly.
const (
	Get            Kind = 1
	GetReply       Kind = 2
	Put            Kind = 3
	PutReply       Kind = 4
	ForwardGet     Kind = 5
	ForwardPut     Kind = 6
	ForwardAck     Kind = 7
	Read           Kind = 8
	ReadReply      Kind = 9
	Replicate      Kind = 10
	ReplicateReply Kind = 11
	Repair         Kind = 12
	Hint           Kind = 13
	HintReply      Kind = 14
	Probe          Kind = 15
	ProbeReply     Kind = 16
	Merkle         Kind = 17
	Mend           Kind = 18
	MendReply      Kind = 19
	Gossip         Kind = 30
	GossipReply    Kind = 31
	GossipRest     Kind = 32
	Offer          Kind = 33
	OfferReply     Kind = 34
	TransferBatch  Kind = 35
	TransferReply  Kind = 36
	Poll           Kind = 60
	PollReply      Kind = 61
	Heartbeat      Kind = 62
	kinds               = 63
)

var kindNames = [kinds]string{
	Get: "get", GetReply: "get-reply", Put: "put", PutReply: "put-reply",
	ForwardGet: "forward-get", ForwardPut: "forward-put", ForwardAck: "forward-ack",
	Read: "read", ReadReply: "read-reply", Replicate: "replicate", ReplicateReply: "replicate-reply",
	Repair: "repair", Hint: "hint", HintReply: "hint-reply", Probe: "probe", ProbeReply: "probe-reply",
	Gossip: "gossip", GossipReply: "gossip-reply", GossipRest: "gossip-rest",
	Merkle: "merkle", Mend: "mend", MendReply: "mend-reply",
	Poll: "poll", PollReply: "poll-reply", Heartbeat: "heartbeat",
	Offer: "offer", OfferReply: "offer-reply", TransferBatch: "transfer", TransferReply: "transfer-reply",
}

// String is the name under which scenarios and traces know the kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// KindNames lists the names of all kinds, in the order of their numbers.
func KindNames() []string {
	var names []string
	for _, name := range kindNames {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// KindByName is the inverse of Kind.String; 0 where there is none.
func KindByName(name string) Kind {
	for k := Kind(1); k < kinds; k++ {
		if kindNames[k] == name && name != "" {
			return k
		}
	}
	return 0
}

// spreads tells whether a message carries what nodes know of the ring, which one that does not belong to it yet must hear too.
func (k Kind) spreads() bool { return k == Gossip || k == GossipReply || k == GossipRest }

// Background tells whether a message belongs to no client's request: gossip, hints, repair, anti-entropy, transfers and probes.
func (k Kind) Background() bool { return k > ReplicateReply }

// Status is how a request ended, as far as the sender of the message knows. The numbers enter the digest.
type Status uint8

// The statuses. Refusals are definite: no replica was sent the put. Timeout is not: the put may have taken effect, or still will.
const (
	OK          Status = 0
	Timeout     Status = 1 // fewer than R or W replicas answered in time
	Unavailable Status = 2 // refused: too few replicas are believed to be up
	Recovering  Status = 3 // refused: the node is reading its disk
	Overloaded  Status = 4 // refused: the node's queue is full
	Corrupt     Status = 5 // the stored bytes failed their checksum
	DiskFailed  Status = 6 // the disk refused to write

	TooManySiblings Status = 7 // refused: the put would leave more versions beside each other than the cluster allows
	// StaleView: refused: the request came by an old view of the members.
	StaleView Status = 8
	Awaiting  Status = 9 // the replica waits for the range that the key lies in: what it holds may be a part
)

var statusNames = [...]string{"ok", "timeout", "unavailable", "recovering", "overloaded", "corrupt", "disk failed", "too many siblings", "stale view", "awaiting the range"}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "?"
}

// Refused tells whether the status promises that the request had no effect.
func (s Status) Refused() bool {
	return s == Unavailable || s == Recovering || s == Overloaded || s == TooManySiblings || s == StaleView
}

// Message is what processes send each other. It is passed by value, so it holds what most kinds need, in less than a cache line; what few
// carry is in a Body. What hangs on its pointers is immutable.
type Message struct {
	Kind      Kind
	Status    Status
	N, Quorum uint8  // of this request; 0 means the cluster's
	Tombstone bool   // a put that deletes
	Hedge     bool   // get: the second request of a client that has asked Node already
	Again     bool   // forwarded requests: for the second time, by a node that knew better
	Durable   bool   // replicate: this copy is not to wait in a write buffer (§6.1)
	Request   uint64 // the sender's number for this request, returned in the answer; a client's: its connection above, a rising number in the lower half
	Ack       uint64 // forwarded requests: the number that the receiver shall acknowledge, 0: none
	Key       KeyID
	Client    NodeID // whom the coordinator answers, in forwarded requests
	Node      NodeID // replicate, hint: the home it is kept for; get and put: the preferred coordinator; replies: the fastest replica; read-reply, awaiting: who has the range
	Set       *vclock.Set
	Body      *Body   // nil: nothing of it
	_         [8]byte // the rest of a line of the processor's cache
}

// Body is what only a put, the answers to clients and rare messages between nodes carry. It is immutable.
type Body struct {
	Context  vclock.Clock // put: the context it was given; replies: the context for the client
	Dots     []vclock.Dot // versions beside the context: the client's own puts, acknowledged without a get since
	Value    vclock.Value
	Stamp    vclock.Stamp     // put-reply, last-write-wins: the timestamp of the new version
	Beside   bool             // put-reply: the context does not cover the new version: it stays beside what the client puts next
	View     *membership.View // gossip: what the sender knows of the members
	Trees    *Trees           // merkle: what is compared and moved; nil: all roots are equal
	Transfer *Transfer        // offer, transfer and the answers
}

// Context is the context that a put was given, or that an answer gives to the client. That of a get's answer is the versions' own
// unless the body has another.
func (m *Message) Context() vclock.Clock {
	switch {
	case m.Body != nil:
		return m.Body.Context
	case m.Kind == GetReply && m.Set != nil:
		return m.Set.Context
	}
	return nil
}

// Dots are the versions that a put supersedes beside its context.
func (m *Message) Dots() []vclock.Dot {
	if m.Body == nil {
		return nil
	}
	return m.Body.Dots
}

// Value is what a put writes.
func (m *Message) Value() vclock.Value {
	if m.Body == nil {
		return vclock.Value{}
	}
	return m.Body.Value
}

// Stamp is the timestamp of the version that a put has made.
func (m *Message) Stamp() vclock.Stamp {
	if m.Body == nil {
		return vclock.Stamp{}
	}
	return m.Body.Stamp
}

// View is what a message tells of the members; nil: nothing.
func (m *Message) View() *membership.View {
	if m.Body == nil {
		return nil
	}
	return m.Body.View
}

// Transfer is what a message of a transfer carries; nil: nothing.
func (m *Message) Transfer() *Transfer {
	if m.Body == nil {
		return nil
	}
	return m.Body.Transfer
}

// Bodies hands out memory for bodies in chunks; a chunk goes when no message refers to it any more. The zero Bodies is ready, a nil one
// takes each from the heap.
type Bodies struct {
	rest   []Body
	chunks vclock.Chunks[bodyChunk]
}

// Reset begins anew with the memory of before: no body of before may be used any more.
func (b *Bodies) Reset() {
	b.rest = nil
	b.chunks.Reset()
}

// New keeps a body.
func (b *Bodies) New(body Body) *Body {
	kept := b.next()
	*kept = body
	return kept
}

// bodyChunk is one of the chunks, of 8 KB. Go begins it with 8 bytes of its own, with which what is left out here is a line of the processor's cache: so a
// body is two lines, not parts of three.
type bodyChunk struct {
	_      [56]byte
	bodies [63]Body
}

// next is an empty body, to be filled in before it is sent.
func (b *Bodies) next() *Body {
	switch {
	case b == nil:
		return new(Body)
	case len(b.rest) == 0:
		b.rest = b.chunks.Next().bodies[:]
	}
	kept := &b.rest[0]
	b.rest = b.rest[1:]
	return kept
}

// Wire sizes in bytes of what every message carries and of a context entry: a header of ids and lengths, and (actor, counter, time).
const (
	wireHeader = 48
	wireEntry  = 20
	wireDot    = 16
)

// Size is the length of the message on the wire in bytes, keys included. Nothing is really encoded.
func (m *Message) Size(keys *Keys) int64 {
	size, _ := m.Measure(keys)
	return size
}

// Hash covers the content of the message, for the digest of a run.
func (m *Message) Hash(keys *Keys) uint64 {
	_, hash := m.Measure(keys)
	return hash
}

// Measure gives Size and Hash in one pass.
func (m *Message) Measure(keys *Keys) (size int64, hash uint64) {
	flags := uint64(m.Kind) | uint64(m.Status)<<8 | uint64(m.N)<<16 | uint64(m.Quorum)<<24
	if m.Tombstone || m.Hedge || m.Again || m.Durable {
		flags |= m.flags()
	}
	size, key := int64(wireHeader), uint64(noKeyHash)
	if m.Key != NoKey {
		known := &keys.known[m.Key]
		size, key = size+int64(len(known.name)), known.hash
	}
	h := fold(flags^0x9e3779b97f4a7c15, m.Request^0xd1b54a32d192ed03)
	h = fold(h^key, uint64(uint32(m.Client))<<32|uint64(uint32(m.Node))^0x2545f4914f6cdd1d)
	if m.Body != nil {
		body, withBody := m.Body.measure(keys, h^m.Ack)
		size, h = size+body, withBody
	} else {
		h = fold(h^m.Ack, 0x8cb92ba72f3d8dd7)
		if m.Kind == GetReply {
			context := m.Context()
			size, h = size+int64(len(context))*wireEntry, hashContext(context, h)
		}
	}
	if m.Set != nil {
		size += m.Set.WireSize()
		h = fold(h^m.Set.Hash(), 0xd6e8feb86659fd93)
	}
	return size, h
}

// flags are what few messages bear, as bits of a hash.
func (m *Message) flags() (flags uint64) {
	if m.Tombstone {
		flags |= 1 << 32
	}
	if m.Hedge {
		flags |= 1 << 34
	}
	if m.Again {
		flags |= 1 << 35
	}
	if m.Durable {
		flags |= 1 << 33
	}
	return flags
}

// measure gives the length of a body and takes it into a hash.
func (b *Body) measure(keys *Keys, h uint64) (size int64, hash uint64) {
	h = fold(h^b.Value.ID, uint64(b.Value.Len)^0x8cb92ba72f3d8dd7)
	if b.Beside {
		h = fold(h, 0x9fb21c651e98df25)
	}
	if b.Stamp.Wall != 0 {
		h = fold(h^uint64(b.Stamp.Wall), uint64(b.Stamp.Node)^0xaef17502108ef2d9)
	}
	h = hashContext(b.Context, h)
	for _, d := range b.Dots {
		h = fold(h^uint64(d.Actor), d.Counter^0xe7037ed1a0b428db)
	}
	size = int64(len(b.Context))*wireEntry + int64(len(b.Dots))*wireDot + int64(b.Value.Len)
	if b.View != nil || b.Trees != nil || b.Transfer != nil {
		return b.measureRare(keys, size, h)
	}
	return size, h
}

func hashContext(context vclock.Clock, h uint64) uint64 {
	for i := range context {
		e := &context[i]
		h = fold(h^uint64(e.Actor), e.Counter^0x9e3779b97f4a7c15)
	}
	return h
}

// measureRare adds what only messages between nodes carry that belong to no request.
func (b *Body) measureRare(keys *Keys, size int64, h uint64) (int64, uint64) {
	if b.View != nil {
		size += b.View.WireSize()
		h = fold(h^b.View.Hash(), 0xa0761d6478bd642f)
	}
	if b.Trees != nil {
		size += b.Trees.size(keys)
		h = fold(h^b.Trees.hash(keys), 0x2545f4914f6cdd1d)
	}
	if b.Transfer != nil {
		size += b.Transfer.size(keys)
		h = fold(h^b.Transfer.hash(keys), 0xe7037ed1a0b428db)
	}
	return size, h
}

// fold mixes two words by one wide multiplication.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
