package frozen

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var refreeze = flag.Bool("refreeze", false, "with -update: change what is frozen, for a format that nobody has used yet")

// Refreezes tells whether what is frozen may be changed.
func Refreezes() bool { return *refreeze }

// Line is one promise: a name, without spaces, and what goes with it.
type Line struct{ Name, Value string }

// Listing is a file of promises.
type Listing struct {
	File   string
	Format int  // 0: nothing is frozen yet
	Update bool // write what is new
}

// Check compares the file with what the program does now.
func (l *Listing) Check(t testing.TB, now []Line) {
	t.Helper()
	old, err := Read(l.File)
	if err != nil && !(l.Update && os.IsNotExist(err)) {
		t.Fatal(err)
	}
	wrong, added := compare(old, now)
	if l.Update && (l.Format == 0 || *refreeze) {
		write(t, l.File, now)
		return
	}
	for _, w := range wrong {
		t.Errorf("%s: %s\n  format %d is frozen: what needs another one is a new format, not a change of this file", l.File, w, l.Format)
	}
	switch {
	case len(wrong) > 0 || len(added) == 0:
	case l.Update:
		write(t, l.File, append(old, added...))
	default:
		t.Errorf("%s: %d lines are new, %s the first; add them with -update", l.File, len(added), added[0].Name)
	}
}

// compare finds promises that are broken, and those that are not made yet.
func compare(old, now []Line) (wrong []string, added []Line) {
	values := map[string]string{}
	for _, l := range now {
		values[l.Name] = l.Value
	}
	known := map[string]bool{}
	for _, l := range old {
		known[l.Name] = true
		switch got, ok := values[l.Name]; {
		case !ok:
			wrong = append(wrong, l.Name+" is gone")
		case got != l.Value:
			wrong = append(wrong, fmt.Sprintf("%s is %s, was %s", l.Name, got, l.Value))
		}
	}
	for _, l := range now {
		if !known[l.Name] {
			added = append(added, l)
		}
	}
	return wrong, added
}

// Read reads a listing.
func Read(file string) ([]Line, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		lines = append(lines, Line{name, strings.TrimLeft(value, " ")})
	}
	return lines, nil
}

func write(t testing.TB, file string, lines []Line) {
	t.Helper()
	lines = slices.Clone(lines)
	slices.SortStableFunc(lines, func(a, b Line) int { return strings.Compare(a.Name, b.Name) })
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%-32s %s\n", l.Name, l.Value)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
