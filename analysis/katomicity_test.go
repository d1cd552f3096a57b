package analysis

import (
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"

	"dynamosim/analysis/history"
)

func TestKAtomicityTable(t *testing.T) {
	for text, want := range map[string]int{
		"put:1[0,10] put:2[20,30] get:2[40,50]":                                          1,
		"put:1[0,10] put:2[20,30] get:1[40,50]":                                          2,
		"put:1[0,10] put:2[20,30] put:3[32,34] get:1[40,50]":                             3,
		"put:1[0,10] put:2[20,30] put:3[32,34] put:4[36,38] get:1[40,50]":                4,
		"put:1[0,10] put:2[20,100] get:2[30,40] get:1[50,60]":                            2, // A6
		"put:1[0,10] get:[20,30]":                                                        2,
		"put:1[0,10] put:2[20,100] put:3[20,100] get:2[30,40] get:3[41,42] get:1[50,60]": 3,
	} {
		s := NewSubject(record(t, register, text), Facts{})
		m := kMeter{s: s, builder: newCallBuilder(s), limit: DefaultSteps, most: mostK}
		if k, v := m.of(0); k != want || v != Valid {
			t.Errorf("%s: %d %v, want %d", text, k, v, want)
		}
	}
	if r := Judge(record(t, register, "put:1[0,10] put:2[20,30] get:1[40,50]"), Options{Checks: []Request{{Check: "k-atomicity", K: 1}}})[0]; r.Number("keys_above_1") != 1 {
		t.Errorf("k up to 1: %+v", r.Numbers)
	}
	r := judgeText(t, register, "k-atomicity", "put:1[0,10] put:2[20,30] get:1[40,50]")
	if r.Verdict != Measured || r.Summary != "2-atomic" || r.Number("keys_of_2") != 1 {
		t.Errorf("%v %s %+v", r.Verdict, r.Summary, r.Numbers)
	}
}

// kTwin asks Porcupine whether calls are k-atomic: its state is the last k
// writes.
func kTwin(s *Subject, calls []call, k int) bool {
	q := &sequential{s: s, calls: calls}
	m := porcupine.Model{
		Init: func() any { return packState([]int32{-1}) },
		Step: func(state, input, _ any) (bool, any) {
			recent, c := state.(porcupineState).unpack(), &calls[input.(int32)]
			if c.writes {
				recent = append(recent, input.(int32))
				return true, packState(recent[max(0, len(recent)-k):])
			}
			if len(c.set) == 0 {
				return slices.Contains(recent, -1), state
			}
			return slices.Contains(recent, c.set[0]), state
		},
		Hash: hashState,
	}
	return porcupine.CheckOperations(m, q.operations())
}

func TestKAtomicityAgreesWithPorcupine(t *testing.T) {
	var seen [mostK + 2]int
	for seed := range uint64(*histories / 3) {
		h := generate(seed, history.Register, false, 1+int(seed%16))
		s := NewSubject(h, Facts{})
		m := kMeter{s: s, builder: newCallBuilder(s), limit: DefaultSteps, most: mostK}
		k, v := m.of(0)
		if v == NotApplicable {
			continue
		}
		if v != Valid {
			t.Fatalf("seed %d: %v", seed, v)
		}
		seen[k]++
		calls := newCallBuilder(s).build(0, nil)
		for try := 1; try <= mostK; try++ {
			if kTwin(s, calls, try) != (try >= k) {
				t.Fatalf("seed %d: k is %d, but Porcupine says %v of %d:\n%s", seed, k, try < k, try, text(h))
			}
		}
	}
	if seen[1] == 0 || seen[2] == 0 || seen[3] == 0 || seen[4] == 0 {
		t.Errorf("too few of one kind: %v", seen)
	}
	t.Log(seen)
}
