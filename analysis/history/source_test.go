package history_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"dynamosim/analysis/history"
)

func open(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// sources are a history in memory and the file of it.
func sources(t *testing.T, h *history.History) map[string]history.Source {
	t.Helper()
	file, err := history.OpenSource(open(write(t, h)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]history.Source{"memory": h.Source(), "file": file}
}

func TestWalkTellsEveryEvent(t *testing.T) {
	for _, m := range models {
		h := sample(m, 3, 200)
		lines := strings.Count(write(t, h), "\n") - 1
		for name, s := range sources(t, h) {
			if s.About() != h.Header {
				t.Errorf("%s: header %+v", name, s.About())
			}
			for range 2 { // it can be walked again
				kinds, last := map[history.EntryKind]int{}, int32(-1)
				err := s.Walk(func(e *history.Entry) error {
					kinds[e.Kind]++
					if e.Index != last+1 {
						t.Fatalf("%s: index %d after %d", name, e.Index, last)
					}
					last = e.Index
					return nil
				})
				if err != nil || int(last) != lines-1 {
					t.Fatalf("%s: %v, last index %d of %d lines", name, err, last, lines)
				}
				if kinds[history.Invoked] != h.Len() || kinds[history.Held] != h.States() || kinds[history.Happened] != len(h.Events()) {
					t.Errorf("%s: %v", name, kinds)
				}
			}
		}
	}
}

// What is collected of one key is what the file says of it, word for word.
func TestCollectByKey(t *testing.T) {
	for _, m := range models {
		h := sample(m, 5, 300)
		text := write(t, h)
		for name, s := range sources(t, h) {
			for k := range int32(h.Keys()) {
				key := h.KeyName(k)
				part, err := history.Collect(s, func(k []byte) bool { return string(k) == key })
				if err != nil {
					t.Fatal(err)
				}
				if got, want := write(t, part), linesOf(text, key); got != want {
					t.Fatalf("%s, %v, %s:\n%s", name, m, key, firstDifference(got, want))
				}
			}
			all, err := history.Collect(s, func([]byte) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			if got := write(t, all); got != text {
				t.Fatalf("%s, %v: %s", name, m, firstDifference(got, text))
			}
		}
	}
}

func linesOf(text, key string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.Contains(line, `"key":`) || strings.Contains(line, `"key":"`+key+`"`) {
			b.WriteString(line)
		}
	}
	return b.String()
}

func TestWalkEndsWithTheVisitorsError(t *testing.T) {
	h := sample(history.Siblings, 1, 20)
	for name, s := range sources(t, h) {
		n := 0
		err := s.Walk(func(*history.Entry) error { n++; return errBroken })
		if !errors.Is(err, errBroken) || n != 1 {
			t.Errorf("%s: %v after %d events", name, err, n)
		}
	}
}

// What breaks the rules of single lines is refused by a walk, with the line; what breaks those of a key when it is collected.
func TestSourceRefuses(t *testing.T) {
	for _, c := range malformed {
		lines := append([]string(nil), good...)
		for n, text := range c.replace {
			for len(lines) < n {
				lines = append(lines, "")
			}
			lines[n-1] = text
		}
		s, err := history.OpenSource(open(strings.Join(lines, "\n")+"\n"), nil)
		if err == nil {
			err = s.Walk(func(*history.Entry) error { return nil })
		}
		if err == nil {
			_, err = history.Collect(s, func([]byte) bool { return true })
		}
		var refused *history.RefusedError
		if !errors.As(err, &refused) || refused.Line < c.line { // a walk may stop at a later line, before the keys are looked at
			t.Errorf("%s: %v, want line %d", c.name, err, c.line)
		}
	}
}
