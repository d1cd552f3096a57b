package lint

import (
	"strings"
	"testing"
	"testing/fstest"
)

func goFiles(texts map[string]string) fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestLoadReportsWhatItCannotRead(t *testing.T) {
	for _, test := range []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{}, "reading go.mod"},
		{map[string]string{"go.mod": "go 1.26\n"}, "no line that begins with module"},
		{map[string]string{"go.mod": "module m\n", "p/p.go": "package"}, "p/p.go:1"},
	} {
		if _, err := Load(goFiles(test.files)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", err, test.want)
		}
	}
}

func TestUnder(t *testing.T) {
	m := moduleOf(t, goFiles(map[string]string{
		"a/a.go": "package a\n", "a/b/b.go": "package b\n", "ab/ab.go": "package ab\n", "a/c/c_test.go": "package c\n",
		"a/_d/d.go": "package d\n", "a/.e/e.go": "package e\n", "a/testdata/f.go": "package f\n", "a/m/go.mod": "module other\n", "a/m/m.go": "package m\n", "a/m/n/n.go": "package n\n",
	}))
	for _, test := range []struct{ patterns, want string }{
		{"a", "a"}, {"a/...", "a a/b"}, {"a/b a/...", "a a/b"}, {"ab a/b", "a/b ab"},
	} {
		packages, err := m.Under(strings.Fields(test.patterns)...)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range packages {
			got = append(got, p.Folder)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("under %s are %v, want %s", test.patterns, got, test.want)
		}
	}
	if _, err := m.Under("a/...", "z"); err == nil {
		t.Error("a pattern that names no package is accepted")
	}
}

func TestTypecheckReportsWhatDoesNotCompile(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"package a\n\nvar x int = \"\"\n", "a does not compile"},
		{"package a\n\nimport _ \"example/gone\"\n", "package example/gone has no Go files"},
		{"package a\n\nimport _ \"example/b\"\n", "package example/a imports itself"},
	} {
		m := moduleOf(t, goFiles(map[string]string{"a/a.go": test.text, "b/b.go": "package b\n\nimport _ \"example/a\"\n"}))
		if err := m.Typecheck(m.Packages[:1]); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", err, test.want)
		}
	}
}

// A rule sees through the types of other packages of the module, and those can be checked later.
func TestTypecheckFollowsImports(t *testing.T) {
	m := moduleOf(t, goFiles(map[string]string{
		"a/a.go": "package a\n\nimport \"example/b\"\n\nfunc f(t b.Table) { for range t.All() {} }\n",
		"b/b.go": "package b\n\ntype Table struct{}\n\nfunc (Table) All() map[string]int { for range (map[string]int{}) {}; return nil }\n",
	}))
	for i, p := range m.Packages {
		if err := m.Typecheck(m.Packages[i : i+1]); err != nil {
			t.Fatal(err)
		}
		expect(t, p.Folder, m.Check(m.Packages[i:i+1], MapOrder), "range over a map")
	}
}

// What does not compile does not compile the second time either.
func TestTypecheckRemembersErrors(t *testing.T) {
	m := moduleOf(t, goFiles(map[string]string{"a/a.go": "package a\n\nvar x int = \"\"\n"}))
	for range 2 {
		if m.Typecheck(m.Packages) == nil {
			t.Error("no error")
		}
	}
}
