package history

import "fmt"

// Recording. Calls come in the order of the events, with times (virtual, ns)
// that never fall; an operation's setters come between its Invoke and the next
// event. Misuse is a broken invariant of the caller and panics.
//
//	op := h.Invoke(t, client, history.Put, key)
//	h.SetContext(op, versions)
//	h.SetValue(op, "milk, eggs", 10)
//	...
//	h.OkPut(t, op)

// event counts one more event line, which tells of the thing given.
func (h *History) event(t int64, kind Line, number int) int32 {
	if t < h.last || h.lines.full() {
		h.turn(t)
	}
	return h.line(t, kind, number)
}

// line is event where that needs no turn. It is small enough to stand where it
// is called.
func (h *History) line(t int64, kind Line, number int) int32 {
	h.last = t
	*h.lines.next() = kind | Line(number)<<2
	index := h.next
	h.next = index + 1
	return index
}

// turn goes on to another chunk of lines before an event at t.
func (h *History) turn(t int64) {
	if t < h.last {
		panic(fmt.Sprintf("history: event at %d ns after one at %d ns", t, h.last))
	}
	h.lines.begin()
}

// Invoke records that a client calls f on a key. A client may have several
// operations open: each goes to a process of its own, and a process whose
// operation ended in Info is never used again.
func (h *History) Invoke(t int64, client int32, f Func, key int32) OpID {
	return h.begin(t, client, anyProcess, f, key, NoVersion).id
}

// InvokePart is Invoke for an operation of a read-modify-write that begins with
// first, which is Next if this is the first one itself. It returns the number of
// the client's operation too.
func (h *History) InvokePart(t int64, client int32, f Func, key int32, first OpID) (op OpID, number int32) {
	b := h.begin(t, client, anyProcess, f, key, first)
	return b.id, b.number
}

// Next is the operation that the next Invoke begins.
func (h *History) Next() OpID { return OpID(h.ops.n) }

// anyProcess stands for the process that a client's next operation goes to.
const anyProcess = -1

// begun names an operation that has just begun.
type begun struct {
	id     OpID
	number int32 // see Operation
}

func (h *History) begin(t int64, client, process int32, f Func, key int32, group OpID) begun {
	id := h.ops.n
	if id == h.spillAfter && id > 0 {
		h.startSpilling()
	}
	if h.ops.full() {
		h.ops.begin()
	}
	if t < h.last || h.lines.full() {
		h.turn(t)
	}
	s := &h.sessions[client]
	s.operations++
	if process == anyProcess {
		process = s.free
		if s.free = -1; process < 0 {
			process = h.otherProcess(client)
		}
	}
	number, index := s.operations, h.line(t, lineInvoke, id)
	// Field by field: an operation that is put together elsewhere and copied costs more.
	o := h.ops.next()
	o.Invoke, o.Return, o.InvokeIndex, o.ReturnIndex = t, 0, index, -1
	o.Client, o.Process, o.Number, o.Key = client, process, number, key
	o.Group, o.named[0], o.stamp, o.value, o.extra = group, 0, 0, 0, 0
	o.Func, o.Outcome, o.reason, o.flags = f, Open, 0, 0
	return begun{OpID(id), number}
}

// otherProcess gives a process to a client whose last one is not free.
func (h *History) otherProcess(client int32) int32 {
	if s := &h.sessions[client]; s.others >= 0 {
		p := s.others
		s.others = h.processes[p].next
		return p
	}
	h.processes = append(h.processes, process{client: client, next: -1})
	return int32(len(h.processes) - 1)
}

// SetContext says which versions a put or delete supersedes. The slice is
// copied.
func (h *History) SetContext(op OpID, versions []OpID) {
	h.name(h.newest(op), versions)
}

// name lets an operation that names none as yet name versions.
func (h *History) name(o *Operation, versions []OpID) {
	if len(versions) != 1 {
		h.nameSeveral(o, versions)
		return
	}
	o.named[0] = versions[0]
	o.flags |= oneName
}

