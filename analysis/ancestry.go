package analysis

import "slices"

// ancestry walks the versions of one key from newer to older: version v is
// above w if w is in v's context or v is above some member of its context.
// Positions are those of the writing operations within the key; what a
// context names lies below its own position.
type ancestry struct {
	s     *Subject
	key   int32
	rows  []row
	mark  []int32 // by position: number of the last walk that met it
	walk  int32
	stack []int32
	met   int // positions looked at so far, by which budgets are counted

	memos  []memo
	spared int // bytes that memos may still take
}

// memo remembers for one version which others are above it.
type memo struct {
	target int32
	above  []int8 // by position: 1 it is, -1 it is not, 0 unknown
}

// memoBytes bounds the memory of all memos of a key.
const memoBytes = 32 << 20

// newAncestry prepares a key in memory of its own.
func newAncestry(s *Subject, key int32) *ancestry {
	rows := s.rowsOf(key)
	return &ancestry{s: s, key: key, rows: rows, mark: make([]int32, len(rows)), spared: memoBytes}
}

// ancestryOf prepares a key in memory that the next call reuses.
func (s *Subject) ancestryOf(key int32) *ancestry {
	a := &s.room.ancestry
	if a.s == s && a.key == key {
		return a
	}
	a.s, a.key, a.rows = s, key, s.rowsOf(key)
	if n := len(a.rows) - len(a.mark); n > 0 {
		a.mark = append(a.mark, make([]int32, n)...)
	}
	a.memos, a.spared = a.memos[:0], memoBytes
	return a
}

// parents returns the positions of the versions that position p supersedes.
func (a *ancestry) parents(p int32) []int32 { return a.s.setOf(&a.rows[p]) }

// covers reports whether some version of a set is w or above it.
func (a *ancestry) covers(set []int32, w int32) bool {
	for _, p := range set {
		if p == w {
			return true
		}
	}
	for _, p := range set {
		if p > w && a.above(p, w) {
			return true
		}
	}
	return false
}

// above reports whether p is w or above it.
func (a *ancestry) above(p, w int32) bool {
	if p <= w {
		return p == w
	}
	if m := a.memoOf(w); m != nil {
		return a.recall(m, p)
	}
	return a.search(p, w)
}

func (a *ancestry) memoOf(w int32) *memo {
	for i := range a.memos {
		if a.memos[i].target == w {
			return &a.memos[i]
		}
	}
	return nil
}

// remember speeds up later questions about what is above w. It is asked for
// versions that stay missing, which every later get asks about.
func (a *ancestry) remember(w int32) {
	if a.spared < len(a.rows) || a.memoOf(w) != nil {
		return
	}
	a.spared -= len(a.rows)
	a.memos = append(a.memos, memo{target: w, above: make([]int8, len(a.rows))})
}

// forget gives the memory of remember back.
func (a *ancestry) forget(w int32) {
	n := len(a.memos)
	a.memos = slices.DeleteFunc(a.memos, func(m memo) bool { return m.target == w })
	a.spared += (n - len(a.memos)) * len(a.rows)
}

// search walks down from p to w. Positions below w cannot lead to it.
func (a *ancestry) search(p, w int32) bool {
	a.walk++
	a.stack = append(a.stack[:0], p)
	for len(a.stack) > 0 {
		q := a.stack[len(a.stack)-1]
		a.stack = a.stack[:len(a.stack)-1]
		a.met++
		if q == w {
			return true
		}
		for _, r := range a.parents(q) {
			if r >= w && a.mark[r] != a.walk {
				a.mark[r] = a.walk
				a.stack = append(a.stack, r)
			}
		}
	}
	return false
}

// recall is search with a memo: every position is settled once for all.
func (a *ancestry) recall(m *memo, p int32) bool {
	stack := append(a.stack[:0], p)
	for len(stack) > 0 {
		q := stack[len(stack)-1]
		a.met++
		if m.above[q] != 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		verdict, open := int8(-1), false
		for _, r := range a.parents(q) {
			switch {
			case r == m.target || r > m.target && m.above[r] > 0:
				verdict = 1
			case r > m.target && m.above[r] == 0:
				stack = append(stack, r)
				open = true
			}
		}
		if verdict > 0 || !open {
			m.above[q] = verdict
		}
	}
	a.stack = stack
	return m.above[p] > 0
}

// path returns the positions on a way down through contexts from one of a set
// of versions to w, w included; nil if there is none.
func (a *ancestry) path(set []int32, w int32) []int32 {
	from := map[int32]int32{} // lookups only
	var reached []int32
	visit := func(p, by int32) {
		if _, met := from[p]; !met && p >= w {
			from[p] = by
			reached = append(reached, p)
		}
	}
	for _, p := range set {
		visit(p, -1)
	}
	for i := 0; i < len(reached); i++ {
		if p := reached[i]; p == w {
			var way []int32
			for ; p >= 0; p = from[p] {
				way = append(way, p)
			}
			return way
		}
		for _, q := range a.parents(reached[i]) {
			visit(q, reached[i])
		}
	}
	return nil
}
