package sim

import "dynamosim/sim/rng"

// ProcessConfig is what a process is given when it is added.
type ProcessConfig struct {
	Zone       int         // index of its datacenter, or ClientZone
	Client     bool        // a client that stands in a datacenter: its links to the processes there are of the client class
	Cores      int         // messages served at once; 0 = service takes no time
	Service    []*rng.Dist // time on a core by kind of message; nil or missing = none
	Queue      int         // messages that may wait for a core; 0 = no limit
	ShedOldest bool        // a full queue refuses its oldest message instead of the new one
	Disk       *DiskConfig // nil = no disk
	Clock      ClockConfig
}

// process is the state of a process outside its handler: what survives a crash
// (name, clock, disk, factors) and what does not.
//
// What every event touches comes first, in two lines of the processor's cache,
// of which two processes share none.
type process struct {
	hash       uint64 // of its name: what its draws depend on
	slowCPU    int64  // factor in thousandths; 0 = not slowed
	epoch      uint32 // incarnation; events of an older one are stale
	open       bool   // what is due happens, and nobody looks on; see mind
	up         bool
	paused     bool
	draining   bool // an eventDrain is under way
	shedOldest bool
	client     bool // stands in its zone as a client
	drifts     bool // its monotonic clock need not be the true one
	zone       int32
	cores      int32
	busy       int32 // cores that serve
	limit      int32 // of backlog; 0 = none
	backlog    int32 // messages that wait for a core or were held
	waiting    list  // messages that wait for a core

	service  []*rng.Dist
	disk     *Disk
	counters ProcessCounters // which begin with what is counted most

	held        list  // events kept while it is paused, in order
	slowNetwork int64 // as slowCPU
	clock       clock
	name        string
	_           [40]byte // the rest of a line
}

func newProcess(name string, cfg *ProcessConfig) process {
	return process{
		hash: rng.Hash(name), name: name,
		zone: int32(cfg.Zone), client: cfg.Client, cores: int32(cfg.Cores), limit: int32(cfg.Queue), shedOldest: cfg.ShedOldest,
		waiting: emptyList(), held: emptyList(),
		service: cfg.Service, clock: newClock(cfg.Clock), drifts: cfg.Clock.DriftPPM != 0,
	}
}

// full tells whether no message may wait any more.
func (p *process) full() bool { return p.limit > 0 && p.backlog >= p.limit }

// holds tells whether an event that is due has to wait behind a pause.
func (p *process) holds() bool { return p.paused || p.held.n > 0 }

// mind notes whether p is open, which depends on whether it is up, paused and
// holds events, and on whether somebody looks on.
func (c *core) mind(p *process) { p.open = p.up && !p.holds() && c.sink == nil }

func (p *process) slowLink() {
	if p.slowNetwork != 0 {
		p.counters.SlowLinks++
	}
}

// serviceTime is how long a core takes for a message.
func (c *core) serviceTime(p *process, e *event) int64 {
	if int(e.code) >= len(p.service) {
		return 0
	}
	d, always := p.service[e.code].Fixed()
	if !always {
		d = p.service[e.code].Sample(c.keys.service.Draw(p.hash, e.lineage))
	}
	if p.slowCPU != 0 && d > 0 {
		p.counters.SlowMessages++
		return scale(d, p.slowCPU)
	}
	return d
}

// list is a list of events of the slab, linked by next.
type list struct{ head, tail, n int32 }

func emptyList() list { return list{none, none, 0} }

func (k *kernel) pushBack(l *list, i int32) {
	k.events[i].next = none
	if l.n == 0 {
		l.head = i
	} else {
		k.events[l.tail].next = i
	}
	l.tail = i
	l.n++
}

func (k *kernel) popFront(l *list) int32 {
	i := l.head
	l.head = k.events[i].next
	l.n--
	return i
}
