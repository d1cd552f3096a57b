package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// Source is a history that can be walked more than once, event by event,
// without being held in memory.
type Source interface {
	// About returns the header.
	About() Header
	// Walk calls visit for all events in their order. The entry and what it
	// points to hold during the call only. An error of visit ends the walk and
	// is returned.
	Walk(visit func(e *Entry) error) error
}

// EntryKind says what an event line tells.
type EntryKind uint8

const (
	Invoked  EntryKind = 0 // a client's process begins an operation
	Ended    EntryKind = 1 // the operation of a process ends
	Happened EntryKind = 2 // the nemesis did something, or a phase began
	Held     EntryKind = 3 // a node holds versions of a key at the end
)

// Entry is one event line of a history, as it stands in a file.
type Entry struct {
	Index   int32
	Time    int64 // virtual time, ns
	Process int32 // Invoked, Ended
	Kind    EntryKind
	Func    Func    // Invoked, Ended
	Outcome Outcome // Ended
	Phase   Phase   // Happened
	Role    Role    // Held
	Final   bool
	Preload bool

	Client  []byte // Invoked: the session; nil where the process is one by itself
	Key     []byte // but for Happened
	Version []byte // what a put or delete writes
	Named   [][]byte
	// Named is the context of a put that is invoked, the versions that a get
	// returned, or those that are held.

	Stamps     []int64  // last-write-wins, of Version or beside Named; nil where the line has none
	StampNodes []string // beside Stamps: names, or numbers in decimal
	Group      []byte   // "op", the read-modify-write that an invocation is part of
	Node       []byte   // Held
	Fault      []byte   // Happened: which fault
	What       []byte   // Happened: its kind
	Text       []byte   // Happened: the fault in words; Invoked: the value of a put; Ended: why it failed
}

// Source returns the history as something to be walked. It must not change
// meanwhile.
func (h *History) Source() Source { return memorySource{h} }

type memorySource struct{ h *History }

func (m memorySource) About() Header { return m.h.Header }

