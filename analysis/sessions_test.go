package analysis

import (
	"testing"

	"dynamosim/analysis/history"
)

// The rows of D. Terry et al. and what may be mistaken for a violation.
var sessionsTable = []struct {
	id    string
	check string
	model history.Model
	text  string
	want  Verdict
	kind  string
	ops   int // in the evidence
}{
	{"RYW broken", "read-your-writes", siblings, "ann.put:a[0,10] ann.put:b/a[20,30] ann.get:a[40,50]", Invalid, "own-write-missed", 3},
	{"RYW by another client is no promise", "read-your-writes", siblings, "ann.put:a[0,10] ann.put:b/a[20,30] bob.get:a[40,50]", Valid, "", 0},
	{"RYW kept by what supersedes it", "read-your-writes", siblings, "ann.put:a[0,10] bob.get:a[11,12] bob.put:b/a[20,30] ann.get:b[40,50]", Valid, "", 0},
	{"RYW of an open put is no promise", "read-your-writes", siblings, "ann.put:a[0,10] ann.put:b/a[20,?) ann.get:a[40,50]", Valid, "", 0},
	{"RYW of concurrent operations is no promise", "read-your-writes", siblings, "ann.put:a[0,10] ann.put:b/a[20,30] ann.get:a[25,50]", Valid, "", 0},
	{"RYW one of two siblings", "read-your-writes", siblings, "ann.put:a[0,10] ann.put:b[20,30] ann.get:b[40,50]", Invalid, "own-write-missed", 3},
	{"RYW the deletion may be why", "read-your-writes", siblings, "ann.put:a[0,10] bob.get:a[11,12] bob.del:d/a[13,?) ann.get:[40,50]", Valid, "", 0},
	{"RYW of a deletion", "read-your-writes", siblings, "ann.put:a[0,10] ann.del:d/a[20,30] ann.get:a[40,50]", Invalid, "own-write-missed", 3},
	{"RYW of a deletion, gone", "read-your-writes", siblings, "ann.put:a[0,10] ann.del:d/a[20,30] ann.get:[40,50]", Valid, "", 0},
	{"RYW keys are apart", "read-your-writes", siblings, "ann.put:a[0,10] ann.key2.get:[20,30]", Valid, "", 0},
	{"RYW register", "read-your-writes", register, "ann.put:a[0,10] ann.put:b[20,30] ann.get:a[40,50]", Invalid, "own-write-missed", 3},
	{"RYW register, an open put may be later", "read-your-writes", register, "bob.put:a[0,100] ann.put:b[20,30] ann.get:a[40,50]", Valid, "", 0},
	{"RYW register, nothing", "read-your-writes", register, "ann.put:a[0,10] ann.get:[40,50]", Invalid, "own-write-missed", 2},
	{"RYW register, nothing after a deletion", "read-your-writes", register, "ann.put:a[0,10] bob.del:d[12,14] ann.get:[40,50]", Valid, "", 0},
	{"RYW last-write-wins", "read-your-writes", stamps, "ann.put:a@100[0,10] ann.put:b@200[20,30] ann.get:a[40,50]", Invalid, "own-write-missed", 3},
	{"RYW last-write-wins, shadowed", "read-your-writes", stamps, "bob.put:a@100[0,10] ann.put:b@50[20,30] ann.get:a[40,50]", Valid, "", 0},
	{"garbage", "read-your-writes", register, "ann.put:a[0,10] ann.get:z[40,50]", Invalid, "garbage-read", 1},

	{"MR broken", "monotonic-reads", siblings, "bob.put:1[0,10] bob.put:2/1[11,12] ann.get:2[20,30] ann.get:1[40,50]", Invalid, "read-went-back", 4},
	{"MR of two clients is no promise", "monotonic-reads", siblings, "bob.put:1[0,10] bob.put:2/1[11,12] ann.get:2[20,30] eve.get:1[40,50]", Valid, "", 0},
	{"MR loses a sibling", "monotonic-reads", siblings, "bob.put:1[0,10] bob.put:2[11,12] ann.get:1,2[20,30] ann.get:1[40,50]", Invalid, "read-went-back", 4},
	{"MR of an open put", "monotonic-reads", siblings, "bob.put:1[0,?) ann.get:1[20,30] ann.get:[40,50]", Invalid, "read-went-back", 3},
	{"MR kept", "monotonic-reads", siblings, "bob.put:1[0,10] ann.get:1[20,30] bob.put:2/1[31,32] ann.get:2[40,50] ann.get:2[60,70]", Valid, "", 0},
	{"MR register", "monotonic-reads", register, "bob.put:1[0,10] bob.put:2[11,12] ann.get:2[20,30] ann.get:1[40,50]", Invalid, "read-went-back", 4},
	{"MR last-write-wins", "monotonic-reads", stamps, "bob.put:1@5[0,10] eve.put:2@9[0,12] ann.get:2[20,30] ann.get:1[40,50]", Invalid, "read-went-back", 4},
	{"MR last-write-wins kept", "monotonic-reads", stamps, "bob.put:1@5[0,10] eve.put:2@9[0,12] ann.get:1[20,30] ann.get:2[40,50]", Valid, "", 0},

	{"MW broken", "monotonic-writes", siblings, "ann.put:1[0,10] ann.put:2[20,30] bob.get:2[40,50]", Invalid, "write-overtaken", 3},
	{"MW both", "monotonic-writes", siblings, "ann.put:1[0,10] ann.put:2[20,30] bob.get:1,2[40,50]", Valid, "", 0},
	{"MW superseded", "monotonic-writes", siblings, "ann.put:1[0,10] ann.put:2/1[20,30] bob.get:2[40,50]", Valid, "", 0},
	{"MW only the first", "monotonic-writes", siblings, "ann.put:1[0,10] ann.put:2[20,30] bob.get:1[40,50]", Valid, "", 0},
	{"MW through a context", "monotonic-writes", siblings, "ann.put:1[0,10] ann.put:2[20,30] bob.get:1,2[32,34] bob.put:3/2[35,36] eve.get:3[40,50]", Invalid, "write-overtaken", 4},
	{"MW last-write-wins by clocks that go back", "monotonic-writes", stamps, "ann.put:1@9[0,10] ann.put:2@5[20,30] bob.get:2[40,50]", Invalid, "write-overtaken", 3},
	{"MW of a register", "monotonic-writes", register, "ann.put:1[0,10]", NotApplicable, "", 0},

	{"WFR broken", "writes-follow-reads", siblings, "bob.put:1[0,5] ann.get:1[6,10] ann.put:2[20,30] eve.get:2[40,50]", Invalid, "read-overtaken", 4},
	{"WFR superseded", "writes-follow-reads", siblings, "bob.put:1[0,5] ann.get:1[6,10] ann.put:2/1[20,30] eve.get:2[40,50]", Valid, "", 0},
	{"WFR both", "writes-follow-reads", siblings, "bob.put:1[0,5] ann.get:1[6,10] ann.put:2[20,30] eve.get:1,2[40,50]", Valid, "", 0},
	{"WFR last-write-wins", "writes-follow-reads", stamps, "bob.put:1@9[0,5] ann.get:1[6,10] ann.put:2@5[20,30] eve.get:2[40,50]", Invalid, "read-overtaken", 4},
}

