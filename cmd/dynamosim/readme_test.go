package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

const readme = "../../README.md"

// What the README shows first is what the program prints, but for the wall time.
func TestReadmeShowsRealOutput(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "$ make && bin/dynamosim run @sloppy-quorum\n", "$ make test\n"
	before, rest, ok1 := strings.Cut(string(text), begin)
	shown, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("the README does not begin with %q and %q", begin, end)
	}
	printed, _, _ := strings.Cut(execute("run", "@sloppy-quorum").ends(t, 0).out, "history  ")
	printed = strings.TrimRight(printed, "\n") + "\n"
	wall := regexp.MustCompile(`   (less than 1 ms|[0-9.]+ m?s), [0-9 \x{202f}\x{a0}]+ × real time`)
	if *update {
		printed = wall.ReplaceAllString(printed, "   5 ms, 6 400 × real time")
		if err := os.WriteFile(readme, []byte(before+begin+printed+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, want := wall.ReplaceAllString(printed, ""), wall.ReplaceAllString(shown, ""); got != want {
		t.Errorf("the README is out of date (go test -update writes it anew); the program prints\n%s", printed)
	}
}

// What the README shows of a comparison, and of a scenario made small, is what the program prints.
func TestReadmeShowsRealResults(t *testing.T) {
	for _, command := range []string{"compare", "shrink"} {
		t.Run(command, func(t *testing.T) { readmeShows(t, command) })
	}
}

func readmeShows(t *testing.T, name string) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	// Of the places where it is named, the one that a result follows.
	begin := "```console\n$ dynamosim " + name + " "
	before, rest, found := strings.Cut(string(text), begin)
	shown, after, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatalf("the README shows no %q", begin)
	}
	command, shown, _ := strings.Cut(shown, "\n")
	printed := execute(append([]string{name}, strings.Fields(command)...)...).ends(t, 0).out
	if *update {
		if err := os.WriteFile(readme, []byte(before+begin+command+"\n"+printed+"```\n"+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if printed != shown {
		t.Errorf("the README is out of date (go test -update writes it anew); the program prints\n%s", printed)
	}
}

// The scenario that the README shows runs and comes out as it says.
func TestReadmeScenarioRuns(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	scenario, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the README shows no scenario")
	}
	executeWith(scenario, "run", "-").ends(t, 0).prints(t, "PASS")
}
