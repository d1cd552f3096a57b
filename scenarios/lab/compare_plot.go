package lab

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"dynamosim/analysis"
)

// ComparePlot is a picture of a comparison.
type ComparePlot struct {
	Name          string
	width, height vg.Length
	panels        [][]*plot.Plot // rows of columns; nil: an empty place
	below         string         // what the horizontal axes of all panels are; "": each says so itself
}

// plotDPI is how finely PNG is drawn: as journals ask for.
const plotDPI = 300

// Draw draws the picture as svg or png. The same comparison gives the same bytes.
func (p *ComparePlot) Draw(format string) ([]byte, error) {
	var canvas vg.CanvasSizer
	var write io.WriterTo
	switch format {
	case "svg":
		c := vgsvg.New(p.width, p.height)
		canvas, write = c, c
	case "png":
		c := vgimg.NewWith(vgimg.UseWH(p.width, p.height), vgimg.UseDPI(plotDPI))
		canvas, write = c, vgimg.PngCanvas{Canvas: c}
	default:
		return nil, fmt.Errorf("drawing %s: no format %q", p.Name, format)
	}
	dc := draw.New(canvas)
	if p.below != "" {
		style := newPanel("", "", "").X.Label.TextStyle
		style.XAlign, style.YAlign = draw.XCenter, draw.YBottom
		dc.FillText(style, vg.Point{X: dc.Center().X, Y: dc.Min.Y + vg.Points(5)}, p.below)
		dc = draw.Crop(dc, 0, 0, vg.Points(14), 0)
	}
	tiles := draw.Tiles{Rows: len(p.panels), Cols: len(p.panels[0]), PadX: vg.Points(10), PadY: vg.Points(8), PadTop: vg.Points(6), PadBottom: vg.Points(6), PadLeft: vg.Points(6), PadRight: vg.Points(10)}
	for i, row := range p.panels {
		for j, panel := range row {
			if panel != nil {
				panel.Draw(tiles.At(dc, j, i))
			}
		}
	}
	var b bytes.Buffer
	if _, err := write.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("drawing %s: %w", p.Name, err)
	}
	return b.Bytes(), nil
}

// Plots are the pictures that the comparison has something to draw in.
func (r *CompareResult) Plots() []*ComparePlot {
	var all []*ComparePlot
	for _, draw := range []func() *ComparePlot{r.tradeOffPlot, r.visibilityPlot, r.percentilePlot, r.versionPlot} {
		if p := draw(); p != nil {
			all = append(all, p)
		}
	}
	return all
}

// newPanel is an empty plot with our letters.
func newPanel(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	for _, f := range []*font.Font{&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font} {
		f.Variant = "Sans"
		f.Size = vg.Points(9)
	}
	p.Title.TextStyle.Font.Size, p.Title.Padding = vg.Points(10), vg.Points(4)
	p.X.Tick.Label.Font.Size, p.Y.Tick.Label.Font.Size, p.Legend.TextStyle.Font.Size = vg.Points(8), vg.Points(8), vg.Points(8)
	p.Legend.ThumbnailWidth = vg.Points(22)
	p.Legend.Padding = vg.Points(1.5)
	grid := plotter.NewGrid()
	for _, line := range []*draw.LineStyle{&grid.Horizontal, &grid.Vertical} {
		line.Color, line.Width = color.Gray{0xe4}, vg.Points(.5)
	}
	p.Add(grid)
	return p
}

// cellLook is how a cell is drawn: by the first axis its colour, by the second its shape and the dashes of its line.
type cellLook struct {
	color  color.Color
	shape  draw.GlyphDrawer
	dashes []vg.Length
}

var cellShapes = [...]draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{}, draw.RingGlyph{}}

var dashes = [...][]vg.Length{nil, {vg.Points(5), vg.Points(2)}, {vg.Points(1.5), vg.Points(2)}, {vg.Points(6), vg.Points(2), vg.Points(1.5), vg.Points(2)}}

func (r *CompareResult) lookOf(cell int) cellLook {
	keys := func(i int) (first, second string) {
		values := r.keyValues(i)
		if len(values) == 1 {
			return values[0], values[0]
		}
		return values[0], strings.Join(values[1:], " ")
	}
	var firsts, seconds []string
	for i := range r.cells {
		first, second := keys(i)
		if !slices.Contains(firsts, first) {
			firsts = append(firsts, first)
		}
		if !slices.Contains(seconds, second) {
			seconds = append(seconds, second)
		}
	}
	first, second := keys(cell)
	i, j := slices.Index(firsts, first), slices.Index(seconds, second)
	return cellLook{curveColors[i%len(curveColors)], cellShapes[j%len(cellShapes)], dashes[j%len(dashes)]}
}

