package analysis

import "dynamosim/analysis/history"

// byKey is a history sorted by key, once for all checks: a counting sort of
// what stands in order already. It holds no pointers but those to its columns.
type byKey struct {
	rows   []row          // operations grouped by key, in the order of invocation
	start  []int32        // by key: where its group begins in rows; one more at the end
	place  []int32        // by operation: where it stands in rows
	sets   []int32        // what rows have no room for, see setOf
	traits []keyTraits    // by key
	counts counts         // of all keys
	stamps []stamp        // beside rows, if the model needs them; see stampsOf
	known  []int32        // the same, made when asked for; see knownAt
	order  []history.OpID // the operations of rows, made when asked for
	events *events        // of the key that was asked for last
}

// counts tell how much room lists of operations need.
type counts struct {
	succeeded [3]int // by history.Func
	groups    int    // read-modify-writes
}

// stamp is what orders versions of last-write-wins.
type stamp struct {
	time int64
	node int32
	id   history.OpID
}

// above reports whether a stamp is above another: by time, then by node, then
// by the order of invocation.
func (a *stamp) above(b *stamp) bool {
	if a.time != b.time {
		return a.time > b.time
	}
	if a.node != b.node {
		return a.node > b.node
	}
	return a.id > b.id
}

// stampsOf returns the timestamps of the operations on a key.
func (s *Subject) stampsOf(key int32) []stamp {
	if s.stamps == nil {
		s.stamps = make([]stamp, len(s.rows))
		for first, ops := range s.History.EachChunk {
			for i := range ops {
				if id := first + history.OpID(i); ops[i].Func.Writes() {
					t, node, _ := s.History.Stamp(&ops[i])
					s.stamps[s.place[id]] = stamp{time: t, node: node, id: id}
				}
			}
		}
	}
	return s.stamps[s.start[key]:s.start[key+1]]
}

// row is what tests need of an operation.
type row struct {
	id         history.OpID
	begin, end int32    // indexes of its events; end is never unless it is known to have happened by then
	seen       int32    // how long before never its version is certain to exist, see knownFrom
	named      [1]int32 // the position of the only version of its key that it returned or supersedes; of more, where they begin in sets
	flags      rowFlags // and how many these are
}

// knownFrom is the index from which on the version is certain to exist: it was
// acknowledged, or a get returned it. It is never if nobody knows that.
func (r *row) knownFrom() int32 { return never - r.seen }

// know notes that the version exists from an index on.
func (r *row) know(index int32) { r.seen = max(r.seen, never-index) }

// names is how many versions of its key the operation returned or supersedes.
func (r *row) names() int32 { return int32(r.flags >> rowNames) }

// rowFlags are properties of an operation, and in the bits above them how many
// versions it names.
type rowFlags uint32

const (
	rowWrites  rowFlags = 1 << iota // a put or a delete
	rowReads                        // a get that succeeded
	rowDeletes                      // a delete
	rowFailed                       // certainly did not happen
	rowUnknown                      // a write that nobody knows of whether it happened
	rowStamped                      // a write with a timestamp
	rowSeveral                      // a get that succeeded and returned several versions

	rowNames = iota
	oneName  = rowFlags(1) << rowNames
)

func (r *row) is(f rowFlags) bool { return r.flags.is(f) }

func (f rowFlags) is(any rowFlags) bool { return f&any != 0 }

// keyTraits say what a key's history has that the short ways of judging do not
// cover.
type keyTraits uint8

const (
	keySuspect  keyTraits = 1 << iota // some get returned what no store may return, see reads.go
	keyInvented                       // some write supersedes what no client could know, see reads.go
	keyDeletes                        // a deletion may have happened
)

// make builds the index of a history.
func (x *byKey) make(h *history.History) {
	*x = byKey{events: new(events)}
	x.count(h)
	x.rows = make([]row, h.Len())
	for first, ops := range h.EachChunk {
		x.fillChunk(h, first, ops)
	}
}

