package dynamo

import "dynamosim/dynamo/membership"

// While a change spreads (§4.8), one node after the other merges the same two views, and writes the same view to its disk. What the last ones came
// to is kept, so that a change costs a large cluster the work of a few nodes. Views are immutable and equal ones are one object, so an answer holds
// wherever the same objects meet.

// learned is what was found out last, in a ring.
type learned struct {
	merges  [8]mergedViews
	beyonds [8]mergedViews
	next    [2]int
	stored  *membership.View // nil: none
	form    []byte           // in which it is stored
}

// mergedViews are two views and what came of them.
type mergedViews struct{ a, b, result *membership.View }

// merge is membership.Merge.
func (s *Shared) merge(a, b *membership.View) *membership.View {
	return recall(s.learned.merges[:], &s.learned.next[0], a, b, membership.Merge)
}

// beyond is membership.Beyond.
func (s *Shared) beyond(a, b *membership.View) *membership.View {
	return recall(s.learned.beyonds[:], &s.learned.next[1], a, b, membership.Beyond)
}

func recall(list []mergedViews, next *int, a, b *membership.View, find func(a, b *membership.View) *membership.View) *membership.View {
	for i := range list {
		if list[i].a == a && list[i].b == b {
			return list[i].result
		}
	}
	*next = (*next + 1) % len(list)
	list[*next] = mergedViews{a, b, find(a, b)}
	return list[*next].result
}

// appendStored appends the storage form of a view.
func (s *Shared) appendStored(b []byte, v *membership.View) []byte {
	if l := &s.learned; l.stored != v {
		l.stored, l.form = v, s.appendView(l.form[:0], v)
	}
	return append(b, s.learned.form...)
}