// tradeOffPlot draws latency against staleness, and the settings that none beats in both.
func (r *CompareResult) tradeOffPlot() *ComparePlot {
	f, ok := r.pareto()
	if !ok {
		return nil
	}
	unit := scaleOf(analysis.Nanoseconds, f.latency[0].Value)
	p := newPanel(r.comparison.first.Name+": latency against staleness", f.words+" ("+unit.unit+")", "stale gets (%)")
	var front plotter.XYs
	labels := &pointLabels{style: p.Legend.TextStyle}
	for _, i := range r.byLatency(f) {
		xy := plotter.XY{X: f.latency[i].Value / unit.per, Y: 100 * f.stale[i].Value}
		labels.add(xy, Clean(r.Cells[i].Label))
		labels.keepOff(plotter.XY{X: f.latency[i].Low / unit.per, Y: xy.Y}, plotter.XY{X: f.latency[i].High / unit.per, Y: xy.Y})
		labels.keepOff(plotter.XY{X: xy.X, Y: 100 * f.stale[i].Low}, plotter.XY{X: xy.X, Y: 100 * f.stale[i].High})
		if f.on[i] {
			if n := len(front); n > 0 {
				front = append(front, plotter.XY{X: xy.X, Y: front[n-1].Y})
				labels.keepOff(front[n-1], front[n])
				labels.keepOff(front[n], xy)
			}
			front = append(front, xy)
		}
	}
	if line, err := plotter.NewLine(front); err == nil && len(front) > 1 {
		line.Color, line.Width = color.Gray{0x80}, vg.Points(1)
		line.Dashes = dashes[1]
		p.Add(line)
		p.Legend.Add("Pareto front", line)
	}
	for i := range r.Cells {
		r.addSetting(p, i, &f.latency[i], &f.stale[i], unit)
	}
	p.Add(labels)
	p.Legend.Top = true
	p.Y.Min, p.Y.Max = 0, p.Y.Max*1.05
	margin := (p.X.Max - p.X.Min) / 12
	p.X.Min, p.X.Max = max(0, p.X.Min-margin), p.X.Max+2*margin
	p.Y.Min -= p.Y.Max / 40
	p.X.Tick.Marker, p.Y.Tick.Marker = niceTicks(p.X.Min, p.X.Max), niceTicks(0, p.Y.Max)
	return &ComparePlot{Name: "latency-staleness", width: 15 * vg.Centimeter, height: 10 * vg.Centimeter, panels: [][]*plot.Plot{{p}}}
}

// byLatency lists the cells from the quickest on.
func (r *CompareResult) byLatency(f paretoFront) []int {
	var order []int
	for i := range r.Cells {
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if d := f.latency[a].Value - f.latency[b].Value; d != 0 {
			return int(math.Copysign(1, d))
		}
		return 0
	})
	return order
}

// addSetting draws one setting with its intervals.
func (r *CompareResult) addSetting(p *plot.Plot, cell int, latency, stale *analysis.Estimate, unit scale) {
	at := plotter.XYs{{X: latency.Value / unit.per, Y: 100 * stale.Value}}
	l := r.lookOf(cell)
	x, errX := plotter.NewXErrorBars(struct {
		plotter.XYs
		plotter.XErrors
	}{at, plotter.XErrors{{Low: (latency.Value - latency.Low) / unit.per, High: (latency.High - latency.Value) / unit.per}}})
	y, errY := plotter.NewYErrorBars(struct {
		plotter.XYs
		plotter.YErrors
	}{at, plotter.YErrors{{Low: 100 * (stale.Value - stale.Low), High: 100 * (stale.High - stale.Value)}}})
	points, err := plotter.NewScatter(at)
	if err != nil || errX != nil || errY != nil {
		return // a value that cannot be drawn
	}
	x.Color, y.Color, points.Color, points.Shape, points.Radius = l.color, l.color, l.color, l.shape, vg.Points(3)
	x.CapWidth, y.CapWidth = vg.Points(3), vg.Points(3)
	p.Add(x, y, points)
}

// niceTicks has a label at each multiple of a round step between two values.
func niceTicks(low, high float64) plot.ConstantTicks {
	const most = 6
	step := math.Pow(10, math.Floor(math.Log10((high-low)/most)))
	for _, s := range []float64{1, 2, 5, 10} {
		if (high-low)/(s*step) <= most {
			step *= s
			break
		}
	}
	digits := max(0, int(-math.Floor(math.Log10(step*1.0001))))
	var ticks []plot.Tick
	for n := math.Ceil(low/step - 1e-9); n*step <= high*(1+1e-9); n++ {
		v := n*step + 0 // never -0
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', digits, 64)})
	}
	return ticks
}

