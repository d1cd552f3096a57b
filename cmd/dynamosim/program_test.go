package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dynamosim/scenarios/lab"
)

func TestFirstScreen(t *testing.T) {
	r := execute().ends(t, lab.ExitPass)
	golden(t, "first-screen.txt", r.out)
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}} {
		if same := execute(args...).ends(t, lab.ExitPass); same.out != r.out {
			t.Errorf("%v shows something else:\n%s", args, same.out)
		}
	}
}

// The examples of the first screen, and all that help shows, are commands that work.
func TestExamplesWork(t *testing.T) {
	if testing.Short() {
		t.Skip()
	}
	texts := execute().out
	root := newRoot(surroundings("", &bytes.Buffer{}, &bytes.Buffer{}))
	for _, c := range root.Commands() {
		if c.Name() != "bench" && c.Name() != "merge" && c.Name() != "reproduce" && c.Name() != "scaling" { // which take minutes or many folders, and have tests of their own
			texts += c.Example + "\n"
		}
	}
	t.Chdir(t.TempDir())
	os.WriteFile("my.yaml", []byte(execute("show", "@put-get").out), 0o666)
	os.WriteFile("jepsen.jsonl", []byte(execute("history", "@put-get", "--format", "jsonl").out), 0o666)
	os.Mkdir("scenarios", 0o777)
	os.WriteFile("scenarios/one.yaml", []byte(execute("show", "@put-get").out), 0o666)
	execute("run", "my.yaml", "-o", "out").ends(t, lab.ExitPass)
	for _, line := range strings.Split(texts, "\n") {
		command, _, _ := strings.Cut(strings.TrimSpace(line), "   ")
		words, isCommand := strings.CutPrefix(command, "dynamosim ")
		if !isCommand || !strings.HasPrefix(line, "  ") || strings.Contains(words, "|") || strings.Contains(words, "out/history") {
			continue
		}
		words, _, _ = strings.Cut(words, " > ")
		args := strings.Fields(strings.ReplaceAll(words, "*", "one"))
		if args[0] == "compare" {
			args = append(args, "--seeds", "1..2", "--set", "duration=3s", "--set", "faults=[]") // as it is it takes a minute
		}
		if strings.Contains(words, "-o out") {
			args = append(args, "--force")
		}
		if strings.Contains(words, "nightly/failures/") { // as a sweep keeps them
			execute("run", "@sloppy-quorum", "-o", args[1]).ends(t, lab.ExitPass)
		}
		if r := execute(args...); r.code != lab.ExitPass && r.code != lab.ExitFail && !strings.Contains(words, "cluster.r=4") && !strings.Contains(words, "cart-7") {
			t.Errorf("%s: exit code %d\n%s", command, r.code, r.err)
		}
		if strings.Contains(words, "nightly/failures/") {
			os.RemoveAll("nightly")
		}
	}
}

func TestHelpOfCommands(t *testing.T) {
	root := newRoot(surroundings("", &bytes.Buffer{}, &bytes.Buffer{}))
	for _, c := range root.Commands() {
		if !c.HasParent() || c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		r := execute("help", c.Name()).ends(t, lab.ExitPass)
		if flag := execute(c.Name(), "--help").ends(t, lab.ExitPass); flag.out != r.out {
			t.Errorf("%s --help shows something else than help %s", c.Name(), c.Name())
		}
		if c.Name() == "run" || c.Name() == "check" {
			golden(t, "help-"+c.Name()+".txt", r.out)
		}
		example := strings.Index(r.out, "  dynamosim "+c.Name())
		if usage := strings.Index(r.out, "Usage:"); example < 0 || usage < example {
			t.Errorf("help %s does not begin with examples:\n%s", c.Name(), r.out)
		}
		for _, line := range strings.Split(r.out, "\n") {
			if len([]rune(line)) > 120 {
				t.Errorf("help %s: %q", c.Name(), line)
			}
		}
	}
	golden(t, "help-exit-codes.txt", execute("help", "exit-codes").ends(t, lab.ExitPass).out)
}

