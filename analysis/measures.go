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

func (c *Counts) add(o history.Outcome) {
	c.Total++
	switch {
	case o == history.Ok:
		c.Ok++
	case o == history.Fail:
		c.Fail++
	default:
		c.Info++
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

	siblings          []int64 // by how many versions gets returned: how many gets
	staleness, behind []int64 // of stale gets
}

// makeRoom gets the memory for the distributions at once.
func (g *gatherer) makeRoom() {
	by := &g.s.succeeded
	all := make([]int64, by[Get]+by[Put]+by[Delete])
	for k, n := range by {
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
		g.operations(i, ops)
	}
	for _, r := range g.s.groupsOf() {
		if r.invoke >= i.From && r.invoke < i.To && !r.idle() {
			g.count(r.kind, r.outcome, r.end-r.invoke)
		}
	}
	f := g.s.freshness()
	for n := range f.stale {
		if o := h.Op(f.stale[n].get); o.Invoke >= i.From && o.Invoke < i.To && !o.Final() && !o.Preloaded() {
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

func (g *gatherer) operations(i Interval, ops []history.Operation) {
	for n := range ops {
		o := &ops[n]
		if o.Invoke < i.From || o.Invoke >= i.To || o.Final() || o.Preloaded() {
			continue
		}
		g.count(Kind(o.Func), o.Outcome, o.Return-o.Invoke)
		if o.Func == history.Get && o.Outcome == history.Ok {
			versions := 1
			switch {
			case !o.Names():
				versions = 0
			case o.NamesSeveral():
				versions = len(g.s.History.Named(o))
			}
			for versions >= len(g.siblings) {
				g.siblings = append(g.siblings, 0)
			}
			g.siblings[versions]++
		}
	}
}

func (g *gatherer) count(k Kind, o history.Outcome, latency int64) {
	g.m.By[k].add(o)
	if o == history.Ok {
		g.latency[k] = append(g.latency[k], latency)
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
	groups, numbers := []group{}, make([]int32, s.History.Len()) // by first operation: the number of its group, from 1
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
			}
			groups[*number-1].add(s.History, first+history.OpID(n), o)
		}
	}
	byFirst := func(a, b group) int { return cmp.Compare(a.first, b.first) }
	if !slices.IsSortedFunc(groups, byFirst) { // the first operation of one was left out
		slices.SortFunc(groups, byFirst)
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
