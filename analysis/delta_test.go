package analysis

import (
	"testing"

	"dynamosim/analysis/history"
)

func TestDeltaTable(t *testing.T) {
	for text, want := range map[string]int64{
		"put:1[0,10] put:2[20,30] get:1[40,50]":                        10, // it should have begun at 30
		"put:1[0,10] put:2[20,100] get:2[30,40] get:1[50,60]":          10, // A6
		"put:1[0,10] put:2[20,30] get:2[40,50]":                        0,
		"get:[5,7] put:1[0,10] get:[40,50]":                            30,
		"put:1[0,10] put:2[20,30] key2.put:3[0,10] key2.get:[100,110]": 90,
		"put:1[0,10] put:2[20,30] put:3[40,50] get:1[60,70]":           30, // back to the end of 2
	} {
		r := judgeText(t, register, "delta", text)
		if r.Verdict != Measured || r.Number("delta_ns") != want {
			t.Errorf("%s: %v, %d ns, want %d", text, r.Verdict, r.Number("delta_ns"), want)
		}
	}
	if r := judgeText(t, register, "delta", "get:1[0,10] put:1[20,30]"); r.Number("keys_unbounded") != 1 {
		t.Errorf("no delta helps a get from the future: %+v", r.Numbers)
	}
	if r := judgeText(t, register, "delta", "put:1[0,10] del:d[20,30]"); r.Number("keys_left_out") != 1 {
		t.Errorf("deletions are left out: %+v", r.Numbers)
	}
	if r := judgeText(t, siblings, "delta", "put:1[0,10]"); r.Verdict != NotApplicable {
		t.Errorf("siblings: %v", r.Verdict)
	}
}

// Delta is the least shift after which the history is linearizable: the
// definition, with the shift carried out and Porcupine as the judge.
func TestDeltaIsTheLeastShift(t *testing.T) {
	above := 0
	for seed := range uint64(*histories / 3) {
		h := generate(seed, register, false, 1+int(seed%14))
		s := NewSubject(h, Facts{})
		var d deltaTest
		delta, v := d.of(s, 0)
		if v != Valid {
			continue
		}
		if !shiftedIsLegal(h, delta) {
			t.Fatalf("seed %d: not legal with gets %d earlier:\n%s", seed, delta, text(h))
		}
		if delta > 0 {
			above++
			if shiftedIsLegal(h, delta-1) {
				t.Fatalf("seed %d: legal with gets %d earlier, not only %d:\n%s", seed, delta-1, delta, text(h))
			}
		}
	}
	if above < *histories/50 {
		t.Errorf("delta was above 0 only %d times", above)
	}
}

// shiftedIsLegal carries out the shift and asks Porcupine.
func shiftedIsLegal(h *history.History, shift int64) bool {
	s := NewSubject(h, Facts{})
	calls := newCallBuilder(s).build(0, nil)
	for i := range calls {
		c, o := &calls[i], h.Op(calls[i].id)
		c.begin = int32(o.Invoke)
		if !c.writes {
			c.begin -= int32(shift)
		}
		if c.end != never {
			c.end = int32(h.Op(calls[i].id).Return)
			if o.Outcome != history.Ok { // an unknown put ends with its first get
				c.end = never
			}
		}
	}
	return porcupineJudges(s, calls, DefaultSteps) == legal
}

func TestVisibilityCurve(t *testing.T) {
	h := record(t, register, "put:1[0,10] get:1[12,13] put:2[20,30] get:1[35,36] get:2[35,37] get:1[95,96] get:2[400,500] get:2[2000,2001]")
	s := NewSubject(h, Facts{})
	want := []VisiblePoint{{From: 0, To: 10, Gets: 3, Fresh: 2}, {From: 10, To: 100, Gets: 1, Fresh: 0}, {From: 100, To: 1000, Gets: 1, Fresh: 1}}
	points := s.Visibility(Everything(), []int64{0, 10, 100, 1000})
	for i, w := range want {
		if points[i] != w {
			t.Errorf("point %d is %+v, want %+v", i, points[i], w)
		}
	}
	if last := points[3]; last.Gets != 1 || last.Fresh != 1 || last.To < 1<<60 {
		t.Errorf("the last point is %+v", last)
	}
	if r := judgeText(t, register, "t-visibility", "put:1[0,10] get:1[12,13]"); r.Verdict != Measured || r.Number("gets_after_0_us") != 1 || r.Number("fresh_after_0_us") != 1 {
		t.Errorf("%v: %+v", r.Verdict, r.Numbers)
	}
}
