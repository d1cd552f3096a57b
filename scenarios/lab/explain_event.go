package lab

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dynamosim/analysis/history"
	"dynamosim/sim/trace"
)

// timeOf is when an event of the story took place, in ns.
func (t *teller) timeOf(ordinal uint64) int64 { return t.c.at[ordinal].time }

// describe says what happened in an event of the story.
func (t *teller) describe(ordinal uint64) string {
	clauses := t.faultsIn(ordinal)
	e := t.c.at[ordinal]
	begins := slices.ContainsFunc(t.tracks, func(p *track) bool { return p.ordinal == ordinal })
	if what := t.handled(&e); what != "" && !begins {
		clauses = append(clauses, what)
	}
	for _, p := range t.tracks {
		if p.ordinal == ordinal {
			clauses = append(clauses, fmt.Sprintf("%s begins the %s", t.client(p.op), t.operation(p.op)))
		}
		if p.ended == ordinal {
			clauses = append(clauses, fmt.Sprintf("the %s by %s ends", t.operation(p.op), t.client(p.op)))
		}
		clauses = append(clauses, t.sentIn(p, ordinal)...)
	}
	if len(clauses) == 0 {
		return "nothing that the story tells of"
	}
	return strings.Join(clauses, "; ")
}

// faultsIn tells which faults begin in an event, and which nodes go down or come back.
func (t *teller) faultsIn(ordinal uint64) []string {
	var clauses []string
	for i := range t.c.records {
		if r := &t.c.records[i]; r.Ordinal == ordinal && r.Kind == trace.FaultStart {
			clauses = append(clauses, faultName(&t.e.Plan.Faults[r.Arg1])+" begins")
		}
	}
	if len(clauses) > 0 {
		return clauses
	}
	for i := range t.c.lives {
		if l := &t.c.lives[i]; l.ordinal == ordinal {
			clauses = append(clauses, t.name(l.node)+map[bool]string{true: " starts again", false: " goes down"}[l.up])
		}
	}
	return clauses
}

// operation names an operation: put of {new}, get.
func (t *teller) operation(op history.OpID) string {
	if t.h.Op(op).Func == history.Get {
		return "get"
	}
	if t.h.Op(op).Func == history.Delete {
		return "delete"
	}
	return "put of " + t.version(op)
}

// handled tells what a process took in an event.
func (t *teller) handled(e *eventOf) string {
	if e.process < 0 {
		return ""
	}
	me, peer := t.name(e.process), ""
	if e.peer >= 0 {
		peer = t.name(e.peer)
	}
	switch {
	case e.attempt != nil && e.op != nil:
		return fmt.Sprintf("%s begins to coordinate the %s by %s", me, t.operation(e.op.op), t.client(e.op.op))
	case e.kind == trace.Deliver && e.message == "replicate":
		return fmt.Sprintf("%s gets its copy from %s", me, peer)
	case e.kind == trace.Deliver && e.message == "read":
		return fmt.Sprintf("%s is asked by %s what it holds", me, peer)
	case e.kind == trace.Deliver && (e.message == "read-reply" || e.message == "replicate-reply"):
		return fmt.Sprintf("the answer of %s reaches %s", peer, me)
	case e.kind == trace.Deliver && e.message == "hint":
		return fmt.Sprintf("%s gets the hint of %s", me, peer)
	case e.kind == trace.Deliver && e.message == "repair":
		return fmt.Sprintf("%s is repaired by %s", me, peer)
	case e.kind == trace.Deliver && (strings.HasSuffix(e.message, "put") || strings.HasSuffix(e.message, "get")):
		return fmt.Sprintf("%s takes the request of %s", me, peer)
	case e.kind == trace.DiskDone:
		return fmt.Sprintf("the disk of %s is done", me)
	case e.kind == trace.Timer:
		return fmt.Sprintf("a timer of %s fires", me)
	}
	return ""
}

// sentIn tells what becomes of the messages of an operation that were sent in an event, or whose answers were.
func (t *teller) sentIn(p *track, ordinal uint64) []string {
	var copies, requests, answers []string
	for _, a := range p.attempts {
		for _, l := range a.legs {
			switch {
			case l.sentIn == ordinal && l.message == "replicate":
				copies = append(copies, t.way(l))
			case l.sentIn == ordinal:
				requests = append(requests, t.way(l))
			case l.repliedIn == ordinal && l.answered > 0:
				answers = append(answers, fmt.Sprintf("its answer goes to %s (%s under way)", t.name(l.from), span(l.answered-l.replied)))
			}
		}
	}
	var clauses []string
	if len(copies) > 0 {
		clauses = append(clauses, "it sends "+plural(len(copies), "a copy to ", "copies to ")+listed(copies))
	}
	if len(requests) > 0 {
		clauses = append(clauses, "it asks "+listed(requests))
	}
	return append(clauses, answers...)
}

// way tells how a message fares: n2 (5.34 ms), a (cut).
func (t *teller) way(l *leg) string {
	if l.arrived == 0 {
		return t.name(l.to) + " (" + cmp.Or(l.fate, "never arrives") + ")"
	}
	return t.name(l.to) + " (" + span(l.arrived-l.sent) + ")"
}
