package sim

import (
	"fmt"

	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// core is the part of a System that does not depend on the type of messages.
type core struct {
	kernel
	seeds     Seeds
	keys      drawKeys
	digest    trace.Digest
	sink      trace.Sink // nil = off
	processes []process
	network   network
	tally     tally
	counters  Counters
	files     fileStore

	running   ProcID // whose handler runs, or Nobody
	lineage   uint64 // of the event or operation being handled
	last      uint64 // ordinal after which step ends
	stopped   bool   // by Stop
	muted     bool   // the running process is deaf
	drifting  bool   // there may be monotonic clocks that are not the true one
	afterMute func()

	describe      func(slot int32) (kind, key, text string)
	describeTimer func(t Timer) string
}

// drawKeys are the keys of the environment's frequent draws.
type drawKeys struct{ latency, service, disk rng.Key }

// seed replaces the keys of all draws.
func (c *core) seed(s Seeds) {
	c.seeds = s
	c.keys = drawKeys{
		latency: rng.NewKey(s.Environment, drawLatency),
		service: rng.NewKey(s.Environment, drawService),
		disk:    rng.NewKey(s.Environment, drawDisk),
	}
}

// Effects by kind. They enter lineages and are never reused.
const (
	effectSend  = 1
	effectTimer = 2
	effectDisk  = 3
	effectRand  = 4
	effectCopy  = 5
)

// enter begins the handler of event i, whose entry is free for others from now on,
// but holds what it did until another event is scheduled.
func (c *core) enter(e *event, i int32) {
	c.turnTo(e.proc, e.lineage)
	c.vacate(e, i)
}

// turnTo begins a handler of p.
func (c *core) turnTo(p ProcID, lineage uint64) {
	c.running, c.lineage = p, lineage
	c.tally.begin()
}

// mustBeOutside panics if a handler runs: another one cannot begin.
func (c *core) mustBeOutside() {
	if c.running != Nobody {
		panic(fmt.Sprintf("sim: a handler or a step inside a handler of %s", c.processes[c.running].name))
	}
}

// leave ends the handler, and tells the owner if the process was muted in it.
func (c *core) leave() {
	c.running = Nobody
	if c.muted {
		c.tellMuted()
	}
}

//go:noinline
func (c *core) tellMuted() {
	then := c.afterMute
	c.muted, c.afterMute = false, nil
	if then != nil {
		then()
	}
}

// mustRun panics unless the running handler is one of p.
func (c *core) mustRun(p ProcID, what string) {
	if c.running != p {
		c.misused(p, what)
	}
}

//go:noinline
func (c *core) misused(p ProcID, what string) {
	panic(fmt.Sprintf("sim: %s of %s outside its handlers", what, c.processes[p].name))
}

// effect is the lineage of the n-th effect of a kind on a target in this
// handler: kind and target count, target's name enters.
func (c *core) effect(kind, sub uint64, target uint32, name uint64) uint64 {
	word := kind<<56 | sub<<48
	if key := word | uint64(target); !c.tally.first(key) {
		word |= c.tally.again(key)
	}
	return effectOf(c.lineage, word, name)
}

// effectOf is the lineage of an effect, by a word of its kind and number.
func effectOf(lineage, word, name uint64) uint64 { return rng.Mix(rng.Mix(lineage, word), name) }

// where packs a kind of record, a process and its peer into a word for the digest.
func where(kind trace.Kind, proc, peer ProcID) uint64 {
	const bits, mask = 28, 1<<28 - 1
	return uint64(kind)<<(2*bits) | uint64(proc)&mask<<bits | uint64(peer)&mask
}
