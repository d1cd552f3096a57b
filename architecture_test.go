package dynamosim_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"dynamosim/internal/lint"
)

// imports is the architecture: which package may use what. Tests are free to import more.
var imports = lint.Table{
	{
		Packages: []string{
			"sim/rng", "sim/trace", "analysis/history",
			"dynamo/ring", "dynamo/vclock", "dynamo/membership", "dynamo/storage",
		},
		Because: "it is a leaf, to be read and tested alone",
	},
	{
		Packages: []string{"dynamo/quorum", "dynamo/merkle"},
		Ours:     []string{"dynamo/vclock"},
		Because:  "it is a leaf, to be read and tested alone",
	},
	{
		Packages: []string{"sim"},
		Ours:     []string{"sim/rng", "sim/trace", "internal/fetch"},
		Because:  "the simulator does not know what its processes do",
	},
	{
		Packages: []string{"dynamo", "dynamo/client"},
		Ours:     []string{"dynamo/..."},
		Because:  "the node does not know that it is simulated; all it touches is its Env",
	},
	{
		Packages: []string{"scenarios", "scenarios/workload"},
		Ours:     []string{"sim/rng"},
		Others:   []string{"gopkg.in/yaml.v3"},
		Because:  "a scenario is data; names from elsewhere come in as a vocabulary",
	},
	{
		Packages: []string{"analysis"},
		Ours:     []string{"analysis/history", "sim/rng"},
		Others:   []string{"github.com/anishathalye/porcupine", "gonum.org/v1/gonum/...", "gonum.org/v1/plot/...", "github.com/HdrHistogram/hdrhistogram-go"},
		Because:  "a checker judges a history from anywhere; it knows no node and no kernel",
	},
	{
		Packages: []string{"scenarios/world"},
		Ours:     []string{"sim/...", "dynamo/...", "scenarios", "scenarios/workload", "analysis/history", "internal/fetch"},
		Because:  "it is the only place where simulator, node and scenario meet, and it judges nothing",
	},
	{
		Packages: []string{"scenarios/shrink"},
		Ours:     []string{"scenarios"},
		Others:   []string{"gopkg.in/yaml.v3"},
		Because:  "it changes texts of scenarios and asks whether they still fail; how they are run comes in as functions",
	},
	{
		Packages: []string{"scenarios/frames"},
		Others:   []string{"github.com/klauspost/compress/zstd"},
		Because:  "it keeps lines and does not know what they say",
	},
	{
		Packages: []string{"scenarios/lab"},
		Ours:     []string{"sim/...", "dynamo/...", "scenarios", "scenarios/workload", "scenarios/world", "scenarios/shrink", "scenarios/frames", "analysis/..."},
		Others:   []string{"gonum.org/v1/gonum/...", "gonum.org/v1/plot/..."},
		Because:  "it is the library below the command line",
	},
	{
		Packages: []string{"cmd/dynamosim"},
		Ours:     []string{"scenarios", "scenarios/lab", "scenarios/shrink", "analysis"},
		Others:   []string{"github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/term"},
		Because:  "the command line is flags and printing; whatever can be done is done by scenarios/lab",
	},
	{
		Packages: []string{".", "internal/lint", "internal/digests", "internal/frozen"},
		Because:  "it is no part of the program",
	},
	{
		Packages: []string{"internal/fetch"},
		Because:  "it is a hint to the processor, the one thing below a run that may differ between machines",
	},
	{
		Packages: []string{"internal/seeded"},
		Others:   []string{"pgregory.net/rapid"},
		Because:  "it is for tests alone",
	},
}

// answersAlike are the packages of the standard library that give the same answers everywhere, and see nothing outside.
var answersAlike = []string{
	"bufio", "bytes", "cmp", "encoding/binary", "encoding/hex", "errors", "fmt", "hash/crc32", "io", "maps", "math",
	"math/bits", "slices", "sort", "strconv", "strings", "unicode/utf8",
}

