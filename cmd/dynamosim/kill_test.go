package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"dynamosim/scenarios/lab"
)

// endless is a run of an hour, with faults and siblings.
const endless = `version: 1
name: endless
duration: 1h
limits: {events: 1000000000}
workloads: [{name: kv, clients: 8, think: 10ms, keys: {count: 10}}]
faults: [{name: cut, partition: {groups: [[n1], [n2]]}, at: 1s, for: 2s}]
`

// Whatever moment a run is killed at, what it leaves can be read: it is the beginning of what a run of the same plan leaves, and what reads it says
// that it is not all.
func TestKilledRuns(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skip("no processes to kill")
	}
	scenario := filepath.Join(t.TempDir(), "endless.yaml")
	if err := os.WriteFile(scenario, []byte(endless), 0o666); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1)) // other moments every time: all must do
	longest := map[string]string{}
	for i := range 6 {
		packed := i%2 == 1
		dir := filepath.Join(t.TempDir(), "out")
		args := []string{"run", scenario, "-o", dir, "--max-memory", "1000GB"}
		if packed {
			args = append(args, "--compress")
		}
		wait := time.Duration(r.IntN(250)) * time.Millisecond
		killAfter(t, wait, dir, args...)
		for _, kind := range []string{"history", "trace"} {
			got := execute(kind, dir, "--format", "jsonl")
			if got.code == lab.ExitBadInput && strings.Contains(got.err, "read up to its beginning") {
				continue // killed before there was anything
			}
			got.ends(t, lab.ExitPass).says(t, "is not complete", "read up to ")
			a, b := got.out, longest[kind]
			if len(a) > len(b) {
				a, b = b, a
				longest[kind] = b
			}
			if !strings.HasPrefix(b, a) {
				t.Errorf("killed after %v: the %s is no beginning of that of another run", wait, kind)
			}
		}
		if got := execute("check", dir); got.code == lab.ExitPass || got.code == lab.ExitFail { // by how the partition went
			got.says(t, "is not complete", "read up to ").prints(t, "judged as siblings")
		} else {
			got.ends(t, lab.ExitBadInput).says(t, "read up to its beginning")
		}
	}
	if len(longest["history"]) < 1000 || len(longest["trace"]) < 1000 {
		t.Errorf("the longest history has %d bytes, the longest trace %d", len(longest["history"]), len(longest["trace"]))
	}
}

// killAfter starts the program and kills it some time after its folder has a file of what happened.
func killAfter(t *testing.T, wait time.Duration, dir string, args ...string) {
	t.Helper()
	cmd := program(args...)
	var stderr bytes.Buffer
	cmd.Stderr, cmd.Stdout = &stderr, io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); time.Since(begun) < 20*time.Second; time.Sleep(time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(dir, "history.*")); len(found) > 0 {
			break
		}
	}
	time.Sleep(wait)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatalf("it was over before it was killed: %s", stderr.String())
	}
	if got := folderNames(t, dir); !slices.Contains(got, "plan.yaml") || slices.Contains(got, "result.json") {
		t.Errorf("left: %v", got)
	}
}

// A file that is cut short at any byte can be checked and shown, or is refused as one without a beginning; never is it a panic, an error of
// the format, or nothing said.
func TestFilesCutAtEveryByte(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	execute("run", "@put-get", "-o", dir, "--compress").ends(t, lab.ExitPass)
	for _, name := range []string{"history.jsonl.zst", "trace.jsonl.zst"} {
		whole, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), name)
		step := 1 + len(whole)/150
		for cut := 0; cut < len(whole); cut += 1 + min(cut/40, 1)*step { // at every byte of the beginning
			if err := os.WriteFile(file, whole[:cut], 0o666); err != nil {
				t.Fatal(err)
			}
			command := []string{"check", file}
			if strings.HasPrefix(name, "trace") {
				command = []string{"trace", file}
			}
			got := execute(command...)
			if cut == 0 {
				got.ends(t, lab.ExitBadInput)
				continue
			}
			if got.code != lab.ExitPass && got.code != lab.ExitBadInput || !strings.Contains(got.err, "is not complete") {
				t.Fatalf("%s cut at %d of %d: %d, %s", name, cut, len(whole), got.code, got.err)
			}
			if got.code == lab.ExitBadInput && !strings.Contains(got.err, "read up to its beginning") {
				t.Fatalf("%s cut at %d of %d: %s", name, cut, len(whole), got.err)
			}
		}
	}
}

