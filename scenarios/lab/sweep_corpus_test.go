package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dynamosim/scenarios"
)

// What has failed once is run first the next time.
func TestCorpus(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "corpus.jsonl")
	r := sweep(t, failingSweep(), filepath.Join(dir, "first"), SweepOptions{Corpus: file})
	list, err := ReadCorpus(file)
	if err != nil || len(list) != r.Failed || list[0].Signature != "linearizable/stale-read" || list[0].PlanSHA256 == "" {
		t.Fatalf("%d entries of %d failures: %+v, %v", len(list), r.Failed, list, err)
	}

	other := failingSweep()
	other.Seeds = []uint64{1, 7}
	again := sweep(t, other, filepath.Join(dir, "again"), SweepOptions{Corpus: file})
	if again.FromCorpus != len(list) || again.Done != len(list)+3 || again.records[0].Seed != list[0].Seed || len(again.News) != len(list) {
		t.Errorf("%d runs, %d of the corpus, news %+v", again.Done, again.FromCorpus, again.News)
	}
	for _, n := range again.News {
		if n.Now != "fails again" || n.Moved {
			t.Errorf("%+v", n)
		}
	}
	resumed := sweep(t, other, filepath.Join(dir, "again"), SweepOptions{Corpus: file, Resume: true})
	if resumed.Done != again.Done {
		t.Errorf("gone on with: %d runs", resumed.Done)
	}

	// A scenario that was mended keeps its seeds, and the sweep says that they pass.
	mended := failingSweep()
	mended.Set[0] = "checks.linearizable=report"
	for i := range list {
		list[i].Set[0] = mended.Set[0]
		list[i].PlanSHA256 = "another"
	}
	if err := writeCorpus(file, append(list, CorpusEntry{Scenario: "@elsewhere", Seed: "1"}, CorpusEntry{Scenario: "@stale-read", Case: "gone", Set: mended.Set, Seed: "1"})); err != nil {
		t.Fatal(err)
	}
	r = sweep(t, mended, filepath.Join(dir, "mended"), SweepOptions{Corpus: file})
	if r.Exit != ExitPass || len(r.News) != len(list) || r.News[0].Now != "passes now" || !r.News[0].Moved || len(r.LeftOut) != 1 || !strings.Contains(r.LeftOut[0].Why, "of the corpus") {
		t.Errorf("exit code %d, news %+v, left out %+v", r.Exit, r.News, r.LeftOut)
	}
	var text strings.Builder
	r.Text(&text, 100)
	if !strings.Contains(text.String(), "corpus: @stale-read") || !strings.Contains(text.String(), "passes now; its plan is another one than it was") {
		t.Error(text.String())
	}
	if after, _ := ReadCorpus(file); len(after) != len(list)+2 {
		t.Errorf("%d entries are left of %d", len(after), len(list)+2)
	}
}

func TestCorpusIsBounded(t *testing.T) {
	var records []*RunRecord
	for i := range 3000 {
		records = append(records, &RunRecord{Scenario: "@x", Seed: fmt.Sprint(i), ExitCode: ExitFail, Signature: fmt.Sprint(i / 20)})
	}
	list := updateCorpus(nil, records)
	if len(list) != corpusMost || list[9].Signature != "0" || list[10].Signature != "1" {
		t.Errorf("%d entries, %+v", len(list), list[9:11])
	}
	if again := updateCorpus(list, records); len(again) != corpusMost {
		t.Errorf("%d entries after the same again", len(again))
	}
}

func TestCorpusRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"{":                             "line 1",
		"\n{\"scenario\":\"@x\"}\n":     "line 2: an entry needs",
		`{"scenario":"@x","seed":"-1"}`: "an entry needs",
		`{"scenario":"@x","sead":"1"}`:  "unknown field",
		`[]`:                            "line 1",
		strings.Repeat(`{"scenario":"@x","seed":"1"}`+"\n", 1001): "more than 1000",
	} {
		var bad *BadInput
		if _, err := parseCorpus("c.jsonl", []byte(text)); !errors.As(err, &bad) || !strings.Contains(bad.Text, want) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

// A known failure that does not happen any more is named.
func TestKnownFailuresThatAreGone(t *testing.T) {
	known := []scenarios.KnownFailure{{Signature: "linearizable/stale-read", Note: "#12"}, {Signature: "lost-writes/lost-write/crash", Note: "#7"}}
	dir := t.TempDir()
	r := sweep(t, failingSweep(), filepath.Join(dir, "whole"), SweepOptions{Known: known})
	if len(r.Gone) != 1 || r.Gone[0] != known[1] || r.Exit != ExitPass {
		t.Errorf("gone %+v, exit code %d", r.Gone, r.Exit)
	}
	if !strings.Contains(r.Summary(), "known, and gone: lost-writes/lost-write/crash (#7) has not happened in 6 runs") {
		t.Error(r.Summary())
	}
	part := failingSweep()
	part.Shard = Shard{1, 2}
	if p := sweep(t, part, filepath.Join(dir, "part"), SweepOptions{Known: known}); len(p.Gone) != 0 {
		t.Errorf("a part of a sweep cannot know that %+v is gone", p.Gone)
	}
}

// The shortest failure of a group is kept small, too.
func TestSweepShrinks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s := failingSweep()
	s.Set = append(s.Set, "duration=1s")
	r := sweep(t, s, dir, SweepOptions{Shrink: time.Minute})
	if r.Groups[0].Shrunk == nil || !r.Groups[0].Shrunk.Whole || r.Groups[0].Shrunk.Size.Operations > 3 {
		t.Fatalf("%+v", r.Groups[0].Shrunk)
	}
	folder := filepath.Join(dir, "failures", slug(r.Groups[0].Signature))
	for _, name := range []string{shrunkFile, TraceFile} {
		if text, err := os.ReadFile(filepath.Join(folder, name)); err != nil || len(text) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	plan, _, err := Open(filepath.Join(folder, shrunkFile), OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := Run(plan, RunOptions{})
	if err != nil || report.ExitCode != ExitFail || report.Signature() != r.Groups[0].Signature {
		t.Errorf("the shrunk failure ends as %v, %v", report, err)
	}
	var text strings.Builder
	r.Text(&text, 100)
	if !strings.Contains(text.String(), "small  ") || !strings.Contains(text.String(), "failures/linearizable-stale-read/shrunk.yaml") {
		t.Error(text.String())
	}
}

// A journal whose runs are not those that come next is no journal of the sweep.
func TestSweepRefusesForeignRuns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	sweep(t, failingSweep(), dir, SweepOptions{})
	name := filepath.Join(dir, runsFile)
	text, _ := os.ReadFile(name)
	lines := strings.SplitAfter(string(text), "\n")
	for what, wrong := range map[string]string{
		"a run twice":        string(text) + lines[len(lines)-2],
		"a run left out":     strings.Join(append(append([]string{}, lines[:2]...), lines[3:]...), ""),
		"another seed's run": strings.Replace(string(text), `"seed":"2"`, `"seed":"5"`, 1),
	} {
		os.WriteFile(name, []byte(wrong), 0o666)
		var bad *BadInput
		if _, err := RunSweep(t.Context(), failingSweep(), dir, SweepOptions{Resume: true}); !errors.As(err, &bad) || !strings.Contains(bad.Text, "comes next") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
