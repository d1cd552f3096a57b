package sim

import (
	"fmt"
	"testing"

	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// note is the message of the tests.
type note struct {
	kind uint8
	size int64
	n    uint64
}

// actor is a handler made of functions; it writes down what it sees.
type actor struct {
	env     *Proc[note]
	message func(from ProcID, m note)
	timer   func(t Timer)
	disk    func(c *Completion)
	seen    []string
}

func (a *actor) Message(from ProcID, m *note) {
	a.log("%d from %d", m.n, from)
	if a.message != nil {
		a.message(from, *m)
	}
}

func (a *actor) Timer(t Timer) {
	a.log("timer %d", t.Kind)
	if a.timer != nil {
		a.timer(t)
	}
}

func (a *actor) Disk(c *Completion) {
	a.log("%v %d %v", c.Op, c.Token, c.Err)
	if a.disk != nil {
		a.disk(c)
	}
}

// log writes down what happened, with the time in ms.
func (a *actor) log(format string, args ...any) {
	a.seen = append(a.seen, fmt.Sprintf("%g ", float64(a.env.system.Now())/1e6)+fmt.Sprintf(format, args...))
}

const ms = 1_000_000

// noteConfig is a network of 1 ms without faults.
func noteConfig() Config[note] {
	return Config[note]{
		Seeds:   Seeds{Environment: 1, Node: 2},
		Label:   func(m *note) Label { return Label{Kind: m.kind, Size: m.size, Hash: m.n} },
		Control: func(Control) {},
		Network: NetworkConfig{
			SameDC:  Path{Latency: rng.Constant(1 * ms)},
			CrossDC: Path{Latency: rng.Constant(10 * ms)},
			Client:  Path{Latency: rng.Constant(3 * ms)},
		},
	}
}

// cast is a system whose processes are actors.
type cast struct {
	*System[note]
	actors []*actor
}

// stage returns a system of n actors that are up.
func stage(cfg Config[note], n int, process ProcessConfig) *cast {
	c := &cast{System: New(cfg)}
	for i := range n {
		c.enter(fmt.Sprint("p", i), process)
	}
	return c
}

// enter adds an actor and boots it.
func (c *cast) enter(name string, process ProcessConfig) *actor {
	p := c.AddProcess(name, process)
	c.actors = append(c.actors, nil)
	return c.boot(p, 1)
}

// boot gives a process that is down a new actor.
func (c *cast) boot(p ProcID, number uint64) *actor {
	a := &actor{env: c.Env(p)}
	c.actors[p] = a
	c.Boot(p, a, number, nil)
	return a
}

// do runs f as a handler of p, with a lineage of its own.
func (c *cast) do(p ProcID, f func(env *Proc[note])) {
	if !c.Run(p, rng.Mix(uint64(c.Now()), c.Ordinal()), func() { f(c.Env(p)) }) {
		panic(fmt.Sprintf("process %d does not run", p))
	}
}

// send sends numbers 0..n-1 from one process to another.
func (c *cast) send(from, to ProcID, n int) {
	c.do(from, func(env *Proc[note]) {
		for i := range n {
			env.Send(to, &note{n: uint64(i)})
		}
	})
}

// wantSeen compares what an actor has seen.
func wantSeen(t *testing.T, a *actor, want ...string) {
	t.Helper()
	if fmt.Sprint(a.seen) != fmt.Sprint(want) {
		t.Errorf("%s saw\n%q, want\n%q", a.env.Name(), a.seen, want)
	}
}

// records collects a trace.
type records struct{ list []trace.Record }

func (r *records) Record(rec *trace.Record) { r.list = append(r.list, *rec) }
