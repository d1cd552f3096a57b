package lab

import (
	"fmt"
	"strings"

	"dynamosim/analysis"
)

// mostEvidence is how many pieces of evidence a check shows unless all are asked for.
const mostEvidence = 3

// checks writes the verdict of every check with its evidence.
func (p *page) checks() {
	var shown []analysis.Result
	for _, c := range p.report.answered() {
		if c.Check != "latency" && c.Check != "availability" { // which the table of operations has
			shown = append(shown, c)
		}
	}
	t := checkTable(shown, p.paint, p.Verbose)
	p.block(t.lines(p.Width)...)
}

// answered are the checks that could be answered, and those that the scenario names.
func (r *Report) answered() []analysis.Result {
	var list []analysis.Result
	for _, c := range r.Checks {
		if spec := r.spec(c.Check); c.Verdict != analysis.NotApplicable || spec != nil && spec.Named {
			list = append(list, c)
		}
	}
	return list
}

// checkTable has a row for a check and one for each further piece of evidence.
func checkTable(results []analysis.Result, paint paint, verbose bool) *table {
	t := &table{indent: "  ", gap: "   "}
	for i := range results {
		r := &results[i]
		t.add(cell{r.Name(), paint.bold}, verdictCell(r, paint), plainCell(summaryText(r)))
		for _, text := range furtherEvidence(r, verbose) {
			t.add(plainCell(""), plainCell(""), plainCell(text))
		}
	}
	return t
}

// verdictCell is the verdict beside what was wanted, where that needs saying.
func verdictCell(r *analysis.Result, paint paint) cell {
	text := r.Verdict.String()
	switch {
	case r.Verdict == analysis.Measured, r.Verdict == analysis.NotApplicable:
		return cell{text, paint.dim}
	case r.Met() == analysis.Invalid:
		return cell{strings.ToUpper(text) + ", wanted " + r.Want.String(), paint.bad}
	case r.Met() == analysis.Unknown:
		return cell{strings.ToUpper(text) + ", wanted " + r.Want.String(), paint.unsure}
	case r.Want == analysis.WantReport && r.Verdict != analysis.Valid:
		return cell{text + ", only reported", paint.unsure}
	case r.Want == analysis.WantSometimes:
		return cell{text + ", wanted sometimes", nil}
	case r.Want == analysis.WantInvalid:
		return cell{text + ", as expected", paint.good}
	}
	return cell{text, paint.good}
}

// summaryText is the check's numbers or first piece of evidence in words.
func summaryText(r *analysis.Result) string {
	text := r.Summary
	if text == "" && len(r.Evidence) > 0 {
		text = r.Evidence[0].Text
	}
	if r.Reason != "" && !strings.Contains(text, r.Reason) {
		text = strings.TrimPrefix(text+"; "+r.Reason, "; ")
	}
	return Clean(text)
}

// furtherEvidence is what the summary does not say.
func furtherEvidence(r *analysis.Result, verbose bool) []string {
	var lines []string
	shown := 0
	for _, e := range r.Evidence {
		if !verbose && shown == mostEvidence {
			break
		}
		shown++
		if !strings.Contains(r.Summary, e.Text) {
			lines = append(lines, Clean(e.Text))
		}
	}
	// Evidence is told a key at a time, of the first keys only.
	if more := max(int64(len(r.Evidence)), r.Number("invalid_keys")) - int64(shown); more > 0 && shown > 0 {
		lines = append(lines, fmt.Sprintf("and %s", counted(more, "more key", "more keys")))
	}
	return lines
}
