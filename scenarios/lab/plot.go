package lab

import (
	"bytes"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The colours of a plot's curves can be told apart by those who see no red or green (Okabe and Ito 2008), and in grey by their order.
var curveColors = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0xd5, 0x5e, 0x00, 0xff}, color.RGBA{0x00, 0x9e, 0x73, 0xff},
	color.RGBA{0xcc, 0x79, 0xa7, 0xff}, color.RGBA{0xe6, 0x9f, 0x00, 0xff}, color.RGBA{0x56, 0xb4, 0xe9, 0xff},
}

var curveShapes = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{}}

// Plot draws the cells: our means as points with their intervals on a line, what was published as hollow rings. The format is svg or png.
// The same cells give the same bytes.
func (r *Reproduction) Plot(format string) ([]byte, error) {
	p := plot.New()
	p.Title.Text = r.Title
	p.Title.Padding = vg.Points(6)
	p.X.Label.Text, p.Y.Label.Text = r.Axes[0], r.Axes[1]
	p.X.Scale, p.X.Tick.Marker = logScale(r.Readings)
	p.Legend.Top = false
	p.Legend.Padding = vg.Points(2)
	p.Add(plotter.NewGrid())
	for i, series := range r.series() {
		if len(series) == 1 && len(r.Readings) > 1 {
			continue // a point alone is no curve
		}
		if err := addCurve(p, series, i); err != nil {
			return nil, fmt.Errorf("drawing %s: %w", series[0].Series, err)
		}
	}
	if err := legendOfPublished(p, r.Readings); err != nil {
		return nil, err
	}
	w, err := p.WriterTo(16*vg.Centimeter, 11*vg.Centimeter, format)
	if err != nil {
		return nil, fmt.Errorf("drawing %s: %w", r.Name, err)
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("drawing %s: %w", r.Name, err)
	}
	return b.Bytes(), nil
}

// series are the cells by curve, in the order of their first.
func (r *Reproduction) series() [][]Reading {
	var all [][]Reading
	at := map[string]int{}
	for _, c := range r.Readings {
		i, ok := at[c.Series]
		if !ok {
			i = len(all)
			at[c.Series] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], c)
	}
	return all
}

func addCurve(p *plot.Plot, cells []Reading, i int) error {
	var ours plotter.XYs
	var bars plotter.YErrors
	var published plotter.XYs
	for _, c := range cells {
		ours = append(ours, plotter.XY{X: c.X, Y: c.Ours.Mean})
		bars = append(bars, struct{ Low, High float64 }{c.Ours.Mean - c.Ours.Low, c.Ours.High - c.Ours.Mean})
		if !math.IsNaN(c.Published) {
			published = append(published, plotter.XY{X: c.X, Y: c.Published})
		}
	}
	line, points, err := plotter.NewLinePoints(ours)
	if err != nil {
		return err
	}
	col := curveColors[i%len(curveColors)]
	line.Color, line.Width = col, vg.Points(1.2)
	points.Color, points.Shape, points.Radius = col, curveShapes[i%len(curveShapes)], vg.Points(2.4)
	whiskers, err := plotter.NewYErrorBars(struct {
		plotter.XYs
		plotter.YErrors
	}{ours, bars})
	if err != nil {
		return err
	}
	whiskers.Color = col
	p.Add(line, points, whiskers)
	p.Legend.Add(cells[0].Series, line, points)
	if len(published) > 0 {
		rings, err := plotter.NewScatter(published)
		if err != nil {
			return err
		}
		rings.Color, rings.Shape, rings.Radius = col, draw.RingGlyph{}, vg.Points(5)
		p.Add(rings)
	}
	return nil
}

// legendOfPublished explains the hollow rings, if there are any.
func legendOfPublished(p *plot.Plot, cells []Reading) error {
	for _, c := range cells {
		if math.IsNaN(c.Published) {
			continue
		}
		rings, err := plotter.NewScatter(plotter.XYs{{X: c.X, Y: c.Published}})
		if err != nil {
			return fmt.Errorf("drawing the legend: %w", err)
		}
		rings.Color, rings.Shape, rings.Radius = color.Gray{0x60}, draw.RingGlyph{}, vg.Points(5)
		p.Legend.Add("as published", rings)
		break
	}
	return nil
}

// logScale chooses a logarithmic axis where the cells span two decades, with a tick at each power of ten and its 2 and 5.
func logScale(cells []Reading) (plot.Normalizer, plot.Ticker) {
	low, high := math.Inf(1), 0.0
	for _, c := range cells {
		low, high = min(low, c.X), max(high, c.X)
	}
	if low <= 0 || high < 100*low {
		return plot.LinearScale{}, plot.DefaultTicks{}
	}
	var ticks []plot.Tick
	for decade := math.Pow(10, math.Floor(math.Log10(low))); decade <= high; decade *= 10 {
		for _, m := range []float64{1, 2, 5} {
			if v := decade * m; v >= low*.99 && v <= high*1.01 {
				ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprint(v)})
			}
		}
	}
	return plot.LogScale{}, plot.ConstantTicks(ticks)
}
