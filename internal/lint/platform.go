package lint

import (
	"go/build"
	"go/build/constraint"
	"io"
	"path"
	"strings"
)

// Platform forbids source files that only some platforms or builds compile, and files in other languages: the code
// that runs must be the same everywhere.
var Platform = Rule{
	Name: "platform",
	Doc:  "no files that only some platforms compile",
	check: func(p *pass) {
		for _, file := range p.Files {
			for _, group := range file.Comments {
				for _, comment := range group.List {
					if group.Pos() < file.Package && constraint.IsGoBuild(comment.Text) {
						p.complain(comment.Pos(), "a build constraint makes the code differ between builds. Remove it")
					}
				}
			}
			if bound(path.Base(file.Name)) {
				p.complain(file.Package, "the name of this file binds it to a platform. Rename it")
			}
		}
		for _, name := range p.Alien {
			p.complain(p.Files[0].Package, "%s is not Go, and other platforms would need another one. Write it in Go", name)
		}
	},
}

// bound says whether a file name such as queue_linux.go keeps a file out of the build on other platforms.
func bound(name string) bool {
	for _, platform := range [][2]string{{"linux", "amd64"}, {"windows", "386"}, {"js", "wasm"}} {
		context := build.Context{GOOS: platform[0], GOARCH: platform[1], Compiler: "gc"}
		context.OpenFile = func(string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("package p\n")), nil
		}
		if match, err := context.MatchFile(".", name); err != nil || !match {
			return true
		}
	}
	return false
}
