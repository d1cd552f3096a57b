package trace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Reader reads the lines that JSONL writes. Processes get numbers in the order
// in which the file names them.
type Reader struct {
	in     *bufio.Reader
	header map[string]string
	line   int
	long   []byte
	s      scanner
	r      Record
	proc   []string
	number map[string]int32
	shared map[string]string // names, each once
}

// NewReader begins to read a trace; it reads the header.
func NewReader(r io.Reader) (*Reader, error) {
	t := &Reader{in: bufio.NewReaderSize(r, 256<<10), header: map[string]string{}, number: map[string]int32{}, shared: map[string]string{}}
	text, err := t.next()
	if err != nil {
		return nil, err
	}
	if text == nil {
		return nil, errors.New("line 1: the file is empty")
	}
	return t, t.head(text)
}

// head reads the first line.
func (t *Reader) head(text []byte) error {
	format := int64(-1)
	t.s = scanner{in: text}
	err := t.s.object(func(name string) (err error) {
		if name == "format" {
			format, err = t.s.integer()
			return err
		}
		t.header[name], err = t.s.text()
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("line 1: %w", err)
	case format != 1:
		return fmt.Errorf("line 1: no header of a trace of format 1, such as %s", `{"format":1,"kind":"trace"}`)
	case t.header["kind"] != "trace":
		return fmt.Errorf("line 1: the file is of kind %q, not a trace", t.header["kind"])
	}
	return nil
}

// Header is the text of a field of the first line, "" if it has none.
func (t *Reader) Header(key string) string { return t.header[key] }

// Name is the name of a process, by the number that records have.
func (t *Reader) Name(proc int32) string {
	if proc >= 0 && int(proc) < len(t.proc) {
		return t.proc[proc]
	}
	return "nobody"
}

// Processes is how many processes have been named so far.
func (t *Reader) Processes() int { return len(t.proc) }

// Read gives the next record, which holds until the next call; io.EOF after
// the last. An error names the line.
func (t *Reader) Read() (*Record, error) {
	text, err := t.next()
	if err != nil {
		return nil, err
	}
	if text == nil {
		return nil, io.EOF
	}
	t.r = Record{Proc: None, Peer: None}
	t.s = scanner{in: text}
	if err := t.s.object(t.field); err != nil {
		return nil, fmt.Errorf("line %d: %w", t.line, err)
	}
	if t.r.Kind == 0 {
		return nil, fmt.Errorf("line %d: no \"kind\"", t.line)
	}
	return &t.r, nil
}

// next is the next line without its end, nil after the last.
func (t *Reader) next() ([]byte, error) {
	t.line++
	text, err := t.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		t.long = t.long[:0]
		for errors.Is(err, bufio.ErrBufferFull) {
			t.long = append(t.long, text...)
			text, err = t.in.ReadSlice('\n')
		}
		t.long = append(t.long, text...)
		text = t.long
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the trace: %w", err)
	}
	if len(text) == 0 {
		return nil, nil
	}
	if text[len(text)-1] == '\n' {
		text = text[:len(text)-1]
	}
	return text, nil
}

func (t *Reader) field(name string) (err error) {
	r, s := &t.r, &t.s
	switch name {
	case "ordinal":
		r.Ordinal, err = s.natural()
	case "at":
		r.Time, err = s.integer()
	case "kind":
		return t.kind()
	case "proc":
		r.Proc, err = t.process()
	case "peer":
		r.Peer, err = t.process()
	case "cause":
		r.Cause, err = s.natural()
	case "lineage":
		var text string
		if text, err = s.text(); err == nil {
			r.Lineage, err = strconv.ParseUint(text, 16, 64)
		}
	case "message":
		r.Message, err = t.name()
	case "key":
		r.Key, err = t.name()
	case "text":
		r.Text, err = s.text()
	case "mark":
		r.Mark, err = t.name()
	case "arg1":
		r.Arg1, err = s.integer()
	case "arg2":
		r.Arg2, err = s.integer()
	default:
		return fmt.Errorf("unknown field %q", name)
	}
	if err != nil {
		return fmt.Errorf("field %q: %w", name, err)
	}
	return nil
}

func (t *Reader) kind() error {
	name, err := t.name()
	if err != nil {
		return err
	}
	for _, doc := range kindDocs[1:] {
		if doc.Name == name {
			t.r.Kind = doc.Kind
			return nil
		}
	}
	return fmt.Errorf("unknown kind %q", name)
}

