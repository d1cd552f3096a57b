package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dynamosim/scenarios/lab"
)

func TestShrinkCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "small.yaml")
	execute("shrink", "@sloppy-quorum", "-o", file).ends(t, lab.ExitPass).
		prints(t, "linearizable/stale-read/partition", "from  5 operations of 2 clients", "to  2 operations of 1 client", "nothing more can be taken away", "again   dynamosim run ")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{lab.ShrunkTitle, "# without it: linearizable is valid", "name: sloppy-quorum-shrunk"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	execute("run", file).ends(t, lab.ExitPass).prints(t, "invalid, as expected")
	again := execute("shrink", file, "-o", file, "--json").ends(t, lab.ExitPass)
	again.prints(t, `"target": "linearizable/stale-read"`, `"whole": true`, `"reproduce": "dynamosim run `)

	// Without a file the scenario goes to stdout, and the rest to stderr.
	r := execute("shrink", "@sloppy-quorum", "--check", "regular").ends(t, lab.ExitPass)
	r.prints(t, "checks: {regular: invalid}").says(t, "regular/stale-read/partition")
	if !strings.HasPrefix(r.out, "# ") || strings.Contains(r.out, "tried") {
		t.Errorf("on stdout: %s", r.out)
	}
}

func TestMistakesOfShrink(t *testing.T) {
	t.Chdir(t.TempDir())
	os.WriteFile("mine.yaml", []byte("version: 1\n"), 0o666)
	for _, c := range []struct{ args, says string }{
		{"shrink", "shrink needs a scenario"},
		{"shrink @put-get", "nothing fails"},
		{"shrink @put-get --check linearizable", "linearizable is valid"},
		{"shrink @sloppy-quorum --check linear", "did you mean linearizable?"},
		{"shrink @sloppy-quorum --check convergence", "what is invalid: linearizable, regular"},
		{"shrink @sloppy-quorum --operation 1000", "no check that is invalid shows operation 1000"},
		{"shrink @sloppy-quorum -o mine.yaml", "holds something else than a shrunk scenario"},
		{"shrink @sloppy-quorum -o nowhere/small.yaml", "there is no such folder"},
		{"shrink @sloppy-quorum -o .", "that is a folder, not a file"},
	} {
		execute(strings.Fields(c.args)...).ends(t, lab.ExitBadInput).says(t, c.says)
	}
}
