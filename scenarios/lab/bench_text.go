package lab

import (
	"fmt"
	"math"
	"strconv"
)

// Text is the benchmark for people.
func (b *Bench) Text(o TextOptions) string {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	p := &page{TextOptions: o, paint: paint{o.Color}}
	p.lines(b.heading())
	p.block(b.workloadTable().lines(o.Width)...)
	if len(b.Ratios) > 0 {
		p.block(b.ratioTable(p.paint).lines(o.Width)...)
	}
	if b.Peers != nil {
		t := &table{gap: "  ", right: []bool{false, false, true, true, true, true}}
		for _, row := range b.Peers.rows() {
			t.add(plainCells(row)...)
		}
		p.block(t.lines(o.Width)...)
	}
	return p.String()
}

func (b *Bench) heading() string {
	how := "full"
	if b.Quick {
		how = "quick"
	}
	text := fmt.Sprintf("%s, %s, %s · %s, medians of %s", b.Host.Platform, counted(int64(b.Host.Cores), "processor", "processors"), b.Host.Go, how,
		counted(int64(b.Rounds), "round", "rounds"))
	if b.Cores > 0 {
		text += fmt.Sprintf(" · two goroutines got %.2f processors", b.Cores)
	}
	return text
}

// workloadColumns are the columns of numbers of a workload.
var workloadColumns = [...]struct {
	name string
	of   func(c *Cost) float64
}{
	{"virtual s/s", func(c *Cost) float64 { return per(float64(c.Virtual), float64(c.Wall)) }},
	{"events/s", func(c *Cost) float64 { return per(float64(c.Events), c.CPU.Seconds()) }},
	{"operations/s", func(c *Cost) float64 { return per(float64(c.Operations), c.CPU.Seconds()) }},
	{"seeds/s", func(c *Cost) float64 { return per(float64(c.Seeds), c.CPU.Seconds()) }},
	{"ns/event", (*Cost).perEvent},
	{"pending", func(c *Cost) float64 { return c.Pending }},
	{"bytes/operation", func(c *Cost) float64 { return per(float64(c.Bytes), float64(c.Operations)) }},
}

// workloadRows is the table of workloads, its heading first.
func (b *Bench) workloadRows() [][]string {
	heading := []string{"workload"}
	for _, column := range workloadColumns {
		heading = append(heading, column.name)
	}
	rows := [][]string{append(heading, "")}
	for i := range b.Workloads {
		w := &b.Workloads[i]
		row := []string{w.Name}
		for _, column := range workloadColumns {
			row = append(row, brief(w.Each(column.of)))
		}
		rows = append(rows, append(row, w.About))
	}
	return rows
}

func (b *Bench) workloadTable() *table {
	t := &table{gap: "  ", right: []bool{false, true, true, true, true, true, true, true}}
	for _, row := range b.workloadRows() {
		t.add(plainCells(row)...)
	}
	return t
}

// ratioRows is the table of ratios, its heading first.
func (b *Bench) ratioRows() [][]string {
	rows := [][]string{{"ratio", "value", "rounds", "quickest", "bound", "", ""}}
	for _, r := range b.Ratios {
		about := r.About
		if r.Unjudged != "" {
			about = r.Unjudged
		}
		quickest := ""
		if r.Quickest > 0 {
			quickest = decimal(r.Quickest)
		}
		rows = append(rows, []string{r.Name, decimal(r.Value), decimal(r.Low) + " … " + decimal(r.High), quickest, r.bound(), r.judged(), about})
	}
	return rows
}

func (r *BenchRatio) bound() string {
	if r.AtLeast {
		return "≥ " + decimal(r.Bound)
	}
	return "≤ " + decimal(r.Bound)
}

// judged is a word on whether the ratio holds.
func (r *BenchRatio) judged() string {
	switch {
	case r.Unjudged != "":
		return "not judged"
	case r.Holds(0):
		return "holds"
	}
	return "exceeded"
}

func (b *Bench) ratioTable(in paint) *table {
	t := &table{gap: "  ", right: []bool{false, true, true, true, true}}
	for i, row := range b.ratioRows() {
		cells := plainCells(row)
		if i > 0 && !b.Ratios[i-1].Holds(0) {
			cells[5].in = in.bad
		}
		t.add(cells...)
	}
	return t
}

func plainCells(row []string) []cell {
	cells := make([]cell, len(row))
	for i, text := range row {
		cells[i] = plainCell(text)
	}
	return cells
}

// rows is the table of other simulators, its heading first.
func (p *BenchPeers) rows() [][]string {
	rows := [][]string{{"simulator", "language", "ns/event", "ours / theirs", "rounds", "bound", ""}}
	for _, p := range p.Peers {
		r := BenchRatio{Value: p.Ratio, Bound: p.Bound}
		switch {
		case p.Missing != "":
			rows = append(rows, []string{p.Name, p.Language, "", "", "", "", "not measured: " + p.Missing})
		case p.Bound == 0:
			rows = append(rows, []string{p.Name, p.Language, brief(p.NS), decimal(p.Ratio), decimal(p.Low) + " … " + decimal(p.High), "", ""})
		default:
			rows = append(rows, []string{p.Name, p.Language, brief(p.NS), decimal(p.Ratio), decimal(p.Low) + " … " + decimal(p.High), r.bound(), r.judged()})
		}
	}
	return rows
}

// brief writes a number with three digits: 18.3 M, 456 k, 78.1; nothing for 0.
func brief(x float64) string {
	for _, unit := range [...]struct {
		size float64
		name string
	}{{1e9, " G"}, {1e6, " M"}, {1e3, " k"}} {
		if x >= unit.size*0.9995 {
			return digits(x/unit.size) + unit.name
		}
	}
	if x == 0 {
		return ""
	}
	return digits(x)
}

// digits writes a number below 1000 with three digits.
func digits(x float64) string {
	switch {
	case x >= 99.95:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 9.995:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}

// decimal writes a ratio.
func decimal(x float64) string { return strconv.FormatFloat(math.Round(x*1000)/1000, 'f', -1, 64) }
