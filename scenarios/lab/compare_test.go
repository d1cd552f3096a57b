package lab_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dynamosim/analysis"
	"dynamosim/scenarios/lab"
)

// small is a comparison that takes little.
func small(seeds int) *lab.Compare {
	c := &lab.Compare{Source: "@stale-read", Set: []string{"duration=2s", "quiesce=1s"}, Axes: []lab.Axis{{Path: "cluster.r", Values: []string{"1", "2"}}, {Path: "cluster.w", Values: []string{"1", "2"}}}}
	for s := range seeds {
		c.Seeds = append(c.Seeds, uint64(s+1))
	}
	return c
}

func begin(t *testing.T, c *lab.Compare) *lab.Comparison {
	t.Helper()
	session, err := c.Begin()
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func compare(t *testing.T, c *lab.Compare, o lab.CompareOptions) *lab.CompareResult {
	t.Helper()
	r, err := begin(t, c).Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func textOf(t *testing.T, r *lab.CompareResult, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Text(&b, lab.TextOptions{Width: width}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// everything is all that a comparison writes, by file.
func everything(t *testing.T, r *lab.CompareResult) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if err := r.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"text": textOf(t, r, 100)}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files[strings.TrimPrefix(path, dir)] = string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Tables, numbers and pictures are the same bytes whatever ran side by side.
func TestComparisonsAreTheSameBytes(t *testing.T) {
	one := everything(t, compare(t, small(4), lab.CompareOptions{Jobs: 1}))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(5))
	many := everything(t, compare(t, small(4), lab.CompareOptions{Jobs: 5}))
	for _, want := range []string{"/result.json", "/summary.csv", "/runs.csv", "/windows.csv", "/plots/latency-staleness.svg", "/plots/latency-staleness.png",
		"/plots/t-visibility.svg", "/plots/percentiles.svg", "/plots/versions.svg"} {
		if one[want] == "" {
			t.Errorf("there is no %s", want)
		}
	}
	if len(one) != len(many) {
		t.Errorf("%d files against %d", len(one), len(many))
	}
	for name := range one {
		if one[name] != many[name] {
			t.Errorf("%s depends on what ran side by side", name)
		}
	}
}

func table(t *testing.T, text []byte) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, v := range row {
			m[rows[0][i]] = v
		}
		all = append(all, m)
	}
	return all
}

// What stands in the tables follows from the rows of the runs.
func TestEstimatesFollowFromTheRuns(t *testing.T) {
	r := compare(t, small(5), lab.CompareOptions{})
	var order []string
	rates := map[string][]float64{}
	for _, row := range table(t, r.RunsCSV()) {
		cell := row["cluster.r"] + row["cluster.w"]
		order = append(order, row["seed"]+":"+cell)
		v, err := strconv.ParseFloat(row["throughput"], 64)
		if err != nil {
			t.Fatal(err)
		}
		rates[cell] = append(rates[cell], v)
	}
	if want := "1:11 1:12 1:21 1:22 2:11"; strings.Join(order[:5], " ") != want || len(order) != 20 {
		t.Errorf("rows are %v", order)
	}
	found := 0
	for _, row := range table(t, r.SummaryCSV()) {
		if row["measure"] != "throughput" {
			continue
		}
		found++
		values := rates[row["cluster.r"]+row["cluster.w"]]
		want, base := analysis.MeanOf(values), analysis.MeanOf(rates["11"])
		d := analysis.DifferenceOf(want, base)
		for name, v := range map[string]float64{"value": want.Value, "low": want.Low, "high": want.High, "difference": d.Value, "difference_low": d.Low} {
			if got, err := strconv.ParseFloat(row[name], 64); err != nil || math.Abs(got-v) > 1e-6*math.Abs(v) {
				t.Errorf("%v: %s is %v, from the runs it is %v", row, name, got, v)
			}
		}
	}
	if found != 4 {
		t.Errorf("%d rows of the throughput", found)
	}
	var result struct {
		Seeds []string
		Cells []struct {
			Label    string
			Verdicts map[string]struct{ Valid, Invalid, Unknown int }
			Model    map[string]float64
		}
	}
	if err := json.Unmarshal(r.JSON(), &result); err != nil {
		t.Fatal(err)
	}
	if len(result.Seeds) != 5 || len(result.Cells) != 4 || result.Cells[3].Label != "R=2 W=2" || result.Cells[3].Model["visible_p99_ns"] != 0 || result.Cells[0].Model["visible_p99_ns"] <= 0 {
		t.Errorf("result.json: %+v", result)
	}
	if v := result.Cells[3].Verdicts["regular"]; v.Valid != 5 {
		t.Errorf("R=W=2 is regular in %d of 5 seeds", v.Valid)
	}
}

