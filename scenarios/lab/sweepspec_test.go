package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sweptScenario says itself what a sweep over it runs.
const sweptScenario = `version: 1
name: swept
duration: 3s
cluster: {nodes: 3, r: 1, w: 1, read_repair: false}
workloads: [{name: kv, clients: 6, think: 2ms, keys: {count: 3}}]
network: {same-dc: {latency: {dist: exponential, mean: 5ms}}}
checks: {linearizable: sometimes}
cases: {quorum: {set: {cluster.w: 2}}}
sweep:
  seeds: 5..6
  cases: all
  axes: {cluster.r: [1, 2]}
  where: cluster.r + cluster.w <= cluster.n
  verify: 100%
  expect:
    - invalid(linearizable) >= 50%
    - unknown(linearizable) == 0
`

func TestScenarioSaysWhatIsSwept(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "swept.yaml")
	if err := os.WriteFile(file, []byte(sweptScenario), 0o666); err != nil {
		t.Fatal(err)
	}
	s := &Sweep{Sources: []string{file}}
	r := sweep(t, s, filepath.Join(dir, "out"), SweepOptions{})
	if r.Done != 6 || len(r.Suites) != 3 || len(r.LeftOut) != 1 || r.LeftOut[0].Cell.String() != "quorum cluster.r=2" || r.LeftOut[0].Why != "not cluster.r + cluster.w <= cluster.n" {
		t.Errorf("%d runs, %d suites, left out %+v", r.Done, len(r.Suites), r.LeftOut)
	}
	if r.Exit != ExitPass {
		t.Errorf("exit code %d because %q", r.Exit, r.Reasons)
	}
	merged := filepath.Join(dir, "merged")
	if _, err := MergeSweeps([]string{filepath.Join(dir, "out")}, merged, true, false); err != nil {
		t.Fatal(err)
	}
	sameTree(t, "merged, with a cell left out", tree(t, merged), tree(t, filepath.Join(dir, "out")))

	strict := strings.Replace(sweptScenario, "invalid(linearizable) >= 50%", "invalid(linearizable) < 50%", 1)
	os.WriteFile(file, []byte(strict), 0o666)
	r = sweep(t, s, filepath.Join(dir, "strict"), SweepOptions{})
	if r.Exit != ExitFail || !strings.Contains(strings.Join(r.Reasons, "\n"), "expected invalid(linearizable) < 50%, got 2 of 2 runs") {
		t.Errorf("exit code %d because %q", r.Exit, r.Reasons)
	}
}

// What a sweep was killed in the midst of writing is no foreign file.
func TestSweepKilledInItsFirstLine(t *testing.T) {
	dir := t.TempDir()
	sweep(t, failingSweep(), filepath.Join(dir, "whole"), SweepOptions{})
	want := tree(t, filepath.Join(dir, "whole"))
	for _, length := range []int{0, 1, 100} {
		killed := filepath.Join(dir, "killed")
		os.RemoveAll(killed)
		os.MkdirAll(killed, 0o777)
		os.WriteFile(filepath.Join(killed, runsFile), []byte(want[runsFile][:length]), 0o666)
		sweep(t, failingSweep(), killed, SweepOptions{Resume: true})
		sameTree(t, "gone on with", tree(t, killed), want)
	}
}
