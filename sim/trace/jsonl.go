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
	w      *bufio.Writer
	names  func(proc int32) string
	line   []byte
	quoted [][]byte // the names that were asked for, as JSON, by process
	err    error
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
	b := append(j.line[:0], `{"ordinal":`...)
	b = strconv.AppendUint(b, r.Ordinal, 10)
	b = append(b, `,"at":`...)
	b = strconv.AppendInt(b, r.Time, 10)
	b = append(b, `,"kind":"`...)
	b = append(b, r.Kind.String()...) // which needs no escaping
	b = append(b, '"')
	if r.Proc >= 0 {
		b = append(append(b, `,"proc":`...), j.process(r.Proc)...)
	}
	if r.Peer >= 0 {
		b = append(append(b, `,"peer":`...), j.process(r.Peer)...)
	}
	b = append(b, `,"cause":`...)
	b = strconv.AppendUint(b, r.Cause, 10)
	if r.Lineage != 0 {
		b = append(b, `,"lineage":"`...)
		b = append(appendHex(b, r.Lineage), '"')
	}
	if r.Message != "" {
		b = appendJSON(append(b, `,"message":`...), r.Message)
	}
	if r.Key != "" {
		b = appendJSON(append(b, `,"key":`...), r.Key)
	}
	if r.Text != "" {
		b = appendJSON(append(b, `,"text":`...), r.Text)
	}
	if r.Mark != "" {
		b = appendJSON(append(b, `,"mark":`...), r.Mark)
	}
	if r.Arg1 != 0 {
		b = strconv.AppendInt(append(b, `,"arg1":`...), r.Arg1, 10)
	}
	if r.Arg2 != 0 {
		b = strconv.AppendInt(append(b, `,"arg2":`...), r.Arg2, 10)
	}
	j.line = b
	j.flush()
}

// Flush writes out what is buffered.
func (j *JSONL) Flush() error { return j.Close() }

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

func (j *JSONL) text(key, value string) {
	j.line = appendJSON(append(j.line, ','), key)
	j.line = appendJSON(append(j.line, ':'), value)
}

// process is the name of a process as JSON.
func (j *JSONL) process(proc int32) []byte {
	for int(proc) >= len(j.quoted) {
		j.quoted = append(j.quoted, nil)
	}
	if j.quoted[proc] == nil {
		j.quoted[proc] = appendJSON(nil, j.names(proc))
	}
	return j.quoted[proc]
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
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		b = append(b, s[from:i]...)
		if c < utf8.RuneSelf {
			b = appendASCII(b, c)
			i++
		} else {
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
		}
		from = i
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// plain tells which bytes stand for themselves in a JSON string.
var plain = plainBytes()

func plainBytes() (t [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\' && c != 0x7f
	}
	return t
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
