package lab

import (
	"context"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dynamosim/analysis"
	"dynamosim/scenarios"
)

const root = "../.."

// docs/paper.md is what the command writes.
func TestPaperPageIsCurrent(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/paper.md"))
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != PaperMarkdown() {
		t.Error("docs/paper.md is old: go run ./cmd/dynamosim paper --write docs/paper.md")
	}
}

// docs/faults.md is what the command writes.
func TestFaultPageIsCurrent(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/faults.md"))
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != FaultPage() {
		t.Error("docs/faults.md is old: go run ./cmd/dynamosim faults --write docs/faults.md")
	}
}

// The examples of the page about faults are faults, of a cluster with or without datacenters.
func TestFaultPageShowsFaults(t *testing.T) {
	for _, block := range strings.Split(FaultPage(), "```yaml\n")[1:] {
		example, _, _ := strings.Cut(block, "```")
		var why string
		for _, cluster := range []string{"{nodes: 5}", "{datacenters: {east: 5, west: 5}}"} {
			text := "version: 1\nduration: 30s\ncluster: " + cluster + "\n" + example
			plan, problems := scenarios.Load("page", []byte(text), nil, Vocabulary(), scenarios.LoadOptions{})
			if why = scenarios.FormatAll(problems); plan != nil {
				why = ""
				break
			}
		}
		if why != "" {
			t.Errorf("%s%s", example, why)
		}
	}
}

// Each section has one table, and they come in the paper's order.
func TestPaperPageIsInOrder(t *testing.T) {
	last := ""
	for _, line := range strings.Split(PaperMarkdown(), "\n") {
		heading, ok := strings.CutPrefix(line, "### ")
		section, _, _ := strings.Cut(heading, " ")
		if ok && section <= last {
			t.Errorf("%s comes after %s", section, last)
		}
		if ok {
			last = section
		}
	}
}

// Each row names code, tests, a scenario and a key that exist.
func TestPaperRowsNameWhatExists(t *testing.T) {
	tests := testsOf(t)
	for _, f := range Features() {
		if f.Says == "" || len(f.Code) == 0 || len(f.Tests) == 0 {
			t.Errorf("%s %s: it needs a sentence, code and a test", f.Section, f.Name)
		}
		for _, file := range f.Code {
			if _, err := os.Stat(filepath.Join(root, file)); err != nil {
				t.Errorf("%s %s: no file %s", f.Section, f.Name, file)
			}
		}
		for _, name := range f.Tests {
			if !tests[name] {
				t.Errorf("%s %s: no test %s", f.Section, f.Name, name)
			}
		}
		if _, ok := scenarios.LibraryFile(f.Scenario); f.Scenario != "" && !ok {
			t.Errorf("%s %s: no scenario %s", f.Section, f.Name, f.Scenario)
		}
		for _, key := range strings.FieldsFunc(f.Switch, func(r rune) bool { return r == ',' || r == ' ' }) {
			if Schema(key) == nil {
				t.Errorf("%s %s: no key %s", f.Section, f.Name, key)
			}
		}
	}
}

// Every section of the paper that describes the system has its row, and so has every mechanism that a scenario can require.
func TestPaperIsComplete(t *testing.T) {
	var counters []string
	sections := map[string]bool{}
	for _, f := range Features() {
		counters = append(counters, f.Counter)
		sections[f.Section] = true
	}
	for section := range sectionTitles {
		if !sections[section] {
			t.Errorf("nothing is said of %s %s", section, sectionTitles[section])
		}
	}
	for _, f := range Features() {
		if sectionTitles[f.Section] == "" {
			t.Errorf("%s: there is no section %s", f.Name, f.Section)
		}
	}
	for _, m := range Mechanisms() {
		if !slices.Contains(counters, m.Counter) && !slices.Contains(alwaysOn, m.Name) {
			t.Errorf("mechanism %s (%s) has no row with its counter", m.Name, m.Counter)
		}
	}
}

// alwaysOn are mechanisms that act as a matter of course, there being no store that answers without them, and those that are not the paper's.
var alwaysOn = []string{"forwarding", "recovery", "retries", "abd", "hedging"}

