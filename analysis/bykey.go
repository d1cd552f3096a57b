package analysis

import (
	"slices"

	"dynamosim/analysis/history"
)

// byKey is a history sorted by key, once for all checks: counting sorts of
// what stands in order already. It holds no pointers but those to its columns.
type byKey struct {
	rows    []row          // operations grouped by key, in the order of invocation
	start   []int32        // by key: where its group begins in rows; one more at the end
	place   []placement    // by operation: where it stands
	known   []int32        // beside rows: from when on the version is certain to exist, see knownAt
	sets    []int32        // what rows have no room for, see set
	moments []moment       // begins and known ends grouped by key, in the order of events
	begin   []int32        // by key: where its moments begin; one more at the end
	traits  []keyTraits    // by key
	stamps  []stamp        // beside rows, if the model needs them; see stampsOf
	order   []history.OpID // the operations of rows, made when asked for
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
					s.stamps[s.start[ops[i].Key]+s.place[id].position] = stamp{time: t, node: node, id: id}
				}
			}
		}
	}
	return s.stamps[s.start[key]:s.start[key+1]]
}

// placement tells where an operation stands in the order by key.
type placement struct{ key, position int32 }

// row is what tests need of an operation.
type row struct {
	id         history.OpID
	begin, end int32 // indexes of its events; end is never unless it is known to have happened by then
	flags      rowFlags
	names      int32    // how many versions of its key it returned or supersedes
	named      [1]int32 // the position of the only one, or where they begin in sets
}

type rowFlags uint32

