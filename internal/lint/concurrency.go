package lint

import (
	"go/ast"
	"go/token"
)

// Concurrency forbids goroutines, channels and select: what runs first would depend on the scheduler.
var Concurrency = Rule{
	Name: "concurrency",
	Doc:  "no go, select, channels: what runs first depends on the scheduler",
	check: func(p *pass) {
		p.each(func(n ast.Node, _ []ast.Node) {
			if what := concurrent(n); what != "" {
				p.complain(n.Pos(), "%s makes a run depend on the scheduler. A world is one loop in one goroutine: "+
					"schedule an event instead; run worlds side by side in scenarios/lab", what)
			}
		})
	},
}

func concurrent(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "a goroutine"
	case *ast.SelectStmt:
		return "select"
	case *ast.ChanType:
		return "a channel"
	case *ast.SendStmt:
		return "sending to a channel"
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			return "receiving from a channel"
		}
	}
	return ""
}
