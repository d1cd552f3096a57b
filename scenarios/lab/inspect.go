package lab

import (
	"fmt"
	"io"
	"strings"

	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// Inspect runs a plan up to a moment, that moment included, and looks at its nodes: at one alone, and at what they hold of one key, where they
// are named.
func Inspect(plan *scenarios.Scenario, at scenarios.Duration, node, key string, opts RunOptions) (world.Snapshot, error) {
	w, err := runTo(plan, at, node, opts)
	if err != nil {
		return world.Snapshot{}, err
	}
	s, ok := w.Inspect(node, key)
	if !ok {
		return s, &BadInput{fmt.Sprintf("error: nobody has used a key %q up to %v", Clean(key), at)}
	}
	s.Time = int64(at)
	return s, nil
}

// runTo runs a plan up to a moment, that moment included. A node that is named must be one of it.
func runTo(plan *scenarios.Scenario, at scenarios.Duration, node string, opts RunOptions) (*world.World, error) {
	w, err := world.New(plan, world.Options{})
	if err != nil {
		return nil, &BadInput{Text: fmt.Sprintf("%s: error: %v", plan.Name, err)}
	}
	if node != "" && !contains(w.Nodes(), node) {
		return nil, &BadInput{Unknown("node", node, w.Nodes())}
	}
	const stretch = 1e9 // ns, between two looks at the interrupt
	for t := min(0, int64(at)); ; t = min(t+stretch, int64(at)) {
		if opts.Stop != nil && opts.Stop() {
			return nil, ErrInterrupted
		}
		if w.RunUntil(t); t == int64(at) {
			break
		}
	}
	return w, nil
}

func contains(list []string, name string) bool {
	for _, x := range list {
		if x == name {
			return true
		}
	}
	return false
}

// WriteSnapshot writes what an inspection saw, for people.
func WriteSnapshot(w io.Writer, s *world.Snapshot, key string, width int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%v, after event %d\n", scenarios.Duration(s.Time), s.Event)
	if key != "" {
		fmt.Fprintf(&b, "%s belongs on %s\n", Clean(key), strings.Join(s.Homes, ", "))
	}
	b.WriteByte('\n')
	t := table{indent: "  ", gap: "   "}
	if key != "" {
		t.add(plainCell("node"), plainCell("state"), plainCell("versions"))
	} else {
		t.add(plainCell("node"), plainCell("state"), plainCell("keys"), plainCell("ranges"), plainCell("open"), plainCell("hints"), plainCell("suspects"))
	}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if key != "" {
			t.add(plainCell(n.Name), plainCell(stateOf(n)), plainCell(versionsOf(n)))
			continue
		}
		t.add(plainCell(n.Name), plainCell(stateOf(n)), plainCell(fmt.Sprint(n.Keys)), plainCell(fmt.Sprint(n.Ranges)), plainCell(fmt.Sprint(n.Open)),
			plainCell(hintsOf(n)), plainCell(strings.Join(n.Suspects, ", ")))
	}
	for _, line := range t.lines(max(width, defaultWidth)) {
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if key == "" {
		b.WriteString(viewsOf(s))
		b.WriteString(hostedOf(s, max(width, defaultWidth)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func stateOf(n *world.NodeSnapshot) string {
	if n.Doubt != "" {
		return fmt.Sprintf("up, life %d, in doubt of %s", n.Boots, n.Doubt)
	}
	switch {
	case !n.Up:
		return "down"
	case n.Paused:
		return "paused"
	case !n.Serving:
		return "recovering"
	case n.Boots > 1:
		return fmt.Sprintf("up, life %d", n.Boots)
	}
	return "up"
}

func versionsOf(n *world.NodeSnapshot) string {
	var parts []string
	for _, v := range n.Versions {
		text := v.Version + " " + v.Clock
		if v.Tombstone {
			text += " (deleted)"
		}
		if v.Hint != "" {
			text += " hint for " + v.Hint
		}
		parts = append(parts, text)
	}
	if parts == nil {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

func hintsOf(n *world.NodeSnapshot) string {
	var parts []string
	for _, h := range n.Hints {
		parts = append(parts, fmt.Sprintf("%d for %s", h.Count, h.Home))
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// hostedOf lists the ranges of a node that is looked at alone.
func hostedOf(s *world.Snapshot, width int) string {
	if len(s.Nodes) != 1 || s.Nodes[0].Hosted == nil {
		return ""
	}
	var b strings.Builder
	line := "  stores "
	for i, r := range s.Nodes[0].Hosted {
		if i+1 < len(s.Nodes[0].Hosted) {
			r += ","
		}
		if len(line)+len(r)+1 > width && strings.TrimSpace(line) != "stores" {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = "         "
		}
		line += r + " "
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	return b.String()
}

// viewsOf groups the nodes by the members that they know of.
func viewsOf(s *world.Snapshot) string {
	var order []string
	views := map[string][]string{}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if !n.Serving {
			continue
		}
		members := strings.Join(n.Members, ", ")
		if views[members] == nil {
			order = append(order, members)
		}
		views[members] = append(views[members], n.Name)
	}
	if len(order) == 1 {
		return fmt.Sprintf("\n  members by all views: %s\n", order[0])
	}
	var b strings.Builder
	b.WriteByte('\n')
	for _, members := range order {
		fmt.Fprintf(&b, "  members by the view of %s: %s\n", strings.Join(views[members], ", "), members)
	}
	return b.String()
}

// SnapshotJSON is a snapshot for programs.
func SnapshotJSON(s *world.Snapshot, key string) []byte {
	nodes := []object{}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		o := object{
			{"node", n.Name}, {"up", n.Up}, {"serving", n.Serving}, {"paused", n.Paused}, {"boots", n.Boots}, {"keys", n.Keys}, {"ranges", n.Ranges}, {"open", n.Open},
			{"suspects", listOrEmpty(n.Suspects)}, {"members", listOrEmpty(n.Members)},
		}
		if n.Hosted != nil {
			o.add("stores", n.Hosted)
		}
		if n.Doubt != "" {
			o.add("in_doubt_of", n.Doubt)
		}
		hints, versions := []object{}, []object{}
		for _, h := range n.Hints {
			hints = append(hints, object{{"home", h.Home}, {"count", h.Count}})
		}
		for _, v := range n.Versions {
			versions = append(versions, object{{"version", v.Version}, {"clock", v.Clock}, {"tombstone", v.Tombstone}, {"hint_for", v.Hint}})
		}
		o.add("hints", hints)
		if key != "" {
			o.add("versions", versions)
		}
		nodes = append(nodes, o)
	}
	o := object{{"format", ResultFormat}, {"at_ns", s.Time}, {"event", s.Event}}
	if key != "" {
		o.add("key", key)
		o.add("homes", s.Homes)
	}
	o.add("nodes", nodes)
	return o.pretty()
}
