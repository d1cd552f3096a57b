package history

import (
	"fmt"
	"io"
)

// Stream writes a history while it is being recorded: after the last Advance,
// what was written are the bytes that Write gives.
type Stream struct {
	batch
	h    *History
	next int // line
}

// NewStream begins to write a history to w, with its header.
func NewStream(h *History, w io.Writer) (*Stream, error) {
	s := &Stream{h: h, batch: batch{w: w, b: append(h.appendHeader(nil, "history"), '\n')}}
	return s, s.flush("history")
}

// Advance writes the events that were recorded since. It is called between
// events: what is set of an operation after its Invoke must have been set.
func (s *Stream) Advance() error {
	for ; s.next < s.h.lines.n; s.next++ {
		s.b = append(s.h.appendLine(s.b, *s.h.lines.at(s.next)), '\n')
		if err := s.flushFull("history"); err != nil {
			return err
		}
	}
	return s.flush("history")
}

// WriteKeys is Write for the keys that keep lets through, with what the nemesis
// did. Events keep their index.
func (h *History) WriteKeys(w io.Writer, keep func(key int32) bool) error {
	h = h.inOrder()
	out := batch{w: w, b: append(h.appendHeader(nil, "history"), '\n')}
	for i := range h.lines.n {
		l := *h.lines.at(i)
		if key := h.keyOf(l); key >= 0 && !keep(key) {
			continue
		}
		out.b = append(h.appendLine(out.b, l), '\n')
		if err := out.flushFull("history"); err != nil {
			return err
		}
	}
	return out.flush("history")
}

// keyOf is the key that an event line is about, or -1.
func (h *History) keyOf(l Line) int32 {
	if id, ok := l.Invokes(); ok {
		return h.Op(id).Key
	}
	if id, ok := l.Returns(); ok {
		return h.Op(id).Key
	}
	if l&3 == lineState {
		return h.states.at(int(l >> 2)).Key
	}
	return -1
}

// WriteStateOf is WriteState for the keys that keep lets through.
func (h *History) WriteStateOf(w io.Writer, keep func(key int32) bool) error {
	out := batch{w: w, b: append(h.appendHeader(nil, "state"), '\n')}
	for i := range h.states.n {
		s := h.states.at(i)
		if !keep(s.Key) {
			continue
		}
		out.b = append(h.appendState(out.b, s), '\n')
		if err := out.flushFull("final state"); err != nil {
			return err
		}
	}
	return out.flush("final state")
}

// batch gathers lines.
type batch struct {
	w io.Writer
	b []byte
}

func (b *batch) flushFull(what string) error {
	if len(b.b) < flushAt {
		return nil
	}
	return b.flush(what)
}

func (b *batch) flush(what string) error {
	_, err := b.w.Write(b.b)
	b.b = b.b[:0]
	if err != nil {
		return fmt.Errorf("writing the %s: %w", what, err)
	}
	return nil
}
