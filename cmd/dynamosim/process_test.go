package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"dynamosim/scenarios/lab"
)

// asProcess makes the test binary be the program.
const asProcess = "DYNAMOSIM_TEST_PROCESS"

func TestMain(m *testing.M) {
	if os.Getenv(asProcess) != "" {
		os.Exit(process())
	}
	os.Exit(m.Run())
}

// program is the program as a process of its own.
func program(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProcess+"=1")
	return cmd
}

func exitOf(t *testing.T, err error) int {
	t.Helper()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	if err == nil {
		return 0
	}
	return exited.ExitCode()
}

func TestProcessExitCodes(t *testing.T) {
	for args, want := range map[string]int{
		"run @put-get -q": lab.ExitPass, "run @sloppy-quorum -q --set checks.linearizable=valid": lab.ExitFail, "run @put-gt": lab.ExitBadInput,
		"--frobnicate": lab.ExitBadInput, "": lab.ExitPass,
	} {
		if got := exitOf(t, program(strings.Fields(args)...).Run()); got != want {
			t.Errorf("dynamosim %s ends with %d, want %d", args, got, want)
		}
	}
}

// A reader that goes away costs no message and no signal.
func TestProcessWithAClosedPipe(t *testing.T) {
	for args, want := range map[string]int{"run @put-get --json": lab.ExitInternal, "list": lab.ExitPass} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		var stderr bytes.Buffer
		cmd := program(strings.Fields(args)...)
		cmd.Stdout, cmd.Stderr = w, &stderr
		if got := exitOf(t, cmd.Run()); got != want || stderr.Len() > 0 {
			t.Errorf("dynamosim %s ends with %d, want %d: %q", args, got, want, stderr.String())
		}
		w.Close()
	}
}

// Ctrl-C stops a run of hours at once and leaves what had happened. The scenario comes through a pipe that is longer than its buffer, so that the
// signal finds a process that is up.
func TestProcessIsInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals to send")
	}
	dir := t.TempDir()
	cmd := program("run", "-", "-o", dir+"/out", "--max-memory", "1000GB")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	scenario := "version: 1\nduration: 24h\nlimits: {events: 1000000000}\nworkloads: [{name: kv, clients: 4, think: 10ms, keys: {count: 10}}]\n"
	if _, err := io.WriteString(in, scenario+strings.Repeat("# a comment\n", 15_000)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	in.Close()
	if got := exitOf(t, cmd.Wait()); got != lab.ExitInterrupted || !strings.Contains(stderr.String(), "dynamosim: interrupted\n  what had happened until then is in ") {
		t.Errorf("exit code %d, %q", got, stderr.String())
	}
	if got := folderNames(t, dir+"/out"); !slices.Contains(got, "unfinished.txt") || slices.Contains(got, "result.json") {
		t.Errorf("left: %v", got)
	}
}
