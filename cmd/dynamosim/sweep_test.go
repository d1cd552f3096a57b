package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dynamosim/scenarios/lab"
)

func TestSweepCommand(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	r := execute("sweep", "@put-get", "@sloppy-quorum", "--case", "all", "--seeds", "1..3", "-o", dir).ends(t, lab.ExitPass)
	r.prints(t, "@put-get, @sloppy-quorum × 3 seeds", "@sloppy-quorum strict", "3 runs", "linearizable 3 (invalid)", "PASS", "9 runs, 0 failed")
	execute("sweep", "@put-get", "@sloppy-quorum", "--case", "all", "--seeds", "1..3", "-o", dir, "--resume", "--json").ends(t, lab.ExitPass).prints(t, `"done": 9`)
	execute("sweep", "@put-get", "--seeds", "1..3", "-o", dir).ends(t, lab.ExitBadInput).says(t, "another sweep", "--force")

	failing := filepath.Join(t.TempDir(), "failing")
	args := []string{"sweep", "@stale-read", "--set", "checks.linearizable=valid", "--set", "requires=[]", "--set", "duration=3s", "--seeds", "1,2", "--verify", "100%"}
	execute(append(args, "-o", failing)...).ends(t, lab.ExitFail).prints(t, "FAIL   linearizable/stale-read   2 runs, seeds 1, 2", "again  dynamosim run @stale-read", "because  2 of 2 runs failed")
	merged := filepath.Join(t.TempDir(), "merged")
	execute("merge", failing, "--complete", "-o", merged).ends(t, lab.ExitFail).prints(t, "linearizable/stale-read")
}

func TestMistakesOfSweeps(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"sweep", "sweep needs a scenario"},
		{"sweep @put-get", "a sweep needs a folder"},
		{"sweep @put-gt -o out", "did you mean @put-get?"},
		{"sweep @put-get -o out --seeds 4..1", "ends before it begins"},
		{"sweep @put-get -o out --seeds x", "is no seed"},
		{"sweep @put-get -o out --axis cluster.r", "is no axis"},
		{"sweep @put-get -o out --axis cluster.r=9", "nothing to run"},
		{"sweep @put-get -o out --shard 3/2", "is no shard"},
		{"sweep @put-get -o out --shard auto", "finds no job number"},
		{"sweep @put-get -o out --case nothing", "nothing"},
		{"sweep @put-get -o out --verify 2", "--verify"},
		{"sweep @put-get -o out --known nowhere.yaml", "nowhere.yaml"},
		{"sweep @put-get -o ../seeds.txt", "that is a file, not a folder"},
		{"sweep @put-get -o out --corpus ../seeds.txt", "line 1"},
		{"merge", "merge needs the folders"},
		{"merge nowhere -o out", "no folder of a sweep"},
	} {
		dir := t.TempDir()
		os.WriteFile(filepath.Join(dir, "seeds.txt"), []byte("7\n"), 0o666)
		os.Mkdir(filepath.Join(dir, "in"), 0o777)
		t.Chdir(filepath.Join(dir, "in"))
		execute(strings.Fields(c.args)...).ends(t, lab.ExitBadInput).says(t, c.says)
	}
}

// Each system counts its jobs from where it likes.
func TestShardAuto(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "5"}, "2/5"},
		{map[string]string{"SLURM_ARRAY_TASK_ID": "12", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "10"}, "3/4"},
		{map[string]string{"JOB_COMPLETION_INDEX": "0", "JOB_COMPLETIONS": "3"}, "1/3"},
		{map[string]string{"JOB_INDEX": "7", "JOB_TOTAL": "8"}, "8/8"},
	} {
		s, err := shardOf("auto", func(name string) string { return c.env[name] })
		if err != nil || s.String() != c.want {
			t.Errorf("%v: %v, %v", c.env, s, err)
		}
	}
	if _, err := shardOf("auto", func(name string) string { return map[string]string{"JOB_INDEX": "9", "JOB_TOTAL": "8"}[name] }); err == nil {
		t.Error("a job beyond the last has a shard")
	}
}
