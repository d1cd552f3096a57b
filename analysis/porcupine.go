package analysis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"

	"dynamosim/analysis/history"
)

// Porcupine is the reference for linearizability. It is asked for a second
// opinion on every witness, and on whole keys where they are small enough for
// it to finish.

// porcupineCalls and porcupineTotal bound the keys on which Porcupine judges
// the whole history: its memory grows with the square of the calls on a key,
// and its time with the exponential of those that are open at once.
const (
	porcupineCalls = 400
	porcupineTotal = 4_000 // calls per history
)

// secondOpinion returns on how many calls of a history Porcupine judges whole
// keys: as many as it can where thoroughness is asked for; else all of a short
// history, and a sample of a long one that costs less than the exact tests.
func (r Request) secondOpinion(calls int) int {
	const whole, share = 250, 32
	if r.Thorough {
		return porcupineTotal
	}
	return min(porcupineTotal, whole+calls/share)
}

// porcupineState is the state of all models: the calls whose versions are
// there, in a form that == compares. For registers it has one element or none.
type porcupineState string

func packState(set []int32) porcupineState {
	var b strings.Builder
	b.Grow(4 * len(set))
	for _, v := range set {
		b.Write([]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
	}
	return porcupineState(b.String())
}

func (p porcupineState) unpack() []int32 {
	set := make([]int32, 0, len(p)/4)
	for i := 0; i < len(p); i += 4 {
		set = append(set, int32(p[i])<<24|int32(p[i+1])<<16|int32(p[i+2])<<8|int32(p[i+3]))
	}
	return set
}

// sequential is the specification of a key under a model: what one call after
// the other may do.
type sequential struct {
	s     *Subject
	model history.Model
	calls []call
	steps int
	limit int
}

// step applies call i to a state; ok is false if the call could not have
// happened there. Beyond the limit nothing may happen: the caller must look at
// steps before it believes a refusal.
func (q *sequential) step(state porcupineState, i int32) (ok bool, next porcupineState) {
	if q.steps++; q.steps > q.limit {
		return false, state
	}
	c := &q.calls[i]
	if !c.writes {
		set := state.unpack()
		if q.model == history.LastWriteWins && len(set) > 1 {
			set = set[1:]
		}
		return q.allows(set, c), state
	}
	switch q.model {
	case history.Register:
		return true, packState([]int32{i})
	case history.LastWriteWins:
		return true, q.stampedStep(state, i)
	}
	return true, packState(with(minus(state.unpack(), c.set), i))
}

// stampedStep is a write of last-write-wins. A deletion whose timestamp nobody
// knows is taken to have the least one that makes it the newest, which leaves
// most room to what follows: it is there, on top of the version whose timestamp
// counts.
func (q *sequential) stampedStep(state porcupineState, i int32) porcupineState {
	set := state.unpack()
	stamped := func(c int32) bool { return q.s.stamped(q.calls[c].id) }
	switch {
	case len(set) == 0 || !stamped(set[0]):
		return packState([]int32{i})
	case !stamped(i):
		return packState([]int32{set[0], i})
	case laterStamp(q.s.History, q.calls[i].id, q.calls[set[0]].id):
		return packState([]int32{i})
	}
	return state
}

// allows reports whether a get may return what it did: what is there, where
// tombstones may have vanished.
func (q *sequential) allows(state []int32, get *call) bool {
	for _, v := range get.set {
		if !slices.Contains(state, v) {
			return false
		}
	}
	for _, v := range state {
		if !q.calls[v].tomb && !slices.Contains(get.set, v) {
			return false
		}
	}
	return true
}

// model returns the specification in Porcupine's form. Inputs are call
// numbers.
func (q *sequential) porcupineModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return porcupineState("") },
		Step: func(state, input, _ any) (bool, any) {
			before := state.(porcupineState)
			ok, next := q.step(before, input.(int32))
			if next == before { // as it came, which takes no memory
				return ok, state
			}
			return ok, next
		},
		Hash:                      hashState,
		DescribeOperation:         func(input, _ any) string { return q.describe(input.(int32)) },
		DescribeOperationMetadata: func(details any) string { return fmt.Sprint(details) },
		DescribeState: func(state any) string {
			return q.s.versions(q.ids(state.(porcupineState).unpack()))
		},
	}
}

// hashState is FNV-1a.
func hashState(state any) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(state.(porcupineState)) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

func (q *sequential) ids(calls []int32) []history.OpID {
	ids := make([]history.OpID, len(calls))
	for i, c := range calls {
		ids[i] = q.calls[c].id
	}
	return ids
}

func (q *sequential) describe(i int32) string {
	c := &q.calls[i]
	switch {
	case !c.writes:
		return "get -> " + q.s.versions(q.s.History.Versions(c.id))
	case q.model == history.Siblings && len(c.set) > 0:
		return fmt.Sprintf("put %s over %s", q.s.version(c.id), q.s.versions(q.ids(c.set)))
	}
	return "put " + q.s.version(c.id)
}

func (q *sequential) operations() []porcupine.Operation {
	ops := make([]porcupine.Operation, len(q.calls))
	for i := range q.calls {
		c := &q.calls[i]
		ops[i] = porcupine.Operation{ClientId: int(q.s.History.Op(c.id).Client), Input: int32(i), Call: int64(c.begin),
			Return: int64(c.end)}
	}
	return ops
}

// porcupineJudges asks Porcupine about calls, within a budget of steps.
func porcupineJudges(s *Subject, calls []call, limit int) outcome {
	q := &sequential{s: s, model: s.Model, calls: calls, limit: limit}
	ok := porcupine.CheckOperations(q.porcupineModel(), q.operations())
	switch {
	case q.steps > limit:
		return gaveUp
	case ok:
		return legal
	}
	return illegal
}