// A comparison that is stopped keeps the seeds that it has finished.
func TestAnInterruptedComparisonKeepsWhatIsDone(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := begin(t, small(50)).Run(ctx, lab.CompareOptions{Jobs: 2, Progress: func(p lab.CompareProgress) {
		if p.Done == 14 {
			cancel()
		}
	}})
	if !errors.Is(err, lab.ErrInterrupted) || r == nil {
		t.Fatalf("%v %v", r, err)
	}
	rows := table(t, r.RunsCSV())
	if len(rows) < 14 || len(rows) > 40 {
		t.Errorf("%d runs are kept", len(rows))
	}
	if text := textOf(t, r, 100); !strings.Contains(text, "interrupted; 50 seeds were asked for") {
		t.Errorf("it does not say so:\n%s", text)
	}
	whole := compare(t, small(len(rows)/4), lab.CompareOptions{})
	if got, want := r.SummaryCSV(), whole.SummaryCSV(); !bytes.Equal(got, want) {
		t.Error("its numbers are not those of the seeds that it finished")
	}
	cancel()
	if r, err := begin(t, small(3)).Run(ctx, lab.CompareOptions{}); r != nil || !errors.Is(err, lab.ErrInterrupted) {
		t.Errorf("stopped before the first run: %v %v", r, err)
	}
}

// With a precision it stops when every interval of the table is as narrow, after the same seed however many run side by side.
func TestComparisonsStopWhenPreciseEnough(t *testing.T) {
	c := small(60)
	c.Axes = c.Axes[:1]
	c.Measures, c.Precision = []string{"get_mean", "put_mean"}, .05
	r := compare(t, c, lab.CompareOptions{Jobs: 3})
	n := len(table(t, r.RunsCSV())) / 2
	if n <= analysis.LeastRuns || n == 60 {
		t.Fatalf("it stopped after %d seeds", n)
	}
	largest, widest := 0., 0.
	for _, row := range table(t, r.SummaryCSV()) {
		if row["measure"] == "get_mean" {
			value, _ := strconv.ParseFloat(row["value"], 64)
			low, _ := strconv.ParseFloat(row["low"], 64)
			largest, widest = max(largest, value), max(widest, value-low)
		}
	}
	if widest == 0 || widest > .05*largest {
		t.Errorf("± %v of %v", widest, largest)
	}
	if again := compare(t, c, lab.CompareOptions{Jobs: 1}); !bytes.Equal(again.JSON(), r.JSON()) {
		t.Error("it depends on the number of jobs")
	}
}

// Settings that cannot be are left out and listed; what no setting can be is refused.
func TestImpossibleSettingsAreLeftOut(t *testing.T) {
	c := small(2)
	c.Axes = []lab.Axis{{Path: "cluster.n", Values: []string{"2", "3"}}, {Path: "cluster.r", Values: []string{"1", "3"}}}
	r := compare(t, c, lab.CompareOptions{})
	if text := textOf(t, r, 100); len(r.Cells) != 3 || !strings.Contains(text, "left out   N=2 R=3: R=3 but N=2") {
		t.Errorf("%d settings\n%s", len(r.Cells), text)
	}
}

func TestComparisonsRefuseWhatIsWrong(t *testing.T) {
	for name, change := range map[string]func(c *lab.Compare){
		"--axis clster.r=1: error: unknown key":         func(c *lab.Compare) { c.Axes[0].Path = "clster.r" },
		"did you mean \"cluster\"?":                     func(c *lab.Compare) { c.Axes[0].Path = "clster.r" },
		"such as --axis cluster.r=1,2,3":                func(c *lab.Compare) { c.Axes[0].Path = "clster.r" },
		"cluster.r=9: error: R=9 but N=3":               func(c *lab.Compare) { c.Axes[0].Values = []string{"1", "9"} },
		"has an empty value":                            func(c *lab.Compare) { c.Axes[0].Values = []string{"1", ""} },
		"has the value 1 twice":                         func(c *lab.Compare) { c.Axes[0].Values = []string{"1", "1"} },
		"cluster.r is given twice":                      func(c *lab.Compare) { c.Axes[1] = c.Axes[0] },
		"one seed has no interval":                      func(c *lab.Compare) { c.Seeds = []uint64{4} },
		"seed 4 is there twice":                         func(c *lab.Compare) { c.Seeds = []uint64{4, 5, 4} },
		"there is no cell \"R=1 W=3\"\n  did you mean ": func(c *lab.Compare) { c.Baseline = "R=1 W=3" },
		"did you mean get_p90?":                         func(c *lab.Compare) { c.Measures = []string{"get_p9x"} },
		"there is one setting":                          func(c *lab.Compare) { c.Axes = nil },
		"no case \"quorm\"":                             func(c *lab.Compare) { c.Cases = []string{"quorm"} },
	} {
		c := small(3)
		change(c)
		_, err := c.Begin()
		var bad *lab.BadInput
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), name) {
			t.Errorf("want %q, got %v", name, err)
		}
	}
}

