package trace

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// Perfetto writes a trace in the JSON format of Chrome's tracer, which Perfetto
// and chrome://tracing open: a track a process; operations of clients, faults
// and times in which a process is down as spans; messages as arrows from a short
// slice at the sender to one at the receiver; marks as instants. Times are in
// microseconds, with three digits after the point.
type Perfetto struct {
	w     *bufio.Writer
	names func(proc int32) string
	line  []byte
	known map[int32]bool   // processes that have a name in the file
	open  map[int32]uint64 // by client: the number of its operation under way, plus one
	spans uint64
	first bool
	err   error
}

// faultTrack is the process number under which faults are shown.
const faultTrack = 1 << 20

// NewPerfetto returns a writer to w. Processes go by the names that names gives
// them.
func NewPerfetto(w io.Writer, names func(proc int32) string) *Perfetto {
	p := &Perfetto{w: bufio.NewWriterSize(w, 64<<10), names: names, known: make(map[int32]bool), open: make(map[int32]uint64), first: true}
	p.put([]byte(`{"displayTimeUnit":"ns","traceEvents":[`))
	p.track(faultTrack, "faults")
	return p
}

// Record writes what a record shows. After an error it does nothing.
func (p *Perfetto) Record(r *Record) {
	if p.err != nil {
		return
	}
	if r.Proc >= 0 && !p.known[r.Proc] {
		p.known[r.Proc] = true
		p.track(r.Proc, p.names(r.Proc))
	}
	switch r.Kind {
	case Send:
		p.arrow("s", r)
	case Deliver:
		p.arrow("f", r)
	case Invoke:
		p.spans++
		p.open[r.Proc] = p.spans
		p.span("b", r, p.spans)
	case Complete:
		p.span("e", r, p.open[r.Proc])
	case FaultStart:
		p.async("b", faultTrack, r.Time, uint64(r.Arg1), "fault", r.Text, r.Text)
	case FaultEnd:
		p.async("e", faultTrack, r.Time, uint64(r.Arg1), "fault", r.Text, r.Text)
	case Crash, Boot, Pause, Resume:
		p.instant(r, r.Kind.String())
	case Mark:
		p.instant(r, r.Mark)
	case Drop, Shed:
		p.instant(r, r.Kind.String()+" "+r.Message+" "+r.Mark)
	}
}

// Close ends the file and returns the first error.
func (p *Perfetto) Close() error {
	p.put([]byte("\n]}\n"))
	if err := p.w.Flush(); p.err == nil && err != nil {
		p.err = fmt.Errorf("writing the trace for Perfetto: %w", err)
	}
	return p.err
}

// track names a process.
func (p *Perfetto) track(process int32, name string) {
	p.begin("M", process, 0)
	p.line = append(p.line, `,"name":"process_name","args":{"name":`...)
	p.line = append(appendJSON(p.line, name), '}')
	p.end()
}

// arrow is one end of a message: a slice, and the flow that ties it to the other end.
func (p *Perfetto) arrow(phase string, r *Record) {
	p.begin("X", r.Proc, r.Time)
	p.line = append(p.line, `,"dur":1`...)
	p.name(r.Message, r)
	p.end()
	p.begin(phase, r.Proc, r.Time)
	p.line = append(p.line, `,"cat":"message","name":"message","id":"`...)
	p.line = append(appendHex(p.line, r.Lineage), '"')
	if phase == "f" {
		p.line = append(p.line, `,"bp":"e"`...)
	}
	p.end()
}

// span begins or ends an operation of a client.
func (p *Perfetto) span(phase string, r *Record, id uint64) {
	p.async(phase, r.Proc, r.Time, id, "operation", r.Key, r.Text)
}

func (p *Perfetto) async(phase string, process int32, at int64, id uint64, category, name, text string) {
	p.begin(phase, process, at)
	p.line = append(p.line, `,"cat":"`...)
	p.line = append(p.line, category...)
	p.line = append(p.line, `","id":"`...)
	p.line = append(strconv.AppendUint(p.line, id, 10), `","name":`...)
	p.line = appendJSON(p.line, name)
	p.line = append(p.line, `,"args":{"text":`...)
	p.line = append(appendJSON(p.line, text), '}')
	p.end()
}

func (p *Perfetto) instant(r *Record, name string) {
	p.begin("i", r.Proc, r.Time)
	p.line = append(p.line, `,"s":"t"`...)
	p.name(name, r)
	p.end()
}

// name is the name of a slice, with what else is to be read when it is chosen.
func (p *Perfetto) name(name string, r *Record) {
	p.line = append(p.line, `,"name":`...)
	p.line = appendJSON(p.line, name)
	p.line = append(p.line, `,"args":{"event":`...)
	p.line = strconv.AppendUint(p.line, r.Ordinal, 10)
	p.line = append(p.line, `,"key":`...)
	p.line = appendJSON(p.line, r.Key)
	p.line = append(p.line, `,"text":`...)
	p.line = append(appendJSON(p.line, r.Text), '}')
}

// begin starts an event; a process has one thread.
func (p *Perfetto) begin(phase string, process int32, at int64) {
	if p.first {
		p.line = append(p.line[:0], '\n')
	} else {
		p.line = append(p.line[:0], ",\n"...)
	}
	p.first = false
	p.line = append(p.line, `{"ph":"`...)
	p.line = append(p.line, phase...)
	p.line = append(p.line, `","pid":`...)
	p.line = strconv.AppendInt(p.line, int64(process), 10)
	p.line = append(p.line, `,"tid":1,"ts":`...)
	p.line = appendMicros(p.line, at)
}

func (p *Perfetto) end() { p.put(append(p.line, '}')) }

func (p *Perfetto) put(b []byte) {
	if p.err != nil {
		return
	}
	if _, err := p.w.Write(b); err != nil {
		p.err = fmt.Errorf("writing the trace for Perfetto: %w", err)
	}
}

// appendMicros writes nanoseconds as microseconds, exactly.
func appendMicros(b []byte, ns int64) []byte {
	if ns < 0 {
		b, ns = append(b, '-'), -ns
	}
	b = strconv.AppendInt(b, ns/1000, 10)
	return fmt.Appendf(b, ".%03d", ns%1000)
}
