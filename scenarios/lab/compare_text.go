package lab

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"dynamosim/analysis"
)

// Text writes the comparison for people.
func (r *CompareResult) Text(w io.Writer, o TextOptions) error {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	p := &comparePage{CompareResult: r, width: o.Width, paint: paint{o.Color}}
	p.head()
	p.estimates()
	p.differences()
	p.verdicts()
	p.model()
	p.front()
	p.foot()
	_, err := io.WriteString(w, p.String())
	return err
}

// comparePage is a comparison on its way to text.
type comparePage struct {
	strings.Builder
	paint
	*CompareResult
	width int
}

// title begins a part of the page.
func (p *comparePage) title(format string, args ...any) {
	p.line("")
	for _, line := range wrap(fmt.Sprintf(format, args...), p.width) {
		p.line("%s", p.bold(line))
	}
	p.line("")
}

func (p *comparePage) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// say writes a sentence, wrapped.
func (p *comparePage) say(format string, args ...any) {
	for _, line := range wrap(fmt.Sprintf(format, args...), p.width) {
		p.line("%s", line)
	}
}

// hang writes a label and a text beside it.
func (p *comparePage) hang(indent int, label, format string, args ...any) {
	for i, line := range wrap(fmt.Sprintf(format, args...), max(minLast, p.width-indent)) {
		if i > 0 {
			label = ""
		}
		p.line("%s%s", padRight(label, indent), line)
	}
}

func (p *comparePage) head() {
	plan := p.comparison.first
	p.line("%s", p.bold(Clean(plan.Name)))
	if about := strings.TrimSpace(Clean(plan.About) + "   " + strings.Join(plan.Paper, ", ")); about != "" {
		p.say("%s", about)
	}
	gets, puts := p.operations(analysis.Get), p.operations(analysis.Put)
	p.say("%s · a setting has about %s gets and %s puts", p.Words(), thousands(gets), thousands(puts))
	for i, l := range p.left {
		if i == 4 && len(p.left) > 5 {
			p.line("left out   and %d more", len(p.left)-i)
			break
		}
		p.hang(len("left out")+3, "left out", "%s: %s", Clean(strings.TrimSpace(p.label(l.Cell))), Clean(trimSource(l.Why)))
	}
}

// trimSource takes the override that a message begins with away, which the reader has seen.
func trimSource(why string) string {
	if _, rest, ok := strings.Cut(why, ": error: "); ok {
		return rest
	}
	return why
}

// operations is how many operations of a kind a setting had, rounded to two digits.
func (p *comparePage) operations(k analysis.Kind) int64 {
	n := 0
	for _, run := range p.runs {
		for _, w := range run.windows {
			n += w.By[k].Total
		}
	}
	n /= max(1, len(p.cells))
	step := 1
	for n/step >= 100 {
		step *= 10
	}
	return int64((n + step/2) / step * step)
}

// column is a column of a table: its head, then a cell a setting.
type column struct {
	head  []string
	cells []cell
	tied  bool // to the one before it
}

// keys are the columns on the left, which name the setting.
func (p *comparePage) keys() []column {
	var all []column
	if p.hasCases() {
		c := column{head: []string{"case"}}
		for i := range p.cells {
			name := p.cells[i].Case
			if name == "" {
				name = "as it is"
			}
			c.cells = append(c.cells, plainCell(name))
		}
		all = append(all, c)
	}
	for a := range p.axes {
		c := column{head: []string{p.axes[a].Short}}
		for i := range p.cells {
			c.cells = append(c.cells, plainCell(Clean(valueOf(p.cells[i].Set[a]))))
		}
		all = append(all, c)
	}
	return all
}

// table writes columns beside the names of the settings, in as many blocks as the page is too narrow for. Settings in skip are left out.
func (p *comparePage) table(columns []column, skip int) {
	keys := p.keys()
	for len(columns) > 0 {
		n := p.fitting(keys, columns)
		p.block(keys, columns[:n], skip)
		if columns = columns[n:]; len(columns) > 0 {
			p.line("")
		}
	}
}

// Between columns there are gaps.
const columnGap = 2

