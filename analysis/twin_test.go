package analysis

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"

	"dynamosim/analysis/history"
)

var histories = flag.Int("histories", 3000, "random histories in each comparison with Porcupine")

// twin is linearizability as textbooks write it, with none of
// the reductions: an unknown put returns at infinity, an unknown get is left
// out, and the state is a set of versions in a map. ok is false if Porcupine
// ran out of steps.
func twin(h *history.History, model history.Model) (legal, ok bool) {
	const limit = 300_000
	steps := 0
	var ops []porcupine.Operation
	for i := range h.Len() {
		id := history.OpID(i)
		o := h.Op(id)
		end := int64(math.MaxInt64)
		if o.Outcome == history.Ok {
			end = int64(o.ReturnIndex)
		}
		if o.Outcome == history.Fail || !o.Func.Writes() && o.Outcome != history.Ok {
			continue
		}
		ops = append(ops, porcupine.Operation{ClientId: int(o.Client), Input: id, Call: int64(o.InvokeIndex), Return: end})
	}
	m := porcupine.Model{
		Init: func() any { return "" },
		Step: func(state, input, _ any) (bool, any) {
			if steps++; steps > limit {
				return false, state
			}
			return twinStep(h, model, state.(string), input.(history.OpID))
		},
		Hash: func(state any) uint64 {
			sum := uint64(1)
			for _, c := range state.(string) {
				sum = sum*31 + uint64(c)
			}
			return sum
		},
	}
	verdict := porcupine.CheckOperations(m, ops)
	return verdict, steps <= limit
}

// twinStep keeps the state as printed list of versions.
func twinStep(h *history.History, model history.Model, state string, id history.OpID) (bool, any) {
	there := map[history.OpID]bool{}
	for i, v := range twinState(state) {
		if model == history.LastWriteWins && i == 0 && strings.Contains(state, ",") {
			continue // hidden below a deletion
		}
		there[v] = true
	}
	if o := h.Op(id); !o.Func.Writes() {
		for _, v := range h.Versions(id) {
			if !there[v] {
				return false, state
			}
			delete(there, v)
		}
		for v := range there { // any order: all must be tombstones
			if h.Op(v).Func != history.Delete {
				return false, state
			}
		}
		return true, state
	}
	switch model {
	case history.Register:
		clear(there)
	case history.LastWriteWins:
		return true, twinStamped(h, state, id)
	default:
		for _, v := range h.Context(id) {
			delete(there, v)
		}
	}
	there[id] = true
	var list []history.OpID
	for v := range there { // sorted below
		list = append(list, v)
	}
	slices.Sort(list)
	text := ""
	for i, v := range list {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprint(int(v))
	}
	return true, text
}

func twinState(state string) (list []history.OpID) {
	for _, word := range names(state) {
		var v int
		fmt.Sscan(word, &v)
		list = append(list, history.OpID(v))
	}
	return list
}

// twinStamped keeps the newest version by timestamp, and above it a deletion
// without one: nobody saw that, so its timestamp may be just large enough.
func twinStamped(h *history.History, state string, id history.OpID) string {
	list := twinState(state)
	if len(list) > 0 && h.Op(list[0]).Stamped() {
		switch {
		case !h.Op(id).Stamped():
			return fmt.Sprintf("%d,%d", list[0], id)
		case laterStamp(h, list[0], id):
			return state
		}
	}
	return fmt.Sprint(int(id))
}

// Every exact test agrees with Porcupine, on histories with either verdict,
// and every witness is illegal alone.
func TestExactTestsAgreeWithPorcupine(t *testing.T) {
	for _, c := range []struct {
		name    string
		model   history.Model
		deletes bool
	}{
		{"register", register, false},
		{"register with deletions", register, true},
		{"siblings", siblings, false},
		{"siblings with deletions", siblings, true},
		{"last-write-wins", stamps, false},
		{"last-write-wins with deletions", stamps, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			verdicts := map[Verdict]int{}
			kinds := map[string]int{}
			for seed := range uint64(*histories) {
				h := generate(seed, c.model, c.deletes, 1+int(seed%22))
				want, ok := twin(h, c.model)
				if !ok {
					continue
				}
				s := NewSubject(h, Facts{})
				l := linearizer{s: s, whole: s.History, r: Request{}, builder: newCallBuilder(s), asked: math.MaxInt32 / 2}
				f := l.judge(0)
				if f.verdict == Unknown || (f.verdict == Valid) != want {
					t.Fatalf("seed %d: %v %s, Porcupine says %v:\n%s", seed, f.verdict, f.reason, want, text(h))
				}
				verdicts[f.verdict]++
				if f.verdict == Invalid {
					kinds[f.evidence.Kind]++
					checkWitness(t, h, c.model, f.evidence)
				}
			}
			if n := *histories / 10; verdicts[Valid] < n || verdicts[Invalid] < n {
				t.Errorf("too few of one verdict to tell: %v", verdicts)
			}
			t.Log(verdicts, kinds)
		})
	}
}