// visibilityPlot draws for each setting how many gets are fresh by the time since the put, beside the model.
func (r *CompareResult) visibilityPlot() *ComparePlot {
	rows := r.panelRows()
	if rows == nil {
		return nil
	}
	low, high, least := r.visibilityRange()
	if high == 0 {
		return nil
	}
	p := &ComparePlot{Name: "t-visibility", below: "time since the latest put of the key (ms)"}
	for i, row := range rows {
		var panels []*plot.Plot
		for j, cell := range row {
			if cell < 0 {
				panels = append(panels, nil)
				continue
			}
			y := " " // as high as a label, so that all panels are alike
			if j == 0 {
				y = "fresh gets (%)"
			}
			panel := newPanel(Clean(r.Cells[cell].Label), "", y)
			r.addVisibility(panel, cell, low, high, i == 0 && j == 0)
			panel.X.Min, panel.X.Max, panel.Y.Min, panel.Y.Max = low/1e6, high/1e6, least, 100+(100-least)/40
			panel.X.Scale, panel.X.Tick.Marker = plot.LogScale{}, decadeTicks(low/1e6, high/1e6)
			panel.Y.Tick.Marker = niceTicks(least, 100)
			panels = append(panels, panel)
		}
		p.panels = append(p.panels, panels)
	}
	p.width, p.height = vg.Length(len(rows[0]))*5.4*vg.Centimeter, vg.Length(len(rows))*4*vg.Centimeter+14
	if len(rows[0]) == 1 {
		p.width = 12 * vg.Centimeter
	}
	return p
}

// mostPanels is how many settings one picture shows.
const mostPanels = 25

// panelRows lays the cells out: by two axes if there are two, else in rows of at most four; -1 is an empty place.
func (r *CompareResult) panelRows() [][]int {
	n := min(len(r.cells), mostPanels)
	if len(r.axes) == 2 && !r.hasCases() && len(r.cells) <= mostPanels {
		var firsts, seconds []string
		for _, c := range r.cells {
			if !slices.Contains(firsts, c.Set[0]) {
				firsts = append(firsts, c.Set[0])
			}
			if !slices.Contains(seconds, c.Set[1]) {
				seconds = append(seconds, c.Set[1])
			}
		}
		rows := make([][]int, len(firsts))
		for i := range rows {
			rows[i] = slices.Repeat([]int{-1}, len(seconds))
		}
		for cell, c := range r.cells {
			rows[slices.Index(firsts, c.Set[0])][slices.Index(seconds, c.Set[1])] = cell
		}
		return rows
	}
	columns := min(n, 4)
	if n > 4 {
		columns = min(5, int(math.Ceil(math.Sqrt(float64(n)))))
	}
	var rows [][]int
	for cell := range n {
		if cell%columns == 0 {
			rows = append(rows, slices.Repeat([]int{-1}, columns))
		}
		rows[len(rows)-1][cell%columns] = cell
	}
	return rows
}

// visibilityRange is which times since a put have gets, ns, and the least share of fresh ones in %, rounded down.
func (r *CompareResult) visibilityRange() (low, high, least float64) {
	low, least = math.Inf(1), 100
	for i, c := range r.Cells {
		for _, p := range c.Curve {
			if p.Gets == 0 {
				continue
			}
			t := float64(middleOf(p))
			low, high = min(low, t), max(high, t)
			if e := r.curveShare(i, p.From, p.To); p.Gets >= 30 {
				least = min(least, 100*e.Low)
			}
			if c.Model != nil {
				least = min(least, 100*c.Model.Fresh(int64(t)))
			}
		}
	}
	step := 1.
	for _, s := range []float64{1, 2, 5, 10, 20} {
		if step = s; 100-least <= 6*s {
			break
		}
	}
	return low / 1.5, high * 1.5, max(0, math.Floor(least/step)*step)
}

