package lint

import (
	"fmt"
	"go/ast"
	"path"
	"strings"
)

// CheckIntroductions complains of packages that do not begin with a doc comment in a file doc.go. The comment of the
// module's root is its map: every package has a line there that begins with its folder, and every folder with a slash
// that begins an indented line is a package.
func (m *Module) CheckIntroductions() []Complaint {
	var all []Complaint
	complain := func(at ast.Node, format string, args ...any) {
		all = append(all, Complaint{m.fset.Position(at.Pos()), "introduction", fmt.Sprintf(format, args...)})
	}
	lines := map[string]bool{}
	if root := m.Package("."); root != nil && root.introduction() != nil {
		doc := root.introduction()
		for _, folder := range mapped(doc) {
			lines[folder] = true
			if strings.Contains(folder, "/") && m.Package(folder) == nil {
				complain(doc, "the map of the module has a line on %s, where no package is. Remove the line", folder)
			}
		}
	}
	for _, p := range m.Packages {
		if len(p.Files) == 0 {
			continue
		}
		if p.introduction() == nil {
			complain(p.Files[0].File.Name, "package %s has no doc.go with a comment that says what it is, what it promises "+
				"and where to start reading. Write one", p.Folder)
		}
		if p.Folder != "." && !lines[p.Folder] {
			complain(p.Files[0].File.Name, "package %s is not on the map of the module in doc.go at its root. Add a line", p.Folder)
		}
	}
	return sorted(all)
}

// introduction returns the package comment in doc.go, or nil.
func (p *Package) introduction() *ast.CommentGroup {
	for _, file := range p.Files {
		if path.Base(file.Name) == "doc.go" {
			return file.Doc
		}
	}
	return nil
}

// mapped returns the first words of the indented lines of a comment that have more than one word.
func mapped(doc *ast.CommentGroup) []string {
	var all []string
	for _, comment := range doc.List {
		indented, ok := strings.CutPrefix(comment.Text, "//\t")
		if words := strings.Fields(indented); ok && len(words) > 1 {
			all = append(all, words[0])
		}
	}
	return all
}