// count finds out where the groups of keys begin, and places operations within
// their group: until fillChunk comes to an operation, place has its position there.
func (x *byKey) count(h *history.History) {
	keys, n := h.Keys(), h.Len()
	columns := make([]int32, keys+1+n)
	x.start, x.place = columns[:keys+1:keys+1], columns[keys+1:]
	x.traits = make([]keyTraits, keys)
	for first, ops := range h.EachChunk {
		x.counts.chunk(first, ops, x.place[first:], x.start[1:])
	}
	for k := range keys {
		x.start[k+1] += x.start[k]
	}
}

// chunk counts operations, also those of each key, and notes their position
// among these.
func (c *counts) chunk(id history.OpID, ops []history.Operation, position, ofKey []int32) {
	position = position[:len(ops)]
	for i := range ops {
		o := &ops[i]
		n := &ofKey[o.Key]
		position[i] = *n
		*n++
		if o.Outcome == history.Ok {
			c.succeeded[o.Func]++
		}
		if o.Group == id+history.OpID(i) {
			c.groups++
		}
	}
}

// fillChunk sorts operations by key. It resolves what gets returned and writes
// supersede to positions, and notes when versions are certain to exist and what
// is odd about keys.
func (x *byKey) fillChunk(h *history.History, id history.OpID, ops []history.Operation) {
	places, rows := x.place[id:][:len(ops)], x.rows
	for i := range ops {
		o := &ops[i]
		at := places[i] + x.start[o.Key]
		places[i] = at
		r, flags, end := &rows[at], flagsOf(o), ended(o)
		r.id, r.begin, r.end, r.flags = id+history.OpID(i), o.InvokeIndex, end, flags
		switch {
		case flags.is(rowWrites):
			r.know(end)
			if flags.is(rowDeletes) && !flags.is(rowFailed) {
				x.traits[o.Key] |= keyDeletes
			}
			if o.Names() {
				x.linkContext(r, o.Key, h.Named(o))
			}
		case o.Names():
			x.linkVersions(h, r, o, h.Named(o))
			if o.HasExtras() {
				x.compareValues(h, r.id, o.Key)
			}
		}
	}
}

// flagsBy is what follows from what an operation does, and from how it ended.
var flagsBy = [4][4]rowFlags{
	history.Get: {history.Ok: rowReads},
	history.Put: {history.Open: rowWrites | rowUnknown, history.Ok: rowWrites, history.Fail: rowWrites | rowFailed, history.Info: rowWrites | rowUnknown},
	history.Delete: {history.Open: rowWrites | rowDeletes | rowUnknown, history.Ok: rowWrites | rowDeletes, history.Fail: rowWrites | rowDeletes | rowFailed,
		history.Info: rowWrites | rowDeletes | rowUnknown},
}

func flagsOf(o *history.Operation) rowFlags {
	f := flagsBy[o.Func&3][o.Outcome&3]
	switch {
	case f.is(rowReads) && o.NamesSeveral():
		f |= rowSeveral
	case f.is(rowWrites) && o.Stamped():
		f |= rowStamped
	}
	return f
}

// keep adds a position to what a row names.
func (x *byKey) keep(r *row, p int32) {
	switch r.names() {
	case 0:
		r.named[0] = p
	case 1:
		first := r.named[0]
		r.named[0] = int32(len(x.sets))
		x.sets = append(x.sets, first, p)
	default: // the row is the one that is being filled, so that its part of sets is the last
		x.sets = append(x.sets, p)
	}
	r.flags += oneName
}

// linkContext resolves what a write supersedes: the versions of its key among
// those that it names, but for later ones, which it cannot supersede.
func (x *byKey) linkContext(r *row, key int32, named []history.OpID) {
	for _, v := range named {
		if v >= r.id {
			continue
		}
		p, ok := x.local(v, key)
		if !ok {
			continue
		}
		x.keep(r, p)
		// Gets that ended before this write began stand before it, so what is known by then is.
		if x.rowOf(v).knownFrom() > r.begin {
			x.traits[key] |= keyInvented
		}
	}
}

