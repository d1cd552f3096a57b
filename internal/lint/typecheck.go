package lint

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"strings"
)

// Typecheck type-checks packages and what they import. Nothing is compiled or cached: the standard library and other
// modules are read from their sources, which takes about a second.
func (m *Module) Typecheck(packages []*Package) error {
	if m.others == nil {
		m.others = importer.ForCompiler(token.NewFileSet(), "source", nil)
	}
	c := &checker{m}
	var all []error
	for _, p := range packages {
		if _, err := c.Import(p.Path); err != nil {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

// checker imports packages of the module from what was parsed, others from where the go command finds them.
type checker struct{ module *Module }

// checked is what is known of the types in a package.
type checked struct {
	types *types.Package // nil while it is being checked
	info  *types.Info
	err   error
}

// Import implements types.Importer.
func (c *checker) Import(path string) (*types.Package, error) {
	folder := "."
	if path != c.module.Path {
		rest, ours := strings.CutPrefix(path, c.module.Path+"/")
		if !ours {
			return c.module.others.Import(path)
		}
		folder = rest
	}
	p := c.module.Package(folder)
	switch {
	case p == nil || len(p.Files) == 0:
		return nil, fmt.Errorf("package %s has no Go files", path)
	case p.checked == nil:
		p.checked = c.check(p)
	case p.types == nil:
		return nil, fmt.Errorf("package %s imports itself", path)
	}
	return p.types, p.err
}

func (c *checker) check(p *Package) *checked {
	var all []error
	config := types.Config{Importer: c, Error: func(err error) { all = append(all, err) }}
	info := &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Instances:  map[*ast.Ident]types.Instance{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	p.checked = &checked{} // for imports of itself
	found := &checked{info: info}
	found.types, _ = config.Check(p.Path, c.module.fset, p.syntax(), info)
	if len(all) > 0 {
		found.err = fmt.Errorf("%s does not compile: %w", p.Folder, errors.Join(all...))
	}
	return found
}

func (p *Package) syntax() []*ast.File {
	files := make([]*ast.File, len(p.Files))
	for i, file := range p.Files {
		files[i] = file.File
	}
	return files
}
