package analysis

import (
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

// A put that too few nodes had synced when it was acknowledged breaks the
// promise even where all is well in the end, unless faults destroyed as many
// copies meanwhile, or nothing was promised.
func TestCopiesAtTheAcknowledgement(t *testing.T) {
	const text = "put:a[0,10] put:b[20,30] get:a,b[40,50]"
	thin := []ThinPut{{Put: 1, Copies: 1, Want: 2}}
	for name, c := range map[string]struct {
		audit   *Audit
		destroy []Destruction
		want    Verdict
		thin    int64
		excused int64
	}{
		"nobody counted":              {nil, nil, Valid, 0, 0},
		"enough":                      {&Audit{Acknowledged: 2}, nil, Valid, 0, 0},
		"one too few":                 {&Audit{Acknowledged: 2, Thin: thin}, nil, Invalid, 1, 0},
		"only counted":                {&Audit{Acknowledged: 2, Thin: thin, Lenient: "disks are not synced"}, nil, Valid, 1, 0},
		"destroyed while it was put":  {&Audit{Acknowledged: 2, Thin: thin}, []Destruction{{Time: 25, Node: 0}}, Valid, 0, 1},
		"destroyed before it was put": {&Audit{Acknowledged: 2, Thin: thin}, []Destruction{{Time: 15, Node: 0}}, Invalid, 1, 0},
	} {
		h := record(t, siblings, text)
		h.MarkPhase(100, history.Quiet)
		h.AddState(100, h.AddNode("n1"), history.Home, 0, []history.OpID{0, 1})
		r := judgeOn(h, "durability", Facts{W: 2, Audit: c.audit, Destroyed: c.destroy})
		if r.Verdict != c.want || r.Number("thin") != c.thin || r.Number("excused") != c.excused {
			t.Errorf("%s: %v, %d thin, %d excused: %s", name, r.Verdict, r.Number("thin"), r.Number("excused"), r.Summary)
		}
		if c.want == Invalid {
			e := r.Evidence[0]
			if e.Kind != "thin-acknowledgement" || len(e.Operations) != 1 || e.Operations[0] != int(h.Op(1).InvokeIndex) || !strings.Contains(e.Text, "when 1 of 2 nodes had synced it") {
				t.Errorf("%s: %+v", name, e)
			}
		}
	}
}