// What a finished run has recorded is what a run of its plan shows.
func TestRecordedTraceIsTheTrace(t *testing.T) {
	for _, name := range []string{"@put-get", "@sloppy-quorum"} {
		dir := filepath.Join(t.TempDir(), "out")
		execute("run", name, "-o", dir)
		file := filepath.Join(dir, "trace.jsonl.zst")
		for _, format := range []string{"jsonl", "ladder"} {
			got, want := execute("trace", file, "--format", format), execute("trace", name, "--format", format)
			if got.ends(t, lab.ExitPass); got.out != want.out || got.err != "" {
				t.Errorf("%s, %s: the recorded trace shows\n%.500s\nthe run\n%.500s\n%s", name, format, got.out, want.out, got.err)
			}
		}
		for _, format := range []string{"perfetto", "shiviz"} {
			if got := execute("trace", file, "--format", format).ends(t, lab.ExitPass); len(got.out) < 1000 {
				t.Errorf("%s, %s: %q", name, format, got.out)
			}
		}
		recorded := filepath.Join(dir, "history.jsonl")
		if got, want := execute("history", recorded).ends(t, lab.ExitPass), execute("history", name); got.out != want.out {
			t.Errorf("%s: the recorded history shows\n%.500s\nthe run\n%.500s", name, got.out, want.out)
		}
	}
}

func TestWhatIsKept(t *testing.T) {
	always := []string{"host.json", "plan.yaml", "report.md", "result.json"}
	full := ""
	for _, c := range []struct {
		flags string
		more  []string
	}{
		{"", []string{"history.jsonl", "k.html", "state.jsonl", "trace.jsonl.zst"}},
		{"--compress", []string{"history.jsonl.zst", "k.html", "state.jsonl.zst", "trace.jsonl.zst"}},
		{"--no-trace", []string{"history.jsonl", "k.html", "state.jsonl"}},
		{"--history full", []string{"history.jsonl", "k.html", "state.jsonl", "trace.jsonl.zst"}},
		{"--history failures", []string{"history.jsonl", "k.html", "state.jsonl"}},
		{"--history summary", []string{"k.html"}},
	} {
		dir := filepath.Join(t.TempDir(), "out")
		got := execute(append([]string{"run", "@sloppy-quorum", "-o", dir}, strings.Fields(c.flags)...)...).ends(t, lab.ExitPass)
		want := slices.Concat(always, c.more)
		slices.Sort(want)
		if names := folderNames(t, dir); !slices.Equal(names, want) {
			t.Errorf("%s: %v", c.flags, names)
		}
		if full == "" {
			full = digestOf(t, got.out)
		}
		if digestOf(t, got.out) != full {
			t.Errorf("%s: another run", c.flags)
		}
		for _, name := range c.more {
			if strings.HasPrefix(name, "history") {
				execute("check", dir, "--checks", "linearizable").ends(t, lab.ExitFail)
			}
		}
	}
	for _, bad := range []string{"run @put-get --history full", "run @put-get --no-trace", "run @put-get --compress", "run @put-get -o x --history all"} {
		execute(strings.Fields(bad)...).ends(t, lab.ExitBadInput)
	}
}

// Of a run of many keys, failures keeps those that fail, whole.
func TestFailuresKeepsKeys(t *testing.T) {
	dir := t.TempDir()
	full, failures := filepath.Join(dir, "full"), filepath.Join(dir, "failures")
	for _, f := range []string{full, failures} {
		execute("run", "@stale-read", "-o", f, "--history", filepath.Base(f))
	}
	keys := map[string]bool{}
	kept := read(t, failures, "history.jsonl")
	for line := range strings.Lines(kept) {
		if _, rest, ok := strings.Cut(line, `"key":"`); ok {
			key, _, _ := strings.Cut(rest, `"`)
			keys[key] = true
		}
	}
	var want strings.Builder
	for line := range strings.Lines(read(t, full, "history.jsonl")) {
		_, rest, ok := strings.Cut(line, `"key":"`)
		key, _, _ := strings.Cut(rest, `"`)
		if !ok || keys[key] {
			want.WriteString(line)
		}
	}
	if len(keys) == 0 || kept != want.String() {
		t.Errorf("keys %v: %d bytes, want %d", keys, len(kept), want.Len())
	}
}

// A file of a run that is taken for another thing is told what it is.
func TestFilesTakenForOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	execute("run", "@put-get", "-o", dir, "--compress").ends(t, lab.ExitPass)
	trace, history := filepath.Join(dir, "trace.jsonl.zst"), filepath.Join(dir, "history.jsonl.zst")
	execute("trace", history).ends(t, lab.ExitBadInput).says(t, "that is a history, as a run leaves it, and no scenario", "dynamosim check ")
	execute("history", trace).ends(t, lab.ExitBadInput).says(t, "that is a trace", "dynamosim trace ")
	execute("run", trace).ends(t, lab.ExitBadInput).says(t, "that is a trace")
	execute("explain", history, "--seed", "1").ends(t, lab.ExitBadInput).says(t, "that is a history")
	execute("check", trace).ends(t, lab.ExitBadInput).says(t, `of kind "trace", not a history`)
	execute("check", t.TempDir()).ends(t, lab.ExitBadInput).says(t, "the folder has no history.jsonl")
	execute("check", filepath.Join(dir, "no")).ends(t, lab.ExitBadInput).says(t, "no such file")
	execute("history", history, "--format", "hdr").ends(t, lab.ExitBadInput).says(t, "--format hdr is of a run")
	if got := executeWith(read(t, history), "check", "-", "-q").ends(t, lab.ExitPass); got.err != "" {
		t.Errorf("from standard input: %s", got.err)
	}
}
