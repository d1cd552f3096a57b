package lab

import (
	"strings"
	"testing"
)

func TestTableAlignsWideCharacters(t *testing.T) {
	table := table{indent: "  ", gap: "   ", right: []bool{false, true}}
	table.add(plainCell("かご"), plainCell("1"), plainCell("first"))
	table.add(plainCell("cart-12"), plainCell("1 234"), plainCell("second"))
	want := "  かご          1   first\n  cart-12   1 234   second"
	if got := strings.Join(table.lines(80), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTableWrapsItsLastColumn(t *testing.T) {
	table := table{indent: "  ", gap: "  "}
	table.add(plainCell("name"), plainCell(strings.Repeat("word ", 20)))
	lines := table.lines(60)
	if len(lines) != 2 || !strings.HasPrefix(lines[1], "        word") {
		t.Fatalf("got %q", lines)
	}
	for _, l := range lines {
		if textWidth(l) > 60 || strings.HasSuffix(l, " ") {
			t.Errorf("line %q", l)
		}
	}
}

// Colours take no room.
func TestColouredCellsAlignLikePlainOnes(t *testing.T) {
	draw := func(p paint) []string {
		table := table{indent: "  ", gap: "   "}
		table.add(cell{"invalid", p.bad}, plainCell("x"))
		table.add(cell{"ok", p.good}, plainCell("y"))
		return table.lines(80)
	}
	plain, coloured := draw(paint{}), draw(paint{true})
	for i := range plain {
		if got := stripColours(coloured[i]); got != plain[i] {
			t.Errorf("coloured %q, plain %q", got, plain[i])
		}
		if coloured[i] == plain[i] {
			t.Errorf("no colour in %q", coloured[i])
		}
	}
}

func stripColours(s string) string {
	for _, code := range []string{"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[33m", "\x1b[1;31m"} {
		s = strings.ReplaceAll(s, code, "")
	}
	return s
}

func TestColumns(t *testing.T) {
	got := strings.Join(Columns("", 80, [][]string{{"a", "first"}, {"long", "second\x1b"}}), "\n")
	if want := "a      first\nlong   second\\x1b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
