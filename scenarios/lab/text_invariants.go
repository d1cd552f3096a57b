package lab

import (
	"fmt"
	"strings"

	"dynamosim/scenarios/world"
)

// invariants says whether what the plan watches inside the nodes held.
func (p *page) invariants() {
	list := p.report.Result.Invariants
	if len(list) == 0 {
		return
	}
	judged, broken := int64(0), []*world.InvariantResult{}
	for i := range list {
		judged += list[i].Judged
		if list[i].Broken > 0 {
			broken = append(broken, &list[i])
		}
	}
	if len(broken) == 0 {
		p.block(fmt.Sprintf("  %s held, looked at %s", counted(int64(len(list)), "invariant", "invariants"), counted(judged, "time", "times")))
		return
	}
	t := table{indent: "  ", gap: "   "}
	for _, v := range broken {
		t.add(plainCell("invariant "+v.Name), cell{"broken " + counted(v.Broken, "time", "times"), p.bad}, plainCell(breachText(&v.First)))
	}
	p.block(t.lines(p.Width)...)
}

// breachText tells of one breach: where, when, what.
func breachText(b *world.Breach) string {
	words := []string{"at " + moment(b.Time), "on " + Clean(b.Node)}
	if b.Key != "" {
		words = append(words, "key "+Clean(b.Key))
	}
	return fmt.Sprintf("%s, event %d: %s", strings.Join(words, ", "), b.Event, Clean(b.Text))
}

// invariantObjects are the invariants for programs.
func (r *Report) invariantObjects() object {
	o := object{}
	for i := range r.Result.Invariants {
		v := &r.Result.Invariants[i]
		x := object{{"judged", v.Judged}, {"broken", v.Broken}}
		if v.Broken > 0 {
			x.add("first", object{{"time_ns", v.First.Time}, {"event", v.First.Event}, {"node", v.First.Node}, {"key", v.First.Key}, {"text", v.First.Text}})
		}
		o.add(v.Name, x)
	}
	return o
}
