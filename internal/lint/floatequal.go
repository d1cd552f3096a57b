package lint

import (
	"go/ast"
	"go/token"
	"go/types"
)

// FloatEqual forbids comparing computed floats for equality, which turns a difference in the last bit into another
// way through the code. Comparing with a constant is allowed: x == 0 asks for a value that was put there.
var FloatEqual = Rule{
	Name: "float equality",
	Doc:  "no == or != between two computed floats",
	check: func(p *pass) {
		p.each(func(n ast.Node, _ []ast.Node) {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if (n.Op == token.EQL || n.Op == token.NEQ) && p.computed(n.X) && p.computed(n.Y) {
					p.complain(n.OpPos, "%s between computed floats hangs on their last bit. Compare integers, or an "+
						"interval", n.Op)
				}
			case *ast.SwitchStmt:
				p.switched(n)
			case *ast.MapType:
				if anyOf(p.typeOf(n.Key), holdsFloat) {
					p.complain(n.Key.Pos(), "a map key with a float in it hangs on its last bit. Use an integer")
				}
			}
		})
	},
}

func (p *pass) switched(n *ast.SwitchStmt) {
	if n.Tag == nil || !p.computed(n.Tag) {
		return
	}
	for _, clause := range n.Body.List {
		for _, e := range clause.(*ast.CaseClause).List {
			if p.computed(e) {
				p.complain(e.Pos(), "a case that is a computed float hangs on its last bit. Compare integers, or an interval")
			}
		}
	}
}

func (p *pass) computed(e ast.Expr) bool { return anyOf(p.typeOf(e), holdsFloat) && !p.constant(e) }

// holdsFloat says whether a type is compared by comparing floats.
func holdsFloat(t types.Type) bool {
	switch t := t.(type) {
	case *types.Basic:
		return t.Info()&(types.IsFloat|types.IsComplex) != 0
	case *types.Array:
		return holdsFloat(t.Elem().Underlying())
	case *types.Struct:
		for field := range t.Fields() {
			if holdsFloat(field.Type().Underlying()) {
				return true
			}
		}
	}
	return false
}
