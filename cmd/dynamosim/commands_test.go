package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dynamosim/analysis"
	"dynamosim/scenarios"
	"dynamosim/scenarios/lab"
)

func TestValidate(t *testing.T) {
	t.Chdir("testdata")
	execute("validate", "good.yaml", "@put-get").ends(t, lab.ExitPass).prints(t, "good.yaml is valid\n@put-get is valid\n")
	r := execute("validate", "bad.yaml").ends(t, lab.ExitBadInput)
	if r.out != "" {
		t.Errorf("stdout: %s", r.out)
	}
	t.Chdir("..")
	golden(t, "validate-bad.txt", r.err)
}

func TestValidateJSON(t *testing.T) {
	r := execute("validate", "testdata/bad.yaml", "testdata/good.yaml", "nowhere.yaml", "--json").ends(t, lab.ExitBadInput)
	var result struct {
		Valid    bool
		Problems []struct {
			Severity, File, Message string
			Line, Column            int
		}
	}
	if err := json.Unmarshal([]byte(r.out), &result); err != nil {
		t.Fatal(err)
	}
	last := result.Problems[len(result.Problems)-1]
	if p := result.Problems[0]; result.Valid || p.Severity != "error" || p.File != "testdata/bad.yaml" || p.Line == 0 || p.Column == 0 || last.File != "nowhere.yaml" {
		t.Errorf("result %+v", result)
	}
}

func TestList(t *testing.T) {
	r := execute("list").ends(t, lab.ExitPass)
	var want []string
	for _, e := range scenarios.Library() {
		if e.Group() != "" {
			execute("list", e.Group()).ends(t, lab.ExitPass).prints(t, "@"+e.Name+" ")
			continue
		}
		want = append(want, "@"+e.Name+" ")
		want = append(want, strings.Fields(e.About)...)
	}
	r.prints(t, append(want, "dynamosim list pynamo")...)
	golden(t, "list-paper.txt", execute("list", "--tag", "paper").ends(t, lab.ExitPass).out)
	var result struct{ Scenarios []listed }
	if err := json.Unmarshal([]byte(execute("list", "--json").out), &result); err != nil || len(result.Scenarios) != len(scenarios.Library()) {
		t.Errorf("%v, %d scenarios", err, len(result.Scenarios))
	}
}

func TestShowAndPlan(t *testing.T) {
	text, _ := scenarios.LibraryFile("put-get")
	for _, name := range []string{"@put-get", "put-get"} {
		if r := execute("show", name).ends(t, lab.ExitPass); r.out != string(text) {
			t.Errorf("show %s\n%s", name, r.out)
		}
	}
	plan := execute("plan", "@chaos", "--seed", "7").ends(t, lab.ExitPass)
	file := write(t, "plan.yaml", plan.out)
	if again := execute("plan", file).ends(t, lab.ExitPass); again.out != plan.out {
		t.Error("the plan of a plan is another one")
	}
	if digestOf(t, execute("run", file, "-q").out) != digestOf(t, execute("run", "@chaos", "--seed", "7", "-q").out) {
		t.Error("a plan runs otherwise than its scenario")
	}
	if all := execute("plan", "@put-get", "--all").ends(t, lab.ExitPass); !strings.Contains(all.out, "read_repair") || strings.Contains(execute("plan", "@put-get").out, "read_repair") {
		t.Error("--all makes no difference")
	}
}

func TestExplanationsAreComplete(t *testing.T) {
	checks, faults, metrics, schema := execute("checks").ends(t, lab.ExitPass), execute("faults").ends(t, lab.ExitPass), execute("metrics").ends(t, lab.ExitPass), execute("schema").ends(t, lab.ExitPass)
	for _, c := range analysis.Checks() {
		checks.prints(t, c.Name)
	}
	for _, k := range scenarios.FaultKinds() {
		faults.prints(t, k.Name, k.Example)
		line := asListed(k.Name, k.Example)
		execute("faults", k.Name).ends(t, lab.ExitPass).prints(t, "\n  - "+line+"\n")
		text := "version: 1\nname: x\nduration: 30s\ncluster: {nodes: 5}\nworkloads: [{name: w}]\nfaults: [" + line + "]\n"
		if plan, list := scenarios.Load("x.yaml", []byte(text), nil, lab.Vocabulary(), scenarios.LoadOptions{}); plan == nil {
			t.Errorf("%s: %s", line, scenarios.FormatAll(list))
		}
	}
	for _, c := range lab.Counters() {
		metrics.prints(t, c.Name)
	}
	for _, m := range lab.Mechanisms() {
		metrics.prints(t, m.Name)
	}
	for _, p := range lab.Points() {
		execute("faults", "--points").ends(t, lab.ExitPass).prints(t, p.Name)
	}
	for _, row := range scenarios.SchemaDocs() {
		if !strings.Contains(row.Path, ".") {
			schema.prints(t, row.Path)
		}
	}
	execute("schema", "workloads.kv.keys.theta").ends(t, lab.ExitPass).prints(t, "workloads[].keys.theta", "0 to 10")
	execute("checks", "linearizable").ends(t, lab.ExitPass).prints(t, "Porcupine")
}

