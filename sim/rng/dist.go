package rng

// Dist is a distribution of durations, compiled once and never changed
// afterwards: methods that seem to change it return another one. A nil Dist is
// the constant 0.
//
// Unless it is Signed, what falls below 0 counts as 0; nothing lies beyond
// ±Limit.
type Dist struct {
	kind  kind
	fixed int64 // constant: the sample

	// A sample is what the family gives, moved by shift, then kept within
	// floor and ceil.
	shift, floor, ceil int64

	base   int64  // constant: the value; uniform: the least value; exponential: the mean
	span   uint64 // uniform: the number of values
	table  *table
	points []point
	parts  []part
}

// kind tells how a Dist is sampled.
type kind uint8

const (
	constant kind = iota
	uniform
	exponential
	tabulated
	empirical
	mixture
)

// newDist completes a distribution as a constructor leaves it: nothing below 0.
func newDist(d Dist) *Dist {
	d.floor, d.ceil = 0, Limit
	return d.settled()
}

// settled returns d with its constant sample brought up to date.
func (d Dist) settled() *Dist {
	if d.kind == constant {
		d.fixed = d.bounded(d.base)
	}
	return &d
}

func (d *Dist) bounded(raw int64) int64 { return min(max(raw+d.shift, d.floor), d.ceil) }

// Sample returns the value, in ns, that belongs to 64 uniform bits. It never
// falls when u rises, except between the parts of a mixture, takes integers
// only and does not allocate.
func (d *Dist) Sample(u uint64) int64 {
	if d == nil {
		return 0
	}
	if d.kind == constant {
		return d.fixed
	}
	return d.sample(u)
}

func (d *Dist) sample(u uint64) int64 {
	if d.kind == tabulated { // most of what is drawn
		return d.bounded(d.table.at(u))
	}
	return d.sampleOther(u)
}

func (d *Dist) sampleOther(u uint64) int64 {
	switch d.kind {
	case exponential:
		return d.bounded(expNs(u, d.base))
	case uniform:
		return d.bounded(d.base + int64(Below(u, d.span)))
	case empirical:
		return d.bounded(interpolate(d.points, u))
	default:
		part, within := choose(d.parts, u)
		return part.Sample(within)
	}
}

// Fixed returns the value of every sample, and whether there is such a value: then
// nothing need be drawn.
func (d *Dist) Fixed() (ns int64, ok bool) {
	if d == nil {
		return 0, true
	}
	return d.fixed, d.kind == constant
}

// IsZero tells whether every sample is 0 for certain.
func (d *Dist) IsZero() bool { return d == nil || d.kind == constant && d.fixed == 0 }

// Plus returns the distribution of d's samples plus ns.
func (d *Dist) Plus(ns int64) *Dist {
	ns = clampNs(ns)
	return d.derived(func(c *Dist) {
		signed := c.floor < 0
		c.shift = clampNs(c.shift + ns)
		c.floor, c.ceil = clampNs(c.floor+ns), clampNs(c.ceil+ns)
		if !signed {
			c.floor, c.ceil = max(c.floor, 0), max(c.ceil, 0)
		}
	})
}

// Capped returns the distribution of d's samples, or max where they are above.
func (d *Dist) Capped(max int64) *Dist {
	limit := clampNs(max)
	return d.derived(func(c *Dist) {
		c.ceil = min(c.ceil, limit)
		if c.floor >= 0 && c.ceil < 0 {
			c.ceil = 0
		}
		c.floor = min(c.floor, c.ceil)
	})
}

// Signed returns d without its rule that what falls below 0 counts as 0.
func (d *Dist) Signed() *Dist {
	return d.derived(func(c *Dist) { c.floor = -Limit })
}

// derived returns a changed copy of d; a mixture changes its parts.
func (d *Dist) derived(change func(*Dist)) *Dist {
	if d == nil {
		d = Constant(0)
	}
	c := *d
	if d.kind == mixture {
		c.parts = make([]part, len(d.parts))
		for i, p := range d.parts {
			c.parts[i] = part{upTo: p.upTo, dist: p.dist.derived(change)}
		}
		return &c
	}
	change(&c)
	return c.settled()
}

func clampNs(ns int64) int64 { return min(max(ns, -Limit), Limit) }
