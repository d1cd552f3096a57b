package analysis

import (
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

const (
	siblings = history.Siblings
	register = history.Register
	stamps   = history.LastWriteWins
)

// base: a is put and read twice, then b and c are put over it.
const base = "put:a[0,10] get:a[20,30] get:a[20,30] put:b/a[40,50] put:c/a[40,50] "

var linearizableTable = []struct {
	id    string
	model history.Model
	text  string
	want  Verdict
	kind  string
}{
	{"A1 late effect", register, "put:1[0,10] put:2[20,?) get:1[30,40] get:2[50,60]", Valid, ""},
	{"A2 flicker", register, "put:1[0,10] put:2[20,?) get:2[30,40] get:1[50,60]", Invalid, "new-old-inversion"},
	{"A3 stale", register, "put:1[0,10] put:2[20,30] get:1[40,50]", Invalid, "stale-read"},
	{"A4 concurrent with the put", register, "put:1[0,10] get:[10,20]", Valid, ""},
	{"A5 nothing after the put", register, "put:1[0,10] get:[11,20]", Invalid, "stale-read"},
	{"A6 regular, not atomic", register, "put:1[0,10] put:2[20,100] get:2[30,40] get:1[50,60]", Invalid, "new-old-inversion"},

	{"B1 siblings", siblings, base + "get:b,c[60,70]", Valid, ""},
	{"B2 acknowledged sibling lost", siblings, base + "get:b[60,70]", Invalid, "lost-sibling"},
	{"B3 superseded version back", siblings, base + "get:a,b,c[60,70]", Invalid, "superseded-version"},
	{"B4 reconciled", siblings, base + "get:b,c[60,70] put:d/b,c[80,90] get:d[100,110]", Valid, ""},
	{"B5 false sibling", siblings, base + "get:b,c[60,70] put:d/b,c[80,90] get:b,d[100,110]", Invalid, "superseded-version"},
	{"B6 half reconciled", siblings, base + "get:b,c[60,70] put:d/b[80,90] get:c,d[100,110]", Valid, ""},
	{"B7 each answer alone is fine", siblings, "put:a[0,10] get:a[12,14] put:b/a[40,100] put:c/a[40,100] get:b[60,65] get:c[66,70]", Invalid, "new-old-inversion"},
	{"false sibling of an open put", siblings, base + "get:b,c[60,70] put:d/b,c[80,200] get:b,d[100,110]", Invalid, "false-sibling"},
	{"nothing before the first put", siblings, "get:[0,5] put:a[10,20] get:a[30,40]", Valid, ""},
	{"a tombstone may vanish", siblings, "put:a[0,10] get:a[12,14] del:d/a[20,30] get:d[40,50] get:[60,70]", Valid, ""},
	{"a deleted version stays away", siblings, "put:a[0,10] get:a[12,14] del:d/a[20,30] get:a[40,50]", Invalid, "stale-read"},
	{"an unknown deletion may explain it", siblings, "put:a[0,10] get:a[12,14] del:d/a[20,?) get:a[40,50] get:[60,70]", Valid, ""},
	{"but no return from it", siblings, "put:a[0,10] get:a[12,14] del:d/a[20,?) get:[40,50] get:a[60,70]", Invalid, "new-old-inversion"},
	{"unknown put seen late", siblings, "put:a[0,10] put:b[20,?) get:a[30,40] get:a,b[50,60]", Valid, ""},
	{"unknown put seen and gone", siblings, "put:a[0,10] put:b[20,?) get:a,b[30,40] get:a[50,60]", Invalid, "new-old-inversion"},

	{"D1 as last-write-wins", stamps, "put:a@100[0,10] put:b@50[20,30] get:a[40,50]", Valid, ""},
	{"D2 as last-write-wins", stamps, "put:a@100[0,10] put:b@200[20,30] get:a[40,50]", Invalid, "stale-read"},
	{"D3 as last-write-wins", stamps, "put:a@100[0,10] put:b@50[20,30] get:b[40,50]", Invalid, "stale-read"},
	{"D1 as register", register, "put:a@100[0,10] put:b@50[20,30] get:a[40,50]", Invalid, "stale-read"},
	{"D2 as register", register, "put:a@100[0,10] put:b@200[20,30] get:a[40,50]", Invalid, "stale-read"},
	{"D3 as register", register, "put:a@100[0,10] put:b@50[20,30] get:b[40,50]", Valid, ""},
	{"a smaller stamp never shows", stamps, "put:a@100[0,100] get:a[10,20] put:b@50[30,40] get:b[50,60]", Invalid, "new-old-inversion"},

	{"never written", register, "put:1[0,10] get:9[20,30]", Invalid, "garbage-read"},
	{"written to another key", register, "put:1[0,10] key2.get:1[20,30]", Invalid, "garbage-read"},
	{"written by a failed put", register, "put:1[0,10] put:2[12,14! get:2[20,30]", Invalid, "aborted-read"},
	{"from the future", register, "get:1[0,10] put:1[20,30]", Invalid, "future-read"},
	{"from the future, siblings", siblings, "get:1[0,10] put:1[20,30]", Invalid, "future-read"},
	{"nothing at all", register, "", Valid, ""},

	{"deleted and gone", register, "put:1[0,10] del:d[20,30] get:[40,50]", Valid, ""},
	{"deleted, tombstone shown, gone", register, "put:1[0,10] del:d[20,30] get:d[40,50] get:[60,70]", Valid, ""},
	{"deleted and back", register, "put:1[0,10] del:d[20,30] get:1[40,50]", Invalid, "stale-read"},
	{"nothing before and after", register, "get:[0,5] put:1[10,20] get:1[21,22] del:d[30,40] get:[50,60]", Valid, ""},
	{"gone, put, gone again without a deletion", register, "put:1[0,10] del:d[20,30] get:[40,50] put:2[60,70] get:[80,90]", Invalid, "stale-read"},
	{"emptied twice around an open put", register, "del:d[0,100] put:1[0,100] get:1[10,20] get:[30,40] get:1[50,60]", Invalid, "new-old-inversion"},
}

func TestLinearizableTable(t *testing.T) {
	for _, c := range linearizableTable {
		t.Run(c.id, func(t *testing.T) {
			r := judgeText(t, c.model, "linearizable", c.text)
			if r.Verdict != c.want {
				t.Fatalf("%v (%s), want %v", r.Verdict, r.Summary, c.want)
			}
			if c.want == Invalid && r.Evidence[0].Kind != c.kind {
				t.Errorf("evidence %s, want %s: %s", r.Evidence[0].Kind, c.kind, r.Evidence[0].Text)
			}
		})
	}
}

// Dynamo with last-write-wins gets two lines: by its own rule and as register.
func TestLastWriteWinsIsJudgedTwice(t *testing.T) {
	h := record(t, stamps, "put:a@100[0,10] put:b@50[20,30] get:a[40,50]")
	results := Judge(h, Options{Checks: []Request{{Check: "linearizable", Want: WantValid}}})
	if len(results) != 2 || results[0].Name() != "linearizable" || results[1].Name() != "linearizable as register" {
		t.Fatalf("results %+v", results)
	}
	if results[0].Verdict != Valid || results[0].Want != WantValid || results[1].Verdict != Invalid || results[1].Want != WantReport {
		t.Errorf("verdicts %v (%v) and %v (%v)", results[0].Verdict, results[0].Want, results[1].Verdict, results[1].Want)
	}
}

// R+W>N promises a regular register: A6 and B7 are regular, and the evidence
// against linearizability says so.
func TestRegularTable(t *testing.T) {
	for id, want := range map[string]Verdict{
		"A1 late effect": Valid, "A2 flicker": Valid, "A3 stale": Invalid, "A4 concurrent with the put": Valid,
		"A5 nothing after the put": Invalid, "A6 regular, not atomic": Valid,
		"B1 siblings": Valid, "B2 acknowledged sibling lost": Invalid, "B3 superseded version back": Invalid,
		"B4 reconciled": Valid, "B5 false sibling": Invalid, "B7 each answer alone is fine": Valid,
		"never written": Invalid, "written by a failed put": Invalid, "from the future": Invalid,
		"a tombstone may vanish": Valid, "a deleted version stays away": Invalid,
		"unknown put seen and gone": Valid, "deleted and gone": Valid,
		"D1 as last-write-wins": Valid, "D2 as last-write-wins": Invalid, "D3 as last-write-wins": Invalid,
	} {
		for _, c := range linearizableTable {
			if c.id != id {
				continue
			}
			if r := judgeText(t, c.model, "regular", c.text); r.Verdict != want {
				t.Errorf("%s: %v (%s), want %v", id, r.Verdict, r.Summary, want)
			}
			if l := judgeText(t, c.model, "linearizable", c.text); want == Valid && l.Verdict == Invalid {
				if e := l.Evidence[0]; e.Kind != "new-old-inversion" || !strings.Contains(e.Text, "R+W>N promises") {
					t.Errorf("%s: evidence %s: %s", id, e.Kind, e.Text)
				}
			}
		}
	}
}

func TestEvidenceReadsWell(t *testing.T) {
	h := history.New(history.Header{Model: siblings})
	k, one, two := h.AddKey("cart-7"), h.AddClient("shoppers/1"), h.AddClient("shoppers/2")
	milk := h.Invoke(11_000e6, one, history.Put, k)
	h.SetValue(milk, "milk", 4)
	h.OkPut(11_100e6, milk)
	both := h.Invoke(11_800e6, one, history.Put, k)
	h.SetContext(both, []history.OpID{milk})
	h.SetValue(both, "milk, eggs", 10)
	h.OkPut(11_902e6, both)
	get := h.Invoke(12_400e6, two, history.Get, k)
	h.OkGet(12_412e6, get, []history.OpID{milk})
	r := Judge(h, Options{Checks: []Request{{Check: "linearizable"}}})[0]
	want := "cart-7: client shoppers/2 read {milk} at 12.412 s although {milk, eggs} had been acknowledged at 11.902 s"
	if r.Verdict != Invalid || r.Evidence[0].Text != want || r.Summary != want {
		t.Errorf("%v: %+v", r.Verdict, r.Evidence)
	}
	if ops := r.Evidence[0].Operations; len(ops) != 3 || ops[0] != 0 || ops[1] != 2 || ops[2] != 4 {
		t.Errorf("operations %v", ops)
	}
}
