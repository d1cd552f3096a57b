package analysis

import (
	"cmp"
	"slices"

	"dynamosim/analysis/history"
)

// Kind is what a client set out to do: one operation, or a read-modify-write
// made of several, which counts under its own kind and under those of its
// parts.
type Kind uint8

const (
	Get        Kind = 0
	Put        Kind = 1
	Delete     Kind = 2
	RMW        Kind = 3
	CartAdd    Kind = 4
	CartRemove Kind = 5
	Kinds           = 6 // how many there are
)

var kindNames = [Kinds]string{"get", "put", "delete", "rmw", "cart-add", "cart-remove"}

// String returns the name used in scenarios and results.
func (k Kind) String() string { return kindNames[k] }

// ParseKind is the inverse of Kind.String.
func ParseKind(name string) (Kind, bool) {
	i := slices.Index(kindNames[:], name)
	return Kind(max(i, 0)), i >= 0
}

// Counts tells how operations ended.
type Counts struct{ Total, Ok, Fail, Info int }

// add counts n operations that ended so.
func (c *Counts) add(o history.Outcome, n int) {
	c.Total += n
	switch {
	case o == history.Ok:
		c.Ok += n
	case o == history.Fail:
		c.Fail += n
	default:
		c.Info += n
	}
}

// Plus adds counts up.
func (c Counts) Plus(o Counts) Counts {
	return Counts{c.Total + o.Total, c.Ok + o.Ok, c.Fail + o.Fail, c.Info + o.Info}
}

// Measures are the numbers of one scope of a history. Final gets, which the
// checkers make, and preloaded puts are never part of them.
type Measures struct {
	Operations Counts              // gets, puts and deletes
	By         [Kinds]Counts       // by kind
	Latency    [Kinds]Distribution // of what succeeded, ns
	Siblings   Distribution        // versions that successful gets returned
	Staleness  Distribution        // of successful gets: ns since the oldest missed acknowledgement, 0 if fresh
	VersionLag Distribution        // of successful gets: how many acknowledged versions they missed

	StaleGets         int   // successful gets that missed what had been acknowledged before they began
	SiblingGets       int   // successful gets that returned more than one version
	Shadowed          int   // puts of last-write-wins that lost to one that had ended before they began
	HealToConvergence int64 // ns, of the whole run; -1 if not known
}

// Availability returns how many operations of a kind succeeded, and of how
// many.
func (m *Measures) Availability(k Kind) (ok, total int) { return m.By[k].Ok, m.By[k].Total }

// Measure returns the numbers of one scope. Whoever measures several scopes
// keeps a Subject instead.
func Measure(h *history.History, facts Facts, scope Scope) *Measures {
	return NewSubject(h, facts).Measure(scope)
}

// MeasureLoad returns the numbers of the load, which are worked out once. They
// are shared and must not be changed.
func (s *Subject) MeasureLoad() *Measures {
	if s.load == nil {
		s.load = s.Measure(s.Load())
	}
	return s.load
}

// Measure returns the numbers of one scope.
func (s *Subject) Measure(scope Scope) *Measures {
	if s.inParts() {
		return s.inPass(scope, nil).measures
	}
	m := s.noMeasures()
	g := gatherer{s: s, m: m}
	g.makeRoom()
	for _, i := range scope {
		g.interval(i)
	}
	g.sum()
	m.Operations = m.By[Get].Plus(m.By[Put]).Plus(m.By[Delete])
	for k := range g.latency {
		m.Latency[k] = s.room.distribution(g.latency[k])
	}
	m.Siblings = distributionOf(g.siblings)
	for n, times := range g.siblings {
		if n > 1 {
			m.SiblingGets += int(times)
		}
	}
	fresh := int64(m.Siblings.Count() - m.StaleGets)
	m.Staleness, m.VersionLag = distributionWith(fresh, g.staleness), distributionWith(fresh, g.behind)
	return m
}

// noMeasures is what measures nothing but the run as a whole.
func (s *Subject) noMeasures() *Measures {
	m := &Measures{HealToConvergence: -1}
	if heal, ok := s.History.Mark(history.Heal); ok && s.Facts.Converged > 0 {
		m.HealToConvergence = max(0, s.Facts.Converged-heal)
	}
	return m
}

// gatherer adds up the operations of a scope.
type gatherer struct {
	s       *Subject
	m       *Measures
	latency [Kinds][]int64
	counts  [Kinds][4]int // by how they ended, a history.Outcome

	siblings          []int64 // by how many versions gets returned: how many gets
	staleness, behind []int64 // of stale gets
}

// makeRoom gets the memory for the distributions at once.
func (g *gatherer) makeRoom() {
	by := &g.s.counts
	room := [Kinds]int{Get: by.succeeded[Get], Put: by.succeeded[Put], Delete: by.succeeded[Delete], RMW: by.groups}
	all := make([]int64, room[Get]+room[Put]+room[Delete]+room[RMW])
	for k, n := range room {
		g.latency[k], all = all[:0:n], all[n:]
	}
}