// bans says which rules hold where.
var bans = []struct {
	where   []string
	because string
	rules   []lint.Rule
}{
	{
		where:   []string{"sim/...", "dynamo/...", "scenarios/workload", "scenarios/world"},
		because: "a run is made of it: the same plan gives the same bits, on every machine",
		rules: []lint.Rule{
			lint.Concurrency, lint.MapOrder, lint.StandardLibrary(answersAlike...), lint.Math, lint.Sorting, lint.Printing,
			lint.FloatEqual, lint.Fusing, lint.FloatToInteger, lint.Bounds, lint.Globals, lint.Platform,
		},
	},
	{
		where:   []string{"scenarios"},
		because: "a plan is drawn by it: the same scenario and seed give the same plan, on every machine",
		rules: []lint.Rule{
			lint.Concurrency, lint.MapOrder, lint.Math, lint.Sorting, lint.Fusing, lint.FloatToInteger, lint.Bounds, lint.Platform,
			lint.StandardLibrary(slices.Concat(answersAlike, []string{"crypto/sha256", "embed", "io/fs", "path", "reflect", "regexp"})...),
		},
	},
	{
		where:   []string{"analysis/..."},
		because: "verdicts and their evidence are made by it: the same history gives the same words",
		rules:   []lint.Rule{lint.Concurrency, lint.MapOrder, lint.Platform},
	},
}

// checksRange is the package whose business are floats; what it converts it has checked.
const checksRange = "sim/rng"

var module = sync.OnceValues(func() (*lint.Module, error) { return lint.Load(os.DirFS(".")) })

func load(t *testing.T) *lint.Module {
	t.Helper()
	m, err := module()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func report(t *testing.T, complaints []lint.Complaint) {
	t.Helper()
	for _, c := range complaints {
		t.Error(c)
	}
}

// Packages import what the table allows: design follows from who may know whom.
func TestPackagesImportWhatTheTableAllows(t *testing.T) {
	report(t, load(t).CheckImports(imports))
}

// What plans, runs and verdicts are made of depends on nothing but the scenario and the seed.
func TestTheSameSeedGivesTheSameBits(t *testing.T) {
	for _, ban := range bans {
		t.Run(ban.where[0], func(t *testing.T) {
			packages, err := load(t).Under(ban.where...)
			if err != nil {
				t.Fatal(err)
			}
			if err := load(t).Typecheck(packages); err != nil {
				t.Fatal(err)
			}
			for _, c := range load(t).Check(packages, ban.rules...) {
				if c.Rule != lint.FloatToInteger.Name || path.Dir(c.At.Filename) != checksRange {
					t.Errorf("%v (%s)", c, ban.because)
				}
			}
		})
	}
}

// Each package says what it is in doc.go, and the map of the repository has a line for each.
func TestPackagesIntroduceThemselves(t *testing.T) {
	report(t, load(t).CheckIntroductions())
}

// What a property test draws is the same in every run, so that a change is not blamed for a case that nobody drew before.
func TestPropertiesAreSeeded(t *testing.T) {
	draws, seeded := map[string]bool{}, map[string]bool{}
	for _, file := range testFiles(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		draws[path.Dir(file)] = draws[path.Dir(file)] || bytes.Contains(text, []byte("rapid.Check("))
		seeded[path.Dir(file)] = seeded[path.Dir(file)] || bytes.Contains(text, []byte("\"dynamosim/internal/seeded\""))
	}
	for folder := range draws {
		if draws[folder] && !seeded[folder] && folder != "." && folder != "internal/seeded" {
			t.Errorf("%s: properties draw by the time of day. Import dynamosim/internal/seeded in a test", folder)
		}
	}
}

// testFiles returns the paths of all tests of the module.
func testFiles(t *testing.T) []string {
	var all []string
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, "_test.go") {
			all = append(all, name)
		}
		return err
	})
	if err != nil || len(all) < 100 {
		t.Fatalf("%d tests, %v", len(all), err)
	}
	return all
}
