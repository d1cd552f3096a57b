package lab

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"dynamosim/analysis"
	"dynamosim/scenarios"
)

// Compare is one scenario in several settings, its cells, each run with the same seeds: what a seed does to one setting it does to all, so
// that differences show sooner.
type Compare struct {
	Source    string
	Stdin     io.Reader // read for the source "-"
	Set       []string  // overrides of every run, path=value
	Axes      []Axis    // none: as the scenario says
	Cases     []string  // names, or all; none: as the scenario says
	Seeds     []uint64  // at least two; none: as the scenario says
	Baseline  string    // the cell that others are held against, as Cell or its label; "": the first
	Measures  []string  // what the table shows, in its order; none: the usual
	Precision float64   // stop when every interval of the table is at most this share of the largest value of its column to either side; 0: run all seeds
}

// comparison is a Compare that has been understood.
type comparison struct {
	*Compare
	text     []byte              // of standard input
	first    *scenarios.Scenario // plan of the first cell and seed
	axes     []shownAxis
	cells    []Cell
	labels   []string
	baseline int
	left     []LeftOut
	metrics  []analysis.Metric // all there are
	shown    []int             // of metrics
}

// shownAxis is an axis with its short name: R for cluster.r.
type shownAxis struct {
	Path, Short string
}

// understand checks everything that can be wrong before anything runs.
func (c *Compare) understand() (*comparison, error) {
	asked := *c // what the scenario says is added to the copy
	k := &comparison{Compare: &asked, metrics: analysis.Metrics()}
	if c.Source == "-" && c.Stdin != nil {
		text, err := io.ReadAll(io.LimitReader(c.Stdin, scenarios.MaxPlan+1))
		if err != nil {
			return nil, fmt.Errorf("reading standard input: %w", err)
		}
		k.text = text
	}
	for _, step := range []func() error{k.checkAxes, k.layOut, k.checkSeeds, k.findBaseline, k.findMeasures} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// badAxis refuses the axes.
func badAxis(format string, args ...any) error {
	return &BadInput{"--axis: error: " + fmt.Sprintf(format, args...) + "\n" + axisExample}
}

const axisExample = "  an axis is a path and its values, such as --axis cluster.r=1,2,3; `dynamosim schema` lists the paths"

func (k *comparison) checkAxes() error {
	for i, a := range k.Axes {
		for j, v := range a.Values {
			switch {
			case v == "":
				return badAxis("%s has an empty value", Clean(a.Path))
			case slices.Contains(a.Values[:j], v):
				return badAxis("%s has the value %s twice", Clean(a.Path), Clean(v))
			}
		}
		if slices.ContainsFunc(k.Axes[:i], func(b Axis) bool { return b.Path == a.Path }) {
			return badAxis("%s is given twice: write all its values behind one", Clean(a.Path))
		}
	}
	return nil
}

// open draws the plan of a cell and a seed.
func (k *comparison) open(c Cell, seed *uint64) (*scenarios.Scenario, error) {
	plan, _, err := Open(k.Source, OpenOptions{Seed: seed, Case: c.Case, Set: append(slices.Clone(k.Set), c.Set...), Stdin: bytes.NewReader(k.text)})
	return plan, err
}

// layOut lists the cells, and those that cannot be.
func (k *comparison) layOut() error {
	plan, err := k.open(Cell{}, nil)
	if err != nil {
		return err
	}
	if len(k.Seeds) == 0 {
		if k.Seeds, err = ParseSeeds(plan.Sweep.Seeds, decimalSeed); err != nil {
			return &BadInput{fmt.Sprintf("%s: error: sweep.seeds: %v", k.Source, err)}
		}
	}
	where, err := scenarios.ParseWhere(plan.Sweep.Where)
	if err != nil {
		return &BadInput{fmt.Sprintf("%s: error: sweep.where: %v", k.Source, err)}
	}
	if k.Baseline == "" && len(k.Axes) == 0 && len(k.Cases) == 0 {
		k.Baseline = plan.Sweep.Baseline
	}
	if k.Precision == 0 {
		k.Precision = math.Round(plan.Sweep.Precision.Float()*1e9) / 1e9
	}
	sweep := &Sweep{Axes: k.Axes, Cases: k.Cases}
	all := sweep.cells(plan)
	works, problem := map[string]bool{}, map[string]error{}
	for _, c := range all {
		cell, err := k.open(c, &k.Seeds[0])
		for _, set := range c.Set {
			works[set] = works[set] || err == nil
			if err != nil && problem[set] == nil {
				problem[set] = err
			}
		}
		switch {
		case err != nil && len(c.Set) == 0:
			return err
		case err != nil:
			k.left = append(k.left, LeftOut{k.Source, c, firstLine(strings.TrimPrefix(err.Error(), "--set "))})
		case !where.Holds(cell):
			k.left = append(k.left, LeftOut{k.Source, c, "not " + plan.Sweep.Where})
		default:
			k.cells = append(k.cells, c)
			if k.first == nil {
				k.first = cell
			}
		}
	}
	for _, c := range all {
		for _, set := range c.Set {
			if !works[set] {
				return &BadInput{strings.ReplaceAll(problem[set].Error(), "--set ", "--axis ") + axisExample}
			}
		}
	}
	k.name(all)
	if len(k.cells) < 2 {
		return &BadInput{fmt.Sprintf("%s: error: there is one setting, and nothing to compare it with\n  give it axes or cases, such as --axis cluster.r=1,2,3 or --case all", k.Source)}
	}
	return nil
}

// name finds short names for axes and cells.
func (k *comparison) name(all []Cell) {
	for _, set := range all[0].Set {
		path, _, _ := strings.Cut(set, "=")
		k.axes = append(k.axes, shownAxis{Path: path, Short: shortPath(path)})
	}
	for i := range k.axes {
		for j := range k.axes {
			if i != j && shortPath(k.axes[i].Path) == shortPath(k.axes[j].Path) {
				k.axes[i].Short = k.axes[i].Path
			}
		}
	}
	for _, c := range k.cells {
		k.labels = append(k.labels, k.label(c))
	}
}

// shortPath is how tables call a setting: N, R and W as the paper does, others by the last word of their path.
func shortPath(path string) string {
	switch path {
	case "cluster.n", "cluster.r", "cluster.w":
		return strings.ToUpper(strings.TrimPrefix(path, "cluster."))
	}
	return path[strings.LastIndexByte(path, '.')+1:]
}

// label is the short name of a cell: R=1 W=2.
func (k *comparison) label(c Cell) string {
	var parts []string
	switch {
	case c.Case != "":
		parts = append(parts, c.Case)
	case k.hasCases():
		parts = append(parts, "as it is")
	}
	for i, set := range c.Set {
		parts = append(parts, k.axes[i].Short+"="+valueOf(set))
	}
	return strings.Join(parts, " ")
}

func valueOf(set string) string {
	_, value, _ := strings.Cut(set, "=")
	return value
}

func (k *comparison) hasCases() bool {
	return slices.ContainsFunc(k.cells, func(c Cell) bool { return c.Case != "" })
}

func (k *comparison) checkSeeds() error {
	if len(k.Seeds) < 2 {
		return &BadInput{"--seeds: error: one seed has no interval: how far runs differ shows in several\n  at least 2, better 20 or more, such as --seeds 1..20"}
	}
	seen := map[uint64]bool{}
	for _, s := range k.Seeds {
		if seen[s] {
			return &BadInput{fmt.Sprintf("--seeds: error: seed %d is there twice, and would count twice\n  such as --seeds 1..20", s)}
		}
		seen[s] = true
	}
	return nil
}

// plainLabel writes the name of a cell in one way, whatever way it was typed in.
func plainLabel(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ' ' || r == ',' })
	return strings.Join(words, " ")
}

