package lab

import (
	"context"
	"fmt"
	"runtime"
)

// Scaling is a page of the documentation about how something grows with the size of a cluster.
type Scaling struct {
	Name  string // for the command line, and of the page's file
	Title string
	About string // in a line, for help

	run func(a *measuring) ([]ScalingSection, error)
}

// Scaled is such a page with its numbers. But for the sections that tell of the host, it is a pure function of the program.
type Scaled struct {
	*Scaling
	Sections []ScalingSection
	Host     BenchHost
}

// ScalingSection is a part of the page.
type ScalingSection struct {
	Title   string
	OfHost  bool // its numbers depend on the machine
	Text    []string
	Code    string // shown as it is, after the text
	Tables  []ScalingTable
	Figures []*Figure
	After   []string // text below tables and figures
}

// ScalingTable holds numbers: int64, float64 or Estimate, and words. A title of a column that ends in ">" is that of numbers.
type ScalingTable struct {
	Title   string // "" where there is only one
	Columns []string
	Rows    [][]any
}

// Scalings lists the pages about growth.
func Scalings() []*Scaling { return []*Scaling{costGrowth(), gossipGrowth()} }

// FindScaling finds one by its name.
func FindScaling(name string) (*Scaling, bool) {
	for _, s := range Scalings() {
		if s.Name == name {
			return s, true
		}
	}
	return nil, false
}

// MeasureScaling measures a page. ErrInterrupted: the context was cancelled.
func MeasureScaling(ctx context.Context, s *Scaling, how Attempt) (*Scaled, error) {
	how.Effort = max(how.Effort, Full)
	sections, err := s.run(&measuring{&Study{Name: s.Name}, how, ctx})
	if ctx.Err() != nil {
		err = ErrInterrupted
	}
	if err != nil {
		return nil, fmt.Errorf("measuring %s: %w", s.Name, err)
	}
	host := BenchHost{Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.GOMAXPROCS(0), Program: Program(), Commit: Commit()}
	return &Scaled{s, sections, host}, nil
}

// Drawings are the figures of all sections.
func (s *Scaled) Drawings() []*Figure {
	var all []*Figure
	for i := range s.Sections {
		all = append(all, s.Sections[i].Figures...)
	}
	return all
}

// tell reports progress, if anybody listens.
func (a *measuring) tell(what string, done, n int) {
	if a.Progress != nil {
		a.Progress(what, done, n)
	}
}