func TestSessionGuarantees(t *testing.T) {
	for _, c := range sessionsTable {
		t.Run(c.id, func(t *testing.T) {
			r := judgeText(t, c.model, c.check, c.text)
			if r.Verdict != c.want {
				t.Fatalf("%v (%s), want %v", r.Verdict, r.Summary, c.want)
			}
			if c.want != Invalid {
				return
			}
			if e := r.Evidence[0]; e.Kind != c.kind || len(e.Operations) != c.ops {
				t.Errorf("evidence %s of %v, want %s of %d: %s", e.Kind, e.Operations, c.kind, c.ops, e.Text)
			}
		})
	}
}

// What is linearizable keeps every guarantee, and of what is not some part
// breaks each.
func TestTheLinearizableKeepsSessions(t *testing.T) {
	for _, check := range []string{"read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads", "resurrected-deletes"} {
		broken := map[history.Model]int{}
		for _, model := range []history.Model{register, siblings, stamps} {
			for seed := range uint64(*histories / 6) {
				h := generate(seed, model, seed%2 == 0, 1+int(seed%40))
				s := NewSubject(h, Facts{})
				linear := s.Judge(Options{Checks: []Request{{Check: "linearizable"}}})[0].Verdict
				s = NewSubject(h, Facts{})
				s.longWay = true
				session := s.Judge(Options{Checks: []Request{{Check: check}}})[0]
				if session.Verdict != Invalid {
					continue
				}
				broken[model]++
				if linear == Valid {
					t.Fatalf("seed %d: linearizable as %v, but %s: %s\n%s", seed, model, check, session.Summary, text(h))
				}
			}
		}
		if broken[siblings] < *histories/1000 {
			t.Errorf("%s: too few of one verdict to tell: %v", check, broken)
		}
	}
}

