package lint

import (
	"go/ast"
	"go/types"
)

// MapOrder forbids going through a map, whose order differs from run to run, unless a comment at the spot says why the
// order cannot matter:
//
//	// order: a sum of integers is the same in any order
//	for _, n := range sizes {
//
// Sorting is reason enough: slices.Sorted(maps.Keys(m)) needs no comment.
var MapOrder = Rule{
	Name: "map order",
	Doc:  "no ranging over a map without a comment that says why the order cannot matter",
	check: func(p *pass) {
		p.each(func(n ast.Node, around []ast.Node) {
			what := ""
			switch n := n.(type) {
			case *ast.RangeStmt:
				if anyOf(p.typeOf(n.X), isMap) {
					what = "range over a map"
				}
			case *ast.CallExpr:
				what = p.mapWalk(n, around)
			}
			if what != "" && !p.reasoned(n, "order") {
				p.complain(n.Pos(), "%s goes in an order that differs from run to run. Keep a slice beside the map, or "+
					"sort the keys, or say above in a comment `// order: ...` why the order cannot matter", what)
			}
		})
	},
}

func isMap(t types.Type) bool {
	_, ok := t.(*types.Map)
	return ok
}

// mapWalk names a function of package maps that shows its caller the order of a map. A walk that is sorted at once
// does not show it.
func (p *pass) mapWalk(call *ast.CallExpr, around []ast.Node) string {
	pkg, name := p.function(call)
	if pkg != "maps" {
		return ""
	}
	switch name {
	case "All", "Keys", "Values", "DeleteFunc", "EqualFunc":
	default:
		return ""
	}
	if outer, _ := parent(call, around); outer != nil {
		if outer, ok := outer.(*ast.CallExpr); ok {
			if pkg, by := p.function(outer); pkg == "slices" && by == "Sorted" {
				return ""
			}
		}
	}
	return "maps." + name
}