// fitting is how many columns fit on the page, at least one.
func (p *comparePage) fitting(keys, columns []column) int {
	used := 2
	for i := range keys {
		used += columnWidth(&keys[i]) + columnGap
	}
	whole := 0 // columns up to the last place to break
	for i := range columns {
		if !columns[i].tied {
			whole = i
		}
		if used += columnWidth(&columns[i]); used > p.width && whole > 0 {
			return whole
		}
		used += columnGap
	}
	return len(columns)
}

func columnWidth(c *column) int {
	w := 0
	for _, h := range c.head {
		w = max(w, textWidth(h))
	}
	for _, x := range c.cells {
		w = max(w, textWidth(x.text))
	}
	return w
}

func (p *comparePage) block(keys, columns []column, skip int) {
	heads := 0
	for _, c := range columns {
		heads = max(heads, len(c.head))
	}
	row := func(text func(c *column) cell) {
		var b strings.Builder
		b.WriteString("  ")
		for i := range keys {
			x := text(&keys[i])
			b.WriteString(x.coloured(padRight(x.text, columnWidth(&keys[i]))) + strings.Repeat(" ", columnGap))
		}
		for i := range columns {
			x := text(&columns[i])
			b.WriteString(strings.Repeat(" ", max(0, columnWidth(&columns[i])-textWidth(x.text))) + x.coloured(x.text))
			if i < len(columns)-1 {
				b.WriteString(strings.Repeat(" ", columnGap))
			}
		}
		p.line("%s", strings.TrimRight(b.String(), " "))
	}
	for h := range heads {
		row(func(c *column) cell {
			at := h - heads + len(c.head) // heads stand on their columns
			if at < 0 {
				return cell{}
			}
			return cell{c.head[at], p.bold}
		})
	}
	for i := range p.cells {
		if i != skip {
			row(func(c *column) cell { return c.cells[i] })
		}
	}
}

// columns are those of the metrics that are shown and have values.
func (p *comparePage) columns(text func(c *ComparedCell, m int, s scale) cell) []column {
	var all []column
	for _, m := range p.tabled() {
		s := p.scaleFor(m)
		unit := s.unit
		switch p.metrics[m].Better {
		case analysis.Lower:
			unit += " ↓"
		case analysis.Higher:
			unit += " ↑"
		}
		c := column{head: []string{heading(&p.metrics[m]) + " ", strings.TrimSpace(unit) + " "}}
		for _, x := range p.Cells {
			c.cells = append(c.cells, text(x, m, s))
		}
		all = append(all, c)
	}
	return all
}

// tabled are the metrics of the table: those shown that have a value somewhere; of the usual ones those that are not nothing everywhere.
func (r *CompareResult) tabled() []int {
	var list []int
	for _, m := range r.shown {
		known, something := false, len(r.Measures) > 0
		for _, c := range r.Cells {
			known = known || c.Estimates[m].Known()
			something = something || c.Estimates[m].Known() && c.Estimates[m].Value != 0 || r.metrics[m].Name != "sibling_reads"
		}
		if known && something {
			list = append(list, m)
		}
	}
	return list
}

// scaleFor is the unit of a metric in all tables.
func (r *CompareResult) scaleFor(m int) scale {
	largest := 0.
	for _, c := range r.Cells {
		if e := &c.Estimates[m]; e.Known() {
			largest = max(largest, abs(e.Value))
		}
	}
	return scaleOf(r.metrics[m].Unit, largest)
}

func (p *comparePage) estimates() {
	p.line("")
	p.table(p.columns(func(c *ComparedCell, m int, s scale) cell {
		text := s.estimate(&c.Estimates[m])
		if c.Best[m] {
			return cell{text + "*", p.good}
		}
		return plainCell(text + " ")
	}), -1)
	p.line("")
	p.say("± is the 95 %% interval over seeds. ↓ less is better, ↑ more is better; * the best of its column, or not to be told apart from it.")
}