// nameSeveral is name for any other number of versions.
func (h *History) nameSeveral(o *Operation, versions []OpID) {
	switch n := len(versions); {
	case n == 0:
	case n < manyNames:
		o.named[0] = OpID(h.versions.put(versions).at)
		o.flags |= flags(n << namesShift)
	default:
		o.named[0] = OpID(h.versions.put(append([]OpID{OpID(n)}, versions...)).at)
		o.flags |= manyNames << namesShift
	}
}

// newest is an operation that has just begun. It is in memory.
func (h *History) newest(op OpID) *Operation {
	if int(op) != h.ops.n-1 {
		panicLate(op)
	}
	return h.ops.last()
}

func panicLate(op OpID) {
	panic(fmt.Sprintf("history: something about the beginning of operation %d after a later one has begun", op))
}

// changed is called after an operation that Op gave was changed.
func (h *History) changed(op OpID, o *Operation) {
	if h.spilled != nil {
		h.ops.keep(int(op), o)
	}
}

// SetValue gives the value of a put: its text, which may be left empty for
// large values, and its length in bytes.
func (h *History) SetValue(op OpID, text string, size int) {
	o := h.newest(op)
	if text == "" {
		o.value = int32(size)
		return
	}
	h.texts = append(h.texts, text)
	if len(text) == size {
		o.value = int32(len(h.texts) - 1)
		o.flags |= flagText
		return
	}
	o.value = int32(size)
	h.edit(o, func(e *extra) { e.text = int32(len(h.texts)) })
}

// SetVersion gives the version of a put or delete a name of its own. Without
// it the version is called after its client and number, see VersionName.
func (h *History) SetVersion(op OpID, name string) {
	if h.labels == nil {
		h.labels = make(map[OpID]string)
	}
	h.labels[op] = name
}

// SetGroup says that op is part of the read-modify-write that began with
// first; for its first operation, first is op itself.
func (h *History) SetGroup(op, first OpID) { h.newest(op).Group = first }

// SetPreloaded marks a put of a version that was there before the first client came.
func (h *History) SetPreloaded(op OpID) { h.flag(op, flagPreload) }

func (h *History) flag(op OpID, f flags) {
	o := h.Op(op)
	o.flags |= f
	h.changed(op, o)
}

// SetFinal marks a get made after Quiet with R=N.
func (h *History) SetFinal(op OpID) { h.flag(op, flagFinal) }

// SetCart says what a put changes in a shopping cart: the items it adds, each
// with a tag of its own, and the tags it removes. The slices are copied.
func (h *History) SetCart(op OpID, adds []CartItem, removes []int32) {
	adding, removing := h.carts.put(adds), h.numbers.put(removes)
	h.change(op, func(e *extra) { e.cart, e.adds, e.removes = true, adding, removing })
}

// SetItems says what a get found in a shopping cart, siblings merged. The
// slice is copied.
func (h *History) SetItems(op OpID, items []CartItem) {
	found := h.carts.put(items)
	h.change(op, func(e *extra) { e.cart, e.items = true, found })
}

// change changes what few operations have of op, which has it from now on.
func (h *History) change(op OpID, edit func(e *extra)) {
	o := h.Op(op)
	h.edit(o, edit)
	h.changed(op, o)
}

// edit is change for who has the operation, and says that it has changed.
func (h *History) edit(o *Operation, edit func(e *extra)) {
	if o.extra == 0 {
		*h.extras.add() = extra{}
		o.extra = int32(h.extras.n)
	}
	e := h.extra(o)
	edit(e)
	h.extras.keep(int(o.extra)-1, e)
}

