package lab

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"dynamosim/analysis"
	"dynamosim/scenarios"
)

// write puts down what follows from the runs. result.json comes last: a folder without it is no whole sweep. s opens the runs that are
// kept; nil: they are kept already.
func (r *SweepResult) write(dir string, s *Sweep, keep Keep) error {
	r.conclude()
	if err := os.Remove(filepath.Join(dir, resultFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("writing %s: %w", filepath.Join(dir, resultFile), reasonOf(err))
	}
	if s != nil {
		if err := r.keepFailures(dir, s, keep); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		name    string
		content []byte
	}{
		{"runs.csv", r.runsCSV()}, {"coverage.csv", r.coverageCSV()}, {"overlaps.txt", []byte(r.overlaps.Text())}, {"junit.xml", r.JUnit()}, {"summary.md", []byte(r.Summary())}, {resultFile, r.JSON()},
	} {
		if err := writeWhole(filepath.Join(dir, f.name), f.content); err != nil {
			return err
		}
	}
	return nil
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(name string, content []byte) error {
	temp := name + ".part"
	file, err := os.Create(temp)
	if err == nil {
		_, err = file.Write(content)
		err = errors.Join(err, file.Sync(), file.Close())
	}
	if err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		os.Remove(temp)
		return fmt.Errorf("writing %s: %w", name, reasonOf(err))
	}
	return nil
}

// writable tries whether writeWhole could write a file, before there is anything to lose.
func writable(name string) error {
	temp := name + ".part"
	file, err := os.Create(temp)
	if err == nil {
		err = errors.Join(file.Close(), os.Remove(temp))
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, reasonOf(err))
	}
	return nil
}

// keepFailures runs the shortest failure of each group once more and keeps its plan, result and, of history and trace, as much as is
// wanted.
func (r *SweepResult) keepFailures(dir string, s *Sweep, keep Keep) error {
	root := filepath.Join(dir, "failures")
	if err := os.RemoveAll(root); err != nil {
		return fmt.Errorf("clearing %s: %w", root, reasonOf(err))
	}
	for _, g := range r.Groups {
		if err := g.keep(root, s, keep); err != nil {
			return err
		}
	}
	return nil
}

func (g *FailureGroup) keep(root string, s *Sweep, keep Keep) error {
	run := g.Shortest
	seed, err := strconv.ParseUint(run.Seed, 10, 64)
	if err != nil {
		return fmt.Errorf("the seed of run %d: %w", run.Index, err)
	}
	folder := filepath.Join(root, slug(g.Signature))
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("making %s: %w", folder, reasonOf(err))
	}
	plan, _, err := Open(run.Scenario, OpenOptions{Seed: &seed, Case: run.Case, Set: run.Set})
	if err != nil {
		return writeWhole(filepath.Join(folder, "story.md"), []byte(err.Error()+"\n"))
	}
	if err := writeWhole(filepath.Join(folder, "plan.yaml"), plan.YAML()); err != nil {
		return err
	}
	report, err := runAgain(plan, folder, keep)
	var crash *Crash
	switch {
	case errors.As(err, &crash):
		return writeWhole(filepath.Join(folder, "story.md"), []byte(fmt.Sprintf("# %s\n\n%s\n\n    %s\n\n```\n%s```\n", g.Signature, crash.Error(), run.command(), crash.Stack)))
	case err != nil:
		return err
	}
	if keep != KeepSummary {
		var lines bytes.Buffer
		if err := report.writeHistory(&lines, keep); err != nil {
			return err
		}
		if err := writeWhole(filepath.Join(folder, HistoryFile), lines.Bytes()); err != nil {
			return err
		}
	}
	return errors.Join(
		writeWhole(filepath.Join(folder, "story.md"), report.Markdown()),
		writeWhole(filepath.Join(folder, resultFile), report.object().pretty()))
}

// runAgain runs a plan, with a trace where all is kept.
func runAgain(plan *scenarios.Scenario, folder string, keep Keep) (*Report, error) {
	if keep == KeepFailures || keep == KeepSummary {
		return Run(plan, RunOptions{})
	}
	name := filepath.Join(folder, TraceFile)
	file, err := os.Create(name)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", name, reasonOf(err))
	}
	report, err := Record(plan, file, RunOptions{})
	if closed := file.Close(); err == nil && closed != nil {
		err = fmt.Errorf("writing %s: %w", name, reasonOf(closed))
	}
	return report, err
}

