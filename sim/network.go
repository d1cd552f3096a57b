package sim

import (
	"math"
	"math/bits"

	"dynamosim/sim/rng"
)

// NetworkConfig is how messages travel. Each ordered pair of processes is a
// link; a link has a class by the zones of its ends.
type NetworkConfig struct {
	SameDC  Path // both ends in one zone
	CrossDC Path // ends in different zones
	Client  Path // one end in ClientZone, or both in one zone and one of them a client

	Overrides []Override  // the last that matches a link replaces its class
	Kinds     []*rng.Dist // latency by kind of message; replaces the class's where not nil
	PairExtra *rng.Dist   // latency added for good, drawn once per pair by its names

	CutInFlight bool // a cut also kills the messages under way when it begins
}

// Path is how a class of links behaves.
type Path struct {
	Latency   *rng.Dist
	Add       int64 // ns on top of any latency, that by kind included
	Loss      rng.Chance
	Duplicate rng.Chance // a copy arrives too, with a latency of its own
	Reorder   rng.Chance // the message is set back by Gap, so that later ones overtake it
	Corrupt   rng.Chance // the message arrives damaged and is thrown away there
	Gap       int64      // ns
	Bandwidth int64      // bytes/s of each link; 0 = no limit
	Buffer    int64      // bytes that may wait for the link; 0 = no limit
	InFlight  int        // messages under way on each link, more are dropped; 0 = no limit

	plain bool // of a class: all that happens to a message on the way is its latency, see plan
}

// delays tells whether all that happens to a message on the way is its latency.
func (p *Path) delays() bool {
	return p.Loss|p.Duplicate|p.Reorder|p.Corrupt == rng.Never && p.Bandwidth <= 0 && p.InFlight <= 0
}

// Override replaces the class of some links.
type Override struct {
	From, To Set
	Path     Path
}

// Fate says what became of a message that did not reach its handler. The
// numbers enter the digest and are never reused.
type Fate uint8

// The fates of messages.
const (
	FateLost     Fate = 1 // vanished by loss
	FateCut      Fate = 2 // vanished by a cut
	FateCorrupt  Fate = 3 // arrived damaged
	FateOverflow Fate = 4 // beyond a buffer or an in-flight limit
	FateDown     Fate = 5 // the process was down
	FateDied     Fate = 6 // waited at a process that went down
)

func (f Fate) String() string {
	names := [...]string{"", "lost", "cut", "damaged", "no room", "down", "died waiting"}
	if int(f) >= len(names) {
		return "unknown"
	}
	return names[f]
}

// Purposes of the environment's draws. They enter every draw and are never reused.
const (
	drawLatency   = 1
	drawLoss      = 2
	drawDuplicate = 3
	drawReorder   = 4
	drawCorrupt   = 5
	drawPair      = 6
	drawDelay     = 7
	drawLag       = 8
	drawService   = 9
	drawDisk      = 10
	drawPower     = 11
	drawTear      = 12
	drawGarbage   = 13
	drawTies      = 14
	drawTail      = 15
	drawStrike    = 16
	drawVictim    = 17
	drawRot       = 18
	drawRotBit    = 19
	drawRepeat    = 20
)

// network is the state of the links. No link has any before a limit makes it
// need some.
type network struct {
	NetworkConfig
	overrides linkSets
	links     map[uint64]link // of the classes, by linkKey; only looked up
	rules     rules
	extra     uint64 // seed of the pair extras: a reseed leaves them as they are
	slowed    int    // processes whose network is slow
}

func (n *network) reset(cfg NetworkConfig, seed uint64) {
	n.NetworkConfig, n.extra, n.slowed = cfg, seed, 0
	n.rules.reset()
	n.overrides.reset()
	n.override(cfg.Overrides)
	if n.links == nil {
		n.links = make(map[uint64]link)
	}
	clear(n.links)
}

// plan notes which messages go the short way: those of a class that does nothing
// but delay, while nothing is active but the classes of links and nobody looks on.
func (c *core) plan() {
	n := &c.network
	plain := c.sink == nil && n.rules.active == 0 && n.overrides.words == 0 && n.slowed == 0 && n.PairExtra == nil && len(n.Kinds) == 0
	for _, p := range []*Path{&n.SameDC, &n.CrossDC, &n.Client} {
		p.plain = plain && p.delays()
	}
}

// override replaces the overrides.
func (n *network) override(list []Override) {
	processes := n.overrides.processes
	n.Overrides = list
	n.overrides.reset()
	for i := range list {
		n.overrides.set(i, list[i].From, list[i].To)
	}
	for range processes {
		n.overrides.add()
	}
}

// add makes room for one more process.
func (n *network) add() {
	n.overrides.add()
	n.rules.links.add()
}

// link is the state of a link with a limit.
type link struct {
	free     int64 // when its transmitter is free
	inFlight int32
}

func linkKey(from, to ProcID) uint64 { return uint64(uint32(from))<<32 | uint64(uint32(to)) }

// flight is the way of one message as drawn at its sending.
type flight struct {
	from, to ProcID
	kind     uint8
	size     int64
	lineage  uint64

	latency int64
	fate    Fate // 0 = on its way
	flags   uint8
	copies  int
	lag     int64 // of the copy
	clog    *activeRule
}

// path returns the class of a link.
func (c *core) path(from, to ProcID) *Path {
	n := &c.network
	if n.overrides.words > 0 {
		if i := n.overrides.last(from, to); i >= 0 {
			return &n.Overrides[i].Path
		}
	}
	return n.class(&c.processes[from], &c.processes[to])
}

