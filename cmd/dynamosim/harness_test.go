package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew; read what changed before you commit it")

// result is what a command leaves behind.
type result struct {
	out, err string
	code     int
}

// surroundings are those of a command that is not on a terminal.
func surroundings(stdin string, out, err *bytes.Buffer) *terminal {
	return &terminal{in: strings.NewReader(stdin), out: &output{w: out}, err: err, getenv: func(string) string { return "" }, interrupt: &interrupt{}}
}

// execute runs the program in this process.
func execute(args ...string) result { return executeWith("", args...) }

// executeWith gives it a standard input.
func executeWith(stdin string, args ...string) result {
	var out, err bytes.Buffer
	code := guarded(args, surroundings(stdin, &out, &err))
	return result{out.String(), err.String(), code}
}

// ends demands an exit code.
func (r result) ends(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", r.code, code, r.out, r.err)
	}
	return r
}

// says demands words on stderr.
func (r result) says(t *testing.T, words ...string) result {
	t.Helper()
	demand(t, "stderr", r.err, words)
	return r
}

// prints demands words on stdout.
func (r result) prints(t *testing.T, words ...string) result {
	t.Helper()
	demand(t, "stdout", r.out, words)
	return r
}

func demand(t *testing.T, where, text string, words []string) {
	t.Helper()
	var missing []string
	for _, w := range words {
		if !strings.Contains(text, w) {
			missing = append(missing, w)
		}
	}
	if missing != nil {
		t.Errorf("%s lacks %q:\n%s", where, missing, text)
	}
}

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s (go test -update writes it anew)\ngot\n%s\nwant\n%s", path, got, want)
	}
}

// What depends on the host, and digests, which other tests hold.
var (
	pace   = regexp.MustCompile(`digest [0-9a-f]{32}   .*`)
	host   = regexp.MustCompile(`(?m)^ "host": .*$`)
	hashes = regexp.MustCompile(`"[0-9a-f]{32,64}"`)
	number = regexp.MustCompile(`(: ?|\[|,)\d+(\.\d+)?`)
)

// masked hides what depends on the host.
func masked(text string) string {
	text = pace.ReplaceAllString(text, "digest …   …")
	text = host.ReplaceAllString(text, ` "host": …`)
	return hashes.ReplaceAllString(text, `"…"`)
}

// shape hides all numbers too.
func shape(text string) string { return number.ReplaceAllString(masked(text), "${1}N") }

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
