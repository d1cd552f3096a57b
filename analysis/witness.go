package analysis

import (
	"slices"

	"dynamosim/analysis/history"
)

// Witness tells the parts that the operations of an evidence play. Whoever
// looks for causes needs them by name: which write is missed, which get misses
// it. An operation that the evidence has no part for is NoVersion.
type Witness struct {
	Kind   string
	Key    int32
	Get    history.OpID // whose answer is wrong; NoVersion: what is left at the end is
	Missed history.OpID // the write that its answer, or what is left, lacks
	Stale  history.OpID // a version that it has although another one replaced it
	By     history.OpID // the acknowledged write that replaced Stale
	Shown  history.OpID // an earlier get that had returned Missed, which nobody had acknowledged
	Over   history.OpID // a write that it has, and that came after Missed for the client that wrote it
}

// Part is a part in a witness, and the operation that plays it.
type Part struct {
	Role string // get, missed, stale, by, shown, over
	Op   history.OpID
}

// Parts lists the parts that are played.
func (w *Witness) Parts() []Part {
	all := []Part{{"get", w.Get}, {"missed", w.Missed}, {"stale", w.Stale}, {"by", w.By}, {"shown", w.Shown}, {"over", w.Over}}
	return slices.DeleteFunc(all, func(p Part) bool { return p.Op == history.NoVersion })
}

// Recast gives the parts to other operations.
func (w *Witness) Recast(op func(role string) history.OpID) {
	for _, p := range w.Parts() {
		place := map[string]*history.OpID{"get": &w.Get, "missed": &w.Missed, "stale": &w.Stale, "by": &w.By, "shown": &w.Shown, "over": &w.Over}[p.Role]
		*place = op(p.Role)
	}
}

// Witness finds the parts that the operations of an evidence on a key play.
// False: the evidence names no operation that was at fault, such as that of a
// measure.
func (s *Subject) Witness(e *Evidence) (Witness, bool) {
	none := history.NoVersion
	s.putTogether()
	w := Witness{Kind: e.Kind, Get: none, Missed: none, Stale: none, By: none, Shown: none, Over: none}
	key, ok := s.History.FindKey(e.Key)
	if !ok || len(e.Operations) == 0 {
		return w, false
	}
	w.Key = key
	c := s.coveringOf(key, DefaultSteps)
	var gets, writes []int32 // positions
	for p := range c.rows {
		r := &c.rows[p]
		if _, named := slices.BinarySearch(e.Operations, int(r.begin)); !named {
			continue
		}
		if r.is(rowReads) && (e.Kind == "resurfaced-item" || !s.History.Op(r.id).Final()) {
			gets = append(gets, int32(p))
		} else if r.is(rowWrites) {
			writes = append(writes, int32(p))
		}
	}
	switch e.Kind {
	case "lost-write", "lost-delete", "no-copy", "lost-item", "missing-replica", "stranded", "leftover-hint", "misplaced":
		return w, s.endWitness(&w, c, writes)
	case "diverged":
		if len(writes) > 0 {
			w.Missed = c.rows[writes[len(writes)-1]].id
		}
		return w, len(writes) > 0
	case "resurfaced-item":
		return w, s.cartWitness(&w, c, gets, writes)
	}
	if len(gets) == 0 { // resurrected, at the end
		return w, s.staleWitness(&w, c, -1, writes)
	}
	return w, s.getWitness(&w, c, gets, writes)
}

// endWitness finds the write that what is left lacks.
func (s *Subject) endWitness(w *Witness, c *covering, writes []int32) bool {
	if len(writes) == 0 {
		return false
	}
	w.Missed = c.rows[writes[0]].id
	if w.Kind == "lost-write" || w.Kind == "lost-delete" {
		for _, p := range writes {
			if c.rows[p].end != never && s.lostAtEnd(c.rows[p].id) {
				w.Missed = c.rows[p].id
				break
			}
		}
	}
	return true
}

// lostAtEnd reports whether nothing that is left covers an acknowledged write.
func (s *Subject) lostAtEnd(v history.OpID) bool {
	l, key := loser{s: s}, s.History.Op(v).Key
	finals := s.finals()
	if !finals[key].known {
		return false
	}
	lost, _ := l.fates(key, &finals[key])
	return lost(s.position(v, key))
}

// cartWitness tells the addition that came back from its removal.
func (s *Subject) cartWitness(w *Witness, c *covering, gets, writes []int32) bool {
	for _, p := range gets {
		w.Get = c.rows[p].id
	}
	for _, p := range writes {
		switch id := c.rows[p].id; {
		case len(s.History.Adds(id)) > 0 && w.Stale == history.NoVersion:
			w.Stale = id
		default:
			w.By = id
		}
	}
	return w.Stale != history.NoVersion && w.By != history.NoVersion
}

// getWitness finds the get whose answer is wrong, and what is wrong with it.
func (s *Subject) getWitness(w *Witness, c *covering, gets, writes []int32) bool {
	for i := len(gets) - 1; i >= 0; i-- {
		g := gets[i]
		w.Get = c.rows[g].id
		if s.missedWitness(w, c, g, gets[:i], writes) || s.staleWitness(w, c, g, writes) {
			return true
		}
	}
	return true // the answer itself is all there is, such as a value that nobody wrote
}

