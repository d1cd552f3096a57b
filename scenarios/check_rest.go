package scenarios

import (
	"slices"
	"strings"
)

// checkRest reports what no single value shows to be wrong although some values
// are: all mistakes of a scenario are told at once. What was read with an error
// is left out, and so is every complaint about it, which would only repeat it.
func (d *decoder) checkRest(s *Scenario) {
	found := len(d.list)
	var broken []string
	for _, p := range d.list {
		broken = append(broken, p.Path)
	}
	if slices.ContainsFunc(broken, func(path string) bool {
		return path == "" || within(path, "cluster.nodes") || within(path, "cluster.datacenters")
	}) {
		return // everything else speaks of nodes
	}
	if slices.Contains(broken, "duration") {
		s.Duration = Year // no moment is after the end
	}
	s.Faults = slices.DeleteFunc(s.Faults, func(f Fault) bool { return f.Kind == nil })
	if s.Nemesis != nil {
		s.Nemesis.Faults = slices.DeleteFunc(s.Nemesis.Faults, func(f NemesisFault) bool { return f.Kind == nil })
	}
	d.derive(s)
	d.check(s)
	kept := d.list[:found]
	for _, p := range d.list[found:] {
		if p.Severity == Error && p.Line > 0 && !slices.ContainsFunc(broken, func(path string) bool { return related(p.Path, path) }) {
			kept = append(kept, p)
		}
	}
	d.list = kept
}

// related tells whether two places of a scenario belong together: one lies in
// the other, or both lie in one item of a list.
func related(a, b string) bool {
	return a == "" || within(a, b) || within(b, a) || item(a) != "" && item(a) == item(b)
}

func within(inner, outer string) bool {
	return inner == outer || strings.HasPrefix(inner, outer+".") || strings.HasPrefix(inner, outer+"[")
}

// item returns the item of a top-level list that a path lies in, such as
// faults.cut or state[2]; "" for other paths.
func item(path string) string {
	for _, list := range []string{"workloads", "operations", "state", "faults", "nemesis.faults", "cases"} {
		rest, ok := strings.CutPrefix(path, list)
		if !ok || rest == "" {
			continue
		}
		if end := strings.IndexAny(rest[1:], ".["); end >= 0 {
			rest = rest[:end+1]
		}
		return list + rest
	}
	return ""
}
