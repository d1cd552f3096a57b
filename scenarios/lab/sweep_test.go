package lab

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dynamosim/scenarios"
)

func seedNumber(text string) (uint64, error) { return strconv.ParseUint(text, 10, 64) }

// failingSweep is a sweep of which some runs fail, in two settings.
func failingSweep() *Sweep {
	return &Sweep{
		Sources: []string{"@stale-read"}, Seeds: []uint64{1, 2, 3}, Axes: []Axis{{"cluster.r", []string{"1", "2"}}},
		Set: []string{"checks.linearizable=valid", "requires=[]", "checks.regular=report", "cluster.w=2", "duration=3s", "expect=[]"},
	}
}

func sweep(t *testing.T, s *Sweep, dir string, o SweepOptions) *SweepResult {
	t.Helper()
	r, err := RunSweep(context.Background(), s, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tree is the content of a folder by path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func sameTree(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s: %s is different", what, name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d files, want %d", what, len(got), len(want))
	}
}

// However many jobs, shards and interruptions: the same bytes.
func TestSweepComesToTheSame(t *testing.T) {
	base := t.TempDir()
	one := filepath.Join(base, "one")
	r := sweep(t, failingSweep(), one, SweepOptions{Jobs: 1})
	if r.Done != 6 || r.Failed == 0 || r.Failed == 6 || r.Exit != ExitFail || len(r.Groups) == 0 {
		t.Fatalf("%d runs, %d failed, exit code %d, %d groups", r.Done, r.Failed, r.Exit, len(r.Groups))
	}
	want := tree(t, one)
	folder := "failures/" + slug(r.Groups[0].Signature) + "/"
	for _, name := range []string{"runs.jsonl", "runs.csv", "coverage.csv", "junit.xml", "summary.md", "result.json", folder + "plan.yaml", folder + "story.md", folder + "history.jsonl", folder + "result.json"} {
		if want[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}

	many := filepath.Join(base, "many")
	sweep(t, failingSweep(), many, SweepOptions{Jobs: 4})
	sameTree(t, "four jobs", tree(t, many), want)

	for _, cut := range []int{100, len(want["runs.jsonl"]) / 2, len(want["runs.jsonl"]) - 1} {
		dir := filepath.Join(base, "cut"+strconv.Itoa(cut))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "runs.jsonl"), []byte(want["runs.jsonl"])[:cut], 0o666); err != nil {
			t.Fatal(err)
		}
		sweep(t, failingSweep(), dir, SweepOptions{Resume: true, Force: cut <= 100})
		sameTree(t, "gone on with after "+strconv.Itoa(cut)+" bytes", tree(t, dir), want)
	}

	var shards []string
	for i := 1; i <= 3; i++ {
		s := failingSweep()
		s.Shard = Shard{i, 3}
		shards = append(shards, filepath.Join(base, "shard"+strconv.Itoa(i)))
		sweep(t, s, shards[i-1], SweepOptions{})
	}
	merged := filepath.Join(base, "merged")
	m, err := MergeSweeps([]string{shards[2], shards[0], shards[1]}, merged, true, false)
	if err != nil || m.Exit != ExitFail {
		t.Fatalf("%v, %+v", err, m)
	}
	sameTree(t, "three shards merged", tree(t, merged), want)
	if _, err := MergeSweeps(shards[:2], filepath.Join(base, "part"), true, false); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a sweep that is not complete: %v", err)
	}
	if _, err := MergeSweeps(shards, shards[1], true, true); err == nil || !strings.Contains(err.Error(), "one of the shards") {
		t.Errorf("into one of the shards: %v", err)
	}
	if _, err := MergeSweeps([]string{shards[0], shards[0]}, filepath.Join(base, "twice"), false, false); err == nil || !strings.Contains(err.Error(), "is in") {
		t.Errorf("a shard twice: %v", err)
	}
	if part, err := MergeSweeps(shards[:2], filepath.Join(base, "part"), false, false); err != nil || part.NotRun() != 2 {
		t.Errorf("two of three shards: %v, %+v", err, part)
	}
	other := failingSweep()
	other.Seeds = []uint64{1}
	sweep(t, other, filepath.Join(base, "other"), SweepOptions{})
	if _, err := MergeSweeps([]string{shards[0], filepath.Join(base, "other")}, filepath.Join(base, "x"), false, false); err == nil || !strings.Contains(err.Error(), "another sweep") {
		t.Errorf("a part of another sweep: %v", err)
	}
}

