package vclock

import (
	"slices"
	"strconv"
	"strings"
)

// Actor identifies one who issues counters: a node, or one life of a node's
// store. The number means nothing beyond being equal or not, and sorting.
type Actor uint64

// Dot names one version of a key: the Counter-th event of Actor, from 1 on. The
// zero Dot names nothing.
type Dot struct {
	Actor   Actor
	Counter uint64
}

// Compare orders dots by actor, then counter: the order of versions in a [Set].
func (d Dot) Compare(e Dot) int {
	switch {
	case d.Actor < e.Actor:
		return -1
	case d.Actor > e.Actor:
		return 1
	case d.Counter < e.Counter:
		return -1
	case d.Counter > e.Counter:
		return 1
	}
	return 0
}

// Entry is one pair of a vector clock: all events of Actor up to Counter. Time is
// when the last of them took place, in nanoseconds of its own node's wall clock;
// only truncation looks at it (§4.4: "the last time the node updated the data
// item").
type Entry struct {
	Actor   Actor
	Counter uint64
	Time    int64
}

// Clock is a vector clock: entries sorted by actor, at most one an actor, no
// counter 0 (a missing actor counts as 0). It is immutable; nil is the empty
// clock, which has seen nothing.
type Clock []Entry

// Order is how two clocks stand to each other.
type Order uint8

// The four outcomes of Compare. Before and After are strict.
const (
	Equal Order = iota
	Before
	After
	Concurrent
)

// String returns the order's name in lower case.
func (o Order) String() string {
	switch o {
	case Equal:
		return "equal"
	case Before:
		return "before"
	case After:
		return "after"
	case Concurrent:
		return "concurrent"
	}
	return "Order(" + strconv.Itoa(int(o)) + ")"
}

// linearUpTo is the length below which scanning a clock beats bisecting it.
const linearUpTo = 12

// find returns where a's entry is, or would be inserted, and whether it is there.
func (c Clock) find(a Actor) (int, bool) {
	lo, hi := 0, len(c)
	for hi-lo > linearUpTo {
		mid := int(uint(lo+hi) >> 1)
		if c[mid].Actor < a {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for lo < len(c) && c[lo].Actor < a {
		lo++
	}
	return lo, lo < len(c) && c[lo].Actor == a
}

// Get returns the counter of actor a, 0 if the clock has none.
func (c Clock) Get(a Actor) uint64 {
	if len(c) > linearUpTo {
		if i, ok := c.find(a); ok {
			return c[i].Counter
		}
		return 0
	}
	for i := range c {
		if e := &c[i]; e.Actor >= a {
			if e.Actor == a {
				return e.Counter
			}
			break
		}
	}
	return 0
}

// Covers reports whether the clock has seen d: its counter for d's actor has
// reached d's.
func (c Clock) Covers(d Dot) bool { return c.Get(d.Actor) >= d.Counter }

// Compare tells how c stands to o: Before if o has seen all that c has seen, and
// more; §4.4: "if the counters on the first object's clock are less-than-or-equal
// to all of the nodes in the second clock, then the first is an ancestor".
func (c Clock) Compare(o Clock) Order {
	cLacks, oLacks, _ := relate(c, o)
	switch {
	case cLacks && oLacks:
		return Concurrent
	case cLacks:
		return Before
	case oLacks:
		return After
	}
	return Equal
}

// Descends reports whether c has seen everything that o has: c is o or a
// descendant of it.
func (c Clock) Descends(o Clock) bool {
	lacks, _, _ := relate(c, o)
	return !lacks
}

// relate compares in one pass: whether x lacks something of y, y something of x,
// and how many actors the two have together.
func relate(x, y Clock) (xLacks, yLacks bool, union int) {
	if same(x, y) {
		return false, false, len(x)
	}
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		p, q := &x[i], &y[j]
		union++
		switch {
		case *p == *q: // nearly always
			i++
			j++
		case p.Actor < q.Actor:
			yLacks = true
			i++
		case p.Actor > q.Actor:
			xLacks = true
			j++
		default:
			yLacks = yLacks || p.Counter > q.Counter
			xLacks = xLacks || p.Counter < q.Counter
			i++
			j++
		}
	}
	yLacks = yLacks || i < len(x)
	xLacks = xLacks || j < len(y)
	return xLacks, yLacks, union + len(x) - i + len(y) - j
}

// same reports whether x and y are one slice in memory, which settles most
// comparisons between replicas at once.
func same(x, y Clock) bool {
	return len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
}

// Format writes the clock as the paper does, [(sx,2),(sy,1)], pairs sorted by
// name. A nil name function prints actors as decimal numbers.
func (c Clock) Format(name func(Actor) string) string {
	if name == nil {
		name = func(a Actor) string { return strconv.FormatUint(uint64(a), 10) }
	}
	pairs := make([]string, len(c))
	for i, e := range c {
		pairs[i] = "(" + name(e.Actor) + "," + strconv.FormatUint(e.Counter, 10) + ")"
	}
	slices.Sort(pairs)
	return "[" + strings.Join(pairs, ",") + "]"
}

// String writes the clock with actors as numbers.
func (c Clock) String() string { return c.Format(nil) }
