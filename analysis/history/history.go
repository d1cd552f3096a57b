package history

import (
	"fmt"
	"strconv"
)

// Model is what the keys of a store promise.
type Model uint8

const (
	Siblings      Model = 0 // Dynamo's versions: a put supersedes its context, nothing else
	Register      Model = 1 // one value; a put replaces whatever there is
	LastWriteWins Model = 2 // one value; the put with the largest (stamp, node) stays
)

var modelNames = [...]string{Siblings: "siblings", Register: "register", LastWriteWins: "last-write-wins"}

// String returns the name used in files and flags.
func (m Model) String() string { return modelNames[m] }

// ParseModel is the inverse of Model.String.
func ParseModel(name string) (Model, error) {
	for m, n := range modelNames {
		if n == name {
			return Model(m), nil
		}
	}
	return 0, fmt.Errorf("unknown model %q: it is one of siblings, register, last-write-wins", name)
}

// Header is the first line of a file.
type Header struct {
	Model    Model
	Scenario string // name of the scenario, may be empty
	Seed     string // decimal number, may be empty
}

// History is a sequence of events together with the names that occur in it.
// The zero value is not usable: see New and Read. A History must not be
// recorded to by two goroutines at once; reading it concurrently is fine.
type History struct {
	Header

	clients, keys, nodes, items, tags names

	sessions  []session // by client
	processes []process
	ops       list[Operation]
	states    list[State]
	events    []Event
	lines     list[Line]
	stamps    list[stamp]

	versions pool[OpID]
	carts    pool[CartItem]
	numbers  pool[int32]

	texts    []string
	reasons  names
	extras   list[extra]
	labels   map[OpID]string // versions that do not print as client.number
	phantoms phantoms
	tiebreak []string // names of the nodes of stamps where a file from elsewhere used names

	last int64 // time of the newest event
	next int32 // index of the next event

	spilled    *spill // nil: everything is in memory
	spillAfter int    // operations from which on it is not; 0: never
	keepNewest int    // chunks of every list
	openSpill  func() (Backing, error)

	part *part // nil: it is whole
}

// session is what recording needs to know of a client. Of the processes that
// are free it goes on as the one that became so last.
type session struct {
	operations int32 // so far
	free       int32 // that process, -1 is none
	others     int32 // if free is -1 too, or else after it: the next one, -1 is none
}

// process is a client's thread of operations, one at a time.
type process struct {
	client int32
	next   int32 // of session.others: the next one, -1 is none
}

// extra holds what few operations have.
type extra struct {
	adds, items span  // in carts
	removes     span  // in numbers
	values      span  // in numbers: texts that a get returned, where they are not the written ones
	text        int32 // of a put, in History.texts, from 1; 0: none, or it is as long as the value, see Operation
	reason      int32 // as Operation.reason, if that is rareReason
	cart        bool  // about a shopping cart
}

// New returns an empty history.
func New(h Header) *History {
	return &History{Header: h}
}

// Reset makes h an empty history again, keeping its memory for reuse.
func (h *History) Reset(header Header) {
	h.Header = header
	for _, n := range []*names{&h.clients, &h.keys, &h.nodes, &h.items, &h.tags, &h.reasons} {
		n.reset()
	}
	h.sessions, h.processes = h.sessions[:0], h.processes[:0]
	h.ops.reset()
	h.states.reset()
	h.lines.reset()
	h.stamps.reset()
	h.extras.reset()
	h.events, h.texts = h.events[:0], h.texts[:0]
	h.versions.reset()
	h.carts.reset()
	h.numbers.reset()
	clear(h.labels)
	h.phantoms = phantoms{}
	h.tiebreak = nil
	h.last, h.next = 0, 0
	h.spilled, h.spillAfter, h.openSpill = nil, 0, nil
}

// AddClient returns the number of the client of this name, a new one if the
// name is new. Numbers count from 0 in the order of coming; so do those of
// AddKey, AddNode, AddItem and AddTag.
func (h *History) AddClient(name string) int32 {
	c := h.clients.add(name)
	if int(c) == len(h.sessions) {
		h.sessions = append(h.sessions, session{free: -1, others: -1})
	}
	return c
}

// AddKey returns the number of the key of this name, see AddClient.
func (h *History) AddKey(name string) int32 { return h.keys.add(name) }

// AddNode returns the number of the node of this name, see AddClient.
func (h *History) AddNode(name string) int32 { return h.nodes.add(name) }

// AddItem returns the number of the cart item of this name, see AddClient.
func (h *History) AddItem(name string) int32 { return h.items.add(name) }

// AddTag returns the number of the tag of this name, see AddClient. A tag is
// unique to one addition of one item to one cart.
func (h *History) AddTag(name string) int32 { return h.tags.add(name) }

