package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// The whole of Figure 8 takes some seconds; a few of its cells with fewer rings do not. Single rings scatter by .07, so that the mean of 40
// has a standard error of .01.
func TestFigure8Agrees(t *testing.T) {
	for _, row := range figure8Rows[:6] {
		for strategy := range 3 {
			values, err := repeat(context.Background(), 40, func(i int) float64 { return efficiency(strategy+1, row.metadata, uint64(i)+1) })
			if err != nil {
				t.Fatal(err)
			}
			if e := estimate(values); math.Abs(e.Mean-row.reference[strategy]) > 2*figure8Within {
				t.Errorf("strategy %d, metadata %d: %v, reference %v", strategy+1, row.metadata, e, row.reference[strategy])
			}
		}
	}
}

// Two days show the peaks of Figure 5, and that the buffer takes them off.
func TestFigure5HasItsShape(t *testing.T) {
	r, err := Reproduce(context.Background(), figure5(), true)
	if err != nil {
		t.Fatal(err)
	}
	peaks := 0
	for _, c := range r.Readings {
		if slices.Contains(figure5Peaks, int(c.X)) {
			peaks++
			if !c.Agrees {
				t.Errorf("%s, hour %v: %v", c.Series, c.X, c.Ours)
			}
		}
	}
	if peaks != 2*len(figure5Peaks) {
		t.Errorf("%d readings at peaks", peaks)
	}
}

// Student's interval of 1 to 5: mean 3, standard deviation 1.5811, t = 2.7764.
func TestEstimate(t *testing.T) {
	e := estimate([]float64{1, 2, 3, 4, 5})
	if e.Mean != 3 || math.Abs(e.High-e.Mean-1.9632) > 1e-4 || math.Abs(e.Mean-e.Low-1.9632) > 1e-4 || e.N != 5 {
		t.Errorf("%+v", e)
	}
	if e := estimate([]float64{7}); !math.IsInf(e.High, 1) || !math.IsInf(e.Low, -1) {
		t.Errorf("one value tells of its own scatter: %+v", e)
	}
}

func sample() *Reproduction {
	s := &Study{Name: "sample", Title: "A sample", Source: "nobody", Method: "by hand.", Rule: "equal"}
	return &Reproduction{Study: s, Axes: [2]string{"x", "y"}, Readings: []Reading{
		{Series: "a", X: 1, Published: .5, Reference: math.NaN(), Ours: Estimate{.5, .4, .6, 9}, Agrees: true},
		{Series: "a", X: 1000, Published: .7, Reference: .71, Ours: Estimate{.72, .7, .74, 9}, Agrees: true},
		{Series: "b", X: 1, Published: math.NaN(), Reference: .9, Ours: Estimate{.2, .1, .3, 9}},
	}}
}

func TestReproductionIsTold(t *testing.T) {
	r := sample()
	if r.Agrees() {
		t.Error("a cell differs, and all agree")
	}
	var text strings.Builder
	for _, row := range r.Rows() {
		text.WriteString(strings.Join(row, " ") + "\n")
	}
	const want = " x published reference ours, 95 % interval of \na 1 0.50 – 0.5000 ± 0.1000 9 agrees\n 1000 0.70 0.71 0.7200 ± 0.0200 9 agrees\nb 1 – 0.90 0.2000 ± 0.1000 9 DIFFERS\n"
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", text.String(), want)
	}
	var result struct {
		Agrees   bool
		Readings []struct{ Published *float64 } `json:"cells"`
	}
	if err := json.Unmarshal(r.JSON(), &result); err != nil || result.Agrees || result.Readings[2].Published != nil || *result.Readings[0].Published != .5 {
		t.Errorf("%v, %+v", err, result)
	}
}

// The same numbers give the same picture.
func TestPlotsAreReproducible(t *testing.T) {
	for _, format := range []string{"svg", "png"} {
		a, err := sample().Plot(format)
		if err != nil {
			t.Fatal(err)
		}
		b, err := sample().Plot(format)
		if err != nil || !bytes.Equal(a, b) || len(a) < 1000 {
			t.Errorf("%s: %v, %d and %d bytes", format, err, len(a), len(b))
		}
	}
}

// docs/validation.md has a section of every study.
func TestValidationPageIsComplete(t *testing.T) {
	text, err := os.ReadFile(root + "/docs/validation.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Studies() {
		if !bytes.Contains(text, []byte("## "+s.Title+"\n")) || !bytes.Contains(text, []byte(s.Method)) {
			t.Errorf("docs/validation.md says nothing, or something old, of %s: dynamosim reproduce --write docs/validation.md", s.Name)
		}
		if _, err := os.Stat(root + "/docs/plots/" + s.Name + ".svg"); err != nil {
			t.Error(err)
		}
	}
}
