package lab

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"dynamosim/analysis/history"
	"dynamosim/scenarios"
	"dynamosim/scenarios/frames"
	"dynamosim/sim/trace"
)

// Record runs a plan like Run and writes its trace, compressed as package frames says, to w. Equal runs write equal bytes.
func Record(plan *scenarios.Scenario, w io.Writer, opts RunOptions) (*Report, error) {
	packed, err := frames.NewWriter(w, frames.Options{})
	if err != nil {
		return nil, fmt.Errorf("writing the trace: %w", err)
	}
	names := &processNames{}
	sink := newTrace(packed, plan, names)
	opts.Trace, opts.Names = sink, names.set
	report, err := Run(plan, opts)
	sink.Close() // an error is one of the frames, too
	if failed := packed.Close(); failed != nil {
		return nil, errors.Join(err, fmt.Errorf("writing the trace: %w", failed))
	}
	return report, err // what was recorded up to a crash is worth having
}

// processNames names processes for traces; the run tells them before the first record.
type processNames struct {
	names []string
	of    func(process int32) string // in the place of names; nil: it is names
}

func (p *processNames) set(names []string) { p.names = names }

func (p *processNames) name(process int32) string {
	if p.of != nil {
		return p.of(process)
	}
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
	return observe(plan, newTrace(w, plan, names), names, t, opts)
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
	part := &participants{filter: t.Filter, nodes: len(plan.Cluster.AllNodes())}
	names := &processNames{}
	opts.Names = names.set
	if err := play(plan, part, t.Filter, opts); err != nil {
		return err
	}
	ladder := trace.NewLadder(w, names.name, trace.LadderOptions{
		Filter: t.Filter, Columns: part.columns(t.Width), Width: t.Width, ASCII: t.ASCII,
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
	filter  trace.Filter
	list    []int32
	nodes   int     // processes below are nodes; 0: those that begin no operation are
	clients []int32 // that began one
}

// Record notes the processes of a record.
func (p *participants) Record(r *trace.Record) {
	if p.nodes == 0 && r.Kind == trace.Invoke && !slices.Contains(p.clients, r.Proc) {
		p.clients = append(p.clients, r.Proc)
	}
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
func (p *participants) columns(width int) []int32 {
	if width == 0 {
		width = defaultWidth
	}
	var clients, hosts []int32
	slices.Sort(p.list)
	for _, n := range p.list {
		if p.isNode(n) {
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

func (p *participants) isNode(process int32) bool {
	if p.nodes == 0 {
		return !slices.Contains(p.clients, process)
	}
	return int(process) < p.nodes
}

// Observe runs a plan for what its clients saw, without judging it.
func Observe(plan *scenarios.Scenario, opts RunOptions) (*history.History, error) {
	result, err := new(runner).simulate(plan, opts, time.Now())
	if err != nil {
		return nil, err
	}
	return result.History, nil
}
