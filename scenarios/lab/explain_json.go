package lab

import (
	"fmt"

	"dynamosim/sim/trace"
)

// JSON is an explanation for programs.
func (e *Explanation) JSON() []byte {
	o := object{
		{"format", ResultFormat}, {"scenario", e.Plan.Name}, {"seed", fmt.Sprint(seedOf(e.Plan))}, {"plan_sha256", planHash(e.Plan)},
		{"check", e.Check}, {"evidence", object{{"kind", e.Evidence.Kind}, {"key", e.Evidence.Key}, {"operations", e.Evidence.Operations}, {"text", e.Evidence.Text}}},
		{"operations", e.partsJSON()}, {"story", listOrEmpty(e.Story)},
	}
	if e.Turning != nil {
		faults := []object{}
		for _, f := range e.Faults {
			faults = append(faults, object{{"fault", f.Name}, {"text", f.Text}, {"violation_without_it", f.Shown}})
		}
		o.add("faults", faults)
		o.add("turning_point", e.Turning.object())
	}
	events := []object{}
	for i := range e.records {
		r := &e.records[i]
		if r.Kind == trace.Send { // told where it arrives, or is lost
			continue
		}
		x := object{{"event", r.Ordinal}, {"time_ns", r.Time}, {"kind", r.Kind.String()}}
		if r.Proc >= 0 {
			x.add("process", e.names.name(r.Proc))
		}
		if r.Peer >= 0 {
			x.add("peer", e.names.name(r.Peer))
		}
		x.add("text", joinWords(r.Message, r.Text, r.Mark))
		events = append(events, x)
	}
	o.add("events", events)
	o.add("reproduce", Command("explain", e.Plan, "--check", e.checkName()))
	return o.pretty()
}

// partsJSON names the operations by the parts that they play, as indexes of the history.
func (e *Explanation) partsJSON() object {
	o, h := object{}, e.Report.Result.History
	for _, p := range e.Witness.Parts() {
		o.add(p.Role, int(h.Op(p.Op).InvokeIndex))
	}
	return o
}

func (t *Turning) object() object {
	o := object{{"by", string(t.By)}, {"decided_from_the_beginning", t.Decided}, {"start", t.Start.object()}}
	if t.Decided {
		return o
	}
	course := []object{}
	for i := range t.Course {
		course = append(course, t.Course[i].object())
	}
	return append(o, object{{"event", t.Event}, {"time_ns", t.Time}, {"text", t.Text}, {"before", t.Before.object()}, {"after", t.After.object()}, {"course", course}}...)
}

func (o *Odds) object() object {
	return object{{"event", o.Event}, {"time_ns", o.Time}, {"runs", o.Runs}, {"shown", o.Shown}, {"share", thousandths(o.Share())},
		{"low", thousandths(o.Low)}, {"high", thousandths(o.High)}}
}

// thousandths rounds a share so that it is written alike everywhere.
func thousandths(share float64) float64 { return float64(int64(share*1000+.5)) / 1000 }

func joinWords(words ...string) string {
	text := ""
	for _, w := range words {
		if w != "" && text != "" {
			text += " "
		}
		text += w
	}
	return text
}
