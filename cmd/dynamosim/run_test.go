package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dynamosim/scenarios/lab"
)

// steady are latencies that no draw changes, so that golden files stay.
var steady = []string{"--set", "network.same-dc.latency=1ms"}

func TestRun(t *testing.T) {
	r := execute(append(steady, "run", "@put-get")...).ends(t, lab.ExitPass)
	if r.err != "" {
		t.Errorf("stderr: %q", r.err)
	}
	golden(t, "run-put-get.txt", masked(r.out))
	execute("run", "@put-get", "-v").ends(t, lab.ExitPass).prints(t, "One client writes through each of three nodes in turn",
		"\n  holds   availability(put) == 100%            got 100%\n", "\n  counter ", "\n  puts_coordinated            2 ")
}

func TestRunJSON(t *testing.T) {
	r := execute("run", "@put-get", "--json").ends(t, lab.ExitPass)
	golden(t, "run-put-get.json", shape(execute(append(steady, "run", "@put-get", "--json")...).out))
	var result struct {
		Format                          int
		Scenario, Seed, Digest, Verdict string
		PlanSHA256                      string `json:"plan_sha256"`
		ExitCode                        *int   `json:"exit_code"`
		VirtualNS                       int64  `json:"virtual_ns"`
		Events                          int
		Operations                      map[string]int
		Latency                         map[string]map[string]float64
		Checks                          map[string]struct{ Verdict, Want string }
		Counters                        map[string]int64
		Faults                          []any
		Reproduce                       string
		Host                            map[string]any
	}
	if err := json.Unmarshal([]byte(r.out), &result); err != nil {
		t.Fatalf("%v in\n%s", err, r.out)
	}
	if result.Format != 1 || result.Scenario != "put-get" || result.Seed != "1" || len(result.Digest) != 32 || len(result.PlanSHA256) != 64 ||
		result.Verdict != "pass" || *result.ExitCode != 0 || result.VirtualNS < 10e9 || result.Events == 0 {
		t.Errorf("result %+v", result)
	}
	if result.Operations["total"] != 4 || result.Operations["ok"] != 4 || result.Latency["get"]["count"] != 2 || result.Latency["put"]["p999_ms"] == 0 {
		t.Errorf("operations %v, latency %v", result.Operations, result.Latency)
	}
	if result.Checks["lost-writes"].Verdict != "valid" || result.Checks["lost-writes"].Want != "valid" || result.Counters["puts_coordinated"] != 2 ||
		result.Reproduce != "dynamosim run @put-get --seed 1" || result.Host["wall_ms"] == nil {
		t.Errorf("checks %v, reproduce %q, host %v", result.Checks, result.Reproduce, result.Host)
	}
}

func TestRunShowsFaultsAndEvidence(t *testing.T) {
	r := execute("run", "@sloppy-quorum").ends(t, lab.ExitPass)
	r.prints(t, "\n  5.000 s   cut   partition {groups: [[a, b], [c, d, e]]} for 5 s", " messages cut\n", "invalid, as expected", "k: client ann read {old} at ",
		"trace    dynamosim trace @sloppy-quorum --seed 1 --key k --from ")
}

// A check that fails says so with the exit code, the reason and the evidence.
func TestRunFails(t *testing.T) {
	r := execute("run", "@sloppy-quorum", "--set", "checks.linearizable=valid").ends(t, lab.ExitFail)
	r.prints(t, "INVALID, wanted valid", "FAIL   digest ", "because  check linearizable is invalid, wanted valid",
		"again    dynamosim run @sloppy-quorum --set checks.linearizable=valid --seed 1")
}

func TestRunIsVacuous(t *testing.T) {
	file := write(t, "calm.yaml", `version: 1
duration: 5s
operations: [{id: a, at: 1s, client: ann, put: k}]
faults: [{name: late, at: 4s, for: 500ms, loss: {share: 0.0001%}}]
`)
	execute("run", file).ends(t, lab.ExitVacuous).prints(t, "VACUOUS   digest ", "because  fault late had no effect (messages lost: 0)")
}

func TestRunTwiceIsTheSame(t *testing.T) {
	for _, args := range [][]string{{"run", "@chaos"}, {"run", "@chaos", "-v"}, {"run", "@cart-partition", "--json"}} {
		if a, b := execute(args...), execute(args...); masked(a.out) != masked(b.out) || a.code != b.code {
			t.Errorf("%v: first\n%s\nsecond\n%s", args, a.out, b.out)
		}
	}
}

// The command after "again" gives the same run, whatever flags it came from.
func TestAgainRunsAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "it's a file.yaml")
	if err := os.WriteFile(file, []byte(execute("show", "@stale-read").out), 0o666); err != nil {
		t.Fatal(err)
	}
	r := execute("run", file, "--case", "quorum", "--set", "duration=3s", "--set", "workloads.kv.ops={get: 3, rmw: 1}", "--seed", "9", "-q")
	_, again, _ := strings.Cut(r.out, "again    dynamosim ")
	again = strings.ReplaceAll(strings.TrimSpace(again), `'\''`, "\x00")
	var args []string
	for i, part := range strings.Split(again, "'") { // quoted parts are every second one
		if i%2 == 1 {
			args = append(args, strings.ReplaceAll(part, "\x00", "'"))
		} else {
			args = append(args, strings.Fields(part)...)
		}
	}
	if got := execute(append(args, "-q")...); masked(got.out) != masked(r.out) || !strings.Contains(got.out, digestOf(t, r.out)) {
		t.Errorf("%q gives\n%s\nnot\n%s", args, got.out+got.err, r.out)
	}
}

