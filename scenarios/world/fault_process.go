package world

import (
	"fmt"

	"dynamosim/scenarios"
	"dynamosim/sim"
	"dynamosim/sim/rng"
)

// hit finds the nodes that a fault is about, as things are now, and notes their names where the run decided them.
func (w *World) hit(f *activeFault, s *scenarios.Selector) ([]*host, error) {
	names, err := s.Resolve(w)
	if err != nil {
		return nil, err
	}
	var hosts []*host
	for _, id := range w.nodeIDs(names) {
		hosts = append(hosts, w.hosts[id])
	}
	if s.Symbolic() {
		f.notes = append(f.notes, fmt.Sprintf("here %v", names))
	}
	return hosts, nil
}

// downFault takes nodes down until it ends: a crash, a power loss, a stop. A node is down while any fault keeps it down.
type downFault struct {
	nodes *scenarios.Selector
	stop  func(w *World, h *host) (note string)
	hosts []*host
	taken int64
}

func (a *downFault) begin(w *World, f *activeFault) error {
	hosts, err := w.hit(f, a.nodes)
	if err != nil {
		return err
	}
	a.hosts = hosts
	for _, h := range hosts {
		if w.sys.Up(h.id) {
			a.taken++
		}
		h.downs++
		f.took(h)
		if note := a.stop(w, h); note != "" {
			f.notes = append(f.notes, h.name+": "+note)
		}
	}
	return nil
}

func (a *downFault) end(w *World, _ *activeFault) {
	for _, h := range a.hosts {
		w.raise(h)
	}
}

// raise takes one fault away that keeps a node down. With the last the node boots.
func (w *World) raise(h *host) {
	if h.downs--; h.downs > 0 || h.absent {
		return
	}
	h.boot()
	if h.pauses > 0 {
		w.sys.Pause(h.id)
	}
}

func (a *downFault) effects(*World, *activeFault) int64 { return a.taken }

// crashNode kills the process: what it wrote stays in the page cache.
func crashNode(w *World, h *host) string {
	w.sys.Crash(h.id)
	return ""
}

// stopNode ends the process in good order: everything is synced.
func stopNode(w *World, h *host) string {
	if w.config.WriteBuffer && w.sys.Up(h.id) && h.other == nil {
		w.sys.Run(h.id, rng.Draw(0, rng.Hash("stop"), rng.Hash(h.name), h.boots), h.node.Stop)
	}
	w.sys.PowerLoss(h.id, sim.Keep)
	return ""
}

// powerLoss kills the machine: what was not synced is lost, kept or torn.
func powerLoss(u scenarios.Unsynced) func(*World, *host) string {
	modes := map[scenarios.Unsynced]sim.Unsynced{
		scenarios.UnsyncedLose: sim.Lose, scenarios.UnsyncedKeep: sim.Keep, scenarios.UnsyncedTorn: sim.Torn, scenarios.UnsyncedRandom: sim.Random,
	}
	return func(w *World, h *host) string {
		loss := w.sys.PowerLoss(h.id, modes[u])
		if loss.Bytes == 0 && loss.Names == 0 {
			return "nothing unsynced"
		}
		text := fmt.Sprintf("%d unsynced bytes lost", loss.Bytes)
		if loss.Torn > 0 {
			text += fmt.Sprintf(", %d files torn", loss.Torn)
		}
		return text
	}
}

// restartFault takes nodes down and up again at once: their memory is lost.
type restartFault struct {
	nodes *scenarios.Selector
	count int64
}

func (a *restartFault) begin(w *World, f *activeFault) error {
	hosts, err := w.hit(f, a.nodes)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		if !w.sys.Up(h.id) {
			continue
		}
		f.took(h)
		w.sys.Crash(h.id)
		h.boot()
		a.count++
	}
	if a.count == 0 {
		return fmt.Errorf("none of %v is up", a.nodes)
	}
	return nil
}

func (a *restartFault) end(*World, *activeFault) {}

func (a *restartFault) effects(*World, *activeFault) int64 { return a.count }

// pauseFault freezes nodes: their messages, timers and disk completions queue.
type pauseFault struct {
	nodes  *scenarios.Selector
	hosts  []*host
	before []int64
}

func (a *pauseFault) begin(w *World, f *activeFault) error {
	hosts, err := w.hit(f, a.nodes)
	if err != nil {
		return err
	}
	a.hosts = hosts
	for _, h := range hosts {
		a.before = append(a.before, w.sys.ProcessCounters(h.id).Held)
		h.pauses++
		w.sys.Pause(h.id)
	}
	return nil
}

func (a *pauseFault) end(w *World, _ *activeFault) {
	for _, h := range a.hosts {
		if h.pauses--; h.pauses == 0 {
			w.sys.Resume(h.id)
		}
	}
}

func (a *pauseFault) effects(w *World, _ *activeFault) int64 {
	n := int64(0)
	for i, h := range a.hosts {
		n += w.sys.ProcessCounters(h.id).Held - a.before[i]
	}
	return n
}

// slowFault multiplies the times of nodes. Overlapping ones multiply each other.
type slowFault struct {
	kind   *scenarios.Slow
	hosts  []*host
	before []int64
}

func (a *slowFault) begin(w *World, f *activeFault) error {
	hosts, err := w.hit(f, &a.kind.Nodes)
	if err != nil {
		return err
	}
	a.hosts = hosts
	for _, h := range hosts {
		a.before = append(a.before, slowed(w, h))
		h.slows = append(h.slows, a.kind)
		w.applySlows(h)
	}
	return nil
}

func (a *slowFault) end(w *World, _ *activeFault) {
	for _, h := range a.hosts {
		for i, k := range h.slows {
			if k == a.kind {
				h.slows = append(h.slows[:i:i], h.slows[i+1:]...)
				break
			}
		}
		w.applySlows(h)
	}
}

func (a *slowFault) effects(w *World, _ *activeFault) int64 {
	n := int64(0)
	for i, h := range a.hosts {
		n += slowed(w, h) - a.before[i]
	}
	return n
}

// slowed counts what a node did slowly.
func slowed(w *World, h *host) int64 {
	c := w.sys.ProcessCounters(h.id)
	return c.SlowMessages + c.SlowLinks + c.SlowDisk
}

// applySlows sets a node's factors, in thousandths, to the product of its faults.
func (w *World) applySlows(h *host) {
	cpu, disk, network := int64(1000), int64(1000), int64(1000)
	for _, k := range h.slows {
		factor := int64(float64(k.Factor * 1000)) // range: factors are at most 100000
		for _, part := range k.Of {
			switch part {
			case scenarios.SlowCPU:
				cpu = cpu * factor / 1000
			case scenarios.SlowDisk:
				disk = disk * factor / 1000
			case scenarios.SlowNetwork:
				network = network * factor / 1000
			}
		}
	}
	w.sys.Slow(h.id, cpu, disk, network)
}
