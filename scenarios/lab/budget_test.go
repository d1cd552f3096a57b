package lab

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Scenarios that would never end, or not in the memory of a machine, are ended by the budget that is for them: unknown, with what kept
// them busy, after the same event with a trace and without, and with a trace up to there.
func TestRunawaysAreEnded(t *testing.T) {
	for name, want := range map[string]struct {
		limit, kind, process string // of the largest part
		bound                int64
	}{
		"instant": {"limits.instant_events", "read messages", "n", 20000},                        // nothing takes time
		"queue":   {"limits.objects", "operations in the history", "", 20000},                    // a queue without bound
		"retry":   {"limits.events", "put messages", "n", 20000},                                 // clients that never give up
		"network": {"limits.objects", "replicate messages that wait for a processor", "n", 3000}, // a node that falls behind for ever
	} {
		t.Run(name, func(t *testing.T) {
			plan := libraryPlan(t, "testdata/runaway/"+name+".yaml", OpenOptions{})
			dir := filepath.Join(t.TempDir(), "out")
			report, _, err := Produce(plan, ProduceOptions{Folder: openFolder(t, dir, plan, false)})
			if err != nil {
				t.Fatal(err)
			}
			e := report.Result.Exhausted
			if report.Verdict != Undecided || report.ExitCode != ExitUnknown || e == nil {
				t.Fatalf("%s (%d), exhausted %v", report.Verdict, report.ExitCode, e)
			}
			if e.Limit != want.limit || e.Bound != want.bound || e.Reached <= e.Bound || e.Event != report.Result.Events || e.Time != report.Result.End {
				t.Errorf("%+v", e)
			}
			if e.Total == 0 || len(e.Kinds) == 0 || e.Kinds[0].Name != want.kind || want.process != "" && !strings.HasPrefix(e.Processes[0].Name, want.process) {
				t.Errorf("busy with %+v of %d, by %+v", e.Kinds, e.Total, e.Processes)
			}
			text := strings.Join(report.Reasons, "\n")
			for _, part := range []string{want.limit, momentExactly(e.Time), thousands(int64(e.Event)), want.kind} {
				if !strings.Contains(text, part) {
					t.Errorf("the reasons do not name %s:\n%s", part, text)
				}
			}
			checkExhaustedJSON(t, report)
			plain, err := Run(plan, RunOptions{})
			if err != nil || plain.Result.Digest != report.Result.Digest || strings.Join(plain.Reasons, "\n") != text {
				t.Errorf("without a trace: %v, digest %s, with one %s\n%s", err, plain.Result.Digest, report.Result.Digest, strings.Join(plain.Reasons, "\n"))
			}
			if last := lastRecord(t, filepath.Join(dir, TraceFile)); last.At != e.Time || last.Ordinal != e.Event {
				t.Errorf("the trace ends with event %d at %d, the run with %d at %d", last.Ordinal, last.At, e.Event, e.Time)
			}
		})
	}
}

func checkExhaustedJSON(t *testing.T, report *Report) {
	t.Helper()
	var result struct {
		Verdict   string
		ExitCode  int `json:"exit_code"`
		Exhausted struct {
			Limit string
			Event uint64
			Busy  struct {
				Of    string
				Kinds []struct {
					Name  string
					Count int64
				}
			} `json:"busy_with"`
		}
	}
	if err := json.Unmarshal(report.JSON(), &result); err != nil {
		t.Fatal(err)
	}
	e, x := report.Result.Exhausted, &result.Exhausted
	if result.Verdict != "unknown" || result.ExitCode != 2 || x.Limit != e.Limit || x.Event != e.Event || x.Busy.Of != e.Of || len(x.Busy.Kinds) == 0 ||
		x.Busy.Kinds[0].Name != e.Kinds[0].Name {
		t.Errorf("%+v", result)
	}
}

type traceLine struct {
	Ordinal uint64
	At      int64
}

func lastRecord(t *testing.T, name string) (last traceLine) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := zstd.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for lines := bufio.NewScanner(z); lines.Scan(); {
		if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
			t.Fatal(err)
		}
	}
	return last
}

// What a budget cuts off is not held against the run: neither expectations, nor faults that were still to come, nor checks that need the
// end. What is invalid already stays so.
func TestACutRunIsJudgedByWhatItShows(t *testing.T) {
	for _, test := range []struct {
		set  []string
		code int
	}{
		{[]string{"limits.events=3000"}, ExitUnknown},
		{[]string{"limits.events=3000", "requires=[truncation]"}, ExitUnknown},
		{[]string{"limits.events=5000", "checks.linearizable=valid"}, ExitFail},
		{[]string{"limits.events=200", "checks.linearizable=invalid"}, ExitUnknown},
	} {
		report, err := Run(libraryPlan(t, "@stale-read", OpenOptions{Set: test.set}), RunOptions{})
		if err != nil || report.ExitCode != test.code || report.Result.Exhausted == nil {
			t.Errorf("%v: %v, exit code %d, want %d: %v", test.set, err, report.ExitCode, test.code, report.Reasons)
		}
	}
}
