package trace

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Ladder writes a trace for people, as a space-time diagram: time runs down, a
// column is the life of a process, and a message is an arrow on the line of
// its arrival, with how long it was under way.
//
//	   time s  alice        n1           n2
//	0.001 000  ● put cart = milk         │
//	0.001 450  o───────────▶│ put cart milk (450 µs)
//	0.001 832  │            o───────────▶│ replicate cart [(n1,1)] (382 µs)
//	0.510 390  │            o───────────╳│ read cart (cut)
//
// Messages that are lost end in ╳ before the receiver. Without columns, or
// with more than fit the page, a record is a line of text instead.
type Ladder struct {
	w       *bufio.Writer
	names   func(proc int32) string
	o       LadderOptions
	glyphs  *glyphs
	page    page
	columns map[int32]int // of the processes in LadderOptions.Columns
	flights map[uint64]flight
	shared  sharedRow
	lines   int
	last    int64 // time of the last line
	err     error
}

// sharedRow is a line that is not yet written because more may go onto it:
// five nodes that boot at one instant are one line.
type sharedRow struct {
	row  *row
	at   int64
	kind Kind
}

// LadderOptions say what a Ladder shows, and how.
type LadderOptions struct {
	Filter
	Columns []int32 // the processes to show, from left to right; none: all of them, as lines of text
	Width   int     // of the page in characters, 0 means 120
	ASCII   bool    // draw with ASCII characters alone
	Timers  bool    // show timers that fire
	Disk    bool    // show disk operations that complete
}

// flight is a message under way.
type flight struct {
	from, to int32
	sent     int64
}

const (
	defaultWidth = 120
	headerEvery  = 50            // lines
	gap          = 100 * 1000000 // ns without an event that show as a gap
)

// NewLadder returns a writer to w. Processes go by the names that names gives
// them.
func NewLadder(w io.Writer, names func(proc int32) string, o LadderOptions) *Ladder {
	if o.Width == 0 {
		o.Width = defaultWidth
	}
	l := &Ladder{
		w: bufio.NewWriterSize(w, 64<<10), names: names, o: o, glyphs: unicodeGlyphs(),
		columns: make(map[int32]int), flights: make(map[uint64]flight),
	}
	if o.ASCII {
		l.glyphs = asciiGlyphs()
	}
	titles := make([]string, len(o.Columns))
	for i, p := range o.Columns {
		l.columns[p] = i
		titles[i] = clean(names(p))
	}
	l.page = newPage(titles, o.Width, l.glyphs)
	return l
}

// Record takes a record. After an error it does nothing.
func (l *Ladder) Record(r *Record) {
	if l.err != nil {
		return
	}
	flight := l.follow(r)
	if l.shows(r) {
		l.draw(r, flight)
	}
	// After the line, which still shows the life that ends with it.
	if i, ok := l.columns[r.Proc]; ok {
		l.page.lives[i] = after(r.Kind, l.page.lives[i])
	}
}

// Close writes out what is buffered and returns the first error. It does not
// close the writer below.
func (l *Ladder) Close() error {
	l.flush()
	if err := l.w.Flush(); l.err == nil && err != nil {
		l.err = fmt.Errorf("writing the ladder: %w", err)
	}
	return l.err
}

// follow keeps track of the messages under way, and returns the flight that
// ends with r.
func (l *Ladder) follow(r *Record) flight {
	switch r.Kind {
	case Send:
		l.flights[r.Lineage] = flight{r.Proc, r.Peer, r.Time}
	case Deliver, Drop, Shed:
		if f, ok := l.flights[r.Lineage]; ok {
			delete(l.flights, r.Lineage)
			return f
		}
		return unseen(r)
	}
	return flight{}
}

// unseen is the flight of a message whose sending was not recorded, such as a
// copy that the network made.
func unseen(r *Record) flight {
	if r.Kind == Drop {
		return flight{r.Proc, r.Peer, r.Time}
	}
	return flight{r.Peer, r.Proc, r.Time - max(r.Arg1, 0)}
}

