package lint

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// rules are all of them, in the order of the package's documentation.
var rules = []Rule{
	Concurrency, MapOrder,
	StandardLibrary("bytes", "cmp", "errors", "fmt", "hash/crc32", "maps", "math", "math/bits", "slices", "sort", "strings"),
	Math, Sorting, Printing, Fusing, FloatEqual, FloatToInteger, Bounds, Globals, Platform,
}

// examples makes a module of the files in testdata, each a package of its own.
func examples(t *testing.T) *Module {
	t.Helper()
	names, err := filepath.Glob("testdata/*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Base(name)
		files[strings.TrimSuffix(base, ".go")+"/"+base] = &fstest.MapFile{Data: text}
	}
	return moduleOf(t, files)
}

func moduleOf(t *testing.T, files fstest.MapFS) *Module {
	t.Helper()
	files["go.mod"] = &fstest.MapFile{Data: []byte("module example\n\ngo 1.26\n")}
	m, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var (
	want    = regexp.MustCompile(`// want ("(?:[^"\\]|\\.)*")`)
	goodFor = regexp.MustCompile(`(?m)^func good`)
)

// wanted returns the complaints that the examples ask for, as patterns by file and line.
func wanted(t *testing.T, m *Module) map[string][]*regexp.Regexp {
	all := map[string][]*regexp.Regexp{}
	for _, p := range m.Packages {
		for _, file := range p.Files {
			for _, group := range file.Comments {
				at := m.fset.Position(group.Pos())
				for _, match := range want.FindAllStringSubmatch(group.List[0].Text, -1) {
					var pattern string
					if _, err := fmt.Sscanf(match[1], "%q", &pattern); err != nil {
						t.Fatalf("%v: %s: %v", at, match[1], err)
					}
					key := fmt.Sprintf("%s:%d", at.Filename, at.Line)
					all[key] = append(all[key], regexp.MustCompile(pattern))
				}
			}
		}
	}
	return all
}

// Every rule complains of the bad examples, where and as their comments say, and of nothing else.
func TestRulesFireWhereTheyShould(t *testing.T) {
	m := examples(t)
	if err := m.Typecheck(m.Packages); err != nil {
		t.Fatal(err)
	}
	open := wanted(t, m)
	fired := map[string]bool{}
	for _, c := range m.Check(m.Packages, rules...) {
		fired[c.Rule] = true
		key := fmt.Sprintf("%s:%d", c.At.Filename, c.At.Line)
		if i := matching(open[key], c); i >= 0 {
			open[key] = append(open[key][:i], open[key][i+1:]...)
		} else {
			t.Errorf("unexpected: %v", c)
		}
	}
	for key, patterns := range open {
		for _, pattern := range patterns {
			t.Errorf("%s: no complaint like %q", key, pattern)
		}
	}
	for _, rule := range rules {
		if !fired[rule.Name] && rule.Name != Platform.Name {
			t.Errorf("no example shows that %q fires", rule.Name)
		}
	}
}

func matching(patterns []*regexp.Regexp, c Complaint) int {
	for i, pattern := range patterns {
		if pattern.MatchString(c.Rule + ": " + c.Text) {
			return i
		}
	}
	return -1
}

// Every bad example has a good twin in its file.
func TestRulesHaveGoodExamples(t *testing.T) {
	for _, p := range examples(t).Packages {
		text, err := os.ReadFile(path.Join("testdata", path.Base(p.Files[0].Name)))
		if err != nil {
			t.Fatal(err)
		}
		if !goodFor.Match(text) {
			t.Errorf("%s shows nothing that is allowed", p.Files[0].Name)
		}
	}
}

func TestPlatform(t *testing.T) {
	const plain = "package p\n"
	for _, test := range []struct{ name, text, want string }{
		{"p/queue.go", plain, ""},
		{"p/queue_heap.go", plain, ""},
		{"p/queue.go", "package p\n\n// No //go:build line is here:\n//go:build linux\n", ""},
		{"p/queue_linux.go", plain, "binds it to a platform"},
		{"p/queue_386.go", plain, "binds it to a platform"},
		{"p/queue.go", "//go:build !race\n\npackage p\n", "a build constraint"},
	} {
		m := moduleOf(t, fstest.MapFS{test.name: {Data: []byte(test.text)}})
		expect(t, test.name, m.Check(m.Packages, Platform), test.want)
	}
	m := moduleOf(t, fstest.MapFS{"p/p.go": {Data: []byte(plain)}, "p/p_amd64.s": {}})
	expect(t, "assembly", m.Check(m.Packages, Platform), "p/p_amd64.s is not Go")
}

// expect compares complaints with the one that is wanted, or with none.
func expect(t *testing.T, name string, got []Complaint, want string) {
	t.Helper()
	switch {
	case want == "" && len(got) > 0:
		t.Errorf("%s: unexpected: %v", name, got)
	case want != "" && (len(got) != 1 || !strings.Contains(got[0].String(), want)):
		t.Errorf("%s: got %v, want one complaint with %q", name, got, want)
	}
}

func TestComplaintsAreInTheOrderOfTheSource(t *testing.T) {
	m := moduleOf(t, fstest.MapFS{"p/p.go": {Data: []byte("package p\n\nvar b int\n\nvar a chan int\n")}})
	if err := m.Typecheck(m.Packages); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range m.Check(m.Packages, Concurrency, Globals) {
		got = append(got, fmt.Sprintf("%d %s", c.At.Line, c.Rule))
	}
	if want := "3 package state, 5 package state, 5 concurrency"; strings.Join(got, ", ") != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
