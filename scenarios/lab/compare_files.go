package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"dynamosim/analysis"
)

// compareFormat is the version of the files of a comparison.
const compareFormat = 1

// OpenFolder makes the folder for the files of the comparison. One that holds anything but the same comparison needs force.
func (c *Comparison) OpenFolder(dir string, force bool) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return &BadInput{fmt.Sprintf("-o %s: error: that is a file, not a folder\n  such as: -o out", Quote(dir))}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("-o %s: %w", Quote(dir), reasonOf(err))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("-o %s: %w", Quote(dir), reasonOf(err))
	}
	if len(entries) == 0 || force {
		return nil
	}
	var old struct{ Kind, Identity string }
	text, err := os.ReadFile(filepath.Join(dir, resultFile))
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("-o %s: %w", Quote(dir), reasonOf(err))
	case err != nil, json.Unmarshal(text, &old) != nil, old.Kind != "compare":
		return &BadInput{fmt.Sprintf("-o %s: error: the folder is not empty, and what is in it is no comparison\n  choose another one, or write into it with --force", Quote(dir))}
	case old.Identity != c.identity():
		return &BadInput{fmt.Sprintf("-o %s: error: the folder holds another comparison\n  choose another one, or overwrite it with --force", Quote(dir))}
	}
	return nil
}

