package analysis

import (
	"cmp"
	"slices"

	"dynamosim/analysis/history"
)

// mostLean is the largest evidence that is made smaller by trying: each trial
// judges what is left.
const mostLean = 16

// leanSteps bounds how many versions between those of the evidence are looked
// at for what superseded what.
const leanSteps = 10_000

// lean leaves out of a piece of evidence what it does not need: while without
// one of its operations the others, as they stand in the history, break the
// promise as well, that one goes. A version that a remaining get returned stays,
// for without it the get would return what nobody wrote, and so does a deletion,
// which may be why a get did not see something, and a put by which one version of
// the evidence came after another.
func (s *Subject) lean(r Request, e Evidence) Evidence {
	if r.lean == nil || len(e.Operations) < 2 || len(e.Operations) > mostLean {
		return e
	}
	l := leaner{s: s, c: r.lean, r: r}
	l.r.lean = nil
	ops := s.atIndexes(e.Operations)
	proof := l.judge(ops)
	if proof == nil {
		ops = s.withStamps(ops)
		proof = l.judge(ops)
	}
	if proof == nil {
		return e
	}
	for i := len(ops) - 1; i >= 0; i-- {
		rest := slices.Delete(slices.Clone(ops), i, i+1)
		if s.History.Op(ops[i]).Func == history.Delete || s.returnedAmong(rest, ops[i]) || s.links(rest, ops[i]) {
			continue
		}
		if smaller := l.judge(rest); smaller != nil {
			ops, proof = rest, smaller
			i = len(ops)
		}
	}
	if len(ops) == len(e.Operations) {
		return e
	}
	e.Kind, e.Text, e.Operations = proof.Kind, proof.Text, e.Operations[:0:0]
	for _, id := range ops {
		e.Operations = append(e.Operations, s.index(id))
	}
	return e
}

// withStamps adds, for each write with an unknown outcome, the first get that
// returned it, which alone tells its timestamp.
func (s *Subject) withStamps(ops []history.OpID) []history.OpID {
	if s.Model != history.LastWriteWins {
		return ops
	}
	all := slices.Clone(ops)
	for _, id := range ops {
		if o := s.History.Op(id); !o.Func.Writes() || !o.Outcome.Unknown() {
			continue
		}
		s.gets(s.History.Op(id).Key, func(_ int32, get history.OpID, _ *history.Operation) bool {
			told := slices.Contains(s.History.Versions(get), id)
			if told && !slices.Contains(all, get) {
				all = append(all, get)
			}
			return !told
		})
	}
	slices.Sort(all)
	return all
}

// leaner tries parts of a history.
type leaner struct {
	s *Subject
	c *Check
	r Request
}

// atIndexes finds the operations that were invoked at these indexes.
func (s *Subject) atIndexes(indexes []int) []history.OpID {
	var ops []history.OpID
	for first, chunk := range s.History.EachChunk {
		if int(chunk[len(chunk)-1].InvokeIndex) < indexes[0] {
			continue
		}
		for i := range chunk {
			if _, there := slices.BinarySearch(indexes, int(chunk[i].InvokeIndex)); there {
				ops = append(ops, first+history.OpID(i))
			}
		}
	}
	return ops
}

// returnedAmong reports whether one of the operations is a get that returned v.
func (s *Subject) returnedAmong(ops []history.OpID, v history.OpID) bool {
	return slices.ContainsFunc(ops, func(id history.OpID) bool { return slices.Contains(s.History.Versions(id), v) })
}

// links reports whether one of the operations superseded v, which superseded
// another of them.
func (s *Subject) links(ops []history.OpID, v history.OpID) bool {
	names := func(id history.OpID) bool { return slices.Contains(s.History.Context(id), v) }
	return slices.ContainsFunc(ops, names) &&
		slices.ContainsFunc(s.History.Context(v), func(u history.OpID) bool { return slices.Contains(ops, u) })
}

// judge judges the operations alone, and returns the evidence if they break the
// promise.
func (l *leaner) judge(ops []history.OpID) *Evidence {
	part := l.s.part(ops)
	if part == nil {
		return nil
	}
	view := NewSubject(part, Facts{Grace: l.s.Facts.Grace})
	if l.c.missing(view) != "" {
		return nil
	}
	for _, result := range l.c.judge(view, l.r) {
		if result.As != "" || result.Verdict != Invalid || len(result.Evidence) == 0 {
			continue
		}
		if e := result.Evidence[0]; e.Text != "" {
			return &e
		}
	}
	return nil
}

