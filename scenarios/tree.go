package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Limits of the text. They keep the time and the memory of reading it small,
// whatever it holds.
const (
	MaxScenario = 256 << 10 // bytes of a scenario
	MaxPlan     = 16 << 20  // bytes of a plan
	maxDepth    = 32        // nesting of maps and lists
	maxExpanded = 20_000    // values that aliases stand for, in all
	maxItems    = 10_000    // items of a list, and keys of a map, of a scenario
)

// setSource is the file name of what --set brought in.
const setSource = "--set"

// source is a text with its name, for messages.
type source struct {
	name  string
	lines []string
}

// newSource splits a text into lines.
func newSource(name string, text []byte) *source {
	return &source{name, strings.Split(string(text), "\n")}
}

// line returns a line, counted from 1, without its end.
func (s *source) line(number int) string {
	if number < 1 || number > len(s.lines) {
		return ""
	}
	return strings.TrimRight(s.lines[number-1], "\r")
}

// problem returns a diagnostic about a place in the text.
func (s *source) problem(line, column int, hint, format string, args ...any) Diagnostic {
	return Diagnostic{Severity: Error, File: s.name, Line: line, Column: column,
		Message: printable(fmt.Sprintf(format, args...)), Hint: printable(hint), Source: printable(s.line(line))}
}

// printable replaces what would disturb a terminal.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if hidden(r) && r != '\t' {
			return '?'
		}
		return r
	}, line)
}

// parse turns a text into a tree: checks of the bytes, of the YAML, and of
// what the tree is made of. The tree has no aliases left.
func parse(src *source, text []byte) (*yaml.Node, []Diagnostic) {
	text, bad := scan(src, text)
	if bad != nil {
		return nil, []Diagnostic{*bad}
	}
	doc, bad := parseOne(src, text)
	if bad != nil {
		return nil, []Diagnostic{*bad}
	}
	w := &treeWalk{src: src, isPlan: looksLikePlan(text)}
	root := w.walk(doc.Content[0], 1)
	if len(w.list) > maxKept {
		w.list = w.list[:maxKept]
	}
	return root, w.list
}

// looksLikePlan tells whether a text may be as large as a plan: it has the
// header of one.
func looksLikePlan(text []byte) bool {
	return bytes.HasPrefix(text, []byte("plan:")) || bytes.Contains(text[:min(len(text), 4096)], []byte("\nplan:"))
}

func sizeLimit(text []byte) int {
	if looksLikePlan(text) {
		return MaxPlan
	}
	return MaxScenario
}

// scan checks the bytes: size, byte order mark, encoding, control characters.
func scan(src *source, text []byte) ([]byte, *Diagnostic) {
	if limit := sizeLimit(text); len(text) > limit {
		p := Diagnostic{Severity: Error, File: src.name, Message: fmt.Sprintf("larger than %d KB", limit>>10)}
		return nil, &p
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		p := src.problem(1, 1, "save it as UTF-8", "the text is UTF-16 or UTF-32")
		p.Source = ""
		return nil, &p
	}
	line, column := 1, 1
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if message := badRune(r, size); message != "" {
			p := src.problem(line, column, "", "%s", message)
			return nil, &p
		}
		if column++; r == '\n' {
			line, column = line+1, 1
		}
		i += size
	}
	return text, nil
}

// badRune says what is wrong about a character, "" for nothing.
func badRune(r rune, size int) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return "not UTF-8"
	case r == 0:
		return "a NUL byte"
	case r == '\n' || r == '\t' || r == '\r':
		return ""
	case r < 0x20 || r >= 0x7f && r < 0xa0:
		return fmt.Sprintf("the control character %U", r)
	case hidden(r):
		return fmt.Sprintf("the invisible character %U", r)
	}
	return ""
}

