package lab

import (
	"bytes"
	"testing"

	"dynamosim/scenarios"
)

// A run whose history is in a file and judged in parts has the results of one that is in memory, to the last byte.
func TestLongHistoriesComeToTheSame(t *testing.T) {
	tried := 0
	for i, e := range scenarios.Library() {
		if e.Large() || i%6 != 0 {
			continue
		}
		plan, _, err := Open("@"+e.Name, OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		compareLong(t, e.Name, mustRun(t, plan, 0), mustRun(t, plan, 20))
		tried++
	}
	if tried < 10 {
		t.Errorf("%d scenarios", tried)
	}
}

func compareLong(t *testing.T, name string, short, long *Report) {
	t.Helper()
	if long.Result.History.Len() > 20 && !long.Result.History.Spilled() {
		t.Errorf("%s: %d operations lie in memory", name, long.Result.History.Len())
	}
	short.Host, long.Host = Host{}, Host{}
	for _, text := range []struct{ name, short, long string }{
		{"result.json", string(short.JSON()), string(long.JSON())},
		{"report.md", string(short.Markdown()), string(long.Markdown())},
		{"the text", verbose(t, short), verbose(t, long)},
		{"history.jsonl", historyLines(t, short), historyLines(t, long)},
	} {
		if text.short != text.long {
			t.Errorf("%s: %s differs: %s", name, text.name, firstApart(text.short, text.long))
		}
	}
}

func mustRun(t *testing.T, plan *scenarios.Scenario, long int) *Report {
	t.Helper()
	r, err := Run(plan, RunOptions{long: long})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func verbose(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Text(&b, TextOptions{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func historyLines(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Result.History.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func firstApart(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-100)
	return "in memory …" + a[from:min(len(a), i+200)] + "\nin a file …" + b[from:min(len(b), i+200)]
}
