package membership

import "slices"

// Merge returns what two views know together: one of them itself, if it knows all that the other knows.
func Merge(a, b *View) *View {
	if a == b || Covers(a, b) {
		return a
	}
	if Covers(b, a) {
		return b
	}
	merged := make([]Change, 0, len(a.changes)+len(b.changes))
	x, y := a.changes, b.changes
	for len(x) > 0 && len(y) > 0 {
		switch order := x[0].Compare(&y[0]); {
		case order < 0:
			merged, x = append(merged, x[0]), x[1:]
		case order > 0:
			merged, y = append(merged, y[0]), y[1:]
		default:
			merged, x, y = append(merged, x[0]), x[1:], y[1:]
		}
	}
	return of(append(append(merged, x...), y...))
}

// Covers tells whether a knows every change that b knows.
func Covers(a, b *View) bool {
	if len(b.changes) > len(a.changes) {
		return false
	}
	x := a.changes
	for i := range b.changes {
		if len(x) > 0 && x[0].Compare(&b.changes[i]) == 0 { // as most are: both know nearly the same, in one order
			x = x[1:]
			continue
		}
		at, ok := slices.BinarySearchFunc(x, &b.changes[i], func(c Change, d *Change) int { return c.Compare(d) })
		if !ok {
			return false
		}
		x = x[at+1:]
	}
	return true
}

// Beyond returns the changes of a that b does not know, as a view of their own; a itself if b knows none of them.
func Beyond(a, b *View) *View {
	if a == b || a.hash == b.hash {
		return of(nil)
	}
	var beyond []Change
	y := b.changes
	for i := range a.changes {
		if len(y) > 0 && y[0].Compare(&a.changes[i]) == 0 { // as most are: both know nearly the same, in one order
			y = y[1:]
			continue
		}
		at, ok := slices.BinarySearchFunc(y, &a.changes[i], func(c Change, d *Change) int { return c.Compare(d) })
		y = y[at:]
		if !ok {
			beyond = append(beyond, a.changes[i])
		}
	}
	if len(beyond) == len(a.changes) {
		return a
	}
	return of(beyond)
}
