package lab

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Figure is a plot of a study.
type Figure struct {
	Name   string // of its file, without its ending
	Title  string
	X, Y   string // what the axes are, with units
	LogX   bool
	LogY   bool     // what is not above 0 is left out
	Names  []string // what X = 1, 2, .. are called; nil: numbers
	Curves []Curve

	Low, High float64 // of the Y axis; equal: as the curves need it
}

// Curve is what a figure shows of one setting.
type Curve struct {
	Name   string // for the legend; "" keeps out of it
	Style  CurveStyle
	Hidden bool // it is in the legend alone
	Color  int  // which colour and shape; curves that belong together share them
	Points []CurvePoint
}

// CurvePoint is a point with its interval.
type CurvePoint struct{ X, Y, Low, High float64 }

// CurveStyle is how a curve is drawn.
type CurveStyle uint8

// The styles.
const (
	Measured   CurveStyle = iota // points with intervals on a line
	OnlyPoints                   // points with intervals
	Published                    // hollow rings
	Predicted                    // a dashed line
)

// The colours of a plot's curves can be told apart by those who see no red or green (Okabe and Ito 2008), and in grey by their order.
var curveColors = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0xd5, 0x5e, 0x00, 0xff}, color.RGBA{0x00, 0x9e, 0x73, 0xff},
	color.RGBA{0xcc, 0x79, 0xa7, 0xff}, color.RGBA{0xe6, 0x9f, 0x00, 0xff}, color.RGBA{0x56, 0xb4, 0xe9, 0xff},
}

var curveShapes = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.PyramidGlyph{}, draw.BoxGlyph{}, draw.CrossGlyph{}}

// Drawings are the figures of a study: its own, or one that shows its numbers by their series.
func (r *Reproduction) Drawings() []*Figure {
	if len(r.Figures) > 0 {
		return r.Figures
	}
	f := &Figure{Name: r.Name, Title: r.Title, X: r.Axes[0], Y: r.Axes[1]}
	f.LogX = spansDecades(r.Readings)
	published := Curve{Name: "as published", Style: Published, Color: -1, Hidden: true}
	for i, cells := range series(r.Readings) {
		if len(cells) == 1 && len(r.Readings) > 1 {
			continue // a point alone is no curve
		}
		c, rings := Curve{Name: cells[0].Series, Color: i}, Curve{Style: Published, Color: i}
		for _, p := range cells {
			c.Points = append(c.Points, CurvePoint{p.X, p.Ours.Mean, p.Ours.Low, p.Ours.High})
			if !math.IsNaN(p.Published) {
				rings.Points = append(rings.Points, CurvePoint{p.X, p.Published, p.Published, p.Published})
			}
		}
		f.Curves = append(f.Curves, c)
		if len(rings.Points) > 0 {
			f.Curves = append(f.Curves, rings)
			published.Points = rings.Points[:1]
		}
	}
	if len(published.Points) > 0 {
		f.Curves = append(f.Curves, published)
	}
	return []*Figure{f}
}

// spansDecades tells whether the cells span two decades of a positive axis.
func spansDecades(cells []Reading) bool {
	low, high := math.Inf(1), 0.0
	for _, c := range cells {
		low, high = min(low, c.X), max(high, c.X)
	}
	return low > 0 && high >= 100*low
}

// Sizes of a figure. The legend stands below the plot, where no curve is.
const (
	figureWidth  = 16 * vg.Centimeter
	figureHeight = 10 * vg.Centimeter
	legendLine   = .43 * vg.Centimeter
	legendMargin = 1.6 * vg.Centimeter
	labelLine    = .7 * vg.Centimeter // of the X axis
	margin       = .25 * vg.Centimeter
)

// Draw draws the figure as svg or png. Equal figures give equal bytes.
func (f *Figure) Draw(format string) ([]byte, error) {
	p := plot.New()
	p.Title.Text, p.Title.Padding = f.Title, vg.Points(6)
	p.Y.Label.Text, p.Y.Label.Padding = f.Y, vg.Points(4)
	f.scale(p)
	p.Add(plotter.NewGrid())
	legend := plot.NewLegend()
	legend.Left, legend.Top, legend.YPosition = true, true, draw.PosCenter
	legend.TextStyle.Font.Size = font.Points(10)
	legend.ThumbnailWidth, legend.Padding = vg.Centimeter, vg.Points(2)
	entries := 0
	for i := range f.Curves {
		thumbs, err := f.add(p, &f.Curves[i])
		if err != nil {
			return nil, fmt.Errorf("drawing %s: %w", f.Curves[i].Name, err)
		}
		if f.Curves[i].Name != "" {
			legend.Add(f.Curves[i].Name, thumbs...)
			entries++
		}
	}
	if f.Low < f.High {
		p.Y.Min, p.Y.Max = f.Low, f.High
	}
	if f.Names != nil {
		p.X.Min, p.X.Max = .5, float64(len(f.Names))+.5
	}
	below := vg.Length(entries) * legendLine
	canvas, err := draw.NewFormattedCanvas(figureWidth, figureHeight+labelLine+below+margin, format)
	if err != nil {
		return nil, fmt.Errorf("drawing %s: %w", f.Name, err)
	}
	all := draw.New(canvas)
	all.SetColor(color.White) // the letters are black, on dark pages too
	all.Fill(all.Rectangle.Path())
	inner := draw.Crop(all, margin, -2*margin, margin, -margin)
	p.Draw(draw.Crop(inner, 0, 0, below+labelLine, 0))
	// The label of the X axis is drawn here: on a logarithmic axis, the library makes room for it where it is not.
	label := p.X.Label.TextStyle
	label.XAlign, label.YAlign = draw.XCenter, draw.YCenter
	all.FillText(label, vg.Point{X: (inner.Min.X + inner.Max.X) / 2, Y: inner.Min.Y + below + labelLine/2}, f.X)
	legend.Draw(draw.Crop(inner, legendMargin, 0, 0, -(inner.Max.Y - inner.Min.Y - below)))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("drawing %s: %w", f.Name, err)
	}
	return b.Bytes(), nil
}

