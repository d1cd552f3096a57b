package main

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"dynamosim/scenarios/lab"
)

// What would take too much memory is refused before anything is run or written, with what takes most of it and what to do.
func TestTooMuchMemoryIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	execute("run", "@scale/ten-thousand-nodes", "--max-memory", "500MB", "-o", dir).ends(t, lab.ExitBadInput).
		says(t, "ten-thousand-nodes: error: the run would take about ", "--max-memory allows 500 MB", " for nodes; lower cluster.nodes", "would do")
	execute("sweep", "@scale/thousand-nodes", "--seeds", "1..9", "-j", "3", "--max-memory", "500MB", "-o", dir).ends(t, lab.ExitBadInput).
		says(t, "3 runs side by side would take", "with fewer --jobs")
	execute("compare", "@nrw", "--axis", "cluster.nodes=5,1000", "--seeds", "1..3", "--max-memory", "50MB", "-o", dir).ends(t, lab.ExitBadInput).
		says(t, "--max-memory allows 50 MB")
	execute("run", "@scale/ten-thousand-nodes", "--set", "limits.memory=500MB").ends(t, lab.ExitBadInput).says(t, "limits.memory allows 500 MB")
	execute("trace", "@scale/thousand-nodes", "--max-memory", "50MB").ends(t, lab.ExitBadInput).says(t, "--max-memory allows 50 MB")
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is there: %v", err)
	}
	for _, wrong := range []string{"2", "-1GB", "0B", "much", "2 GB"} {
		execute("run", "@put-get", "--max-memory", wrong).ends(t, lab.ExitBadInput).says(t, "is no size", "--max-memory 2GB, or none")
	}
	for _, fine := range []string{"100MB", "none", "1TB"} {
		if r := execute("run", "@put-get", "-q", "--max-memory", fine).ends(t, lab.ExitPass); r.err != "" {
			t.Errorf("--max-memory %s: %s", fine, r.err)
		}
	}
}

// A machine with little memory refuses by itself, and runs fewer side by side.
func TestTheMachineBoundsMemory(t *testing.T) {
	if b := machineBound(8e9); b.Bytes != 6e9 || b.Given {
		t.Errorf("%+v", b)
	}
	if b := machineBound(0); b.Bytes != 0 {
		t.Errorf("%+v", b)
	}
	for _, test := range []struct {
		name    string
		files   map[string]string
		goLimit int64
		want    int64
	}{
		{"nothing is known", nil, math.MaxInt64, 0},
		{"a machine", map[string]string{"/proc/meminfo": "MemFree:  7 kB\nMemTotal:       16000000 kB\nMemAvailable:   1 kB\n"}, math.MaxInt64, 16000000 * 1024},
		{"a container on it", map[string]string{"/proc/meminfo": "MemTotal: 16000000 kB\n", "/sys/fs/cgroup/memory.max": "2000000000\n"}, math.MaxInt64, 2e9},
		{"one without a limit", map[string]string{"/proc/meminfo": "MemTotal: 16000000 kB\n", "/sys/fs/cgroup/memory.max": "max\n"}, math.MaxInt64, 16000000 * 1024},
		{"an older one", map[string]string{"/proc/meminfo": "MemTotal: 16000000 kB\n", "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, math.MaxInt64, 16000000 * 1024},
		{"GOMEMLIMIT", map[string]string{"/proc/meminfo": "MemTotal: 16000000 kB\n"}, 3e9, 3e9},
		{"garbage", map[string]string{"/proc/meminfo": "MemTotal: many kB\n", "/sys/fs/cgroup/memory.max": "\x00"}, math.MaxInt64, 0},
	} {
		read := func(name string) ([]byte, error) {
			if text, ok := test.files[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		}
		if got := machineMemory(read, test.goLimit); got != test.want {
			t.Errorf("%s: %d bytes, want %d", test.name, got, test.want)
		}
	}
}

func TestPlanEstimates(t *testing.T) {
	execute("plan", "@scale/hundred-nodes", "--estimate").ends(t, lab.ExitPass).prints(t, "of virtual time", "memory  about ", " nodes\n", "time    about ", "operations of clients", "files   about ")
	execute("plan", "@scale/hundred-nodes", "--estimate", "--json").ends(t, lab.ExitPass).prints(t, `"memory_bytes": `, `"lower":"cluster.nodes"`)
	execute("plan", "@put-get", "--json").ends(t, lab.ExitBadInput).says(t, "--json goes with --estimate")
}
