package lab

import (
	"fmt"
	"io"
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
		p.checks()
		p.expectations()
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
	line, used := p.dim(label), indent
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
	t := table{gap: "   "}
	about := Clean(plan.About)
	if len(plan.Paper) > 0 {
		about += "   " + Clean(strings.Join(plan.Paper, ", "))
	}
	if about == "" {
		p.lines(p.bold(name))
		return
	}
	t.add(cell{name, p.bold}, plainCell(strings.ReplaceAll(about, "   §", "\u00a0\u00a0\u00a0§")))
	for _, l := range t.lines(p.Width) {
		p.lines(strings.ReplaceAll(l, "\u00a0", " "))
	}
	if p.Verbose && plan.Description != "" {
		p.block(wrap(Clean(plan.Description), p.Width)...)
	}
}

// operations writes how the operations of clients ended and how long they took.
func (p *page) operations() {
	n := p.report.counts()
	p.block(fmt.Sprintf("  %s   %s ok (%s)   %s failed   %s unknown", counted(n.Total, "operation", "operations"),
		thousands(n.OK), percent(n.OK, n.Total), thousands(n.Fail), thousands(n.Info)))
	t := table{indent: "  ", gap: "   ", right: []bool{false, true, true, true, true, true}}
	t.add(plainCell(""), cell{"ok", p.dim}, cell{"p50", p.dim}, cell{"p99", p.dim}, cell{"p99.9", p.dim}, cell{"max", p.dim})
	for _, l := range p.report.latencies() {
		t.add(plainCell(l.Kind), plainCell(thousands(l.Count)), plainCell(span(l.P50)), plainCell(span(l.P99)),
			plainCell(span(l.P999)), plainCell(span(l.Max)))
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
		for _, h := range r.hints() {
			p.lines(p.dim("see") + "      " + h)
		}
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
	text := span(r.Host.WallMS * 1e6)
	if r.Host.Speed > 0 {
		text += fmt.Sprintf(", %s × real time", thousands(int64(r.Host.Speed)))
	}
	return text
}

// counts are how the operations of clients ended.
func (r *Report) counts() operationCounts {
	a := r.check("availability")
	return operationCounts{a.Number("total"), a.Number("ok"), a.Number("fail"), a.Number("info")}
}

// latency is how long the successful operations of a kind took, in ns.
type latency struct {
	Kind                                         string
	Count, Mean, P50, P90, P99, P999, P9999, Max int64
}

// latencies are those of the kinds of operations that there were.
func (r *Report) latencies() []latency {
	l := r.check("latency")
	var all []latency
	for k := range analysis.Kind(analysis.Kinds) {
		number := func(name string) int64 { return l.Number(k.String() + "_" + name) }
		if number("count") > 0 {
			all = append(all, latency{k.String(), number("count"), number("mean_ns"), number("p50_ns"), number("p90_ns"), number("p99_ns"),
				number("p999_ns"), number("p9999_ns"), number("max_ns")})
		}
	}
	return all
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