// name is a text that comes again and again.
func (t *Reader) name() (string, error) {
	raw, plain, err := t.s.raw()
	if err != nil {
		return "", err
	}
	if plain {
		if name, ok := t.shared[string(raw)]; ok {
			return name, nil
		}
	}
	name, err := unescaped(raw, plain)
	if err == nil {
		t.shared[name] = name
	}
	return name, err
}

func (t *Reader) process() (int32, error) {
	name, err := t.name()
	if err != nil {
		return None, err
	}
	number, ok := t.number[name]
	if !ok {
		if len(t.proc) >= math.MaxInt32 {
			return None, errors.New("too many processes")
		}
		number = int32(len(t.proc))
		t.number[name], t.proc = number, append(t.proc, name)
	}
	return number, nil
}

// scanner walks over one JSON object of texts and whole numbers.
type scanner struct {
	in []byte
	at int
}

func (s *scanner) space() {
	for s.at < len(s.in) && (s.in[s.at] == ' ' || s.in[s.at] == '\t' || s.in[s.at] == '\r') {
		s.at++
	}
}

func (s *scanner) take(c byte) bool {
	s.space()
	if s.at < len(s.in) && s.in[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) expect(c byte) error {
	if s.take(c) {
		return nil
	}
	if s.at >= len(s.in) {
		return fmt.Errorf("the line ends where %q should be", c)
	}
	return fmt.Errorf("%q at column %d where %q should be", s.in[s.at], s.at+1, c)
}

// object calls field for every field; it must consume the value.
func (s *scanner) object(field func(name string) error) error {
	if err := s.expect('{'); err != nil {
		return err
	}
	for first := true; ; first = false {
		if first && s.take('}') {
			break
		}
		name, err := s.text()
		if err == nil {
			err = s.expect(':')
		}
		if err == nil {
			err = field(name)
		}
		if err != nil {
			return err
		}
		if s.take('}') {
			break
		}
		if err := s.expect(','); err != nil {
			return err
		}
	}
	if s.space(); s.at < len(s.in) {
		return fmt.Errorf("%q at column %d where the line should end", s.in[s.at], s.at+1)
	}
	return nil
}

// raw is what stands between quotes; plain tells that nothing in it is escaped.
func (s *scanner) raw() (text []byte, plain bool, err error) {
	if err := s.expect('"'); err != nil {
		return nil, false, err
	}
	from := s.at
	for plain = true; s.at < len(s.in); s.at++ {
		switch s.in[s.at] {
		case '"':
			s.at++
			return s.in[from : s.at-1], plain, nil
		case '\\':
			plain = false
			s.at++
		}
	}
	s.at = len(s.in)
	return nil, false, errors.New("the line ends in a text")
}

func (s *scanner) text() (string, error) {
	raw, plain, err := s.raw()
	if err != nil {
		return "", err
	}
	return unescaped(raw, plain)
}

func unescaped(raw []byte, plain bool) (string, error) {
	if !utf8.Valid(raw) {
		return "", errors.New("a text that is not UTF-8")
	}
	if plain {
		return string(raw), nil
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			b.WriteByte(raw[i])
			continue
		}
		i++ // raw never ends in the middle of an escape
		switch c := raw[i]; c {
		case '"', '\\', '/':
			b.WriteByte(c)
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			if len(raw) < i+5 {
				return "", errors.New("an escape is cut off")
			}
			code, err := strconv.ParseUint(string(raw[i+1:i+5]), 16, 16)
			if err != nil {
				return "", fmt.Errorf("no escape: \\%s", raw[i:i+5])
			}
			b.WriteRune(rune(code))
			i += 4
		default:
			return "", fmt.Errorf("no escape: \\%c", c)
		}
	}
	return b.String(), nil
}

func (s *scanner) digits() string {
	s.space()
	from := s.at
	for s.at < len(s.in) && (s.in[s.at] == '-' || s.in[s.at]-'0' <= 9) {
		s.at++
	}
	return string(s.in[from:s.at])
}

func (s *scanner) integer() (int64, error) {
	n, err := strconv.ParseInt(s.digits(), 10, 64)
	if err != nil {
		return 0, errors.New("no whole number")
	}
	return n, nil
}

func (s *scanner) natural() (uint64, error) {
	n, err := strconv.ParseUint(s.digits(), 10, 64)
	if err != nil {
		return 0, errors.New("no whole number from 0")
	}
	return n, nil
}