func (k *comparison) findBaseline() error {
	if k.Baseline == "" {
		return nil
	}
	var names []string
	for i, c := range k.cells {
		if want := plainLabel(k.Baseline); want == plainLabel(c.String()) || want == plainLabel(k.labels[i]) {
			k.baseline = i
			return nil
		}
		names = append(names, plainLabel(k.labels[i]))
	}
	hint := "cells are " + strings.Join(k.labels, ", ")
	if near := scenarios.Nearest(plainLabel(k.Baseline), names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", k.labels[slices.Index(names, near)])
	}
	return &BadInput{fmt.Sprintf("--baseline: error: there is no cell %q\n  %s", Clean(k.Baseline), hint)}
}

// usual are the measures that a table shows where nobody says, as far as they have values.
var usual = [...]string{"get_p50", "get_p999", "put_p50", "put_p999", "stale_reads", "sibling_reads", "availability"}

func (k *comparison) findMeasures() error {
	names := k.Measures
	if len(names) == 0 {
		names = usual[:]
	}
	for _, name := range names {
		i := slices.IndexFunc(k.metrics, func(m analysis.Metric) bool { return m.Name == name || m.Claim == name && name != "" })
		if i < 0 {
			return &BadInput{unknownMeasure(name, k.metrics)}
		}
		if slices.Contains(k.shown, i) {
			return &BadInput{fmt.Sprintf("--measure: error: %s is there twice", Clean(name))}
		}
		k.shown = append(k.shown, i)
	}
	return nil
}

func unknownMeasure(name string, known []analysis.Metric) string {
	text := fmt.Sprintf("--measure: error: there is no measure %q", Clean(name))
	if near := scenarios.Nearest(name, metricNames(known)); near != "" {
		text += fmt.Sprintf("\n  did you mean %s?", near)
	}
	return text + "\n  such as --measure get_p99,stale_reads; `dynamosim metrics` lists them all"
}

func metricNames(list []analysis.Metric) []string {
	var names []string
	for _, m := range list {
		names = append(names, m.Name)
	}
	return names
}

// identity is what must be the same for two folders to hold one comparison.
func (k *comparison) identity() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %q %q %d %d %v %v %s\n", k.Source, k.first.Origin.SHA256, k.Set, k.cells, k.Seeds, k.baseline, k.shown, k.Precision, Program())
	return hex.EncodeToString(h.Sum(nil))
}
