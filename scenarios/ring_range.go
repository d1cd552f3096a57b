package scenarios

import (
	"slices"
	"strings"
)

// RingRange is a range of the ring as a scenario writes it: (a, b], from behind the place of a, to that of b, which belongs to it.
type RingRange struct{ After, Upto RingPlace }

// RingPlace is a place on the ring: that of a node with a single token, or a share of the ring.
type RingPlace struct {
	Node string // "": At
	At   Share
}

// ParseRingRange reads a range such as (f, g] or (0.25, 0.5].
func ParseRingRange(text string) (RingRange, error) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(text), "(")
	inner, closed := strings.CutSuffix(inner, "]")
	after, upto, two := strings.Cut(inner, ",")
	if !ok || !closed || !two {
		return RingRange{}, hinted{"not a range: " + quote(text), `two nodes or shares of the ring, such as "(f, g]" or "(0.25, 0.5]"`}
	}
	var r RingRange
	var err error
	if r.After, err = parseRingPlace(after); err == nil {
		r.Upto, err = parseRingPlace(upto)
	}
	return r, err
}

func parseRingPlace(text string) (p RingPlace, err error) {
	text = strings.TrimSpace(text)
	if checkFormat("name", text) == nil {
		return RingPlace{Node: text}, nil
	}
	if p.At, err = ParseShare(text); err != nil {
		return p, hinted{"no place on the ring: " + quote(text), "a node, or a share of the ring such as 0.25"}
	}
	return p, nil
}

// ranges reports ranges that nobody can store.
func (x *script) ranges(c *StateCheck, path string) {
	if c.Ranges == nil {
		return
	}
	if c.Node == "" {
		x.failAt(path, "add node: ..", "ranges are what a node stores")
	}
	for i, text := range c.Ranges {
		r, err := ParseRingRange(text)
		if err != nil {
			message, hint := unwrapHint(err)
			x.failAt(at(path, i), hint, "%s", message)
			continue
		}
		for _, p := range []RingPlace{r.After, r.Upto} {
			if all := x.s.Cluster.AllNodes(); p.Node != "" && !slices.Contains(all, p.Node) {
				x.failAt(at(path, i), suggest(p.Node, all), "no node %s", quote(p.Node))
			}
		}
	}
}
