package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"dynamosim/internal/lint"
)

var slow = flag.Bool("slow", false, "run what is planted on other processors too")

// plant is a change of the toy simulation after which its runs are not the same everywhere.
type plant struct {
	name     string
	old, new string
	rule     lint.Rule // that forbids it
	differs  string    // the builds whose digests differ from the one of a first run on amd64
}

// plants are three ways to be nondeterministic, and none. Only the rule sees the unstable sort: it leaves equal elements
// in an order that is the same on all processors, but not promised to be by the next version of the library.
func plants() []plant {
	return []plant{
		{name: "nothing"},
		{
			name: "map range", rule: lint.MapOrder, differs: "amd64 amd64-v3 386 arm64",
			old: "for _, peer := range p.peers {", new: "for peer := range p.known {",
		},
		{
			name: "fused product", rule: lint.Fusing, differs: "amd64-v3 arm64",
			old: "float64(p.level*0.9) + float64(h.level*0.1)", new: "p.level*0.9 + float64(h.level*0.1)",
		},
		{
			name: "unstable sort", rule: lint.Sorting,
			old: "slices.SortStableFunc(p.heard, byZone)", new: "slices.SortFunc(p.heard, byZone)",
		},
	}
}

// Three planted nondeterminisms are caught by the tools that claim to catch them, and by no others.
func TestPlantedNondeterminismIsCaught(t *testing.T) {
	module := toyModule(t)
	digests := map[string]string{}
	for _, p := range plants() {
		t.Run(p.name, func(t *testing.T) {
			line := p.apply(t, module)
			p.checkRules(t, module, line)
			if *slow || p.name == "map range" {
				digests[p.name] = writeGolden(t, module)
				p.checkBuilds(t, module)
			}
		})
	}
	if *slow && digests["unstable sort"] == digests["nothing"] {
		t.Error("the unstable sort is as good as a stable one, so it shows nothing")
	}
}

// toyModule is a copy of this module with the simulator, what it needs, and the toy.
func toyModule(t *testing.T) string {
	t.Helper()
	module := t.TempDir()
	for from, to := range map[string]string{"../../sim": "sim", "../fetch": "internal/fetch", "testdata/toy": "toy"} {
		if err := os.CopyFS(filepath.Join(module, to), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(module, "go.mod"), "module dynamosim\n\ngo 1.26\n")
	return module
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// apply plants it and returns the line where.
func (p plant) apply(t *testing.T, module string) (line int) {
	t.Helper()
	source, err := os.ReadFile("testdata/toy/toy.go")
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(source), p.old)
	if !found {
		t.Fatalf("the toy has no %q", p.old)
	}
	write(t, filepath.Join(module, "toy", "toy.go"), strings.Replace(string(source), p.old, p.new, 1))
	return 1 + strings.Count(before, "\n")
}

// checkRules looks at the source: the rule complains of the line, and nothing else does.
func (p plant) checkRules(t *testing.T, module string, line int) {
	t.Helper()
	m, err := lint.Load(os.DirFS(module))
	if err != nil {
		t.Fatal(err)
	}
	toy, err := m.Under("toy")
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Typecheck(toy); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, c := range m.Check(toy, lint.Concurrency, lint.MapOrder, lint.Math, lint.Sorting, lint.Fusing, lint.FloatEqual, lint.FloatToInteger, lint.Globals) {
		if found++; c.Rule != p.rule.Name || c.At.Line != line {
			t.Errorf("unexpected: %v", c)
		}
	}
	if want := min(1, len(p.rule.Name)); found != want {
		t.Errorf("%d complaints, want %d", found, want)
	}
}

// writeGolden runs the toy once, on amd64 without fused instructions, and returns what its digest was.
func writeGolden(t *testing.T, module string) string {
	t.Helper()
	if runtime.GOARCH != "amd64" || runtime.GOOS != "linux" {
		t.Skip("compares with amd64, on linux")
	}
	cmd := exec.Command("go", "test", "-count=1", "./toy", "-update")
	cmd.Dir, cmd.Env = module, append(os.Environ(), "GOAMD64=v1", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("running the toy: %v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(module, "toy", "golden.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkBuilds compares the digests of builds: those differ that are to.
func (p plant) checkBuilds(t *testing.T, module string) {
	names := []string{"amd64"}
	if *slow {
		names = append(names, "amd64-v3", "386", "arm64")
	}
	chosen, err := choose(names)
	if err != nil {
		t.Fatal(err)
	}
	toy := []suite{{"toy", "TestGoldenToy", suites()[0].differ}}
	c, err := newComparison(module, t.TempDir(), toy)
	if err != nil {
		t.Fatal(err)
	}
	c.compareAll(t.Context(), chosen, func(b build, o outcome) {
		verdict, more := o.words()
		t.Log(b.name, verdict, more)
		differs := strings.Contains(" "+p.differs+" ", " "+b.name+" ")
		switch {
		case o.skipped != "":
		case o.failed != "":
			t.Errorf("%s failed: %s", b.name, o.failed)
		case differs != (len(o.differences) == 1):
			t.Errorf("%s: differs %v, want %v", b.name, o.differences, differs)
		}
	})
}