// testsOf finds all tests by folder and name.
func testsOf(t *testing.T) map[string]bool {
	found := map[string]bool{}
	for _, pattern := range []string{"dynamo", "dynamo/*", "scenarios", "scenarios/*", "analysis", "sim"} {
		files, err := filepath.Glob(filepath.Join(root, pattern, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			folder, _ := filepath.Rel(root, filepath.Dir(file))
			for _, d := range parsed.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Test") {
					found[filepath.ToSlash(folder)+"."+f.Name.Name] = true
				}
			}
		}
	}
	return found
}

var mechanismSeeds = flag.Int("mechanism-seeds", 4, "seeds with and without each mechanism; make mechanisms takes 20")

// The scenario of a mechanism holds with it, and fails without it in what clients or checks see, on nine of ten seeds at least; the
// mechanism's counter is 0 then.
func TestMechanismsMatter(t *testing.T) {
	for _, f := range Features() {
		if len(f.Off) > 0 {
			matters(t, f)
		}
	}
}

// What is not the paper's own, and choices between two values, matter in the same way.
func TestChoicesMatter(t *testing.T) {
	for _, f := range []Feature{
		{Name: "one clock for all siblings", Scenario: "sibling-explosion", Off: []string{"cluster.versioning.mode=riak"}},
		{Name: "clocks cut short", Scenario: "truncation-dominance", Off: []string{"cluster.versioning.max_entries=none"}, Counter: "truncations"},
		{Name: "actor epochs", Scenario: "actor-epochs", Off: []string{"cluster.versioning.actor_epochs=false"}},
		{Name: "grace of tombstones", Scenario: "resurrection", Off: []string{"cluster.versioning.tombstones.grace=1h"}, Counter: "tombstones_forgotten"},
		{Name: "union of carts", Scenario: "newest", Off: []string{"cluster.versioning.reconcile=cart-union"}, Counter: "newest_picked"},
		{Name: "hedging", Scenario: "hedging", Off: []string{"cluster.hedge=false"}, Counter: "hedged_gets"},
	} {
		matters(t, f)
	}
}

// matters runs a feature's scenario with it and without.
func matters(t *testing.T, f Feature) {
	t.Run(f.Name, func(t *testing.T) {
		t.Parallel()
		each(t, f, nil, func(seed uint64, r *Report) {
			if r.Verdict != Passed {
				t.Errorf("seed %d with it: %s, %v", seed, r.Verdict, r.Reasons)
			}
			if f.Counter != "" && r.Result.Counter(f.Counter) == 0 {
				t.Errorf("seed %d with it: %s is 0", seed, f.Counter)
			}
		})
		failed := 0
		each(t, f, append([]string{"requires=[]"}, f.Off...), func(seed uint64, r *Report) {
			failed += count(seen(r, f.Counter))
			if f.Counter != "" && r.Result.Counter(f.Counter) != 0 {
				t.Errorf("seed %d without it: %s is %d", seed, f.Counter, r.Result.Counter(f.Counter))
			}
		})
		if 10*failed < 9**mechanismSeeds-5 {
			t.Errorf("without it %d of %d seeds fail", failed, *mechanismSeeds)
		}
	})
}

// seen tells whether a claim or a check failed, claims about the mechanism's own counter left out.
func seen(r *Report, counter string) bool {
	for _, c := range r.Expectations {
		if !c.Holds && (counter == "" || !strings.Contains(c.Text, counter)) {
			return true
		}
	}
	for i := range r.Checks {
		if r.Checks[i].Met() == analysis.Invalid {
			return true
		}
	}
	return false
}

// each runs the scenario of a feature over the seeds.
func each(t *testing.T, f Feature, set []string, judge func(seed uint64, r *Report)) {
	t.Helper()
	var list []uint64
	for seed := range *mechanismSeeds {
		list = append(list, uint64(seed)+1)
	}
	plan := func(seed uint64) (*scenarios.Scenario, error) {
		p, _, err := Open("@"+f.Scenario, OpenOptions{Seed: &seed, Set: set})
		return p, err
	}
	err := Seeds(context.Background(), list, 1, plan, func(r SeedRun) error {
		if r.Err == nil {
			judge(r.Seed, r.Report)
		}
		return r.Err
	})
	if err != nil {
		t.Fatal(err)
	}
}
