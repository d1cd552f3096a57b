package analysis

import (
	"encoding/binary"
	"slices"
)

// An exact test of the multi-value register (Dynamo's siblings) that follows
// the events of a key in order, as G. Lowe's just-in-time linearization does
// (Testing for Linearizability, 2017), with what this model allows to leave
// out:
//
//   - Two open writes commute: neither can be in the other's context, since a
//     context names only what is known. So a write takes effect no earlier
//     than it must: when it ends, or when a get needs it.
//   - What a get needs is fixed: the versions that it returned and that are
//     not there yet, and for what is there and must go, an unknown deletion.
//   - A get whose answer equals the state takes effect at once, for free.
//
// What remains to choose is whether a get takes effect before a write that
// would spoil its answer. Where the answer can never be right again there is
// no choice either. So ordinary histories have one configuration at a time,
// whatever their length, and memory does not grow with it.

// config is one way in which the operations so far may have taken effect.
// Values are calls, rising.
type config struct {
	state []int32 // versions that are there, tombstones included
	done  []int32 // open calls that have taken effect
}

// sweep judges the calls of one key.
type sweep struct {
	calls   []call
	above   [][]int32 // by call: writes that supersede its version, rising
	open    []int32   // calls begun and not ended, by begin
	configs []config
	seen    map[string]bool // configurations met at the present event
	next    []config
	name    []byte
	simple  []int32
	steps   int
	limit   int
}

// outcome of a search.
type outcome uint8

const (
	legal   outcome = 1
	illegal outcome = 2
	gaveUp  outcome = 3
)

// sweepSiblings tests calls on a multi-value register. Where it is illegal it
// returns the call at whose end no configuration was left.
func sweepSiblings(calls []call, limit int) (verdict outcome, at int32, steps int) {
	s := sweep{calls: calls, limit: limit, configs: []config{{}}, seen: map[string]bool{}}
	s.findAbove()
	for _, e := range eventsOf(calls) {
		if !e.end {
			s.open = append(s.open, e.call)
			continue
		}
		s.finish(e.call)
		if s.steps > s.limit {
			return gaveUp, e.call, s.steps
		}
		if len(s.configs) == 0 {
			return illegal, e.call, s.steps
		}
	}
	return legal, -1, s.steps
}

// event is the begin or the end of a call.
type event struct {
	index int32
	call  int32
	end   bool
}

// eventsOf merges begins, in the order of which calls come, and ends.
// Intervals are closed, so of equal indexes begins come first.
func eventsOf(calls []call) []event {
	ends := make([]int64, 0, len(calls)) // index in the high half, call in the low
	for i := range calls {
		if calls[i].end != never {
			ends = append(ends, int64(calls[i].end)<<32|int64(i))
		}
	}
	slices.Sort(ends)
	events := make([]event, 0, len(calls)+len(ends))
	for i := range calls {
		for len(ends) > 0 && int32(ends[0]>>32) < calls[i].begin {
			events = append(events, endEvent(ends[0]))
			ends = ends[1:]
		}
		events = append(events, event{index: calls[i].begin, call: int32(i)})
	}
	for _, e := range ends {
		events = append(events, endEvent(e))
	}
	return events
}

func endEvent(packed int64) event {
	return event{index: int32(packed >> 32), call: int32(packed), end: true}
}

func (s *sweep) findAbove() {
	n := make([]int32, len(s.calls)+1)
	total := 0
	for i := range s.calls {
		if s.calls[i].writes {
			for _, v := range s.calls[i].set {
				n[v]++
				total++
			}
		}
	}
	flat := make([]int32, 0, total)
	s.above = make([][]int32, len(s.calls))
	for v := range s.above {
		from := len(flat)
		flat = flat[:from+int(n[v])]
		s.above[v] = flat[from:from:len(flat)]
	}
	for i := range s.calls {
		if s.calls[i].writes {
			for _, v := range s.calls[i].set {
				s.above[v] = append(s.above[v], int32(i))
			}
		}
	}
}

// finish takes every configuration over the end of a call: the call must have
// taken effect.
func (s *sweep) finish(c int32) {
	if len(s.configs) == 1 && s.finishSimply(&s.configs[0], c) {
		s.open = slices.DeleteFunc(s.open, func(o int32) bool { return o == c })
		return
	}
	s.next = s.next[:0]
	clear(s.seen)
	for _, cfg := range s.configs {
		s.reach(cfg, c, 0)
	}
	s.configs, s.next = s.next, s.configs
	s.open = without(s.open, c)
}

