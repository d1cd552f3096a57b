package lab

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"time"

	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
	"dynamosim/sim/trace"
)

// Parting is the first event at which two runs part, with what was around it.
type Parting struct {
	Event uint64 // ordinal of the first event that has a part in the difference
	Time  int64  // of the first record that differs, ns; the earlier of the two

	Before        []trace.Record // the last that both runs have in common
	First, Second []trace.Record // from the first that differs on; none: that run has ended

	names [2]processNames
}

// around is how many records are shown before a parting, and after it of each run.
const around = 8

// FindParting steps the worlds of two plans side by side until they part, however far that is, and stores no trace. It returns nil where
// both runs are the same to their end. A crash counts as the end of a run.
func FindParting(first, second *scenarios.Scenario, opts RunOptions) (*Parting, error) {
	p, began := &Parting{}, time.Now()
	var course [2]trace.Checkpoints
	var worlds [2]*world.World
	for i, plan := range []*scenarios.Scenario{first, second} {
		w, err := world.New(plan, world.Options{Trace: whatHappens{&course[i]}})
		if err != nil {
			return nil, &BadInput{Text: fmt.Sprintf("%s: error: %v", plan.Name, err)}
		}
		worlds[i] = w
		p.names[i].set(w.ProcessNames())
	}
	running := [2]bool{true, true}
	for turn := 0; running[0] || running[1]; turn++ {
		for i := range worlds {
			running[i] = running[i] && stepOrCrash(worlds[i], trace.Stride/4)
		}
		if opts.Stop != nil && opts.Stop() {
			return nil, ErrInterrupted
		}
		if opts.Progress != nil && turn%32 == 0 {
			opts.Progress(Progress{Virtual: worlds[0].Now(), End: worlds[0].End(), Operations: worlds[0].Operations(), Events: worlds[0].Events(), Wall: time.Since(began)})
		}
		if span, found := trace.Parting(&course[0], &course[1]); found && p.locate(span, &course) {
			return p, nil
		}
	}
	return nil, nil
}

// whatHappens leaves out what is only to come: that one run has a fault more makes no difference before it begins.
type whatHappens struct{ trace.Sink }

func (s whatHappens) Record(r *trace.Record) {
	if r.Kind != trace.FaultScheduled {
		s.Sink.Record(r)
	}
}

// stepOrCrash steps a world; a panic inside it is its end.
func stepOrCrash(w *world.World, events int) (more bool) {
	defer func() {
		if recover() != nil {
			more = false
		}
	}()
	return w.Step(events)
}

// locate finds the first record that differs. It may lie before the stretch in which the sums differ only by what one run has not come to
// yet; then there is no difference so far.
func (p *Parting) locate(span trace.Span, course *[2]trace.Checkpoints) bool {
	a, wholeA := course[0].Recent(trace.Span{Until: span.Until})
	b, wholeB := course[1].Recent(trace.Span{Until: span.Until})
	if !(wholeA && wholeB) && len(a) > 0 && len(b) > 0 {
		first := max(a[0].Ordinal, b[0].Ordinal) // one list may remember more than the other, of this event too
		a, b = after(a, first), after(b, first)
	}
	i, found := trace.FirstDifference(a, b)
	if !found {
		return false
	}
	p.Before = tail(a[:i], around)
	p.First, p.Second = head(a[i:], around), head(b[i:], around)
	switch {
	case len(p.First) > 0 && (len(p.Second) == 0 || p.First[0].Time <= p.Second[0].Time):
		p.Event, p.Time = p.First[0].Ordinal, p.First[0].Time
	case len(p.Second) > 0:
		p.Event, p.Time = p.Second[0].Ordinal, p.Second[0].Time
	}
	return true
}

// after leaves out the records of events up to one.
func after(records []trace.Record, event uint64) []trace.Record {
	for len(records) > 0 && records[0].Ordinal <= event {
		records = records[1:]
	}
	return records
}

func head(records []trace.Record, n int) []trace.Record { return records[:min(n, len(records))] }

func tail(records []trace.Record, n int) []trace.Record { return records[max(0, len(records)-n):] }

// Text writes the parting for people.
func (p *Parting) Text(w io.Writer, width int, ascii bool) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "the runs part at event %d, %v\n", p.Event, scenarios.Duration(p.Time))
	part := func(title string, records []trace.Record, names *processNames) {
		fmt.Fprintf(&b, "\n%s\n", title)
		if len(records) == 0 {
			b.WriteString("  nothing: the run has ended\n")
			return
		}
		l := trace.NewLadder(&b, names.name, trace.LadderOptions{Filter: trace.Filter{From: math.MinInt64}, Width: width, ASCII: ascii, Timers: true, Disk: true})
		for i := range records {
			l.Record(&records[i])
		}
		l.Close()
	}
	if len(p.Before) > 0 {
		part("both", p.Before, &p.names[0])
	}
	part("first", p.First, &p.names[0])
	part("second", p.Second, &p.names[1])
	_, err := w.Write(b.Bytes())
	return err
}
