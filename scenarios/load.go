package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strings"

	"gopkg.in/yaml.v3"
)

// LoadOptions are what the command line adds to a scenario.
type LoadOptions struct {
	Seed    *uint64  // in place of the scenario's; refused for a plan
	Set     []string // path=value overrides, applied in order, after the case
	Case    string   // the case to apply, "" for none
	Program string   // name and version for the header of the plan
}

// Load reads a scenario: it checks the text, merges base, case and overrides,
// draws what is left open from the seed, and returns the scenario with all
// that is to say about it, sorted by position. The scenario is nil if there is
// an error.
//
// source names the text in messages: a file path, "-", or "@name" of the
// library. fsys is the scenario's folder, for base and CSV files; nil refuses
// them.
func Load(source string, text []byte, fsys fs.FS, v Vocabulary, opts LoadOptions) (*Scenario, []Diagnostic) {
	src := newSource(source, text)
	root, problems := parse(src, text)
	if problems != nil {
		return nil, sortDiagnostics(problems, source)
	}
	d := newDecoder(&v, src)
	d.fsys = fsys
	l := &loading{decoder: d, opts: opts, text: text}
	s := l.run(root)
	list := sortDiagnostics(d.list, source)
	if HasErrors(list) {
		return nil, list
	}
	return s, list
}

// loading is one call of Load.
type loading struct {
	*decoder
	opts LoadOptions
	text []byte
}

// run goes from the tree to the scenario.
func (l *loading) run(root *yaml.Node) *Scenario {
	if !l.isMapping(root, "") {
		return nil
	}
	s := new(Scenario)
	l.scenario = s
	l.defaults(structOf(s))
	l.structure(root, "", structOf(s))
	sum := sha256.Sum256(l.text)
	s.Origin = Origin{Source: l.main.name, SHA256: hex.EncodeToString(sum[:]), Drawn: l.drawn}
	return s
}

// reason is an error without what the message says already.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// nameOf derives a scenario's name from its source: the file's name without
// folder and ending.
func nameOf(source string) string {
	name := strings.TrimPrefix(path.Base(source), "@")
	name, _, _ = strings.Cut(name, ".")
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(lowers+digits+"-", r):
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name)
	name = strings.Trim(cut(name, 64), "-")
	if checkFormat("name", name) != nil {
		return "scenario"
	}
	return name
}
