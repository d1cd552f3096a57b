package lint

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Fusing forbids float products that a compiler may fuse with an addition, rounding once where another processor
// rounds twice. It may do so across statements and calls, so that only the conversion float64(x*y) prevents it; a
// product that is only multiplied, divided or compared needs none. A quotient by a constant compiles to a product.
var Fusing = Rule{
	Name: "fusing",
	Doc:  "no float products, nor quotients by a constant, without float64(...) around them",
	check: func(p *pass) {
		p.each(func(n ast.Node, around []ast.Node) {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if p.product(n) && !p.rounded(n, around) {
					p.complain(n.OpPos, "this %s may be fused with an addition, on some processors. Write %s(...) around it",
						operation(n.Op), types.TypeString(p.typeOf(n), types.RelativeTo(p.types)))
				}
			case *ast.AssignStmt:
				if n.Tok == token.MUL_ASSIGN && isFloat(p.typeOf(n.Lhs[0])) ||
					n.Tok == token.QUO_ASSIGN && isFloat(p.typeOf(n.Lhs[0])) && p.constant(n.Rhs[0]) {
					p.complain(n.TokPos, "%s may be fused with an addition, on some processors. Write x = float64(x %s y)",
						n.Tok, n.Tok.String()[:1])
				}
			}
		})
	},
}

func operation(op token.Token) string {
	if op == token.MUL {
		return "product"
	}
	return "quotient by a constant"
}

// product says whether an expression compiles to a product of floats.
func (p *pass) product(e *ast.BinaryExpr) bool {
	if !isFloat(p.typeOf(e)) || p.constant(e) {
		return false
	}
	return e.Op == token.MUL || e.Op == token.QUO && p.constant(e.Y)
}

// rounded says whether what is around a product keeps it from any addition.
func (p *pass) rounded(e ast.Expr, around []ast.Node) bool {
	up, _ := parent(e, around)
	switch up := up.(type) {
	case *ast.CallExpr:
		return p.conversion(up) != nil
	case *ast.BinaryExpr:
		switch up.Op {
		case token.MUL, token.QUO, token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
			return true
		}
	}
	return false
}
