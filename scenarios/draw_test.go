package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawWith loads a text with a seed and returns what was drawn, by path.
func drawWith(t testing.TB, text string, seed uint64) (*Scenario, map[string]string) {
	t.Helper()
	s := loadWith(t, text, nil, LoadOptions{Seed: &seed})
	drawn := map[string]string{}
	for _, d := range s.Origin.Drawn {
		drawn[d.Path] = d.Value
	}
	return s, drawn
}

const drawing = `version: 1
warmup: 1ms..5s
cluster:
  nodes: 4..9
  read_repair: {share: 1%..30% log, wait: {one_of: [1ms, 5ms..9ms]}}
  disk: {read: {dist: exponential, mean: 1ms..9ms}, bandwidth: 50MB/s..90MB/s, sync: {one_of: [1ms, {dist: uniform, min: 1ms, max: 2ms..3ms}]}}
workloads:
  - {name: kv, rate: 10/s..90/s, keys: {theta: 0.5..1.5, distribution: zipfian}}
`

// What is drawn lies in its range, is recorded, and is in force.
func TestDraws(t *testing.T) {
	for seed := range uint64(40) {
		s, drawn := drawWith(t, drawing, seed)
		c := &s.Cluster
		if s.Warmup < Millisecond || s.Warmup > 5*Second || drawn["warmup"] != s.Warmup.String() {
			t.Fatalf("warm-up %v, recorded %s", s.Warmup, drawn["warmup"])
		}
		if n := len(c.Nodes); n < 4 || n > 9 {
			t.Fatalf("%d nodes", n)
		}
		if share := c.ReadRepair.Share.Float(); share < 0.01 || share > 0.3 || drawn["cluster.read_repair.share"] != c.ReadRepair.Share.String() {
			t.Fatalf("share %v, recorded %s", share, drawn["cluster.read_repair.share"])
		}
		if w := c.ReadRepair.Wait; w != Millisecond && (w < 5*Millisecond || w > 9*Millisecond) {
			t.Fatalf("wait %v", w)
		}
		if theta := s.Workloads[0].Keys.Theta; theta < 0.5 || theta > 1.5 {
			t.Fatalf("theta %v", theta)
		}
		want := []string{"warmup", "cluster.nodes", "cluster.read_repair.wait", "cluster.read_repair.share", "cluster.disk.read.mean",
			"cluster.disk.sync", "cluster.disk.bandwidth", "workloads.kv.rate", "workloads.kv.keys.theta"}
		var paths []string
		for _, d := range s.Origin.Drawn {
			paths = append(paths, d.Path)
		}
		if !slices.Equal(paths, want) {
			t.Fatalf("recorded %v, want %v", paths, want)
		}
	}
}

// The same seed draws the same; another seed something else.
func TestDrawsBelongToTheSeed(t *testing.T) {
	first, _ := drawWith(t, drawing, 5)
	again, _ := drawWith(t, drawing, 5)
	other, _ := drawWith(t, drawing, 6)
	if !first.Equal(again) {
		t.Error("one seed, two scenarios")
	}
	if first.Warmup == other.Warmup || first.Workloads[0].Rate == other.Workloads[0].Rate {
		t.Error("two seeds draw the same")
	}
}

