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
// where more came than went, the first of those that stay gives it to the others. A pure function, which all nodes share: while a change spreads, many go
// from the same placement to the same one.
func (s *Shared) Moves(old, now *Placement, n int) []Move {
	l := &s.moved
	for i := range l.last {
		if m := &l.last[i]; m.old == old && m.now == now && m.homes == n {
			return m.moves
		}
	}
	l.next = (l.next + 1) % len(l.last)
	l.last[l.next] = movedBetween{old, now, n, movesBetween(old.Ring, now.Ring, n)}
	return l.last[l.next].moves
}

// moved are the moves that were worked out last.
type moved struct {
	last [32]movedBetween
	next int
}

type movedBetween struct {
	old, now *Placement
	homes    int
	moves    []Move
}

func movesBetween(old, now *ring.Ring, n int) []Move {
	switch {
	case old.Ranges() == 0 || now.Ranges() == 0:
		return nil
	case ring.Alike(old, now):
		return movesOfRanges(old, now, n)
	}
	var moves []Move
	cuts := cutsOf(old, now)
	for i, upto := range cuts {
		after := cuts[(i+len(cuts)-1)%len(cuts)]
		moves = appendMoves(moves, ring.Range{After: after, Upto: upto}, homesAt(old, upto, n), homesAt(now, upto, n))
	}
	return joined(moves)
}

// movesOfRanges are the moves between two rings that have the same ranges.
func movesOfRanges(old, now *ring.Ring, n int) []Move {
	var moves []Move
	for _, i := range ring.Differ(old, now, n) {
		before, later := old.Prefer(int(i), n), now.Prefer(int(i), n)
		moves = appendMoves(moves, now.Range(int(i)), before[:min(n, len(before))], later[:min(n, len(later))])
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

// joined makes one move of neighbouring ranges between the same nodes. The moves are in the order of their ranges.
func joined(moves []Move) []Move {
	var out []Move
	var open, ends []int // of out: those that end where the range before begins, and where the range of now ends
	for i, m := range moves {
		if i > 0 && moves[i-1].Range != m.Range {
			open, ends = ends, open[:0]
		}
		k := slices.IndexFunc(open, func(k int) bool {
			return out[k].Range.Upto == m.Range.After && out[k].Range.After != out[k].Range.Upto && out[k].between(m)
		})
		if k < 0 {
			ends, out = append(ends, len(out)), append(out, m)
			continue
		}
		out[open[k]].Range.Upto = m.Range.Upto
		ends = append(ends, open[k])
	}
	return joinedAcrossZero(out)
}

// between tells whether two moves are between the same nodes.
func (m Move) between(o Move) bool { return m.From == o.From && m.To == o.To && m.Leaves == o.Leaves }

// joinedAcrossZero makes one move of two neighbours, the last of which is one of the first of all.
func joinedAcrossZero(moves []Move) []Move {
	if len(moves) == 0 {
		return nil
	}
	for i := range moves {
		for k := 0; k < len(moves) && moves[k].Range.After == moves[0].Range.After; k++ {
			a, b := &moves[i], moves[k]
			if i != k && a.between(b) && a.Range.Upto == b.Range.After && a.Range.After != b.Range.Upto {
				a.Range.Upto = b.Range.Upto
				return slices.Delete(moves, k, k+1)
			}
		}
	}
	return moves
}
