package sim

import (
	"math/bits"
	"slices"

	"dynamosim/sim/rng"
)

// Rule is a fault of the network while it is added: it concerns the messages
// sent from a process of From to one of To. What it draws depends on its name,
// so rules neither shift each other's draws nor those of the network.
type Rule struct {
	Name     string
	From, To Set // nil = all; not to be changed while the rule is active

	Cut         bool       // messages vanish; with CutInFlight those under way too
	Loss        rng.Chance // messages vanish
	Duplicate   rng.Chance // a copy arrives, Lag later than its own latency
	Lag         *rng.Dist
	Reorder     rng.Chance // messages are set back by Gap
	Gap         int64      // ns
	Corrupt     rng.Chance // messages arrive damaged and are thrown away
	Delay       *rng.Dist  // added to the latency
	Correlation rng.Chance // of Loss and Delay: what the message before on the link met, this one meets
	Bandwidth   int64      // bytes/s of each link; 0 = no limit
	Buffer      int64      // bytes that may wait for a link; 0 = no limit
	Hold        bool       // messages are held until the rule is removed, then travel

	Effects int64 // messages that were really touched; counted by the System
}

// rules are the active rules by number.
type rules struct {
	active int
	list   []*activeRule // nil = free
	links  linkSets
}

type activeRule struct {
	*Rule
	hash   uint64
	held   list                  // messages, if Hold
	free   map[uint64]int64      // by link: when its transmitter is free; only looked up
	memory map[uint64]linkMemory // by link, if there is a Correlation; only looked up
}

func newActiveRule(rule *Rule) *activeRule {
	a := &activeRule{Rule: rule, hash: rng.Hash(rule.Name), held: emptyList()}
	if rule.Correlation != rng.Never {
		a.memory = make(map[uint64]linkMemory)
	}
	if rule.Bandwidth > 0 {
		a.free = make(map[uint64]int64)
	}
	return a
}

func (r *rules) reset() {
	clear(r.list)
	r.active, r.list = 0, r.list[:0]
	r.links.reset()
}

// add activates a rule under the lowest free number.
func (r *rules) add(rule *activeRule) {
	i := slices.Index(r.list, nil)
	if i < 0 {
		i = len(r.list)
		r.list = append(r.list, nil)
	}
	r.list[i] = rule
	r.active++
	r.links.set(i, rule.From, rule.To)
}

// remove ends a rule and returns what was kept for it, nil if it is not active.
func (r *rules) remove(rule *Rule) *activeRule {
	for i, a := range r.list {
		if a != nil && a.Rule == rule {
			r.list[i] = nil
			r.active--
			r.links.set(i, Set{}, Set{})
			return a
		}
	}
	return nil
}

// applyRules lets the rules of its link do to a message what they do.
func (c *core) applyRules(f *flight) {
	r := &c.network.rules
	for w := range r.links.words {
		for m := r.links.match(f.from, f.to, w); m != 0; m &= m - 1 {
			c.applyRule(f, r.list[w*64+bits.TrailingZeros64(m)])
		}
	}
}

func (c *core) applyRule(f *flight, r *activeRule) {
	touched := false
	switch {
	case r.Cut:
		f.fate, touched = FateCut, true
	case f.fate != 0:
		return
	case c.loses(f, r):
		f.fate, touched = FateLost, true
	default:
		touched = c.disturb(f, r)
	}
	if touched {
		r.Effects++
	}
}

// disturb does to a message what leaves it on its way.
func (c *core) disturb(f *flight, r *activeRule) (touched bool) {
	if r.Bandwidth > 0 {
		touched = c.throttle(f, r) || touched
		if f.fate != 0 {
			return true
		}
	}
	if r.Delay != nil {
		d := c.delays(f, r)
		f.latency = saturate(f.latency, d)
		if d > 0 {
			c.counters.Delayed++
			touched = true
		}
	}
	if c.hit(f, r.Reorder, rng.Mix(drawReorder, r.hash)) {
		f.latency = saturate(f.latency, r.Gap)
		c.counters.Reordered++
		touched = true
	}
	if c.hit(f, r.Corrupt, rng.Mix(drawCorrupt, r.hash)) {
		f.flags |= flagCorrupt
		touched = true
	}
	if c.hit(f, r.Duplicate, rng.Mix(drawDuplicate, r.hash)) {
		f.copies++
		f.lag = max(f.lag, r.Lag.Sample(c.draw(f, rng.Mix(drawLag, r.hash))))
		touched = true
	}
	if r.Hold && f.clog == nil {
		f.clog, touched = r, true
		c.counters.Clogged++
	}
	return touched
}

// throttle queues a message at the rule's bandwidth on its link.
func (c *core) throttle(f *flight, r *activeRule) (touched bool) {
	key := linkKey(f.from, f.to)
	free := r.free[key]
	wait, ok := transmit(&free, c.now, f.size, r.Bandwidth, r.Buffer)
	if !ok {
		f.fate = FateOverflow
		return true
	}
	r.free[key] = free
	f.latency = saturate(f.latency, wait)
	return wait > 0
}
