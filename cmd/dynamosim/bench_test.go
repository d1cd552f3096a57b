package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dynamosim/scenarios/lab"
)

func TestBenchOfOneKernel(t *testing.T) {
	page := filepath.Join(t.TempDir(), "performance.md")
	r := execute("bench", "--quick", "--rounds", "1", "--only", "kernel-100,kernel-1024,naive-1024", "--json", "--write", page).ends(t, lab.ExitPass)
	r.says(t, "round 1 of 1")
	var parsed struct {
		Workloads []struct{ Name string }
		Ratios    []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(r.out), &parsed); err != nil || len(parsed.Workloads) != 3 || len(parsed.Ratios) != 1 {
		t.Errorf("%v in\n%s", err, r.out)
	}
	text, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(text), "| kernel / naive |") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestBenchForPeople(t *testing.T) {
	r := execute("bench", "--quick", "--rounds", "1", "--only", "kernel-100", "-q").ends(t, lab.ExitPass).prints(t, "kernel-100", "PHOLD")
	if r.err != "" {
		t.Errorf("-q says %q", r.err)
	}
}

func TestBenchRefuses(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		says string
	}{
		{"--only kernel-1", "did you mean kernel-1"},
		{"--tolerance much", "no share"},
		{"--tolerance -1", "no share"},
		{"--tolerance 200%", "no share"},
		{"--rounds -1", "at least 1"},
		{"--peers " + bad + "-not", "--peers"},
		{"--peers " + bad, "other simulators"},
		{"--shares " + bad + "-not", "--shares"},
		{"--shares " + bad, "pprof"},
		{"--profile x --only chaos,hops", "one workload"},
		{"--profile " + bad + "/x", "--profile"},
		{"chaos", "no argument"},
	} {
		execute(append([]string{"bench"}, strings.Fields(c.args)...)...).ends(t, lab.ExitBadInput).says(t, c.says)
	}
}

func TestTolerance(t *testing.T) {
	for text, want := range map[string]float64{"10%": 0.1, "0.1": 0.1, "0": 0, "100%": 1, "2.5%": 0.025} {
		if got, err := parseTolerance(text); err != nil || got < want-1e-12 || got > want+1e-12 {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
}

// --check fails for a ratio that is worse than its bound by more than the tolerance, and says what it could not judge.
func TestBenchCheck(t *testing.T) {
	b := &lab.Bench{Ratios: []lab.BenchRatio{
		{Name: "good", Value: 1, Bound: 2}, {Name: "near", Value: 2.1, Bound: 2}, {Name: "busy", Value: 9, Bound: 2, Unjudged: "one processor"},
	}}
	check := func(tolerance float64) (int, string) {
		var out, err bytes.Buffer
		code := exitCode(checkRatios(surroundings("", &out, &err), b, tolerance))
		return code, err.String()
	}
	if code, said := check(0.1); code != lab.ExitPass || !strings.Contains(said, "not judged: busy, as one processor") || strings.Contains(said, "near") {
		t.Errorf("exit code %d, %s", code, said)
	}
	if code, said := check(0); code != lab.ExitFail || !strings.Contains(said, "near is 2.1, bound 2") || strings.Contains(said, "good") {
		t.Errorf("exit code %d, %s", code, said)
	}
}
