package lab

import "strings"

// table lays cells out in columns. Cells are plain text; the last column may be long and is wrapped.
type table struct {
	indent string
	gap    string
	right  []bool // by column: numbers
	rows   [][]cell
}

// cell is a piece of text in its colour.
type cell struct {
	text string
	in   func(string) string // nil: as it is
}

func plainCell(s string) cell { return cell{text: s} }

func (t *table) add(cells ...cell) { t.rows = append(t.rows, cells) }

// widths are those of all columns but the last, which needs none.
func (t *table) widths() []int {
	var w []int
	for _, row := range t.rows {
		for i, c := range row {
			if i == len(w) {
				w = append(w, 0)
			}
			if i < len(row)-1 || t.isRight(i) {
				w[i] = max(w[i], textWidth(c.text))
			}
		}
	}
	return w
}

// width is that of the longest row if none is wrapped.
func (t *table) width() int {
	longest := 0
	w := t.widths()
	for _, row := range t.rows {
		used := textWidth(t.indent)
		for i := range row[:len(row)-1] {
			used += w[i] + len(t.gap)
		}
		longest = max(longest, used+textWidth(row[len(row)-1].text))
	}
	return longest
}

func (t *table) isRight(column int) bool { return column < len(t.right) && t.right[column] }

// minLast is the least width of the last column.
const minLast = 40

// lines draws the table for a page of a width.
func (t *table) lines(width int) []string {
	w := t.widths()
	var out []string
	for _, row := range t.rows {
		out = append(out, t.line(row, w, width)...)
	}
	return out
}

// line draws one row, which takes several lines where its last cell is long.
func (t *table) line(row []cell, w []int, width int) []string {
	var b strings.Builder
	b.WriteString(t.indent)
	used := textWidth(t.indent)
	for i, c := range row[:len(row)-1] {
		b.WriteString(t.padded(c, i, w[i]))
		b.WriteString(t.gap)
		used += w[i] + len(t.gap)
	}
	last := row[len(row)-1]
	if i := len(row) - 1; t.isRight(i) {
		b.WriteString(t.padded(last, i, w[i]))
		return []string{strings.TrimRight(b.String(), " ")}
	}
	var lines []string
	for i, part := range wrap(last.text, max(minLast, width-used)) {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", used))
		}
		b.WriteString(last.coloured(part))
		lines = append(lines, strings.TrimRight(b.String(), " "))
		b.Reset()
	}
	return lines
}

// padded is a cell that fills its column.
func (t *table) padded(c cell, column, width int) string {
	blanks := strings.Repeat(" ", max(0, width-textWidth(c.text)))
	if t.isRight(column) {
		return blanks + c.coloured(c.text)
	}
	return c.coloured(c.text) + blanks
}

func (c cell) coloured(s string) string {
	if c.in == nil {
		return s
	}
	return c.in(s)
}

// Columns lays out rows of text with their columns aligned; the last column is wrapped to fit a page of a width.
func Columns(indent string, width int, rows [][]string) []string {
	t := table{indent: indent, gap: "   "}
	for _, row := range rows {
		cells := make([]cell, len(row))
		for i, text := range row {
			cells[i] = plainCell(Clean(text))
		}
		t.add(cells...)
	}
	return t.lines(width)
}

// Wrap breaks a text at blanks into lines of at most a width.
func Wrap(text string, width int) []string { return wrap(Clean(text), width) }
