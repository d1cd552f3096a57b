package lab

import (
	"fmt"
	"slices"
	"strings"

	"dynamosim/scenarios/world"
)

// mostFaults is how many faults are shown unless all are asked for.
const mostFaults = 16

// faults writes them in the order of time, each with its effects and what the run decided.
func (p *page) faults() {
	all := slices.Clone(p.report.Result.Faults)
	if len(all) == 0 {
		return
	}
	slices.SortStableFunc(all, func(a, b world.FaultResult) int { return compareStarts(&a, &b) })
	shown := all
	if !p.Verbose && len(all) > mostFaults {
		shown = all[:mostFaults]
	}
	t := table{indent: "  ", gap: "   ", right: []bool{true}}
	for i := range shown {
		f := &shown[i]
		t.add(plainCell(startText(f)), cell{Clean(f.Name), p.bold}, plainCell(whatText(f)), cell{effectText(f), p.effectPaint(f)})
	}
	if t.width() > p.Width { // the column that wraps must be the last
		for _, row := range t.rows {
			row[2], row[3] = row[3], row[2]
		}
	}
	p.block(t.lines(p.Width)...)
	if rest := all[len(shown):]; len(rest) > 0 {
		p.lines(hanging(fmt.Sprintf("  and %d more (-v shows them): ", len(rest)), byKind(rest), p.Width)...)
	}
}

// compareStarts puts faults that never began last.
func compareStarts(a, b *world.FaultResult) int {
	switch {
	case a.Began != b.Began && a.Began:
		return -1
	case a.Began != b.Began:
		return 1
	case a.Start < b.Start:
		return -1
	case a.Start > b.Start:
		return 1
	}
	return 0
}

func startText(f *world.FaultResult) string {
	if !f.Began {
		return "–"
	}
	return moment(f.Start)
}

// whatText is the fault as a scenario has it, and how long it lasted.
func whatText(f *world.FaultResult) string {
	text, notes, noted := strings.Cut(Clean(f.Text), "; ")
	switch {
	case !f.Began:
	case f.Forever:
		text += " for ever"
	case f.End > f.Start:
		text += " for " + round(f.End-f.Start)
	}
	if noted {
		text += "; " + notes
	}
	if len(f.Away) > 0 && !f.Forever {
		text += "; " + listed(f.Away) + " never came back"
	}
	return text
}

func effectText(f *world.FaultResult) string {
	switch {
	case f.Refused != "":
		return "refused: " + Clean(f.Refused)
	case !f.Began:
		return "never began"
	}
	return effects(f.Effects, f.Effect)
}

// effects writes a number of effects: 1 node down, 412 messages cut.
func effects(n int64, effect string) string {
	what := shortEffect(effect)
	if n == 1 {
		noun, rest, _ := strings.Cut(what, " ")
		what = strings.TrimSuffix(noun, "s") + " " + rest
	}
	return thousands(n) + " " + what
}

// shortEffect is what is counted, without what it brings about: of "nodes down, bytes lost" the nodes.
func shortEffect(effect string) string {
	first, rest, _ := strings.Cut(effect, ", ")
	if strings.HasPrefix(rest, "or ") {
		return effect
	}
	return first
}

// effectPaint marks what makes a run vacuous.
func (p *page) effectPaint(f *world.FaultResult) func(string) string {
	if (f.Effects == 0 || !f.Began) && !f.Drawn {
		return p.unsure
	}
	return nil
}

// byKind sums faults up.
func byKind(faults []world.FaultResult) string {
	type sum struct {
		kind, effect string
		faults, hits int64
	}
	var sums []sum
	for i := range faults {
		f := &faults[i]
		n := slices.IndexFunc(sums, func(s sum) bool { return s.kind == f.Kind })
		if n < 0 {
			n = len(sums)
			sums = append(sums, sum{kind: f.Kind, effect: f.Effect})
		}
		sums[n].faults++
		sums[n].hits += f.Effects
	}
	var parts []string
	for _, s := range sums {
		parts = append(parts, fmt.Sprintf("%d × %s, %s", s.faults, s.kind, effects(s.hits, s.effect)))
	}
	return strings.Join(parts, "; ")
}
