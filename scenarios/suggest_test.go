package scenarios

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSuggest(t *testing.T) {
	keys := []string{"nodes", "quorum", "read_repair", "timeouts", "n", "r", "w", "failure_detection"}
	for word, want := range map[string]string{
		"quorom": `did you mean "quorum"?`, "ndoes": `did you mean "nodes"?`, "read_reapir": `did you mean "read_repair"?`,
		"fail": `did you mean "failure_detection"?`, "QUORUM": `did you mean "quorum"?`,
		"x": "one of nodes, quorum,", "zzzz": "one of nodes, quorum,",
	} {
		if got := suggest(word, keys); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
	if suggest("x", nil) != "" {
		t.Error("a hint although nothing is allowed")
	}
}

// The distance counts a swap of neighbours once, and agrees with a twin that
// follows the definition by recursion.
func TestDistance(t *testing.T) {
	if d := distance("ca", "ac", 9); d != 1 {
		t.Errorf("a swap costs %d", d)
	}
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.StringOfN(rapid.RuneFrom([]rune("abc")), 0, 6, -1)
		a, b := word.Draw(rt, "a"), word.Draw(rt, "b")
		if got, want := distance(a, b, 99), slowDistance(a, b); got != want {
			rt.Fatalf("%q to %q: %d, want %d", a, b, got, want)
		}
	})
}

func slowDistance(a, b string) int {
	if a == "" || b == "" {
		return len(a) + len(b)
	}
	cost := 1
	if a[len(a)-1] == b[len(b)-1] {
		cost = 0
	}
	best := min(slowDistance(a[:len(a)-1], b)+1, slowDistance(a, b[:len(b)-1])+1, slowDistance(a[:len(a)-1], b[:len(b)-1])+cost)
	if len(a) > 1 && len(b) > 1 && a[len(a)-1] == b[len(b)-2] && a[len(a)-2] == b[len(b)-1] {
		best = min(best, slowDistance(a[:len(a)-2], b[:len(b)-2])+1)
	}
	return best
}
