package analysis

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

func TestRegistry(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Checks() {
		if c.Name == "" || c.Doc == "" || c.Source == "" || c.begin == nil || seen[c.Name] {
			t.Errorf("check %+v", c)
		}
		seen[c.Name] = true
		if found, ok := FindCheck(c.Name); !ok || found.Name != c.Name {
			t.Errorf("FindCheck(%s)", c.Name)
		}
	}
	for _, name := range []string{"linearizable", "regular", "lost-writes", "convergence", "placement", "divergence", "cart",
		"availability", "latency", "staleness"} {
		if !seen[name] {
			t.Errorf("no check %s", name)
		}
	}
}

// What does not apply is left out by default, and said when asked by name.
func TestNotApplicable(t *testing.T) {
	h := record(t, register, "put:a[0,10] get:a[20,30]")
	for _, r := range Judge(h, Options{}) {
		if r.Verdict == NotApplicable {
			t.Errorf("%s: %s", r.Name(), r.Reason)
		}
	}
	lww := history.LastWriteWins
	for _, c := range []struct {
		request Request
		reason  string
	}{
		{Request{Check: "convergence"}, "no state lines"},
		{Request{Check: "placement"}, "no state lines"},
		{Request{Check: "lost-writes"}, "neither state lines nor gets marked final"},
		{Request{Check: "cart"}, "no cart operations"},
		{Request{Check: "divergence"}, "nothing of the model register"},
		{Request{Check: "linearizable", Model: &lww}, "no timestamps"},
		{Request{Check: "lineariseable"}, `no check "lineariseable"`},
	} {
		results := Judge(h, Options{Checks: []Request{c.request}})
		if r := results[0]; r.Verdict != NotApplicable || !strings.Contains(r.Reason, c.reason) || r.Check != c.request.Check {
			t.Errorf("%s: %v %q", c.request.Check, r.Verdict, r.Reason)
		}
	}
}

func TestModelOverride(t *testing.T) {
	h := record(t, register, "put:a[0,10] put:b/a[20,30] get:b[40,50]")
	m := history.Siblings
	if r := Judge(h, Options{Model: &m, Checks: []Request{{Check: "divergence"}}})[0]; r.Verdict != Measured {
		t.Errorf("divergence under %v: %v", m, r.Verdict)
	}
	conflict := record(t, register, "put:a[0,10] put:b[20,30] get:b[40,50]")
	results := Judge(conflict, Options{Checks: []Request{{Check: "linearizable"}, {Check: "linearizable", Model: &m}}})
	if results[0].Verdict != Valid || results[1].Verdict != Invalid {
		t.Errorf("as register %v, as siblings %v", results[0].Verdict, results[1].Verdict)
	}
}

func TestMet(t *testing.T) {
	for _, c := range []struct {
		verdict Verdict
		want    Want
		met     Verdict
	}{
		{Valid, WantValid, Valid}, {Invalid, WantValid, Invalid}, {Unknown, WantValid, Unknown}, {NotApplicable, WantValid, Invalid},
		{Valid, WantInvalid, Invalid}, {Invalid, WantInvalid, Valid}, {Unknown, WantInvalid, Unknown},
		{Invalid, WantSometimes, Valid}, {Valid, WantSometimes, Valid}, {Unknown, WantSometimes, Unknown},
		{Unknown, WantReport, Valid}, {Invalid, WantReport, Valid}, {Measured, WantReport, Valid},
	} {
		r := Result{Verdict: c.verdict, Want: c.want}
		if got := r.Met(); got != c.met {
			t.Errorf("%v, wanted %v: %v, want %v", c.verdict, c.want, got, c.met)
		}
	}
	for _, w := range []Want{WantReport, WantValid, WantInvalid, WantSometimes} {
		if got, err := ParseWant(w.String()); err != nil || got != w {
			t.Errorf("ParseWant(%v) = %v, %v", w, got, err)
		}
	}
	if _, err := ParseWant("maybe"); err == nil {
		t.Error("maybe is wanted by nobody")
	}
}

// Several keys: invalid before unknown before valid.
func TestWorstKeyDecides(t *testing.T) {
	for _, c := range []struct{ a, b, want Verdict }{
		{Valid, Invalid, Invalid}, {Unknown, Invalid, Invalid}, {Invalid, Unknown, Invalid}, {Valid, Unknown, Unknown}, {Unknown, Valid, Unknown},
		{Valid, Valid, Valid},
	} {
		if got := c.a.worse(c.b); got != c.want {
			t.Errorf("%v and %v: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// A spent budget is unknown, with what was spent, and the same every time.
func TestBudget(t *testing.T) {
	judge := func(seed uint64, steps int) Result {
		h := generate(seed, siblings, true, 60) // deletions bar the short way
		return Judge(h, Options{MaxSteps: steps, Checks: []Request{{Check: "linearizable"}}})[0]
	}
	seed := uint64(0)
	for judge(seed, 0).Verdict != Valid {
		seed++
	}
	for range 3 {
		r := judge(seed, 10)
		if want := "k: the budget of 10 steps was spent on "; r.Verdict != Unknown || !strings.HasPrefix(r.Reason, want) {
			t.Errorf("%v: %s", r.Verdict, r.Reason)
		}
	}
}

func TestInventedContextIsUnknown(t *testing.T) {
	h := record(t, siblings, "put:a[0,?) put:b/a[10,20] get:b[30,40]")
	if r := judgeOn(h, "linearizable", Facts{}); r.Verdict != Unknown || !strings.Contains(r.Reason, "b supersedes a") {
		t.Errorf("%v: %s", r.Verdict, r.Reason)
	}
}

// Judging a run and judging its written file are the same computation, and
// twice the same.
func TestJudgingTheFileIsJudgingTheRun(t *testing.T) {
	for _, model := range []history.Model{siblings, register, stamps} {
		for seed := range uint64(150) {
			h := generate(seed, model, seed%3 == 0, 5+int(seed%40))
			var file bytes.Buffer
			if err := h.Write(&file); err != nil {
				t.Fatal(err)
			}
			again, err := history.Read(&file)
			if err != nil {
				t.Fatalf("%v, seed %d: %v\n%s", model, seed, err, text(h))
			}
			a, b := fmt.Sprintf("%+v", Judge(h, Options{})), fmt.Sprintf("%+v", Judge(again, Options{}))
			if a != b {
				t.Fatalf("%v, seed %d: the run is judged\n%s\nits file\n%s", model, seed, a, b)
			}
			if a != fmt.Sprintf("%+v", Judge(h, Options{})) {
				t.Fatalf("%v, seed %d: judged differently the second time", model, seed)
			}
		}
	}
}