// addVisibility draws a setting's curve and the model's.
func (r *CompareResult) addVisibility(p *plot.Plot, cell int, low, high float64, legend bool) {
	c, l := r.Cells[cell], r.lookOf(cell)
	var points plotter.XYs
	var bars plotter.YErrors
	for _, v := range c.Curve {
		e := r.curveShare(cell, v.From, v.To)
		if v.Gets < 30 || !e.Known() {
			continue // too few to say anything
		}
		points = append(points, plotter.XY{X: float64(middleOf(v)) / 1e6, Y: 100 * e.Value})
		bars = append(bars, struct{ Low, High float64 }{100 * (e.Value - e.Low), 100 * (e.High - e.Value)})
	}
	if c.Model != nil {
		var curve plotter.XYs
		const steps = 120
		for i := range steps + 1 {
			t := low * math.Pow(high/low, float64(i)/steps)
			curve = append(curve, plotter.XY{X: t / 1e6, Y: 100 * c.Model.Fresh(int64(t))})
		}
		if line, err := plotter.NewLine(curve); err == nil {
			line.Color, line.Width, line.Dashes = color.Gray{0x70}, vg.Points(1), dashes[1]
			p.Add(line)
			if legend {
				p.Legend.Add("PBS model", line)
			}
		}
	}
	if len(points) == 0 {
		return
	}
	scatter, err := plotter.NewScatter(points)
	whiskers, errBars := plotter.NewYErrorBars(struct {
		plotter.XYs
		plotter.YErrors
	}{points, bars})
	if err != nil || errBars != nil {
		return
	}
	scatter.Color, scatter.Shape, scatter.Radius = l.color, draw.CircleGlyph{}, vg.Points(1.8)
	whiskers.Color, whiskers.CapWidth = l.color, vg.Points(2.5)
	p.Add(whiskers, scatter)
	if legend {
		p.Legend.Add("measured", scatter)
	}
}

// decadeTicks has a label at each power of ten, or at every other.
func decadeTicks(low, high float64) plot.ConstantTicks {
	var ticks []plot.Tick
	for d := math.Floor(math.Log10(low)); d <= math.Ceil(math.Log10(high)); d++ {
		decade := math.Pow(10, d)
		label := fixedShort(decade)
		if math.Log10(high/low) > 3.5 && int(math.Abs(d))%2 == 0 {
			label = "" // there is no room for all
		}
		ticks = append(ticks, plot.Tick{Value: decade, Label: label})
	}
	return slices.DeleteFunc(ticks, func(t plot.Tick) bool { return t.Value < low*.999 || t.Value > high*1.001 })
}

// fixedShort writes a power of ten.
func fixedShort(v float64) string {
	if v >= 1 {
		return fixed(v, 0)
	}
	return fixed(v, int(math.Round(-math.Log10(v))))
}

// nines is where a percentile stands on an axis: at each further nine one step on.
func nines(ppm int64) float64 { return -math.Log10(1 - float64(ppm)/analysis.Whole) }

// percentilePlot draws the percentiles of gets and puts.
func (r *CompareResult) percentilePlot() *ComparePlot {
	p := &ComparePlot{Name: "percentiles", height: 9 * vg.Centimeter}
	var row []*plot.Plot
	for _, kind := range []string{"get", "put"} {
		if panel := r.percentilePanel(kind, len(row) == 0); panel != nil {
			row = append(row, panel)
		}
	}
	if row == nil {
		return nil
	}
	low, high := math.Inf(1), 0.
	for _, panel := range row {
		low, high = min(low, panel.Y.Min), max(high, panel.Y.Max)
	}
	for _, panel := range row {
		panel.Y.Min, panel.Y.Max = low/1.2, high*1.2
		panel.Y.Tick.Marker = scaleTicks(low/1.2, high*1.2)
	}
	p.width, p.panels = vg.Length(len(row))*9*vg.Centimeter, [][]*plot.Plot{row}
	return p
}

func (r *CompareResult) percentilePanel(kind string, first bool) *plot.Plot {
	y := " "
	if first {
		y = "latency (ms)"
	}
	p := newPanel(kind+"s", "percentile", y)
	any := false
	var ticks []plot.Tick
	for _, q := range analysis.Percentiles() {
		ticks = append(ticks, plot.Tick{Value: nines(q.PPM), Label: strings.TrimPrefix(q.Written(), "p")})
	}
	for i := range r.Cells {
		any = r.addPercentiles(p, i, kind, first) || any
	}
	if !any {
		return nil
	}
	p.X.Tick.Marker = plot.ConstantTicks(ticks)
	p.X.Min, p.X.Max = nines(500_000)-.15, nines(999_900)+.15
	p.Y.Scale = plot.LogScale{}
	p.Legend.Top, p.Legend.Left = true, true
	return p
}

