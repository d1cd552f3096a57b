package lab

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Study is a published result that dynamosim measures again.
type Study struct {
	Name   string // for the command line
	Title  string
	Source string // who published it, and where
	Method string // how it is measured here
	Rule   string // what counts as agreement

	run func(ctx context.Context, s *Study, repetitions effort) (*Reproduction, error)
}

// effort scales the number of repetitions.
type effort struct{ quick bool }

func (e effort) of(n int) int {
	if e.quick {
		return max(2, n/10)
	}
	return n
}

// Reproduction is a study with its numbers.
type Reproduction struct {
	*Study
	Axes     [2]string // what Reading.X and the values are
	Readings []Reading
	Notes    []string // what cannot be compared, or has to be explained
}

// Reading is one number: as published, as it follows from theory or an independent program, and as measured here.
type Reading struct {
	Series    string  // which curve, or which setting
	X         float64 // where on it
	Published float64 // NaN: not published
	Reference float64 // NaN: none
	Ours      Estimate
	Agrees    bool
}

// Estimate is a mean with its 95 % interval.
type Estimate struct {
	Mean, Low, High float64
	N               int // how many independent repetitions it is the mean of
}

// Studies lists what can be reproduced.
func Studies() []*Study { return []*Study{figure8(), figure5()} }

// FindStudy finds a study by its name.
func FindStudy(name string) (*Study, bool) {
	for _, s := range Studies() {
		if s.Name == name {
			return s, true
		}
	}
	return nil, false
}

// Reproduce measures a study; quickly with a tenth of the repetitions, of which some cells may then not agree.
func Reproduce(ctx context.Context, s *Study, quick bool) (*Reproduction, error) {
	r, err := s.run(ctx, s, effort{quick})
	if err != nil {
		return nil, fmt.Errorf("reproducing %s: %w", s.Name, err)
	}
	return r, nil
}

// Agrees tells whether every cell does.
func (r *Reproduction) Agrees() bool {
	for _, c := range r.Readings {
		if !c.Agrees {
			return false
		}
	}
	return true
}

// estimate is the mean of independent values with Student's interval.
func estimate(values []float64) Estimate {
	mean, sd := stat.MeanStdDev(values, nil)
	n := float64(len(values))
	if n < 2 {
		return Estimate{mean, math.Inf(-1), math.Inf(1), len(values)}
	}
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(.975) * sd / math.Sqrt(n)
	return Estimate{mean, mean - half, mean + half, len(values)}
}

// String is the mean with half the width of its interval.
func (e Estimate) String() string {
	if e.Low == e.High {
		return fmt.Sprintf("%.4f", e.Mean)
	}
	return fmt.Sprintf("%.4f ± %.4f", e.Mean, (e.High-e.Low)/2)
}

// repeat calls f for the numbers below n on all processors. The results are in the order of the numbers.
func repeat(ctx context.Context, n int, f func(i int) float64) ([]float64, error) {
	values := make([]float64, n)
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		running.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				values[i] = f(i)
			}
		})
	}
	running.Wait()
	return values, ctx.Err()
}

// Rows are the cells for people: a line of headings, then a line a cell.
func (r *Reproduction) Rows() [][]string {
	number := func(v float64) string {
		if math.IsNaN(v) {
			return "–"
		}
		return strings.TrimSuffix(fmt.Sprintf("%.3f", v), "0")
	}
	rows := [][]string{{"", r.Axes[0], "published", "reference", "ours, 95 % interval", "of", ""}}
	series := ""
	for _, c := range r.Readings {
		first := c.Series
		if first == series {
			first = ""
		}
		series = c.Series
		verdict := "agrees"
		if !c.Agrees {
			verdict = "DIFFERS"
		}
		rows = append(rows, []string{first, fmt.Sprint(c.X), number(c.Published), number(c.Reference), c.Ours.String(), fmt.Sprint(c.Ours.N), verdict})
	}
	return rows
}

// Markdown is the study as a section of docs/validation.md.
func (r *Reproduction) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s\n\n*Published:* %s. *Here:* %s *Agreement:* %s.\n\n", r.Title, "`dynamosim reproduce "+r.Name+"`", r.Source, r.Method, r.Rule)
	for i, row := range r.Rows() {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(row)) + "\n")
		}
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "\n%s\n", note)
	}
	fmt.Fprintf(&b, "\n![%s](plots/%s.svg)\n", r.Title, r.Name)
	return b.String()
}

// object is the reproduction for programs.
func (r *Reproduction) object() object {
	var cells []object
	value := func(v float64) any {
		if math.IsNaN(v) {
			return nil
		}
		return v
	}
	for _, c := range r.Readings {
		cells = append(cells, object{
			{"series", c.Series}, {"x", c.X}, {"published", value(c.Published)}, {"reference", value(c.Reference)},
			{"ours", c.Ours.Mean}, {"low", c.Ours.Low}, {"high", c.Ours.High}, {"n", c.Ours.N}, {"agrees", c.Agrees},
		})
	}
	return object{{"format", ResultFormat}, {"study", r.Name}, {"title", r.Title}, {"source", r.Source}, {"method", r.Method}, {"rule", r.Rule}, {"agrees", r.Agrees()}, {"cells", cells}, {"notes", r.Notes}}
}

// JSON is the reproduction for programs.
func (r *Reproduction) JSON() []byte { return r.object().pretty() }