var resurrectedTable = []struct {
	id    string
	model history.Model
	text  string
	want  Verdict
	ops   int
	stale int64
}{
	{"gone and back", siblings, "put:a[0,10] get:a[11,12] del:d/a[20,30] get:d[40,50] get:a[60,70]", Invalid, 4, 0},
	{"gone without a tombstone and back", siblings, "put:a[0,10] get:a[11,12] del:d/a[20,30] get:[40,50] get:a[60,70]", Invalid, 4, 0},
	{"stale", siblings, "put:a[0,10] get:a[11,12] del:d/a[20,30] get:a[60,70]", Valid, 0, 1},
	{"not yet acknowledged", siblings, "put:a[0,10] get:a[11,12] del:d/a[20,80] get:d[30,35] get:a[60,70]", Valid, 0, 0},
	{"put again", siblings, "put:a[0,10] get:a[11,12] del:d/a[20,30] get:d[40,50] put:b/d[51,52] get:b[60,70]", Valid, 0, 0},
	{"a sibling of the deletion", siblings, "put:a[0,10] put:b[0,10] get:a[11,12] del:d/a[20,30] get:b,d[40,50] get:b[60,70]", Valid, 0, 0},
	{"below what was deleted", siblings, "put:a[0,10] get:a[11,12] put:b/a[13,14] del:d/b[20,30] get:d[40,50] get:a[60,70]", Invalid, 5, 0},
	{"register", register, "put:a[0,10] del:d[20,30] get:[40,50] get:a[60,70]", Invalid, 4, 0},
	{"register, a later put", register, "put:a[0,10] del:d[20,30] get:[40,50] put:b[52,54] get:b[60,70]", Valid, 0, 0},
	{"last-write-wins", stamps, "put:a@10[0,10] del:d@20[20,30] get:d[40,50] get:a[60,70]", Invalid, 4, 0},
	{"last-write-wins, the put is newer", stamps, "put:a@30[0,10] del:d@20[20,30] get:a[60,70]", Valid, 0, 0},
	{"no deletions", siblings, "put:a[0,10] get:a[11,12]", Valid, 0, 0},
}

func TestResurrectedTable(t *testing.T) {
	for _, c := range resurrectedTable {
		t.Run(c.id, func(t *testing.T) {
			r := judgeText(t, c.model, "resurrected-deletes", c.text)
			if r.Verdict != c.want || r.Number("stale") != c.stale {
				t.Fatalf("%v (%s), %d stale, want %v", r.Verdict, r.Summary, r.Number("stale"), c.want)
			}
			if c.want == Invalid && len(r.Evidence[0].Operations) != c.ops {
				t.Errorf("evidence %v: %s", r.Evidence[0].Operations, r.Evidence[0].Text)
			}
		})
	}
}

// A put that is left at the end although an acknowledged deletion covers it.
func TestResurrectedAtTheEnd(t *testing.T) {
	for _, left := range []struct {
		versions []history.OpID
		want     Verdict
	}{{[]history.OpID{0}, Invalid}, {[]history.OpID{1}, Valid}, {[]history.OpID{0, 1}, Valid}, {nil, Valid}} {
		h := record(t, siblings, "put:a[0,10] del:d/a[20,30]")
		h.MarkPhase(40, history.Heal)
		h.MarkPhase(50, history.Quiet)
		h.AddState(60, h.AddNode("n1"), history.Home, 0, left.versions)
		if r := judgeOn(h, "resurrected-deletes", Facts{}); r.Verdict != left.want {
			t.Errorf("%v left: %v %s", left.versions, r.Verdict, r.Summary)
		}
	}
}

// The operations of the evidence alone, as they stand in the history, break the
// promise again.
func TestEvidenceOfWeakerPromisesSuffices(t *testing.T) {
	for _, check := range []string{"read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads", "causal", "resurrected-deletes"} {
		for _, model := range []history.Model{register, siblings, stamps} {
			for seed := range uint64(*histories / 6) {
				h := generate(seed, model, seed%2 == 0, 1+int(seed%40))
				if check == "causal" && seed%2 == 0 {
					h = severalKeys(seed, model, 8+int(seed%24))
				}
				r := Judge(h, Options{Checks: []Request{{Check: check}}})[0]
				if r.Verdict != Invalid {
					continue
				}
				part := history.New(history.Header{Model: model})
				for c := range int32(h.Clients()) {
					part.AddClient(h.ClientName(c))
				}
				for k := range int32(h.Keys()) {
					part.AddKey(h.KeyName(k))
				}
				copyPart(h, part, r.Evidence[0].Operations)
				if again := Judge(part, Options{Checks: []Request{{Check: check}}})[0]; again.Verdict != Invalid {
					t.Fatalf("%s of %v, seed %d: the operations %v alone are %v:\n%s\nof\n%s", check, model, seed, r.Evidence[0].Operations, again.Verdict,
						text(part), text(h))
				}
			}
		}
	}
}
