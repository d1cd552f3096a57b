package analysis

import (
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// recordState makes a history in the notation, heals and quiets it, and adds
// state lines such as "n1 home k a,b".
func recordState(t testing.TB, model history.Model, text string, states ...string) *history.History {
	t.Helper()
	r := recorder{h: history.New(history.Header{Model: model}), ids: map[string]history.OpID{}}
	for i, word := range strings.Fields(text) {
		p := parseOperation(t, word)
		if p.client == "" {
			p.client = "c" + string(rune('a'+i))
		}
		r.ops = append(r.ops, p)
	}
	r.play()
	end := r.h.End()
	r.h.MarkPhase(end+10, history.Heal)
	r.h.MarkPhase(end+100, history.Quiet)
	for _, line := range states {
		f := append(strings.Fields(line), "")
		role := map[string]history.Role{"home": history.Home, "hint": history.Hint, "other": history.Other}[f[1]]
		r.h.AddState(end+100, r.h.AddNode(f[0]), role, r.h.AddKey(f[2]), r.find(names(f[3])))
	}
	return r.h
}

func judgeOn(h *history.History, check string, facts Facts) Result {
	return Judge(h, Options{Checks: []Request{{Check: check, Want: WantValid}}, Facts: facts})[0]
}

var lostWritesTable = []struct {
	name   string
	model  history.Model
	text   string
	left   string // what one home holds at the end
	want   Verdict
	lost   int64
	shadow int64
}{
	{"nothing written", siblings, "get:[0,5]", "", Valid, 0, 0},
	{"kept", siblings, "put:a[0,10]", "a", Valid, 0, 0},
	{"lost", siblings, "put:a[0,10] put:b[20,30]", "b", Invalid, 1, 0},
	{"superseded", siblings, "put:a[0,10] put:b/a[20,30]", "b", Valid, 0, 0},
	{"superseded twice over", siblings, "put:a[0,10] put:b/a[20,30] put:c/b[40,50]", "c", Valid, 0, 0},
	{"superseded by what was lost too", siblings, "put:a[0,10] put:b/a[20,30] put:c[40,50]", "c", Invalid, 2, 0},
	{"superseded by an unknown put that is left", siblings, "put:a[0,10] put:b/a[20,?)", "b", Valid, 0, 0},
	{"reached through an unknown put", siblings, "put:a[0,10] put:b/a[20,?) get:b[30,40] put:c/b[50,60]", "c", Valid, 0, 0},
	{"unknown put gone", siblings, "put:a[0,10] put:b/a[20,?)", "a", Valid, 0, 0},
	{"unknown put took its context along", siblings, "put:a[0,10] put:b/a[20,?) get:b[30,40]", "", Invalid, 1, 0},
	{"failed put", siblings, "put:a[0,10] put:b/a[20,30!", "a", Valid, 0, 0},
	{"deleted and collected", siblings, "put:a[0,10] del:d/a[20,30]", "", Valid, 0, 0},
	{"deleted, tombstone left", siblings, "put:a[0,10] del:d/a[20,30]", "d", Valid, 0, 0},
	{"deletion unknown, nothing left", siblings, "put:a[0,10] del:d/a[20,?)", "", Valid, 0, 0},
	{"deletion failed, nothing left", siblings, "put:a[0,10] del:d/a[20,30!", "", Invalid, 1, 0},
	{"deletion of another sibling", siblings, "put:a[0,10] put:b[0,10] del:d/a[20,30]", "", Invalid, 1, 0},
	{"put over the tombstone, lost", siblings, "put:a[0,10] del:d/a[20,30] put:b/d[40,50]", "d", Invalid, 1, 0},

	{"kept", register, "put:a[0,10] put:b[20,30]", "b", Valid, 0, 0},
	{"old value left", register, "put:a[0,10] put:b[20,30]", "a", Invalid, 1, 0},
	{"either of two concurrent", register, "put:a[0,25] put:b[20,30]", "a", Valid, 0, 0},
	{"unknown put may come last", register, "put:a[0,?) put:b[20,30]", "a", Valid, 0, 0},
	{"nothing left", register, "put:a[0,10]", "", Invalid, 1, 0},
	{"deleted", register, "put:a[0,10] del:d[20,30]", "", Valid, 0, 0},
	{"deleted before it was put", register, "del:d[0,5] put:a[10,20]", "", Invalid, 1, 0},
	{"deleted while it was put", register, "del:d[0,15] put:a[10,20]", "", Valid, 0, 0},
	{"deletion unknown", register, "put:a[0,10] del:d[5,?)", "", Valid, 0, 0},

	{"largest timestamp left", stamps, "put:a@100[0,10] put:b@200[20,30]", "b", Valid, 0, 0},
	{"smaller timestamp left", stamps, "put:a@100[0,10] put:b@200[20,30]", "a", Invalid, 1, 0},
	{"shadowed by a fast clock", stamps, "put:a@100[0,10] put:b@50[20,30]", "a", Valid, 0, 1},
	{"shadowed, yet not by what was concurrent", stamps, "put:a@100[0,25] put:b@50[20,30]", "a", Valid, 0, 0},
	{"deleted with a larger timestamp", stamps, "put:a@100[0,10] del:d@150[20,30]", "", Valid, 0, 0},
	{"deleted with a smaller timestamp", stamps, "put:a@100[0,10] del:d@50[20,30]", "", Invalid, 1, 1},
	{"left without a timestamp", stamps, "put:a@100[0,10] put:b[20,?)", "b", Unknown, 0, 0},
	{"timestamps suffice", stamps, "put:a@100[0,10] put:b[20,?)", "a,b", Valid, 0, 0},
}

func TestLostWritesTable(t *testing.T) {
	for _, c := range lostWritesTable {
		t.Run(c.model.String()+"/"+c.name, func(t *testing.T) {
			h := recordState(t, c.model, c.text, "n1 home k "+c.left)
			r := judgeOn(h, "lost-writes", Facts{})
			if r.Verdict != c.want || r.Number("lost") != c.lost || r.Number("shadowed") != c.shadow {
				t.Errorf("%v, %d lost, %d shadowed (%s); want %v, %d, %d", r.Verdict, r.Number("lost"), r.Number("shadowed"),
					r.Summary, c.want, c.lost, c.shadow)
			}
		})
	}
}

// F(key) is the union of all stores: a hint, or a node that no home can reach,
// still keeps a write from being lost.
func TestEveryStoreCounts(t *testing.T) {
	h := recordState(t, siblings, "put:a[0,10] put:b[20,30]", "n1 home k a", "n4 hint k b", "n5 other k")
	if r := judgeOn(h, "lost-writes", Facts{}); r.Verdict != Valid || r.Summary != "0 of 2 acknowledged writes" {
		t.Errorf("%v: %s", r.Verdict, r.Summary)
	}
}

// A history from elsewhere has no state lines: final gets tell what is left.
func TestFinalGetsTellWhatIsLeft(t *testing.T) {
	for text, want := range map[string]Verdict{
		"put:a[0,10] put:b[20,30] fin:a,b[40,50]":                     Valid,
		"put:a[0,10] put:b[20,30] fin:b[40,50]":                       Invalid,
		"put:a[0,10] put:b[20,30] fin:b[40,50] fin:a[60,70]":          Valid,
		"put:a[0,10] key2.put:b[20,30] fin:a[40,50]":                  Unknown,
		"put:a[0,10] key2.put:b[20,30] fin:[40,50]":                   Invalid,
		"put:a[0,10] key2.put:b[20,?) fin:a[40,50]":                   Valid,
		"put:a[0,10] put:b[20,30] fin:a,b[40,50] key2.get:[60,70]":    Valid,
		"put:a[0,10] fin:a[40,?) key2.put:b[20,30] key2.fin:b[40,50]": Unknown,
	} {
		if r := judgeText(t, siblings, "lost-writes", text); r.Verdict != want {
			t.Errorf("%s: %v (%s), want %v", text, r.Verdict, r.Summary, want)
		}
	}
	if r := judgeText(t, siblings, "lost-writes", "put:a[0,10] get:a[20,30]"); r.Verdict != NotApplicable {
		t.Errorf("without final gets: %v", r.Verdict)
	}
}

func TestLostWriteEvidence(t *testing.T) {
	h := recordState(t, siblings, "put:milk[0,10] put:eggs[20,30]", "n1 home k eggs")
	r := judgeOn(h, "lost-writes", Facts{})
	want := "k: {milk} of client ca was acknowledged at 10 ns and is neither among the final versions nor superseded by one of them (left: {eggs})"
	if len(r.Evidence) != 1 || r.Evidence[0].Kind != "lost-write" || r.Evidence[0].Text != want {
		t.Errorf("evidence %+v", r.Evidence)
	}
	if want := "1 of 2 acknowledged writes; " + want; r.Summary != want {
		t.Errorf("summary %q", r.Summary)
	}
}

var convergenceTable = []struct {
	name      string
	states    []string
	converges Verdict
	placed    Verdict
	kind      string
}{
	{"equal", []string{"n1 home k b", "n2 home k b", "n3 home k b"}, Valid, Valid, ""},
	{"siblings, in any order", []string{"n1 home k b,c", "n2 home k c,b", "n3 home k b,c"}, Valid, Valid, ""},
	{"one home behind", []string{"n1 home k b", "n2 home k a", "n3 home k b"}, Invalid, Invalid, "missing-replica"},
	{"one home empty", []string{"n1 home k b", "n2 home k", "n3 home k b"}, Invalid, Invalid, "missing-replica"},
	{"hint left", []string{"n1 home k b", "n2 home k b", "n4 hint k b"}, Valid, Invalid, "leftover-hint"},
	{"stranded", []string{"n1 home k a", "n2 home k a", "n4 hint k b"}, Valid, Invalid, "stranded"},
	{"old copy elsewhere", []string{"n1 home k b", "n2 home k b", "n4 other k a"}, Valid, Invalid, "misplaced"},
	{"empty elsewhere", []string{"n1 home k b", "n2 home k b", "n4 other k"}, Valid, Valid, ""},
}

func TestConvergenceAndPlacementTable(t *testing.T) {
	for _, c := range convergenceTable {
		t.Run(c.name, func(t *testing.T) {
			h := recordState(t, siblings, "put:a[0,10] put:b/a[20,30] put:c/a[20,30]", c.states...)
			if r := judgeOn(h, "convergence", Facts{}); r.Verdict != c.converges {
				t.Errorf("convergence %v: %s", r.Verdict, r.Summary)
			}
			r := judgeOn(h, "placement", Facts{})
			if r.Verdict != c.placed || c.kind != "" && r.Evidence[0].Kind != c.kind {
				t.Errorf("placement %v: %s", r.Verdict, r.Summary)
			}
		})
	}
}

func TestConvergenceWithinItsBound(t *testing.T) {
	h := recordState(t, siblings, "put:a[0,10]", "n1 home k a", "n2 home k a")
	heal, _ := h.Mark(history.Heal)
	facts := Facts{Converged: heal + 50, Bound: 60}
	r := judgeOn(h, "convergence", facts)
	if r.Verdict != Valid || r.Number("heal_to_convergence_ns") != 50 || r.Summary != "50 ns after the heal" {
		t.Errorf("%v: %s", r.Verdict, r.Summary)
	}
	facts.Bound = 40
	if r := judgeOn(h, "convergence", facts); r.Verdict != Invalid || r.Evidence[0].Kind != "late" {
		t.Errorf("too late: %v %s", r.Verdict, r.Summary)
	}
	within := Judge(h, Options{Checks: []Request{{Check: "convergence", Within: 55}}, Facts: facts})[0]
	if within.Verdict != Valid {
		t.Errorf("within: 55 ns: %v %s", within.Verdict, within.Summary)
	}
}

func TestConvergenceIsOnlyReportedWithoutAntiEntropy(t *testing.T) {
	h := recordState(t, siblings, "put:a[0,10]", "n1 home k a", "n2 home k")
	r := judgeOn(h, "convergence", Facts{Lenient: "anti-entropy is off"})
	if r.Verdict != Invalid || r.Want != WantReport || !strings.Contains(r.Reason, "anti-entropy is off") || r.Met() != Valid {
		t.Errorf("%v, want %v, %s", r.Verdict, r.Want, r.Reason)
	}
}

// The run knows the homes better than the state lines do.
func TestExpectedHomes(t *testing.T) {
	h := recordState(t, siblings, "put:a[0,10]", "n1 home k a", "n2 home k a", "n3 other k a")
	facts := Facts{Homes: func(int32) []int32 { return []int32{0, 2} }}
	if r := judgeOn(h, "convergence", facts); r.Verdict != Valid {
		t.Errorf("convergence: %v %s", r.Verdict, r.Summary)
	}
	r := judgeOn(h, "placement", facts)
	if r.Verdict != Invalid || r.Evidence[0].Kind != "misplaced" || !strings.Contains(r.Evidence[0].Text, "n2") {
		t.Errorf("placement: %v %s", r.Verdict, r.Summary)
	}
	hint := recordState(t, siblings, "put:a[0,10]", "n1 home k a", "n1 hint k", "n2 home k a", "n2 hint k a")
	facts.Homes = func(int32) []int32 { return []int32{0, 1} }
	if r := judgeOn(hint, "convergence", facts); r.Verdict != Valid {
		t.Errorf("an empty hint store of a home: %v %s", r.Verdict, r.Summary)
	}
	if r := judgeOn(hint, "placement", facts); r.Verdict != Invalid || r.Evidence[0].Kind != "leftover-hint" {
		t.Errorf("a hint left on a home: %v %s", r.Verdict, r.Summary)
	}
	h.AddNode("n4")
	facts.Homes = func(int32) []int32 { return []int32{0, 3} }
	if r := judgeOn(h, "convergence", facts); r.Verdict != Invalid {
		t.Errorf("a home without a state line: %v %s", r.Verdict, r.Summary)
	}
}

// A tombstone past its grace counts as absent.
func TestCollectedTombstones(t *testing.T) {
	h := recordState(t, siblings, "put:a[0,10] del:d/a[20,30]", "n1 home k d", "n2 home k")
	if r := judgeOn(h, "convergence", Facts{}); r.Verdict != Invalid {
		t.Errorf("tombstone kept for ever: %v %s", r.Verdict, r.Summary)
	}
	for _, facts := range []Facts{{Grace: 50}, {Collected: func(history.OpID) bool { return true }}} {
		if r := judgeOn(h, "convergence", facts); r.Verdict != Valid {
			t.Errorf("tombstone past its grace: %v %s", r.Verdict, r.Summary)
		}
	}
	if r := judgeOn(h, "convergence", Facts{Grace: 1e9}); r.Verdict != Invalid {
		t.Errorf("tombstone within its grace: %v %s", r.Verdict, r.Summary)
	}
}
