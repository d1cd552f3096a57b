package lint

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// Table says which package may import what.
type Table []Row

// Row is what one package, or each of several, may import besides the standard library. Folders are relative to the
// module; one that ends in "/..." stands for all below it too.
type Row struct {
	Packages []string // folders
	Ours     []string // folders of this module
	Others   []string // packages of other modules, a path that ends in "/..." standing for all below it too
	Because  string   // why not more
}

// CheckImports compares the imports of all packages, tests apart, with a table. A package without a row is a
// complaint.
func (m *Module) CheckImports(table Table) []Complaint {
	var all []Complaint
	for _, p := range m.Packages {
		if len(p.Files) == 0 {
			continue
		}
		row := table.row(p.Folder)
		if row == nil {
			all = append(all, m.importComplaint(p.Files[0].File.Name, "package %s has no row in the import table. "+
				"Decide where it belongs, and add a row to the table in architecture_test.go", p.Folder))
			continue
		}
		for _, file := range p.Files {
			for _, spec := range file.Imports {
				if why := m.wrongImport(p.Folder, importPath(spec), row); why != "" {
					all = append(all, m.importComplaint(spec, "%s", why))
				}
			}
		}
	}
	return sorted(all)
}

func (m *Module) importComplaint(at ast.Node, format string, args ...any) Complaint {
	return Complaint{m.fset.Position(at.Pos()), "import", fmt.Sprintf(format, args...)}
}

func (t Table) row(folder string) *Row {
	for i := range t {
		if within(t[i].Packages, folder) {
			return &t[i]
		}
	}
	return nil
}

// wrongImport says what is wrong with an import and what to do, or "".
func (m *Module) wrongImport(folder, name string, row *Row) string {
	ours, isOurs := strings.CutPrefix(name, m.Path+"/")
	switch {
	case isOurs && !within(row.Ours, ours):
		return fmt.Sprintf("%s must not import %s, only %s: %s. Move the code to a package that may, or hand in what is "+
			"needed as data or an interface", folder, ours, list(row.Ours), row.Because)
	case !isOurs && !standard(name, m) && !within(row.Others, name):
		return fmt.Sprintf("%s must not import %s; of other modules it may import %s. Use the standard library, or move the "+
			"code to a package that may", folder, name, list(row.Others))
	}
	return ""
}

func within(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, name) })
}

func list(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}
