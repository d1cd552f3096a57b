package lint

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Typecheck type-checks packages, and of what they import as much as they need. Nothing is compiled or cached: the
// standard library and other modules are read from their sources, which takes about a second.
func (m *Module) Typecheck(packages []*Package) error {
	c := &checker{
		module:  m,
		others:  importer.ForCompiler(token.NewFileSet(), "source", nil),
		inside:  packages,
		started: map[string]bool{},
	}
	var all []error
	for _, p := range packages {
		if _, err := c.Import(p.Path); err != nil {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

// checker imports packages of the module from what was parsed, others from where the go command finds them.
type checker struct {
	module  *Module
	others  types.Importer
	inside  []*Package // those whose function bodies count
	started map[string]bool
}

// Import implements types.Importer.
func (c *checker) Import(path string) (*types.Package, error) {
	folder := "."
	if path != c.module.Path {
		rest, ours := strings.CutPrefix(path, c.module.Path+"/")
		if !ours {
			return c.others.Import(path)
		}
		folder = rest
	}
	p := c.module.Package(folder)
	if p == nil || len(p.Files) == 0 {
		return nil, fmt.Errorf("package %s has no Go files", path)
	}
	if p.types == nil {
		if c.started[path] {
			return nil, fmt.Errorf("package %s imports itself", path)
		}
		c.started[path] = true
		return p.types, c.check(p)
	}
	return p.types, nil
}

func (c *checker) check(p *Package) error {
	var all []error
	config := types.Config{
		Importer:         c,
		IgnoreFuncBodies: !slices.Contains(c.inside, p),
		Error:            func(err error) { all = append(all, err) },
	}
	p.info = &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Instances:  map[*ast.Ident]types.Instance{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	p.types, _ = config.Check(p.Path, c.module.fset, p.syntax(), p.info)
	if len(all) > 0 {
		return fmt.Errorf("%s does not compile: %w", p.Folder, errors.Join(all...))
	}
	return nil
}

func (p *Package) syntax() []*ast.File {
	files := make([]*ast.File, len(p.Files))
	for i, file := range p.Files {
		files[i] = file.File
	}
	return files
}
