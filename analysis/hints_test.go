package analysis

import (
	"testing"

	"dynamosim/analysis/history"
)

func TestHints(t *testing.T) {
	for name, c := range map[string]struct {
		accounts []HintAccount
		window   bool
		want     Verdict
		kind     string
	}{
		"all delivered":          {[]HintAccount{{Stored: 3, Delivered: 2, Superseded: 1}}, false, Valid, ""},
		"balanced all the way":   {[]HintAccount{{Stored: 3, Pending: 3}, {Stored: 3, Delivered: 3}}, false, Valid, ""},
		"lost in a crash":        {[]HintAccount{{Stored: 3, Delivered: 1, Destroyed: 2}}, false, Valid, ""},
		"back after a crash":     {[]HintAccount{{Stored: 1, Returned: 1, Delivered: 2}}, false, Valid, ""},
		"one vanished":           {[]HintAccount{{Stored: 3, Delivered: 2}}, false, Invalid, "hints-unaccounted"},
		"one appeared":           {[]HintAccount{{Stored: 3, Delivered: 4}}, false, Invalid, "hints-unaccounted"},
		"vanished for a while":   {[]HintAccount{{Stored: 3, Pending: 2}, {Stored: 3, Delivered: 3}}, false, Invalid, "hints-unaccounted"},
		"pending at the end":     {[]HintAccount{{Stored: 3, Delivered: 2, Pending: 1}}, false, Invalid, "hints-pending"},
		"expired":                {[]HintAccount{{Stored: 3, Delivered: 2, Expired: 1}}, false, Invalid, "hints-expired"},
		"expired by a window":    {[]HintAccount{{Stored: 3, Delivered: 2, Expired: 1}}, true, Valid, ""},
		"rehomed":                {[]HintAccount{{Stored: 3, Delivered: 2, Rehomed: 1}}, false, Valid, ""},
		"nobody keeps account":   {nil, false, NotApplicable, ""},
		"nothing was ever there": {[]HintAccount{{}}, false, Valid, ""},
	} {
		r := judgeOn(record(t, siblings, "put:a[0,10]"), "hints", Facts{Hints: c.accounts, HintWindow: c.window})
		if r.Verdict != c.want || c.want == Invalid && r.Evidence[0].Kind != c.kind {
			t.Errorf("%s: %v %s %+v", name, r.Verdict, r.Summary, r.Evidence)
		}
		if empty := name == "nothing was ever there"; (r.Vacuous != "") != empty {
			t.Errorf("%s: vacuous %q", name, r.Vacuous)
		}
	}
}

func TestDurability(t *testing.T) {
	for _, c := range []struct {
		name    string
		model   history.Model
		text    string
		nodes   [][]history.OpID
		destroy []Destruction
		want    Verdict
		numbers map[string]int64
	}{
		{"on all", siblings, "put:a[0,10]", [][]history.OpID{{0}, {0}, {0}}, nil, Valid, map[string]int64{"lost": 0, "below_w": 0}},
		{"on one", siblings, "put:a[0,10]", [][]history.OpID{{0}, {}, {}}, nil, Valid, map[string]int64{"below_w": 1}},
		{"nowhere", siblings, "put:a[0,10]", [][]history.OpID{{}, {}, {}}, nil, Invalid, map[string]int64{"lost": 1}},
		{"superseded", siblings, "put:a[0,10] get:a[11,12] put:b/a[20,30]", [][]history.OpID{{2}, {}, {}}, nil, Valid, nil},
		{"a sibling is gone", siblings, "put:a[0,10] put:b[20,30]", [][]history.OpID{{1}, {1}, {1}}, nil, Invalid, map[string]int64{"lost": 1}},
		{"never acknowledged", siblings, "put:a[0,?)", [][]history.OpID{{}, {}, {}}, nil, Valid, map[string]int64{"acknowledged": 0}},
		{"destroyed on W nodes", siblings, "put:a[0,10]", [][]history.OpID{{}, {}, {}}, []Destruction{{20, 0, "wipe"}, {30, 1, "rot"}}, Valid, map[string]int64{"excused": 1}},
		{"destroyed twice on one", siblings, "put:a[0,10]", [][]history.OpID{{}, {}, {}}, []Destruction{{20, 0, "wipe"}, {30, 0, "rot"}}, Invalid, nil},
		{"destroyed before", siblings, "put:a[10,20]", [][]history.OpID{{}, {}, {}}, []Destruction{{1, 0, "wipe"}, {2, 1, "rot"}}, Invalid, nil},
		{"deleted, tombstone collected", siblings, "put:a[0,10] get:a[11,12] del:d/a[20,?)", [][]history.OpID{{}, {}, {}}, nil, Valid, nil},
		{"register overwritten", register, "put:a[0,10] put:b[20,30]", [][]history.OpID{{1}, {}, {}}, nil, Valid, nil},
		{"register gone back", register, "put:a[0,10] put:b[20,30]", [][]history.OpID{{0}, {0}, {0}}, nil, Invalid, nil},
		{"last-write-wins", stamps, "put:a@9[0,10] put:b@5[20,30]", [][]history.OpID{{0}, {0}, {0}}, nil, Valid, nil},
		{"last-write-wins gone back", stamps, "put:a@9[0,10] put:b@5[20,30]", [][]history.OpID{{1}, {1}, {1}}, nil, Invalid, nil},
	} {
		h := record(t, c.model, c.text)
		h.MarkPhase(100, history.Heal)
		h.MarkPhase(100, history.Quiet)
		for n, versions := range c.nodes {
			h.AddState(100, h.AddNode(string(rune('a'+n))), history.Home, 0, versions)
		}
		r := judgeOn(h, "durability", Facts{W: 2, Destroyed: c.destroy})
		if r.Verdict != c.want {
			t.Errorf("%s: %v %s", c.name, r.Verdict, r.Summary)
		}
		for name, want := range c.numbers {
			if got := r.Number(name); got != want {
				t.Errorf("%s: %s is %d, want %d", c.name, name, got, want)
			}
		}
	}
	if r := judgeOn(record(t, siblings, "put:a[0,10]"), "durability", Facts{W: 2}); r.Verdict != NotApplicable {
		t.Errorf("without states: %v", r.Verdict)
	}
}
