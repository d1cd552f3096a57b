package lab

import (
	"fmt"
	"slices"
	"strings"

	"dynamosim/scenarios/world"
)

// Markdown is the report as report.md. It is a function of the plan: what depends on the host is not in it.
func (r *Report) Markdown() []byte {
	m := &markdown{}
	plan := r.Plan
	m.line("# %s", escape(plan.Name))
	m.text(plan.About)
	m.text(plan.Description)
	if len(plan.Paper) > 0 {
		m.text("Dynamo " + strings.Join(plan.Paper, ", "))
	}
	m.line("\n**%s**, digest `%s`, %s virtual time, %s events", strings.ToUpper(string(r.Verdict)), r.Result.Digest, moment(r.Result.End),
		thousands(int64(r.Result.Events)))
	for _, reason := range r.Reasons {
		m.item(reason)
	}
	r.markdownSetting(m)
	r.markdownFaults(m)
	r.markdownOperations(m)
	r.markdownPhases(m)
	r.markdownChecks(m)
	r.markdownMeasures(m)
	r.markdownLoad(m)
	r.markdownCounters(m)
	history, trace := r.hints()
	m.line("\n## Again\n\n```\n%s\n%s\n%s\n```", Command("run", plan), history, trace)
	return []byte(m.String())
}

// markdown is a document under construction.
type markdown struct{ strings.Builder }

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *markdown) text(s string) {
	if s != "" {
		m.line("\n%s", escape(s))
	}
}

func (m *markdown) item(s string) { m.line("* %s", escape(s)) }

// row writes a row of a table.
func (m *markdown) row(cells ...string) {
	for i, c := range cells {
		cells[i] = escape(c)
	}
	m.line("| %s |", strings.Join(cells, " | "))
}

// head begins a table; columns whose title ends in ">" hold numbers.
func (m *markdown) head(titles ...string) {
	rule := make([]string, len(titles))
	for i, t := range titles {
		titles[i] = strings.TrimSuffix(t, ">")
		rule[i] = "---"
		if titles[i] != t {
			rule[i] = "---:"
		}
	}
	m.line("")
	m.row(titles...)
	m.line("|%s|", strings.Join(rule, "|"))
}

// escape makes a text say the same in Markdown.
func escape(s string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", ">", "&gt;", "&", "&amp;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[",
		"]", "\\]").Replace(Clean(s))
}

func (r *Report) markdownSetting(m *markdown) {
	parts := slices.Concat(clusterParts(&r.Plan.Cluster), loadParts(r.Plan), []string{timeText(r.Plan, r.Result.Quiesce), fmt.Sprintf("seed %d", r.Result.Seed)})
	m.line("\n## Setting\n")
	for _, p := range parts {
		m.item(p)
	}
	if drawn := r.Plan.Origin.Drawn; len(drawn) > 0 {
		m.line("\nThe seed decided:\n")
		for _, d := range drawn {
			m.item(fmt.Sprintf("%s = %s, of %s", d.Path, d.Value, d.Text))
		}
	}
}

func (r *Report) markdownFaults(m *markdown) {
	if len(r.Result.Faults) == 0 {
		return
	}
	all := slices.Clone(r.Result.Faults)
	slices.SortStableFunc(all, func(a, b world.FaultResult) int { return compareStarts(&a, &b) })
	m.line("\n## Faults")
	m.head("begins>", "fault", "what", "effects")
	for i := range all {
		f := &all[i]
		m.row(startText(f), f.Name, whatText(f), effectText(f))
	}
}

func (r *Report) markdownOperations(m *markdown) {
	n := r.counts()
	m.line("\n## Operations\n\n%s: %s ok (%s), %s failed, %s unknown", counted(n.Total, "operation", "operations"), thousands(n.OK),
		percent(n.OK, n.Total), thousands(n.Fail), thousands(n.Info))
	all := r.kinds()
	if len(all) == 0 {
		return
	}
	m.head("", "ok>", "failed>", "unknown>", "mean>", "p50>", "p90>", "p99>", "p99.9>", "p99.99>", "max>")
	for _, k := range all {
		cells := []string{k.Name, thousands(k.OK), thousands(k.Fail), thousands(k.Info)}
		for _, ns := range [...]int64{k.Mean, k.P50, k.P90, k.P99, k.P999, k.P9999, k.Max} {
			cells = append(cells, k.time(ns))
		}
		m.row(cells...)
	}
}

func (r *Report) markdownChecks(m *markdown) {
	m.line("\n## Checks")
	m.head("check", "verdict", "wanted", "")
	checks := r.answered()
	for i := range checks {
		c := &checks[i]
		m.row(c.Name(), c.Verdict.String(), c.Want.String(), summaryText(c))
		for _, e := range furtherEvidence(c, true) {
			m.row("", "", "", e)
		}
	}
	if len(r.Expectations) == 0 {
		return
	}
	m.line("\n## Expectations")
	m.head("", "expected", "got")
	for _, c := range r.Expectations {
		holds := "holds"
		if !c.Holds {
			holds = "FAILS"
		}
		m.row(holds, c.Text, c.Got)
	}
}

func (r *Report) markdownCounters(m *markdown) {
	docs := map[string]world.CounterDoc{}
	for _, d := range world.CounterDocs() {
		docs[d.Name] = d
	}
	m.line("\n## Counters")
	m.head("counter", "total>", "")
	for _, c := range r.Result.Counters {
		if c.Total != 0 {
			m.row(c.Name, thousands(c.Total), docs[c.Name].Doc)
		}
	}
}
