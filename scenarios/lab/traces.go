package lab

import (
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

// WritePerfetto runs a plan and writes its trace in the format that Perfetto and chrome://tracing open.
func WritePerfetto(plan *scenarios.Scenario, w io.Writer, t TraceOptions, opts RunOptions) error {
	names := &processNames{}
	return observe(plan, trace.NewPerfetto(w, names.name), names, t, opts)
}

// WriteShiViz runs a plan and writes its trace as a log with vector clocks, for ShiViz.
func WriteShiViz(plan *scenarios.Scenario, w io.Writer, t TraceOptions, opts RunOptions) error {
	names := &processNames{}
	return observe(plan, trace.NewShiViz(w, names.name), names, t, opts)
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
		Filter: t.Filter, Columns: part.columns(len(plan.Cluster.AllNodes()), t.Width), Width: t.Width, ASCII: t.ASCII,
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
	_, err := new(runner).simulate(plan, opts, time.Now())
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
	result, err := new(runner).simulate(plan, opts, time.Now())
	if err != nil {
		return nil, err
	}
	return result.History, nil
}