func TestMistakesOnTheCommandLine(t *testing.T) {
	for _, c := range []struct {
		args string
		says []string
	}{
		{"rn @put-get", []string{`unknown command "rn"`, "did you mean `dynamosim run`?"}},
		{"frobnicate", []string{`unknown command "frobnicate"`, "commands are "}},
		{"@put-get", []string{"did you mean `dynamosim run @put-get`?"}},
		{"my.yaml", []string{"did you mean `dynamosim run my.yaml`?"}},
		{"run", []string{"run needs a scenario", "dynamosim run @put-get"}},
		{"run @put-get @chaos", []string{"run takes one scenario, not 2"}},
		{"run @put-get --sed 7", []string{"unknown flag --sed", "did you mean --seed?"}},
		{"run @put-get --frobnicate", []string{"unknown flag --frobnicate", "`dynamosim help run` has the flags"}},
		{"run @put-get -z", []string{"unknown flag -z"}},
		{"run @put-get --seed", []string{"flag needs an argument: --seed"}},
		{"run @put-get -q -v", []string{"--quiet and --verbose contradict"}},
		{"run @put-get --color blue", []string{"--color is auto, always or never"}},
		{"run @put-gt", []string{"did you mean @put-get?"}},
		{"run nowhere.yaml", []string{"nowhere.yaml: error: no such file"}},
		{"run put-get", []string{"the library has a scenario of that name: @put-get"}},
		{"run @put-get --set cluster.q=1", []string{`--set cluster.q=1: error: `, "unknown"}},
		{"run @put-get --set cluster.r=9", []string{"R=9 but N=3", "at most 3"}},
		{"run @put-get --case nothing", []string{"nothing"}},
		{"run @put-get -o", []string{"flag needs an argument"}},
		{"list pinamo", []string{`there is no folder "pinamo"`, "did you mean pynamo?"}},
		{"list a b", []string{"list takes one folder, not 2"}},
		{"list --tag bascs", []string{`there is no tag "bascs"`, "did you mean basics?"}},
		{"show @put-gt", []string{"did you mean @put-get?"}},
		{"schema cluster.timeout", []string{`no key "cluster.timeout"`, "did you mean cluster.timeouts?"}},
		{"checks linearisable", []string{"did you mean linearizable?"}},
		{"faults partitoin", []string{"did you mean partition?"}},
		{"trace @put-get --format leader", []string{"did you mean ladder?"}},
		{"trace @put-get --from 5", []string{"--from: ", "unit"}},
		{"trace @put-get --from 5s --until 4s", []string{"--until 4s is before --from 5s"}},
		{"history @put-get --key crt", []string{`there is no key "crt"`, "did you mean cart?"}},
		{"check", []string{"check takes one history"}},
		{"check nowhere.jsonl", []string{"nowhere.jsonl: error: no such file"}},
		{"check - --max-steps 0", []string{"--max-steps is at least 1"}},
		{"help rn", []string{"did you mean `dynamosim run`?"}},
	} {
		r := execute(strings.Fields(c.args)...).ends(t, lab.ExitBadInput).says(t, c.says...)
		if r.out != "" {
			t.Errorf("%s prints\n%s", c.args, r.out)
		}
		if strings.Contains(r.err, "goroutine") || strings.Contains(r.err, ".go:") {
			t.Errorf("%s says\n%s", c.args, r.err)
		}
	}
}

func TestSeeds(t *testing.T) {
	for text, want := range map[string]uint64{
		"0": 0, "7": 7, "18446744073709551615": 1<<64 - 1, "0x2a": 42, "0xFFFFFFFFFFFFFFFF": 1<<64 - 1,
		"0123456789abcdef0123456789abcdef01234567": 0x0123456789abcdef, "FFFFFFFFFFFFFFFF000000000000000000000000": 1<<64 - 1,
		"1234567812345678123456781234567812345678": 0x1234567812345678,
	} {
		if got, err := parseSeed(text); err != nil || got != want {
			t.Errorf("seed %s is %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"-1", "+1", "1.5", "1e3", "", "0x", "0xg", "18446744073709551616", "0x10000000000000000", "007", "seven", "1_000", " 7", "٧"} {
		if got, err := parseSeed(text); err == nil || exitCode(err) != lab.ExitBadInput {
			t.Errorf("seed %q is %d, %v", text, got, err)
		}
	}
}

// A commit hash is printed as the number that it stands for, which gives the same run.
func TestSeedOfACommit(t *testing.T) {
	byHash := execute("run", "@put-get", "-q", "--seed", "00000000000000ff"+strings.Repeat("0", 24)).ends(t, lab.ExitPass).prints(t, "again    dynamosim run @put-get --seed 255\n")
	if byNumber := execute("run", "@put-get", "-q", "--seed", "255"); masked(byNumber.out) != masked(byHash.out) {
		t.Errorf("by number\n%s\nby hash\n%s", byNumber.out, byHash.out)
	}
}

func TestRandomSeedIsTold(t *testing.T) {
	r := execute("run", "@put-get", "-q", "--seed", "random").ends(t, lab.ExitPass)
	seed, _, _ := strings.Cut(strings.TrimPrefix(r.err, "seed "), ",")
	r.prints(t, "--seed "+seed+"\n")
	if _, err := parseSeed(seed); err != nil {
		t.Errorf("%q: %v", r.err, err)
	}
}

// broken is a stdout that does not work.
type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

func executeInto(w io.Writer, args ...string) (int, string) {
	var stderr bytes.Buffer
	s := surroundings("", nil, &stderr)
	s.out = &output{w: w}
	return guarded(args, s), stderr.String()
}

func TestFullStdout(t *testing.T) {
	full := broken{&os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}}
	for _, args := range [][]string{{"run", "@put-get"}, {"run", "@put-get", "--json"}, {"list"}, {"trace", "@put-get"}, {"history", "@put-get"}, {"plan", "@put-get"}, {}} {
		code, stderr := executeInto(full, args...)
		if code != lab.ExitInternal || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "writing to stdout: no space left on device") {
			t.Errorf("%v: exit code %d, %q", args, code, stderr)
		}
	}
}

