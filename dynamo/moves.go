package dynamo

import (
	"slices"

	"dynamosim/dynamo/ring"
)

// Move is a range of keys that changes hands: From stores it by one placement and To by the next (§4.9).
type Move struct {
	Range    ring.Range
	From, To NodeID
	Leaves   bool // From stores it no longer
}

// Moves are those between two placements with n homes a key, clockwise from zero. A node that no longer stores a range gives it to one that came to;
// where more came than went, the first of those that stay gives it to the others. A pure function, which all nodes share.
func (s *Shared) Moves(old, now *Placement, n int) []Move {
	for i := range s.moved {
		if m := &s.moved[i]; m.old == old && m.now == now {
			return m.moves
		}
	}
	m := movesBetween(old, now, n)
	s.moved = append(s.moved, movedBetween{old, now, m})
	return m
}

type movedBetween struct {
	old, now *Placement
	moves    []Move
}

func movesBetween(old, now *Placement, n int) []Move {
	var moves []Move
	cuts := cutsOf(old.Ring, now.Ring)
	for i, upto := range cuts {
		if old.Ring.Ranges() == 0 || now.Ring.Ranges() == 0 {
			return nil
		}
		after := cuts[(i+len(cuts)-1)%len(cuts)]
		cell := ring.Range{After: after, Upto: upto}
		before, later := homesAt(old.Ring, upto, n), homesAt(now.Ring, upto, n)
		moves = appendMoves(moves, cell, before, later)
	}
	return joined(moves)
}

// cutsOf are the ends of the ranges of two rings, sorted, each once.
func cutsOf(a, b *ring.Ring) []ring.Position {
	var cuts []ring.Position
	for _, r := range []*ring.Ring{a, b} {
		for i := range r.Ranges() {
			cuts = append(cuts, r.Range(i).Upto)
		}
	}
	slices.SortStableFunc(cuts, ring.Position.Compare)
	return slices.Compact(cuts)
}

func homesAt(r *ring.Ring, p ring.Position, n int) []int32 {
	list := r.Prefer(r.RangeOf(p), n)
	return list[:min(n, len(list))]
}

// appendMoves pairs those that go with those that come, in the order of their lists.
func appendMoves(moves []Move, cell ring.Range, before, later []int32) []Move {
	stays := NoNode
	for _, id := range before {
		if stays == NoNode && slices.Contains(later, id) {
			stays = NodeID(id)
		}
	}
	next := 0
	for _, to := range later {
		if slices.Contains(before, to) {
			continue
		}
		for next < len(before) && slices.Contains(later, before[next]) {
			next++
		}
		switch {
		case next < len(before):
			moves = append(moves, Move{cell, NodeID(before[next]), NodeID(to), true})
			next++
		case stays != NoNode:
			moves = append(moves, Move{cell, stays, NodeID(to), false})
		}
	}
	return moves
}

// joined makes one move of neighbouring ranges between the same nodes.
func joined(moves []Move) []Move {
	var out []Move
	for _, m := range moves {
		k := slices.IndexFunc(out, func(o Move) bool {
			return o.Range.Upto == m.Range.After && o.Range.After != o.Range.Upto && o.From == m.From && o.To == m.To && o.Leaves == m.Leaves
		})
		if k >= 0 {
			out[k].Range.Upto = m.Range.Upto
			continue
		}
		out = append(out, m)
	}
	for i := range out { // across zero
		for k := range out {
			a, b := &out[i], &out[k]
			if i != k && a.From == b.From && a.To == b.To && a.Leaves == b.Leaves && a.Range.Upto == b.Range.After && a.Range.After != b.Range.Upto {
				a.Range.Upto = b.Range.Upto
				return append(out[:k:k], out[k+1:]...)
			}
		}
	}
	return out
}
