package lab

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	gonumtext "gonum.org/v1/plot/text"
)

// pointLabels writes the names of points beside them, each where it covers neither a point nor another name.
type pointLabels struct {
	style  gonumtext.Style
	points []plotter.XY
	names  []string
	lines  [][2]plotter.XY // that names should not cover, upright or level
}

func (l *pointLabels) keepOff(from, to plotter.XY) {
	l.lines = append(l.lines, [2]plotter.XY{from, to})
}

func (l *pointLabels) add(at plotter.XY, name string) {
	l.points, l.names = append(l.points, at), append(l.names, name)
}

// Plot draws the names.
func (l *pointLabels) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var taken []vg.Rectangle
	for _, at := range l.points {
		const r = 5 // of a point with its whiskers
		center := vg.Point{X: x(at.X), Y: y(at.Y)}
		taken = append(taken, vg.Rectangle{Min: vg.Point{X: center.X - r, Y: center.Y - r}, Max: vg.Point{X: center.X + r, Y: center.Y + r}})
	}
	for _, line := range l.lines {
		a, b := vg.Point{X: x(line[0].X), Y: y(line[0].Y)}, vg.Point{X: x(line[1].X), Y: y(line[1].Y)}
		taken = append(taken, vg.Rectangle{Min: vg.Point{X: min(a.X, b.X) - 1, Y: min(a.Y, b.Y) - 1}, Max: vg.Point{X: max(a.X, b.X) + 1, Y: max(a.Y, b.Y) + 1}})
	}
	for i, at := range l.points {
		center := vg.Point{X: x(at.X), Y: y(at.Y)}
		box := l.place(center, l.names[i], c.Rectangle, taken)
		taken = append(taken, box)
		style := l.style
		style.XAlign, style.YAlign = draw.XLeft, draw.YBottom
		if edge := nearestOf(box, center); math.Hypot(float64(edge.X-center.X), float64(edge.Y-center.Y)) > 12 {
			c.StrokeLine2(draw.LineStyle{Color: color.Gray{0xa0}, Width: vg.Points(.5)}, center.X, center.Y, edge.X, edge.Y)
		}
		c.FillText(style, box.Min, l.names[i])
	}
}

// place finds room for a name: near the point first, then further away.
func (l *pointLabels) place(center vg.Point, name string, page vg.Rectangle, taken []vg.Rectangle) vg.Rectangle {
	width, height := l.style.Width(name), l.style.Height(name)
	at := func(distance, turn float64) vg.Rectangle {
		// The middle of the name lies on an ellipse around the point that leaves room for the name itself.
		middle := vg.Point{
			X: center.X + vg.Length(math.Cos(turn))*(width/2+vg.Length(distance)),
			Y: center.Y + vg.Length(math.Sin(turn))*(height/2+vg.Length(distance)),
		}
		return vg.Rectangle{Min: vg.Point{X: middle.X - width/2, Y: middle.Y - height/2}, Max: vg.Point{X: middle.X + width/2, Y: middle.Y + height/2}}
	}
	for distance := 6.; distance < 120; distance += 6 {
		for _, turn := range []float64{.25, .5, .75, 0, .375, .625, .125, .875, 1, -.25, -.5, -.75} { // of a half circle
			if box := at(distance, turn*math.Pi); within(box, page) && !meets(box, taken) {
				return box
			}
		}
	}
	return at(6, .25*math.Pi)
}

func within(box, page vg.Rectangle) bool {
	return box.Min.X >= page.Min.X && box.Min.Y >= page.Min.Y && box.Max.X <= page.Max.X && box.Max.Y <= page.Max.Y
}

func meets(box vg.Rectangle, taken []vg.Rectangle) bool {
	for _, t := range taken {
		if box.Min.X < t.Max.X+1 && box.Max.X > t.Min.X-1 && box.Min.Y < t.Max.Y+1 && box.Max.Y > t.Min.Y-1 {
			return true
		}
	}
	return false
}

// nearestOf is the place of a box that is nearest to a point.
func nearestOf(box vg.Rectangle, to vg.Point) vg.Point {
	return vg.Point{X: min(max(to.X, box.Min.X), box.Max.X), Y: min(max(to.Y, box.Min.Y), box.Max.Y)}
}
