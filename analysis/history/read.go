package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// RefusedError says why a file is no history.
type RefusedError struct {
	Line    int    // from 1
	Reason  string // what is wrong
	Example string // what would be right, may be empty
}

// Error gives line, reason and example in one line.
func (e *RefusedError) Error() string {
	text := fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	if e.Example != "" {
		text += "; right would be " + e.Example
	}
	return text
}

// refusal is a RefusedError that does not know its line yet.
type refusal struct{ reason, example string }

func (r refusal) Error() string { return r.reason }

func refuse(example, format string, args ...any) error {
	return refusal{reason: fmt.Sprintf(format, args...), example: example}
}

// Read reads a history in the format of Write, from this program or from
// elsewhere. What breaks the rules of the format is refused with a
// RefusedError: a history that cannot be trusted is not judged.
func Read(r io.Reader) (*History, error) { return read(r, nil) }

// ReadAs is Read with a model other than the one that the header gives.
func ReadAs(r io.Reader, m Model) (*History, error) { return read(r, &m) }

// ReadInto is Read into a history that is empty, which may be one that SpillTo
// was called of. A model stands in place of the one that the header gives, unless
// it is nil. With an error it holds what came before.
func ReadInto(h *History, r io.Reader, model *Model) error {
	rd := newReader(model)
	rd.h = h
	return rd.read(r)
}

func read(r io.Reader, model *Model) (*History, error) {
	rd := newReader(model)
	if err := rd.read(r); err != nil {
		return nil, err
	}
	return rd.h, nil
}