// A draw belongs to its path: what stands beside it moves nothing.
func TestDrawsDoNotShift(t *testing.T) {
	_, before := drawWith(t, drawing, 3)
	changed := strings.Replace(drawing, "warmup: 1ms..5s\n", "quiesce: 1s..9s\n", 1)
	changed = strings.Replace(changed, "workloads:\n", "workloads:\n  - {name: first, rate: 1/s..5/s}\n", 1)
	changed = strings.Replace(changed, "  nodes: 4..9\n", "  nodes: 9\n", 1)
	_, after := drawWith(t, changed, 3)
	for path, value := range before {
		if got, still := after[path]; still && got != value {
			t.Errorf("%s moved from %s to %s", path, value, got)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d draws, then %d", len(before), len(after))
	}
}

// A range within a choice is drawn apart from it: the choice does not confine
// the range to a part of it.
func TestChoiceAndRangeAreIndependent(t *testing.T) {
	text := "version: 1\nwarmup: {one_of: [0s..1s, 10s..11s]}\n"
	var low, high [2]int
	for seed := range uint64(400) {
		s, _ := drawWith(t, text, seed)
		w, i := s.Warmup, 0
		if w >= 10*Second {
			w, i = w-10*Second, 1
		}
		if w < Second/2 {
			low[i]++
		} else {
			high[i]++
		}
	}
	for i := range low {
		if n := low[i] + high[i]; n < 150 || low[i] < n/3 || high[i] < n/3 {
			t.Errorf("option %d: %d in its lower half, %d in its upper", i, low[i], high[i])
		}
	}
}

func TestBetween(t *testing.T) {
	if between(0, 5, 9, false) != 5 || between(math.MaxUint64, 5, 9, false) != 9 || between(0, 5, 9, true) != 5 || between(math.MaxUint64, 5, 9, true) != 9 {
		t.Error("the ends are not reached")
	}
	if between(7, math.MinInt64, math.MaxInt64, false) != 7 {
		t.Error("the full range is cut")
	}
	// A logarithmic range spends half its draws below the geometric mean.
	if m := between(1<<63, 1, 1_000_000, true); m != 1000 {
		t.Errorf("the middle of 1..1000000 log is %d", m)
	}
	rapid.Check(t, func(rt *rapid.T) {
		low := rapid.Int64Range(1, 1<<60).Draw(rt, "low")
		high := rapid.Int64Range(low, 1<<61).Draw(rt, "high")
		u, isLog := rapid.Uint64().Draw(rt, "u"), rapid.Bool().Draw(rt, "log")
		got := between(u, low, high, isLog)
		if got < low || got > high {
			rt.Fatalf("%d is not in %d..%d", got, low, high)
		}
		if next := between(u|1<<40, low, high, isLog); next < got {
			rt.Fatalf("a larger draw gives less: %d, then %d", got, next)
		}
	})
}

func TestDrawsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"warmup: 5s..1s":                                  "range upside down: \"5s..1s\"",
		"warmup: 1s..":                                    "not a duration: \"1s..\"",
		"warmup: ..5s":                                    "not a duration",
		"warmup: 1s..5":                                   "add a unit",
		"warmup: 0s..5s log":                              "a logarithmic range cannot begin at 0s",
		"warmup: 1s..2s..3s":                              "not a duration",
		"warmup: 1s..5s lin":                              "not a duration",
		"warmup: {one_of: []}":                            "one_of needs a list of values",
		"warmup: {one_of: 5s}":                            "one_of needs a list of values",
		"warmup: {one_of: [1s, 5]}":                       "add a unit",
		"warmup: {one_of: [1s], or: 2}":                   "warmup must be a duration, not a map",
		"name: {one_of: [a, b]}":                          "name cannot be drawn",
		"ties: {one_of: [fifo, fofi]}":                    "did you mean \"fifo\"?",
		"cluster: {one_of: [{n: 3}]}":                     "unknown key \"one_of\" in cluster",
		"cluster: {disk: {read: 1ms..2ms}}":               "a bare range leaves open when it is drawn",
		"cluster: {disk: {read: {one_of: [1ms..2ms]}}}":   "a bare range leaves open",
		"cluster: {timeouts: {read: 0s..5s}}":             "\"0s\" is out of range",
		"cluster: {n: 1.5..3}":                            "not a whole number",
		"cluster: {quorum: sloppy..strict}":               "cluster.quorum cannot be \"sloppy..strict\"",
		"cluster: {read_repair: {share: 1%..200%}}":       "not a share: \"200%\"",
		"reseed: [{at: 1s, seed: 1..5}]":                  "cannot be drawn from a range",
		"cluster: {nodes: {one_of: [3, [a, a]]}}":         "named twice",
		"cluster: {clock: {offset: -1s, drift: 5ppm..1}}": "add the unit: 1ppm",
	} {
		for seed := range uint64(2) { // whichever option is drawn
			if out := refusal(t, "version: 1\n"+text+"\n", LoadOptions{Set: []string{fmt.Sprint("seed=", seed)}}); !strings.Contains(out, want) {
				t.Errorf("%s: want %q in\n%s", text, want, out)
			}
		}
	}
}