// parseOne runs the library: exactly one document, not empty.
func parseOne(src *source, text []byte) (doc *yaml.Node, bad *Diagnostic) {
	defer func() {
		if r := recover(); r != nil {
			p := src.problem(1, 0, "", "the YAML library failed: %v", r)
			bad = &p
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	doc = new(yaml.Node)
	if err := decoder.Decode(doc); err != nil {
		return nil, syntaxError(src, err)
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		p := src.problem(max(second.Line, 1), max(second.Column, 1), "one scenario a file", "a second document begins here")
		return nil, &p
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxError(src, err)
	}
	if len(doc.Content) != 1 || isNull(doc.Content[0]) {
		p := src.problem(1, 0, "it begins with version: 1", "the scenario is empty")
		return nil, &p
	}
	return doc, nil
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// syntaxError turns an error of the library into a diagnostic. The library
// names a line at best, sometimes the one before.
func syntaxError(src *source, err error) *Diagnostic {
	if errors.Is(err, io.EOF) {
		p := src.problem(1, 0, "it begins with version: 1", "the scenario is empty")
		return &p
	}
	line, message := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = strings.TrimPrefix(err.Error(), m[0])
	}
	hint := ""
	if next := src.line(line + 1); next != "" {
		hint = "or on the next line: " + printable(cut(next, maxWidth))
	}
	p := src.problem(line, 0, hint, "not YAML: %s", message)
	return &p
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// treeWalk checks what a tree is made of and puts copies in place of aliases.
type treeWalk struct {
	src      *source
	isPlan   bool         // lists may be longer
	expanded int          // values copied for aliases
	deep     bool         // nesting was reported
	bomb     bool         // maxExpanded was reported
	aliases  []*yaml.Node // being followed
	list     []Diagnostic
}

func (w *treeWalk) fail(n *yaml.Node, hint, format string, args ...any) {
	w.list = append(w.list, w.src.problem(n.Line, n.Column, hint, format, args...))
}

// walk checks the tree below n and returns it without aliases.
func (w *treeWalk) walk(n *yaml.Node, depth int) *yaml.Node {
	switch {
	case depth > maxDepth:
		if !w.deep {
			w.fail(n, "", "nested more than %d deep", maxDepth)
		}
		w.deep = true
		return n
	case n.Kind == yaml.AliasNode:
		return w.follow(n, depth)
	case n.Style&yaml.TaggedStyle != 0:
		w.fail(n, "leave it out", "the tag %s is not allowed", quote(n.Tag))
	case len(n.Content) > maxItems && !w.isPlan:
		w.fail(n, "", "more than %d items", maxItems)
		return n
	case n.Kind == yaml.MappingNode:
		w.keys(n)
	}
	for i, child := range n.Content {
		n.Content[i] = w.walk(child, depth+1)
	}
	return n
}

// follow returns a copy of what an alias stands for. The copy keeps the place
// of the original, where a mistake in it has to be put right.
func (w *treeWalk) follow(n *yaml.Node, depth int) *yaml.Node {
	for _, a := range w.aliases {
		if a == n.Alias {
			w.fail(n, "", "the alias *%s contains itself", n.Value)
			return n
		}
	}
	w.aliases = append(w.aliases, n.Alias)
	defer func() { w.aliases = w.aliases[:len(w.aliases)-1] }()
	return w.copy(n.Alias, n, depth)
}

// copy copies a tree that an alias stands for.
func (w *treeWalk) copy(n, alias *yaml.Node, depth int) *yaml.Node {
	if w.expanded += 1 + len(n.Content); w.expanded > maxExpanded {
		if !w.bomb {
			w.bomb = true
			w.fail(alias, "", "aliases stand for more than %d values", maxExpanded)
		}
		return n
	}
	if n.Kind == yaml.AliasNode {
		return w.follow(n, depth)
	}
	c := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Style: n.Style, Line: n.Line, Column: n.Column}
	for _, child := range n.Content {
		c.Content = append(c.Content, w.copy(child, alias, depth+1))
	}
	if depth > maxDepth && !w.deep {
		w.deep = true
		w.fail(alias, "", "nested more than %d deep", maxDepth)
	}
	return c
}

// keys checks the keys of a map: scalars, no merge keys, none twice.
func (w *treeWalk) keys(n *yaml.Node) {
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		switch first := seen[k.Value]; {
		case k.Kind != yaml.ScalarNode:
			w.fail(k, "", "a key must be a word")
		case k.Tag == "!!merge":
			w.fail(k, "use base, or an alias as the value", "merge keys are not allowed")
		case k.Value == "":
			w.fail(k, "", "a key must not be empty")
		case first != nil:
			w.fail(k, fmt.Sprintf("first on line %d, column %d", first.Line, first.Column), "key %s twice", quote(k.Value))
		default:
			seen[k.Value] = k
		}
	}
}