// part is the history of some operations of a subject as they stand in it.
// Contexts reach through versions that are left out; such versions are missing
// in what gets of siblings returned. It is nil where that would take too long.
func (s *Subject) part(ops []history.OpID) *history.History {
	p := parter{h: s.History, part: history.New(history.Header{Model: s.Model}), model: s.Model, first: slices.Min(ops), ids: map[history.OpID]history.OpID{}}
	type line struct {
		at  int32
		op  history.OpID
		end bool
	}
	var lines []line
	for _, id := range ops {
		o := s.History.Op(id)
		lines = append(lines, line{at: o.InvokeIndex, op: id})
		if !o.Outcome.Unknown() {
			lines = append(lines, line{at: o.ReturnIndex, op: id, end: true})
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.at, b.at) })
	for _, l := range lines {
		if l.end {
			p.end(l.op)
		} else {
			p.begin(l.op)
		}
	}
	p.part.Nemesis(s.History.End(), "", "", history.End, "") // times are written as in the whole
	if p.steps >= leanSteps {
		return nil
	}
	return p.part
}

// parter copies operations.
type parter struct {
	h, part *history.History
	model   history.Model
	first   history.OpID                  // the oldest of them
	ids     map[history.OpID]history.OpID // looked up only
	steps   int                           // taken through contexts
}

func (p *parter) begin(id history.OpID) {
	o := p.h.Op(id)
	context := p.context(id)
	if p.model == history.Siblings {
		for _, v := range context { // who names a version knows that it exists
			if p.part.Op(v).Outcome == history.Open {
				p.part.OkPut(o.Invoke, v)
			}
		}
	}
	n := p.part.Invoke(o.Invoke, p.part.AddClient(p.h.ClientName(o.Client)), o.Func, p.part.AddKey(p.h.KeyName(o.Key)))
	p.ids[id] = n
	if !o.Func.Writes() {
		return
	}
	p.part.SetVersion(n, p.h.VersionName(id))
	p.part.SetContext(n, context)
	if v := p.h.Value(id); v != "" {
		p.part.SetValue(n, v, len(v))
	}
	if p.h.IsCart(id) {
		p.cart(id, n)
	}
	if time, node, ok := p.h.StampOf(id); ok {
		p.part.SetStamp(n, time, node)
	}
}

func (p *parter) cart(id, n history.OpID) {
	var adds []history.CartItem
	for _, a := range p.h.Adds(id) {
		adds = append(adds, history.CartItem{Item: p.part.AddItem(p.h.ItemName(a.Item)), Tag: p.part.AddTag(p.h.TagName(a.Tag))})
	}
	var gone []int32
	for _, tag := range p.h.Removes(id) {
		gone = append(gone, p.part.AddTag(p.h.TagName(tag)))
	}
	p.part.SetCart(n, adds, gone)
}

// context is what a put superseded, among the copied versions. Contexts name
// older versions only.
func (p *parter) context(id history.OpID) []history.OpID {
	var list []history.OpID
	seen := map[history.OpID]bool{}
	stack := []history.OpID{id}
	for len(stack) > 0 {
		next := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, v := range p.h.Context(next) {
			if v < p.first || seen[v] {
				continue
			}
			seen[v] = true
			p.steps++
			if n, ok := p.ids[v]; ok {
				list = append(list, n)
			} else if p.steps < leanSteps {
				stack = append(stack, v)
			}
		}
	}
	slices.Sort(list)
	return list
}

func (p *parter) end(id history.OpID) {
	o, n := p.h.Op(id), p.ids[id]
	switch {
	case p.part.Op(n).Outcome != history.Open:
	case o.Outcome == history.Fail:
		p.part.Fail(o.Return, n, "")
	case o.Func.Writes():
		p.part.OkPut(o.Return, n)
	default:
		p.part.OkGet(o.Return, n, p.answer(id))
		if o.Final() {
			p.part.SetFinal(n)
		}
	}
}

// answer is what a get returned, among the copied versions.
func (p *parter) answer(id history.OpID) []history.OpID {
	var versions []history.OpID
	for _, v := range p.h.Versions(id) {
		n, ok := p.ids[v]
		switch {
		case ok:
		case v.Written() && p.model == history.Siblings:
			continue
		default:
			n = p.part.Phantom(p.h.VersionName(v))
		}
		versions = append(versions, n)
	}
	return versions
}
