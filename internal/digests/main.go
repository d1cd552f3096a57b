package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	code, err := digests(ctx, os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "digests:", err)
	}
	stop()
	os.Exit(code)
}

// digests compares the builds of the given names, prints what they come to, and returns the exit code.
func digests(ctx context.Context, names []string, w io.Writer) (code int, err error) {
	chosen, err := choose(names)
	if err != nil {
		return 2, err
	}
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return 2, fmt.Errorf("looking for the module: %w", err)
	}
	scratch, err := os.MkdirTemp("", "digests-")
	if err != nil {
		return 2, fmt.Errorf("making a folder for programs: %w", err)
	}
	defer os.RemoveAll(scratch)
	c, err := newComparison(filepath.Dir(strings.TrimSpace(string(out))), scratch, suites())
	if err != nil {
		return 2, err
	}
	t := table{w: w}
	fmt.Fprintf(w, "%-14s %10s %10s\n", "build", "compiled", "ran")
	c.compareAll(ctx, chosen, t.add)
	return t.conclude()
}

// table prints outcomes and counts them.
type table struct {
	w                                io.Writer
	equal, skipped, different, other int
	first                            []difference // of the first build that did run
	ran                              int
	disagree                         bool
}

// add prints the line of a build, and below it what else there is to say.
func (t *table) add(b build, o outcome) {
	t.count(o)
	verdict, more := o.words()
	fmt.Fprintf(t.w, "%-14s %10s %10s  %s\n", b.name, seconds(o.compile), seconds(o.run), verdict)
	for _, line := range more {
		fmt.Fprintf(t.w, "%-14s %10s %10s  %s\n", "", "", "", line)
	}
}

func (t *table) count(o outcome) {
	switch {
	case o.failed != "":
		t.other++
		return
	case o.skipped != "":
		t.skipped++
		return
	case len(o.differences) > 0:
		t.different++
	default:
		t.equal++
	}
	if t.ran++; t.ran == 1 {
		t.first = o.differences
	}
	t.disagree = t.disagree || !slices.Equal(t.first, o.differences)
}

// words say what came out, in one line and more lines below it.
func (o outcome) words() (verdict string, more []string) {
	switch {
	case o.failed != "":
		lines := strings.Split(strings.TrimSpace(o.failed), "\n")
		return "FAILED " + lines[0], lines[1:][max(0, len(lines)-21):]
	case o.skipped != "":
		return "skipped: " + o.skipped, nil
	case len(o.differences) == 0:
		return "equal", nil
	}
	for _, d := range o.differences {
		more = append(more, fmt.Sprintf("DIFFERS %s golden %q got %q", d.name, d.golden, d.got))
	}
	return more[0], more[1:]
}

// conclude prints the last line and returns the exit code.
func (t *table) conclude() (code int, err error) {
	fmt.Fprintf(t.w, "%d equal, %d different, %d failed, %d skipped\n", t.equal, t.different, t.other, t.skipped)
	if t.different > 1 && !t.disagree {
		fmt.Fprintln(t.w, "All builds agree with each other: what differs from the golden files is the code, not the machine.")
	}
	if t.different+t.other > 0 {
		return 1, nil
	}
	if t.equal == 0 {
		return 1, fmt.Errorf("nothing was compared")
	}
	return 0, nil
}

func seconds(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
