package scenarios

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// fail reports an error at a node.
func (d *decoder) fail(n *yaml.Node, path, hint, format string, args ...any) {
	d.report(Error, n, path, hint, fmt.Sprintf(format, args...))
}

// warn reports a warning or a note at a node.
func (d *decoder) warn(s Severity, n *yaml.Node, path, hint, format string, args ...any) {
	d.report(s, n, path, hint, fmt.Sprintf(format, args...))
}

// failAt reports an error at the value of a path, or at the nearest part of
// the path that was written.
func (d *decoder) failAt(path, hint, format string, args ...any) {
	d.report(Error, d.nodeAt(path), path, hint, fmt.Sprintf(format, args...))
}

// warnAt is failAt for warnings and notes.
func (d *decoder) warnAt(s Severity, path, hint, format string, args ...any) {
	d.report(s, d.nodeAt(path), path, hint, fmt.Sprintf(format, args...))
}

// maxKept is how many diagnostics are kept. Whoever walks a list stops there,
// so that a hostile text cannot ask for millions.
const maxKept = 1000

// full tells whether more problems would be dropped.
func (d *decoder) full() bool { return d.failed >= maxKept }

// errors counts the errors so far.
func (d *decoder) errors() int { return d.failed }

// add keeps a diagnostic.
func (d *decoder) add(p Diagnostic) {
	if p.Severity == Error {
		d.failed++
	}
	if len(d.list) < maxKept || p.Severity == Error && d.failed < maxKept {
		d.list = append(d.list, p)
	}
}

func (d *decoder) report(s Severity, n *yaml.Node, path, hint, message string) {
	src := d.main
	if o := d.origin[n]; o != nil {
		src = o
	}
	out := Diagnostic{Severity: s, File: src.name, Path: printable(path), Message: printable(message), Hint: printable(hint)}
	if n != nil {
		out.Line, out.Column = n.Line, n.Column
		out.Source = printable(src.line(n.Line))
	}
	d.add(out)
}

// nodeAt returns the node of a path, or of the nearest part that was written.
func (d *decoder) nodeAt(path string) *yaml.Node {
	for {
		if p, ok := d.places[path]; ok {
			return p.value
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return nil
		}
		path = path[:cut]
	}
}

// given tells whether a path was written in the text.
func (d *decoder) given(path string) bool {
	_, ok := d.places[path]
	return ok
}
