package history

import (
	"bytes"
	"cmp"
	"slices"
)

// finish settles what only the whole file tells.
func (rd *reader) finish() *History {
	if rd.resolved {
		resolve := func(v *OpID) {
			if !v.Written() && rd.phantom[-2-*v].known {
				*v = rd.phantom[-2-*v].opID
			}
		}
		rd.h.versions.change(resolve)
		rd.h.ops.change(func(o *Operation) {
			if o.flags>>namesShift == 1 {
				resolve(&o.named[0])
			}
		})
	}
	if len(rd.nodeNames.list) > 0 {
		rd.rankNodes()
	}
	return rd.h
}

// rankNodes numbers the nodes of stamps in the order of their names.
func (rd *reader) rankNodes() {
	h := rd.h
	h.tiebreak = slices.Clone(rd.nodeNames.list)
	slices.SortFunc(h.tiebreak, compareNatural)
	rank := make([]int32, len(h.tiebreak))
	for i, name := range h.tiebreak {
		old, _ := rd.nodeNames.find(name)
		rank[old] = int32(i)
	}
	for i := range h.stamps.n {
		s := h.stamps.at(i)
		s.node = rank[s.node]
		h.stamps.keep(i, s)
	}
	for i := range h.phantoms.stamp {
		if s := &h.phantoms.stamp[i]; s.known {
			s.node = rank[s.node]
		}
	}
}

// compareNatural orders names so that n2 comes before n10: runs of digits
// compare as numbers.
func compareNatural(a, b string) int {
	x, y := []byte(a), []byte(b)
	for len(x) > 0 && len(y) > 0 {
		dx, dy := leadingDigits(x), leadingDigits(y)
		if dx > 0 && dy > 0 {
			nx, ny := bytes.TrimLeft(x[:dx], "0"), bytes.TrimLeft(y[:dy], "0")
			if c := cmp.Or(cmp.Compare(len(nx), len(ny)), bytes.Compare(nx, ny)); c != 0 {
				return c
			}
			x, y = x[dx:], y[dy:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

func leadingDigits(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}