func digestOf(t *testing.T, text string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "digest ")
	if !ok {
		t.Fatalf("no digest in\n%s", text)
	}
	return rest[:32]
}

func folderNames(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestRunFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	r := execute("run", "@sloppy-quorum", "-o", dir).ends(t, lab.ExitPass)
	want := []string{"history.jsonl", "host.json", "k.html", "plan.yaml", "report.md", "result.json", "state.jsonl", "trace.jsonl.zst"}
	if got := folderNames(t, dir); !slices.Equal(got, want) {
		t.Errorf("files %v", got)
	}
	if got := execute("run", "@sloppy-quorum", "--json").out; host.ReplaceAllString(got, "") != host.ReplaceAllString(read(t, dir, "result.json"), "") {
		t.Error("result.json is not what --json prints")
	}
	first := map[string]string{}
	for _, name := range want {
		first[name] = host.ReplaceAllString(read(t, dir, name), "")
	}
	execute("run", "@sloppy-quorum", "-o", dir).ends(t, lab.ExitPass) // the same plan: written anew
	for _, name := range want {
		if name != "host.json" && host.ReplaceAllString(read(t, dir, name), "") != first[name] {
			t.Errorf("%s is another one after a second run", name)
		}
	}
	if got := folderNames(t, filepath.Dir(dir)); !slices.Equal(got, []string{"out"}) {
		t.Errorf("beside the folder: %v", got)
	}
	// The folder is a scenario: its plan, with the same digest; its history is one that can be checked.
	if again := execute("run", dir, "-q").ends(t, lab.ExitPass); digestOf(t, again.out) != digestOf(t, r.out) {
		t.Errorf("from the folder\n%s", again.out)
	}
	execute("run", dir, "--seed", "2").ends(t, lab.ExitBadInput).says(t, "a plan has its seed already")
	execute("check", filepath.Join(dir, "history.jsonl"), "--checks", "linearizable").ends(t, lab.ExitFail)
}

func TestForeignFoldersAreRefused(t *testing.T) {
	dir := t.TempDir()
	precious := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(precious, []byte("precious"), 0o666); err != nil {
		t.Fatal(err)
	}
	execute("run", "@put-get", "-o", dir).ends(t, lab.ExitBadInput).says(t, "the folder is not empty", "--force")
	if got := folderNames(t, dir); len(got) != 1 {
		t.Errorf("touched: %v", got)
	}
	execute("run", "@put-get", "-o", dir, "--force").ends(t, lab.ExitPass)
	execute("run", "@put-get", "-o", dir, "--seed", "2").ends(t, lab.ExitBadInput).says(t, "another plan", "--force")
	execute("run", "@put-get", "-o", dir).ends(t, lab.ExitPass) // it is a run's folder now
	if read(t, precious) != "precious" {
		t.Error("a foreign file was changed")
	}
	execute("run", "@put-get", "-o", precious).ends(t, lab.ExitBadInput).says(t, "not a folder")
	execute("run", "@put-get", "-o", filepath.Join(precious, "below")).ends(t, lab.ExitInternal).says(t, "not a directory")
}

func TestVerify(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	execute("run", "@sloppy-quorum", "--verify", "-o", dir).ends(t, lab.ExitPass).prints(t, "same     a second run in a fresh world gave the same digest")
	if !slices.Contains(folderNames(t, dir), "trace.jsonl.zst") {
		t.Error("the folder has no trace")
	}
	execute("run", "@put-get", "--verify").ends(t, lab.ExitPass)
}

func TestInterruptedRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s := surroundings("", nil, nil)
	var out, stderr strings.Builder
	s.out, s.err = &output{w: &out}, &stderr
	s.interrupt.asked.Store(true)
	code := guarded([]string{"run", "@chaos", "-o", dir}, s)
	want := fmt.Sprintf("dynamosim: interrupted\n  what had happened until then is in %[1]s: dynamosim trace %[1]s, dynamosim check %[1]s\n", lab.Quote(dir))
	if code != lab.ExitInterrupted || stderr.String() != want || out.String() != "" {
		t.Errorf("exit code %d, %q, %q", code, stderr.String(), out.String())
	}
	if got := folderNames(t, dir); !slices.Equal(got, []string{"history.jsonl", "plan.yaml", "trace.jsonl.zst", "unfinished.txt"}) {
		t.Errorf("left: %v", got)
	}
}

func TestRunFromStandardInput(t *testing.T) {
	text := execute("show", "put-get").out
	r := executeWith(text, "run", "-", "-q").ends(t, lab.ExitPass)
	if digestOf(t, r.out) != digestOf(t, execute("run", "@put-get", "-q").out) {
		t.Errorf("from standard input\n%s", r.out)
	}
	r.prints(t, "again    dynamosim run - --seed 1")
}

func TestExitCodeOfErrors(t *testing.T) {
	for code, err := range map[int]error{
		lab.ExitPass: nil, lab.ExitFail: errors.Join(&lab.Crash{}), lab.ExitBadInput: &lab.BadInput{}, lab.ExitInterrupted: lab.ErrInterrupted,
		lab.ExitInternal: errors.New("the disk is on fire"), lab.ExitVacuous: exit(lab.ExitVacuous),
	} {
		if got := exitCode(err); got != code {
			t.Errorf("%v ends with %d, want %d", err, got, code)
		}
	}
}
