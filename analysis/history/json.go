package history

import (
	"fmt"
	"unicode/utf8"
)

// scanner walks over one JSON value. Strings come back as bytes of the input
// where nothing is escaped, else of scratch; both hold until the next line.
type scanner struct {
	in      []byte
	at      int
	scratch []byte
}

// maxDepth bounds the nesting of fields that the reader skips.
const maxDepth = 64

func (s *scanner) reset(in []byte) {
	s.in, s.at, s.scratch = in, 0, s.scratch[:0]
}

func (s *scanner) fail(want string) error {
	if s.at >= len(s.in) {
		return fmt.Errorf("bad JSON: the line ends where %s should be", want)
	}
	r, _ := utf8.DecodeRune(s.in[s.at:])
	return fmt.Errorf("bad JSON: %q at column %d where %s should be", r, s.at+1, want)
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for s.at < len(s.in) {
		switch c := s.in[s.at]; c {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) expect(c byte, want string) error {
	if s.peek() != c {
		return s.fail(want)
	}
	s.at++
	return nil
}

// accept skips c if it is next.
func (s *scanner) accept(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// end demands that nothing follows.
func (s *scanner) end() error {
	if s.peek() != 0 || s.at < len(s.in) {
		return s.fail("the end of the line")
	}
	return nil
}

// object calls field for every field of an object; field must consume the
// value.
func (s *scanner) object(field func(name []byte) error) error {
	if err := s.expect('{', "an object {...}"); err != nil {
		return err
	}
	if s.accept('}') {
		return nil
	}
	for {
		name, err := s.text()
		if err != nil {
			return err
		}
		if err := s.expect(':', "a colon"); err != nil {
			return err
		}
		if err := field(name); err != nil {
			return err
		}
		if s.accept('}') {
			return nil
		}
		if err := s.expect(',', "a comma or }"); err != nil {
			return err
		}
	}
}

// list calls element before every element of a list; element must consume it.
func (s *scanner) list(element func() error) error {
	if err := s.expect('[', "a list [...]"); err != nil {
		return err
	}
	if s.accept(']') {
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if s.accept(']') {
			return nil
		}
		if err := s.expect(',', "a comma or ]"); err != nil {
			return err
		}
	}
}