// Walk writes each event as a line and reads that: what is seen is what a file
// would show.
func (m memorySource) Walk(visit func(e *Entry) error) error {
	w := walker{}
	var text []byte
	h, number := m.h.inOrder(), 1
	for lines := range h.EachLine {
		for _, l := range lines {
			text = h.appendLine(text[:0], l)
			number++
			if err := w.line(number, text, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// OpenSource returns the history of a file as something to be walked; open
// begins to read it from its start. The header is read at once; a model stands
// in place of the one that it gives, unless it is nil. What breaks the rules of
// a line, or of the order of lines, is refused with a RefusedError; what breaks
// those of a key is found by Collect.
func OpenSource(open func() (io.ReadCloser, error), model *Model) (Source, error) {
	s := &fileSource{open: open, model: model}
	err := s.walk(func(*Entry) error { return errHeaderRead })
	if err != nil && !errors.Is(err, errHeaderRead) {
		return nil, err
	}
	return s, nil
}

var errHeaderRead = errors.New("history: the header has been read")

type fileSource struct {
	open  func() (io.ReadCloser, error)
	model *Model // in place of the header's
	about Header
}

func (s *fileSource) About() Header { return s.about }

func (s *fileSource) Walk(visit func(e *Entry) error) error { return s.walk(visit) }

func (s *fileSource) walk(visit func(e *Entry) error) error {
	file, err := s.open()
	if err != nil {
		return err
	}
	w := walker{header: &s.about, model: s.model}
	err = eachLine(file, func(number int, text []byte) error { return w.line(number, text, visit) })
	if closed := file.Close(); err == nil && closed != nil {
		err = fmt.Errorf("reading the history: %w", closed)
	}
	if err == nil && !w.begun {
		err = located(1, refuse(exampleHeader, "the file is empty"))
	}
	return err
}

// eachLine calls line for each line of a file, with its number from 1.
func eachLine(r io.Reader, line func(number int, text []byte) error) error {
	in := bufio.NewReaderSize(r, 1<<16)
	var long []byte
	for number := 1; ; number++ {
		text, err := readLine(in, &long)
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return fmt.Errorf("reading the history: %w", err)
		}
		if len(text) > 0 || !last {
			if err := line(number, text); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
	}
}

// walker turns lines into entries.
type walker struct {
	header *Header // nil: there is none
	model  *Model
	begun  bool
	order  reader // of which only what belongs to single lines and their order is used
	e      Entry
}

func (w *walker) line(number int, text []byte, visit func(e *Entry) error) error {
	if w.order.h == nil {
		w.order.h, w.order.override = New(Header{}), w.model
		w.order.begun = w.header == nil
	}
	if err := w.parse(number, text); err != nil {
		return located(number, err)
	}
	if !w.begun && w.header != nil {
		w.begun, *w.header = true, w.order.h.Header
		return nil
	}
	return visit(&w.e)
}

func (w *walker) parse(number int, text []byte) error {
	rd := &w.order
	if header, err := rd.parse(number, text); header || err != nil {
		return err
	}
	rd.h.next, rd.h.last = int32(rd.f.index)+1, rd.f.time
	return w.entry()
}

// entry takes over the fields of a line.
func (w *walker) entry() error {
	rd, f, e := &w.order, &w.order.f, &w.e
	*e = Entry{Index: int32(f.index), Time: f.time, Final: f.final, Preload: f.preload, Stamps: e.Stamps[:0], StampNodes: e.StampNodes[:0]}
	switch f.who {
	case fromNemesis:
		phase, err := rd.phase()
		e.Kind, e.Phase, e.What, e.Fault, e.Text = Happened, phase, f.f, f.fault, f.value
		return err
	case fromWorld:
		role, err := rd.role()
		e.Kind, e.Role, e.Node, e.Key, e.Named = Held, role, f.node, f.key, f.versions
		return err
	}
	return w.operation()
}

func (w *walker) operation() error {
	rd, f, e := &w.order, &w.order.f, &w.e
	fn, err := rd.function()
	if err != nil {
		return err
	}
	e.Process, e.Func, e.Key, e.Version = int32(f.process), fn, f.key, f.version
	if string(f.typ) == "invoke" {
		e.Kind, e.Named, e.Group, e.Text = Invoked, f.context, f.op, f.value
		if f.has("client") {
			e.Client = f.client
		}
		if fn.Writes() {
			return rd.need(examplePut, "version")
		}
		return nil
	}
	outcome := slices.Index(outcomeNames[:], string(f.typ))
	if outcome <= 0 {
		return refuse("", "unknown \"type\" %q: it is one of invoke, ok, fail, info", clip(f.typ))
	}
	e.Kind, e.Outcome, e.Text = Ended, Outcome(outcome), f.reason
	if fn == Get && e.Outcome == Ok {
		if err := rd.need(exampleOkGet, "versions"); err != nil {
			return err
		}
		e.Named = f.versions
	}
	e.Stamps = append(e.Stamps, f.ts...)
	for _, n := range f.nodes {
		name := string(n.name)
		if n.name == nil {
			name = strconv.Itoa(int(n.number))
		}
		e.StampNodes = append(e.StampNodes, name)
	}
	return nil
}

// Collect builds the history of those keys that keep lets through, from a walk
// over all of it. Events keep their index; what the nemesis did is in it too.
// What one key breaks of the rules of the format is refused.
func Collect(s Source, keep func(key []byte) bool) (*History, error) {
	c := newCollector(s.About(), keep)
	switch s := s.(type) {
	case memorySource:
		if err := c.memory(s.h); err != nil {
			return nil, err
		}
	case *fileSource:
		c.rd.override = s.model
		file, err := s.open()
		if err != nil {
			return nil, err
		}
		defer file.Close()
		if err := eachLine(file, c.line); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("history: a source of type %T cannot be collected from", s)
	}
	return c.rd.finish(), nil
}

// collector reads the lines of some keys.
type collector struct {
	rd   reader
	keep func(key []byte) bool
}

func newCollector(about Header, keep func(key []byte) bool) *collector {
	c := &collector{rd: newReader(nil), keep: keep}
	c.rd.h.Header, c.rd.begun = about, true
	return c
}

func (c *collector) memory(h *History) error {
	var text []byte
	h = h.inOrder()
	number := 1
	for lines := range h.EachLine {
		for _, l := range lines {
			text = h.appendLine(text[:0], l)
			number++
			if err := c.line(number, text); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *collector) line(number int, text []byte) error {
	if number == 1 {
		return nil
	}
	c.rd.s.reset(text)
	err := c.rd.checkStart(number, text)
	if err == nil {
		err = c.rd.f.parse(&c.rd.s)
	}
	if err == nil && (c.rd.f.who == fromNemesis || c.keep(c.rd.f.key)) {
		if err = c.rd.place(); err == nil {
			err = c.rd.event(number)
		}
	}
	if err != nil {
		return located(number, err)
	}
	return nil
}
