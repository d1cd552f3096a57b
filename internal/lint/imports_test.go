package lint

import (
	"testing"
	"testing/fstest"
)

var testTable = Table{
	{Packages: []string{"leaf"}, Because: "it is a leaf"},
	{Packages: []string{"core", "core/client"}, Ours: []string{"core/...", "leaf"}, Others: []string{"example.org/yaml", "gonum.org/v1/..."}, Because: "it is the core"},
}

func TestImportTable(t *testing.T) {
	for _, test := range []struct{ folder, imports, want string }{
		{"core", "example/leaf", ""},
		{"core", "example/core/ring", ""},
		{"core/client", "example/core", ""},
		{"core", "fmt", ""},
		{"core", "example.org/yaml", ""},
		{"core", "gonum.org/v1/gonum/stat", ""},
		{"core", "example.org/yaml/v2", "core must not import example.org/yaml/v2; of other modules it may import example.org/yaml, gonum.org/v1/..."},
		{"leaf", "example/core", "leaf/p.go:3:8: import: leaf must not import core, only nothing: it is a leaf"},
		{"leaf", "example/corelike", "leaf must not import corelike"},
		{"leaf", "example.org/yaml", "of other modules it may import nothing"},
		{"core", "example/other", "core must not import other, only core/..., leaf: it is the core"},
		{"core/server", "fmt", "core/server has no row in the import table"},
	} {
		m := moduleOf(t, fstest.MapFS{test.folder + "/p.go": {Data: []byte("package p\n\nimport _ \"" + test.imports + "\"\n")}})
		expect(t, test.folder+" imports "+test.imports, m.CheckImports(testTable), test.want)
	}
}

// Files that this platform does not compile count, those of tests do not.
func TestImportTableSeesAllPlatforms(t *testing.T) {
	text := []byte("//go:build plan9\n\npackage p\n\nimport _ \"example/core\"\n")
	m := moduleOf(t, fstest.MapFS{"leaf/p_windows.go": {Data: text}, "leaf/p_test.go": {Data: text}, "leaf/testdata/p.go": {Data: text}})
	expect(t, "leaf", m.CheckImports(testTable), "leaf must not import core")
}

func TestIntroductions(t *testing.T) {
	const (
		introduced = "// Package p is a package.\npackage p\n"
		silent     = "package p\n"
		root       = "// Package m is the map. See\n// core/sub/p.go first.\n//\n//\tcore      what it is\n//\tempty\npackage m\n"
	)
	for _, test := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"on the map", map[string]string{"core/doc.go": introduced, "core/p.go": silent}, ""},
		{"a comment elsewhere", map[string]string{"core/p.go": introduced}, "package core has no doc.go"},
		{"no comment", map[string]string{"core/doc.go": silent}, "package core has no doc.go"},
		{"not on the map", map[string]string{"core/sub/doc.go": introduced}, "package core/sub is not on the map"},
		{"a line without words", map[string]string{"empty/doc.go": introduced}, "package empty is not on the map"},
		{"tests alone", map[string]string{"other/p_test.go": silent}, ""},
		{"a line on nothing", map[string]string{"doc.go": "// Package m is the map.\n//\n//\tcore/gone  was here\npackage m\n"}, "a line on core/gone, where no package is"},
		{"no map", map[string]string{"doc.go": silent, "p.go": introduced}, "package . has no doc.go"},
	} {
		if test.files["doc.go"] == "" {
			test.files["doc.go"] = root
		}
		expect(t, test.name, moduleOf(t, goFiles(test.files)).CheckIntroductions(), test.want)
	}
}