// linkVersions resolves what a get returned.
func (x *byKey) linkVersions(h *history.History, r *row, o *history.Operation, named []history.OpID) {
	for _, v := range named {
		if v >= r.id {
			x.linkLater(h, r, o, v)
			continue
		}
		p, ok := x.local(v, o.Key)
		if !ok {
			x.traits[o.Key] |= keySuspect
			continue
		}
		x.keep(r, p)
		w := x.rowOf(v)
		w.know(o.ReturnIndex)
		if w.is(rowFailed) || w.begin > o.ReturnIndex {
			x.traits[o.Key] |= keySuspect
		}
	}
}

// linkLater resolves a version that a get returned of which the row is not there
// yet.
func (x *byKey) linkLater(h *history.History, r *row, o *history.Operation, v history.OpID) {
	w := h.Op(v)
	if w.Key != o.Key {
		x.traits[o.Key] |= keySuspect
		return
	}
	p := x.place[v]
	if v == r.id { // it is its own
		p -= x.start[o.Key]
	}
	x.keep(r, p)
	x.rows[x.start[o.Key]+p].know(o.ReturnIndex)
	if flagsOf(w).is(rowFailed) || w.InvokeIndex > o.ReturnIndex {
		x.traits[o.Key] |= keySuspect
	}
}

func (x *byKey) compareValues(h *history.History, get history.OpID, key int32) {
	if _, altered := h.Altered(get); altered {
		x.traits[key] |= keySuspect
	}
}

// rowsOf returns the operations on a key, in the order of their invocation.
func (x *byKey) rowsOf(key int32) []row { return x.rows[x.start[key]:x.start[key+1]] }

// operations returns those on a key, in the order of their invocation.
func (x *byKey) operations(key int32) []history.OpID {
	if x.order == nil {
		x.order = make([]history.OpID, len(x.rows))
		for i := range x.rows {
			x.order[i] = x.rows[i].id
		}
	}
	return x.order[x.start[key]:x.start[key+1]]
}

// set returns the positions that the operation at a position of the key
// returned (a successful get) or supersedes (a write). The slice is shared.
func (x *byKey) set(key, position int32) []int32 { return x.setOf(&x.rows[x.start[key]+position]) }

// setOf is set for who has the row.
func (x *byKey) setOf(r *row) []int32 {
	if n := r.names(); n > 1 {
		return x.sets[r.named[0]:][:n:n]
	} else {
		return r.named[:n]
	}
}

// local returns the position of version v among the operations on key; ok is
// false if nothing ever wrote it there.
func (x *byKey) local(v history.OpID, key int32) (position int32, ok bool) {
	if !v.Written() {
		return 0, false
	}
	start := x.start[key]
	p := x.place[v] - start
	return p, p >= 0 && p < x.start[key+1]-start
}

// position is where an operation on a key stands among those on it.
func (x *byKey) position(id history.OpID, key int32) int32 { return x.place[id] - x.start[key] }

// rowOf is the row of an operation.
func (x *byKey) rowOf(id history.OpID) *row { return &x.rows[x.place[id]] }

// knownAt tells for every operation on a key, by position, from which index on
// its version is certain to exist: it was acknowledged or a get returned it.
func (x *byKey) knownAt(key int32) []int32 {
	if x.known == nil {
		x.known = make([]int32, len(x.rows))
		for i := range x.rows {
			x.known[i] = x.rows[i].knownFrom()
		}
	}
	return x.known[x.start[key]:x.start[key+1]]
}

// room is memory that checks use in turn.
type room struct {
	writes   []history.OpID
	largest  []history.OpID
	ancestry ancestry
	front    frontier
	numbers  []int64
	quick    quick
	reached  []bool
}