const (
	rowWrites  rowFlags = 1 << iota // a put or a delete
	rowReads                        // a get that succeeded
	rowDeletes                      // a delete
	rowFailed                       // certainly did not happen
	rowUnknown                      // a write that nobody knows of whether it happened
	rowStamped                      // a write with a timestamp
	rowSeveral                      // a get that succeeded and returned several versions
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

// moment is the begin of an operation, or the end of one that succeeded.
type moment int32

func (m moment) position() int32 { return int32(m >> 1) }
func (m moment) ends() bool      { return m&1 != 0 }

// make builds the index of a history.
func (x *byKey) make(h *history.History) {
	*x = byKey{}
	ended := x.count(h)
	x.fill(h)
	x.sortMoments(h, ended)
}

// count finds out where the groups of keys begin, and whose ends are known.
func (x *byKey) count(h *history.History) (ended []bool) {
	keys, n := h.Keys(), h.Len()
	columns := make([]int32, 2*(keys+1)+n)
	x.start, columns = columns[:keys+1:keys+1], columns[keys+1:]
	x.begin, x.known = columns[:keys+1:keys+1], columns[keys+1:]
	x.traits = make([]keyTraits, keys)
	x.place = make([]placement, n)
	ended = make([]bool, n)
	for first, ops := range h.EachChunk {
		countChunk(ops, x.place[first:], ended[first:], x.start[1:], x.begin[1:])
	}
	for k := range keys {
		x.begin[k+1] += x.begin[k] + x.start[k+1]
		x.start[k+1] += x.start[k]
	}
	return ended
}

// countChunk places operations within their keys, and counts by key how many
// there are and how many of them have a known end.
func countChunk(ops []history.Operation, place []placement, ended []bool, count, ends []int32) {
	place, ended = place[:len(ops)], ended[:len(ops)]
	for i := range ops {
		key := ops[i].Key
		n := &count[key]
		place[i] = placement{key: key, position: *n}
		*n++
		if ops[i].Outcome == history.Ok {
			ended[i] = true
			ends[key]++
		}
	}
}

// fill sorts the operations by key.
func (x *byKey) fill(h *history.History) {
	x.rows = make([]row, h.Len())
	for i := range x.known {
		x.known[i] = never
	}
	for first, ops := range h.EachChunk {
		x.fillChunk(h, first, ops)
	}
}

// fillChunk sorts operations by key. It resolves what gets returned and writes
// supersede to positions, and notes when versions are certain to exist and what
// is odd about keys.
func (x *byKey) fillChunk(h *history.History, id history.OpID, ops []history.Operation) {
	place := x.place[id:][:len(ops)]
	for i := range ops {
		o := &ops[i]
		at := x.start[o.Key] + place[i].position
		r := &x.rows[at]
		r.id, r.begin, r.end, r.flags = id+history.OpID(i), o.InvokeIndex, ended(o), flagsOf(o)
		switch {
		case o.Func.Writes():
			x.known[at] = min(x.known[at], r.end)
			if r.is(rowDeletes) && !r.is(rowFailed) {
				x.traits[o.Key] |= keyDeletes
			}
			if o.Names() {
				x.linkContext(r, o, h.Named(o))
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
var flagsBy = [...][4]rowFlags{
	history.Get: {history.Ok: rowReads},
	history.Put: {history.Open: rowWrites | rowUnknown, history.Ok: rowWrites, history.Fail: rowWrites | rowFailed, history.Info: rowWrites | rowUnknown},
	history.Delete: {history.Open: rowWrites | rowDeletes | rowUnknown, history.Ok: rowWrites | rowDeletes, history.Fail: rowWrites | rowDeletes | rowFailed,
		history.Info: rowWrites | rowDeletes | rowUnknown},
}

func flagsOf(o *history.Operation) rowFlags {
	f := flagsBy[o.Func][o.Outcome]
	if f.is(rowReads) && o.NamesSeveral() {
		f |= rowSeveral
	}
	if f.is(rowWrites) && o.Stamped() {
		f |= rowStamped
	}
	return f
}

// sortMoments sorts the events by key.
func (x *byKey) sortMoments(h *history.History, ended []bool) {
	keys := h.Keys()
	x.moments = make([]moment, x.begin[keys])
	next := slices.Clone(x.begin[:keys])
	for lines := range h.EachLine {
		x.sortLines(lines, ended, next)
	}
}

// sortLines puts events where the next one of their key belongs.
func (x *byKey) sortLines(lines []history.Line, ended []bool, next []int32) {
	places, moments := x.place, x.moments
	for _, l := range lines {
		end := moment(0)
		id, begins := l.Invokes()
		if !begins {
			ends := false
			if id, ends = l.Returns(); !ends || !ended[id] {
				continue
			}
			end = 1
		}
		p := &places[id]
		at := &next[p.key]
		moments[*at] = moment(p.position)<<1 | end
		*at++
	}
}

// keep adds a position to what a row names.
func (x *byKey) keep(r *row, p int32) {
	switch {
	case r.names == 0:
		r.named[0] = p
	case r.names == 1:
		first := r.named[0]
		r.named[0] = int32(len(x.sets))
		x.sets = append(x.sets, first, p)
	default: // the row is the one that is being filled, so that its part of sets is the last
		x.sets = append(x.sets, p)
	}
	r.names++
}

// linkContext resolves what a write supersedes: the versions of its key among
// those that it names, but for later ones, which it cannot supersede.
func (x *byKey) linkContext(r *row, o *history.Operation, named []history.OpID) {
	known := x.known[x.start[o.Key]:]
	for _, v := range named {
		p, ok := x.local(v, o.Key)
		if !ok || v >= r.id {
			continue
		}
		x.keep(r, p)
		// Gets that ended before this write began stand before it, so what is known by then is.
		if known[p] > o.InvokeIndex {
			x.traits[o.Key] |= keyInvented
		}
	}
}

// linkVersions resolves what a get returned.
func (x *byKey) linkVersions(h *history.History, r *row, o *history.Operation, named []history.OpID) {
	start := x.start[o.Key]
	for _, v := range named {
		p, ok := x.local(v, o.Key)
		if !ok {
			x.traits[o.Key] |= keySuspect
			continue
		}
		x.keep(r, p)
		known := &x.known[start+p]
		*known = min(*known, o.ReturnIndex)
		failed, begin := false, int32(0)
		if v < r.id {
			w := &x.rows[start+p]
			failed, begin = w.is(rowFailed), w.begin
		} else { // its row is not there yet
			w := h.Op(v)
			failed, begin = flagsOf(w).is(rowFailed), w.InvokeIndex
		}
		if failed || begin > o.ReturnIndex {
			x.traits[o.Key] |= keySuspect
		}
	}
}

func (x *byKey) compareValues(h *history.History, get history.OpID, key int32) {
	if _, altered := h.Altered(get); altered {
		x.traits[key] |= keySuspect
	}
}

// rowsOf returns the operations on a key, in the order of their invocation.
func (x *byKey) rowsOf(key int32) []row { return x.rows[x.start[key]:x.start[key+1]] }

// momentsOf returns the begins and known ends of the operations on a key.
func (x *byKey) momentsOf(key int32) []moment { return x.moments[x.begin[key]:x.begin[key+1]] }

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
	if r.names <= 1 {
		return r.named[:r.names]
	}
	return x.sets[r.named[0]:][:r.names:r.names]
}

// local returns the position of version v among the operations on key; ok is
// false if nothing ever wrote it there.
func (x *byKey) local(v history.OpID, key int32) (position int32, ok bool) {
	if !v.Written() || x.place[v].key != key {
		return 0, false
	}
	return x.place[v].position, true
}

// knownAt tells for every operation on a key, by position, from which index on
// its version is certain to exist: it was acknowledged or a get returned it.
func (x *byKey) knownAt(key int32) []int32 {
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
