package lint

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Bounds forbids comparing int(x) with a length where x does not fit into an int of 32 bits: there a large x becomes
// negative, passes as in range, and the index that it guards panics.
//
//	if uint64(slot) >= uint64(len(table)) { ... }
var Bounds = Rule{
	Name: "bounds",
	Doc:  "no bounds checks of wide or unsigned integers as an int",
	check: func(p *pass) {
		p.each(func(n ast.Node, _ []ast.Node) {
			e, ok := n.(*ast.BinaryExpr)
			if !ok || !ordering(e.Op) || !p.length(e.X) && !p.length(e.Y) {
				return
			}
			for _, side := range []ast.Expr{e.X, e.Y} {
				if wide := p.narrowed(side); wide != nil {
					p.complain(side.Pos(), "an int of 32 bits makes a large %s negative. Compare both sides as uint64 or int64", wide)
				}
			}
		})
	},
}

func ordering(op token.Token) bool {
	return op == token.LSS || op == token.LEQ || op == token.GTR || op == token.GEQ
}

// length says whether an expression is len of something.
func (p *pass) length(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	pkg, name := p.function(call)
	return pkg == "" && name == "len"
}

// narrowed returns the type of x if an expression is int(x) and x may be too large for an int of 32 bits.
func (p *pass) narrowed(e ast.Expr) types.Type {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || p.constant(call.Args[0]) {
		return nil
	}
	if to := p.conversion(call); to == nil || !anyOf(to, oneOf(types.Int)) {
		return nil
	}
	from := p.typeOf(call.Args[0])
	if anyOf(from, oneOf(types.Int64, types.Uint, types.Uint32, types.Uint64, types.Uintptr)) {
		return from
	}
	return nil
}

func oneOf(kinds ...types.BasicKind) func(types.Type) bool {
	return func(t types.Type) bool {
		basic, ok := t.(*types.Basic)
		if !ok {
			return false
		}
		for _, kind := range kinds {
			if basic.Kind() == kind {
				return true
			}
		}
		return false
	}
}