// WriteFiles writes the files of the comparison. result.json comes last: a folder without it is no whole comparison.
func (r *CompareResult) WriteFiles(dir string) error {
	if err := os.Remove(filepath.Join(dir, resultFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("writing %s: %w", filepath.Join(dir, resultFile), reasonOf(err))
	}
	plots := filepath.Join(dir, "plots")
	if err := os.MkdirAll(plots, 0o777); err != nil {
		return fmt.Errorf("making %s: %w", plots, reasonOf(err))
	}
	for _, f := range []struct {
		name    string
		content []byte
	}{{"summary.csv", r.SummaryCSV()}, {"runs.csv", r.RunsCSV()}, {"windows.csv", r.WindowsCSV()}} {
		if err := writeWhole(filepath.Join(dir, f.name), f.content); err != nil {
			return err
		}
	}
	for _, p := range r.Plots() {
		for _, format := range []string{"svg", "png"} {
			picture, err := p.Draw(format)
			if err != nil {
				return err
			}
			if err := writeWhole(filepath.Join(plots, p.Name+"."+format), picture); err != nil {
				return err
			}
		}
	}
	return writeWhole(filepath.Join(dir, resultFile), r.JSON())
}

// known are the metrics that have a value in some cell.
func (r *CompareResult) known() []int {
	var list []int
	for m := range r.metrics {
		if slices.ContainsFunc(r.Cells, func(c *ComparedCell) bool { return c.Estimates[m].Known() }) {
			list = append(list, m)
		}
	}
	return list
}

// keyNames are the columns that name a cell in tables for programs.
func (r *CompareResult) keyNames() []string {
	var names []string
	if r.hasCases() {
		names = append(names, "case")
	}
	for _, a := range r.axes {
		names = append(names, a.Path)
	}
	return names
}

func (r *CompareResult) keyValues(cell int) []string {
	var values []string
	if r.hasCases() {
		values = append(values, r.cells[cell].Case)
	}
	for _, set := range r.cells[cell].Set {
		values = append(values, valueOf(set))
	}
	return values
}

// SummaryCSV is a table with a row a cell and measure. Values are in the unit that the row names; what is not known is empty.
func (r *CompareResult) SummaryCSV() []byte {
	rows := [][]string{append(r.keyNames(), "measure", "unit", "better", "value", "low", "high", "runs", "best", "difference", "difference_low", "difference_high", "told_apart", "same", "more_seeds")}
	for i, c := range r.Cells {
		for _, m := range r.known() {
			e, d, metric := &c.Estimates[m], &c.Against[m], &r.metrics[m]
			rows = append(rows, append(r.keyValues(i), metric.Name, metric.Unit.String(), metric.Better.String(), exact(e.Value), exact(e.Low), exact(e.High), strconv.Itoa(e.N),
				strconv.FormatBool(c.Best[m]), exact(d.Value), exact(d.Low), exact(d.High), strconv.FormatBool(d.Told), strconv.FormatBool(d.Same), strconv.Itoa(d.More)))
		}
	}
	return csvBytes(rows)
}

// RunsCSV is a table with a row a run, in the order in which they are run.
func (r *CompareResult) RunsCSV() []byte {
	checks, known := r.checkNames(), r.known()
	head := append(r.keyNames(), "seed", "verdict", "exit_code", "digest", "plan_sha256", "events", "virtual_ns", "operations", "ok", "fail", "info")
	for _, name := range checks {
		head = append(head, "check_"+strings.ReplaceAll(name, " ", "_"))
	}
	for _, m := range known {
		head = append(head, r.metrics[m].Name)
	}
	rows := [][]string{head}
	for _, run := range r.runs {
		k := run.record
		row := append(r.keyValues(run.cell), seedText(run.seed), string(k.Verdict), strconv.Itoa(k.ExitCode), k.Digest, k.PlanSHA256, fmt.Sprint(k.Events), fmt.Sprint(k.VirtualNS),
			fmt.Sprint(k.Operations.Total), fmt.Sprint(k.Operations.OK), fmt.Sprint(k.Operations.Fail), fmt.Sprint(k.Operations.Info))
		for _, name := range checks {
			verdict := ""
			for _, c := range k.Checks {
				if c.Name == name {
					verdict = c.Verdict
				}
			}
			row = append(row, verdict)
		}
		for _, m := range known {
			value := ""
			if run.samples != nil && run.samples[m].Measured {
				value = exact(run.samples[m].Value)
			}
			row = append(row, value)
		}
		rows = append(rows, row)
	}
	return csvBytes(rows)
}

// WindowsCSV is a table with a row a cell and window of time, over all runs of the cell.
func (r *CompareResult) WindowsCSV() []byte {
	rows := [][]string{append(r.keyNames(), "from_ns", "to_ns", "runs", "operations", "ok", "fail", "info", "get_ok", "get_mean_ns", "put_ok", "put_mean_ns", "stale_gets")}
	for i := range r.Cells {
		sums, runs := r.windowSums(i)
		for _, w := range sums {
			get, put := w.By[analysis.Get].Ok, w.By[analysis.Put].Ok
			rows = append(rows, append(r.keyValues(i), fmt.Sprint(w.From), fmt.Sprint(w.To), strconv.Itoa(runs), strconv.Itoa(w.Operations.Total), strconv.Itoa(w.Operations.Ok),
				strconv.Itoa(w.Operations.Fail), strconv.Itoa(w.Operations.Info), strconv.Itoa(get), meanText(w.Latency[analysis.Get], get),
				strconv.Itoa(put), meanText(w.Latency[analysis.Put], put), strconv.Itoa(w.StaleGets)))
		}
	}
	return csvBytes(rows)
}

func meanText(sum int64, n int) string {
	if n == 0 {
		return ""
	}
	return exact(float64(sum) / float64(n))
}

// windowSums adds up the windows of the runs of a cell. Where the seed decides how long a run is, short ones end early.
func (r *CompareResult) windowSums(cell int) (sums []analysis.Window, runs int) {
	for _, run := range r.runsOf(cell) {
		runs += count(run.samples != nil)
		for j, w := range run.windows {
			if j == len(sums) {
				sums = append(sums, analysis.Window{From: w.From, To: w.To})
			}
			s := &sums[j]
			s.Operations = s.Operations.Plus(w.Operations)
			s.StaleGets += w.StaleGets
			for k := range w.By {
				s.By[k] = s.By[k].Plus(w.By[k])
				s.Latency[k] += w.Latency[k]
			}
		}
	}
	return sums, runs
}

// JSON is result.json.
func (r *CompareResult) JSON() []byte {
	var axes, measures, left, cells []object
	for _, a := range r.axes {
		axes = append(axes, object{{"path", a.Path}, {"short", a.Short}})
	}
	for _, m := range r.known() {
		k := &r.metrics[m]
		measures = append(measures, object{{"name", k.Name}, {"unit", k.Unit}, {"better", k.Better}, {"doc", k.Doc}, {"table", slices.Contains(r.shown, m)}})
	}
	for _, l := range r.left {
		left = append(left, object{{"setting", l.Cell.String()}, {"why", l.Why}})
	}
	for i := range r.Cells {
		cells = append(cells, r.cellObject(i))
	}
	seeds := []string{}
	for _, s := range r.Seeds[:r.seeds()] {
		seeds = append(seeds, seedText(s))
	}
	o := object{
		{"format", compareFormat}, {"kind", "compare"}, {"identity", r.identity()}, {"scenario", r.comparison.first.Name}, {"about", r.comparison.first.About},
		{"exit_code", r.Exit()}, {"axes", orNone(axes)}, {"baseline", r.Cells[r.baseline].Label}, {"confidence", number(.95)}, {"precision", number(r.Precision)},
		{"precise_enough", r.precise}, {"interrupted", r.interrupted}, {"seeds_asked_for", len(r.Seeds)}, {"seeds", seeds}, {"left_out", orNone(left)},
		{"measures", orNone(measures)}, {"cells", cells}, {"trade_off", r.paretoObject()}, {"reproduce", r.command()},
	}
	return o.pretty()
}

func orNone(list []object) []object {
	if list == nil {
		return []object{}
	}
	return list
}

func (r *CompareResult) cellObject(i int) object {
	c := r.Cells[i]
	estimates, against, verdicts, curve := object{}, object{}, object{}, []object{}
	for _, m := range r.known() {
		e, d, name := &c.Estimates[m], &c.Against[m], r.metrics[m].Name
		estimates.add(name, object{{"value", number(e.Value)}, {"low", number(e.Low)}, {"high", number(e.High)}, {"runs", e.N}, {"best", c.Best[m]}})
		against.add(name, object{{"value", number(d.Value)}, {"low", number(d.Low)}, {"high", number(d.High)}, {"told_apart", d.Told}, {"same", d.Same}, {"more_seeds", d.More}})
	}
	for _, v := range c.Verdicts {
		verdicts.add(v.Check, object{{"valid", v.Valid}, {"invalid", v.Invalid}, {"unknown", v.Unknown}})
	}
	for _, p := range c.Curve {
		e := r.curveShare(i, p.From, p.To)
		o := object{{"from_ns", p.From}, {"gets", p.Gets}, {"fresh", p.Fresh}, {"share", number(e.Value)}, {"low", number(e.Low)}, {"high", number(e.High)}}
		if c.Model != nil {
			o.add("model", number(c.Model.Fresh(middleOf(p))))
		}
		curve = append(curve, o)
	}
	o := object{{"label", c.Label}, {"case", c.Case}, {"set", listOrEmpty(c.Set)}, {"no_end", c.Failed}, {"not_as_wanted", c.Unexpected}, {"verdicts", verdicts},
		{"estimates", estimates}, {"against_baseline", against}, {"t_visibility", curve}}
	if c.Model == nil {
		return append(o, member{"no_model", c.ModelsNot})
	}
	model := object{{"trials", modelTrials}}
	for _, p := range analysis.Percentiles() {
		model.add("get_"+p.Name+"_ns", c.Model.Get.Quantile(p.PPM))
		model.add("put_"+p.Name+"_ns", c.Model.Put.Quantile(p.PPM))
	}
	for _, p := range analysis.Percentiles() {
		model.add("visible_"+p.Name+"_ns", c.Model.Visible(p.PPM))
	}
	return append(o, member{"model", model})
}

func (r *CompareResult) paretoObject() any {
	f, ok := r.pareto()
	if !ok {
		return nil
	}
	var on []string
	for i, c := range r.Cells {
		if f.on[i] {
			on = append(on, c.Label)
		}
	}
	return object{{"latency", f.words}, {"against", "stale_reads"}, {"front", on}}
}

// command runs the comparison again.
func (r *CompareResult) command() string {
	words := []string{"dynamosim", "compare", shownSource(r.Source)}
	for _, a := range r.Axes {
		words = append(words, "--axis", a.Path+"="+strings.Join(a.Values, ","))
	}
	for _, c := range r.Cases {
		words = append(words, "--case", c)
	}
	for _, s := range r.Set {
		words = append(words, "--set", s)
	}
	words = append(words, "--seeds", seedsText(r.Seeds))
	if r.Baseline != "" {
		words = append(words, "--baseline", r.Baseline)
	}
	if len(r.Measures) > 0 {
		words = append(words, "--measure", strings.Join(r.Measures, ","))
	}
	if r.Precision > 0 {
		words = append(words, "--precision", strconv.FormatFloat(r.Precision, 'g', -1, 64))
	}
	for i := range words {
		words[i] = Quote(words[i])
	}
	return strings.Join(words, " ")
}

// seedsText writes seeds as --seeds reads them.
func seedsText(seeds []uint64) string {
	var parts []string
	for from := 0; from < len(seeds); {
		to := from
		for to+1 < len(seeds) && seeds[to] < math.MaxUint64 && seeds[to+1] == seeds[to]+1 {
			to++
		}
		part := seedText(seeds[from])
		if to > from {
			part += ".." + seedText(seeds[to])
		}
		parts = append(parts, part)
		from = to + 1
	}
	return strings.Join(parts, ",")
}
