package lab

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Summary is the result as Markdown, for a page of the continuous integration.
func (r *SweepResult) Summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s: %s\n\n%s\n\n", r.Units, strings.ToUpper(string(r.Verdict)), r.counts())
	for _, reason := range r.Reasons {
		fmt.Fprintf(&b, "* %s\n", reason)
	}
	if len(r.Groups) > 0 {
		b.WriteString("\n| failure | runs | seeds | again |\n|---|---|---|---|\n")
		for _, g := range r.Groups {
			name := "`" + g.Signature + "`"
			if g.Known != "" {
				name += " (known: " + g.Known + ")"
			}
			fmt.Fprintf(&b, "| %s | %d | %s | `%s` |\n", name, g.Count, strings.Join(g.Seeds, ", "), g.Shortest.command())
		}
	}
	for _, line := range r.asides() {
		fmt.Fprintf(&b, "\n* %s", line)
	}
	b.WriteString("\n| scenario | setting | runs | failed | checks that were invalid |\n|---|---|---|---|---|\n")
	for _, s := range r.Suites {
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %s |\n", s.Scenario, s.Setting, s.Runs, s.Failed, s.invalid())
	}
	if never := r.never(); never != "" {
		fmt.Fprintf(&b, "\n%s\n", never)
	}
	return b.String()
}

// asides are what a sweep says of known failures that are gone.
func (r *SweepResult) asides() (lines []string) {
	for _, k := range r.Gone {
		text := "known, and gone: " + k.Signature
		if k.Note != "" {
			text += " (" + k.Note + ")"
		}
		lines = append(lines, fmt.Sprintf("%s has not happened in %s", text, counted(int64(r.Done), "run", "runs")))
	}
	return lines
}

func (r *SweepResult) counts() string {
	text := fmt.Sprintf("%s, %d failed", counted(int64(r.Done), "run", "runs"), r.Failed)
	if r.Known > 0 {
		text += fmt.Sprintf(", %d known failures", r.Known)
	}
	if n := r.NotRun(); n > 0 {
		text += fmt.Sprintf(", %d not run", n)
	}
	if r.Shard != (Shard{}).String() {
		text += fmt.Sprintf(" (shard %s of %d runs)", r.Shard, r.Runs)
	}
	return text
}

// invalid lists the checks with invalid verdicts, those that are wanted so included.
func (s *Suite) invalid() string {
	var parts []string
	for _, c := range s.Cases {
		if c.Want != "" && c.Invalid > 0 {
			parts = append(parts, fmt.Sprintf("%s %d (%s)", c.Name, c.Invalid, c.Want))
		}
	}
	return strings.Join(parts, ", ")
}

// never names what never acted, with the bound on its probability.
func (r *SweepResult) never() string {
	var names []string
	for _, m := range r.Acted {
		if m.Runs == 0 {
			names = append(names, m.Name)
		}
	}
	for _, k := range r.Faults {
		if k.EffectiveRuns == 0 {
			names = append(names, "fault "+k.Kind)
		}
	}
	if len(names) == 0 || r.Done == 0 {
		return ""
	}
	return fmt.Sprintf("Never acted: %s; with 95 %% confidence each does in fewer than %.2g %% of such runs.", strings.Join(names, ", "), 100*neverBound(r.Done))
}

// Text writes the result for people.
func (r *SweepResult) Text(w io.Writer, width int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", r.Units)
	t := table{indent: "  ", gap: "   "}
	for _, s := range r.Suites {
		state := "pass"
		if s.Failed > 0 {
			state = fmt.Sprintf("%d FAIL", s.Failed)
		}
		t.add(plainCell(s.Name()), plainCell(counted(int64(s.Runs), "run", "runs")), plainCell(state), plainCell(s.invalid()))
	}
	for _, line := range t.lines(max(width, defaultWidth)) {
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	for _, l := range r.LeftOut {
		fmt.Fprintf(&b, "  left out %s %s: %s\n", l.Source, l.Cell, l.Why)
	}
	for _, g := range r.Groups {
		mark := "FAIL "
		if g.Known != "" {
			mark = "known"
		}
		fmt.Fprintf(&b, "\n%s  %s   %s, seeds %s\n", mark, g.Signature, counted(int64(g.Count), "run", "runs"), strings.Join(g.Seeds, ", "))
		fmt.Fprintf(&b, "       %s\n", firstLine(strings.Join(g.Shortest.Reasons, "\n")))
		fmt.Fprintf(&b, "again  %s\n", g.Shortest.command())
		if g.Shrunk != nil {
			fmt.Fprintf(&b, "small  %v%s: %s\n", g.Shrunk.Size, g.Shrunk.unfinished(), filepath.ToSlash(filepath.Join("failures", slug(g.Signature), shrunkFile)))
		}
	}
	lines := r.asides()
	for _, n := range r.News {
		line := fmt.Sprintf("corpus: %s %s", strings.Join(n.Entry.words(), " "), n.Now)
		if n.Moved {
			line += "; its plan is another one than it was"
		}
		lines = append(lines, line)
	}
	if len(lines) > 0 {
		fmt.Fprintf(&b, "\n%s\n", strings.Join(lines, "\n"))
	}
	if never := r.never(); never != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.Join(wrap(never, max(width, defaultWidth)), "\n"))
	}
	fmt.Fprintf(&b, "\n%s   %s\n", strings.ToUpper(string(r.Verdict)), r.counts())
	for _, reason := range r.Reasons {
		fmt.Fprintf(&b, "  because  %s\n", reason)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