func (rd *reader) read(r io.Reader) error {
	err := eachLine(r, func(number int, text []byte) error {
		if err := rd.line(number, text); err != nil {
			return located(number, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !rd.begun {
		return located(1, refuse(exampleHeader, "the file is empty"))
	}
	rd.finish()
	return nil
}

func newReader(model *Model) reader {
	return reader{h: New(Header{}), override: model, versions: versionNames{others: map[string]OpID{}}, processes: map[int32]*thread{}, groups: map[string]OpID{}}
}

func located(line int, err error) error {
	var r refusal
	if errors.As(err, &r) {
		return &RefusedError{Line: line, Reason: r.reason, Example: r.example}
	}
	return &RefusedError{Line: line, Reason: err.Error()}
}

// readLine returns the next line without its end, valid until the next call.
func readLine(in *bufio.Reader, long *[]byte) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		*long = (*long)[:0]
		for errors.Is(err, bufio.ErrBufferFull) {
			*long = append(*long, line...)
			line, err = in.ReadSlice('\n')
		}
		*long = append(*long, line...)
		line = *long
	}
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	return line, err
}

// Examples of lines, shown where one like it was expected.
const (
	exampleHeader  = `{"format":1,"kind":"history","model":"siblings"}`
	examplePut     = `{"index":0,"time_ns":1000,"process":3,"type":"invoke","f":"put","key":"k1","version":"v17","value":"milk","context":["v12"]}`
	exampleGet     = `{"index":2,"time_ns":2200,"process":4,"type":"invoke","f":"get","key":"k1"}`
	exampleOkPut   = `{"index":1,"time_ns":2100,"process":3,"type":"ok","f":"put","key":"k1","version":"v17"}`
	exampleStamp   = `{"index":1,"time_ns":2100,"process":3,"type":"ok","f":"put","key":"k1","version":"v17","ts":1500,"node":"n2"}`
	exampleOkGet   = `{"index":3,"time_ns":2900,"process":4,"type":"ok","f":"get","key":"k1","versions":["v17"],"values":["milk"]}`
	exampleNemesis = `{"index":4,"time_ns":3000,"process":"nemesis","type":"info","f":"partition","fault":"cut","phase":"start"}`
	exampleState   = `{"index":9,"time_ns":9000,"process":"world","type":"info","f":"state","node":"n3","role":"home","key":"k1","versions":["v17"]}`
)

// reader turns lines into a History.
type reader struct {
	h        *History
	override *Model
	begun    bool
	s        scanner
	f        fields

	processes map[int32]*thread
	versions  versionNames
	groups    map[string]OpID // first operation, by the file's "op" where that is not its own index
	offered   []bool          // by operation: the version was returned or acknowledged
	phantom   []phantomFacts
	resolved  bool // a phantom turned out to be written later

	nodeNames names // of stamps
	numbered  bool  // stamps name nodes by number

	ids []OpID
}

// thread is one process of the file.
type thread struct {
	client int32
	op     OpID // newest operation
	line   int  // its line
	open   bool // it has not ended
	lost   bool // it ended in info: the process is over
}

// phantomFacts is what the reader keeps of a version that nothing has written
// so far.
type phantomFacts struct {
	key   int32 // of the first get that returned it, -1 is none
	opID  OpID  // the operation that wrote it after all
	known bool  // opID holds
}

func (rd *reader) line(number int, text []byte) error {
	if header, err := rd.parse(number, text); header || err != nil {
		return err
	}
	return rd.event(number)
}

// parse takes the fields of a line and finds its place in the order; the header has none, and is taken whole.
func (rd *reader) parse(number int, text []byte) (header bool, err error) {
	rd.s.reset(text)
	if err := rd.checkStart(number, text); err != nil {
		return false, err
	}
	if err := rd.f.parse(&rd.s); err != nil {
		return false, err
	}
	if !rd.begun {
		return true, rd.header()
	}
	return false, rd.place()
}

// event reads a line after the header.
func (rd *reader) event(number int) error {
	switch rd.f.who {
	case fromNemesis:
		return rd.nemesis()
	case fromWorld:
		return rd.state()
	}
	return rd.client(number)
}

func (rd *reader) checkStart(number int, text []byte) error {
	switch {
	case rd.s.peek() == 0 && rd.s.at == len(text):
		return refuse("", "the line is empty")
	case number == 1 && len(text) >= 3 && string(text[:3]) == "\xef\xbb\xbf":
		return refuse("", "the file begins with a byte order mark: save it as UTF-8 without one")
	}
	return nil
}

func (rd *reader) header() error {
	f := &rd.f
	switch {
	case !f.has("format"):
		return refuse(exampleHeader, "the first line is no header: it has no \"format\"")
	case f.format != Format:
		return refuse("", "format %d is not known to this version, which reads format %d", f.format, Format)
	case string(f.kind) != "history":
		return refuse(exampleHeader, "the file is of kind %q, not a history", clip(f.kind))
	case !f.has("model") && rd.override == nil:
		return refuse(exampleHeader, "missing field \"model\"")
	}
	rd.h.Header = Header{Scenario: string(f.scenario), Seed: string(f.seed)}
	if rd.override != nil {
		rd.h.Model = *rd.override
	} else {
		m, err := ParseModel(clip(f.model))
		if err != nil {
			return refuse("", "%v", err)
		}
		rd.h.Model = m
	}
	rd.begun = true
	return nil
}

// need demands fields.
func (rd *reader) need(example string, names ...string) error {
	for _, n := range names {
		if !rd.f.has(n) {
			return refuse(example, "missing field %q", n)
		}
	}
	return nil
}

// place checks what every line must have.
func (rd *reader) place() error {
	f, h := &rd.f, rd.h
	if f.has("format") && !f.has("process") {
		return refuse("", "a second header: two files in one?")
	}
	if err := rd.need(exampleGet, "index", "time_ns", "process", "type", "f"); err != nil {
		return err
	}
	switch {
	case f.index < int64(h.next):
		return refuse("", "index %d is not rising: the line before has %d", f.index, h.next-1)
	case f.index >= math.MaxInt32:
		return refuse("", "index %d is larger than %d", f.index, math.MaxInt32-1)
	case h.lines.n == 0 && f.time < 0:
		return refuse("", "time_ns %d is negative: times count from the start of the run", f.time)
	case f.time < h.last:
		return refuse("", "time_ns %d after %d on the line before: times never fall", f.time, h.last)
	case h.lines.n >= 1<<29:
		return refuse("", "more than %d events", 1<<29)
	}
	h.next = int32(f.index)
	return nil
}

func (rd *reader) nemesis() error {
	f := &rd.f
	phase, err := rd.phase()
	if err != nil {
		return err
	}
	rd.h.Nemesis(f.time, string(f.f), string(f.fault), phase, string(f.value))
	return nil
}

// phase checks a line of the nemesis.
func (rd *reader) phase() (Phase, error) {
	f := &rd.f
	if string(f.typ) != "info" {
		return 0, refuse(exampleNemesis, "an event of the nemesis is of type \"info\", not %q", clip(f.typ))
	}
	phase := Unphased
	if f.has("phase") {
		i := slices.Index(phaseNames[1:], string(f.phase))
		if i < 0 {
			return 0, refuse(exampleNemesis, "unknown phase %q: it is one of scheduled, start, effect, end, recovered, refused, heal, quiet", clip(f.phase))
		}
		phase = Phase(i + 1)
	} else if kind := string(f.f); kind == Heal.String() || kind == Quiet.String() {
		phase = Phase(slices.Index(phaseNames[:], kind))
	}
	return phase, nil
}

func (rd *reader) state() error {
	f, h := &rd.f, rd.h
	role, err := rd.role()
	if err != nil {
		return err
	}
	key := h.keys.addBytes(f.key)
	ids, err := rd.lookUp(f.versions, key, "held")
	if err != nil {
		return err
	}
	h.AddState(f.time, h.nodes.addBytes(f.node), role, key, ids)
	return nil
}

// role checks a line of the world.
func (rd *reader) role() (Role, error) {
	f := &rd.f
	if string(f.typ) != "info" || string(f.f) != "state" {
		return 0, refuse(exampleState, "the world tells of \"f\":\"state\" with \"type\":\"info\" only")
	}
	if err := rd.need(exampleState, "node", "role", "key", "versions"); err != nil {
		return 0, err
	}
	if len(f.node) == 0 || len(f.nodes) != 1 {
		return 0, refuse(exampleState, "field \"node\" of a state is one name")
	}
	role := slices.Index(roleNames[:], string(f.role))
	if role < 0 {
		return 0, refuse(exampleState, "unknown role %q: it is one of home, hint, other", clip(f.role))
	}
	return Role(role), nil
}
