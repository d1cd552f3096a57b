package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// entries are nemesis entries that draw all there is to draw.
var entries = map[string]string{
	"split": "{name: split, every: {dist: exponential, mean: 5s}, for: 1s..15s, partition: {shape: {one_of: [halves, one, majorities-ring, bridge]}}}",
	"power": "{name: power, every: 3s..9s, for: 5s..20s, power-loss: {nodes: {any_of: [one, minority, replicas of kv-1]}, unsynced: {one_of: [lose, torn]}}}",
	"drop":  "{name: drop, every: {dist: exponential, mean: 7s}, for: {dist: uniform, min: 1s, max: 9s}, loss: {link: {from: one, to: all}, share: 1%..30% log}}",
	"halt":  "{name: halt, every: {one_of: [2s, {dist: exponential, mean: 4s}]}, for: 3s, pause: {nodes: [one in east, one in west]}}",
	"again": "{name: again, every: 4s, restart: {nodes: two}}",
}

// nemesisOf returns the text of a nemesis with these entries.
func nemesisOf(maxDown int, names ...string) string {
	text := fmt.Sprintf("nemesis:\n  max_down: %d\n  faults:\n", maxDown)
	for _, n := range names {
		text += "    - " + entries[n] + "\n"
	}
	return text
}

var allEntries = []string{"split", "power", "drop", "halt", "again"}

// lines prints faults one a line.
func lines(faults []Fault) []string {
	var out []string
	for _, f := range faults {
		out = append(out, fmt.Sprintf("%s %v %v %s", f.Name, f.At, f.For, f.Kind))
	}
	return out
}

// of keeps the faults of one entry.
func of(faults []Fault, entry string) []Fault {
	return slices.DeleteFunc(slices.Clone(faults), func(f Fault) bool { return !strings.HasPrefix(f.Name, entry+"-") })
}

func TestNemesisDrawsConcreteFaults(t *testing.T) {
	s := mustLoad(t, "warmup: 5s\nduration: 50s\n"+nemesisOf(3, allEntries...))
	if len(s.Faults) < 20 || s.Nemesis != nil {
		t.Fatalf("%d faults drawn", len(s.Faults))
	}
	var before Duration
	for _, f := range s.Faults {
		end := f.At + f.For
		switch {
		case f.At <= 5*Second || f.At < before || !f.Drawn || !f.Enabled:
			t.Errorf("%+v after %v", f, before)
		case end > 50*Second || f.Kind.Instant() != (f.For == 0):
			t.Errorf("%s at %v lasts %v", f.Name, f.At, f.For)
		}
		before = f.At
		f.Kind.eachSelector(func(path string, sel *Selector, _ bool) {
			if sel.Random() {
				t.Errorf("%s: %s was not drawn: %s", f.Name, path, sel)
			}
		})
		if back, err := ParseFault(f.Kind.String()); err != nil || back.String() != f.Kind.String() {
			t.Errorf("%s reads as %v, %v", f.Kind, back, err)
		}
	}
	again, list := Load("plan.yaml", s.YAML(), nil, Vocabulary{}, LoadOptions{})
	if again == nil || !again.Equal(s) {
		t.Errorf("the plan reads differently: %s", FormatAll(list))
	}
}

func TestNemesisIsDeterministic(t *testing.T) {
	plans := map[string]bool{}
	for seed := range 10 {
		a := mustLoad(t, nemesisOf(2, allEntries...), fmt.Sprintf("seed=%d", seed))
		b := mustLoad(t, nemesisOf(2, allEntries...), fmt.Sprintf("seed=%d", seed))
		if !slices.Equal(lines(a.Faults), lines(b.Faults)) || !slices.Equal(a.Origin.Notes, b.Origin.Notes) {
			t.Fatalf("seed %d draws two plans", seed)
		}
		plans[strings.Join(lines(a.Faults), "\n")] = true
	}
	if len(plans) != 10 {
		t.Errorf("10 seeds draw %d plans", len(plans))
	}
}

