package lint

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Rule forbids something.
type Rule struct {
	Name string // of its complaints, a few words
	Doc  string // what is forbidden and why

	check func(p *pass)
}

// Complaint is something that a rule forbids, found in a place.
type Complaint struct {
	At   token.Position
	Rule string
	Text string // what is wrong and what to do
}

// String returns the complaint as compilers write theirs.
func (c Complaint) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", c.At.Filename, c.At.Line, c.At.Column, c.Rule, c.Text)
}

func sorted(all []Complaint) []Complaint {
	slices.SortStableFunc(all, func(a, b Complaint) int {
		return cmp.Or(
			cmp.Compare(a.At.Filename, b.At.Filename), cmp.Compare(a.At.Offset, b.At.Offset),
			cmp.Compare(a.Rule, b.Rule))
	})
	return all
}

// Check applies rules to packages, which Typecheck has seen, and returns the complaints in the order of the source.
func (m *Module) Check(packages []*Package, rules ...Rule) []Complaint {
	var all []Complaint
	for _, p := range packages {
		for _, rule := range rules {
			rule.check(&pass{Package: p, module: m, rule: rule.Name, complaints: &all})
		}
	}
	return sorted(all)
}

// pass is one rule looking at one package.
type pass struct {
	*Package
	module     *Module
	rule       string
	complaints *[]Complaint
}

func (p *pass) complain(at token.Pos, format string, args ...any) {
	*p.complaints = append(*p.complaints, Complaint{p.module.fset.Position(at), p.rule, fmt.Sprintf(format, args...)})
}

// each calls f for every node of the package's files, with the nodes around it, the nearest last.
func (p *pass) each(f func(n ast.Node, around []ast.Node)) {
	for _, file := range p.Files {
		var around []ast.Node
		ast.Inspect(file.File, func(n ast.Node) bool {
			if n == nil {
				around = around[:len(around)-1]
				return true
			}
			f(n, around)
			around = append(around, n)
			return true
		})
	}
}

// parent returns the nearest node around that is no parenthesis, and its child on the way.
func parent(n ast.Node, around []ast.Node) (up, child ast.Node) {
	child = n
	for i := len(around) - 1; i >= 0; i-- {
		if _, paren := around[i].(*ast.ParenExpr); !paren {
			return around[i], child
		}
		child = around[i]
	}
	return nil, child
}

// typeOf returns the type of an expression, or an invalid type.
func (p *pass) typeOf(e ast.Expr) types.Type {
	if t := p.info.TypeOf(e); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

// constant says whether the compiler knows the value of an expression.
func (p *pass) constant(e ast.Expr) bool { return p.info.Types[e].Value != nil }

// conversion returns the type that a call converts to, or nil for a call of a function.
func (p *pass) conversion(call *ast.CallExpr) types.Type {
	if fun := p.info.Types[call.Fun]; fun.IsType() {
		return fun.Type
	}
	return nil
}

// function returns the package and name of the function or builtin that a call calls; "" for methods, conversions and
// function values, and "" as the package of a builtin.
func (p *pass) function(call *ast.CallExpr) (pkg, name string) {
	switch object := p.object(call.Fun).(type) {
	case *types.Builtin:
		return "", object.Name()
	case *types.Func:
		if object.Signature().Recv() == nil {
			return object.Pkg().Path(), object.Name()
		}
	}
	return "", ""
}

// object returns what an expression names: f, pkg.f, x.f, with type arguments or without.
func (p *pass) object(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return p.info.Uses[e]
	case *ast.SelectorExpr:
		return p.info.Uses[e.Sel]
	case *ast.IndexExpr:
		return p.object(e.X)
	case *ast.IndexListExpr:
		return p.object(e.X)
	}
	return nil
}

// reasoned says whether the line of a node, or the comment that ends on the line before, has a comment that begins
// with the word, a colon and a reason.
func (p *pass) reasoned(n ast.Node, word string) bool {
	at := p.module.fset.Position(n.Pos())
	for _, file := range p.Files {
		if file.Name != at.Filename {
			continue
		}
		for _, group := range file.Comments {
			first, last := p.line(group.Pos()), p.line(group.End())
			if last != at.Line-1 && (at.Line < first || last < at.Line) {
				continue
			}
			for _, comment := range group.List {
				reason, found := strings.CutPrefix(comment.Text, "// "+word+":")
				if found && strings.TrimSpace(reason) != "" {
					return true
				}
			}
		}
	}
	return false
}

func (p *pass) line(at token.Pos) int { return p.module.fset.Position(at).Line }

// anyOf says whether a type, or one of those that a type parameter stands for, is underneath as asked.
func anyOf(t types.Type, is func(types.Type) bool) bool {
	if union, ok := t.(*types.Union); ok {
		for term := range union.Terms() {
			if anyOf(term.Type(), is) {
				return true
			}
		}
		return false
	}
	constraint, ok := t.Underlying().(*types.Interface) // of a type parameter too
	if !ok {
		return is(t.Underlying())
	}
	for embedded := range constraint.EmbeddedTypes() {
		if anyOf(embedded, is) {
			return true
		}
	}
	return false
}

func isFloat(t types.Type) bool   { return anyOf(t, hasInfo(types.IsFloat|types.IsComplex)) }
func isInteger(t types.Type) bool { return anyOf(t, hasInfo(types.IsInteger)) }

func hasInfo(info types.BasicInfo) func(types.Type) bool {
	return func(t types.Type) bool {
		basic, ok := t.(*types.Basic)
		return ok && basic.Info()&info != 0
	}
}
