package history

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// fields is the content of one line, as it stands there. Byte slices belong to
// the scanner and hold until the next line.
type fields struct {
	seen uint64 // bit i: fieldNames[i] was given

	index, time, process, format, size int64
	who                                sender

	kind, model, scenario, seed          []byte
	client, typ, f, key, version, value  []byte
	fault, phase, node, role, op, reason []byte

	valueNull, valueOther, final, preload bool
	versions, context, removes            [][]byte
	values                                []rawValue
	ts                                    []int64
	nodes                                 []tiebreak
	adds, items                           [][2][]byte
}

// sender is what kind of process speaks on a line.
type sender uint8

const (
	fromClient sender = iota
	fromNemesis
	fromWorld
)

type rawValue struct {
	text []byte
	null bool
}

// tiebreak is the second half of a stamp: a number, or a node's name.
type tiebreak struct {
	name   []byte
	number int32
}

// fieldNames are the fields of the format, by bit in fields.seen.
var fieldNames = [...]string{
	"index", "time_ns", "process", "type", "f", "key", "version", "versions", "value", "values", "context",
	"client", "size", "op", "final", "ts", "node", "adds", "removes", "items", "error", "fault", "phase", "role", "preload",
	"format", "kind", "model", "scenario", "seed",
}

// has reports whether the line had the field.
func (f *fields) has(name string) bool {
	return f.seen&(1<<slices.Index(fieldNames[:], name)) != 0
}

func (f *fields) reset() {
	*f = fields{versions: f.versions[:0], context: f.context[:0], values: f.values[:0], ts: f.ts[:0],
		nodes: f.nodes[:0], adds: f.adds[:0], items: f.items[:0], removes: f.removes[:0]}
}

