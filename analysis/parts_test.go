package analysis

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// scattered is a random history of several keys with all that a history can
// have: deletions, read-modify-writes, carts, failures, made-up and altered
// answers, faults, states and final gets. Its gets are mostly right.
func scattered(seed uint64, model history.Model, keys, operations int) *history.History {
	r := rand.New(rand.NewPCG(seed, 91))
	h := history.New(history.Header{Model: model})
	for k := range keys {
		h.AddKey(fmt.Sprint("k", k))
	}
	for c := range 2 + r.IntN(4) {
		h.AddClient(fmt.Sprint("c", c))
	}
	h.AddNode("n1")
	h.AddNode("n2")
	s := scatter{r: r, h: h, there: make([][]history.OpID, keys), written: make([][]history.OpID, keys), carts: seed%4 == 0, wrong: 1 + r.IntN(30)}
	for h.Len() < operations {
		s.step()
	}
	s.end()
	return h
}

type scatter struct {
	r              *rand.Rand
	h              *history.History
	now            int64
	there, written [][]history.OpID // by key
	open           []history.OpID
	carts          bool
	wrong          int // percentage of answers
}

func (s *scatter) key() int32 { return int32(min(s.r.IntN(len(s.there)), s.r.IntN(len(s.there)))) }

func (s *scatter) step() {
	s.now += int64(s.r.IntN(40))
	switch n := s.r.IntN(60); {
	case n == 0:
		s.h.Nemesis(s.now, "crash", "c1", history.Phase(1+s.r.IntN(2)), "crash n1")
	case len(s.open) > 0 && n < 32:
		s.finish(s.r.IntN(len(s.open)))
	case len(s.open) < 6:
		s.begin()
	}
}

func (s *scatter) begin() {
	key, f := s.key(), history.Func(s.r.IntN(2))
	if s.r.IntN(12) == 0 {
		f = history.Delete
	}
	op := s.h.Invoke(s.now, int32(s.r.IntN(s.h.Clients())), f, key)
	s.open = append(s.open, op)
	if s.r.IntN(3) == 0 {
		s.h.SetGroup(op, s.groupOf(op, key))
	}
	if !f.Writes() {
		return
	}
	s.written[key] = append(s.written[key], op)
	if s.r.IntN(5) > 0 {
		s.h.SetContext(op, s.there[key])
	}
	if s.r.IntN(8) == 0 {
		s.h.SetVersion(op, fmt.Sprint("v", op))
	}
	switch {
	case f == history.Delete:
	case s.carts:
		s.h.SetCart(op, []history.CartItem{{Item: s.h.AddItem("milk"), Tag: s.h.AddTag(fmt.Sprint("t", op))}}, s.gone(key))
	default:
		s.h.SetValue(op, fmt.Sprint("value ", op), 9)
	}
}

// gone are tags that were added to the key, or, now and then, to any.
func (s *scatter) gone(key int32) (tags []int32) {
	if n := s.h.Tags(); n > 0 && s.r.IntN(100) == 0 {
		return []int32{int32(s.r.IntN(n))}
	}
	for _, v := range s.there[key] {
		if s.r.IntN(3) == 0 && v.Written() {
			for _, a := range s.h.Adds(v) {
				tags = append(tags, a.Tag)
			}
		}
	}
	return tags
}

// groupOf is the operation itself or an earlier one on its key.
func (s *scatter) groupOf(op history.OpID, key int32) history.OpID {
	for v := op - 1; v >= max(0, op-8); v-- {
		if o := s.h.Op(v); o.Key == key && o.Group == v {
			return v
		}
	}
	return op
}

