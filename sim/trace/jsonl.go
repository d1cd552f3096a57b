package trace

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// JSONL writes a trace as JSON Lines: a header, then a record a line, always
// with the same keys in the same order, those that say nothing left out. Equal
// runs give equal bytes.
//
//	{"format":1,"kind":"trace"}
//	{"ordinal":7,"at":1000,"kind":"deliver","proc":"n1","peer":"n2","cause":5,"lineage":"00c0ffee00c0ffee","message":"replicate","key":"cart","text":"v1"}
//
// "at" is the virtual time in ns; the lineage is text because JSON's numbers
// do not hold 64 bits everywhere.
type JSONL struct {
	w     *bufio.Writer
	names func(proc int32) string
	line  []byte
	err   error
}

// Field is a text that the header of a file carries.
type Field struct{ Key, Value string }

// NewJSONL returns a writer to w, which writes the header with the given
// fields, such as scenario and seed, at once. Processes go by the names that
// names gives them.
func NewJSONL(w io.Writer, names func(proc int32) string, header ...Field) *JSONL {
	j := &JSONL{w: bufio.NewWriterSize(w, 64<<10), names: names}
	j.line = append(j.line, `{"format":1,"kind":"trace"`...)
	for _, f := range header {
		j.text(f.Key, f.Value)
	}
	j.flush()
	return j
}

// Record writes a record. After an error it does nothing.
func (j *JSONL) Record(r *Record) {
	if j.err != nil {
		return
	}
	j.line = append(j.line[:0], `{"ordinal":`...)
	j.line = strconv.AppendUint(j.line, r.Ordinal, 10)
	j.line = append(j.line, `,"at":`...)
	j.line = strconv.AppendInt(j.line, r.Time, 10)
	j.text("kind", r.Kind.String())
	j.process("proc", r.Proc)
	j.process("peer", r.Peer)
	j.line = append(j.line, `,"cause":`...)
	j.line = strconv.AppendUint(j.line, r.Cause, 10)
	j.lineage(r.Lineage)
	j.textIfAny("message", r.Message)
	j.textIfAny("key", r.Key)
	j.textIfAny("text", r.Text)
	j.textIfAny("mark", r.Mark)
	j.numberIfAny("arg1", r.Arg1)
	j.numberIfAny("arg2", r.Arg2)
	j.flush()
}

// Close writes out what is buffered and returns the first error. It does not
// close the writer below.
func (j *JSONL) Close() error {
	if err := j.w.Flush(); j.err == nil && err != nil {
		j.err = fmt.Errorf("writing the trace: %w", err)
	}
	return j.err
}

func (j *JSONL) flush() {
	j.line = append(j.line, '}', '\n')
	if _, err := j.w.Write(j.line); err != nil {
		j.err = fmt.Errorf("writing the trace: %w", err)
	}
}

func (j *JSONL) key(key string) {
	j.line = append(j.line, ',')
	j.line = appendJSON(j.line, key)
	j.line = append(j.line, ':')
}

func (j *JSONL) text(key, value string) {
	j.key(key)
	j.line = appendJSON(j.line, value)
}

func (j *JSONL) textIfAny(key, value string) {
	if value != "" {
		j.text(key, value)
	}
}

func (j *JSONL) process(key string, proc int32) {
	if proc >= 0 {
		j.text(key, j.names(proc))
	}
}

func (j *JSONL) lineage(lineage uint64) {
	if lineage != 0 {
		j.line = append(j.line, `,"lineage":"`...)
		j.line = appendHex(j.line, lineage)
		j.line = append(j.line, '"')
	}
}

func (j *JSONL) numberIfAny(key string, value int64) {
	if value != 0 {
		j.key(key)
		j.line = strconv.AppendInt(j.line, value, 10)
	}
}

const hexDigits = "0123456789abcdef"

func appendHex(b []byte, x uint64) []byte {
	for shift := 60; shift >= 0; shift -= 4 {
		b = append(b, hexDigits[x>>shift&15])
	}
	return b
}

// appendJSON appends s as a JSON string. Bytes that are no UTF-8 become
// U+FFFD, one each.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			b = appendASCII(b, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		b = utf8.AppendRune(b, r)
		i += size
	}
	return append(b, '"')
}

func appendASCII(b []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, `\n`...)
	case c == '\r':
		return append(b, `\r`...)
	case c == '\t':
		return append(b, `\t`...)
	case c < ' ' || c == 0x7f:
		return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
	return append(b, c)
}
