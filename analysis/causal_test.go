package analysis

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"dynamosim/analysis/history"
)

var causalTable = []struct {
	id    string
	model history.Model
	text  string
	want  Verdict
	ops   int
}{
	{"a reply without what it answers", siblings,
		"ann.keyx.put:lost[0,10] ann.keyx.put:found/lost[20,30] bob.keyx.get:found[40,50] bob.keyy.put:glad[60,70] eve.keyy.get:glad[80,90] eve.keyx.get:lost[100,110]",
		Invalid, 6},
	{"the same by somebody who has not seen the reply", siblings,
		"ann.keyx.put:lost[0,10] ann.keyx.put:found/lost[20,30] bob.keyx.get:found[40,50] bob.keyy.put:glad[60,70] eve.keyx.get:lost[100,110]", Valid, 0},
	{"the reply written before it was read", siblings,
		"ann.keyx.put:lost[0,10] ann.keyx.put:found/lost[20,30] bob.keyy.put:glad[35,38] bob.keyx.get:found[40,50] eve.keyy.get:glad[80,90] eve.keyx.get:lost[100,110]", Valid, 0},
	{"own write on another key between", siblings, "ann.keyx.put:a[0,10] ann.keyy.put:b[20,30] ann.keyx.get:[40,50]", Invalid, 2},
	{"a writer who knew more", siblings, "ann.keyx.put:a[0,10] ann.keyx.put:b[20,30] bob.keyx.get:b[40,50]", Invalid, 3},
	{"both", siblings, "ann.keyx.put:a[0,10] ann.keyx.put:b[20,30] bob.keyx.get:a,b[40,50]", Valid, 0},
	{"an open put that was read", siblings, "ann.keyx.put:a[0,?) bob.keyx.get:a[20,30] bob.keyy.put:b[40,50] eve.keyy.get:b[60,70] eve.keyx.get:[80,90]", Invalid, 5},
	{"an open put that was not", siblings, "ann.keyx.put:a[0,?) bob.keyy.put:b[40,50] eve.keyy.get:b[60,70] eve.keyx.get:[80,90]", Valid, 0},
	{"deleted meanwhile", siblings, "ann.keyx.put:a[0,10] bob.keyx.get:a[11,12] bob.keyx.del:d/a[13,14] ann.keyx.get:[20,30]", Valid, 0},
	{"register: WriteCORead", register,
		"ann.keyx.put:1[0,100] bob.keyx.get:1[10,20] bob.keyx.put:2[30,40] bob.keyx.get:2[42,44] bob.keyx.get:1[50,60]", Invalid, 4},
	{"register: WriteCOInitRead", register, "ann.keyx.put:1[0,10] ann.keyy.put:2[20,30] bob.keyy.get:2[40,50] bob.keyx.get:[60,70]", Invalid, 4},
	{"register: two writers unknown to each other", register, "ann.keyx.put:1[0,10] bob.keyx.put:2[5,15] ann.keyx.get:2[20,30] bob.keyx.get:1[20,30]", Valid, 0},
	{"last-write-wins", stamps, "ann.keyx.put:1@5[0,10] ann.keyy.put:2@6[20,30] bob.keyy.get:2[40,50] bob.keyx.get:[60,70]", Invalid, 4},
	{"thin air", register, "ann.keyx.get:9[0,10]", Invalid, 1},
}

func TestCausalTable(t *testing.T) {
	for _, c := range causalTable {
		t.Run(c.id, func(t *testing.T) {
			r := judgeText(t, c.model, "causal", c.text)
			if r.Verdict != c.want {
				t.Fatalf("%v (%s), want %v", r.Verdict, r.Summary, c.want)
			}
			if c.want == Invalid && len(r.Evidence[0].Operations) != c.ops {
				t.Errorf("evidence %v, want %d: %s", r.Evidence[0].Operations, c.ops, r.Evidence[0].Text)
			}
		})
	}
}