// JSON is result.json.
func (r *SweepResult) JSON() []byte {
	o := object{
		{"format", sweepFormat}, {"kind", "sweep"}, {"identity", r.Identity}, {"sweep", r.Units}, {"shard", r.Shard}, {"verdict", string(r.Verdict)}, {"exit_code", r.Exit},
		{"reasons", listOrEmpty(r.Reasons)}, {"runs", r.Runs}, {"here", r.Here}, {"done", r.Done}, {"not_run", r.NotRun()}, {"failed", r.Failed}, {"known", r.Known},
	}
	groups, suites, left := []object{}, []object{}, []object{}
	for _, g := range r.Groups {
		groups = append(groups, object{
			{"signature", g.Signature}, {"known", g.Known}, {"count", g.Count}, {"seeds", g.Seeds}, {"shortest_events", g.Shortest.Events},
			{"folder", "failures/" + slug(g.Signature)}, {"reproduce", g.Shortest.command()},
		})
	}
	for _, s := range r.Suites {
		cases := []object{}
		for _, c := range s.Cases {
			cases = append(cases, object{{"name", c.Name}, {"want", c.Want}, {"runs", c.Runs}, {"invalid", c.Invalid}, {"unknown", c.Unknown}, {"unmet", len(c.Unmet)}})
		}
		suites = append(suites, object{{"scenario", s.Scenario}, {"setting", s.Setting}, {"runs", s.Runs}, {"failed", s.Failed}, {"cases", cases}})
	}
	for _, l := range r.LeftOut {
		left = append(left, object{{"scenario", l.Source}, {"setting", l.Cell.String()}, {"why", l.Why}})
	}
	o.add("failures", groups)
	o.add("known_gone", goneObjects(r.Gone))
	o.add("suites", suites)
	o.add("left_out", left)
	o.add("faults", r.faultObjects())
	o.add("mechanisms", r.mechanismObjects())
	return o.pretty()
}

func goneObjects(gone []scenarios.KnownFailure) []object {
	list := []object{}
	for _, k := range gone {
		list = append(list, object{{"signature", k.Signature}, {"note", k.Note}})
	}
	return list
}

func (r *SweepResult) faultObjects() []object {
	list := []object{}
	for _, k := range r.Faults {
		list = append(list, object{{"kind", k.Kind}, {"runs", k.Runs}, {"drawn", k.Drawn}, {"began", k.Began}, {"effective_runs", k.EffectiveRuns}})
	}
	return list
}

func (r *SweepResult) mechanismObjects() []object {
	list := []object{}
	for _, m := range r.Acted {
		list = append(list, object{{"mechanism", m.Name}, {"counter", m.Counter}, {"runs", m.Runs}})
	}
	return list
}

// runsCSV is a table with a row a run.
func (r *SweepResult) runsCSV() []byte {
	axes, checks, metrics := r.columns()
	head := []string{"index", "scenario", "case", "set", "seed", "verdict", "exit_code", "signature", "digest", "events", "virtual_ns", "operations", "ok", "fail", "info"}
	rows := [][]string{slices.Concat(head, axes, checks, metrics)}
	for _, run := range r.records {
		row := []string{
			strconv.Itoa(run.Index), run.Scenario, run.Case, strings.Join(run.Set, " "), run.Seed, string(run.Verdict), strconv.Itoa(run.ExitCode), run.Signature, run.Digest,
			fmt.Sprint(run.Events), fmt.Sprint(run.VirtualNS), fmt.Sprint(run.Operations.Total), fmt.Sprint(run.Operations.OK), fmt.Sprint(run.Operations.Fail), fmt.Sprint(run.Operations.Info),
		}
		rows = append(rows, slices.Concat(row, run.axisCells(axes), run.checkCells(checks), run.metricCells(metrics)))
	}
	return csvBytes(rows)
}