func TestExplanationsForPrograms(t *testing.T) {
	for _, args := range []string{"checks", "checks linearizable", "faults", "faults crash", "faults --points", "metrics", "schema", "schema cluster", "version", "list"} {
		var value map[string]any
		r := execute(append(strings.Fields(args), "--json")...).ends(t, lab.ExitPass)
		if err := json.Unmarshal([]byte(r.out), &value); err != nil || len(value) == 0 {
			t.Errorf("%s --json: %v\n%s", args, err, r.out)
		}
	}
}

func TestVersion(t *testing.T) {
	execute("version").ends(t, lab.ExitPass).prints(t, "dynamosim "+lab.Version+"\n", "formats: scenario 1")
}

func TestHistory(t *testing.T) {
	golden(t, "history-put-get.txt", execute(append(steady, "history", "@put-get")...).ends(t, lab.ExitPass).out)
	jsonl := execute("history", "@sloppy-quorum", "--format", "jsonl").ends(t, lab.ExitPass)
	executeWith(jsonl.out, "check", "-", "--checks", "linearizable").ends(t, lab.ExitFail).prints(t, "k: client ann read {old}")
	execute("history", "@cart-partition", "--key", "cart-3").ends(t, lab.ExitPass).prints(t, "split begins: partition", "(home) holds")
}

func TestTrace(t *testing.T) {
	golden(t, "trace-put-get.txt", execute(append(steady, "trace", "@put-get", "--key", "cart", "--until", "1.5s")...).ends(t, lab.ExitPass).out)
	lines := strings.Split(execute("trace", "@put-get", "--format", "jsonl").ends(t, lab.ExitPass).out, "\n")
	if len(lines) < 50 || !strings.HasPrefix(lines[0], `{"format":1,"kind":"trace","scenario":"put-get","seed":"1"}`) {
		t.Errorf("%d lines, the first is %s", len(lines), lines[0])
	}
}

func TestCheck(t *testing.T) {
	golden(t, "check-invalid.txt", execute("check", "testdata/stale.jsonl").ends(t, lab.ExitFail).out)
	execute("check", "testdata/fresh.jsonl").ends(t, lab.ExitPass).prints(t, "linearizable       valid", "\nPASS\n")
	execute("check", "testdata/fresh.jsonl", "-q").ends(t, lab.ExitPass).prints(t, "PASS\n")
	r := execute("check", "testdata/malformed.jsonl").ends(t, lab.ExitBadInput)
	golden(t, "check-malformed.txt", r.err)
	execute("check", "testdata/fresh.jsonl", "--checks", "convergence").ends(t, lab.ExitBadInput).says(t, "check convergence cannot be answered", "no state lines")
	execute("check", "testdata/fresh.jsonl", "--checks", "linerizable").ends(t, lab.ExitBadInput).says(t, "did you mean linearizable?")
	execute("check", "testdata/fresh.jsonl", "--model", "sets").ends(t, lab.ExitBadInput).says(t, `unknown model "sets"`)
	execute("check", "testdata/deletion.jsonl", "--checks", "linearizable", "--max-steps", "1").ends(t, lab.ExitUnknown).prints(t, "UNKNOWN   linearizable is unknown")
	golden(t, "check-invalid.json", execute("check", "testdata/stale.jsonl", "--json").ends(t, lab.ExitFail).out)
}