func TestSweepStops(t *testing.T) {
	fast := sweep(t, failingSweep(), filepath.Join(t.TempDir(), "fast"), SweepOptions{Jobs: 1, FailFast: true})
	if fast.Failed != 1 || fast.NotRun() == 0 || fast.Exit != ExitFail {
		t.Errorf("fail fast: %d failed, %d not run", fast.Failed, fast.NotRun())
	}
	none := sweep(t, failingSweep(), filepath.Join(t.TempDir(), "none"), SweepOptions{Budget: 1})
	if none.NotRun() == 0 {
		t.Error("no time, and every run was run")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := filepath.Join(t.TempDir(), "stopped")
	r, err := RunSweep(ctx, failingSweep(), dir, SweepOptions{})
	if !errors.Is(err, ErrInterrupted) || r == nil || r.NotRun() == 0 {
		t.Errorf("interrupted: %v, %+v", err, r)
	}
	whole := sweep(t, failingSweep(), dir, SweepOptions{Resume: true})
	if whole.NotRun() != 0 {
		t.Errorf("%d runs are missing after going on", whole.NotRun())
	}
}

func TestKnownFailuresDoNotFail(t *testing.T) {
	dir := t.TempDir()
	r := sweep(t, failingSweep(), filepath.Join(dir, "a"), SweepOptions{})
	var known []scenarios.KnownFailure
	for _, g := range r.Groups {
		known = append(known, scenarios.KnownFailure{Signature: g.Signature, Note: "seen before"})
	}
	k := sweep(t, failingSweep(), filepath.Join(dir, "b"), SweepOptions{Known: known})
	if k.Exit != ExitPass || k.Known != r.Failed || k.Failed != 0 {
		t.Errorf("exit code %d, %d known, %d failed", k.Exit, k.Known, k.Failed)
	}
}

// A sweep that cannot see failures must not pass.
func TestCanary(t *testing.T) {
	_, err := RunSweep(context.Background(), failingSweep(), filepath.Join(t.TempDir(), "x"), SweepOptions{Canary: "@put-get"})
	if err == nil || !strings.Contains(err.Error(), "cannot see failures") {
		t.Errorf("a canary that passes: %v", err)
	}
	if err := canary(""); err != nil {
		t.Errorf("the built-in canary: %v", err)
	}
}

func TestImpossibleCellsAreLeftOut(t *testing.T) {
	s := &Sweep{Sources: []string{"@put-get"}, Seeds: []uint64{1}, Axes: []Axis{{"cluster.n", []string{"2", "3"}}, {"cluster.r", []string{"2", "3"}}}}
	l, err := s.layOut(nil)
	if err != nil || len(l.units) != 3 || len(l.left) != 1 || !slices.Equal(l.left[0].Cell.Set, []string{"cluster.n=2", "cluster.r=3"}) || !strings.Contains(l.left[0].Why, "R=3") {
		t.Errorf("%+v, %v", l, err)
	}
	s.Axes = []Axis{{"cluster.r", []string{"9"}}}
	if _, err := s.layOut(nil); err == nil {
		t.Error("nothing can be run, and nothing is said")
	}
}

func TestSweepRefuses(t *testing.T) {
	dir := t.TempDir()
	full := filepath.Join(dir, "full")
	if err := os.MkdirAll(full, 0o777); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(full, "mine.txt"), nil, 0o666)
	var bad *BadInput
	if _, err := RunSweep(context.Background(), failingSweep(), full, SweepOptions{}); !errors.As(err, &bad) || !strings.Contains(bad.Text, "--force") {
		t.Errorf("a folder of somebody else: %v", err)
	}
	corrupt := filepath.Join(dir, "corrupt")
	sweep(t, failingSweep(), corrupt, SweepOptions{})
	text, _ := os.ReadFile(filepath.Join(corrupt, "runs.jsonl"))
	os.WriteFile(filepath.Join(corrupt, "runs.jsonl"), bytes.Replace(text, []byte(`"index":2`), []byte(`"index":`), 1), 0o666)
	if _, err := RunSweep(context.Background(), failingSweep(), corrupt, SweepOptions{Resume: true}); !errors.As(err, &bad) || !strings.Contains(bad.Text, "line 4") {
		t.Errorf("a corrupt file: %v", err)
	}
	if _, err := MergeSweeps([]string{dir}, filepath.Join(dir, "m"), false, false); !errors.As(err, &bad) || !strings.Contains(bad.Text, "no folder of a sweep") {
		t.Errorf("no sweep: %v", err)
	}
}

