package analysis

import (
	"slices"

	"dynamosim/analysis/history"
)

// A history that does not lie in memory is judged in parts: runs of keys, each
// read back, sorted and judged for all checks at once before the next one is.
// Checks carry over what they count, so that they come to what they come to on
// the whole. What goes across keys puts the history together again.
//
// A part has about half as many operations as a history may have to lie in
// memory. Judging takes some 250 bytes of memory for each.

// inParts reports whether the subject is judged in parts. Then it has no index
// by key itself.
func (s *Subject) inParts() bool { return s.ranges != nil }

// eachPart calls add for all parts, or for the subject itself where it is in one
// piece. It is false if the keys cannot be taken apart: the subject is in one
// piece from then on, and whatever has been added was in vain.
func (s *Subject) eachPart(add func(part *Subject)) bool {
	if !s.inParts() {
		add(s)
		return true
	}
	first := int32(0)
	for _, end := range s.ranges {
		part, err := s.keysFrom(first, end)
		if err != nil {
			s.putTogether()
			return false
		}
		add(part)
		first = end
	}
	return true
}

// keysFrom is the subject of a run of keys.
func (s *Subject) keysFrom(first, end int32) (*Subject, error) {
	h, err := s.History.Part(first, end)
	if err != nil {
		return nil, err
	}
	p := &Subject{History: h, Model: s.Model, Facts: s.Facts.of(h), room: &room{}, longWay: s.longWay}
	p.byKey.make(h)
	return p, nil
}

// putTogether brings a subject in parts into memory as a whole.
func (s *Subject) putTogether() {
	if !s.inParts() {
		return
	}
	s.ranges, s.passes = nil, nil
	s.History.Recall()
	s.byKey.make(s.History)
}

// forget makes what was remembered of the last key forgotten, so that what a
// check finds within its budget does not depend on what was judged before.
func (s *Subject) forget() { s.room.ancestry.s = nil }

// of returns the facts about a part of a history.
func (f Facts) of(part *history.History) Facts {
	first, end := part.FirstKey(), part.FirstKey()+int32(part.Keys())
	if homes := f.Homes; homes != nil {
		f.Homes = func(key int32) []int32 { return homes(key + first) }
	}
	if collected := f.Collected; collected != nil {
		f.Collected = func(v history.OpID) bool { return collected(part.InWhole(v)) }
	}
	unreachable := f.Unreachable
	f.Unreachable = nil
	for _, key := range unreachable {
		if key >= first && key < end {
			f.Unreachable = append(f.Unreachable, key-first)
		}
	}
	if f.Audit != nil {
		audit := *f.Audit
		audit.Thin = nil
		for _, put := range f.Audit.Thin {
			var here bool
			if put.Put, here = part.FromWhole(put.Put); here {
				audit.Thin = append(audit.Thin, put)
			}
		}
		f.Audit = &audit
	}
	return f
}

// atTheEnd is a check that looks at the whole, or at what was measured of it.
type atTheEnd struct {
	s     *Subject
	r     Request
	judge func(s *Subject, r Request) []Result
}

func (atTheEnd) add(*Subject)        {}
func (j atTheEnd) results() []Result { return j.judge(j.s, j.r) }

// Expect says what Measure and Visibility will be asked for, so that it is
// measured while the history is judged: a history that does not lie in memory is
// gone through once then, not once for each. edges may be nil.
func (s *Subject) Expect(scope Scope, edges []int64) {
	if edges == nil {
		edges = VisibilityEdges()
	}
	s.expected = append(s.expected, passed{scope: scope, edges: edges})
}

// passed is what one way through the parts of a subject has measured.
type passed struct {
	scope    Scope
	edges    []int64
	measures *Measures
	points   []VisiblePoint
}

// measuring measures a subject in parts.
type measuring struct {
	s      *Subject
	scope  Scope
	edges  []int64
	result passed
}

func (m *measuring) begin() {
	m.result = passed{scope: m.scope, edges: m.edges, measures: m.s.noMeasures(), points: curve(m.edges)}
}

func (m *measuring) add(part *Subject) {
	if m.result.measures == nil {
		m.begin()
	}
	m.result.measures.add(part.Measure(m.scope))
	if len(m.edges) > 0 {
		part.see(m.scope, m.result.points)
	}
}

// finish lets the subject remember.
func (m *measuring) finish() {
	if m.s.inParts() && m.result.measures != nil {
		m.s.passes = append(m.s.passes, m.result)
	}
}

// inPass measures a scope, and the curve of it if edges are given, unless that
// has been done.
func (s *Subject) inPass(scope Scope, edges []int64) *passed {
	for i := range s.passes {
		p := &s.passes[i]
		if slices.Equal(p.scope, scope) && (edges == nil || slices.Equal(p.edges, edges)) {
			return p
		}
	}
	m := measuring{s: s, scope: scope, edges: edges}
	m.begin()
	model := s.Model
	if !s.eachPart(func(part *Subject) { m.add(part.Under(model)) }) {
		return &passed{measures: s.Measure(scope), points: s.Visibility(scope, edges)}
	}
	m.finish()
	return &s.passes[len(s.passes)-1]
}

// add puts what was measured of another part to m.
func (m *Measures) add(o *Measures) {
	m.Operations = m.Operations.Plus(o.Operations)
	for k := range m.By {
		m.By[k] = m.By[k].Plus(o.By[k])
		m.Latency[k].add(&o.Latency[k])
	}
	m.Siblings.add(&o.Siblings)
	m.Staleness.add(&o.Staleness)
	m.VersionLag.add(&o.VersionLag)
	m.StaleGets, m.SiblingGets, m.Shadowed = m.StaleGets+o.StaleGets, m.SiblingGets+o.SiblingGets, m.Shadowed+o.Shadowed
}
