package lint

import (
	"fmt"
	"go/ast"
	"path"
	"strings"
)

// CheckIntroductions complains of packages that do not begin with a doc comment in a file doc.go, and of those that a
// map of the module, a text, does not name in a line of its own.
func (m *Module) CheckIntroductions(text string) []Complaint {
	var all []Complaint
	for _, p := range m.Packages {
		if len(p.Files) == 0 {
			continue
		}
		complain := func(at ast.Node, format string, args ...any) {
			all = append(all, Complaint{m.fset.Position(at.Pos()), "introduction", fmt.Sprintf(format, args...)})
		}
		introduced := false
		for _, file := range p.Files {
			introduced = introduced || file.Doc != nil && path.Base(file.Name) == "doc.go"
		}
		first := p.Files[0].File.Name
		if !introduced {
			complain(first, "package %s has no doc.go with a comment that says what it is, what it promises and where to "+
				"start reading. Write one", p.Folder)
		}
		if p.Folder != "." && !names(text, p.Folder) {
			complain(first, "package %s is not on the map of the module in doc.go at its root. Add a line", p.Folder)
		}
	}
	return sorted(all)
}

// names says whether a line of a text begins with a name.
func names(text, name string) bool {
	for line := range strings.Lines(text) {
		if words := strings.Fields(strings.TrimLeft(line, "/ \t")); len(words) > 1 && words[0] == name {
			return true
		}
	}
	return false
}
