package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"dynamosim/scenarios/lab"
)

// little is a comparison that takes little.
func little(more ...string) result {
	return execute(append(strings.Fields("compare @stale-read --set duration=2s --set quiesce=1s --axis cluster.r=1,2 --seeds 1..3"), more...)...)
}

func TestCompare(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	r := little("-o", out).ends(t, lab.ExitPass).prints(t, "2 settings × 3 seeds = 6 runs", "Less R=1, seed by seed", "95 % interval", "linearizable")
	for _, name := range []string{"result.json", "summary.csv", "runs.csv", "windows.csv", "plots/latency-staleness.svg", "plots/t-visibility.png"} {
		if read(t, out, name) == "" {
			t.Errorf("%s is empty", name)
		}
	}
	asJSON := little("--json").ends(t, lab.ExitPass)
	if asJSON.out != read(t, out, "result.json") {
		t.Error("--json prints something else than result.json")
	}
	var object struct{ Reproduce string }
	if err := json.Unmarshal([]byte(asJSON.out), &object); err != nil {
		t.Fatal(err)
	}
	again := execute(strings.Fields(strings.TrimPrefix(object.Reproduce, "dynamosim "))...).ends(t, lab.ExitPass)
	if again.out != r.out {
		t.Errorf("%s prints something else", object.Reproduce)
	}
	little("-o", out).ends(t, lab.ExitPass)
	little("-o", out, "--seeds", "1..4").ends(t, lab.ExitBadInput).says(t, "holds another comparison", "--force")
}

func TestCompareReadsStandardInput(t *testing.T) {
	scenario := "version: 1\nduration: 2s\ncluster: {nodes: 3}\nworkloads: [{name: kv, clients: 2, think: 20ms}]\nsweep: {seeds: 1..2, axes: {cluster.r: [1, 2]}}\n"
	executeWith(scenario, "compare", "-").ends(t, lab.ExitPass).prints(t, "2 settings × 2 seeds")
}

func TestMistakesInComparisons(t *testing.T) {
	for _, c := range []struct {
		args string
		says []string
	}{
		{"compare", []string{"compare needs a scenario", "dynamosim compare @put-get"}},
		{"compare @stale-read", []string{"there is one setting", "such as --axis cluster.r=1,2,3"}},
		{"compare @stale-read --axis cluster.r", []string{"is no axis", "such as --axis cluster.r=1,2,3"}},
		{"compare @stale-read --axis cluster.r=", []string{"is no axis", "such as --axis cluster.r=1,2,3"}},
		{"compare @stale-read --axis cluster.qorum=sloppy,strict", []string{`unknown key "qorum"`, `did you mean "quorum"?`, "such as --axis"}},
		{"compare @stale-read --axis cluster.r=1,7", []string{"--axis cluster.r=7: error: R=7 but N=3", "at most 3"}},
		{"compare @stale-read --axis cluster.r=1,2 --seeds 7", []string{"one seed has no interval", "such as --seeds 1..20"}},
		{"compare @stale-read --axis cluster.r=1,2 --seeds x", []string{"--seeds", "such as --seeds 1..20"}},
		{"compare @stale-read --axis cluster.r=1,2 --precision 2", []string{"--precision 2", "such as --precision 5%"}},
		{"compare @stale-read --axis cluster.r=1,2 --precision 0", []string{"between 0 and 1", "such as --precision 5%"}},
		{"compare @stale-read --axis cluster.r=1,2 --jobs -3", []string{"--jobs -3", "such as --jobs 2"}},
		{"compare @stale-read --axis cluster.r=1,2 --baseline r=9", []string{`there is no cell "r=9"`, `did you mean "R=1"?`}},
		{"compare @stale-read --axis cluster.r=1,2 --measure stale_raeds", []string{"there is no measure", "did you mean stale_reads?"}},
		{"compare @stale-read --axis cluster.r=1,2 --measure", []string{"flag needs an argument"}},
	} {
		execute(strings.Fields(c.args)...).ends(t, lab.ExitBadInput).says(t, c.says...)
	}
}

// Asked to stop before anything was run, it ends as interrupted.
func TestAnInterruptedComparison(t *testing.T) {
	stopped := surroundings("", &bytes.Buffer{}, &bytes.Buffer{})
	stopped.interrupt.asked.Store(true)
	if code := guarded(strings.Fields("compare @stale-read --axis cluster.r=1,2 --seeds 1..500"), stopped); code != lab.ExitInterrupted {
		t.Errorf("exit code %d", code)
	}
}
