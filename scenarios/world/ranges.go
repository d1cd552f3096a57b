package world

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dynamosim/dynamo"
	"dynamosim/dynamo/membership"
	"dynamosim/dynamo/ring"
	"dynamosim/scenarios"
)

// fewRanges is up to how many ranges are told one by one; of more, neighbours are told as one.
const fewRanges = 12

// hostedRanges are the ranges that a node stores by its own view, clockwise from zero.
func (w *World) hostedRanges(h *host) []ring.Range {
	r := w.contents(h).Placement().Ring
	var list []ring.Range
	for _, i := range r.Hosted(int32(h.id), w.config.N) {
		list = append(list, r.Range(int(i)))
	}
	return list
}

// joinRanges makes one of neighbours.
func joinRanges(list []ring.Range) []ring.Range {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b ring.Range) int { return a.Upto.Compare(b.Upto) })
	var out []ring.Range
	for _, r := range list {
		if last := len(out) - 1; last >= 0 && out[last].Upto == r.After && out[last].After != out[last].Upto {
			out[last].Upto = r.Upto
			continue
		}
		out = append(out, r)
	}
	if last := len(out) - 1; last > 0 && out[last].Upto == out[0].After { // across zero
		out[0].After = out[last].After
		out = out[:last]
	}
	return out
}

// claimRanges compares the ranges that a node stores with those that the scenario names.
func (w *World) claimRanges(path string, c *scenarios.StateCheck) {
	h := w.hosts[w.plan.Cluster.NodeIndex(c.Node)]
	got := joinRanges(w.hostedRanges(h))
	var want []ring.Range
	for _, text := range c.Ranges {
		r, err := w.rangeNamed(h, text)
		if err != nil {
			w.wants = append(w.wants, Claim{Path: path, Want: rangesText(c.Ranges), Got: err.Error()})
			return
		}
		want = append(want, r)
	}
	w.wants = append(w.wants, Claim{Path: path, Want: rangesText(c.Ranges), Got: rangesText(w.namesOfHosted(h)), OK: slices.Equal(joinRanges(want), got)})
}

func rangesText(list []string) string { return "[" + strings.Join(list, ", ") + "]" }

// rangeNamed finds the range that a scenario means, by a node's view.
func (w *World) rangeNamed(h *host, text string) (r ring.Range, err error) {
	named, err := scenarios.ParseRingRange(text)
	if err != nil {
		return r, err
	}
	if r.After, err = w.placeNamed(h, named.After); err == nil {
		r.Upto, err = w.placeNamed(h, named.Upto)
	}
	return r, err
}

func (w *World) placeNamed(h *host, p scenarios.RingPlace) (ring.Position, error) {
	if p.Node == "" {
		return ring.Position{Hi: uint64(p.At.Chance)}, nil
	}
	id := int32(w.plan.Cluster.NodeIndex(p.Node))
	for _, m := range w.contents(h).View().Members() {
		switch {
		case m.Node != id:
		case len(m.Tokens) == 1:
			return ring.Position(m.Tokens[0]), nil
		default:
			return ring.Position{}, fmt.Errorf("%s has %d tokens", p.Node, len(m.Tokens))
		}
	}
	return ring.Position{}, fmt.Errorf("%s is no member by the view of %s", p.Node, h.name)
}

// namesOfHosted tells which ranges a node stores.
func (w *World) namesOfHosted(h *host) []string {
	list := w.hostedRanges(h)
	if len(list) > fewRanges {
		list = joinRanges(list)
	}
	return w.rangeNames(h, list)
}

// rangeNames writes ranges as scenarios do: their ends are nodes where those have one token, else shares of the ring.
func (w *World) rangeNames(h *host, list []ring.Range) []string {
	view := w.contents(h).View()
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = "(" + w.placeName(view, r.After) + ", " + w.placeName(view, r.Upto) + "]"
	}
	return names
}

func (w *World) placeName(view *membership.View, p ring.Position) string {
	for _, m := range view.Members() {
		if len(m.Tokens) == 1 && ring.Position(m.Tokens[0]) == p {
			return w.nodeName(dynamo.NodeID(m.Node))
		}
	}
	return strconv.FormatFloat(p.Float(), 'g', 6, 64)
}