func (p *comparePage) differences() {
	base := p.Cells[p.baseline]
	p.title("Less %s, seed by seed", base.Label)
	unsure := false
	p.table(p.columns(func(c *ComparedCell, m int, s scale) cell {
		d := &c.Against[m]
		switch {
		case !d.Known():
			return plainCell("– ")
		case d.Same:
			return cell{"= ", p.dim}
		case !d.Told:
			unsure = true
			return cell{s.difference(d) + "?", p.dim}
		case p.metrics[m].Better == analysis.Neither:
			return plainCell(s.difference(d) + " ")
		case d.Value > 0 == (p.metrics[m].Better == analysis.Higher):
			return cell{s.difference(d) + " ", p.good}
		}
		return cell{s.difference(d) + " ", p.bad}
	}), p.baseline)
	if !unsure {
		return
	}
	p.line("")
	p.say("? cannot be told apart from %s yet; with about as many more seeds it could be, if it differs as much as it seems to:", base.Label)
	indent := 0
	for _, m := range p.tabled() {
		indent = max(indent, textWidth(heading(&p.metrics[m]))+5)
	}
	for _, m := range p.tabled() {
		if list := p.unsureOf(m); len(list) > 0 {
			p.hang(indent, "  "+heading(&p.metrics[m]), "%s", strings.Join(list, " · "))
		}
	}
}

// manyRuns is from where on the number of seeds that are needed says only that there is nothing to see.
const manyRuns = 10_000

// unsureOf lists what cannot be told apart from the baseline by a metric, with the seeds needed.
func (p *comparePage) unsureOf(m int) []string {
	var list []string
	for _, c := range p.Cells {
		d := &c.Against[m]
		if !d.Known() || d.Told || d.Same {
			continue
		}
		more := "more seeds"
		switch {
		case d.More >= manyRuns:
			more = "over 10 000"
		case d.More > 0:
			more = thousands(int64(roundUp(d.More)))
		}
		list = append(list, c.Label+": "+more)
	}
	return list
}

// roundUp rounds a number up to two digits.
func roundUp(n int) int {
	step := 1
	for n/step >= 100 {
		step *= 10
	}
	return (n + step - 1) / step * step
}

func (p *comparePage) verdicts() {
	names := p.checkNames()
	var columns []column
	for i, name := range names {
		c := column{head: strings.Split(name, " as ")}
		if len(c.head) == 2 {
			c.head[1] = "as " + c.head[1]
		}
		for _, x := range p.Cells {
			v := &x.Verdicts[i]
			text, in := fmt.Sprint(v.Valid), p.good
			switch judged := v.Valid + v.Invalid + v.Unknown; {
			case judged == 0:
				text, in = "–", p.dim
			case v.Valid == 0 && v.Unknown == 0:
				text, in = "none", p.bad
			case v.Valid == judged:
				text = "all"
			case v.Unknown > 0:
				text, in = text+fmt.Sprintf(" (%d ?)", v.Unknown), p.unsure
			default:
				in = p.unsure
			}
			c.cells = append(c.cells, cell{text, in})
		}
		columns = append(columns, c)
	}
	if c, any := p.failures(); any {
		columns = append(columns, c)
	}
	if len(columns) == 0 {
		return
	}
	p.title("In how many of the %d seeds each check holds", p.seeds())
	p.table(columns, -1)
}

// failures is a column of runs that came to no end.
func (p *comparePage) failures() (c column, any bool) {
	c.head = []string{"came to no end"}
	for _, x := range p.Cells {
		any = any || x.Failed > 0
		c.cells = append(c.cells, cell{fmt.Sprint(x.Failed), p.bad})
	}
	return c, any
}

// modelSpans are the times since a put that the model is held against.
var modelSpans = [...]struct {
	from, to int64
	head     string
}{{0, 1e6, "within 1 ms"}, {1e6, 10e6, "1 to 10 ms"}, {10e6, 100e6, "10 to 100 ms"}, {100e6, math.MaxInt64, "later"}}