// causalTwin is the definition with the order written out: who comes before
// whom, closed under transitivity.
func causalTwin(s *Subject) (valid bool) {
	h := s.History
	n := h.Len()
	before := make([][]bool, n)
	for i := range before {
		before[i] = make([]bool, n)
		a := h.Op(history.OpID(i))
		for j := range n {
			b := h.Op(history.OpID(j))
			session := a.Client == b.Client && a.Outcome == history.Ok && a.ReturnIndex < b.InvokeIndex
			read := b.Func == history.Get && b.Outcome == history.Ok && slices.Contains(h.Versions(history.OpID(j)), history.OpID(i))
			before[i][j] = session || read
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				before[i][j] = before[i][j] || before[i][k] && before[k][j]
			}
		}
	}
	for g := range n {
		get := h.Op(history.OpID(g))
		if get.Func != history.Get || get.Outcome != history.Ok {
			continue
		}
		c := s.coveringOf(get.Key, DefaultSteps)
		for w := range n {
			write := h.Op(history.OpID(w))
			if !write.Func.Writes() || write.Key != get.Key || !before[w][g] {
				continue
			}
			if c.misses(s.position(history.OpID(g), get.Key), s.position(history.OpID(w), get.Key)) {
				return false
			}
			if versions := h.Versions(history.OpID(g)); s.Model == register && len(versions) > 0 && before[versions[0]][w] {
				return false
			}
		}
	}
	return true
}

// The checker agrees with the definition on histories of several keys, some of
// them linearizable: those are causal.
func TestCausalAgreesWithItsDefinition(t *testing.T) {
	for _, model := range []history.Model{register, siblings, stamps} {
		verdicts := map[Verdict]int{}
		for seed := range uint64(*histories / 6) {
			h := severalKeys(seed, model, 8+int(seed%24))
			s := NewSubject(h, Facts{})
			s.longWay = seed%2 == 0
			r := s.Judge(Options{Checks: []Request{{Check: "linearizable"}, {Check: "causal"}}})
			linear, got := r[0].Verdict, r[len(r)-1].Verdict
			if linear == Valid && got != Valid {
				t.Fatalf("%v, seed %d: linearizable, but %s\n%s", model, seed, r[len(r)-1].Summary, text(h))
			}
			want := Valid
			if !causalTwin(s) {
				want = Invalid
			}
			if got != want {
				t.Fatalf("%v, seed %d: %v (%s), want %v\n%s", model, seed, got, r[len(r)-1].Summary, want, text(h))
			}
			verdicts[got]++
		}
		if least := *histories / 60; verdicts[Valid] < least || verdicts[Invalid] < least {
			t.Errorf("%v: too few of one verdict: %v", model, verdicts)
		}
	}
}

// severalKeys is a store of three keys whose gets now and then answer with
// something older.
func severalKeys(seed uint64, model history.Model, operations int) *history.History {
	r := rand.New(rand.NewPCG(seed, 5))
	h := history.New(history.Header{Model: model})
	const clients, keys = 4, 3
	for c := range clients {
		h.AddClient(fmt.Sprint("c", c))
	}
	for k := range keys {
		h.AddKey(fmt.Sprint("k", k))
	}
	o := ordinaryRun{h: h, r: r, model: model, state: make([][]history.OpID, keys), kept: map[[2]int32][]history.OpID{}}
	open := make([]openOp, clients)
	seen := map[int32][][]history.OpID{}
	for t := int64(0); h.Len() < operations; t += 10 {
		for c := range open {
			p := &open[c]
			if p.phase == 2 && h.Op(p.id).Func == history.Get {
				key := h.Op(p.id).Key
				if old := seen[key]; len(old) > 0 && r.IntN(12) == 0 {
					p.saw = old[r.IntN(len(old))]
				}
				seen[key] = append(seen[key], p.saw)
			}
			if p.phase > 0 && r.IntN(40) == 0 { // nobody knows how it ended
				h.Info(t, p.id, "timeout")
				p.phase = 0
				continue
			}
			o.step(t, int32(c), int32(r.IntN(keys)), p)
		}
	}
	return h
}
