package analysis

import "dynamosim/analysis/history"

// byKey is a history sorted by key, once for all checks: counting sorts of
// what stands in order already. It holds no pointers but those to its columns.
type byKey struct {
	order   []history.OpID // operations grouped by key, in the order of invocation
	rows    []row          // beside order: what tests need of them
	start   []int32        // by key: where its group begins in order; one more at the end
	place   []placement    // by operation: where it stands
	sets    []int32        // positions within the key that operations read or supersede
	setAt   []int32        // by place in order: where its part of sets begins; one more at the end
	known   []int32        // by place in order: from when on the version is certain to exist, see knownAt
	moments []moment       // begins and known ends grouped by key, in the order of events
	begin   []int32        // by key: where its moments begin; one more at the end
	traits  []keyTraits    // by key
	stamps  []stamp        // by place in order, if the model needs them; see stampsOf
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
}

type rowFlags uint32

const (
	rowWrites  rowFlags = 1 << iota // a put or a delete
	rowReads                        // a get that succeeded
	rowDeletes                      // a delete
	rowFailed                       // certainly did not happen
	rowUnknown                      // a write that nobody knows of whether it happened
	rowStamped                      // a write with a timestamp
)

func (r *row) is(f rowFlags) bool { return r.flags&f != 0 }

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
	x.count(h)
	x.fill(h)
	x.sortMoments(h)
	x.link(h)
}

// count finds out where the groups of keys begin.
func (x *byKey) count(h *history.History) {
	keys, n := h.Keys(), h.Len()
	columns := make([]int32, 2*(keys+1)+2*n+1)
	x.start, columns = columns[:keys+1:keys+1], columns[keys+1:]
	x.begin, columns = columns[:keys+1:keys+1], columns[keys+1:]
	x.setAt, x.known = columns[:n+1:n+1], columns[n+1:]
	x.traits = make([]keyTraits, keys)
	x.place = make([]placement, n)
	for first, ops := range h.EachChunk {
		place := x.place[first:]
		for i := range ops {
			o := &ops[i]
			place[i] = placement{key: o.Key, position: x.start[o.Key+1]}
			x.start[o.Key+1]++
			x.begin[o.Key+1]++
			if o.Outcome == history.Ok {
				x.begin[o.Key+1]++
			}
		}
	}
	for k := range keys {
		x.start[k+1] += x.start[k]
		x.begin[k+1] += x.begin[k]
	}
}

// fill sorts the operations by key.
func (x *byKey) fill(h *history.History) {
	x.order = make([]history.OpID, h.Len())
	x.rows = make([]row, h.Len())
	for first, ops := range h.EachChunk {
		place := x.place[first:]
		for i := range ops {
			o, id := &ops[i], first+history.OpID(i)
			at := x.start[o.Key] + place[i].position
			x.order[at] = id
			x.rows[at] = row{id: id, begin: o.InvokeIndex, end: ended(o), flags: flagsOf(o)}
			x.known[at] = never
			x.setAt[at+1] = x.locals(h, id, o)
			if o.Func.Writes() {
				x.known[at] = ended(o)
				if o.Func == history.Delete && o.Outcome != history.Fail {
					x.traits[o.Key] |= keyDeletes
				}
			}
		}
	}
}

func flagsOf(o *history.Operation) (f rowFlags) {
	if !o.Func.Writes() {
		if o.Outcome == history.Ok {
			f = rowReads
		}
		return f
	}
	f = rowWrites
	if o.Func == history.Delete {
		f |= rowDeletes
	}
	switch {
	case o.Outcome == history.Fail:
		f |= rowFailed
	case o.Outcome.Unknown():
		f |= rowUnknown
	}
	if o.Stamped() {
		f |= rowStamped
	}
	return f
}

// sortMoments sorts the events by key.
func (x *byKey) sortMoments(h *history.History) {
	keys := h.Keys()
	x.moments = make([]moment, x.begin[keys])
	next := make([]int32, keys)
	copy(next, x.begin)
	for lines := range h.EachLine {
		for _, l := range lines {
			end := moment(0)
			id, ok := l.Invokes()
			if !ok {
				if id, ok = l.Returns(); !ok {
					continue
				}
				end = 1
			}
			p := x.place[id]
			if end == 1 && x.rows[x.start[p.key]+p.position].end == never {
				continue
			}
			x.moments[next[p.key]] = moment(p.position)<<1 | end
			next[p.key]++
		}
	}
}

// locals counts the versions of its own key that an operation supersedes or
// returned.
func (x *byKey) locals(h *history.History, id history.OpID, o *history.Operation) (n int32) {
	for _, v := range h.Named(o) {
		if x.links(v, id, o) {
			n++
		}
	}
	return n
}

// links reports whether a version that an operation names is one of its key,
// and not a later one that a write cannot supersede.
func (x *byKey) links(v, id history.OpID, o *history.Operation) bool {
	_, ok := x.local(v, o.Key)
	return ok && (v < id || !o.Func.Writes())
}

// link resolves what gets returned and writes supersede to positions, and
// notes when versions are certain to exist and what is odd about keys.
func (x *byKey) link(h *history.History) {
	for i := range x.rows {
		x.setAt[i+1] += x.setAt[i]
	}
	x.sets = make([]int32, x.setAt[len(x.rows)])
	for first, ops := range h.EachChunk {
		for i := range ops {
			o := &ops[i]
			if named := h.Named(o); len(named) > 0 && o.Func.Writes() {
				x.linkContext(first+history.OpID(i), o, named)
			} else if len(named) > 0 {
				x.linkVersions(first+history.OpID(i), o, named)
				if o.HasExtras() {
					x.compareValues(h, first+history.OpID(i), o.Key)
				}
			}
		}
	}
}

func (x *byKey) linkContext(id history.OpID, o *history.Operation, named []history.OpID) {
	first := x.start[o.Key]
	set := x.sets[x.setAt[first+x.place[id].position]:]
	n := 0
	for _, v := range named {
		if !x.links(v, id, o) {
			continue
		}
		p := x.place[v].position
		set[n] = p
		n++
		// Gets that ended before this write began stand before it, so what is known by then is.
		if x.known[first+p] > o.InvokeIndex {
			x.traits[o.Key] |= keyInvented
		}
	}
}

func (x *byKey) linkVersions(id history.OpID, o *history.Operation, named []history.OpID) {
	first := x.start[o.Key]
	set := x.sets[x.setAt[first+x.place[id].position]:]
	n := 0
	for _, v := range named {
		p, ok := x.local(v, o.Key)
		if !ok {
			x.traits[o.Key] |= keySuspect
			continue
		}
		set[n] = p
		n++
		known := &x.known[first+p]
		*known = min(*known, o.ReturnIndex)
		if w := &x.rows[first+p]; w.is(rowFailed) || w.begin > o.ReturnIndex {
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
	return x.order[x.start[key]:x.start[key+1]]
}

// set returns the positions that the operation at a position of the key
// returned (a successful get) or supersedes (a write). The slice is shared.
func (x *byKey) set(key, position int32) []int32 {
	i := x.start[key] + position
	return x.sets[x.setAt[i]:x.setAt[i+1]]
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
