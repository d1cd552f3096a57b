package world

// What those who ask "what if" do to a run from outside, from a moment on. A run that was touched is no longer the plan's.

// Reseed makes all draws from now on those of another seed: latencies, losses, what nodes draw. What the plan fixed stays, and so do the
// operations of clients.
func (w *World) Reseed(seed uint64) { w.reseed(seed) }

// LiftFaults ends the faults that are on, and lets no other one begin.
func (w *World) LiftFaults() {
	for _, f := range w.faults {
		switch f.phase {
		case faultOn:
			f.applier.end(w, f)
			f.phase, f.end, f.count = faultOver, w.now(), f.applier.effects(w, f)
		case faultWaiting:
			f.phase, f.refused = faultRefused, "lifted"
		}
	}
	w.healClocks()
	w.triggers = nil
}

// Silence makes all clients but some begin no operation any more.
func (w *World) Silence(but func(client string) bool) {
	for _, s := range w.sessions {
		s.silent = !but(s.name)
	}
}