// scale chooses the scales of the axes and their ticks.
func (f *Figure) scale(p *plot.Plot) {
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.TickerFunc(plainTicks), plot.TickerFunc(plainTicks)
	x := func(c CurvePoint) float64 { return c.X }
	if f.LogX {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, logTicks(f.span(x))
	}
	if f.LogY {
		low, high := f.span(func(c CurvePoint) float64 { return c.Y })
		f.Low, f.High = math.Pow10(int(math.Floor(math.Log10(low)))), math.Pow10(int(math.Ceil(math.Log10(high))))
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks(f.Low, f.High)
	}
	if f.Names != nil {
		var ticks plot.ConstantTicks
		for i, name := range f.Names {
			ticks = append(ticks, plot.Tick{Value: float64(i + 1), Label: name})
		}
		p.X.Tick.Marker = ticks
	}
}

// plainTicks are the library's, with their numbers as short as they can be.
func plainTicks(low, high float64) []plot.Tick {
	ticks := plot.DefaultTicks{}.Ticks(low, high)
	for i := range ticks {
		if ticks[i].Label != "" {
			ticks[i].Label = shortNumber(ticks[i].Value)
		}
	}
	return ticks
}

// add draws a curve, and returns what stands for it in the legend.
func (f *Figure) add(p *plot.Plot, c *Curve) ([]plot.Thumbnailer, error) {
	var col color.Color = color.Gray{0x60}
	shape := curveShapes[0]
	if c.Color >= 0 {
		col, shape = curveColors[c.Color%len(curveColors)], curveShapes[c.Color%len(curveShapes)]
	}
	var xys plotter.XYs
	var bars plotter.YErrors
	intervals := false
	for _, at := range c.Points {
		low, high := at.Low, at.High
		if f.LogY {
			if at.Y <= 0 {
				continue
			}
			low, high = max(low, f.Low), min(high, f.High)
		}
		xys = append(xys, plotter.XY{X: at.X, Y: at.Y})
		bars = append(bars, struct{ Low, High float64 }{at.Y - low, high - at.Y})
		intervals = intervals || at.High > at.Low
	}
	line, points, err := plotter.NewLinePoints(xys)
	if err != nil {
		return nil, err
	}
	line.Color, line.Width = col, vg.Points(1.2)
	points.Color, points.Shape, points.Radius = col, shape, vg.Points(2.4)
	switch c.Style {
	case Published:
		points.Shape, points.Radius = draw.RingGlyph{}, vg.Points(5)
		if !c.Hidden {
			p.Add(points)
		}
		return []plot.Thumbnailer{points}, nil
	case Predicted:
		line.Dashes, line.Width = []vg.Length{vg.Points(4), vg.Points(3)}, vg.Points(1)
		p.Add(line)
		return []plot.Thumbnailer{line}, nil
	}
	if intervals {
		whiskers, err := plotter.NewYErrorBars(struct {
			plotter.XYs
			plotter.YErrors
		}{xys, bars})
		if err != nil {
			return nil, err
		}
		whiskers.Color = col
		p.Add(whiskers)
	}
	if c.Style == OnlyPoints {
		p.Add(points)
		return []plot.Thumbnailer{points}, nil
	}
	p.Add(line, points)
	return []plot.Thumbnailer{line, points}, nil
}

// span is the least and the largest of the coordinates above 0.
func (f *Figure) span(of func(CurvePoint) float64) (low, high float64) {
	low, high = math.Inf(1), 0
	for _, c := range f.Curves {
		for _, p := range c.Points {
			if v := of(p); v > 0 {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return low, high
}

// logTicks are ticks at each power of ten and, where there is room, its 2 and 5.
func logTicks(low, high float64) plot.ConstantTicks {
	var ticks []plot.Tick
	steps := []float64{1, 2, 5}
	if high > 1e4*low {
		steps = steps[:1]
	}
	for exponent := int(math.Floor(math.Log10(low))); math.Pow10(exponent) <= high*1.01; exponent++ {
		for _, m := range steps {
			if v := m * math.Pow10(exponent); v >= low*.99 && v <= high*1.01 {
				ticks = append(ticks, plot.Tick{Value: v, Label: strings.TrimSpace(shortNumber(v))})
			}
		}
	}
	return ticks
}
