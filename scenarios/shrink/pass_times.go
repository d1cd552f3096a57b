package shrink

import (
	"slices"

	"dynamosim/scenarios"
)

// gapRanks are lengths of time between two moments, the simplest first.
var gapRanks = func() (list []scenarios.Duration) {
	ms, s := scenarios.Millisecond, scenarios.Second
	list = append(list, s, 100*ms, 10*ms, ms, 2*s, 5*s, 10*s, 500*ms, 200*ms, 50*ms, 20*ms, 5*ms, 2*ms, 3*s, 4*s, 6*s, 8*s, 20*s, 30*s, 60*s)
	for _, unit := range []scenarios.Duration{s, 100 * ms, 10 * ms, ms, 100 * ms / 1000, ms / 100} {
		for k := scenarios.Duration(1); k <= 9; k++ {
			list = append(list, k*unit)
		}
	}
	return list
}

// rank is how simple a length of time is, less being simpler: 0 is nothing at all.
func rank(gap scenarios.Duration, ranks []scenarios.Duration) int {
	if gap == 0 {
		return -1
	}
	if i := slices.Index(ranks, gap); i >= 0 {
		return i
	}
	digits := 0
	for d := gap; d%10 == 0 && d > 0; d /= 10 {
		digits--
	}
	return len(ranks) + 20 + digits // the more zeros it ends with the better
}

// times makes what lies between operations, and beginnings and ends of faults, simple lengths of time.
func (s *search) times() bool {
	if s.generates() {
		return false
	}
	ranks := gapRanks()
	any := s.once(func() []change {
		return []change{{"everything a second apart", func(t *tree) bool {
			m := momentsOf(t)
			return m.each(func(i int, gap scenarios.Duration) scenarios.Duration { return scenarios.Second }) && m.apply(t)
		}}}
	})
	s.exact = true
	defer func() { s.exact = false }()
	return s.pass(func() []change {
		var changes []change
		for i, gap := range momentsOf(s.tree).gaps() {
			now := rank(gap, ranks)
			better := ranks[:max(0, min(now, len(ranks)))]
			for _, g := range append(slices.Clone(better), roundings(gap)...) {
				if rank(g, ranks) >= now {
					continue
				}
				changes = append(changes, change{"simpler times", func(t *tree) bool {
					m := momentsOf(t)
					return m.each(func(k int, gap scenarios.Duration) scenarios.Duration {
						if k == i {
							return g
						}
						return gap
					}) && m.apply(t)
				}})
			}
		}
		return changes
	}) || any
}

// roundings are lengths near one, with ever more digits.
func roundings(d scenarios.Duration) (list []scenarios.Duration) {
	unit := scenarios.Duration(1)
	for unit*10 <= d {
		unit *= 10
	}
	for range 4 {
		if r := (d + unit/2) / unit * unit; r > 0 && r != d && unit > 0 {
			list = append(list, r)
		}
		if unit /= 10; unit == 0 {
			break
		}
	}
	return list
}

// moments are the times of a plan at which something begins or ends, rising, each once.
type moments struct{ old, now []scenarios.Duration }

func momentsOf(t *tree) *moments {
	m := &moments{}
	add := func(d scenarios.Duration) { m.old = append(m.old, d) }
	for _, o := range t.list("operations") {
		if at, ok := duration(o, "at"); ok {
			add(at)
		}
	}
	for _, f := range t.list("faults") {
		if at, ok := duration(f, "at"); ok {
			add(at)
			if d, ok := duration(f, "for"); ok {
				add(at + d)
			}
		}
	}
	if d, ok := duration(t.root, "duration"); ok {
		add(d)
	}
	slices.Sort(m.old)
	m.old = slices.Compact(m.old)
	m.now = slices.Clone(m.old)
	return m
}

// gaps are the lengths of time before each moment.
func (m *moments) gaps() []scenarios.Duration {
	gaps := make([]scenarios.Duration, len(m.old))
	before := scenarios.Duration(0)
	for i, at := range m.old {
		gaps[i], before = at-before, at
	}
	return gaps
}

// each sets the gaps. It tells whether anything is different then.
func (m *moments) each(f func(i int, gap scenarios.Duration) scenarios.Duration) bool {
	at := scenarios.Duration(0)
	for i, gap := range m.gaps() {
		at += f(i, gap)
		m.now[i] = at
	}
	return !slices.Equal(m.now, m.old)
}

// moved is where a moment has gone.
func (m *moments) moved(at scenarios.Duration) scenarios.Duration {
	if i, ok := slices.BinarySearch(m.old, at); ok {
		return m.now[i]
	}
	return at
}

// apply writes the moments into a plan.
func (m *moments) apply(t *tree) bool {
	for _, o := range t.list("operations") {
		if at, ok := duration(o, "at"); ok {
			put(o, "at", scalar(m.moved(at).String()))
		}
	}
	for _, f := range t.list("faults") {
		at, ok := duration(f, "at")
		if !ok {
			continue
		}
		put(f, "at", scalar(m.moved(at).String()))
		if d, ok := duration(f, "for"); ok {
			put(f, "for", scalar((m.moved(at+d) - m.moved(at)).String()))
		}
	}
	if d, ok := duration(t.root, "duration"); ok {
		t.set(m.moved(d).String(), "duration")
	}
	return true
}
