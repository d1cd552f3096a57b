package lint

import (
	"go/ast"
	"go/types"
)

// Sorting forbids sorts that leave equal elements in an order that the next version of Go may change. Sorting numbers
// or strings by themselves is allowed, as equal ones cannot be told apart; floats can (0 and -0, NaN).
var Sorting = Rule{
	Name: "sorting",
	Doc:  "no unstable sorts",
	check: func(p *pass) {
		p.each(func(n ast.Node, _ []ast.Node) {
			name, ok := n.(*ast.Ident)
			if !ok {
				return
			}
			f, ok := p.info.Uses[name].(*types.Func)
			if !ok || f.Pkg() == nil || f.Signature().Recv() != nil {
				return
			}
			if stable := unstable(f.Pkg().Path(), f.Name()); stable != "" {
				p.complain(n.Pos(), "%s.%s leaves equal elements in any order. Use %s", f.Pkg().Name(), f.Name(), stable)
			}
			if f.Pkg().Path() == "slices" && (f.Name() == "Sort" || f.Name() == "Sorted") && p.ofFloats(name) {
				p.complain(n.Pos(), "slices.%s of floats leaves 0 and -0 in any order. Sort integers", f.Name())
			}
		})
	},
}

// unstable returns what to use in place of a function, "" if it may be used.
func unstable(pkg, name string) string {
	switch pkg + "." + name {
	case "sort.Slice", "sort.Sort", "slices.SortFunc":
		return "slices.SortStableFunc"
	case "slices.SortedFunc":
		return "slices.SortedStableFunc"
	case "sort.Float64s":
		return "integers"
	}
	return ""
}

// ofFloats says whether a generic function is used with an element type of floats.
func (p *pass) ofFloats(name *ast.Ident) bool {
	arguments := p.info.Instances[name].TypeArgs
	for i := range arguments.Len() {
		if isFloat(arguments.At(i)) {
			return true
		}
	}
	return false
}
