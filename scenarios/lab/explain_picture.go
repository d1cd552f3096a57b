package lab

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"dynamosim/analysis/history"
	"dynamosim/scenarios/world"
	"dynamosim/sim/trace"
)

type heldVersion = world.Holding

// records are those of the run that the story is about, in order: operations of clients, their messages, what became of copies, and the
// faults that stood between.
func (t *teller) records() []trace.Record {
	ops := map[history.OpID]bool{} // lookups only
	for _, p := range t.tracks {
		ops[p.op] = true
		t.join(p.client)
		for _, a := range p.attempts {
			t.shown[a.ordinal], t.shown[a.answeredIn] = true, true
			t.join(a.coordinator)
		}
		t.shown[p.ordinal], t.shown[p.ended] = true, true
	}
	var list []trace.Record
	for i := range t.c.records {
		if r := &t.c.records[i]; t.belongs(r, ops) {
			list = append(list, *r)
			if r.Message != "" {
				list[len(list)-1].Text = withoutClocks(r.Text)
				t.meet(r)
			}
		}
	}
	list = append(list, t.notes...)
	slices.SortStableFunc(list, func(a, b trace.Record) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
	return list
}

// meet makes both ends of a message part of the picture.
func (t *teller) meet(r *trace.Record) {
	if r.Kind != trace.Send {
		t.join(r.Proc)
		t.join(r.Peer)
	}
}

// belongs tells whether a record is part of the story.
func (t *teller) belongs(r *trace.Record, ops map[history.OpID]bool) bool {
	switch r.Kind {
	case trace.Invoke, trace.Complete:
		return ops[history.OpID(r.Arg1)]
	case trace.FaultStart:
		return slices.Contains(t.blamed, int(r.Arg1))
	case trace.FaultEnd:
		return slices.Contains(t.blamed, int(r.Arg1)) && r.Time <= t.until()
	case trace.Boot:
		return r.Ordinal > 0 && r.Time > 0 && slices.Contains(t.present, r.Proc) && r.Time <= t.until()
	case trace.Crash, trace.Pause, trace.Resume:
		return slices.Contains(t.present, r.Proc) && r.Time <= t.until()
	case trace.Send: // the ladder draws a message where it arrives
		return true
	case trace.Deliver, trace.Drop, trace.Shed:
		return t.mentions(r)
	}
	return false
}

// until is when the story ends.
func (t *teller) until() int64 {
	end := int64(0)
	for _, p := range t.tracks {
		o := t.h.Op(p.op)
		end = max(end, o.Invoke, o.Return)
	}
	for i := range t.notes {
		end = max(end, t.notes[i].Time)
	}
	return end
}

// mentions tells whether a message is one of those that the story speaks of.
func (t *teller) mentions(r *trace.Record) bool {
	switch r.Message {
	case "get", "put", "forward-get", "forward-put":
		return t.c.lineages[r.Lineage] != nil && slices.Contains(t.tracks, t.c.lineages[r.Lineage])
	case "get-reply", "put-reply":
		return slices.ContainsFunc(t.tracks, func(p *track) bool { return p.ended == r.Ordinal && p.client == r.Proc })
	case "read", "read-reply", "replicate", "replicate-reply", "hint", "repair":
		return t.shown[r.Ordinal]
	}
	return false
}

// longestClock is how many characters a clock may have to stand beside an arrow.
const longestClock = 24

// withoutClocks leaves long clocks out of the text of a message.
func withoutClocks(text string) string {
	if len(text) <= longestClock+16 {
		return text
	}
	var b strings.Builder
	depth := 0
	for _, r := range text {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(strings.Join(strings.Fields(b.String()), " "), " ,", ",")
}

// columns are the processes that have a part in the story, clients first.
func (t *teller) columns() []int32 {
	var clients, nodes []int32
	for _, p := range t.present {
		if int(p) < t.c.nodes {
			nodes = append(nodes, p)
		} else {
			clients = append(clients, p)
		}
	}
	slices.Sort(clients)
	slices.Sort(nodes)
	return append(clients, nodes...)
}

// writeLadder draws the records of the story.
func (e *Explanation) writeLadder(w io.Writer, width int, ascii bool) error {
	ladder := trace.NewLadder(w, e.names.name, trace.LadderOptions{
		Filter: trace.Filter{Key: e.Evidence.Key}, Columns: e.columns, Width: width, ASCII: ascii,
	})
	for i := range e.records {
		r := e.records[i]
		if r.Kind == trace.Mark {
			r.Key = e.Evidence.Key
		}
		ladder.Record(&r)
	}
	return ladder.Close()
}
