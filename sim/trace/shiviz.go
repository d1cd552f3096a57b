package trace

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ShiVizPattern is the regular expression that ShiViz's default parser reads a log with.
const ShiVizPattern = `(?<event>.*)\n(?<host>\S*) (?<clock>{.*})`

// ShiViz writes a trace as a log with vector clocks, which ShiViz draws: two
// lines an event, its text, then its process with the clock. The clocks count
// the records of processes that are written; they are the writer's, not
// Dynamo's. A message joins the clock of its sender at the moment of its Send,
// so that both must be let through by a filter, or neither.
type ShiViz struct {
	w       *bufio.Writer
	names   func(proc int32) string
	clocks  map[int32]map[int32]uint64 // looked up, and written in the order of processes
	sent    map[uint64]map[int32]uint64
	written []int32
	err     error
}

// NewShiViz returns a writer to w. Processes go by the names that names gives
// them.
func NewShiViz(w io.Writer, names func(proc int32) string) *ShiViz {
	return &ShiViz{w: bufio.NewWriterSize(w, 64<<10), names: names, clocks: make(map[int32]map[int32]uint64), sent: make(map[uint64]map[int32]uint64)}
}

// Record takes a record; what happens in no process has no place in the log.
func (s *ShiViz) Record(r *Record) {
	if s.err != nil || r.Proc < 0 {
		return
	}
	switch r.Kind {
	case Send, Deliver, Drop, Mark, Boot, Crash, Invoke, Complete:
	default:
		return
	}
	clock := s.clocks[r.Proc]
	if clock == nil {
		clock = make(map[int32]uint64)
		s.clocks[r.Proc] = clock
	}
	if r.Kind == Deliver {
		s.receive(r.Lineage, clock)
	}
	clock[r.Proc]++
	if r.Kind == Send {
		s.send(r.Lineage, clock)
	}
	s.write(r, clock)
}

// send remembers the clock that a message carries.
func (s *ShiViz) send(lineage uint64, clock map[int32]uint64) {
	carried := make(map[int32]uint64, len(clock))
	for p, n := range clock { // order: a copy is a copy
		carried[p] = n
	}
	s.sent[lineage] = carried
}

// receive joins the clock that a message carried. It may arrive twice.
func (s *ShiViz) receive(lineage uint64, clock map[int32]uint64) {
	for p, n := range s.sent[lineage] { // order: a maximum for each process alone
		clock[p] = max(clock[p], n)
	}
}

func (s *ShiViz) write(r *Record, clock map[int32]uint64) {
	s.written = s.written[:0]
	for p := range clock { // order: sorted below
		s.written = append(s.written, p)
	}
	slices.Sort(s.written)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s {", shivizText(r, s.names), shivizName(s.names(r.Proc)))
	for i, p := range s.written {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, `"%s":%d`, shivizName(s.names(p)), clock[p])
	}
	b.WriteString("}\n")
	if _, err := s.w.WriteString(b.String()); err != nil {
		s.err = fmt.Errorf("writing the log for ShiViz: %w", err)
	}
}

// Close writes out what is buffered and returns the first error.
func (s *ShiViz) Close() error {
	if err := s.w.Flush(); s.err == nil && err != nil {
		s.err = fmt.Errorf("writing the log for ShiViz: %w", err)
	}
	return s.err
}

// shivizText says on one line what happened, with the time in seconds.
func shivizText(r *Record, names func(proc int32) string) string {
	micros := r.Time / 1000
	parts := []string{fmt.Sprintf("%d.%06d", micros/1e6, max(micros, -micros)%1e6), r.Kind.String()}
	if r.Peer >= 0 {
		parts = append(parts, names(r.Peer))
	}
	for _, text := range []string{r.Mark, r.Message, r.Key, r.Text} {
		if text != "" {
			parts = append(parts, clean(text))
		}
	}
	return strings.Join(parts, " ")
}

// shivizName is a name without what would end it.
func shivizName(name string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == '"' || r == '{' || r == '}' {
			return '_'
		}
		return r
	}, name)
}
