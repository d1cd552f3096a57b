package lab

import (
	"fmt"
	"math"

	"dynamosim/analysis"
)

// CompareResult is what the runs of a comparison come to. All of it is a pure function of the comparison and of how many seeds were run.
type CompareResult struct {
	*comparison
	runs        []*comparedRun // seed by seed, each with all its cells; the last seed may lack some
	interrupted bool
	precise     bool // it stopped since it was precise enough

	Cells []*ComparedCell
}

// ComparedCell is a setting with its estimates.
type ComparedCell struct {
	Cell
	Label     string
	Estimates []analysis.Estimate   // by metric
	Against   []analysis.Difference // by metric: less the baseline
	Best      []bool                // by metric: the best, or not to be told apart from it
	Verdicts  []VerdictCounts
	Curve     []analysis.VisiblePoint // of all runs

	Model      *analysis.Prediction // nil: the model does not say
	ModelsNot  string               // why
	Failed     int                  // runs that came to no end
	Unexpected int                  // runs in which an expectation or a check was not as the scenario wants it
}

// VerdictCounts is how often a check came out how in the runs of a cell.
type VerdictCounts struct {
	Check                   string
	Valid, Invalid, Unknown int
}

func newCompareResult(k *comparison) *CompareResult {
	r := &CompareResult{comparison: k}
	for i, c := range k.cells {
		r.Cells = append(r.Cells, &ComparedCell{Cell: c, Label: k.labels[i]})
	}
	return r
}

// add takes the next run.
func (r *CompareResult) add(run *comparedRun) { r.runs = append(r.runs, run) }

// estimate works out everything.
func (r *CompareResult) estimate() {
	for i, c := range r.Cells {
		c.Estimates = nil
		for m := range r.metrics {
			c.Estimates = append(c.Estimates, r.metrics[m].Estimate(r.samplesOf(i, m)))
		}
		c.countVerdicts(r.runsOf(i), r.checkNames())
		c.addCurves(r.runsOf(i))
		c.predict(r.comparison, i)
	}
	for _, c := range r.Cells {
		c.Against = nil
		for m := range r.metrics {
			c.Against = append(c.Against, analysis.DifferenceOf(c.Estimates[m], r.Cells[r.baseline].Estimates[m]))
		}
	}
	for m := range r.metrics {
		r.findBest(m)
	}
}

// findBest marks the cell with the best value of a metric, and those that cannot be told apart from it.
func (r *CompareResult) findBest(m int) {
	best := -1
	for i, c := range r.Cells {
		c.Best = append(c.Best, false)
		e := &c.Estimates[m]
		if !e.Known() || r.metrics[m].Better == analysis.Neither {
			continue
		}
		if best < 0 || r.better(m, e.Value, r.Cells[best].Estimates[m].Value) {
			best = i
		}
	}
	if best < 0 {
		return
	}
	for _, c := range r.Cells {
		d := analysis.DifferenceOf(c.Estimates[m], r.Cells[best].Estimates[m])
		c.Best[m] = c == r.Cells[best] || c.Estimates[m].Known() && (d.Same || d.Known() && !d.Told)
	}
}

func (r *CompareResult) better(m int, a, b float64) bool {
	if r.metrics[m].Better == analysis.Higher {
		return a > b
	}
	return a < b
}

func (c *ComparedCell) countVerdicts(runs []*comparedRun, names []string) {
	c.Verdicts, c.Failed, c.Unexpected = nil, 0, 0
	for _, name := range names {
		v := VerdictCounts{Check: name}
		for _, run := range runs {
			for _, k := range run.record.Checks {
				if k.Name == name {
					v.Valid += count(k.Verdict == analysis.Valid.String())
					v.Invalid += count(k.Verdict == analysis.Invalid.String())
					v.Unknown += count(k.Verdict == analysis.Unknown.String())
				}
			}
		}
		c.Verdicts = append(c.Verdicts, v)
	}
	for _, run := range runs {
		c.Failed += count(run.samples == nil)
		c.Unexpected += count(run.samples != nil && run.record.ExitCode != ExitPass)
	}
}

func (c *ComparedCell) addCurves(runs []*comparedRun) {
	c.Curve = nil
	for _, run := range runs {
		if c.Curve == nil {
			c.Curve = append(c.Curve, run.curve...)
			continue
		}
		for i, p := range run.curve {
			c.Curve[i].Gets += p.Gets
			c.Curve[i].Fresh += p.Fresh
		}
	}
}

// curveShare estimates the share of fresh gets in a span of the curve.
func (r *CompareResult) curveShare(cell int, from, to int64) analysis.Estimate {
	fresh, gets := make([]int64, r.seeds()), make([]int64, r.seeds())
	for s, run := range r.runsOf(cell) {
		for _, p := range run.curve {
			if p.From >= from && p.To <= to || p.From >= from && p.To == math.MaxInt64 && to == math.MaxInt64 {
				fresh[s], gets[s] = fresh[s]+int64(p.Fresh), gets[s]+int64(p.Gets)
			}
		}
	}
	return analysis.ShareOf(fresh, gets)
}

// Exit is the exit code: what a scenario wants of a run is no concern of a comparison, which shows verdicts and judges none; but a run that came to
// no end leaves a hole.
func (r *CompareResult) Exit() int {
	codes := map[int]bool{}
	for _, run := range r.runs {
		if run.samples == nil {
			codes[run.record.ExitCode] = true
		}
	}
	for _, s := range severity {
		if codes[s.code] {
			return s.code
		}
	}
	return ExitPass
}

// Words is what is compared, in a line.
func (r *CompareResult) Words() string {
	text := fmt.Sprintf("%s × %s = %s", counted(int64(len(r.cells)), "setting", "settings"), counted(int64(r.seeds()), "seed", "seeds"),
		counted(int64(r.seeds()*len(r.cells)), "run", "runs"))
	switch {
	case r.interrupted:
		return text + fmt.Sprintf(", interrupted; %d seeds were asked for", len(r.Seeds))
	case r.precise:
		return text + fmt.Sprintf(", then precise enough; %d seeds were allowed", len(r.Seeds))
	}
	return text
}
