package lint

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"strings"
)

// Module is the source code of a module: every Go file of it, for whatever platform, tests apart.
type Module struct {
	Path     string     // as in go.mod
	Packages []*Package // by folder

	fset   *token.FileSet
	others types.Importer // of what is not of the module; nil before the first Typecheck
}

// Package is a folder with Go files.
type Package struct {
	Folder string // relative to the module, "." for its root
	Path   string // import path
	Files  []*File
	Tests  []*File  // _test.go, of the package or of its external test
	Alien  []string // source files in other languages, relative to the module

	*checked // by Typecheck; nil before
}

// File is a parsed Go file.
type File struct {
	*ast.File
	Name string // relative to the module
}

// Load parses the module in a folder. It leaves out what the go command leaves out: testdata, vendor, names that begin
// with a dot or an underscore, and folders that are modules of their own.
func Load(dir fs.FS) (*Module, error) {
	module, err := modulePath(dir)
	if err != nil {
		return nil, err
	}
	m := &Module{Path: module, fset: token.NewFileSet()}
	err = fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("reading the module: %w", err)
		case !entry.IsDir():
			return nil
		case ignored(entry.Name()), name != "." && isModule(dir, name):
			return fs.SkipDir
		}
		return m.loadFolder(dir, name)
	})
	return m, err
}

func ignored(folder string) bool {
	return folder != "." && (strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_") ||
		folder == "testdata" || folder == "vendor")
}

func isModule(dir fs.FS, folder string) bool {
	_, err := fs.Stat(dir, path.Join(folder, "go.mod"))
	return err == nil
}

func modulePath(dir fs.FS) (string, error) {
	text, err := fs.ReadFile(dir, "go.mod")
	if err != nil {
		return "", fmt.Errorf("reading go.mod: %w", err)
	}
	for line := range bytes.Lines(text) {
		if name, found := strings.CutPrefix(strings.TrimSpace(string(line)), "module "); found {
			return strings.TrimSpace(name), nil
		}
	}
	return "", errors.New("go.mod has no line that begins with module")
}

func (m *Module) loadFolder(dir fs.FS, folder string) error {
	entries, err := fs.ReadDir(dir, folder)
	if err != nil {
		return fmt.Errorf("reading folder %s: %w", folder, err)
	}
	p := &Package{Folder: folder, Path: path.Join(m.Path, folder)}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		if err := m.loadFile(dir, p, path.Join(folder, entry.Name())); err != nil {
			return err
		}
	}
	if len(p.Files)+len(p.Tests) > 0 {
		m.Packages = append(m.Packages, p)
	}
	return nil
}

func (m *Module) loadFile(dir fs.FS, p *Package, name string) error {
	switch path.Ext(name) {
	case ".c", ".cc", ".cpp", ".cxx", ".f", ".F", ".for", ".h", ".hh", ".hpp", ".hxx", ".m", ".s", ".S", ".swig", ".swigcxx", ".sx", ".syso":
		p.Alien = append(p.Alien, name)
		return nil
	case ".go":
	default:
		return nil
	}
	text, err := fs.ReadFile(dir, name)
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	syntax, err := parser.ParseFile(m.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parsing: %w", err)
	}
	file := &File{File: syntax, Name: name}
	if strings.HasSuffix(name, "_test.go") {
		p.Tests = append(p.Tests, file)
	} else {
		p.Files = append(p.Files, file)
	}
	return nil
}

// Package returns the package in a folder, or nil.
func (m *Module) Package(folder string) *Package {
	for _, p := range m.Packages {
		if p.Folder == folder {
			return p
		}
	}
	return nil
}

// Under returns the packages in the folders that patterns name, each once, by folder, but for those of tests alone. A pattern is a folder, or a
// folder with "/..." for it and all below. A pattern that names no package is an error, so that a rule cannot come to
// hold for nothing.
func (m *Module) Under(patterns ...string) ([]*Package, error) {
	used := make([]bool, len(patterns))
	var found []*Package
	for _, p := range m.Packages {
		if len(p.Files) == 0 {
			continue
		}
		hit := false
		for i, pattern := range patterns {
			if matches(pattern, p.Folder) {
				hit, used[i] = true, true
			}
		}
		if hit {
			found = append(found, p)
		}
	}
	for i, pattern := range patterns {
		if !used[i] {
			return nil, fmt.Errorf("no package is in %s", pattern)
		}
	}
	return found, nil
}

func matches(pattern, folder string) bool {
	root, below := strings.CutSuffix(pattern, "/...")
	return folder == root || below && strings.HasPrefix(folder, root+"/")
}
