package analysis

import (
	"encoding/binary"
	"fmt"
	"slices"

	"dynamosim/analysis/history"
)

func kAtomicityCheck() Check {
	return Check{
		Name: "k-atomicity",
		Doc: "the least k up to 3 for which operations fit into one order, kept to real time, in which every get returns one of the last k " +
			"puts before it; 1 is linearizable as a register",
		Source:  "Aiyer, Alvisi and Bazzi 2005; Golab, Li and Shah 2011",
		Models:  []history.Model{history.Register, history.LastWriteWins},
		Measure: true, OnRequest: true,
		begin: func(s *Subject, r Request) judging { return &kMeter{r: r, limit: r.steps(), most: r.most()} },
	}
}

// mostK is the largest k that is tried unless a request says less.
const mostK = 3

// most is the largest k that a request wants to be tried.
func (r Request) most() int {
	if r.K > 0 {
		return min(r.K, mostK)
	}
	return mostK
}

func (m *kMeter) add(s *Subject) {
	if s.Model != history.Register {
		s = s.as(history.Register)
	}
	m.s, m.builder = s, newCallBuilder(s)
	for key := range int32(s.History.Keys()) {
		switch k, verdict := m.of(key); verdict {
		case Unknown:
			m.undecided++
		case NotApplicable:
			m.left++
		default:
			m.keys[k]++
		}
	}
}

func (m *kMeter) results() []Result {
	result, keys := Result{Verdict: Measured}, &m.keys
	least := 1
	for k := 1; k <= m.most+1; k++ {
		if keys[k] > 0 {
			least = k
		}
		if name := fmt.Sprintf("keys_of_%d", k); k <= m.most {
			result.count(name, int64(keys[k]))
		}
	}
	result.count(fmt.Sprintf("keys_above_%d", m.most), int64(keys[m.most+1]))
	result.count("keys_undecided", int64(m.undecided))
	result.count("keys_left_out", int64(m.left))
	result.Summary = fmt.Sprintf("%d-atomic", least)
	if least > m.most {
		result.Summary = fmt.Sprintf("not even %d-atomic, on %s", m.most, count(keys[m.most+1], "key"))
	}
	if m.undecided > 0 {
		result.Summary += fmt.Sprintf("; %s undecided within %s", count(m.undecided, "key"), count(m.r.steps(), "step"))
	}
	return []Result{result}
}

// kMeter finds the k of keys.
type kMeter struct {
	r               Request
	keys            [mostK + 2]int // by k, the last for more
	undecided, left int

	s       *Subject // the part whose keys are measured
	builder *callBuilder
	limit   int
	most    int // the largest k that is tried
}

// of returns the k of a key, most+1 if it is larger. It is Unknown if the
// search gave up, and NotApplicable on keys with deletions, whose absence is no
// value of its own, or with answers that no store may give.
func (m *kMeter) of(key int32) (k int, v Verdict) {
	switch {
	case m.s.traits[key]&(keySuspect|keyDeletes) != 0:
		return 0, NotApplicable
	case m.s.room.quick.register(m.s, key):
		return 1, Valid
	}
	k = 2
	for _, g := range m.s.freshness().of(key) { // these puts lie between in every order
		k = max(k, int(g.behind)+1)
	}
	for ; k <= m.most; k++ {
		search := kSearch{calls: m.builder.build(key, nil), k: k, limit: m.limit}
		switch search.run() {
		case legal:
			return k, Valid
		case gaveUp:
			return 0, Unknown
		}
	}
	return min(k, m.most+1), Valid
}

// kSearch follows the events of a key, with all ways in which the operations
// so far may have taken effect: gets as soon as they can, puts no earlier than
// an operation that ends requires, but in any order.
type kSearch struct {
	calls []call
	k     int
	open  []int32
	seen  map[string]bool // met at the present event
	next  []kConfig
	name  []byte
	steps int
	limit int
}

// kConfig is one such way: the last k writes, oldest first (-1 is the initial
// value), and the open calls that have taken effect, rising.
type kConfig struct{ recent, done []int32 }

func (q *kSearch) run() outcome {
	configs := []kConfig{{recent: []int32{-1}}}
	for _, e := range eventsOf(q.calls) {
		if !e.end {
			q.open = append(q.open, e.call)
			continue
		}
		q.next, q.seen = nil, map[string]bool{}
		for _, c := range configs {
			q.reach(c, e.call)
		}
		if q.steps > q.limit {
			return gaveUp
		}
		if len(q.next) == 0 {
			return illegal
		}
		configs = q.next
		q.open = without(q.open, e.call)
	}
	return legal
}

// reach adds every way to have the call goal done.
func (q *kSearch) reach(c kConfig, goal int32) {
	if q.steps++; q.steps > q.limit {
		return
	}
	c = q.serve(c)
	if q.dead(c) || !q.first(c, goal) {
		return
	}
	if has(c.done, goal) {
		q.next = append(q.next, kConfig{c.recent, without(c.done, goal)})
		return
	}
	for _, w := range q.open {
		if !q.calls[w].writes || has(c.done, w) {
			continue
		}
		recent := append(slices.Clone(c.recent), w)
		if len(recent) > q.k {
			recent = recent[1:]
		}
		q.reach(kConfig{recent, with(slices.Clone(c.done), w)}, goal)
	}
}

// serve lets all open gets take effect that can.
func (q *kSearch) serve(c kConfig) kConfig {
	done := slices.Clone(c.done)
	for _, g := range q.open {
		if !q.calls[g].writes && slices.Contains(c.recent, q.read(g)) {
			done = with(done, g)
		}
	}
	return kConfig{c.recent, done}
}

// read returns the write that a get returned, -1 if it returned nothing.
func (q *kSearch) read(get int32) int32 {
	if set := q.calls[get].set; len(set) > 0 {
		return set[0]
	}
	return -1
}

// dead reports whether some open get can never be served: what it returned
// has been and gone.
func (q *kSearch) dead(c kConfig) bool {
	for _, g := range q.open {
		if q.calls[g].writes || has(c.done, g) {
			continue
		}
		if w := q.read(g); w < 0 || has(c.done, w) || q.begun(w) && !slices.Contains(q.open, w) {
			return true
		}
	}
	return false
}

// begun reports whether a write is among those that have begun: calls come in
// the order of their begins.
func (q *kSearch) begun(w int32) bool { return len(q.open) > 0 && w <= q.open[len(q.open)-1] }

// first reports whether a configuration is new at the present event. Open
// calls that are done before and after the goal are told apart by it.
func (q *kSearch) first(c kConfig, goal int32) bool {
	q.name = binary.AppendVarint(q.name[:0], int64(goal))
	for _, w := range c.recent {
		q.name = binary.AppendVarint(q.name, int64(w))
	}
	q.name = append(q.name, '|')
	for _, v := range c.done {
		q.name = binary.AppendVarint(q.name, int64(v))
	}
	if q.seen[string(q.name)] {
		return false
	}
	q.seen[string(q.name)] = true
	return true
}
