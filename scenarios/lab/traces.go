package lab

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"dynamosim/analysis/history"
	"dynamosim/scenarios"
	"dynamosim/sim/trace"
)

// Record runs a plan like Run and writes its trace, compressed with zstd, to w. Equal runs write equal bytes.
func Record(plan *scenarios.Scenario, w io.Writer, opts RunOptions) (*Report, error) {
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("compressing the trace: %w", err)
	}
	names := &processNames{}
	sink := trace.NewJSONL(z, names.name, trace.Field{Key: "scenario", Value: plan.Name}, trace.Field{Key: "seed", Value: fmt.Sprint(seedOf(plan))})
	opts.Trace, opts.Names = sink, names.set
	report, err := Run(plan, opts)
	return report, errors.Join(err, closeBoth(sink, z)) // what was recorded up to a crash is worth having
}

// closeBoth ends a trace and the compression below it.
func closeBoth(sink *trace.JSONL, z *zstd.Encoder) error {
	if err := sink.Close(); err != nil {
		z.Close()
		return err
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("writing the trace: %w", err)
	}
	return nil
}

// processNames names processes for traces; the run tells them before the first record.
type processNames struct{ names []string }

func (p *processNames) set(names []string) { p.names = names }

func (p *processNames) name(process int32) string {
	if int(process) < len(p.names) {
		return p.names[process]
	}
	return fmt.Sprintf("process %d", process)
}

// Event is one line of a trace.
type Event struct {
	Line int // from 1
	Text string
}

// FirstDifference finds the first line at which two compressed traces part; found is false where they are equal. The text of a trace
// that ends there is empty.
func FirstDifference(a, b io.Reader) (first, second Event, found bool, err error) {
	x, err := newLines(a)
	if err != nil {
		return Event{}, Event{}, false, err
	}
	defer x.close()
	y, err := newLines(b)
	if err != nil {
		return Event{}, Event{}, false, err
	}
	defer y.close()
	for n := 1; ; n++ {
		s, errS := x.next()
		t, errT := y.next()
		if err := errors.Join(errS, errT); err != nil {
			return Event{}, Event{}, false, fmt.Errorf("reading a trace: %w", err)
		}
		if !bytes.Equal(s, t) {
			return Event{n, string(s)}, Event{n, string(t)}, true, nil
		}
		if s == nil {
			return Event{}, Event{}, false, nil
		}
	}
}

// lines reads a compressed file line by line.
type lines struct {
	z    *zstd.Decoder
	in   *bufio.Reader
	line []byte
}

func newLines(r io.Reader) (*lines, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("reading a trace: %w", err)
	}
	return &lines{z: z, in: bufio.NewReaderSize(z, 64<<10)}, nil
}

func (l *lines) close() { l.z.Close() }

// next returns the next line, nil at the end; it is valid until the next call.
func (l *lines) next() ([]byte, error) {
	l.line = l.line[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		l.line = append(l.line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(l.line) == 0:
			return nil, nil
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		default:
			return bytes.TrimSuffix(l.line, []byte("\n")), nil
		}
	}
}

// TraceOptions say which part of a trace is wanted, and how.
type TraceOptions struct {
	trace.Filter
	Width int  // of a ladder's page; 0 is 120
	ASCII bool // draw with ASCII characters alone
}

// WriteTrace runs a plan and writes its trace as JSON Lines, not compressed.
func WriteTrace(plan *scenarios.Scenario, w io.Writer, t TraceOptions, opts RunOptions) error {
	names := &processNames{}
	sink := trace.NewJSONL(w, names.name, trace.Field{Key: "scenario", Value: plan.Name}, trace.Field{Key: "seed", Value: fmt.Sprint(seedOf(plan))})
	return observe(plan, sink, names, t, opts)
}

// WriteLadder runs a plan and writes its trace as a space-time diagram of the nodes and of those clients that have a part in what is
// shown. Where they do not fit on the page beside each other it is a line of text an event.
func WriteLadder(plan *scenarios.Scenario, w io.Writer, t TraceOptions, opts RunOptions) error {
	part := &participants{filter: t.Filter}
	names := &processNames{}
	opts.Names = names.set
	if err := play(plan, part, t.Filter, opts); err != nil {
		return err
	}
	ladder := trace.NewLadder(w, names.name, trace.LadderOptions{
		Filter: t.Filter, Columns: part.columns(len(plan.Cluster.Nodes), t.Width), Width: t.Width, ASCII: t.ASCII,
	})
	return observe(plan, ladder, names, t, opts)
}

// closer is a sink that has to be told the end.
type closer interface {
	trace.Sink
	Close() error
}

func observe(plan *scenarios.Scenario, sink closer, names *processNames, t TraceOptions, opts RunOptions) error {
	opts.Names = names.set
	var to trace.Sink = sink
	if _, isLadder := sink.(*trace.Ladder); !isLadder { // which filters by itself, since it follows messages that began before
		to = trace.Filtered(sink, t.Filter)
	}
	err := play(plan, to, t.Filter, opts)
	return errors.Join(err, sink.Close())
}

// play runs a plan for its trace, no further than the filter asks for.
func play(plan *scenarios.Scenario, sink trace.Sink, f trace.Filter, opts RunOptions) error {
	clock := &clock{Sink: sink}
	stop := opts.Stop
	opts.Trace = clock
	opts.Stop = func() bool { return f.Until > 0 && clock.now > f.Until || stop != nil && stop() }
	_, err := simulate(plan, opts, time.Now())
	if errors.Is(err, ErrInterrupted) && f.Until > 0 && clock.now > f.Until {
		return nil
	}
	return err
}

// clock passes records on and knows the time of the last.
type clock struct {
	trace.Sink
	now int64
}

func (c *clock) Record(r *trace.Record) {
	c.now = r.Time
	c.Sink.Record(r)
}

// participants notes which processes have a part in what a filter lets through.
type participants struct {
	filter trace.Filter
	list   []int32
}

// Record notes the processes of a record.
func (p *participants) Record(r *trace.Record) {
	if !p.filter.Match(r) {
		return
	}
	switch r.Kind {
	case trace.Deliver, trace.Drop, trace.Shed, trace.Invoke, trace.Complete, trace.Mark:
		p.add(r.Proc)
		p.add(r.Peer)
	}
}

func (p *participants) add(process int32) {
	if process >= 0 && !slices.Contains(p.list, process) {
		p.list = append(p.list, process)
	}
}

// A ladder needs these many characters for the time, and for each column.
const (
	timeColumn = 15
	minColumn  = 9
)

// columns are the processes that a ladder shows: clients on the left, nodes right of them; none where they are too many.
func (p *participants) columns(nodes, width int) []int32 {
	if width == 0 {
		width = defaultWidth
	}
	var clients, hosts []int32
	slices.Sort(p.list)
	for _, n := range p.list {
		if int(n) < nodes {
			hosts = append(hosts, n)
		} else {
			clients = append(clients, n)
		}
	}
	all := append(clients, hosts...)
	if len(all)*minColumn > width-timeColumn {
		return nil
	}
	return all
}

// Observe runs a plan for what its clients saw, without judging it.
func Observe(plan *scenarios.Scenario, opts RunOptions) (*history.History, error) {
	result, err := simulate(plan, opts, time.Now())
	if err != nil {
		return nil, err
	}
	return result.History, nil
}