// missedWitness finds the latest write that a get should have covered.
func (s *Subject) missedWitness(w *Witness, c *covering, g int32, earlier, writes []int32) bool {
	for i := len(writes) - 1; i >= 0; i-- {
		p := writes[i]
		if !c.misses(g, p) || c.rows[p].begin > c.rows[g].end {
			continue
		}
		switch {
		case c.rows[p].end < c.rows[g].begin:
		case slices.ContainsFunc(earlier, func(e int32) bool { return c.shows(e, g, p) }):
			at := slices.IndexFunc(earlier, func(e int32) bool { return c.shows(e, g, p) })
			w.Shown = c.rows[earlier[at]].id
		default:
			at := slices.IndexFunc(writes, func(o int32) bool { return o != p && c.covers(s.set(c.key, g), o) && c.rows[p].end < c.rows[o].begin })
			if at < 0 {
				continue
			}
			w.Over = c.rows[writes[at]].id
		}
		w.Missed = c.rows[p].id
		return true
	}
	return false
}

// shows reports whether an earlier get had ended before g began, and its
// answer covered p.
func (c *covering) shows(earlier, g, p int32) bool {
	return c.rows[earlier].end < c.rows[g].begin && c.covers(c.s.set(c.key, earlier), p)
}

// staleWitness finds a version that a get returned, or that is left at the end
// (g < 0), although an acknowledged write had replaced it.
func (s *Subject) staleWitness(w *Witness, c *covering, g int32, writes []int32) bool {
	set := writes
	if g >= 0 {
		set = s.set(c.key, g)
	}
	for _, v := range set {
		for i := len(writes) - 1; i >= 0; i-- {
			by := writes[i]
			if by != v && c.over(by, v) && c.rows[by].end != never && (g < 0 || c.rows[by].end < c.rows[g].begin) {
				w.Stale, w.By = c.rows[v].id, c.rows[by].id
				return true
			}
		}
	}
	return false
}

// Shows reports whether a history has the anomaly that a witness tells of, its
// operations being those of this history. Of the kinds that only a whole check
// can find it reports nothing: decided is false.
func (s *Subject) Shows(w *Witness) (shown, decided bool) {
	none := history.NoVersion
	s.putTogether()
	switch {
	case w.Get != none && w.Kind != "resurfaced-item" && (w.Missed != none || w.Stale != none):
		return s.showsGet(w), true
	case w.Kind == "lost-item":
		return s.lacksItem(w), true
	case w.Kind == "resurfaced-item":
		return s.History.Op(w.By).Acknowledged() && s.itemsLeft(w.Key, s.History.Adds(w.Stale)) > 0, true
	case w.Kind == "lost-write" || w.Kind == "lost-delete":
		return s.History.Op(w.Missed).Acknowledged() && s.lostAtEnd(w.Missed), true
	}
	return false, false
}

// lacksItem reports whether an acknowledged addition is not in the cart at the
// end although nobody took it out.
func (s *Subject) lacksItem(w *Witness) bool {
	adds := s.History.Adds(w.Missed)
	if !s.History.Op(w.Missed).Acknowledged() || len(adds) == 0 || s.itemsLeft(w.Key, adds) > 0 {
		return false
	}
	tags := s.tagFacts()
	return !slices.ContainsFunc(adds, func(a history.CartItem) bool { return tags[a.Tag].invoked })
}

// itemsLeft counts which of some additions are in the cart at the end; there
// are none in a cart that no final get tells of.
func (s *Subject) itemsLeft(key int32, adds []history.CartItem) int {
	c := carts{s: s}
	get, n := c.finalItems()[key], 0
	if get == history.NoVersion {
		return 0
	}
	for _, a := range adds {
		if slices.ContainsFunc(s.History.Items(get), func(i history.CartItem) bool { return i.Tag == a.Tag }) {
			n++
		}
	}
	return n
}

func (s *Subject) showsGet(w *Witness) bool {
	if s.History.Op(w.Get).Outcome != history.Ok {
		return false
	}
	c := s.coveringOf(w.Key, DefaultSteps)
	at := func(id history.OpID) int32 { return s.position(id, w.Key) }
	g := at(w.Get)
	if w.Missed == history.NoVersion {
		v, by := at(w.Stale), at(w.By)
		return slices.Contains(s.set(w.Key, g), v) && c.rows[by].end < c.rows[g].begin && c.over(by, v)
	}
	p := at(w.Missed)
	switch {
	case w.Shown != history.NoVersion:
		if e := at(w.Shown); !c.rows[e].is(rowReads) || !c.shows(e, g, p) {
			return false
		}
	case w.Over != history.NoVersion:
		if o := at(w.Over); !c.covers(s.set(w.Key, g), o) || c.rows[p].end > c.rows[o].begin {
			return false
		}
	case c.rows[p].end > c.rows[g].begin:
		return false
	}
	return c.misses(g, p)
}

// Under returns the subject as judged by another model.
func (s *Subject) Under(model history.Model) *Subject {
	if s.Model == model {
		return s
	}
	return s.as(model)
}

// Words writes a version as evidence does: its value in braces, or its name
// where the value says nothing.
func (s *Subject) Words(v history.OpID) string { return s.version(v) }

// Supersedes reports whether a version took the place of another one as far as
// its client knew: through contexts, or, where keys hold one value, by the
// rule of the model.
func (s *Subject) Supersedes(v, old history.OpID) bool {
	s.putTogether()
	key := s.History.Op(old).Key
	p, ok := s.local(v, key)
	q, ok2 := s.local(old, key)
	return ok && ok2 && p != q && s.coveringOf(key, DefaultSteps).over(p, q)
}

// Lacks reports whether a set of versions covers a write: one of them is it, or
// took its place.
func (s *Subject) Lacks(set []history.OpID, w history.OpID) bool {
	for _, v := range set {
		if v == w || s.Supersedes(v, w) {
			return false
		}
	}
	return true
}
