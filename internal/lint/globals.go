package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// Globals forbids variables of a package that can change: a second world in the same process would see what the first
// one left. Errors, and tables that are declared with their content and never written to, are allowed, unless they are
// exported: then others could write to them.
var Globals = Rule{
	Name: "package state",
	Doc:  "no variables of a package that can change, and no init",
	check: func(p *pass) {
		p.declared()
		p.each(func(n ast.Node, _ []ast.Node) {
			for _, written := range p.written(n) {
				if v := p.global(written); v != nil {
					p.complain(n.Pos(), "%s is a variable of package %s and changed here, so a world would see what another "+
						"one left. Keep it in the value that uses it", v.Name(), v.Pkg().Name())
				}
			}
		})
	},
}

// declared complains of declarations that only make sense for state.
func (p *pass) declared() {
	for _, file := range p.Files {
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					p.complain(d.Pos(), "init runs in an order that hangs on file names, and can only change package state. "+
						"Declare variables with their content")
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if spec, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
						p.declaredVar(spec, embedded(d.Doc) || embedded(spec.Doc))
					}
				}
			}
		}
	}
}

func embedded(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, comment := range doc.List {
		if strings.HasPrefix(comment.Text, "//go:embed ") {
			return true
		}
	}
	return false
}

func (p *pass) declaredVar(spec *ast.ValueSpec, embed bool) {
	for _, name := range spec.Names {
		v, ok := p.info.Defs[name].(*types.Var)
		if !ok || name.Name == "_" || embed {
			continue
		}
		switch {
		case len(spec.Values) == 0:
			p.complain(name.Pos(), "%s has no value at its declaration, so it is there to be changed. Keep it in the value "+
				"that uses it", name.Name)
		case name.IsExported() && !isError(v.Type()):
			p.complain(name.Pos(), "%s can be changed by other packages. Make it a constant or a function", name.Name)
		case mutable(v.Type()):
			p.complain(name.Pos(), "%s is a %s, which is there to be changed. Keep it in the value that uses it", name.Name,
				types.TypeString(v.Type(), types.RelativeTo(p.types)))
		}
	}
}

func isError(t types.Type) bool {
	return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

// mutable says whether a value that is reached through a type is most likely to change: channels, and pointers to
// anything but what its package promises not to change.
func mutable(t types.Type) bool {
	if isError(t) {
		return false
	}
	switch under := t.Underlying().(type) {
	case *types.Chan:
		return true
	case *types.Pointer:
		switch under.Elem().String() {
		case "hash/crc32.Table", "strings.Replacer":
			return false
		}
		return true
	}
	return false
}

// written returns the expressions whose variable a statement or expression changes, or hands out to be changed.
func (p *pass) written(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return n.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			return []ast.Expr{n.Key, n.Value}
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	case *ast.SelectorExpr:
		if p.takesAddress(n) {
			return []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		pkg, name := p.function(n)
		switch {
		case pkg == "" && (name == "append" || name == "copy" || name == "clear" || name == "delete"),
			pkg == "slices" && (strings.HasPrefix(name, "Sort") && !strings.HasPrefix(name, "Sorted") || name == "Reverse"):
			return n.Args[:1]
		}
	}
	return nil
}

// takesAddress says whether a selector is a method with a pointer receiver of a value that is no pointer.
func (p *pass) takesAddress(n *ast.SelectorExpr) bool {
	selection := p.info.Selections[n]
	if selection == nil || selection.Kind() != types.MethodVal {
		return false
	}
	receiver := selection.Obj().(*types.Func).Signature().Recv().Type()
	return isPointer(receiver) && !isPointer(selection.Recv())
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// global returns the package variable that an expression is or is a part of, or nil.
func (p *pass) global(e ast.Expr) *types.Var {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.SelectorExpr:
			if v := p.packageVar(x.Sel); v != nil {
				return v
			}
			e = x.X
		case *ast.Ident:
			return p.packageVar(x)
		default:
			return nil
		}
	}
}

func (p *pass) packageVar(name *ast.Ident) *types.Var {
	v, ok := p.info.Uses[name].(*types.Var)
	if !ok || v.IsField() || v.Pkg() == nil || v.Parent() != v.Pkg().Scope() {
		return nil
	}
	return v
}