// A cell may be named in any of the ways in which it is shown.
func TestBaselines(t *testing.T) {
	for _, name := range []string{"R=2 W=1", "r=2,w=1", "cluster.r=2 cluster.w=1"} {
		c := small(2)
		c.Baseline = name
		r := compare(t, c, lab.CompareOptions{})
		if text := textOf(t, r, 100); !strings.Contains(text, "Less R=2 W=1") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
	c := small(2)
	c.Axes, c.Cases, c.Baseline = nil, []string{"all"}, "quorum"
	if text := textOf(t, compare(t, c, lab.CompareOptions{}), 100); !strings.Contains(text, "Less quorum") || !strings.Contains(text, "as it is") {
		t.Errorf("cases:\n%s", text)
	}
}

// However narrow the page, no line of a table is wider than it.
func TestTablesFitThePage(t *testing.T) {
	r := compare(t, small(3), lab.CompareOptions{})
	for _, width := range []int{60, 80, 120} {
		for line := range strings.Lines(textOf(t, r, width)) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > width {
				t.Errorf("%d columns on a page of %d: %s", n, width, line)
			}
		}
	}
	if slices.Contains([]byte(textOf(t, r, 80)), '\x1b') {
		t.Error("there are escapes in plain text")
	}
	var b bytes.Buffer
	if err := r.Text(&b, lab.TextOptions{Width: 80, Color: true}); err != nil || !strings.Contains(b.String(), "\x1b[32m") {
		t.Errorf("there is no colour (%v)", err)
	}
}

// A folder with another comparison, or anything else, is not written into unless forced.
func TestFoldersOfComparisons(t *testing.T) {
	dir := t.TempDir()
	first := begin(t, small(2))
	if err := first.OpenFolder(filepath.Join(dir, "a", "b"), false); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "note"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused := func(c *lab.Comparison, want string) {
		t.Helper()
		var bad *lab.BadInput
		if err := c.OpenFolder(dir, false); !errors.As(err, &bad) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "--force") {
			t.Errorf("want %q, got %v", want, err)
		}
		if err := c.OpenFolder(dir, true); err != nil {
			t.Error(err)
		}
	}
	refused(first, "is no comparison")
	r, err := first.Run(context.Background(), lab.CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	if err := begin(t, small(2)).OpenFolder(dir, false); err != nil {
		t.Error(err)
	}
	refused(begin(t, small(3)), "holds another comparison")
}

// The library's comparison shows what it is for: more replicas cost time and availability, and buy fresh gets and puts that last (§4.5).
func TestNRWShowsTheTradeOff(t *testing.T) {
	c := &lab.Compare{Source: "@nrw", Seeds: []uint64{1, 2, 3, 4}, Axes: []lab.Axis{{Path: "cluster.r", Values: []string{"1", "2", "3"}}, {Path: "cluster.w", Values: []string{"1", "2"}}}}
	r := compare(t, c, lab.CompareOptions{})
	at := func(label, measure string) map[string]string {
		for _, row := range table(t, r.SummaryCSV()) {
			if "R="+row["cluster.r"]+" W="+row["cluster.w"] == label && row["measure"] == measure {
				return row
			}
		}
		t.Fatalf("no %s of %s", measure, label)
		return nil
	}
	for _, claim := range []struct {
		label, measure string
		sign           string
	}{
		{"R=2 W=2", "get_p50", "+"}, {"R=2 W=2", "put_p50", "+"}, {"R=2 W=2", "stale_reads", "-"},
		{"R=3 W=1", "availability_get", "-"}, {"R=3 W=1", "stale_reads", "-"}, {"R=1 W=2", "stale_reads", "-"}, {"R=1 W=2", "invalid_lost_writes", "-"},
	} {
		row := at(claim.label, claim.measure)
		if minus := strings.HasPrefix(row["difference"], "-"); row["told_apart"] != "true" && claim.measure != "invalid_lost_writes" || minus != (claim.sign == "-") {
			t.Errorf("%s: %s differs from R=W=1 by %s (told apart: %s), want %s", claim.label, claim.measure, row["difference"], row["told_apart"], claim.sign)
		}
	}
	if stale := at("R=2 W=2", "stale_reads"); stale["value"] != "0" {
		t.Errorf("with R+W > N and a strict quorum %s of gets are stale", stale["value"])
	}
}