// addPercentiles draws the percentiles of a setting, as far as its runs bound them.
func (r *CompareResult) addPercentiles(p *plot.Plot, cell int, kind string, legend bool) bool {
	var points plotter.XYs
	var bars plotter.YErrors
	for _, q := range analysis.Percentiles() {
		e := &r.Cells[cell].Estimates[r.metric(kind+"_"+q.Name)]
		if !e.Known() || math.IsInf(e.Half(), 0) || e.Low <= 0 {
			continue
		}
		points = append(points, plotter.XY{X: nines(q.PPM), Y: e.Value / 1e6})
		bars = append(bars, struct{ Low, High float64 }{(e.Value - e.Low) / 1e6, (e.High - e.Value) / 1e6})
	}
	if len(points) == 0 {
		return false
	}
	line, glyphs, err := plotter.NewLinePoints(points)
	whiskers, errBars := plotter.NewYErrorBars(struct {
		plotter.XYs
		plotter.YErrors
	}{points, bars})
	if err != nil || errBars != nil {
		return false
	}
	l := r.lookOf(cell)
	line.Color, line.Width, line.Dashes = l.color, vg.Points(1.1), l.dashes
	glyphs.Color, glyphs.Shape, glyphs.Radius = l.color, l.shape, vg.Points(2)
	whiskers.Color, whiskers.CapWidth = l.color, vg.Points(2.5)
	p.Add(line, whiskers, glyphs)
	if legend {
		p.Legend.Add(r.Cells[cell].Label, line, glyphs)
	}
	return true
}

// scaleTicks has labels at 1, 2 and 5 times the powers of ten.
func scaleTicks(low, high float64) plot.ConstantTicks {
	var ticks []plot.Tick
	for d := math.Floor(math.Log10(low)); d <= math.Ceil(math.Log10(high)); d++ {
		for _, m := range []float64{1, 2, 5} {
			if v := m * math.Pow(10, d); v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v, Label: fixed(v, max(0, int(-d)))})
			}
		}
	}
	return ticks
}

// versionPlot draws how many gets returned several versions.
func (r *CompareResult) versionPlot() *ComparePlot {
	title := r.comparison.first.Name + ": gets that return several versions"
	p := newPanel(title, "", "share of gets (%)")
	var below *plotter.BarChart
	any := false
	width := vg.Points(min(28, 360/float64(len(r.Cells))))
	for n, part := range []struct{ metric, name string }{{"saw_2_versions", "2 versions"}, {"saw_3_versions", "3 versions"}, {"saw_4_versions_or_more", "4 or more"}} {
		values := make(plotter.Values, len(r.Cells))
		for i, c := range r.Cells {
			if e := &c.Estimates[r.metric(part.metric)]; e.Known() {
				values[i] = 100 * e.Value
				any = any || e.Value > 0
			}
		}
		bars, err := plotter.NewBarChart(values, width)
		if err != nil {
			return nil
		}
		bars.Color, bars.LineStyle.Width = curveColors[[...]int{5, 0, 1}[n]], 0
		if below != nil {
			bars.StackOn(below)
		}
		below = bars
		p.Add(bars)
		p.Legend.Add(part.name, bars)
	}
	if !any {
		return nil
	}
	r.addSiblingWhiskers(p)
	p.NominalX(r.labels...)
	if len(strings.Join(r.labels, "")) > 90 {
		p.X.Tick.Label.Rotation = math.Pi / 5
		p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XRight, draw.YTop
	}
	p.Legend.Top = true
	p.Y.Min, p.Y.Max = 0, p.Y.Max*1.3 // room for the legend
	p.Y.Tick.Marker = niceTicks(0, p.Y.Max)
	return &ComparePlot{Name: "versions", width: 16 * vg.Centimeter, height: 9 * vg.Centimeter, panels: [][]*plot.Plot{{p}}}
}

// addSiblingWhiskers draws the interval of the whole bar.
func (r *CompareResult) addSiblingWhiskers(p *plot.Plot) {
	var tops plotter.XYs
	var bars plotter.YErrors
	for i, c := range r.Cells {
		if e := c.Estimates[r.metric("saw_1_version")].Rest(); e.Known() {
			tops = append(tops, plotter.XY{X: float64(i), Y: 100 * e.Value})
			bars = append(bars, struct{ Low, High float64 }{100 * (e.Value - e.Low), 100 * (e.High - e.Value)})
		}
	}
	if whiskers, err := plotter.NewYErrorBars(struct {
		plotter.XYs
		plotter.YErrors
	}{tops, bars}); err == nil {
		whiskers.CapWidth = vg.Points(4)
		p.Add(whiskers)
	}
}
