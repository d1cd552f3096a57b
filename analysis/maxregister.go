package analysis

import (
	"slices"
)

// The exact test of a max-register, which is what last-write-wins promises if
// timestamps are taken as they are: the state is the version with the largest
// stamp so far. O(n log n).
//
// For a version x let f(x) be the least end among its put and the gets that
// returned it. A get g of x is right if and only if the put of x began before
// g ended, and no version with a larger stamp has f below the begin of g and
// of x's put, whichever is later.

// maxTest judges calls whose writes are ordered by rank.
type maxTest struct {
	f     []int32 // by call: least end of the version's put and gets
	fBy   []int32 // call that attains it
	order []int32 // writes by falling rank
	above []int32 // by call: among writes of larger rank, the one with the least f, or -1
}

// overtaken is a violation: get returned a version although by, of a larger
// stamp, was certain to be there.
type overtaken struct{ get, by, shownBy int32 }

// run tests the calls; later orders writes by stamp. Gets without a version
// are taken to have seen the initial state. It returns the first violation in
// the order of calls.
func (t *maxTest) run(calls []call, later func(a, b int32) bool) (overtaken, bool) {
	t.gather(calls, later)
	least := t.leastOf()
	for i := range calls {
		c := &calls[i]
		if c.writes {
			continue
		}
		by, since := least, c.begin
		if len(c.set) > 0 {
			by, since = t.above[c.set[0]], max(c.begin, calls[c.set[0]].begin)
		}
		if by >= 0 && t.f[by] < since {
			return overtaken{get: int32(i), by: by, shownBy: t.fBy[by]}, true
		}
	}
	return overtaken{}, false
}

func (t *maxTest) gather(calls []call, later func(a, b int32) bool) {
	n := len(calls)
	t.f = slices.Grow(t.f[:0], n)[:n]
	t.fBy = slices.Grow(t.fBy[:0], n)[:n]
	t.above = slices.Grow(t.above[:0], n)[:n]
	t.order = t.order[:0]
	for i := range calls {
		t.f[i], t.fBy[i], t.above[i] = calls[i].end, int32(i), -1
		if calls[i].writes {
			t.order = append(t.order, int32(i))
		}
	}
	for i := range calls {
		// Equal if the write is unknown: then the get shows it.
		if c := &calls[i]; !c.writes && len(c.set) > 0 && c.end <= t.f[c.set[0]] {
			t.f[c.set[0]], t.fBy[c.set[0]] = c.end, int32(i)
		}
	}
	slices.SortFunc(t.order, func(a, b int32) int {
		if later(a, b) {
			return -1
		}
		return 1
	})
	least := int32(-1)
	for _, w := range t.order {
		t.above[w] = least
		if least < 0 || t.f[w] < t.f[least] {
			least = w
		}
	}
}

// leastOf returns the write with the least f of all, or -1.
func (t *maxTest) leastOf() int32 {
	least := int32(-1)
	for _, w := range t.order {
		if least < 0 || t.f[w] < t.f[least] {
			least = w
		}
	}
	return least
}
