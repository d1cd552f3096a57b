package lab

import (
	"fmt"
	"slices"
	"strings"

	"dynamosim/analysis"
)

// measures writes what an operation cost; on request also the parts of the run, and how soon and how often gets saw what there was.
func (p *page) measures() {
	if p.report.subject == nil {
		return
	}
	if text := p.report.costText(); text != "" && (p.Verbose || p.report.Measures.Operations.Total >= telling) {
		p.block(wrapIndented(text, p.Width)...)
	}
	if !p.Verbose {
		return
	}
	p.phases()
	if points := p.report.visibilityParts(); points != nil {
		p.block("  " + p.dim(visibilityTitle))
		p.parts("  ", points...)
	}
	if shares := p.report.versionsParts(); shares != nil {
		p.block("  " + p.dim(versionsTitle))
		p.parts("  ", shares...)
	}
}

const (
	visibilityTitle = "fresh gets by the time since the latest acknowledged put of their key"
	versionsTitle   = "versions that gets saw (§6.3)"
)

// telling is how many operations there must be for what one of them cost to say more of the load than of the pauses.
const telling = 100

// wrapIndented wraps a paragraph of the page.
func wrapIndented(text string, width int) []string {
	lines := wrap(text, max(minLast, width-2))
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}

// metric gives the value of a metric for people, "" where there was nothing to measure.
func (r *Report) metric(f *analysis.Findings, name string) string {
	m, ok := analysis.FindMetric(name)
	if !ok {
		panic("lab: metric " + name)
	}
	value, ok := m.Value(f)
	if !ok {
		return ""
	}
	return inUnit(value, m.Unit)
}

// costText says what an operation cost and how evenly the nodes shared the load.
func (r *Report) costText() string {
	f := r.Findings()
	messages := r.metric(f, "messages_per_operation")
	if messages == "" {
		return ""
	}
	text := fmt.Sprintf("an operation cost %s messages, %s on the wire", messages, r.metric(f, "bytes_per_operation"))
	if share := r.metric(f, "background_share"); share != "" {
		text += fmt.Sprintf(" (%s of it background)", share)
	}
	text += fmt.Sprintf(", %s disk syncs", r.metric(f, "disk_syncs_per_operation"))
	if busiest := r.metric(f, "load_imbalance"); busiest != "" {
		text += fmt.Sprintf("; the busiest node had %s × the mean load", busiest)
	}
	return text
}

// phases writes what was measured in each part of the run, if there are several.
func (p *page) phases() {
	all := p.report.phases()
	if len(all) < 2 {
		return
	}
	t := table{indent: "  ", gap: "   ", right: slices.Repeat([]bool{true}, 8)}
	t.right[0] = false
	var head []cell
	for _, title := range phaseTitles {
		head = append(head, cell{title, p.dim})
	}
	t.add(head...)
	for i := range all {
		var row []cell
		for _, c := range all[i].cells() {
			row = append(row, plainCell(c))
		}
		t.add(row...)
	}
	p.block(t.lines(p.Width)...)
}

var phaseTitles = [...]string{"part of the run", "operations", "gets ok", "puts ok", "get p99", "put p99", "stale gets", "several versions"}

// cells are the row of a part of the run.
func (p *phase) cells() []string {
	row := []string{Clean(p.name), thousands(int64(p.Operations.Total))}
	for _, k := range [...]analysis.Kind{analysis.Get, analysis.Put} {
		ok, total := p.Availability(k)
		row = append(row, percent(int64(ok), int64(total)))
	}
	for _, k := range [...]analysis.Kind{analysis.Get, analysis.Put} {
		if d := &p.Latency[k]; d.Count() > 0 {
			row = append(row, span(d.Quantile(990_000)))
		} else {
			row = append(row, "–")
		}
	}
	gets := int64(p.By[analysis.Get].Ok)
	return append(row, percent(int64(p.StaleGets), gets), percent(int64(p.SiblingGets), gets))
}

// visibilityParts are the points of the t-visibility curve.
func (r *Report) visibilityParts() (points []string) {
	all := r.visibility()
	for i, p := range all {
		if p.Gets == 0 {
			continue
		}
		from := "at once"
		if p.From > 0 {
			from = "from " + round(p.From)
		}
		if i == len(all)-1 && i > 0 {
			from += " on"
		}
		points = append(points, fmt.Sprintf("%s %s", from, percent(int64(p.Fresh), int64(p.Gets))))
	}
	return points
}

// versionsParts are the table of the paper's §6.3 for this run.
func (r *Report) versionsParts() (parts []string) {
	f := r.Findings()
	for _, v := range [...]struct{ name, text string }{
		{"saw_1_version", "1"}, {"saw_2_versions", "2"}, {"saw_3_versions", "3"}, {"saw_4_versions_or_more", "4 or more"},
	} {
		if share := r.metric(f, v.name); share != "" {
			parts = append(parts, v.text+": "+share)
		}
	}
	return parts
}

func (r *Report) markdownPhases(m *markdown) {
	all := r.phases()
	if len(all) < 2 {
		return
	}
	titles := slices.Clone(phaseTitles[:])
	for i := range titles[1:] {
		titles[i+1] += ">"
	}
	m.line("\n## Parts of the run")
	m.head(titles...)
	for i := range all {
		m.row(all[i].cells()...)
	}
}

func (r *Report) markdownMeasures(m *markdown) {
	all := r.measured()
	if len(all) == 0 {
		return
	}
	m.line("\n## Measures")
	if points := r.visibilityParts(); points != nil {
		m.text(visibilityTitle + ": " + strings.Join(points, ", "))
	}
	if shares := r.versionsParts(); shares != nil {
		m.text(versionsTitle + ": " + strings.Join(shares, ", "))
	}
	m.head("measure", "value>", "")
	for i := range all {
		m.row(all[i].Name, all[i].text(), all[i].Doc)
	}
}

// markdownLoad has how evenly the nodes shared the requests.
func (r *Report) markdownLoad(m *markdown) {
	loads := requestsBy(r.Result)
	sum := int64(0)
	for _, n := range loads {
		sum += n
	}
	if sum == 0 {
		return
	}
	m.line("\n## Load\n\nRequests that each node coordinated.")
	m.head("node", "requests>", "of the mean>")
	for i, n := range loads {
		m.row(r.Plan.Cluster.AllNodes()[i], thousands(n), significant(float64(n*int64(len(loads)))/float64(sum)))
	}
}
