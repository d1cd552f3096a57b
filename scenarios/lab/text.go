package lab

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"dynamosim/analysis"
)

// TextOptions say how a report is written for people. None of them changes what it says, but for how much.
type TextOptions struct {
	Color    bool
	Width    int  // columns of the page; 0 is 120
	Verbose  bool // all faults, all evidence, passed expectations, all counters
	Quiet    bool // the verdict and its reasons alone
	Verified bool // a second run was compared and was the same
}

// defaultWidth is how wide a page is where nobody says.
const defaultWidth = 120

// Text writes the report for people. All of it but the line of the verdict, which has the wall time, is a function of the plan.
func (r *Report) Text(w io.Writer, o TextOptions) error {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	p := &page{report: r, TextOptions: o, paint: paint{o.Color}}
	if !o.Quiet {
		p.head()
		p.setting()
		p.faults()
		p.operations()
		p.measures()
		p.checks()
		p.expectations()
		p.invariants()
		p.mechanisms()
	}
	p.verdict()
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// page is a report on its way to text.
type page struct {
	strings.Builder
	TextOptions
	paint
	report *Report
}

// block writes lines, with an empty one before them.
func (p *page) block(lines ...string) {
	if len(lines) == 0 {
		return
	}
	if p.Len() > 0 {
		p.WriteByte('\n')
	}
	p.lines(lines...)
}

func (p *page) lines(lines ...string) {
	for _, l := range lines {
		p.WriteString(l)
		p.WriteByte('\n')
	}
}

// parts writes what belongs together on as few lines as hold it, the pieces apart by a dot.
func (p *page) parts(label string, parts ...string) {
	const dot = " · "
	indent := textWidth(label)
	line, used := label, indent
	if strings.TrimSpace(label) != "" {
		line = p.dim(label)
	}
	for i, part := range parts {
		w := textWidth(part)
		if i > 0 && used+len(dot)-1+w > p.Width {
			p.lines(line)
			line, used = strings.Repeat(" ", indent), indent
		} else if i > 0 {
			line, used = line+dot, used+3
		}
		line, used = line+part, used+w
	}
	p.lines(line)
}

// head says what was run.
func (p *page) head() {
	plan := p.report.Plan
	name := Clean(plan.Name)
	if plan.Origin.Case != "" {
		name += ", case " + Clean(plan.Origin.Case)
	}
	about, paper := Clean(plan.About), Clean(strings.Join(plan.Paper, ", "))
	line := strings.TrimRight(name+"   "+about+"   "+paper, " ")
	if textWidth(line) <= p.Width {
		p.lines(p.bold(name) + strings.TrimPrefix(line, name))
	} else {
		t := table{gap: "   "}
		t.add(cell{name, p.bold}, plainCell(about))
		if paper != "" {
			t.add(plainCell(""), plainCell(paper))
		}
		p.lines(t.lines(p.Width)...)
	}
	if p.Verbose && plan.Description != "" {
		p.block(wrap(Clean(plan.Description), p.Width)...)
		p.WriteByte('\n')
	}
}

// operations writes how the operations of clients ended and how long they took.
func (p *page) operations() {
	n := p.report.counts()
	p.block(fmt.Sprintf("  %s: %s ok (%s), %s failed, %s unknown", counted(n.Total, "operation", "operations"),
		thousands(n.OK), percent(n.OK, n.Total), thousands(n.Fail), thousands(n.Info)))
	t := table{indent: "  ", gap: "   ", right: slices.Repeat([]bool{true}, 9)}
	t.right[0] = false
	var titles []cell
	for _, title := range [...]string{"", "ok", "failed", "unknown", "p50", "p99", "p99.9", "max"} {
		titles = append(titles, cell{title, p.dim})
	}
	t.add(titles...)
	for _, k := range p.report.kinds() {
		cells := []cell{plainCell(k.Name), plainCell(thousands(k.OK)), plainCell(thousands(k.Fail)), plainCell(thousands(k.Info))}
		for _, ns := range [...]int64{k.P50, k.P99, k.P999, k.Max} {
			cells = append(cells, plainCell(k.time(ns)))
		}
		t.add(cells...)
	}
	if len(t.rows) > 1 {
		p.lines(t.lines(p.Width)...)
	}
}

// expectations counts what holds and shows what does not.
func (p *page) expectations() {
	all := p.report.Expectations
	if len(all) == 0 {
		return
	}
	t := table{indent: "  ", gap: "   "}
	hold := 0
	for _, c := range all {
		switch {
		case c.Holds:
			hold++
			if p.Verbose {
				t.add(plainCell("holds"), plainCell(Clean(c.Text)), plainCell("got "+Clean(c.Got)))
			}
		default:
			t.add(cell{"FAILS", p.bad}, plainCell(Clean(c.Text)), plainCell("got "+Clean(c.Got)))
		}
	}
	claims := counted(int64(len(all)), "expectation holds", "expectations hold")
	if hold < len(all) {
		claims = fmt.Sprintf("%d of %s", hold, claims)
	}
	p.block("  " + claims)
	p.lines(t.lines(p.Width)...)
}

// verdict writes the outcome, why it is not better, and how to go on.
func (p *page) verdict() {
	r := p.report
	word := strings.ToUpper(string(r.Verdict))
	painted := p.unsure(word)
	switch r.Verdict {
	case Passed:
		painted = p.good(word)
	case Failed, Nondeterministic, Internal, BadScenario:
		painted = p.bad(word)
	}
	p.block(fmt.Sprintf("%s   digest %s   %s", painted, r.Result.Digest, r.pace()))
	reasons := r.Reasons
	if !p.Verbose && len(reasons) > 5 {
		reasons = append(reasons[:5:5], fmt.Sprintf("and %d more (-v shows them)", len(reasons)-5))
	}
	for _, reason := range reasons {
		p.lines(hanging("  because  ", Clean(reason), p.Width)...)
	}
	if p.Verified {
		p.lines("same     a second run in a fresh world gave the same digest, history and result")
	}
	p.lines(p.dim("again") + "    " + Command("run", r.Plan))
	if !p.Quiet {
		history, trace := r.hints()
		p.lines(p.dim("history")+"  "+history, p.dim("trace")+"    "+trace)
	}
}

// hanging wraps a text behind a label.
func hanging(label, text string, width int) []string {
	var out []string
	for i, l := range wrap(text, max(minLast, width-textWidth(label))) {
		if i > 0 {
			label = strings.Repeat(" ", textWidth(label))
		}
		out = append(out, label+l)
	}
	return out
}

// pace is how long the run took on this machine.
func (r *Report) pace() string {
	text := "less than 1 ms"
	if r.Host.WallMS > 0 {
		text = round(r.Host.WallMS * 1e6)
	}
	if r.Host.Speed > 0 {
		text += fmt.Sprintf(", %s × real time", thousands(int64(r.Host.Speed)))
	}
	return text
}

// counts are how the operations of clients ended.
func (r *Report) counts() operationCounts { return countsOf(&r.Measures.Operations) }

// kind are the numbers of one kind of operation; the times are those of what succeeded, in ns.
type kind struct {
	Name string
	operationCounts
	Mean, P50, P90, P99, P999, P9999, Max int64
}

// kinds are those that there were.
func (r *Report) kinds() []kind {
	var all []kind
	for k := range analysis.Kind(analysis.Kinds) {
		m, d := &r.Measures.By[k], &r.Measures.Latency[k]
		if m.Total > 0 {
			all = append(all, kind{k.String(), countsOf(m), d.Mean(), d.Quantile(500_000), d.Quantile(900_000), d.Quantile(990_000),
				d.Quantile(999_000), d.Quantile(999_900), d.Max()})
		}
	}
	return all
}

func countsOf(c *analysis.Counts) operationCounts {
	return operationCounts{int64(c.Total), int64(c.Ok), int64(c.Fail), int64(c.Info)}
}

// time writes one of the times, if anything succeeded.
func (k *kind) time(ns int64) string {
	if k.OK == 0 {
		return "–"
	}
	return span(ns)
}

// check is the result of a check of this name, an empty one where it was not judged.
func (r *Report) check(name string) *analysis.Result {
	for i := range r.Checks {
		if r.Checks[i].Check == name {
			return &r.Checks[i]
		}
	}
	return &analysis.Result{}
}
