package history_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// sample records a history of every feature of the model, drawn from a seed:
// clients with several open operations, unknown outcomes, siblings, deletes,
// groups, carts, stamps, faults, states and final gets.
func sample(model history.Model, seed uint64, operations int) *history.History {
	h := history.New(history.Header{Model: model, Scenario: "sample", Seed: fmt.Sprint(seed)})
	sampleInto(h, seed, operations)
	return h
}

func sampleInto(h *history.History, seed uint64, operations int) {
	r := rand.New(rand.NewPCG(seed, 1))
	s := sampler{h: h, r: r, live: make([][]history.OpID, 3), known: make([][]history.OpID, 3)}
	for i := range 4 {
		h.AddClient(fmt.Sprintf("shoppers/%d", i+1))
	}
	for i := range 3 {
		h.AddKey(fmt.Sprintf("cart-%d", i))
		h.AddNode(fmt.Sprintf("n%d", i+1))
	}
	h.Nemesis(0, "partition", "cut", history.Start, "partition {groups: [[n1],[n2]]}")
	for range operations {
		s.step()
	}
	s.settle()
}

type sampler struct {
	h     *history.History
	r     *rand.Rand
	t     int64
	open  []history.OpID
	live  [][]history.OpID // by key
	known [][]history.OpID // versions that a context may name
	tags  int
}

func (s *sampler) now() int64 {
	s.t += s.r.Int64N(1000)
	return s.t
}

func (s *sampler) step() {
	if len(s.open) > 0 && s.r.IntN(2) == 0 {
		i := s.r.IntN(len(s.open))
		op := s.open[i]
		s.open = append(s.open[:i], s.open[i+1:]...)
		s.end(op)
		return
	}
	key := int32(s.r.IntN(3))
	op := s.h.Invoke(s.now(), int32(s.r.IntN(4)), history.Func(s.r.IntN(3)), key)
	if s.h.Op(op).Func.Writes() {
		s.write(op, key)
	}
	s.open = append(s.open, op)
}

func (s *sampler) write(op history.OpID, key int32) {
	var context []history.OpID
	for _, v := range s.known[key] {
		if s.r.IntN(3) == 0 {
			context = append(context, v)
		}
	}
	s.h.SetContext(op, context)
	if s.h.Op(op).Func == history.Put {
		s.h.SetValue(op, []string{"", "milk", "\"quoted\"\n\x01\u00e9\u2028"}[s.r.IntN(3)], s.r.IntN(200))
	}
	if s.r.IntN(8) == 0 {
		s.h.SetPreloaded(op)
	}
	switch s.r.IntN(4) {
	case 0:
		s.h.SetVersion(op, fmt.Sprintf("d%d", op))
	case 1:
		s.h.SetGroup(op, op)
	case 2:
		s.tags++
		add := history.CartItem{Item: s.h.AddItem("milk"), Tag: s.h.AddTag(fmt.Sprintf("t%d", s.tags))}
		s.h.SetCart(op, []history.CartItem{add}, []int32{add.Tag})
	}
}

func (s *sampler) end(op history.OpID) {
	o := s.h.Op(op)
	switch {
	case s.r.IntN(8) == 0:
		s.h.Info(s.now(), op, "timeout")
	case s.r.IntN(8) == 0:
		s.h.Fail(s.now(), op, "no node reachable")
	case o.Func == history.Get:
		versions := s.live[o.Key]
		if s.h.Model != history.Siblings && len(versions) > 1 {
			versions = versions[len(versions)-1:]
		}
		s.h.OkGet(s.now(), op, versions)
		if s.r.IntN(4) == 0 && len(s.known[o.Key]) > 0 {
			s.h.SetItems(op, nil)
		}
	default:
		s.h.OkPut(s.now(), op)
		if s.h.Model == history.LastWriteWins {
			s.h.SetStamp(op, s.t-500, int32(s.r.IntN(3)))
		}
		s.known[o.Key] = append(s.known[o.Key], op)
		s.live[o.Key] = append(s.live[o.Key], op)
		if len(s.live[o.Key]) > 3 {
			s.live[o.Key] = s.live[o.Key][1:]
		}
	}
}

func (s *sampler) settle() {
	s.h.Nemesis(s.now(), "partition", "cut", history.End, "")
	s.h.MarkPhase(s.now(), history.Heal)
	s.h.MarkPhase(s.now(), history.Quiet)
	for key, live := range s.live {
		for node := range int32(3) {
			s.h.AddState(s.t, node, history.Role(s.r.IntN(3)), int32(key), live)
		}
		op := s.h.Invoke(s.now(), 0, history.Get, int32(key))
		s.h.SetFinal(op)
		s.h.OkGet(s.now(), op, live[:min(1, len(live))])
	}
}

func write(t testing.TB, h *history.History) string {
	t.Helper()
	var b bytes.Buffer
	if err := h.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(t testing.TB, text string) *history.History {
	t.Helper()
	h, err := history.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return h
}
