package lab

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"dynamosim/analysis"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// textOf is a report as people get it.
func textOf(t *testing.T, r *Report, o TextOptions) string {
	t.Helper()
	var b strings.Builder
	if err := r.Text(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func runOf(t *testing.T, name string, opts OpenOptions) *Report {
	t.Helper()
	r, err := Run(libraryPlan(t, name, opts), RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// No line of a report is wider than the page, unless a command stands on it; and none says a thing in escapes.
func TestReportsFitThePage(t *testing.T) {
	for _, name := range []string{"@chaos", "@cart-partition", "@clock-skew", "@power-loss"} {
		r := runOf(t, name, OpenOptions{})
		for _, verbose := range []bool{false, true} {
			for _, line := range strings.Split(textOf(t, r, TextOptions{Verbose: verbose}), "\n") {
				if textWidth(line) > 120 && !strings.Contains(line, "dynamosim ") || strings.HasSuffix(line, " ") || Clean(line) != line {
					t.Errorf("%s: %q", name, line)
				}
			}
		}
	}
}

// Colours add nothing but colours.
func TestColoursChangeNoWord(t *testing.T) {
	r := runOf(t, "@sloppy-quorum", OpenOptions{})
	plain, coloured := textOf(t, r, TextOptions{}), textOf(t, r, TextOptions{Color: true})
	if coloured == plain || stripColours(coloured) != plain {
		t.Errorf("coloured\n%s\nplain\n%s", coloured, plain)
	}
}

// All but the line of the verdict is a function of the plan.
func TestTextIsDeterministic(t *testing.T) {
	a, b := runOf(t, "@cart-partition", OpenOptions{}), runOf(t, "@cart-partition", OpenOptions{})
	a.Host, b.Host = Host{WallMS: 1, Speed: 7}, Host{WallMS: 123_456}
	linesA, linesB := strings.Split(textOf(t, a, TextOptions{Verbose: true}), "\n"), strings.Split(textOf(t, b, TextOptions{Verbose: true}), "\n")
	for i := range linesA {
		if linesA[i] != linesB[i] && !strings.HasPrefix(linesA[i], "PASS") {
			t.Errorf("%q and %q", linesA[i], linesB[i])
		}
	}
}

func TestQuietIsTheVerdict(t *testing.T) {
	r := runOf(t, "@put-get", OpenOptions{})
	if lines := strings.Split(strings.TrimSpace(textOf(t, r, TextOptions{Quiet: true})), "\n"); len(lines) != 2 || !strings.HasPrefix(lines[0], "PASS   digest ") ||
		lines[1] != "again    dynamosim run @put-get --seed 1" {
		t.Errorf("got %q", lines)
	}
}

// failing is a report with everything that can go wrong in it.
func failing() *Report {
	plan := &scenarios.Scenario{
		Name: "bad-day", About: "Everything goes wrong", Paper: []string{"§4.4"}, Duration: 10 * scenarios.Second,
		Cluster: scenarios.Cluster{Nodes: []string{"n1", "n2", "n3"}, N: 3, R: 2, W: 2, Quorum: scenarios.QuorumStrict,
			Storage: scenarios.Storage{Sync: scenarios.SyncEach}, Handoff: scenarios.Handoff{Enabled: true}, AntiEntropy: scenarios.AntiEntropy{Enabled: true}, Versioning: scenarios.Versioning{Tombstones: scenarios.Tombstones{Enabled: true}}},
		Plan: &scenarios.PlanHeader{Seed: 7}, Seed: 7,
		Origin: scenarios.Origin{Source: "bad day.yaml", Drawn: []scenarios.Drawn{{Path: "cluster.r", Text: "1..3", Value: "2"}}},
	}
	r := &Report{Plan: plan, Measures: &analysis.Measures{}, Result: &world.Result{
		History: split(), Digest: strings.Repeat("0123", 8), Seed: 7, Quiesce: 5e9, End: 15e9,
		Counters: []world.Counter{{Name: "hints_stored", Total: 1, PerNode: []int64{1, 0, 0}}, {Name: "read_repairs", Total: 12_345}},
		Faults: []world.FaultResult{
			{Name: "late", Kind: "crash", Text: "crash {nodes: n2}", Effect: "nodes down"},
			{Name: "second", Kind: "crash", Text: "crash {nodes: n1}", Began: true, Start: 5e9, End: 6e9, Effects: 1, Effect: "nodes down"},
			{Name: "first", Kind: "loss", Text: "loss {share: 1%}; nothing to lose", Began: true, Start: 1e9, End: 2e9, Effect: "messages lost"},
			{Name: "no", Kind: "crash", Text: "crash {nodes: n9}", Refused: "there is no n9", Effect: "nodes down"},
		},
	}}
	r.Checks = []analysis.Result{
		{Check: "linearizable", Verdict: analysis.Invalid, Want: analysis.WantValid, Summary: "k: one",
			Evidence: []analysis.Evidence{{Key: "k", Text: "k: one", Operations: []int{5}}, {Key: "l", Text: "l: two"}, {Key: "m", Text: "m: three"}, {Key: "n", Text: "n: four"}},
			Numbers:  []analysis.Number{{Name: "invalid_keys", Value: 40}}},
		{Check: "regular", Verdict: analysis.Unknown, Want: analysis.WantValid, Reason: "k: 1000000 steps were not enough"},
		{Check: "cart", Verdict: analysis.NotApplicable, Reason: "no carts"},
	}
	r.Expectations = []Claim{{Text: "p99(get) <= 5ms", Got: "7ms"}, {Text: "ok(get) > 0", Got: "1", Holds: true}}
	r.conclude()
	r.Verdict, r.ExitCode = Failed, ExitFail
	return r
}

func TestTextOfAFailure(t *testing.T) {
	want := `bad-day   Everything goes wrong   §4.4
3 nodes · N=3 R=2 W=2, strict quorum · dotted version vectors · without read repair
10 s, then 5 s to settle · seed 7
drawn  cluster.r = 2

  1.000 s   first    loss {share: 1%} for 1 s; nothing to lose   0 messages lost
  5.000 s   second   crash {nodes: n1} for 1 s                   1 node down
        –   late     crash {nodes: n2}                           never began
        –   no       crash {nodes: n9}                           refused: there is no n9

  0 operations: 0 ok (–), 0 failed, 0 unknown

  linearizable   INVALID, wanted valid   k: one
                                         l: two
                                         m: three
                                         and 37 more keys
  regular        UNKNOWN, wanted valid   k: 1000000 steps were not enough

  1 of 2 expectations hold
  FAILS   p99(get) <= 5ms   got 7ms

  1 hint stored · 12 345 read repairs

FAIL   digest 01230123012301230123012301230123   2.5 s, 6 × real time
`
	r := failing()
	r.Host = Host{WallMS: 2500, Speed: 6}
	got := textOf(t, r, TextOptions{})
	body, tail, _ := strings.Cut(got, "  because  ")
	if body != want {
		t.Errorf("got\n%s\nwant\n%s", body, want)
	}
	for _, part := range []string{"expected p99(get) <= 5ms, got 7ms\n", "fault late never began\n", "again    dynamosim run 'bad day.yaml' --seed 7\n",
		"trace    dynamosim trace 'bad day.yaml' --seed 7 --key k --from 4.000s --until 4.001s\n"} {
		if !strings.Contains(tail, part) {
			t.Errorf("%q is not in\n%s", part, tail)
		}
	}
}

func TestJSONOfAFailure(t *testing.T) {
	var result struct {
		Seed   string
		Checks map[string]struct {
			Verdict, Want, Reason string
			Evidence              []analysis.Evidence
			Keys                  int `json:"invalid_keys"`
		}
		Faults []struct {
			Fault, Refused string
			Start          *int64 `json:"start_ns"`
		}
		Reasons []string
		Drawn   []struct{ Path, From, Value string }
	}
	if err := json.Unmarshal(failing().JSON(), &result); err != nil {
		t.Fatal(err)
	}
	if _, there := result.Checks["cart"]; there {
		t.Error("a check that nobody asked for and that cannot be answered is a result")
	}
	if c := result.Checks["linearizable"]; c.Verdict != "invalid" || c.Keys != 40 || len(c.Evidence) != 4 {
		t.Errorf("linearizable: %+v", c)
	}
	if result.Seed != "7" || result.Faults[0].Start != nil || result.Faults[3].Refused == "" || len(result.Reasons) < 3 || result.Drawn[0].Value != "2" {
		t.Errorf("result %+v", result)
	}
}

func TestMarkdownEscapes(t *testing.T) {
	r := failing()
	r.Plan.About = "<script>alert(1)</script> | *bold* \x1b[31m"
	text := string(r.Markdown())
	for _, bad := range []string{"<script>", "\x1b", " | *bold*"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is in\n%s", bad, text)
		}
	}
	for _, want := range []string{"**FAIL**", "| FAILS | p99(get) &lt;= 5ms | 7ms |", "| linearizable | invalid | valid | k: one |", "dynamosim run 'bad day.yaml' --seed 7"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "2.5 s") {
		t.Error("the wall time is in it")
	}
}

// Many faults are a few lines and a sum.
func TestManyFaultsAreSummedUp(t *testing.T) {
	r := failing()
	r.Result.Faults = nil
	for i := range 40 {
		r.Result.Faults = append(r.Result.Faults, world.FaultResult{Name: fmt.Sprintf("c-%d", i), Kind: "crash", Text: "crash {nodes: n1}", Began: true,
			Drawn: true, Start: int64(i) * 1e9, End: int64(i)*1e9 + 5e8, Effects: 1, Effect: "nodes down"})
	}
	short, long := textOf(t, r, TextOptions{}), textOf(t, r, TextOptions{Verbose: true})
	if !strings.Contains(short, "and 24 more (-v shows them): 24 × crash, 24 nodes down") || strings.Contains(short, "c-16 ") {
		t.Errorf("got\n%s", short)
	}
	if !strings.Contains(long, "c-39") {
		t.Errorf("-v gives\n%s", long)
	}
}

// A long fault keeps its effects in sight.
func TestLongFaultsAreWrapped(t *testing.T) {
	r := failing()
	r.Result.Faults[1].Text = "partition {groups: [[" + strings.Repeat("node, ", 30) + "last]]}"
	for _, line := range strings.Split(textOf(t, r, TextOptions{}), "\n") {
		if textWidth(line) > 120 {
			t.Errorf("%q", line)
		}
		if strings.Contains(line, "second") && !strings.Contains(line, "1 node down               partition") {
			t.Errorf("%q", line)
		}
	}
}

func TestCrashForPrograms(t *testing.T) {
	plan := libraryPlan(t, "@put-get", OpenOptions{})
	crash := &Crash{Value: "index out of range", Stack: "goroutine 1", Now: 12e9, Event: 77}
	var result map[string]any
	if err := json.Unmarshal(crash.JSON(plan), &result); err != nil {
		t.Fatal(err)
	}
	if result["exit_code"] != 1.0 || result["events"] != 77.0 || result["reproduce"] != "dynamosim run @put-get --seed 1" {
		t.Errorf("result %v", result)
	}
	if result["host"].(map[string]any)["stack"] != "goroutine 1" {
		t.Error("the stack is not where depends on the host")
	}
}
