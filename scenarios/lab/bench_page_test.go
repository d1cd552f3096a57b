package lab

import (
	"slices"
	"strings"
	"testing"
)

const topOfProfile = `File: dynamosim
Type: cpu
Duration: 4.60s, Total samples = 1870ms (40.62%)
Showing nodes accounting for 1280ms, 68.45% of 1870ms total
      flat  flat%   sum%        cum   cum%
     320ms 20.00% 20.00%      320ms 17.11%  runtime.memmove
      70ms 10.00% 30.00%       90ms  4.81%  dynamosim/sim.less (inline)
      40ms  5.00% 35.00%     1460ms 78.07%  dynamosim/sim.(*System[go.shape.struct { Kind dynamosim/dynamo.Kind; N uint8 }]).due
      30ms  4.00% 39.00%       40ms  2.14%  internal/runtime/maps.ctrlGroup.matchH2 (inline)
      20ms  3.00% 42.00%       20ms  1.07%  dynamosim/analysis/history.(*list[go.shape.96cb]).at
      20ms  2.00% 44.00%       20ms  1.07%  slices.partitionOrdered[go.shape.int64]
      20ms  1.00% 45.00%       20ms  1.07%  aeshashbody
      10ms  0.10% 45.10%       10ms  1.07%  github.com/anishathalye/porcupine.newBitset
`

func TestProfileByPackage(t *testing.T) {
	shares, err := ReadProfile(topOfProfile)
	if err != nil {
		t.Fatal(err)
	}
	want := []RoomShare{
		{"Go runtime", 0.25}, {"dynamosim/sim", 0.15}, {"dynamosim/analysis/history", 0.03}, {"Go standard library", 0.02},
		{"github.com/anishathalye/porcupine", 0.001},
	}
	if len(shares) != len(want) {
		t.Fatalf("got %v", shares)
	}
	for i, w := range want {
		if got := shares[i]; got.Room != w.Room || got.Share < w.Share-1e-9 || got.Share > w.Share+1e-9 {
			t.Errorf("got %v, want %v", got, w)
		}
	}
	for _, bad := range []string{"", "no profile", "flat flat% sum% cum cum%\n 1ms nan?% 1% 1ms 1% runtime.x\n"} {
		if shares, err := ReadProfile(bad); err == nil {
			t.Errorf("%q gives %v", bad, shares)
		}
	}
}

func TestPageAboutPerformance(t *testing.T) {
	shares, err := ReadProfile(topOfProfile)
	if err != nil {
		t.Fatal(err)
	}
	peers, err := ReadBenchPeers([]byte(`{"pending": 1024, "rounds": 5, "peers": [
		{"name": "akita 4", "language": "Go", "ns_per_event": 390.4, "ours_to_theirs": 0.141, "low": 0.12, "high": 0.16, "at_most": 0.35},
		{"name": "SimPy", "language": "Python", "ns_per_event": 1509.2, "ours_to_theirs": 0.045, "low": 0.04, "high": 0.05},
		{"name": "simgo", "language": "Go", "ns_per_event": 100, "ours_to_theirs": 0.6, "low": 0.5, "high": 0.7, "at_most": 0.35},
		{"name": "ns-3", "language": "C++", "missing": "no g++"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	b := &Bench{Rounds: 5, Peers: peers, Workloads: []BenchWorkload{{Name: "kernel-100", About: "PHOLD", Costs: []Cost{{CPU: 1000, Events: 20, Pending: 100}}}},
		Ratios: []BenchRatio{
			{Name: "a / b", About: "a by b", Bound: 2, Value: 1.5, Low: 1.25, High: 1.75, Quickest: 1.375},
			{Name: "c / d", About: "c by d", Bound: 2, AtLeast: true, Value: 1.5},
			{Name: "e / f", About: "e by f", Bound: 2, Value: 3, Unjudged: "one processor"},
		}}
	page := string((&BenchDocument{Bench: b, Profile: shares}).Markdown())
	for _, want := range []string{
		"| a / b | 1.5 | 1.25 … 1.75 | 1.375 | ≤ 2 | holds | a by b |",
		"| c / d | 1.5 | 0 … 0 |  | ≥ 2 | exceeded | c by d |",
		"| e / f | 3 | 0 … 0 |  | ≤ 2 | not judged | one processor |",
		"| kernel-100 |  | 20.0 M |  |  | 50.0 | 100 |  | PHOLD |",
		"| akita 4 | Go | 390 | 0.141 | 0.12 … 0.16 | ≤ 0.35 | holds |",
		"| ns-3 | C++ |  |  |  |  | not measured: no g++ |",
		"| SimPy | Python | 1.51 k | 0.045 | 0.04 … 0.05 |  |  |",
		"| simgo | Go | 100 | 0.6 | 0.5 … 0.7 | ≤ 0.35 | exceeded |",
		"| dynamosim/sim | 15.0 % |",
		"## Method",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if strings.Contains(page, "porcupine") {
		t.Errorf("a share of 0.1 %% has a line in\n%s", page)
	}
	var failed []string
	for _, r := range b.Failed(0) {
		failed = append(failed, r.Name)
	}
	if want := []string{"c / d", "kernel / simgo"}; !slices.Equal(failed, want) {
		t.Errorf("failed: %v, want %v", failed, want)
	}
	if text := b.Text(TextOptions{}); !strings.Contains(text, "akita 4") || !strings.Contains(text, "no g++") {
		t.Errorf("got\n%s", text)
	}
	if text := string(b.JSON()); !strings.Contains(text, "ours_to_theirs") {
		t.Errorf("got\n%s", text)
	}
	b.Peers = nil
	plain := string((&BenchDocument{Bench: b}).Markdown())
	if strings.Contains(plain, "Other simulators\n") || strings.Contains(plain, "Where the time goes") {
		t.Errorf("what was not measured has a heading in\n%s", plain)
	}
	if _, err := ReadBenchPeers([]byte("{")); err == nil {
		t.Error("half an object is read")
	}
}

// A page and a text show by colour only what they also say in words.
func TestTextOfABench(t *testing.T) {
	b := &Bench{Rounds: 1, Ratios: []BenchRatio{{Name: "a / b", About: "a by b", Bound: 1, Value: 2}}}
	colored, plain := b.Text(TextOptions{Color: true}), b.Text(TextOptions{})
	if !strings.Contains(plain, "exceeded") || !strings.Contains(colored, "\x1b[1;31mexceeded") || strings.Contains(plain, "\x1b") {
		t.Errorf("got\n%s\n%s", plain, colored)
	}
}
