package scenarios

import (
	"maps"

	"gopkg.in/yaml.v3"
)

// applyCase lays a case over the tree: its overrides, its checks merged over
// the scenario's, its expectations in place of the scenario's.
func (l *loading) applyCase(root *yaml.Node, name string) {
	_, cases := lookup(root, "cases")
	var body *yaml.Node
	if cases != nil {
		_, body = lookup(cases, name)
	}
	if body == nil {
		src := newSource("--case", nil)
		l.fail(l.from(src, &yaml.Node{}), "cases", suggest(name, caseNames(cases)), "no case %s", quote(name))
		return
	}
	l.applyBody(root, body)
}

func (l *loading) applyBody(root, body *yaml.Node) {
	_, set := lookup(body, "set")
	if set != nil && set.Kind == yaml.MappingNode {
		for i := 0; i < len(set.Content); i += 2 {
			l.assign(root, l.caseOverride(set.Content[i], set.Content[i+1]))
		}
	}
	if key, checks := lookup(body, "checks"); checks != nil {
		l.replace(root, key, func(old *yaml.Node) *yaml.Node { return l.merge(old, checks, "checks") })
	}
	if key, expect := lookup(body, "expect"); expect != nil {
		l.replace(root, key, func(*yaml.Node) *yaml.Node { return expect })
	}
}

// caseOverride turns a line of a case's set into an override.
func (l *loading) caseOverride(key, value *yaml.Node) override {
	return override{key.Value, l.copyTree(value), func(offset int) *yaml.Node {
		n := &yaml.Node{Kind: yaml.ScalarNode, Line: key.Line, Column: key.Column + offset}
		if o := l.origin[key]; o != nil {
			l.origin[n] = o
		}
		return n
	}}
}

// replace changes the value of a top-level key, nil if there is none yet.
func (l *loading) replace(root, key *yaml.Node, change func(old *yaml.Node) *yaml.Node) {
	for i := 0; i < len(root.Content); i += 2 {
		if root.Content[i].Value == key.Value {
			root.Content[i+1] = change(root.Content[i+1])
			return
		}
	}
	root.Content = append(root.Content, key, change(nil))
}

func caseNames(cases *yaml.Node) []string {
	if cases == nil || cases.Kind != yaml.MappingNode {
		return nil
	}
	var names []string
	for i := 0; i < len(cases.Content); i += 2 {
		names = append(names, cases.Content[i].Value)
	}
	return names
}

// maxCases bounds the cases of a scenario: each is read when it is loaded.
const maxCases = 100

// tryCases reads the scenario once for each case, so that a mistake in one is
// found before a sweep comes to it. The root is as it was before overrides.
func (l *loading) tryCases(root *yaml.Node, s *Scenario) {
	if len(s.Cases) > maxCases {
		l.failAt("cases", "", "more than %d cases", maxCases)
		return
	}
	for _, c := range s.Cases {
		trial := &loading{decoder: newDecoder(l.vocab, l.main), opts: l.opts}
		trial.fsys, trial.dists, trial.filled = l.fsys, l.dists, l.filled
		maps.Copy(trial.origin, l.origin)
		trial.opts.Case = c.Name
		tree := trial.copyTree(root)
		trial.applyOptions(tree, false)
		if trial.errors() == 0 {
			trial.read(tree)
		}
		for _, p := range trial.list {
			if p.Severity == Error {
				p.Message = "case " + c.Name + ": " + p.Message
				l.add(p)
			}
		}
	}
}