func (s *scatter) finish(i int) {
	op := s.open[i]
	o := s.h.Op(op)
	s.open = slices.Delete(s.open, i, i+1)
	switch n := s.r.IntN(20); {
	case n == 0:
		s.h.Fail(s.now, op, "refused")
		return
	case n == 1:
		s.h.Info(s.now, op, "no answer")
		return
	case n == 2:
		return // it never ends
	}
	if !o.Func.Writes() {
		answer := s.answer(o.Key)
		if s.carts {
			s.h.SetItems(op, s.items(answer))
		}
		s.h.OkGet(s.now, op, answer)
		return
	}
	if s.h.Model == history.LastWriteWins {
		s.h.SetStamp(op, o.Invoke+int64(s.r.IntN(40)), int32(s.r.IntN(2)))
	}
	s.h.OkPut(s.now, op)
	there := slices.DeleteFunc(slices.Clone(s.there[o.Key]), func(v history.OpID) bool { return slices.Contains(s.h.Context(op), v) })
	if s.there[o.Key] = append(there, op); s.h.Model != history.Siblings {
		s.there[o.Key] = []history.OpID{op}
	}
}

func (s *scatter) items(versions []history.OpID) (items []history.CartItem) {
	for _, v := range versions {
		if v.Written() {
			items = append(items, s.h.Adds(v)...)
		}
	}
	return items
}

func (s *scatter) answer(key int32) []history.OpID {
	list := s.there[key]
	if s.r.IntN(100) < s.wrong && len(s.written[key]) > 0 {
		list = []history.OpID{s.written[key][s.r.IntN(len(s.written[key]))]}
	}
	if s.r.IntN(400) == 0 {
		list = []history.OpID{s.h.Phantom(fmt.Sprint("ghost", s.r.IntN(3)))}
	}
	if s.h.Model == history.LastWriteWins && len(list) > 0 && list[0].Written() && !s.h.Op(list[0]).Stamped() {
		s.h.SetStamp(list[0], s.h.Op(list[0]).Invoke, 0)
	}
	return list
}

// end tells what is left.
func (s *scatter) end() {
	s.h.MarkPhase(s.now, history.Heal)
	s.h.MarkPhase(s.now+100, history.Quiet)
	if s.r.IntN(3) > 0 {
		for node := range int32(2) {
			for key := range int32(len(s.there)) {
				s.h.AddState(s.now+100, node, history.Role(s.r.IntN(2)), key, s.answer(key))
			}
		}
	}
	for key := range int32(len(s.there)) {
		op := s.h.Invoke(s.now+200, 0, history.Get, key)
		s.h.SetFinal(op)
		s.finalAnswer(op, key)
	}
}

func (s *scatter) finalAnswer(op history.OpID, key int32) {
	answer := s.answer(key)
	if s.carts {
		s.h.SetItems(op, s.items(answer))
	}
	s.h.OkGet(s.now+200, op, answer)
}

// everyCheck asks for all checks, those on request too, but for the one that
// puts a history in parts together.
func everyCheck() (all []Request) {
	for _, c := range Checks() {
		if c.Name != "causal" {
			all = append(all, Request{Check: c.Name, Want: WantValid, Strict: true})
		}
	}
	return all
}

// factsAbout makes facts that name keys and operations.
func factsAbout(h *history.History, seed uint64) Facts {
	f := Facts{
		Warmup: 50, Converged: h.End(), Grace: int64(seed % 500), W: 2, Hints: []HintAccount{{Stored: 1, Delivered: 1}}, Unreachable: []int32{1, 3},
		Homes: func(key int32) []int32 { return []int32{key % 2} },
		Audit: &Audit{Acknowledged: 5, Copies: []int{0, 2, 3}},
	}
	if seed%2 == 0 {
		f.Collected = func(v history.OpID) bool { return v%3 == 0 }
	}
	for id := range history.OpID(h.Len()) {
		if h.Op(id).Acknowledged() && id%5 == 0 {
			f.Audit.Thin = append(f.Audit.Thin, ThinPut{Put: id, Copies: 1, Want: 2})
		}
	}
	return f
}

// inPartsOf makes a subject that is judged in parts of about n operations.
func inPartsOf(h *history.History, facts Facts, n int) *Subject {
	s := &Subject{History: h, Model: h.Model, Facts: facts, room: &room{}}
	s.ranges = h.Ranges(n)
	if n == 40 {
		s.Expect(Everything(), nil)
		s.Expect(s.Load(), []int64{0, 20, 60})
	}
	return s
}