// SetStamp gives a version its last-write-wins timestamp. It may come later
// than the end of the put, when a get is the first to show it. Equal stamps
// are ordered by node, and those by the order of invocation.
func (h *History) SetStamp(v OpID, time int64, node int32) {
	if !v.Written() {
		h.phantoms.stamp[-2-v] = stamp{time: time, node: node, known: true}
		return
	}
	o := h.Op(v)
	if o.stamp == 0 {
		h.stamps.add()
		o.stamp = int32(h.stamps.n)
		h.changed(v, o)
	}
	s := h.stamps.at(int(o.stamp) - 1)
	*s = stamp{time: time, node: node, known: true}
	h.stamps.keep(int(o.stamp)-1, s)
}

// OkGet records that a get returned these versions, none where nothing was
// found. The slice is copied.
func (h *History) OkGet(t int64, op OpID, versions []OpID) {
	o := h.end(t, op, Ok)
	h.release(o)
	h.name(o, versions)
	h.changed(op, o)
}

// OkPut records that a put or delete was acknowledged.
func (h *History) OkPut(t int64, op OpID) {
	o := h.end(t, op, Ok)
	h.release(o)
	h.changed(op, o)
}

// Fail records that an operation certainly did not and will not happen: no
// replica, the coordinator included, was sent it.
func (h *History) Fail(t int64, op OpID, why string) {
	o := h.end(t, op, Fail)
	h.release(o)
	h.setReason(o, why)
	h.changed(op, o)
}

// Info records that nobody will tell the client whether the operation
// happened. The client goes on as a new process.
func (h *History) Info(t int64, op OpID, why string) {
	o := h.end(t, op, Info)
	h.setReason(o, why)
	h.changed(op, o)
}

func (h *History) setReason(o *Operation, why string) {
	if why == "" {
		return
	}
	n := h.reasons.add(why) + 1
	if n < rareReason {
		o.reason = uint8(n)
		return
	}
	o.reason = rareReason
	h.edit(o, func(e *extra) { e.reason = n })
}

// end ends an operation, which the caller may change further and then says so.
func (h *History) end(t int64, op OpID, outcome Outcome) *Operation {
	if t < h.last || h.lines.full() {
		h.turn(t)
	}
	o := h.ops.near(int(op))
	if o == nil {
		o = h.ops.fetch(int(op))
	}
	if o.Outcome != Open {
		panicEnd(op, outcome, o.Outcome)
	}
	o.Outcome, o.Return = outcome, t
	o.ReturnIndex = h.line(t, lineReturn, int(op))
	return o
}

//go:noinline
func panicEnd(op OpID, now, before Outcome) {
	panic(fmt.Sprintf("history: operation %d ends in %v after it ended in %v", op, now, before))
}

// release lets the client go on as the process of o.
func (h *History) release(o *Operation) {
	s := &h.sessions[o.Client]
	if s.free >= 0 {
		h.processes[s.free].next = s.others
		s.others = s.free
	}
	s.free = o.Process
}

// Nemesis records that a fault of this kind and name starts, ends or is
// refused; text is the fault in words.
func (h *History) Nemesis(t int64, kind, fault string, phase Phase, text string) {
	index := h.event(t, lineEvent, len(h.events))
	h.events = append(h.events, Event{Time: t, Index: index, Phase: phase, Kind: kind, Fault: fault, Text: text})
}

// MarkPhase records that all faults are healed (Heal) or that nothing moves
// any more (Quiet).
func (h *History) MarkPhase(t int64, p Phase) {
	if p != Heal && p != Quiet {
		panic(fmt.Sprintf("history: %v is not a phase of the run", p))
	}
	h.Nemesis(t, p.String(), "", p, "")
}

// AddState records what a node holds of a key after Quiet, tombstones
// included. Every home of a key has a line, also when it holds nothing. The
// slice is copied.
func (h *History) AddState(t int64, node int32, role Role, key int32, versions []OpID) {
	index := h.event(t, lineState, h.states.n)
	*h.states.add() = State{Time: t, Index: index, Node: node, Role: role, Key: key, versions: h.versions.put(versions)}
}
