package lint

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
)

// StandardLibrary forbids imports of packages of the standard library other than those listed.
func StandardLibrary(allowed ...string) Rule {
	return Rule{
		Name: "standard library",
		Doc:  "no packages of the standard library but " + strings.Join(allowed, ", "),
		check: func(p *pass) {
			for _, file := range p.Files {
				for _, spec := range file.Imports {
					name := importPath(spec)
					if standard(name, p.module) && !slices.Contains(allowed, name) {
						p.complain(spec.Pos(), "package %s: %s", name, instead(name))
					}
				}
			}
		},
	}
}

func importPath(spec *ast.ImportSpec) string {
	name, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		panic("an import path that parsed does not unquote: " + spec.Path.Value)
	}
	return name
}

// standard says whether a package is of the standard library: those of other modules have a dot in their first
// element.
func standard(name string, m *Module) bool {
	first, _, _ := strings.Cut(name, "/")
	return !strings.Contains(first, ".") && first != m.Path
}

// instead says what is wrong with a package and what to use.
func instead(name string) string {
	switch first, _, _ := strings.Cut(name, "/"); {
	case name == "time":
		return "the wall clock differs from run to run. Virtual time is int64 nanoseconds, from Env or the kernel"
	case strings.HasPrefix(name, "math/rand") || name == "crypto/rand":
		return "its numbers come from a counted stream or from outside. Draws are keyed by cause: see sim/rng"
	case first == "sync" || name == "context":
		return "a world is one loop in one goroutine, there is nothing to synchronise"
	case name == "unsafe" || name == "reflect" || first == "runtime" || name == "unique" || name == "weak" || name == "C":
		return "it shows addresses, layouts or the garbage collector, which differ between machines and runs"
	case first == "os" || first == "net" || name == "syscall" || first == "log":
		return "the machine outside must not be seen. Hand in what is needed as data, or an io.Reader or io.Writer"
	case name == "hash/maphash":
		return "its seed differs from run to run. Use rng.Hash or rng.Mix"
	}
	return "it is not on the list of packages that give the same answers everywhere. If it does, add it to the list " +
		"in architecture_test.go"
}
