package history

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Values: strings, numbers and literals.

// text reads a string.
func (s *scanner) text() ([]byte, error) {
	if err := s.expect('"', "a string"); err != nil {
		return nil, err
	}
	from, ascii := s.at, true
	for s.at < len(s.in) {
		switch c := s.in[s.at]; {
		case c == '"':
			t := s.in[from:s.at]
			s.at++
			if !ascii && !utf8.Valid(t) {
				return nil, errors.New("bad JSON: a string that is not UTF-8")
			}
			return t, nil
		case c == '\\':
			return s.escaped(from)
		case c < 0x20:
			return nil, s.fail("a character of a string (control characters are escaped)")
		case c >= utf8.RuneSelf:
			ascii = false
		}
		s.at++
	}
	return nil, s.fail("the end of a string")
}

// escaped reads on in a string that began at from and has an escape at s.at.
func (s *scanner) escaped(from int) ([]byte, error) {
	begin := len(s.scratch)
	s.scratch = append(s.scratch, s.in[from:s.at]...)
	for s.at < len(s.in) {
		c := s.in[s.at]
		switch {
		case c == '"':
			s.at++
			t := s.scratch[begin:len(s.scratch):len(s.scratch)]
			if !utf8.Valid(t) {
				return nil, errors.New("bad JSON: a string that is not UTF-8")
			}
			return t, nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return nil, err
			}
		case c < 0x20:
			return nil, s.fail("a character of a string (control characters are escaped)")
		default:
			s.scratch = append(s.scratch, c)
			s.at++
		}
	}
	return nil, s.fail("the end of a string")
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads one escape sequence onto scratch. Half a surrogate pair becomes
// the replacement character, as in the standard library.
func (s *scanner) escape() error {
	s.at++ // the backslash
	if s.at >= len(s.in) {
		return s.fail("an escape")
	}
	if c := escapes[s.in[s.at]]; c != 0 {
		s.scratch = append(s.scratch, c)
		s.at++
		return nil
	}
	r, ok := s.unicode()
	if !ok {
		return s.fail("an escape such as \\n or \\u00e9")
	}
	if utf16.IsSurrogate(r) {
		r = s.pair(r)
	}
	s.scratch = utf8.AppendRune(s.scratch, r)
	return nil
}

// pair reads the second half of a surrogate pair, if there is one.
func (s *scanner) pair(first rune) rune {
	here := s.at
	if s.at < len(s.in) && s.in[s.at] == '\\' {
		s.at++
		if second, ok := s.unicode(); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return r
			}
		}
	}
	s.at = here
	return utf8.RuneError
}

// unicode reads "uXXXX".
func (s *scanner) unicode() (rune, bool) {
	if len(s.in)-s.at < 5 || s.in[s.at] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.in[s.at+1:s.at+5]), 16, 16)
	if err != nil {
		return 0, false
	}
	s.at += 5
	return rune(n), true
}

// integer reads a whole number that fits in 64 bits.
func (s *scanner) integer() (int64, error) {
	c := s.peek()
	from := s.at
	if c != '-' && (c < '0' || c > '9') {
		return 0, s.fail("a whole number")
	}
	if err := s.number(); err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(s.in[from:s.at]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is not a whole number of 64 bits", clip(s.in[from:s.at]))
	}
	return n, nil
}

// number skips a number of JSON's grammar.
func (s *scanner) number() error {
	if s.at < len(s.in) && s.in[s.at] == '-' {
		s.at++
	}
	if s.at < len(s.in) && s.in[s.at] == '0' {
		s.at++
	} else if !s.digits() {
		return s.fail("a digit")
	}
	if s.at < len(s.in) && s.in[s.at] == '.' {
		s.at++
		if !s.digits() {
			return s.fail("a digit")
		}
	}
	if s.at < len(s.in) && s.in[s.at]|0x20 == 'e' {
		s.at++
		if s.at < len(s.in) && (s.in[s.at] == '+' || s.in[s.at] == '-') {
			s.at++
		}
		if !s.digits() {
			return s.fail("a digit")
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	from := s.at
	for s.at < len(s.in) && s.in[s.at]-'0' <= 9 {
		s.at++
	}
	return s.at > from
}

// word skips a literal such as null.
func (s *scanner) word(w string) error {
	if len(s.in)-s.at < len(w) || string(s.in[s.at:s.at+len(w)]) != w {
		return s.fail("a value")
	}
	s.at += len(w)
	return nil
}

// boolean reads true or false.
func (s *scanner) boolean() (bool, error) {
	switch s.peek() {
	case 't':
		return true, s.word("true")
	case 'f':
		return false, s.word("false")
	}
	return false, s.fail("true or false")
}

// null skips null if it is next.
func (s *scanner) null() (bool, error) {
	if s.peek() != 'n' {
		return false, nil
	}
	return true, s.word("null")
}

// skip skips any value.
func (s *scanner) skip(depth int) error {
	if depth > maxDepth {
		return errors.New("bad JSON: nested too deeply")
	}
	var err error
	switch c := s.peek(); {
	case c == '{':
		return s.object(func([]byte) error { return s.skip(depth + 1) })
	case c == '[':
		return s.list(func() error { return s.skip(depth + 1) })
	case c == '"':
		_, err = s.text()
	case c == 't':
		err = s.word("true")
	case c == 'f':
		err = s.word("false")
	case c == 'n':
		err = s.word("null")
	case c == '-' || c-'0' <= 9 && c != 0:
		err = s.number()
	default:
		err = s.fail("a value")
	}
	return err
}

// clip shortens what is quoted in an error message.
func clip(b []byte) string {
	const most = 40
	if len(b) <= most {
		return string(b)
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(b[cut]) {
		cut--
	}
	return string(b[:cut]) + "..."
}
