package world

import "dynamosim/scenarios"

// clockFault sets clocks wrong. A node's clock shows what the cluster gave it plus what every fault adds.
type clockFault struct {
	kind   *scenarios.ClockFault
	hosts  []*host
	before []int64
}

func (a *clockFault) begin(w *World, f *activeFault) error {
	hosts, err := w.hit(f, &a.kind.Nodes)
	if err != nil {
		return err
	}
	a.hosts = hosts
	for _, h := range hosts {
		a.before = append(a.before, skewed(w, h))
		if a.kind.Jump != nil {
			h.jumped += int64(*a.kind.Jump)
			w.sys.JumpClock(h.id, int64(*a.kind.Jump))
			continue
		}
		a.change(w, h, 1)
	}
	return nil
}

// end takes an offset or a drift back; a jump stays until the heal.
func (a *clockFault) end(w *World, _ *activeFault) {
	for _, h := range a.hosts {
		if a.kind.Jump == nil {
			a.change(w, h, -1)
		}
	}
}

// change adds the fault to a node's clock, or takes it away.
func (a *clockFault) change(w *World, h *host, sign int64) {
	if a.kind.Offset != nil {
		h.offset += sign * int64(*a.kind.Offset)
	}
	if a.kind.Drift != nil {
		h.drift += sign * int64(*a.kind.Drift)
	}
	w.sys.SetClock(h.id, h.clock.Offset+h.offset+h.jumped, h.clock.DriftPPM+h.drift)
}

func (a *clockFault) effects(w *World, _ *activeFault) int64 {
	n := int64(0)
	for i, h := range a.hosts {
		n += skewed(w, h) - a.before[i]
	}
	return n
}

// skewed counts what a node did by a wrong clock.
func skewed(w *World, h *host) int64 {
	c := w.sys.ProcessCounters(h.id)
	return c.SkewedWalls + c.SkewedTimers
}

// healClocks takes back the jumps, once all faults have ended.
func (w *World) healClocks() {
	for _, h := range w.hosts {
		if h.jumped != 0 {
			h.jumped = 0
			w.sys.SetClock(h.id, h.clock.Offset+h.offset, h.clock.DriftPPM+h.drift)
		}
	}
}
