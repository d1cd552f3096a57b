package lint

import (
	"go/ast"
	"go/types"
)

// exactMath are the functions of package math whose results are exact or correctly rounded, and so the same bits on
// every processor.
var exactMath = map[string]bool{
	"Abs": true, "Ceil": true, "Copysign": true, "FMA": true, "Float32bits": true, "Float32frombits": true,
	"Float64bits": true, "Float64frombits": true, "Floor": true, "Frexp": true, "Inf": true, "IsInf": true,
	"IsNaN": true, "Ldexp": true, "Max": true, "Min": true, "Mod": true, "Modf": true, "NaN": true, "Round": true,
	"RoundToEven": true, "Signbit": true, "Sqrt": true, "Trunc": true,
}

// Math forbids the functions of package math whose last bits differ between processors, or between the assembly of one
// port and the Go of another: math.Exp differs between two amd64 processors with one binary.
var Math = Rule{
	Name: "math",
	Doc:  "no functions of package math but those that are exact",
	check: func(p *pass) {
		p.each(func(n ast.Node, _ []ast.Node) {
			name, ok := n.(*ast.Ident)
			if !ok {
				return
			}
			f, ok := p.info.Uses[name].(*types.Func)
			if ok && f.Pkg() != nil && f.Pkg().Path() == "math" && !exactMath[f.Name()] {
				p.complain(n.Pos(), "math.%s has other last bits on other processors. Use rng.Log, rng.Exp and rng.Pow, "+
					"or a table built from them", f.Name())
			}
		})
	},
}