// Clients, Keys and Nodes tell how many there are.
func (h *History) Clients() int { return len(h.clients.list) }

// Keys tells how many keys there are.
func (h *History) Keys() int { return len(h.keys.list) }

// Nodes tells how many nodes there are.
func (h *History) Nodes() int { return len(h.nodes.list) }

// ClientName returns the name of client c, like the others of its kind.
func (h *History) ClientName(c int32) string { return h.clients.list[c] }

// KeyName returns the name of key k.
func (h *History) KeyName(k int32) string { return h.keys.list[k] }

// NodeName returns the name of node n.
func (h *History) NodeName(n int32) string { return h.nodes.list[n] }

// ItemName returns the name of cart item i.
func (h *History) ItemName(i int32) string { return h.items.list[i] }

// TagName returns the name of tag t.
func (h *History) TagName(t int32) string { return h.tags.list[t] }

// Tags tells how many tags there are.
func (h *History) Tags() int { return len(h.tags.list) }

// FindKey returns the number of the key of this name.
func (h *History) FindKey(name string) (int32, bool) { return h.keys.find(name) }

// FindNode returns the number of the node of this name.
func (h *History) FindNode(name string) (int32, bool) { return h.nodes.find(name) }

// Len returns the number of operations.
func (h *History) Len() int { return h.ops.n }

// Op returns operation id, which must be in [0, Len()). The result is valid as
// long as h is and must not be changed by its readers.
func (h *History) Op(id OpID) *Operation { return h.ops.at(int(id)) }

// Context returns the versions that the put or delete supersedes, in the order
// given. The slice is shared.
func (h *History) Context(id OpID) []OpID {
	if o := h.Op(id); o.Func.Writes() {
		return h.Named(o)
	}
	return nil
}

// Versions returns what a get returned, more than one where siblings were
// returned and none where nothing was found. The slice is shared.
func (h *History) Versions(id OpID) []OpID {
	if o := h.Op(id); !o.Func.Writes() {
		return h.Named(o)
	}
	return nil
}

// StampOf returns the last-write-wins timestamp of a version and the node that
// breaks ties; ok is false where the history does not tell.
func (h *History) StampOf(v OpID) (time int64, node int32, ok bool) {
	if !v.Written() {
		s := h.phantoms.stamp[-2-v]
		return s.time, s.node, s.known
	}
	return h.Stamp(h.Op(v))
}

// Stamp is StampOf for an operation of EachChunk.
func (h *History) Stamp(o *Operation) (time int64, node int32, ok bool) {
	if !o.Stamped() {
		return 0, -1, false
	}
	s := h.stamps.at(int(o.stamp) - 1)
	return s.time, s.node, true
}

// Reason returns why an operation failed or is unknown.
func (h *History) Reason(id OpID) string {
	o := h.Op(id)
	switch r := int32(o.reason); r {
	case 0:
		return ""
	case rareReason:
		return h.reasons.list[h.extra(o).reason-1]
	default:
		return h.reasons.list[r-1]
	}
}

// Events returns what the nemesis did and the marks of the phases, in order.
func (h *History) Events() []Event { return h.events }

// States returns the number of state lines.
func (h *History) States() int { return h.states.n }

// State returns the i-th state line and the versions it tells of.
func (h *History) State(i int) (*State, []OpID) {
	s := h.states.at(i)
	return s, h.versions.get(s.versions)
}

// Mark returns the time of the last event of this phase, Heal or Quiet.
func (h *History) Mark(p Phase) (t int64, ok bool) {
	for i := len(h.events) - 1; i >= 0; i-- {
		if h.events[i].Phase == p {
			return h.events[i].Time, true
		}
	}
	return 0, false
}

// LastIndex returns the index of the last event, -1 where there is none.
func (h *History) LastIndex() int32 { return h.next - 1 }

// End returns the time of the last event in ns.
func (h *History) End() int64 { return h.last }

// VersionName returns the name of a version: the label it was given, else the
// client's name and the number of its operation, as in "shoppers/2.17".
func (h *History) VersionName(v OpID) string {
	return string(h.AppendVersion(nil, v))
}

// AppendVersion appends the name of a version to b.
func (h *History) AppendVersion(b []byte, v OpID) []byte {
	if !v.Written() {
		return append(b, h.phantoms.name(v)...)
	}
	if len(h.labels) > 0 {
		if name, ok := h.labels[v]; ok {
			return append(b, name...)
		}
	}
	o := h.Op(v)
	b = append(b, h.clients.list[o.Client]...)
	b = append(b, '.')
	return strconv.AppendInt(b, int64(o.Number), 10)
}
