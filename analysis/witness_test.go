package analysis

import (
	"testing"

	"dynamosim/analysis/history"
)

// The parts that operations play in evidence, by the versions that they write; a get by what it returned. A history shows its own witness, and
// one in which the get returned what it should does not.
func TestWitnessNamesTheParts(t *testing.T) {
	for _, c := range []struct {
		name, check, text, fine string
		model                   history.Model
		missed, stale, by       string
	}{
		{"a stale read", "linearizable", "put:1[0,10] put:2[20,30] get:1[40,50]", "put:1[0,10] put:2[20,30] get:2[40,50]", register, "2", "", ""},
		{"a sibling is missing", "regular", "put:a[0,10] put:b[0,10] get:a[20,30]", "put:a[0,10] put:b[0,10] get:a,b[20,30]", siblings, "b", "", ""},
		{"a version is back", "linearizable", "put:a[0,10] get:a[12,14] put:b/a[20,30] get:a,b[40,50]", "put:a[0,10] get:a[12,14] put:b/a[20,30] get:b[40,50]", siblings, "", "a", "b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := record(t, c.model, c.text)
			r := Judge(h, Options{Checks: []Request{{Check: c.check}}})[0]
			if r.Verdict != Invalid {
				t.Fatalf("%v: %s", r.Verdict, r.Summary)
			}
			s := NewSubject(h, Facts{})
			w, ok := s.Witness(&r.Evidence[0])
			name := func(v history.OpID) string {
				if v == history.NoVersion {
					return ""
				}
				return h.VersionName(v)
			}
			if !ok || w.Get == history.NoVersion || name(w.Missed) != c.missed || name(w.Stale) != c.stale || name(w.By) != c.by {
				t.Fatalf("missed %q, stale %q, by %q, of %+v", name(w.Missed), name(w.Stale), name(w.By), r.Evidence[0])
			}
			if shown, decided := s.Shows(&w); !shown || !decided {
				t.Error("the history does not show its own witness")
			}
			if shown, _ := NewSubject(record(t, c.model, c.fine), Facts{}).Shows(&w); shown {
				t.Error("a history that is fine shows it")
			}
		})
	}
}
