package lab

import (
	"fmt"
	"sync"

	"dynamosim/dynamo"
	"dynamosim/sim"
	"dynamosim/sim/rng"
)

// phold is PHOLD on some kernel.
type phold interface {
	RunUntil(t int64) (events uint64)
	Now() int64
	Checksum() uint64
	Pending() int
}

// measurePhold goes on with a benchmark for about so many events.
func measurePhold(b phold, events int) Cost {
	const ms = 1e6
	n := b.Pending()
	w := startWatch()
	did := b.RunUntil(b.Now() + int64(events)*ms/int64(n))
	return w.stop(Cost{Events: did, Pending: float64(n)})
}

// measureCores keeps two goroutines busy with nothing that they could wait for.
func measureCores(events int) Cost {
	const n = 100
	w := startWatch()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { measurePhold(sim.NewPhold(n), events) })
	}
	both.Wait()
	return w.stop(Cost{Events: 2 * uint64(events)})
}

// hops is a system of n processes and n messages, the messages of the node: whoever receives one sends one on to a process drawn. It is a
// System at its barest: a message sent, delayed, delivered and digested in each event.
type hops struct {
	system *sim.System[dynamo.Message]
}

// hopTimeout is that of a timer that is always cancelled before.
const hopTimeout = 500_000_000

// newHops makes a system in which every handler cancels a timer and sets one, if timers is set.
func newHops(n int, timers bool) (*hops, error) {
	latency, err := rng.Exponential(1_000_000)
	if err != nil {
		return nil, fmt.Errorf("latency of a hop: %w", err)
	}
	keys := dynamo.NewKeys(nil)
	key := keys.Intern("key")
	h := &hops{sim.New(sim.Config[dynamo.Message]{
		Seeds: sim.Seeds{Environment: 1, Node: 2},
		Label: func(m *dynamo.Message) sim.Label {
			size, hash := m.Measure(keys)
			return sim.Label{Kind: uint8(m.Kind), Size: size, Hash: hash}
		},
		Network: sim.NetworkConfig{SameDC: sim.Path{Latency: latency}},
	})}
	all := make([]*hopper, n)
	for i := range all {
		p := h.system.AddProcess(fmt.Sprint("p", i), sim.ProcessConfig{})
		all[i] = &hopper{env: h.system.Env(p), peers: uint64(n), timers: timers}
		h.system.Boot(p, all[i], 1, nil)
	}
	for i, first := range all {
		p := sim.ProcID(i)
		h.system.Run(p, uint64(i), func() { first.Message(p, &dynamo.Message{Kind: dynamo.Read, Request: uint64(i), Key: key}) })
	}
	h.system.Step(4 * n)
	return h, nil
}

// measure dispatches so many events.
func (h *hops) measure(events int) Cost {
	w := startWatch()
	return w.stop(Cost{Events: uint64(h.system.Step(events)), Pending: float64(h.system.Pending())})
}

// hopper is a process of hops.
type hopper struct {
	env    *sim.Proc[dynamo.Message]
	peers  uint64
	timers bool
	timer  sim.TimerID
}

// Message sends the message on, under another number.
func (h *hopper) Message(_ sim.ProcID, m *dynamo.Message) {
	if h.timers {
		h.env.CancelTimer(h.timer)
		h.timer = h.env.SetTimer(sim.Timer{Kind: 1}, hopTimeout)
	}
	next := *m
	next.Request = rng.Mix(m.Request, 1)
	h.env.Send(sim.ProcID(rng.Below(next.Request, h.peers)), &next)
}

// Timer does nothing: a process that no message reached for so long.
func (h *hopper) Timer(sim.Timer) { h.timer = 0 }

// Disk does nothing: there are no disks.
func (h *hopper) Disk(*sim.Completion) {}
