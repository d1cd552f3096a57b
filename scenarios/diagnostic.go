package scenarios

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// Severity tells what a diagnostic means for the scenario.
type Severity uint8

// The values of Severity.
const (
	Error   Severity = iota // the scenario cannot be run
	Warning                 // it can, but hardly means what it says
	Note                    // worth knowing
)

// String returns the word that Format prints.
func (s Severity) String() string { return [...]string{"error", "warning", "note"}[s] }

// Diagnostic is one thing to say about a scenario, with its place in the text.
type Diagnostic struct {
	Severity Severity
	File     string // file, "@name" of the library, or "--set"
	Line     int    // from 1; 0 if the problem has no place
	Column   int    // from 1, in characters; 0 if unknown
	Path     string // of the value, such as cluster.n; may be ""
	Message  string // what is wrong
	Hint     string // what would be right; may be ""
	Source   string // the line of text, without its end
}

// maxErrors is how many errors are printed in full.
const maxErrors = 20

// maxWidth is how many characters of a source line are printed.
const maxWidth = 120

// Error returns the first line of Format.
func (d Diagnostic) Error() string {
	var b strings.Builder
	b.WriteString(d.File)
	if d.Line > 0 && !d.isOption() {
		fmt.Fprintf(&b, ":%d", d.Line)
		if d.Column > 0 {
			fmt.Fprintf(&b, ":%d", d.Column)
		}
	}
	fmt.Fprintf(&b, ": %s: %s", d.Severity, d.Message)
	return b.String()
}

// isOption tells whether the text is one of the command line, without lines.
func (d *Diagnostic) isOption() bool { return strings.HasPrefix(d.File, "--") }

// Format returns the diagnostic for a person: place and message, the source
// line, and a caret with the hint below it.
func (d Diagnostic) Format() string {
	var b strings.Builder
	b.WriteString(d.Error())
	b.WriteByte('\n')
	number := fmt.Sprintf("%5d", d.Line)
	if d.isOption() {
		number = "     "
	}
	if d.Line > 0 && d.Source != "" {
		line, column := window(d.Source, d.Column)
		fmt.Fprintf(&b, "%s | %s\n", number, line)
		if column > 0 {
			fmt.Fprintf(&b, "      | %s^", indent(line, column))
			if d.Hint != "" {
				b.WriteString(" " + d.Hint)
			}
			b.WriteByte('\n')
			return b.String()
		}
	}
	if d.Hint != "" {
		fmt.Fprintf(&b, "      | %s\n", d.Hint)
	}
	return b.String()
}

// window cuts a long line down to the surroundings of a column.
func window(line string, column int) (string, int) {
	runes := []rune(line)
	if len(runes) <= maxWidth {
		return line, column
	}
	from := max(0, min(column-maxWidth/2, len(runes)-maxWidth))
	return string(runes[from : from+maxWidth]), column - from
}

// indent returns what stands before a column, as blanks; tabs stay tabs.
func indent(line string, column int) string {
	var b strings.Builder
	for i, r := range []rune(line) {
		if i >= column-1 {
			break
		}
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	for n := utf8.RuneCountInString(line); n < column-1; n++ {
		b.WriteByte(' ')
	}
	return b.String()
}

// FormatAll prints diagnostics: warnings and notes first, then up to 20
// errors, and how many more there are.
func FormatAll(list []Diagnostic) string {
	var b strings.Builder
	for _, d := range list {
		if d.Severity != Error {
			b.WriteString(d.Format())
		}
	}
	errors := 0
	for _, d := range list {
		if d.Severity != Error {
			continue
		}
		if errors++; errors <= maxErrors {
			b.WriteString(d.Format())
		}
	}
	if errors > maxErrors {
		fmt.Fprintf(&b, "and %d more\n", errors-maxErrors)
	}
	if errors > 0 {
		fmt.Fprintf(&b, "%s; nothing was run\n", count(errors, "error"))
	}
	return b.String()
}

// count returns "1 error", "2 errors".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// HasErrors tells whether the scenario cannot be run.
func HasErrors(list []Diagnostic) bool {
	for _, d := range list {
		if d.Severity == Error {
			return true
		}
	}
	return false
}

// sortDiagnostics orders by file (main one first), line and column, and drops
// exact repetitions.
func sortDiagnostics(list []Diagnostic, mainFile string) []Diagnostic {
	sort.SliceStable(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		if a.File != b.File {
			return a.File == mainFile || b.File != mainFile && a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	kept := list[:0]
	for i, d := range list {
		if i == 0 || d != list[i-1] {
			kept = append(kept, d)
		}
	}
	return kept
}
