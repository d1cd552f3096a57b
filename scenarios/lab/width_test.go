package lab

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestTextWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "cart": 4, "買い物": 6, "é": 1, "e\u0301": 1, "café ☕": 7, "🛒x": 3, "§4.4 · µs": 9, "한글": 4, "ｗ": 2} {
		if got := textWidth(s); got != want {
			t.Errorf("textWidth(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestWideRangesAreInOrder(t *testing.T) {
	last := rune(-1)
	for _, w := range wide {
		if w[0] <= last || w[1] < w[0] {
			t.Errorf("range %x-%x is out of order", w[0], w[1])
		}
		last = w[1]
	}
}

func TestClean(t *testing.T) {
	for s, want := range map[string]string{
		"plain, ä, 買": "plain, ä, 買", "a\x1b[31mb": `a\x1b[31mb`, "a\nb\tc": `a\nb\tc`, "a\xffb": `a\xffb`, "\u202eevil": `\u202eevil`,
		"bell\a": `bell\x07`, "\u0085": `\x85`, "<script>": "<script>",
	} {
		if got := Clean(s); got != want {
			t.Errorf("Clean(%q) = %q, want %q", s, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b\u202e買\xff\n")
	f.Fuzz(func(t *testing.T, s string) {
		c := Clean(s)
		if !utf8.ValidString(c) || strings.ContainsFunc(c, unicode.IsControl) || strings.ContainsFunc(c, hidden) {
			t.Errorf("Clean(%q) = %q", s, c)
		}
		if Clean(c) != c {
			t.Errorf("%q is cleaned again", c)
		}
	})
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"one two three", 7, "one two|three"}, {"one", 10, "one"}, {"", 10, ""}, {"overlong word", 4, "overlong|word"}, {"買い 物", 5, "買い|物"}, {"  a   b  ", 9, "a b"},
	} {
		if got := strings.Join(wrap(c.text, c.width), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two three 買い", 5)
	f.Fuzz(func(t *testing.T, s string, width int) {
		lines := wrap(s, width%200)
		if got, want := strings.Join(strings.Fields(strings.Join(lines, " ")), " "), strings.Join(strings.Fields(s), " "); got != want {
			t.Errorf("words of %q became %q", want, got)
		}
		for _, l := range lines {
			if textWidth(l) > width%200 && strings.Contains(l, " ") {
				t.Errorf("%q is wider than %d", l, width%200)
			}
		}
	})
}