// told is all that can be learnt of a subject.
func told(s *Subject) string {
	text := ""
	for _, r := range s.Judge(Options{Checks: everyCheck(), MaxSteps: 3000}) {
		text += fmt.Sprintf("%+v\n", r)
	}
	for _, scope := range []Scope{s.Load(), Everything(), s.Calm(), Between(100, 300)} {
		f := s.Findings(scope, nil, nil)
		for _, m := range Metrics() {
			sample := m.Sample(f)
			text += fmt.Sprintf("%s %v %v %+v\n", m.Name, sample.Measured, sample.Value, sample.Values)
		}
		text += fmt.Sprintf("%+v\n", s.Visibility(scope, []int64{0, 20, 60}))
	}
	return text + fmt.Sprintf("%+v\n", s.Windows(Interval{0, 500}, 70))
}

// toldAtOnce is what is told of all checks that apply.
func toldAtOnce(s *Subject) string { return fmt.Sprintf("%+v", s.Judge(Options{Thorough: true})) }

var partSeeds = flag.Int("parts.seeds", 9, "how many histories of each model are judged in parts")

func TestInPartsIsAsAWhole(t *testing.T) {
	for _, model := range []history.Model{siblings, register, stamps} {
		apart := 0
		for seed := range uint64(*partSeeds) {
			keys := 1 + int(seed%7)
			h := scattered(seed, model, keys, 30+int(seed)*3)
			facts := factsAbout(h, seed)
			whole, atOnce := told(NewSubject(h, facts)), toldAtOnce(NewSubject(h, facts))
			for _, n := range []int{1, 40, 100} {
				s := inPartsOf(h, facts, n)
				if parts := told(s); parts != whole {
					t.Fatalf("%v, seed %d, parts of %d: %s", model, seed, n, firstDifference(parts, whole))
				}
				if parts := toldAtOnce(inPartsOf(h, facts, n)); parts != atOnce {
					t.Fatalf("%v, seed %d, parts of %d: %s", model, seed, n, firstDifference(parts, atOnce))
				}
				if s.inParts() && len(s.ranges) > 1 {
					apart++
				}
			}
		}
		t.Logf("%v: %d in parts to the end", model, apart)
		if apart == 0 {
			t.Errorf("%v: no history has been judged in parts to the end", model)
		}
	}
}

func firstDifference(a, b string) string {
	x, y := []byte(a), []byte(b)
	i := 0
	for i < min(len(x), len(y)) && x[i] == y[i] {
		i++
	}
	from := max(0, i-200)
	return fmt.Sprintf("in parts\n…%s\nas a whole\n…%s", x[from:min(len(x), i+300)], y[from:min(len(y), i+300)])
}

// Who looks for causes, or draws, needs the whole, and gets it.
func TestWitnessesInParts(t *testing.T) {
	found := 0
	for seed := range uint64(12) {
		h := scattered(seed, siblings, 4, 80)
		whole, parts := NewSubject(h, Facts{}), inPartsOf(h, Facts{}, 20)
		for _, r := range whole.Judge(Options{}) {
			for i := range r.Evidence {
				want, ok := whole.Witness(&r.Evidence[i])
				got, ok2 := inPartsOf(h, Facts{}, 20).Witness(&r.Evidence[i])
				if ok != ok2 || fmt.Sprint(want) != fmt.Sprint(got) {
					t.Errorf("seed %d, %s: %+v, in parts %+v", seed, r.Check, want, got)
				}
				found++
			}
		}
		var a, b strings.Builder
		if err := errors.Join(whole.WritePicture(&a, 2, Evidence{}), parts.WritePicture(&b, 2, Evidence{})); err != nil || a.String() != b.String() {
			t.Errorf("seed %d: another picture (%v)", seed, err)
		}
		if !parts.inParts() {
			t.Errorf("seed %d: a picture of one key has put everything together", seed)
		}
	}
	if found == 0 {
		t.Error("no evidence")
	}
}
