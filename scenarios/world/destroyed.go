package world

import (
	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/sim"
)

// Destruction is that a fault destroyed synced data on a node.
type Destruction struct {
	Time int64 // ns: what was synced before is gone, or in doubt
	Node int32 // as the history numbers nodes
	Kind string
}

// destroyed notes that a fault destroys synced data on a node.
func (w *World) destroyed(h *host, kind string) {
	w.destructions = append(w.destructions, Destruction{w.now(), w.history.AddNode(h.name), kind})
	if h.audited != nil {
		h.audited.forget()
	}
}

// allDestroyed adds the nodes whose disks were not to be trusted: nobody can tell when they lost what.
func (w *World) allDestroyed() []Destruction {
	all := w.destructions[:len(w.destructions):len(w.destructions)]
	for _, f := range w.faults {
		if a, ok := f.applier.(*ruleFault); ok && a.destroys() {
			for _, h := range a.hosts {
				all = append(all, Destruction{w.now(), w.history.AddNode(h.name), f.spec.Kind.Kind()})
			}
		}
	}
	return all
}

// destroys tells whether the fault takes synced data away. What a node knows of itself and of the members is none.
func (a *ruleFault) destroys() bool { return a.loses() && a.like.File != dynamo.MetaFiles }

// loses tells whether the fault takes away what was synced.
func (a *ruleFault) loses() bool {
	return a.like.Does == sim.FaultLie || a.like.Does == sim.FaultLost || a.like.Does == sim.FaultMisdirected
}

// forgetful tells whether disks may bring back less than what was synced on them.
func (w *World) forgetful() bool {
	for _, f := range w.faults {
		switch a := f.applier.(type) {
		case *ruleFault:
			if f.phase != faultWaiting && a.loses() {
				return true
			}
		case *rotFault:
			if f.phase != faultWaiting && a.kind.File == scenarios.FileMembers {
				return true
			}
		}
	}
	return false
}