// "No fault's draws shift": times, targets and parameters of an entry do not
// depend on which others there are, nor in which order, nor on the budget.
func TestEntriesDrawForThemselves(t *testing.T) {
	const unlimited = 1000
	for seed := range 5 {
		set := fmt.Sprintf("seed=%d", seed)
		all := mustLoad(t, nemesisOf(unlimited, allEntries...), set)
		for i, gone := range allEntries {
			fewer := slices.Delete(slices.Clone(allEntries), i, i+1)
			slices.Reverse(fewer)
			without := mustLoad(t, nemesisOf(unlimited, fewer...), set)
			off := mustLoad(t, strings.Replace(nemesisOf(unlimited, allEntries...), "{name: "+gone, "{enabled: false, name: "+gone, 1), set)
			if n := len(of(off.Faults, gone)) + len(of(without.Faults, gone)); n != 0 {
				t.Fatalf("%s was taken away and occurs %d times", gone, n)
			}
			for _, entry := range fewer {
				want := lines(of(all.Faults, entry))
				if got := lines(of(without.Faults, entry)); !slices.Equal(got, want) {
					t.Fatalf("without %s:\n%s\nwith it:\n%s", gone, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				if got := lines(of(off.Faults, entry)); !slices.Equal(got, want) {
					t.Fatalf("with %s off:\n%s\non:\n%s", gone, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
		}
		for _, f := range mustLoad(t, nemesisOf(1, allEntries...), set).Faults {
			if f.Kind.Down() == nil && !slices.Contains(lines(all.Faults), lines([]Fault{f})[0]) {
				t.Errorf("the budget changed %s at %v", f.Name, f.At)
			}
		}
	}
}

// downAt counts the nodes that faults keep down at a moment, as the budget
// counts them: nodes that only the run knows each as one more.
func downAt(s *Scenario, at Duration) int {
	named, unknown := map[string]bool{}, 0
	for _, f := range s.Faults {
		target := f.Kind.Down()
		if target == nil || !f.Enabled || at < f.At || at >= f.At+max(f.For, 1) {
			continue
		}
		if target.Symbolic() {
			unknown += s.Cluster.N
		}
		for _, n := range members(&s.Cluster, *target) {
			named[n] = true
		}
	}
	return len(named) + unknown
}

func TestBudgetIsNeverExceeded(t *testing.T) {
	reached := 0
	rapid.Check(t, func(rt *rapid.T) {
		most := rapid.IntRange(0, 4).Draw(rt, "max_down")
		text := nemesisOf(most, rapid.Permutation(allEntries).Draw(rt, "entries")...)
		if rapid.Bool().Draw(rt, "scripted") {
			text += "faults: [{name: mine, at: 10s, for: 30s, crash: {nodes: [east-1, west-1]}}]\n"
		}
		s := mustLoad(t, text, fmt.Sprintf("seed=%d", rapid.Uint64().Draw(rt, "seed")))
		for _, f := range s.Faults {
			down, limit := downAt(s, f.At), most
			if strings.Contains(text, "name: mine") && f.At >= 10*Second && f.At < 40*Second {
				limit = max(most, 2) // a scripted fault is never refused
			}
			if down > limit {
				rt.Fatalf("max_down %d: %d down at %v\n%s", most, down, f.At, strings.Join(lines(s.Faults), "\n"))
			}
			if down == most && most > 0 {
				reached++
			}
		}
	})
	if reached == 0 {
		t.Error("the budget was never reached: the test shows nothing")
	}
}

func TestBudgetLowersAndRefuses(t *testing.T) {
	s := mustLoad(t, `
duration: 20s
nemesis:
  max_down: 1
  faults:
    - {name: many, every: 4s, for: 1s, crash: {nodes: majority}}
    - {name: whoever, every: 5s, for: 1s, pause: {nodes: replicas of cart}}
    - {name: head, every: 9s, for: 500ms, pause: {nodes: coordinator of cart}}
`)
	free := mustLoad(t, "duration: 20s\nnemesis: {max_down: 99, faults: [{name: many, every: 4s, for: 1s, crash: {nodes: majority}}]}")
	many := of(s.Faults, "many")
	if len(many) != 4 || len(of(s.Faults, "whoever")) != 0 || len(of(s.Faults, "head")) != 2 {
		t.Fatalf("kept\n%s", strings.Join(lines(s.Faults), "\n"))
	}
	for i, f := range many {
		node := f.Kind.Down().String()
		if wanted := members(&s.Cluster, *free.Faults[i].Kind.Down()); len(wanted) != 3 || !slices.Contains(wanted, node) {
			t.Errorf("%s is %s, one of %v was drawn", f.Name, node, wanted)
		}
	}
	if len(s.Origin.Notes) != 7 || !strings.Contains(s.Origin.Notes[0], "many-1 lowered from [") || !strings.Contains(s.Origin.Notes[1], "whoever-1 refused: pause of replicas of cart at 5s") {
		t.Errorf("notes:\n%s", strings.Join(s.Origin.Notes, "\n"))
	}
}

// A scripted outage that begins later counts too, and a node that is down may
// be taken down again.
func TestBudgetLooksAhead(t *testing.T) {
	for entry, kept := range map[string]int{
		"{name: long, every: 8s, for: 5s, crash: {nodes: east-2}}":  0,
		"{name: short, every: 8s, for: 2s, crash: {nodes: east-2}}": 1,
		"{name: same, every: 8s, for: 5s, crash: {nodes: east-1}}":  1,
		"{name: next, every: 11s, for: 3s, crash: {nodes: east-2}}": 1,
	} {
		s := mustLoad(t, "faults: [{name: mine, at: 10s, for: 1s, crash: {nodes: east-1}}]\nnemesis: {until: 15s, faults: ["+entry+"]}")
		if len(s.Faults) != 1+kept {
			t.Errorf("%s: kept\n%s", entry, strings.Join(lines(s.Faults), "\n"))
		}
	}
}

// The rhythm: begins at from plus one gap, gaps have the mean that the
// distribution says, each occurrence draws its own values.
func TestRhythm(t *testing.T) {
	s := mustLoad(t, "duration: 4000s\nnemesis: {from: 100s, faults: [{name: e, every: {dist: exponential, mean: 2s}, for: 1s..3s, loss: {share: 1%..3%}}]}")
	n := len(s.Faults)
	if sd := math.Sqrt(1950); math.Abs(float64(n)-1950) > 5*sd {
		t.Errorf("%d occurrences in 3900 s, one every 2 s", n)
	}
	var sum Duration
	shares := map[string]bool{}
	for _, f := range s.Faults {
		sum += f.For
		shares[f.Kind.(*Loss).Share.String()] = true
		if f.At <= 100*Second {
			t.Errorf("%s begins at %v", f.Name, f.At)
		}
	}
	if mean := sum / Duration(n); mean < 1940*Millisecond || mean > 2060*Millisecond {
		t.Errorf("they last %v on average, want 2s", mean)
	}
	if len(shares) < n/2 {
		t.Errorf("%d occurrences have %d shares", n, len(shares))
	}
	even := mustLoad(t, "duration: 20s\nnemesis: {from: 2s, until: 10s, faults: [{every: 3s, for: 3s, crash: {nodes: one}}]}")
	if got := lines(even.Faults); len(got) != 2 || !strings.HasPrefix(got[0], "random-crash-1-1 5s 3s") || !strings.HasPrefix(got[1], "random-crash-1-2 8s 2s") {
		t.Errorf("every 3 s from 2 s until 10 s: %q", got)
	}
}

func TestNemesisRefused(t *testing.T) {
	for _, c := range []struct{ text, under, words string }{
		{"nemesis: {faults: [{every: 0s, for: 1s, crash: {nodes: one}}]}", "0s", "out of range"},
		{"nemesis: {faults: [{every: 5s, for: 0s, crash: {nodes: one}}]}", "0s", "out of range"},
		{"nemesis: {faults: [{for: 1s, crash: {nodes: one}}]}", "{for", `missing key "every"`},
		{"nemesis: {faults: [{every: 1s, crash: {nodes: one}}]}", "{every", `needs "for"`},
		{"nemesis: {faults: [{every: 1s, for: 1s, restart: {nodes: one}}]}", "1s, restart", "over at once"},
		{"nemesis: {faults: [{every: 1s, at: 1s, for: 1s, crash: {nodes: one}}]}", "at", `unknown key "at"`},
		{"nemesis: {faults: [{every: 1s, for: 1s, crash: {nodes: on}}]}", "on", `no node or datacenter "on"`},
		{"nemesis: {faults: [{every: 1s, for: 1s}]}", "{every", "needs a kind"},
		{"nemesis: {faults: [{every: 1ns, for: 1s, loss: {share: 1%}}]}", "1ns", "draws more than 5000 faults"},
		{"nemesis: {faults: [{name: " + strings.Repeat("a", 57) + ", every: 1s, for: 1s, crash: {nodes: one}}]}", "aaa", "too long"},
		{"nemesis: {faults: []}", "[]", "needs faults"},
		{"nemesis: {}", "{}", `missing key "faults"`},
		{"nemesis: {max_down: -1, faults: []}", "-1", "out of range"},
		{"nemesis: {from: 9s, until: 9s, faults: [{every: 1s, for: 1s, crash: {nodes: one}}]}", "{from", "has no time"},
		{"nemesis: {faults: [{name: a, every: 1s, for: 1s, crash: {nodes: one}}, {name: a, every: 1s, for: 1s, crash: {nodes: one}}]}", "{name: a", "second"},
		{"faults: [{name: a-3, at: 1s, crash: {nodes: one}}]\nnemesis: {faults: [{name: a, every: 1s, for: 1s, crash: {nodes: one}}]}", "{name: a-3", "name of an occurrence"},
		{"cluster: {nodes: 3}\nnemesis: {faults: [{every: 1s, for: 1s, partition: {shape: {one_of: [halves, one, bridge, majorities-ring]}}}]}", "{one_of", "needs at least 4 nodes"},
	} {
		text := preamble + c.text
		if strings.HasPrefix(c.text, "cluster") {
			text = "version: 1\n" + c.text
		}
		s, list := Load("test.yaml", []byte(text), nil, Vocabulary{}, LoadOptions{})
		if s != nil || !says(list, Error, c.under, c.words) {
			t.Errorf("%s\nwant an error at %q: %s\ngot\n%s", c.text, c.under, c.words, FormatAll(list))
		}
	}
	if _, list := load(t, "nemesis: {max_down: 0, faults: [{every: 1s, for: 1s, crash: {nodes: one}}]}"); !says(list, Warning, "{every", "never happens") {
		t.Errorf("max_down 0: %s", FormatAll(list))
	}
}

// Each occurrence picks its own targets, evenly.
func TestEachOccurrencePicks(t *testing.T) {
	const n = 2000
	s := mustLoad(t, "duration: 2001s\nnemesis: {faults: [{every: 1s, for: 1s, crash: {nodes: one}}]}")
	seen := map[string]int{}
	for _, f := range s.Faults {
		seen[f.Kind.Down().Name]++
	}
	for _, node := range s.Cluster.Nodes {
		if sd := math.Sqrt(n * 0.2 * 0.8); math.Abs(float64(seen[node])-n*0.2) > 5*sd {
			t.Errorf("%s is picked %d times of %d", node, seen[node], n)
		}
	}
}

// Whatever a scenario says of faults: no panic, and its plan is a plan of
// itself.
func FuzzFaults(f *testing.F) {
	for _, e := range allEntries {
		f.Add("nemesis: {faults: [" + entries[e] + "]}")
	}
	f.Add("faults: [{at: 1s..5s, partition: {shape: bridge}}, {after: d1, for: forever, crash: {nodes: two}}]\nliveness: none")
	f.Add("faults: [{when: {point: p, node: one in east}, slow: {nodes: [shop], factor: 2..9}}]")
	f.Add("faults: [{name: a-1, at: 3s, until: 9s, loss: {share: 0, link: {between: [ann, {any_of: [shop/2, all]}]}}}]")
	f.Fuzz(func(t *testing.T, text string) {
		s, _ := load(t, text)
		if s == nil {
			return
		}
		again, list := Load("plan.yaml", s.YAML(), nil, Vocabulary{}, LoadOptions{})
		if again == nil || !again.Equal(s) {
			t.Fatalf("the plan reads differently: %s\n%s", FormatAll(list), s.YAML())
		}
	})
}

// The most that a nemesis may draw still has a plan that can be read, with the
// longest name.
func TestLargestNemesis(t *testing.T) {
	name := strings.Repeat("a", maxEntryName)
	s := mustLoad(t, "duration: 5001s\nnemesis: {faults: [{name: "+name+", every: 1s, for: 500ms, crash: {nodes: one}}]}")
	if len(s.Faults) != maxOccurrences {
		t.Fatalf("%d faults, want %d", len(s.Faults), maxOccurrences)
	}
	again, list := Load("plan.yaml", s.YAML(), nil, Vocabulary{}, LoadOptions{})
	if again == nil || !again.Equal(s) {
		t.Errorf("the plan reads differently: %s", FormatAll(list))
	}
}

func BenchmarkDrawNemesis(b *testing.B) {
	text := []byte(preamble + nemesisOf(2, allEntries...))
	b.ReportAllocs()
	for range b.N {
		Load("b.yaml", text, nil, Vocabulary{}, LoadOptions{})
	}
}
