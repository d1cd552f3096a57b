package sim

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files")

const goldenFile = "testdata/digests.txt"

// The digests of storms in which every fault strikes, on every machine. A change of the file is a change of what
// happens in runs: it needs its reason in the commit message.
func TestGoldenStorms(t *testing.T) {
	golden, err := os.ReadFile(goldenFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var got strings.Builder
	for ties, kind := range [...]string{TiesFIFO: "storm", TiesSeeded: "storm-with-drawn-ties"} {
		for _, n := range []int{2, 7, 20} {
			cfg := stormConfig()
			cfg.Ties = Ties(ties)
			name := fmt.Sprintf("%s-of-%d", kind, n)
			digest, counted := weather(New(cfg), cfg, n)
			line := fmt.Sprintf("%s %d delivered %d lost", digest, counted.Delivered, counted.Lost)
			fmt.Fprintln(&got, name, line)
			t.Run(name, func(t *testing.T) {
				if want := goldenLine(string(golden), name); want != line && !*update {
					t.Errorf("digest %s, golden %q", line, want)
				}
			})
		}
	}
	if *update {
		if err := os.WriteFile(goldenFile, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// goldenLine is what a golden file has behind a name, or "".
func goldenLine(text, name string) string {
	_, rest, _ := strings.Cut("\n"+text, "\n"+name+" ")
	line, _, _ := strings.Cut(rest, "\n")
	return line
}