func (g *gatherer) interval(i Interval) {
	h := g.s.History
	for _, ops := range h.EachChunk {
		if ops[len(ops)-1].Invoke < i.From {
			continue
		}
		if ops[0].Invoke >= i.To {
			break
		}
		g.operations(within(i, ops))
	}
	for _, r := range g.s.groupsOf() {
		if r.invoke >= i.From && r.invoke < i.To && !r.idle() {
			g.count(r.kind, r.outcome, r.end-r.invoke)
		}
	}
	f := g.s.freshness()
	for n := range f.stale {
		if o := h.Op(f.stale[n].get); o.Invoke >= i.From && o.Invoke < i.To && !o.Apart() {
			g.m.StaleGets++
			g.staleness, g.behind = append(g.staleness, f.stale[n].lag), append(g.behind, int64(f.stale[n].behind))
		}
	}
	for _, w := range f.shadowed {
		if t := h.Op(w.put).Invoke; t >= i.From && t < i.To {
			g.m.Shadowed++
		}
	}
}

// within leaves out operations that began before an interval or after it. They
// stand in the order of their begins.
func within(i Interval, ops []history.Operation) []history.Operation {
	after := func(o history.Operation, t int64) int { return cmp.Compare(o.Invoke, t) }
	if ops[0].Invoke < i.From {
		n, _ := slices.BinarySearchFunc(ops, i.From, after)
		ops = ops[n:]
	}
	if ops[len(ops)-1].Invoke >= i.To {
		n, _ := slices.BinarySearchFunc(ops, i.To, after)
		ops = ops[:n]
	}
	return ops
}

func (g *gatherer) operations(ops []history.Operation) {
	for n := range ops {
		o := &ops[n]
		if o.Apart() {
			continue
		}
		g.count(Kind(o.Func), o.Outcome, o.Return-o.Invoke)
		if o.Func == history.Get && o.Outcome == history.Ok {
			switch {
			case o.NamesSeveral():
				g.found(len(g.s.History.Named(o)))
			case o.Names():
				g.found(1)
			default:
				g.found(0)
			}
		}
	}
}

// found notes that a get returned so many versions.
func (g *gatherer) found(versions int) {
	for versions >= len(g.siblings) {
		g.siblings = append(g.siblings, 0)
	}
	g.siblings[versions]++
}

func (g *gatherer) count(k Kind, o history.Outcome, latency int64) {
	g.counts[k][o&3]++
	if o == history.Ok {
		g.latency[k] = append(g.latency[k], latency)
	}
}

// sum adds up how operations ended.
func (g *gatherer) sum() {
	for k := range g.counts {
		for o, n := range g.counts[k] {
			g.m.By[k].add(history.Outcome(o), n)
		}
	}
}

// group is one read-modify-write.
type group struct {
	first       history.OpID
	kind        Kind
	outcome     history.Outcome // Ok if all parts are and one of them wrote
	wrote       bool
	invoke, end int64
}

// groupsOf returns the read-modify-writes in the order of their first
// operations.
func (s *Subject) groupsOf() []group {
	if s.groups != nil {
		return s.groups
	}
	inOrder, last := true, history.NoVersion
	groups, numbers := make([]group, 0, s.counts.groups), make([]int32, s.History.Len()) // by first operation: the number of its group, from 1
	for first, ops := range s.History.EachChunk {
		for n := range ops {
			o := &ops[n]
			if o.Group == history.NoVersion || o.Final() {
				continue
			}
			number := &numbers[o.Group]
			if *number == 0 {
				groups = append(groups, group{first: o.Group, kind: RMW, outcome: history.Ok, invoke: o.Invoke})
				*number = int32(len(groups))
				inOrder, last = inOrder && o.Group > last, o.Group
			}
			groups[*number-1].add(s.History, first+history.OpID(n), o)
		}
	}
	if !inOrder { // the first operation of one was left out
		slices.SortFunc(groups, func(a, b group) int { return cmp.Compare(a.first, b.first) })
	}
	s.groups = groups
	return groups
}

// idle tells that the group read and found nothing to write: an item to be
// removed was not in the cart.
func (g *group) idle() bool { return !g.wrote && g.outcome == history.Ok }

func (g *group) add(h *history.History, id history.OpID, o *history.Operation) {
	g.end = max(g.end, o.Return)
	if o.Outcome != history.Ok && (g.outcome == history.Ok || o.Outcome.Unknown()) {
		g.outcome = o.Outcome
	}
	if !o.Func.Writes() {
		return
	}
	g.wrote = true
	switch {
	case !o.HasExtras():
	case len(h.Adds(id)) > 0:
		g.kind = CartAdd
	case len(h.Removes(id)) > 0 && g.kind == RMW:
		g.kind = CartRemove
	}
}