// finishSimply is finish for one configuration that has no choice, in place.
// It reports false, having changed nothing that matters, if there is one.
func (s *sweep) finishSimply(cfg *config, c int32) bool {
	s.steps++
	for _, g := range s.open {
		if !s.calls[g].writes && s.right(cfg.state, g) {
			cfg.done = with(cfg.done, g)
		}
	}
	if i, found := slices.BinarySearch(cfg.done, c); found {
		cfg.done = slices.Delete(cfg.done, i, i+1)
		return true
	}
	writes := s.simpleNeeds(cfg, c)
	if writes == nil {
		return false
	}
	for _, g := range s.open {
		if !s.calls[g].writes && g != c && !has(cfg.done, g) && s.spoils(*cfg, writes, g) {
			return false
		}
	}
	for _, w := range writes {
		cfg.state = with(minus(cfg.state, s.calls[w].set), w)
		if w != c {
			cfg.done = with(cfg.done, w)
		}
	}
	return true
}

// simpleNeeds returns the writes that must take effect for c to have done so,
// or nil if that is not as simple as adding versions to the state.
func (s *sweep) simpleNeeds(cfg *config, c int32) []int32 {
	s.simple = s.simple[:0]
	if s.calls[c].writes {
		s.simple = append(s.simple, c)
		return s.simple
	}
	set := s.calls[c].set
	for _, v := range set {
		if has(cfg.state, v) {
			continue
		}
		if !has(s.open, v) || has(cfg.done, v) || intersects(s.calls[v].set, set) {
			return nil
		}
		s.simple = append(s.simple, v)
	}
	for _, v := range cfg.state {
		if !has(set, v) && !s.calls[v].tomb && !s.removed(v) {
			return nil
		}
	}
	return s.simple
}

// removed reports whether one of the simple writes supersedes v.
func (s *sweep) removed(v int32) bool {
	for _, w := range s.simple {
		if has(s.calls[w].set, v) {
			return true
		}
	}
	return false
}

// reach adds to next every configuration that cfg can turn into by the time
// the call goal has taken effect.
func (s *sweep) reach(cfg config, goal int32, depth int) {
	if s.steps++; s.steps > s.limit {
		return
	}
	cfg = s.satisfyFree(cfg)
	if depth > 0 && !s.first(cfg, 'v') {
		return
	}
	if slices.Contains(cfg.done, goal) {
		s.keep(config{state: cfg.state, done: without(cfg.done, goal)})
		return
	}
	if s.calls[goal].writes {
		s.applyFor(cfg, []int32{goal}, goal, depth)
		return
	}
	s.needs(cfg, goal, func(writes []int32) { s.applyFor(cfg, writes, goal, depth) })
}

// applyFor lets writes take effect on the way to goal, after the gets that
// they would spoil.
func (s *sweep) applyFor(cfg config, writes []int32, goal int32, depth int) {
	mustWait := false
	for _, g := range s.open {
		if s.calls[g].writes || g == goal || slices.Contains(cfg.done, g) || !s.spoils(cfg, writes, g) {
			continue
		}
		s.needs(cfg, g, func(first []int32) {
			s.reach(s.apply(cfg, first, g), goal, depth+1)
		})
		mustWait = mustWait || s.hopeless(writes, g)
	}
	if mustWait {
		return // some get could never be right after these writes
	}
	after := s.satisfyFree(s.apply(cfg, writes, -1))
	after.done = without(after.done, goal)
	s.keep(after)
}

// keep adds a configuration to next unless it is there.
func (s *sweep) keep(cfg config) {
	if s.first(cfg, 'k') {
		s.next = append(s.next, cfg)
	}
}

// first reports whether a configuration is new at the present event, for the
// purpose given.
func (s *sweep) first(cfg config, purpose byte) bool {
	s.name = binary.AppendUvarint(append(s.name[:0], purpose), uint64(len(cfg.state)))
	for _, v := range cfg.state {
		s.name = binary.AppendUvarint(s.name, uint64(v))
	}
	for _, v := range cfg.done {
		s.name = binary.AppendUvarint(s.name, uint64(v))
	}
	if s.seen[string(s.name)] {
		return false
	}
	s.seen[string(s.name)] = true
	return true
}

// apply lets writes take effect, and then the get if it is not -1.
func (s *sweep) apply(cfg config, writes []int32, get int32) config {
	out := config{state: slices.Clone(cfg.state), done: slices.Clone(cfg.done)}
	for _, w := range writes {
		out.state = minus(out.state, s.calls[w].set)
		out.state = with(out.state, w)
		out.done = with(out.done, w)
	}
	if get >= 0 {
		out.done = with(out.done, get)
	}
	return out
}
