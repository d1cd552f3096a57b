package trace

import (
	"strings"
	"unicode/utf8"
)

// glyphs are the characters that a ladder is drawn with.
type glyphs struct {
	life, down, still                         string // the column of a process that is up, down, paused
	line, cross, head, tail, send, lost, rule string // of arrows: head points right, tail left
	to, from, gap, cut, micro                 string
	invoke, complete, boot, crash             string
	pause, timer                              string
	legend                                    string
}

func unicodeGlyphs() *glyphs {
	return &glyphs{
		life: "│", down: "x", still: "┊",
		line: "─", cross: "┼", head: "▶", tail: "◀", send: "o", lost: "╳", rule: "═",
		to: "→", from: "←", gap: "⋮", cut: "…", micro: "µs",
		invoke: "●", complete: "■", boot: "▲", crash: "✖", pause: "‖", timer: "◷",
		legend: "o──▶ a message, when it arrives (time under way)   o──╳ is lost   ● ■ a client's operation begins, ends   * what a node does",
	}
}

func asciiGlyphs() *glyphs {
	return &glyphs{
		life: "|", down: "x", still: ":",
		line: "-", cross: "+", head: ">", tail: "<", send: "o", lost: "X", rule: "=",
		to: "->", from: "<-", gap: ":", cut: "~", micro: "us",
		invoke: "(", complete: ")", boot: "^", crash: "#", pause: "=", timer: "t",
		legend: "o--> a message, when it arrives (time under way)   o--X is lost   ( ) a client's operation begins, ends   * what a node does",
	}
}

// life is the state of a process as its column shows it.
type life uint8

const (
	up life = iota
	down
	still
)

// after is the life that follows a record of a kind.
func after(k Kind, before life) life {
	switch k {
	case Boot, Resume:
		return up
	case Crash:
		return down
	case Pause:
		return still
	}
	return before
}

func changesLife(k Kind) bool { return k == Boot || k == Crash || k == Pause || k == Resume }

const (
	timeWidth   = 13
	minColumn   = 9
	fullColumn  = 24
	labelMargin = 2 // characters of an arrow's line on each side of a label inside
)

// page is the layout of a ladder: where the columns are and what lives in them.
type page struct {
	titles []string
	lives  []life
	step   int // from a column to the next
	width  int // right of the times
	fits   bool
	glyphs *glyphs
}

func newPage(titles []string, width int, g *glyphs) page {
	p := page{titles: titles, lives: make([]life, len(titles)), width: width - timeWidth - 2, glyphs: g}
	if len(titles) == 0 {
		return p
	}
	p.step = min(p.width/len(titles), fullColumn)
	p.fits = p.step >= minColumn
	return p
}

func (p *page) at(column int) int { return column * p.step }

// row returns an empty line: the lives of all processes.
func (p *page) row() *row {
	r := &row{page: p, cells: make([]string, max(p.width, 1))}
	for i, state := range p.lives {
		r.cells[p.at(i)] = [...]string{p.glyphs.life, p.glyphs.down, p.glyphs.still}[state]
	}
	return r
}

// header is the line with the names of the columns.
func (p *page) header() string {
	r := &row{page: p, cells: make([]string, max(p.width, 1))}
	for i, title := range p.titles {
		r.write(p.at(i), p.step-1, title)
	}
	return strings.Repeat(" ", timeWidth-len("time s")) + "time s  " + r.String()
}

// pause is a line for the time in which nothing happens.
func (p *page) pause() string {
	r := p.row()
	for i, state := range p.lives {
		if state == up {
			r.cells[p.at(i)] = p.glyphs.gap
		}
	}
	return strings.Repeat(" ", timeWidth-1) + p.glyphs.gap + "  " + r.String()
}

// rule is a line across all columns with a text in it.
func (p *page) rule(text string) string {
	r := &row{page: p, cells: make([]string, max(p.width, 1))}
	for i := range r.cells {
		r.cells[i] = p.glyphs.rule
	}
	r.write(2, p.width-4, " "+text+" ")
	return r.String()
}

// row is a line of a page under construction; an empty cell is a space.
type row struct {
	page  *page
	cells []string
}

func (r *row) String() string {
	var b strings.Builder
	for _, c := range r.cells {
		if c == "" {
			c = " "
		}
		b.WriteString(c)
	}
	return strings.TrimRight(b.String(), " ")
}

// write puts text at a place, cut to what there is room for.
func (r *row) write(at, room int, text string) {
	room = min(room, len(r.cells)-at)
	if utf8.RuneCountInString(text) > room {
		text = string([]rune(text)[:max(room-1, 0)]) + r.page.glyphs.cut
	}
	for _, c := range text {
		if at < len(r.cells) {
			r.cells[at] = string(c)
		}
		at++
	}
}

// point draws what happens in one process: a sign in its column, and the text
// beside it.
func (r *row) point(column int, sign, text string) {
	at := r.page.at(column)
	r.cells[at] = sign
	r.beside(at, at, text)
}

// pointFits tells whether a text beside a sign ends before the next column.
func (r *row) pointFits(text string) bool { return utf8.RuneCountInString(text)+3 <= r.page.step }

func (r *row) has(column int, sign string) bool { return r.cells[r.page.at(column)] == sign }

// arrow draws a message from one column to another, with the label inside if
// there is room, else beside it.
func (r *row) arrow(from, to int, label string, lost bool) {
	g := r.page.glyphs
	left, right := r.page.at(min(from, to)), r.page.at(max(from, to))
	for i := left + 1; i < right; i++ {
		if r.cells[i] == "" {
			r.cells[i] = g.line
		} else {
			r.cells[i] = g.cross
		}
	}
	r.cells[r.page.at(from)] = g.send
	head, end := g.head, right-1
	if to < from {
		head, end = g.tail, left+1
	}
	if lost {
		head = g.lost
	}
	r.cells[end] = head
	r.label(left, right, label)
}

// label writes the text of an arrow between two places of the line: inside, if
// it fits there or nowhere else and there is most room.
func (r *row) label(left, right int, text string) {
	size := utf8.RuneCountInString(text)
	inside := right - left - 5 - 2*labelMargin // without the ends and a space to each side
	roomLeft, roomRight := r.rooms(left, right)
	if text != "" && (size <= inside || size > max(roomLeft, roomRight) && inside > max(roomLeft, roomRight)) {
		r.write(left+2+labelMargin, 1, " ")
		r.write(left+3+labelMargin, inside, text)
		r.write(left+3+labelMargin+min(size, inside), 1, " ")
		return
	}
	r.beside(left, right, text)
}

// beside writes text to the right of what is drawn between two places, or to
// the left if the page ends before the text does and there is more room.
func (r *row) beside(left, right int, text string) {
	size := utf8.RuneCountInString(text)
	roomLeft, roomRight := r.rooms(left, right)
	if size <= roomRight || roomRight >= roomLeft {
		r.write(right+2, roomRight, text)
		return
	}
	size = min(size, roomLeft)
	r.write(left-1-size, size, text)
}

// rooms are the characters that fit on the line before one place, and after
// another, with a space in between.
func (r *row) rooms(left, right int) (before, after int) { return left - 1, len(r.cells) - right - 2 }
