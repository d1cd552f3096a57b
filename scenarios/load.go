package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strconv"
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
	sum := sha256.Sum256(text)
	l := &loading{decoder: d, opts: opts, sha256: hex.EncodeToString(sum[:])}
	s := l.run(root)
	list := sortDiagnostics(l.list, source)
	if HasErrors(list) {
		return nil, list
	}
	return s, list
}

// loading is one call of Load.
type loading struct {
	*decoder
	opts   LoadOptions
	sha256 string
}

// run goes from the tree to the scenario. Each step needs the ones before to
// be clean: problems would only follow from problems.
func (l *loading) run(root *yaml.Node) *Scenario {
	if !l.isMapping(root, "") {
		return nil
	}
	_, isPlan := lookup(root, "plan")
	root = l.withBase(root, ".", []string{l.main.name})
	var plain *yaml.Node // as it is before the options, for cases
	if _, cases := lookup(root, "cases"); cases != nil {
		plain = l.copyTree(root)
	}
	l.applyOptions(root, isPlan != nil)
	if l.errors() > 0 {
		return nil
	}
	s := l.read(root)
	if l.errors() == 0 && l.opts.Case == "" && plain != nil {
		l.tryCases(plain, s)
	}
	if l.errors() > 0 {
		return nil
	}
	return l.finish(s, isPlan != nil)
}

// applyOptions lays the case, the overrides and the seed over the tree.
func (l *loading) applyOptions(root *yaml.Node, isPlan bool) {
	if l.opts.Case != "" {
		l.applyCase(root, l.opts.Case)
	}
	for _, set := range l.opts.Set {
		l.set(root, set)
	}
	switch {
	case l.opts.Seed == nil:
	case isPlan:
		src := newSource("--seed", nil)
		l.fail(l.from(src, &yaml.Node{}), "seed", "give the seed to the scenario it was drawn from", "a plan has its seed already")
	default:
		l.set(root, "seed="+strconv.FormatUint(*l.opts.Seed, 10))
	}
}

// addAll keeps diagnostics.
func (l *loading) addAll(list []Diagnostic) {
	for _, p := range list {
		l.add(p)
	}
}

// read walks the tree and checks what it says as a whole.
func (l *loading) read(root *yaml.Node) *Scenario {
	s := new(Scenario)
	l.scenario = s
	l.seed = ClassSeed(l.peekSeed(root), "plan")
	l.defaults(structOf(s))
	l.structure(root, "", structOf(s))
	if l.errors() > 0 {
		l.checkRest(s)
		return s
	}
	l.applySwarm(s)
	l.derive(s)
	l.check(s)
	return s
}

// peekSeed reads the seed before the walk, which draws from it. What is wrong
// with it is reported by the walk.
func (l *loading) peekSeed(root *yaml.Node) uint64 {
	seed := uint64(1)
	if _, n := lookup(root, "seed"); n != nil && n.Kind == yaml.ScalarNode {
		if u, err := strconv.ParseUint(n.Value, 10, 64); err == nil {
			seed = u
		}
	}
	return seed
}

// finish draws the nemesis and writes the header of the plan.
func (l *loading) finish(s *Scenario, isPlan bool) *Scenario {
	s.Origin = Origin{Source: l.main.name, Base: s.Base, SHA256: l.sha256, IsPlan: isPlan, Case: l.opts.Case, Set: l.opts.Set}
	s.Base = ""
	s.Origin.places = l.positions()
	l.drawSelectors(s)
	s.Origin.Drawn = l.drawn
	if s.Nemesis != nil {
		faults, notes := drawNemesis(s.Nemesis, s, s.Seed)
		s.Faults = append(s.Faults, faults...)
		s.Origin.Notes = notes
		s.Nemesis = nil
		s.Cluster.Joiners = joiners(s)
	}
	if s.Plan == nil {
		s.Plan = &PlanHeader{Of: s.Name, Seed: s.Seed, ScenarioSHA256: l.sha256, Format: Format, Program: l.opts.Program}
	}
	return s
}

// positions returns where top-level keys and their items were written.
func (l *loading) positions() map[string]Position {
	places := map[string]Position{}
	for path, p := range l.places { // order: it fills a map
		if strings.Count(path, ".")+strings.Count(path, "[") > 1 {
			continue
		}
		n, file := p.value, l.main.name
		if p.key != nil {
			n = p.key
		}
		if o := l.origin[n]; o != nil {
			file = o.name
		}
		places[path] = Position{file, n.Line, n.Column}
	}
	return places
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