// parse reads one line.
func (f *fields) parse(s *scanner) error {
	f.reset()
	err := s.object(func(name []byte) error {
		i := fieldNumber(name)
		if i < 0 {
			return skipUnknown(s, name)
		}
		if f.seen&(1<<i) != 0 {
			return fmt.Errorf("field %q stands there twice", name)
		}
		f.seen |= 1 << i
		if err := f.field(fieldNames[i], s); err != nil {
			return fmt.Errorf("field %q: %w", name, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.end()
}

func fieldNumber(name []byte) int {
	for i, n := range fieldNames {
		if n == string(name) {
			return i
		}
	}
	return -1
}

// skipUnknown passes over a field that the format does not know, as a file
// from elsewhere may have, unless it looks like a slip of the pen.
func skipUnknown(s *scanner, name []byte) error {
	for _, known := range fieldNames {
		if oneEdit(string(name), known) {
			return fmt.Errorf("unknown field %q: did you mean %q?", clip(name), known)
		}
	}
	return s.skip(0)
}

// oneEdit reports whether one insertion, deletion or replacement turns a into
// b. Short names are too close to each other to guess.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 5 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i < len(a) && a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}

// field reads the value of one field.
func (f *fields) field(name string, s *scanner) (err error) {
	switch name {
	case "index":
		f.index, err = s.integer()
	case "time_ns":
		f.time, err = s.integer()
	case "process":
		return f.readProcess(s)
	case "format":
		f.format, err = s.integer()
	case "size":
		if f.size, err = s.integer(); err == nil && (f.size < 0 || f.size > math.MaxInt32) {
			err = fmt.Errorf("%d bytes is no length of a value", f.size)
		}
	case "value":
		return f.readValue(s)
	case "op", "seed":
		return f.readToken(name, s)
	case "final":
		f.final, err = s.boolean()
	case "preload":
		f.preload, err = s.boolean()
	case "ts":
		return f.readStamps(s)
	case "node":
		return f.readNodes(s)
	case "values":
		return s.list(func() error {
			text, null, err := textOrNull(s)
			f.values = append(f.values, rawValue{text, null})
			return err
		})
	case "versions":
		return readTexts(s, &f.versions)
	case "context":
		return readTexts(s, &f.context)
	case "removes":
		return readTexts(s, &f.removes)
	case "adds":
		return readPairs(s, &f.adds)
	case "items":
		return readPairs(s, &f.items)
	default:
		*f.text(name), err = s.text()
	}
	return err
}

// text returns the place of a field that is a plain string.
func (f *fields) text(name string) *[]byte {
	switch name {
	case "type":
		return &f.typ
	case "f":
		return &f.f
	case "key":
		return &f.key
	case "version":
		return &f.version
	case "client":
		return &f.client
	case "error":
		return &f.reason
	case "fault":
		return &f.fault
	case "phase":
		return &f.phase
	case "role":
		return &f.role
	case "kind":
		return &f.kind
	case "model":
		return &f.model
	case "scenario":
		return &f.scenario
	}
	panic("history: no place for field " + name)
}

func (f *fields) readProcess(s *scanner) (err error) {
	if s.peek() != '"' {
		f.process, err = s.integer()
		if err == nil && (f.process < 0 || f.process > math.MaxInt32) {
			err = fmt.Errorf("%d is no process: they count from 0", f.process)
		}
		return err
	}
	name, err := s.text()
	switch string(name) {
	case "nemesis":
		f.who = fromNemesis
	case "world":
		f.who = fromWorld
	default:
		if err == nil {
			err = fmt.Errorf("%q is no process: it is a number (a client's), \"nemesis\" or \"world\"", clip(name))
		}
	}
	return err
}

// readValue reads the value of a put, a string, or what a nemesis elsewhere
// says of its fault, which may be anything and is kept as it stands.
func (f *fields) readValue(s *scanner) (err error) {
	if c := s.peek(); c == '"' || c == 'n' {
		f.value, f.valueNull, err = textOrNull(s)
		return err
	}
	from := s.at
	f.valueOther = true
	err = s.skip(0)
	f.value = s.in[from:s.at]
	return err
}

// readToken reads a string or a number, both as text.
func (f *fields) readToken(name string, s *scanner) (err error) {
	place := &f.op
	if name == "seed" {
		place = &f.seed
	}
	if s.peek() == '"' {
		*place, err = s.text()
		return err
	}
	from := s.at
	if c := s.peek(); c != '-' && c-'0' > 9 {
		return s.fail("a string or a number")
	}
	from = s.at
	err = s.number()
	*place = s.in[from:s.at]
	return err
}

// readStamps reads the timestamp of a put, or those of a get's versions.
func (f *fields) readStamps(s *scanner) error {
	if s.peek() == '[' {
		return s.list(func() error {
			t, err := s.integer()
			f.ts = append(f.ts, t)
			return err
		})
	}
	t, err := s.integer()
	f.ts = append(f.ts, t)
	return err
}

// readNodes reads a node's name or number, or those of a get's versions.
func (f *fields) readNodes(s *scanner) error {
	if s.peek() == '[' {
		return s.list(func() error { return f.readNode(s) })
	}
	if err := f.readNode(s); err != nil {
		return err
	}
	f.node = f.nodes[0].name
	return nil
}

func (f *fields) readNode(s *scanner) error {
	if s.peek() == '"' {
		name, err := s.text()
		if err == nil && len(name) == 0 {
			err = errors.New("a node without a name")
		}
		f.nodes = append(f.nodes, tiebreak{name: name})
		return err
	}
	n, err := s.integer()
	if err == nil && (n < 0 || n > math.MaxInt32) {
		err = fmt.Errorf("%d is no node: it is a name or a number from 0", n)
	}
	f.nodes = append(f.nodes, tiebreak{number: int32(n)})
	return err
}

func textOrNull(s *scanner) (text []byte, null bool, err error) {
	if null, err = s.null(); null || err != nil {
		return nil, null, err
	}
	text, err = s.text()
	return text, false, err
}

func readTexts(s *scanner, to *[][]byte) error {
	return s.list(func() error {
		t, err := s.text()
		*to = append(*to, t)
		return err
	})
}

// readPairs reads [[item, tag], ...].
func readPairs(s *scanner, to *[][2][]byte) error {
	return s.list(func() error {
		var pair [2][]byte
		n := 0
		err := s.list(func() error {
			t, err := s.text()
			if n < 2 {
				pair[n] = t
			}
			n++
			return err
		})
		if err == nil && n != 2 {
			err = fmt.Errorf("%d strings where a pair [item, tag] should be", n)
		}
		*to = append(*to, pair)
		return err
	})
}
