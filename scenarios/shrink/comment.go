package shrink

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// comment writes the plan with comments that say what became of the failure when each part was taken away.
func (s *search) comment(t *tree, final *Trial) []byte {
	for i, o := range t.list("operations") {
		annotate(o, s.without(change{"", func(t *tree) bool { takeOperations(t, i, i+1); return true }}))
	}
	for i, f := range t.list("faults") {
		annotate(f, s.without(change{"", func(t *tree) bool { t.setList("faults", slices.Delete(t.list("faults"), i, i+1)); return true }}))
	}
	var head strings.Builder
	fmt.Fprintf(&head, "# %s\n", s.Title)
	for line := range strings.SplitSeq(final.Outcome, "\n") {
		fmt.Fprintf(&head, "#   %s\n", line)
	}
	if needed := s.needed(); len(needed) > 0 {
		fmt.Fprintf(&head, "# What else it takes:\n")
		for _, line := range needed {
			fmt.Fprintf(&head, "#   %s\n", line)
		}
	}
	return append([]byte(head.String()), t.text()...)
}

// without is what becomes of the failure by a change, "" where the search was stopped.
func (s *search) without(c change) string {
	if s.stopped() {
		return ""
	}
	s.exact, s.backwards = true, true
	defer func() { s.exact, s.backwards = false, false }()
	trial := s.try(c)
	if trial.Fails || trial.Plan == nil {
		return "" // it was chosen and is not needed, or there is no scenario without it
	}
	return firstLine(trial.Outcome)
}

// needed says what becomes of the failure without settings, nodes and mechanisms.
func (s *search) needed() (lines []string) {
	add := func(what string, c change) {
		if out := s.without(c); out != "" {
			lines = append(lines, what+": "+out)
		}
	}
	all := parseTree(s.trial.Plan.YAMLAll())
	for _, path := range switches() {
		if isOn(all, path) {
			add("with "+strings.ReplaceAll(pathText(path[1:]), "_", " ")+" off", switchOff(path))
		}
	}
	for _, c := range s.settings() {
		add(c.what, c)
	}
	return lines
}

// annotate says above an item what becomes of the failure without it.
func annotate(n *yaml.Node, without string) {
	if without != "" {
		n.HeadComment = "without it: " + without
	}
}

func firstLine(s string) string { line, _, _ := strings.Cut(s, "\n"); return line }
