package lint

import "go/ast"

// FloatToInteger forbids conversions of floats to integers, as processors give different results for NaN and outside
// the integer's range, unless a comment at the spot says why the value is in range:
//
//	// range: a share is in [0, 1)
//	n := int64(float64(share * 1000))
var FloatToInteger = Rule{
	Name: "float to integer",
	Doc:  "no conversions of computed floats to integers without a comment that says why they are in range",
	check: func(p *pass) {
		p.each(func(n ast.Node, _ []ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return
			}
			to := p.conversion(call)
			if to != nil && isInteger(to) && isFloat(p.typeOf(call.Args[0])) && !p.constant(call.Args[0]) && !p.reasoned(n, "range") {
				p.complain(n.Pos(), "out of range, or of NaN, this conversion gives other values on other processors. "+
					"Compute with integers, or say above in a comment `// range: ...` why the value is in range")
			}
		})
	},
}
