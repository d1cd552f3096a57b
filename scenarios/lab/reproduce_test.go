package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// The whole of Figure 8 takes some seconds; a few of its cells with fewer rings do not. Single rings scatter by .07, so that the mean of 40
// has a standard error of .01.
func TestFigure8Agrees(t *testing.T) {
	for _, row := range figure8Rows[:6] {
		for strategy := range 3 {
			a := &measuring{ctx: context.Background()}
			values, err := a.repeat("", 40, func(i int) (float64, error) { return efficiency(strategy+1, row.metadata, uint64(i)+1), nil })
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
	r, err := Reproduce(context.Background(), figure5(), Attempt{Effort: Quick})
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

// Every study works, in a small version that takes a second: it has numbers, pictures and its words. Hardly a number disagrees that is judged by
// its scatter; those of a shape need more repetitions than there are here.
func TestEveryStudyWorks(t *testing.T) {
	shapes := map[string]bool{"partitioning": true, "figure-5": true, "figure-6": true, "versions": true, "table-2": true}
	for _, s := range Studies() {
		t.Run(s.Name, func(t *testing.T) {
			parts := 0
			r, err := Reproduce(context.Background(), s, Attempt{Effort: Least, Progress: func(_ string, done, n int) {
				if parts++; done < 1 || done > n {
					t.Errorf("%d of %d are done", done, n)
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			differ := 0
			for _, c := range r.Readings {
				if math.IsNaN(c.Ours.Mean) || c.Ours.N == 0 {
					t.Errorf("%s %s %s: %+v", c.Table, c.Series, c.at(), c.Ours)
				}
				if !c.Shown && !c.Agrees {
					differ++
				}
			}
			if parts == 0 || len(r.Readings) < 4 || !shapes[s.Name] && differ > len(r.Readings)/10 {
				t.Errorf("%d parts; %s", parts, r.Verdict())
			}
			for _, f := range r.Drawings() {
				if picture, err := f.Draw("svg"); err != nil || len(picture) < 2000 || f.X == "" || f.Y == "" || f.Title == "" {
					t.Errorf("%s: %v, %d bytes, axes %q and %q", f.Name, err, len(picture), f.X, f.Y)
				}
			}
		})
	}
}

// However many goroutines work, the numbers and the pictures are the same, byte for byte.
func TestStudiesAreReproducible(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var texts, pictures [2][]byte
	for i, processors := range []int{1, 3} {
		runtime.GOMAXPROCS(processors)
		r, err := Reproduce(context.Background(), merkleCost(), Attempt{Effort: Quick})
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = r.JSON()
		if pictures[i], err = r.Drawings()[0].Draw("svg"); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(texts[0], texts[1]) || !bytes.Equal(pictures[0], pictures[1]) {
		t.Errorf("numbers differ:\n%s\n%s", texts[0], texts[1])
	}
}

// A page keeps the sections of the studies that were not measured again.
func TestPageKeepsOtherSections(t *testing.T) {
	all := Studies()
	of := func(s *Study, n float64) *Reproduction {
		return &Reproduction{Study: s, Axes: [2]string{"x", "y"}, Readings: []Reading{{Series: "a", X: 1, Published: n, Reference: n, Ours: exactly(n, 1), Agrees: true}}}
	}
	first := Page([]*Reproduction{of(all[0], 11), of(all[1], 22)}, "")
	second := Page([]*Reproduction{of(all[1], 33)}, first)
	if !strings.Contains(second, "| 11 |") || strings.Contains(second, "| 22 |") || !strings.Contains(second, "| 33 |") {
		t.Errorf("the page is\n%s", second)
	}
	if third := Page([]*Reproduction{of(all[1], 22)}, second); third != first {
		t.Errorf("there and back again is\n%s\nnot\n%s", third, first)
	}
	if n := strings.Count(second, "1 of 1 number agrees"); n != 4 {
		t.Errorf("%d verdicts in\n%s", n, second)
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
	for _, row := range r.Tables()[0].Rows {
		text.WriteString(strings.Join(row, " ") + "\n")
	}
	const want = " x published reference ours, 95 % interval of \na 1 0.5 – 0.50 ± 0.10 9 agrees\n 1000 0.7 0.71 0.720 ± 0.020 9 agrees\nb 1 – 0.9 0.20 ± 0.10 9 DIFFERS\n"
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
		a, err := sample().Drawings()[0].Draw(format)
		if err != nil {
			t.Fatal(err)
		}
		b, err := sample().Drawings()[0].Draw(format)
		if err != nil || !bytes.Equal(a, b) || len(a) < 1000 {
			t.Errorf("%s: %v, %d and %d bytes", format, err, len(a), len(b))
		}
	}
}

// docs/validation.md has a section of every study as it is now; all plots of the pages are there, and no others.
func TestValidationPageIsComplete(t *testing.T) {
	text, err := os.ReadFile(root + "/docs/validation.md")
	if err != nil {
		t.Fatal(err)
	}
	const anew = "make validation"
	for _, s := range Studies() {
		for what, part := range map[string]string{"title": "## " + s.Title + "\n", "source": s.Source, "method": s.Method, "rule": s.Rule, "table of contents": "(#" + anchor(s.Title) + ")"} {
			if !bytes.Contains(text, []byte(part)) {
				t.Errorf("docs/validation.md has not the %s of %s: %s", what, s.Name, anew)
			}
		}
	}
	shown := map[string]bool{}
	for _, s := range Scalings() { // whose pages have plots too
		text = append(text, readPage(t, s.Name)...)
	}
	for _, m := range regexp.MustCompile(`\(plots/([a-z0-9-]+)\.svg\)`).FindAllStringSubmatch(string(text), -1) {
		shown[m[1]+".svg"] = true
		if _, err := os.Stat(root + "/docs/plots/" + m[1] + ".svg"); err != nil {
			t.Errorf("%v: %s", err, anew)
		}
	}
	files, err := os.ReadDir(root + "/docs/plots")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !shown[f.Name()] {
			t.Errorf("docs/plots/%s is on no page", f.Name())
		}
	}
}
