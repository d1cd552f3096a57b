package world

import "dynamosim/dynamo"

// Pending is how many events are scheduled or wait in queues, timers included.
func (w *World) Pending() int { return w.sys.Pending() }

// Footprints is what each node keeps in memory.
func (w *World) Footprints() []dynamo.Footprint {
	all := make([]dynamo.Footprint, len(w.hosts))
	for i, h := range w.hosts {
		all[i] = h.node.Footprint()
	}
	return all
}
