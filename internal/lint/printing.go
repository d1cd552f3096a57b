package lint

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"strings"
)

// Printing forbids text with addresses in it, which differ from run to run: the verb %p, pointers, functions and
// channels handed to package fmt, and the builtins print and println.
var Printing = Rule{
	Name: "printing",
	Doc:  "no addresses in text",
	check: func(p *pass) {
		p.each(func(n ast.Node, _ []ast.Node) {
			switch n := n.(type) {
			case *ast.BasicLit:
				if value := p.info.Types[n].Value; value != nil && value.Kind() == constant.String && hasPointerVerb(constant.StringVal(value)) {
					p.complain(n.Pos(), "%%p prints an address, which differs from run to run. Print a name or a number")
				}
			case *ast.CallExpr:
				p.printed(n)
			}
		})
	},
}

var pointerVerb = regexp.MustCompile(`%[-+# 0-9.\[\]*]*p`)

func hasPointerVerb(text string) bool {
	return pointerVerb.MatchString(strings.ReplaceAll(text, "%%", ""))
}

func (p *pass) printed(call *ast.CallExpr) {
	pkg, name := p.function(call)
	if pkg == "" && (name == "print" || name == "println") {
		p.complain(call.Pos(), "%s writes to standard error, and addresses of what it is given. Return text", name)
	}
	if pkg != "fmt" {
		return
	}
	for _, arg := range call.Args {
		if t := p.typeOf(arg); showsAddress(t, true) {
			p.complain(arg.Pos(), "fmt.%s prints an address of %s, which differs from run to run. Print a name or a "+
				"number, or give the type a method String", name, types.TypeString(t, types.RelativeTo(p.types)))
		}
	}
}

// showsAddress says whether package fmt prints a value of a type as an address. It follows pointers at the top only,
// and prints what is in a composite value.
func showsAddress(t types.Type, top bool) bool {
	if printsItself(t) {
		return false
	}
	switch under := t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		return true
	case *types.Basic:
		return under.Kind() == types.UnsafePointer
	case *types.Pointer:
		return !top || !composite(under.Elem()) || showsAddress(under.Elem(), false)
	case *types.Slice:
		return showsAddress(under.Elem(), false)
	case *types.Array:
		return showsAddress(under.Elem(), false)
	case *types.Map:
		return showsAddress(under.Key(), false) || showsAddress(under.Elem(), false)
	case *types.Struct:
		for field := range under.Fields() {
			if showsAddress(field.Type(), false) {
				return true
			}
		}
	}
	return false
}

func composite(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array, *types.Slice, *types.Map:
		return true
	}
	return false
}

// printsItself says whether a type has a method that package fmt calls to print it.
func printsItself(t types.Type) bool {
	methods := types.NewMethodSet(t)
	for _, name := range []string{"Error", "String", "Format"} {
		if methods.Lookup(nil, name) != nil {
			return true
		}
	}
	return false
}