// checkWitness demands that the operations of the evidence alone, as they
// stand in the history, are illegal.
func checkWitness(t *testing.T, h *history.History, model history.Model, e *Evidence) {
	t.Helper()
	part := history.New(history.Header{Model: model})
	part.AddClient("c")
	part.AddKey("k")
	ids := copyPart(h, part, e.Operations)
	if len(ids) == 0 {
		t.Fatalf("no operations in %+v", e)
	}
	s := NewSubject(part, Facts{})
	if s.impossibleRead(0) != nil {
		return
	}
	if legal, ok := twin(part, model); !ok || legal {
		t.Fatalf("the witness %v of %s is legal alone:\n%s\nof\n%s", e.Operations, e.Kind, text(part), text(h))
	}
}

// copyPart copies the operations with these indexes; contexts reach through
// versions left out.
func copyPart(h, part *history.History, indexes []int) []history.OpID {
	return copySome(h, part, indexes, false)
}

func copySome(h, part *history.History, indexes []int, narrow bool) []history.OpID {
	var chosen []history.OpID
	for i := range h.Len() {
		if slices.Contains(indexes, int(h.Op(history.OpID(i)).InvokeIndex)) {
			chosen = append(chosen, history.OpID(i))
		}
	}
	moments := []event{}
	for n, id := range chosen {
		o := h.Op(id)
		moments = append(moments, event{index: o.InvokeIndex, call: int32(n)})
		if o.Outcome != history.Open {
			moments = append(moments, event{index: o.ReturnIndex, call: int32(n), end: true})
		}
	}
	slices.SortFunc(moments, func(a, b event) int { return int(a.index - b.index) })
	c := copier{h: h, part: part, ids: map[history.OpID]history.OpID{}, narrow: narrow}
	for _, m := range moments {
		c.copy(m, chosen[m.call])
	}
	return chosen
}

type copier struct {
	h, part *history.History
	ids     map[history.OpID]history.OpID
	narrow  bool // of what a get returned only what is copied stays, else the rest becomes versions that nobody wrote
}

func (c *copier) copy(m event, id history.OpID) {
	o := c.h.Op(id)
	t := int64(m.index)
	if !m.end {
		context := c.context(id)
		if c.part.Model == history.Siblings {
			for _, v := range context { // who names a version knows that it exists
				if c.part.Op(v).Outcome == history.Open {
					c.part.OkPut(t, v)
				}
			}
		}
		n := c.part.Invoke(t, min(o.Client, int32(c.part.Clients()-1)), o.Func, min(o.Key, int32(c.part.Keys()-1)))
		c.ids[id] = n
		if o.Func.Writes() {
			c.part.SetContext(n, context)
			if o.Stamped() {
				t, node, _ := c.h.StampOf(id)
				c.part.SetStamp(n, t, node)
			}
		}
		return
	}
	n := c.ids[id]
	switch {
	case c.part.Op(n).Outcome != history.Open:
	case o.Outcome == history.Info: // stays open, which is the same
	case o.Outcome == history.Fail:
		c.part.Fail(t, n, "")
	case o.Func.Writes():
		c.part.OkPut(t, n)
	default:
		var versions []history.OpID
		for _, v := range c.h.Versions(id) {
			w, ok := c.ids[v]
			switch {
			case !ok && v.Written() && c.narrow:
				continue
			case !ok:
				w = c.part.Phantom("missing")
			}
			versions = append(versions, w)
		}
		c.part.OkGet(t, n, versions)
	}
}

func (c *copier) context(id history.OpID) []history.OpID {
	var list []history.OpID
	for _, v := range c.h.Context(id) {
		if n, ok := c.ids[v]; ok {
			list = append(list, n)
		} else {
			list = append(list, c.context(v)...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// text prints a history in lines.
func text(h *history.History) string {
	var b []byte
	for i := range h.Len() {
		id := history.OpID(i)
		b = append(h.AppendInvoke(b, id), '\n')
		if h.Op(id).Outcome != history.Open {
			b = append(b, "    "...)
			b = append(h.AppendReturn(b, id), '\n')
		}
	}
	return string(b)
}