// columns are the paths that were set, the checks and the metrics of any run.
func (r *SweepResult) columns() (axes, checks, metrics []string) {
	add := func(list *[]string, name string) {
		if !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	measured := map[string]bool{}
	for _, run := range r.records {
		for _, set := range run.Set {
			path, _, _ := strings.Cut(set, "=")
			add(&axes, path)
		}
		for _, c := range run.Checks {
			add(&checks, c.Name)
		}
		for _, m := range run.Metrics {
			measured[m.Name] = true
		}
	}
	for _, m := range analysis.Metrics() {
		if measured[m.Name] {
			metrics = append(metrics, m.Name)
		}
	}
	return axes, checks, metrics
}

// axisCells are the values that the run set; of a path set twice the last counts.
func (r *RunRecord) axisCells(axes []string) []string {
	cells := make([]string, len(axes))
	for _, set := range r.Set {
		path, value, _ := strings.Cut(set, "=")
		cells[slices.Index(axes, path)] = value
	}
	return cells
}

func (r *RunRecord) checkCells(checks []string) []string {
	cells := make([]string, len(checks))
	for _, c := range r.Checks {
		cells[slices.Index(checks, c.Name)] = c.Verdict
	}
	return cells
}

// metricCells are the values of metrics, none where there was nothing to measure.
func (r *RunRecord) metricCells(metrics []string) []string {
	cells := make([]string, len(metrics))
	for _, m := range r.Metrics {
		if i := slices.Index(metrics, m.Name); i >= 0 {
			cells[i] = strconv.FormatFloat(m.Value, 'f', -1, 64)
		}
	}
	return cells
}

// coverageCSV is a table of the kinds of faults and the mechanisms: in how many runs they were there, and acted.
func (r *SweepResult) coverageCSV() []byte {
	rows := [][]string{{"what", "name", "runs", "began", "acted_in_runs", "at_most_if_never"}}
	never := func(runs int) string {
		if runs > 0 {
			return ""
		}
		return fmt.Sprintf("%.4f", neverBound(r.Done))
	}
	for _, k := range r.Faults {
		rows = append(rows, []string{"fault", k.Kind, strconv.Itoa(k.Runs), strconv.Itoa(k.Began), strconv.Itoa(k.EffectiveRuns), never(k.EffectiveRuns)})
	}
	for _, m := range r.Acted {
		rows = append(rows, []string{"mechanism", m.Name, strconv.Itoa(r.Done), "", strconv.Itoa(m.Runs), never(m.Runs)})
	}
	return csvBytes(rows)
}

func csvBytes(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.WriteAll(rows)
	return b.Bytes()
}

// The elements of JUnit's XML.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Tests   int          `xml:"tests,attr"`
		Fails   int          `xml:"failures,attr"`
		Skipped int          `xml:"skipped,attr"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name    string      `xml:"name,attr"`
		Tests   int         `xml:"tests,attr"`
		Fails   int         `xml:"failures,attr"`
		Skipped int         `xml:"skipped,attr"`
		Cases   []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitMessage `xml:"failure,omitempty"`
		Skipped *junitMessage `xml:"skipped,omitempty"`
	}
	junitMessage struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit is the result as JUnit's XML: a suite a scenario and setting, a test a check or expectation.
func (r *SweepResult) JUnit() []byte {
	var all junitSuites
	for _, s := range r.Suites {
		suite := junitSuite{Name: clearText(s.Name())}
		for _, c := range s.Cases {
			test := junitCase{Class: clearText(s.Name()), Name: clearText(c.Name)}
			if fails, seeds, again := c.failing(); fails > 0 {
				message := fmt.Sprintf("%d of %s, seeds %s", fails, counted(int64(s.Runs), "run", "runs"), seeds)
				test.Failure = &junitMessage{c.Name, clearText(message), clearText(again)}
				suite.Fails++
			} else if c.Unknown > 0 && c.Want == "valid" {
				test.Skipped = &junitMessage{Message: fmt.Sprintf("undecided in %d of %d runs", c.Unknown, s.Runs)}
				suite.Skipped++
			}
			suite.Cases = append(suite.Cases, test)
		}
		suite.Tests = len(suite.Cases)
		all.Tests, all.Fails, all.Skipped = all.Tests+suite.Tests, all.Fails+suite.Fails, all.Skipped+suite.Skipped
		all.Suites = append(all.Suites, suite)
	}
	b, err := xml.MarshalIndent(all, "", " ")
	if err != nil {
		panic(fmt.Sprintf("lab: junit.xml: %v", err)) // nothing in it can fail
	}
	return append([]byte(xml.Header), append(b, '\n')...)
}

// failing are the runs that fail the sweep by this case: how many, the seeds of the first few, and how to run the first again.
func (c *SuiteCase) failing() (n int, seeds, again string) {
	var list []string
	for _, run := range c.Unmet {
		if run.Known != "" {
			continue
		}
		if n++; n <= 10 {
			list = append(list, run.Seed)
		}
		if n == 1 {
			again = run.command()
		}
	}
	if n > 10 {
		list = append(list, "…")
	}
	return n, strings.Join(list, ", "), again
}

// clearText leaves out what XML cannot hold.
func clearText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}