// shows tells whether a record gets a line.
func (l *Ladder) shows(r *Record) bool {
	switch r.Kind {
	case Send, Arrive, SetTimer, DiskOp, Control:
		return false
	case Timer:
		return l.o.Timers && l.o.Match(r)
	case DiskDone:
		return l.o.Disk && l.o.Match(r)
	}
	return l.o.Match(r)
}

func (l *Ladder) draw(r *Record, f flight) {
	switch r.Kind {
	case Deliver, Drop, Shed:
		if l.chosen(f.from) || l.chosen(f.to) {
			l.drawMessage(r, f)
		}
	case FaultStart, FaultEnd, FaultRefused, FaultEffect, FaultRecovered, Phase:
		l.drawNews(r)
	default:
		if l.chosen(r.Proc) {
			l.drawPoint(r)
		} else if r.Proc < 0 {
			l.drawNews(r)
		}
	}
}

func (l *Ladder) chosen(p int32) bool {
	_, ok := l.columns[p]
	return ok || len(l.columns) == 0
}

func (l *Ladder) drawMessage(r *Record, f flight) {
	label, right, left := l.label(r, f), l.glyphs.to, l.glyphs.from
	if r.Kind != Deliver {
		right, left = "--x", "x--"
	}
	if !l.page.fits {
		l.print(r.Time, fmt.Sprintf("%s %s %s  %s", l.name(f.from), right, l.name(f.to), label))
		return
	}
	from, okFrom := l.columns[f.from]
	to, okTo := l.columns[f.to]
	row := l.page.row()
	switch {
	case okFrom && okTo && from != to:
		row.arrow(from, to, label, r.Kind != Deliver)
	case okFrom:
		row.point(from, l.glyphs.send, right+" "+l.name(f.to)+"  "+label)
	default:
		row.point(to, l.glyphs.send, left+" "+l.name(f.from)+"  "+label)
	}
	l.print(r.Time, row.String())
}

// drawPoint draws what happens in one process.
func (l *Ladder) drawPoint(r *Record) {
	sign, text := l.sign(r.Kind), l.text(r)
	if !l.page.fits {
		l.print(r.Time, fmt.Sprintf("%s %s %s", l.name(r.Proc), sign, text))
		return
	}
	column := l.columns[r.Proc]
	if s := l.shared; s.row != nil && s.at == r.Time && s.kind == r.Kind && s.row.pointFits(text) && !s.row.has(column, sign) {
		s.row.point(column, sign, text)
		return
	}
	row := l.page.row()
	row.point(column, sign, text)
	if changesLife(r.Kind) && row.pointFits(text) {
		l.flush()
		l.shared = sharedRow{row, r.Time, r.Kind}
		return
	}
	l.print(r.Time, row.String())
}

// flush writes the shared line.
func (l *Ladder) flush() {
	if row := l.shared.row; row != nil {
		l.shared.row = nil
		l.print(l.shared.at, row.String())
	}
}

// drawNews draws what concerns all processes as a line across the page.
func (l *Ladder) drawNews(r *Record) {
	text := l.text(r)
	if l.page.fits {
		l.print(r.Time, l.page.rule(text))
		return
	}
	l.print(r.Time, l.glyphs.rule+l.glyphs.rule+" "+text)
}

// print writes a line, under the names again where they have gone out of
// sight, and under a gap where time has passed.
func (l *Ladder) print(at int64, body string) {
	l.flush()
	if !l.page.fits {
		l.write(seconds(at) + " s  " + body)
		return
	}
	if l.lines%headerEvery == 0 {
		if l.lines == 0 {
			l.write(l.glyphs.legend)
		}
		l.write(l.page.header())
	} else if at-l.last >= gap {
		l.write(l.page.pause())
	}
	l.write(strings.TrimRight(fmt.Sprintf("%*s  %s", timeWidth, seconds(at), body), " "))
	l.lines++
	l.last = at
}

func (l *Ladder) write(line string) {
	if l.err != nil {
		return
	}
	if _, err := l.w.WriteString(line + "\n"); err != nil {
		l.err = fmt.Errorf("writing the ladder: %w", err)
	}
}

func (l *Ladder) name(p int32) string {
	if p < 0 {
		return "?"
	}
	return clean(l.names(p))
}

// clean makes text fit for a line: one character a place.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return '?'
		}
		return r
	}, text)
}