// Whoever closes stdout has seen enough: no message, and an error only where the result is lost.
func TestClosedStdout(t *testing.T) {
	closed := broken{&os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}}
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"list"}, lab.ExitPass}, {[]string{"trace", "@put-get"}, lab.ExitPass}, {[]string{"history", "@put-get"}, lab.ExitPass},
		{[]string{"run", "@put-get"}, lab.ExitInternal}, {[]string{"run", "@put-get", "-o", filepath.Join(t.TempDir(), "out")}, lab.ExitPass},
		{[]string{"run", "@put-gt"}, lab.ExitBadInput},
	} {
		code, stderr := executeInto(closed, c.args...)
		if code != c.code || stderr != "" && code != lab.ExitBadInput {
			t.Errorf("%v: exit code %d, want %d; %q", c.args, code, c.code, stderr)
		}
	}
}

// panicking is a stdout with a mistake of ours.
type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("a mistake") }

// Go's own exit code for a panic would be 2, unknown.
func TestPanicIsAnInternalError(t *testing.T) {
	code, stderr := executeInto(panicking{}, "list")
	if code != lab.ExitInternal || !strings.HasPrefix(stderr, "dynamosim: internal error: a mistake\n") || !strings.Contains(stderr, "goroutine") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

func TestCrashOfANode(t *testing.T) {
	var out, stderr bytes.Buffer
	s := surroundings("", &out, &stderr)
	o := &source{}
	plan, err := o.open(s, "@put-get", false)
	if err != nil {
		t.Fatal(err)
	}
	crash := &lab.Crash{Value: "index out of range", Stack: "the stack", Now: 1_500_000_000, Event: 77}
	err = failedRun(s, plan, errors.Join(crash, nil), true)
	if exitCode(err) != lab.ExitFail {
		t.Errorf("exit code %d", exitCode(err))
	}
	for _, want := range []string{"crash at 1.5s", "event 77", "index out of range", "again  dynamosim run @put-get --seed 1", "the stack"} {
		if !strings.Contains(errorText(err), want) {
			t.Errorf("%q is not in %q", want, errorText(err))
		}
	}
	if !strings.Contains(out.String(), `"crash": {"time_ns":1500000000,"event":77`) {
		t.Errorf("as JSON\n%s", out.String())
	}
}

func TestColours(t *testing.T) {
	always := execute("run", "@put-get", "--color", "always").ends(t, lab.ExitPass)
	auto := execute("run", "@put-get").ends(t, lab.ExitPass)
	if !strings.Contains(always.out, "\x1b[") || strings.Contains(auto.out, "\x1b") {
		t.Errorf("always\n%q\nauto\n%q", always.out, auto.out)
	}
	s := surroundings("", nil, nil)
	s.outIs.terminal, s.color = true, "auto"
	for name, value := range map[string]string{"": "", "NO_COLOR": "1", "TERM": "dumb"} {
		s.getenv = func(n string) string {
			if n == name {
				return value
			}
			return ""
		}
		if got, want := s.colored(), name == ""; got != want {
			t.Errorf("on a terminal with %s=%s: colours %v", name, value, got)
		}
	}
}

func TestWidthFollowsTheTerminal(t *testing.T) {
	s := surroundings("", nil, nil)
	for columns, want := range map[int]int{0: 120, 80: 80, 20: 60, 300: 120} {
		s.outIs.width = columns
		if got := s.width(); got != want {
			t.Errorf("on %d columns: %d, want %d", columns, got, want)
		}
	}
}

func TestCompletion(t *testing.T) {
	for args, want := range map[string]string{
		"run @put": "@put-get", "run @stale-read --case ": "quorum", "run --set cluster.timeouts.r": "cluster.timeouts.replica=",
		"check x --checks l": "linearizable", "trace @put-get --format ": "ladder", "schema cluster.ti": "cluster.timeouts",
		"faults pa": "partition", "list --tag b": "basics", "help ru": "run",
	} {
		words := strings.Split(args, " ")
		execute(append([]string{"__complete"}, words...)...).ends(t, lab.ExitPass).prints(t, want)
	}
}