func TestJUnitIsXML(t *testing.T) {
	r := sweep(t, failingSweep(), filepath.Join(t.TempDir(), "x"), SweepOptions{})
	var suites junitSuites
	if err := xml.Unmarshal(r.JUnit(), &suites); err != nil {
		t.Fatal(err)
	}
	if len(suites.Suites) != 2 || suites.Fails == 0 || suites.Suites[0].Name != "@stale-read cluster.r=1" {
		t.Errorf("%+v", suites)
	}
	for _, c := range suites.Suites[0].Cases {
		if c.Name == "linearizable" && (c.Failure == nil || !strings.Contains(c.Failure.Message, "3 of 3 runs, seeds 1, 2, 3") || !strings.Contains(c.Failure.Text, "dynamosim run @stale-read")) {
			t.Errorf("linearizable: %+v", c.Failure)
		}
	}
}

// A signature is free of seed, key, node and time.
func TestSignature(t *testing.T) {
	seen := map[string]bool{}
	for seed := uint64(1); seed <= 5; seed++ {
		report, err := Run(libraryPlan(t, "@stale-read", OpenOptions{Seed: &seed, Set: []string{"checks.linearizable=valid", "requires=[]"}}), RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		seen[report.Signature()] = true
	}
	if len(seen) != 1 || !seen["linearizable/stale-read"] {
		t.Errorf("signatures %v", seen)
	}
}

func TestParseSeeds(t *testing.T) {
	file := filepath.Join(t.TempDir(), "seeds")
	os.WriteFile(file, []byte("# seeds\n7\n\n9\n"), 0o666)
	for text, want := range map[string][]uint64{"3": {3}, "1..4": {1, 2, 3, 4}, "10+3": {10, 11, 12}, "5,1, 2..3": {5, 1, 2, 3}, "@" + file: {7, 9}, "18446744073709551615..18446744073709551615": {1<<64 - 1}} {
		if got, err := ParseSeeds(text, seedNumber); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "4..1", "1+0", "a", "1..", "0..18446744073709551615", "1+x", "@nowhere"} {
		if got, err := ParseSeeds(text, seedNumber); err == nil {
			t.Errorf("%q is read as %d seeds", text, len(got))
		}
	}
}

func TestParseAxis(t *testing.T) {
	a, err := ParseAxis("faults=[{at: 1s, crash: {nodes: n1}}],[]")
	if err != nil || a.Path != "faults" || !slices.Equal(a.Values, []string{"[{at: 1s, crash: {nodes: n1}}]", "[]"}) {
		t.Errorf("%+v, %v", a, err)
	}
	for _, text := range []string{"", "r", "=1", "cluster.r="} {
		if _, err := ParseAxis(text); err == nil {
			t.Errorf("%q is an axis", text)
		}
	}
}

func TestParseShard(t *testing.T) {
	for _, text := range []string{"", "0/3", "4/3", "a/b", "2", "1/0"} {
		if s, err := ParseShard(text); err == nil {
			t.Errorf("%q is shard %v", text, s)
		}
	}
	var runs []int
	for i := range 7 {
		if s, err := ParseShard("2/3"); err != nil {
			t.Fatal(err)
		} else if s.has(i) {
			runs = append(runs, i)
		}
	}
	if !slices.Equal(runs, []int{1, 4}) {
		t.Errorf("shard 2/3 of 7 runs has %v", runs)
	}
}

// With 95 % confidence what happened in none of 100 runs happens in fewer than 2.95 %.
func TestNeverBound(t *testing.T) {
	if b := neverBound(100); b < .0295 || b > .0296 {
		t.Errorf("%v", b)
	}
}

// runs.csv is read back by another reader: a row a run, a column for each path that was set, each check and each metric.
func TestRunsCSV(t *testing.T) {
	dir := t.TempDir()
	r := sweep(t, failingSweep(), dir, SweepOptions{})
	f, err := os.Open(filepath.Join(dir, "runs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 1+len(r.records) {
		t.Fatalf("%d rows of %d runs: %v", len(rows), len(r.records), err)
	}
	at := func(name string) int {
		i := slices.Index(rows[0], name)
		if i < 0 {
			t.Fatalf("no column %s among %v", name, rows[0])
		}
		return i
	}
	for i, run := range r.records {
		row := rows[i+1]
		if got, want := "cluster.r="+row[at("cluster.r")], run.Set[len(run.Set)-1]; got != want || row[at("duration")] != "3s" {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
		if row[at("linearizable")] != run.Checks[slices.IndexFunc(run.Checks, func(c CheckRecord) bool { return c.Name == "linearizable" })].Verdict {
			t.Errorf("row %d: linearizable is %s", i, row[at("linearizable")])
		}
		m := run.Metrics[slices.IndexFunc(run.Metrics, func(m MetricRecord) bool { return m.Name == "get_p99" })]
		if v, err := strconv.ParseFloat(row[at("get_p99")], 64); err != nil || v != m.Value || v <= 0 {
			t.Errorf("row %d: get_p99 is %s, want %v", i, row[at("get_p99")], m.Value)
		}
	}
}
