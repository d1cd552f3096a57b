package lab

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// InspectParts are the parts of the state that InspectPart shows.
func InspectParts() []string { return []string{"ring", "hints", "trees", "queues"} }

// PartView is a part of the state at a moment, as a table.
type PartView struct {
	Part  string
	Time  int64 // of the scenario, ns
	Event uint64
	Notes []string // sentences above the table
	Rows  []object // a row each, all with the same members
	none  string   // what is said where there are no rows
}

// InspectPart runs a plan up to a moment, that moment included, and looks at one part of the state: the ring, the hint stores, the Merkle trees
// or the queues; at one node's, or one key's, where they are named and it has a meaning.
func InspectPart(plan *scenarios.Scenario, at scenarios.Duration, part, node, key string, opts RunOptions) (*PartView, error) {
	w, err := runTo(plan, at, node, opts)
	if err != nil {
		return nil, err
	}
	v := &PartView{Part: part, Time: int64(at), Event: w.Events()}
	switch part {
	case "ring":
		return v, v.ring(w, node, key, at)
	case "hints":
		v.hints(w, node, key)
	case "trees":
		v.trees(w, node)
	case "queues":
		v.queues(w, node)
	default:
		return nil, &BadInput{Unknown("part of the state", part, InspectParts())}
	}
	return v, nil
}

func (v *PartView) ring(w *world.World, node, key string, at scenarios.Duration) error {
	r, ok := w.Ring(node, key)
	if !ok {
		return &BadInput{fmt.Sprintf("error: nobody has used a key %q up to %v", Clean(key), at)}
	}
	v.Notes = append(v.Notes, fmt.Sprintf("%s of the ring, %s", counted(int64(r.Ranges), "range", "ranges"), counted(int64(len(r.Members)), "member", "members")))
	if key != "" {
		homes := min(r.N, len(r.Preference))
		note := fmt.Sprintf("%s is at %.6f of the ring; homes %s", Clean(key), r.At, strings.Join(r.Preference[:homes], ", "))
		if rest := r.Preference[homes:]; len(rest) > 0 {
			note += "; then " + strings.Join(rest, ", ")
		}
		v.Notes = append(v.Notes, note)
	}
	for _, m := range r.Members {
		v.Rows = append(v.Rows, object{{"node", m.Node}, {"tokens", m.Tokens}, {"first home of", share(m.Primary)}, {"home of", share(m.Homes)}})
	}
	return nil
}

// share is a part of the key space: a percentage for people, a number for programs.
type share float64

func (x share) String() string { return fmt.Sprintf("%.2f %%", 100*float64(x)) }

// MarshalJSON writes six digits, which are the same everywhere.
func (x share) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(x), 'f', 6, 64), nil
}

func (v *PartView) hints(w *world.World, node, key string) {
	v.none = "no node keeps any hint"
	for _, h := range w.HintStore(node, key) {
		v.Rows = append(v.Rows, object{{"node", h.Node}, {"hint for", h.Home}, {"key", h.Key}, {"versions", strings.Join(h.Versions, "; ")}})
	}
	if n := len(v.Rows); n > 0 {
		v.Notes = append(v.Notes, counted(int64(n), "hint", "hints"))
	}
}

func (v *PartView) trees(w *world.World, node string) {
	rows, equal := w.Trees(node)
	v.none = "no range in which the homes that are up differ"
	v.Notes = append(v.Notes, fmt.Sprintf("%s with equal trees on all homes that are up", counted(int64(equal), "range", "ranges")))
	for _, t := range rows {
		v.Rows = append(v.Rows, object{{"range", t.Range}, {"node", t.Node}, {"keys", t.Keys}, {"root", t.Root},
			{"homes", map[bool]string{true: "equal", false: "differ"}[t.Equal]}})
	}
}

func (v *PartView) queues(w *world.World, node string) {
	for _, q := range w.Queues(node) {
		v.Rows = append(v.Rows, object{{"node", q.Node}, {"serving", q.Serving}, {"waiting", q.Waiting}, {"held", q.Held}, {"disk", q.Disk},
			{"incoming", q.Incoming}, {"open", q.Open}})
	}
}

// Text writes the table for people.
func (v *PartView) Text(w io.Writer, width int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%v, after event %d\n", scenarios.Duration(v.Time), v.Event)
	for _, note := range v.Notes {
		b.WriteString(note + "\n")
	}
	b.WriteByte('\n')
	t := table{indent: "  ", gap: "   "}
	for i, row := range v.Rows {
		titles, cells := make([]cell, len(row)), make([]cell, len(row))
		for k, m := range row {
			titles[k], cells[k] = plainCell(m.name), plainCell(Clean(fmt.Sprint(m.value)))
		}
		if i == 0 {
			t.add(titles...)
		}
		t.add(cells...)
	}
	if len(v.Rows) == 0 {
		b.WriteString("  " + v.none + "\n")
	}
	for _, line := range t.lines(max(width, defaultWidth)) {
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// JSON writes it for programs.
func (v *PartView) JSON() []byte {
	rows := []object{}
	for _, row := range v.Rows {
		o := object{}
		for _, m := range row {
			o.add(strings.ReplaceAll(m.name, " ", "_"), m.value)
		}
		rows = append(rows, o)
	}
	o := object{{"format", ResultFormat}, {"at_ns", v.Time}, {"event", v.Event}, {"part", v.Part}, {"notes", listOrEmpty(v.Notes)}, {"rows", rows}}
	return o.pretty()
}