func TestProgressInALogGrowsRare(t *testing.T) {
	var out, stderr strings.Builder
	s := surroundings("", nil, nil)
	s.out, s.err = &output{w: &out}, &stderr
	p := newProgress(s, false)
	for wall := time.Duration(0); wall < 70*time.Second; wall += 50 * time.Millisecond {
		p.show(lab.Progress{Virtual: int64(wall), End: 70e9, Operations: 10, Events: 100, Wall: wall})
	}
	p.clear()
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	if len(lines) != 6 || lines[0] != "2 %  2s of 70s virtual time, 10 operations, 100 events" || out.String() != "" || strings.Contains(stderr.String(), "\r") {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
}

func TestProgressOnATerminalIsOneLine(t *testing.T) {
	var stderr strings.Builder
	s := surroundings("", nil, nil)
	s.err, s.errIs.terminal = &stderr, true
	p := newProgress(s, false)
	p.show(lab.Progress{Wall: 10 * time.Millisecond})
	if stderr.String() != "" {
		t.Errorf("too early: %q", stderr.String())
	}
	p.show(lab.Progress{Virtual: -1e9, End: 10e9, Wall: time.Second})
	p.show(lab.Progress{Virtual: 5e9, End: 10e9, Wall: 2 * time.Second})
	p.clear()
	got := stderr.String()
	if strings.Contains(got, "\n") || strings.Count(got, "\r") != 4 || !strings.HasPrefix(got, "\r  0 %  0s of 10s") || !strings.Contains(got, "\r 50 %  5s of 10s") ||
		strings.TrimRight(got[strings.LastIndex(got[:len(got)-1], "\r"):], " \r") != "" {
		t.Errorf("got %q", got)
	}
	quiet := newProgress(s, true)
	quiet.show(lab.Progress{Wall: time.Hour})
	if stderr.String() != got {
		t.Error("quiet progress speaks")
	}
}

func TestDiff(t *testing.T) {
	execute("diff", "@put-get").ends(t, lab.ExitPass).prints(t, "the runs are the same to their end")
	execute("diff", "@sloppy-quorum", "--second-case", "strict").ends(t, lab.ExitFail).prints(t, "the runs part at event", "both", "first", "second", "sloppy_writes", "quorum_timeouts")
	execute("diff", "@put-get", "@put-get", "--second-seed", "2").ends(t, lab.ExitFail).prints(t, "part at event")
	execute("diff", "@put-get", "@put-gt").ends(t, lab.ExitBadInput).says(t, "did you mean @put-get?")
	execute("diff").ends(t, lab.ExitBadInput).says(t, "diff needs a scenario")
	execute("diff", "@put-get", "--second-set", "cluster.r=9").ends(t, lab.ExitBadInput).says(t, "R=9")
}

func TestReproduce(t *testing.T) {
	execute("reproduce", "partitoning", "--quick").ends(t, lab.ExitBadInput).says(t, `there is no study "partitoning"`, "did you mean partitioning?")
	dir := t.TempDir()
	out, page := filepath.Join(dir, "out"), filepath.Join(dir, "page", "validation.md")
	execute("reproduce", "merkle", "--quick", "-o", out).ends(t, lab.ExitPass).prints(t, "Merkle trees", "published  ", "hashes, b=2 h=10", "12 of 12 numbers agree")
	for _, name := range []string{"merkle.json", "merkle.svg", "merkle.png"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	var one struct {
		Study  string
		Agrees bool
		Cells  []struct{ Reference, Ours, Low, High *float64 }
	}
	if err := json.Unmarshal([]byte(execute("reproduce", "merkle", "--quick", "--json", "-o", out).ends(t, lab.ExitPass).out), &one); err != nil || one.Study != "merkle" || !one.Agrees || len(one.Cells) != 12 || *one.Cells[0].Ours != 21 {
		t.Errorf("%v, %+v", err, one)
	}
	var all struct{ Studies []struct{ Study string } }
	if err := json.Unmarshal([]byte(execute("reproduce", "merkle", "ring-balance", "--quick", "--json", "--write", page).ends(t, lab.ExitPass).out), &all); err != nil || len(all.Studies) != 2 {
		t.Errorf("%v, %+v", err, all)
	}
	execute("reproduce", "merkle", "--quick", "--write", page).ends(t, lab.ExitPass)
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "## Balance of a ring") || !strings.Contains(string(text), "plots/merkle.svg") {
		t.Errorf("%v, the page is\n%s", err, text)
	}
	if err := os.WriteFile(filepath.Join(out, "mine.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	execute("reproduce", "merkle", "--quick", "-o", out).ends(t, lab.ExitBadInput).says(t, "mine.txt", "--force")
}

// The pages take minutes to measure, so one that is made up is written here.
func TestScaling(t *testing.T) {
	execute("scaling", "costs", "--quick").ends(t, lab.ExitBadInput).says(t, `there is no page "costs"`, "did you mean cost?")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	execute("scaling", "cost", "--quick", "-o", dir).ends(t, lab.ExitBadInput).says(t, "mine.txt", "--force")
	figure := &lab.Figure{Name: "cost-nodes", Title: "Cost", X: "nodes", Y: "events", Curves: []lab.Curve{{Points: []lab.CurvePoint{{X: 1, Y: 2}, {X: 2, Y: 3}}}}}
	r := &lab.Scaled{Scaling: &lab.Scaling{Name: "cost", Title: "How cost grows"}, Sections: []lab.ScalingSection{
		{Title: "Nodes", Text: []string{"More."}, Tables: []lab.ScalingTable{{Columns: []string{"nodes>"}, Rows: [][]any{{int64(1)}}}}, Figures: []*lab.Figure{figure}}}}
	o := &scalingFlags{write: filepath.Join(dir, "docs")}
	if err := o.writePage(r); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(o.write, "cost.md")); err != nil || !strings.Contains(string(text), "## Nodes\n\nMore.\n\n| nodes |\n|---:|\n| 1 |\n\n![Cost](plots/cost-nodes.svg)") {
		t.Errorf("%v, the page is\n%s", err, text)
	}
	if _, err := os.Stat(filepath.Join(o.write, "plots", "cost-nodes.svg")); err != nil {
		t.Error(err)
	}
	for file, want := range map[string]bool{"cost.json": true, "cost-nodes.png": true, "gossip-spread.svg": true, "cost.txt": false, "costs.json": false, "notes.md": false} {
		if ofScaling(file) != want {
			t.Errorf("%s: %v", file, !want)
		}
	}
}

func TestExports(t *testing.T) {
	execute("history", "@sloppy-quorum", "--format", "edn").ends(t, lab.ExitPass).prints(t, `:type :invoke, :f :write, :value ["k" "old"]`, ":process :nemesis")
	execute("trace", "@sloppy-quorum", "--format", "shiviz").ends(t, lab.ExitPass).prints(t, `ann {"ann":1}`)
	var file struct{ TraceEvents []any }
	if err := json.Unmarshal([]byte(execute("trace", "@sloppy-quorum", "--format", "perfetto").ends(t, lab.ExitPass).out), &file); err != nil || len(file.TraceEvents) < 100 {
		t.Errorf("%v, %d events", err, len(file.TraceEvents))
	}
	execute("history", "@put-get", "--format", "edn", "--key", "cart").ends(t, lab.ExitBadInput).says(t, "--key goes with")
	execute("trace", "@put-get", "--format", "svg").ends(t, lab.ExitBadInput).says(t, "perfetto")
}

func TestInspect(t *testing.T) {
	execute("inspect", "@sloppy-quorum", "--at", "7s", "--key", "k").ends(t, lab.ExitPass).prints(t, "k belongs on a, b, c", "hint for a")
	execute("inspect", "@hinted-handoff", "--at", "12s").ends(t, lab.ExitPass).prints(t, "n3", "down", "for n3")
	var result struct{ Nodes []struct{ Node string } }
	if err := json.Unmarshal([]byte(execute("inspect", "@figure-2", "--at", "7s", "--node", "e", "--json").ends(t, lab.ExitPass).out), &result); err != nil || len(result.Nodes) != 1 || result.Nodes[0].Node != "e" {
		t.Errorf("%v, %+v", err, result)
	}
	execute("inspect", "@put-get").ends(t, lab.ExitBadInput).says(t, "needs a moment")
	execute("inspect", "@put-get", "--at", "soon").ends(t, lab.ExitBadInput).says(t, "--at")
	execute("inspect", "@put-get", "--at", "5s", "--node", "x").ends(t, lab.ExitBadInput).says(t, `no node "x"`)
}