func (p *comparePage) model() {
	if !slices.ContainsFunc(p.Cells, func(c *ComparedCell) bool { return c.Model != nil }) {
		if why := p.Cells[0].ModelsNot; why != "" {
			p.line("")
			p.say("No prediction by probabilistically bounded staleness (PBS): %s.", why)
		}
		return
	}
	p.title("Stale gets in %%, by the time since the latest put of the key: what the PBS model predicts, and what came")
	var columns []column
	for _, span := range modelSpans {
		model, ours := column{head: []string{span.head, "PBS"}}, column{head: []string{span.head, "measured"}, tied: true}
		for i, c := range p.Cells {
			e := p.curveShare(i, span.from, span.to).Rest()
			text := "–"
			if c.Model != nil && e.Known() {
				stale := 100 * (1 - c.modelShare(span.from, span.to))
				text = fixed(stale, digitsFor(stale, max(stale/20, .01), 0))
			}
			model.cells = append(model.cells, cell{text, p.dim})
			ours.cells = append(ours.cells, plainCell(scale{.01, "%"}.estimate(&e)))
		}
		if slices.ContainsFunc(ours.cells, func(c cell) bool { return c.text != "–" }) {
			columns = append(columns, model, ours)
		}
	}
	p.table(columns, -1)
	p.line("")
	p.say("PBS, probabilistically bounded staleness, draws the same latencies of network, processor and disk, for one put and then one get. Its coordinators hold no replica; nothing fails, waits in a queue, overlaps or is repaired. What differs comes from that.")
}

func (p *comparePage) front() {
	f, ok := p.pareto()
	if !ok {
		return
	}
	latency, stale := scaleOf(analysis.Nanoseconds, f.latency[0].Value), scale{.01, "%"}
	var on []string
	for i, c := range p.Cells {
		if f.on[i] {
			on = append(on, fmt.Sprintf("%s (%s %s, %s %%)", c.Label, fixed(f.latency[i].Value/latency.per, digitsFor(f.latency[i].Value/latency.per, 0, 0)), latency.unit,
				fixed(f.stale[i].Value/stale.per, digitsFor(f.stale[i].Value/stale.per, 0, 0))))
		}
	}
	p.title("Trade-off of %s against stale gets", f.words)
	text := "None is both quicker and fresher than " + listed(on) + "."
	if len(on) < len(p.Cells) {
		text += " Each other setting is beaten by one of these."
	}
	p.say("%s", text)
}

func (p *comparePage) foot() {
	comparisons := (len(p.cells) - 1) * len(p.tabled())
	if comparisons >= 20 {
		p.line("")
		p.say("Of %d differences about %d would look like one by chance alone.", comparisons, (comparisons+10)/20)
	}
	if code := p.Exit(); code != ExitPass {
		for _, run := range p.runs {
			if run.samples == nil {
				p.line("")
				p.say("%s %s, seed %d: %s", p.bad("FAIL"), p.Cells[run.cell].Label, run.seed, firstLine(strings.Join(run.record.Reasons, " ")))
				p.line("again  %s", run.record.command())
				break
			}
		}
	}
}

// paretoFront is which settings are beaten by none in both latency and staleness.
type paretoFront struct {
	words   string // the latency
	latency []analysis.Estimate
	stale   []analysis.Estimate
	on      []bool
}

// pareto finds the front, if there are both to compare.
func (r *CompareResult) pareto() (f paretoFront, ok bool) {
	for _, percentile := range []string{"p999", "p99", "p50"} {
		if f, ok = r.paretoOf(percentile); ok {
			return f, true
		}
	}
	return f, false
}

// paretoOf takes the sum of a percentile of gets and of puts as the latency; only where its intervals have ends.
func (r *CompareResult) paretoOf(percentile string) (f paretoFront, ok bool) {
	get, put, stale := r.metric("get_"+percentile), r.metric("put_"+percentile), r.metric("stale_reads")
	p := strings.Replace(percentile, "p999", "p99.9", 1)
	f.words = fmt.Sprintf("get %s + put %s", p, p)
	for _, c := range r.Cells {
		latency := analysis.SumOf(c.Estimates[get], c.Estimates[put])
		if !latency.Known() || math.IsInf(latency.Half(), 0) || !c.Estimates[stale].Known() {
			return f, false
		}
		f.latency, f.stale = append(f.latency, latency), append(f.stale, c.Estimates[stale])
	}
	for i := range r.Cells {
		beaten := false
		for j := range r.Cells {
			a, b := f.latency[j].Value-f.latency[i].Value, f.stale[j].Value-f.stale[i].Value
			beaten = beaten || a <= 0 && b <= 0 && (a < 0 || b < 0)
		}
		f.on = append(f.on, !beaten)
	}
	return f, true
}

// metric is the place of a metric by its name.
func (r *CompareResult) metric(name string) int {
	return slices.IndexFunc(r.metrics, func(m analysis.Metric) bool { return m.Name == name })
}