// class returns the path of a link that has none of its own.
func (n *network) class(a, b *process) *Path {
	switch {
	case a.zone == ClientZone || b.zone == ClientZone:
		return &n.Client
	case a.zone != b.zone:
		return &n.CrossDC
	case a.client || b.client:
		return &n.Client
	}
	return &n.SameDC
}

// draw is the number that a purpose has for a message.
func (c *core) draw(f *flight, purpose uint64) uint64 {
	return rng.Draw2(c.seeds.Environment, purpose, c.processes[f.from].hash, c.processes[f.to].hash, f.lineage)
}

// hit tells whether a chance of a path or a rule befalls a message.
func (c *core) hit(f *flight, chance rng.Chance, purpose uint64) bool {
	return chance != rng.Never && c.drawn(f, chance, purpose)
}

func (c *core) drawn(f *flight, chance rng.Chance, purpose uint64) bool {
	return chance.Hit(c.draw(f, purpose))
}

// route decides the way of a message.
func (c *core) route(f *flight) {
	if f.from == f.to {
		return
	}
	p := c.path(f.from, f.to)
	f.latency = c.latency(f, p)
	if c.hit(f, p.Loss, drawLoss) {
		f.fate = FateLost
	}
	if f.fate == 0 && c.network.rules.active > 0 {
		c.applyRules(f)
	}
	if f.fate == 0 {
		c.applyPath(f, p)
	}
	c.count(f)
}

// latency is how long a message travels on an idle link.
func (c *core) latency(f *flight, p *Path) int64 {
	n := &c.network
	d := p.Latency
	if int(f.kind) < len(n.Kinds) && n.Kinds[f.kind] != nil {
		d = n.Kinds[f.kind]
	}
	latency := d.Sample(c.draw(f, drawLatency))
	if p.Add > 0 {
		latency = saturate(latency, p.Add)
	}
	if n.PairExtra != nil {
		latency = saturate(latency, c.pairExtra(f.from, f.to))
	}
	a, b := &c.processes[f.from], &c.processes[f.to]
	if a.slowNetwork|b.slowNetwork != 0 {
		latency = scale(scale(latency, a.slowNetwork), b.slowNetwork)
		a.slowLink()
		b.slowLink()
	}
	return latency
}

func (c *core) pairExtra(from, to ProcID) int64 {
	a, b := c.processes[from].hash, c.processes[to].hash
	return c.network.PairExtra.Sample(rng.Draw2(c.network.extra, drawPair, min(a, b), max(a, b), 0))
}

// applyPath lets the class of the link do to a message what it does beside loss.
func (c *core) applyPath(f *flight, p *Path) {
	if p.Bandwidth > 0 || p.InFlight > 0 {
		c.occupy(f, p)
		if f.fate != 0 {
			return
		}
	}
	if p.Reorder|p.Corrupt|p.Duplicate == rng.Never {
		return
	}
	if c.hit(f, p.Reorder, drawReorder) {
		f.latency = saturate(f.latency, p.Gap)
		c.counters.Reordered++
	}
	if c.hit(f, p.Corrupt, drawCorrupt) {
		f.flags |= flagCorrupt
	}
	if c.hit(f, p.Duplicate, drawDuplicate) {
		f.copies++
	}
}

// occupy takes the link of a message for the time of its transmission, and its
// place among the messages under way.
func (c *core) occupy(f *flight, p *Path) {
	key := linkKey(f.from, f.to)
	l := c.network.links[key]
	wait, ok := transmit(&l.free, c.now, f.size, p.Bandwidth, p.Buffer)
	if !ok || p.InFlight > 0 && int(l.inFlight) >= p.InFlight {
		f.fate = FateOverflow
		return
	}
	f.latency = saturate(f.latency, wait)
	if p.InFlight > 0 {
		l.inFlight++
		f.flags |= flagCounted
	}
	c.network.links[key] = l
}

// arrived gives the place of a message on its link back.
func (c *core) arrived(e *event) {
	if e.flags&flagCounted == 0 {
		return
	}
	key := linkKey(e.peer, e.proc)
	l := c.network.links[key]
	l.inFlight--
	c.network.links[key] = l
	e.flags &^= flagCounted
}

// transmit queues size bytes at a transmitter that is busy until free. It
// returns how long the last byte takes to leave, and false if more than buffer
// bytes would wait.
func transmit(free *int64, now, size, bandwidth, buffer int64) (wait int64, ok bool) {
	if bandwidth <= 0 {
		return 0, true
	}
	start := max(*free, now)
	if buffer > 0 && start > now && start-now > duration(buffer, bandwidth) {
		return 0, false
	}
	*free = saturate(start, duration(size, bandwidth))
	return *free - now, true
}

// duration is how long size bytes take at bytes/s, in ns, rounded up.
func duration(size, bandwidth int64) int64 {
	const second = 1_000_000_000
	hi, lo := bits.Mul64(uint64(size), second)
	lo, carry := bits.Add64(lo, uint64(bandwidth-1), 0)
	if hi += carry; hi >= uint64(bandwidth) {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, uint64(bandwidth))
	return int64(min(q, math.MaxInt64))
}

// scale multiplies a duration by a factor in thousandths; 0 stands for 1000.
func scale(d, factor int64) int64 {
	if factor == 0 || d <= 0 {
		return d
	}
	hi, lo := bits.Mul64(uint64(d), uint64(factor))
	if hi >= 1000 {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, 1000)
	return int64(min(q, math.MaxInt64))
}

// count adds what became of a message at its sending to the counters.
func (c *core) count(f *flight) {
	switch f.fate {
	case FateLost:
		c.counters.Lost++
	case FateCut:
		c.counters.Cut++
	case FateOverflow:
		c.counters.Overflowed++
	}
	c.counters.Duplicated += int64(f.copies)
}
