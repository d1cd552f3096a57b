package analysis

import (
	"slices"

	"dynamosim/analysis/history"
)

// covering tells which answers cover which versions of a key, by the rule of
// the model:
//
//   - siblings: an answer covers w if one of its versions is w or above it;
//   - register: if its version's put had not ended before w was invoked;
//   - last-write-wins: if its version's stamp is not below w's.
//
// An answer of nothing covers nothing. But what a deletion covers may be gone,
// tombstone and all, once the deletion has been invoked.
type covering struct {
	s       *Subject
	key     int32
	rows    []row
	stamps  []stamp
	a       *ancestry
	deletes []int32 // deletions that may have happened, rising
	steps   int     // spent so far
	limit   int
}

// coveringOf prepares a key.
func (s *Subject) coveringOf(key int32, limit int) *covering {
	c := &covering{s: s, key: key, rows: s.rowsOf(key), a: s.ancestryOf(key), limit: limit}
	if s.stampsCount() {
		c.stamps = s.stampsOf(key)
	}
	for _, d := range s.deletions(key) {
		c.deletes = append(c.deletes, s.position(d, key))
	}
	return c
}

// spent reports whether the budget is used up.
func (c *covering) spent() bool { return c.steps > c.limit }

// over reports whether version v is w or takes its place.
func (c *covering) over(v, w int32) bool {
	c.steps++
	switch {
	case v == w:
		return true
	case c.s.stampsCount():
		return !c.rows[v].is(rowStamped) || !c.rows[w].is(rowStamped) || !c.stamps[w].above(&c.stamps[v])
	case c.s.single():
		return c.rows[v].end >= c.rows[w].begin
	}
	before := c.a.met
	found := c.a.above(v, w)
	c.steps += c.a.met - before
	return found
}

// covers reports whether one of a set of versions is w or takes its place.
func (c *covering) covers(set []int32, w int32) bool {
	return slices.Contains(set, w) || slices.ContainsFunc(set, func(v int32) bool { return c.over(v, w) })
}

// misses reports whether the answer of a get shows that it was given without
// knowing of w: it does not cover w, and no deletion explains that. A deletion
// is missed only by an answer that has something which it deleted.
func (c *covering) misses(get, w int32) bool {
	set := c.s.set(c.key, get)
	if c.covers(set, w) {
		return false
	}
	if c.rows[w].is(rowDeletes) {
		return slices.ContainsFunc(set, func(v int32) bool { return c.over(w, v) })
	}
	return !c.deleted(get, w)
}

// deleted reports whether a deletion invoked before a get ended can be why it
// does not show w.
func (c *covering) deleted(get, w int32) bool {
	if c.s.single() && len(c.s.set(c.key, get)) > 0 {
		return false // what a register shows instead is older still
	}
	return slices.ContainsFunc(c.deletes, func(d int32) bool {
		return c.rows[d].begin < c.rows[get].end && (c.rows[d].is(rowUnknown) && c.s.single() || c.over(d, w))
	})
}

// single reports whether a key holds one value.
func (s *Subject) single() bool { return s.Model != history.Siblings }

// stampsCount reports whether timestamps order versions.
func (s *Subject) stampsCount() bool { return s.Model == history.LastWriteWins }
