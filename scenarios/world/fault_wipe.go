package world

import (
	"fmt"

	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
)

// wipeFault takes nodes down and everything off their disks.
type wipeFault struct {
	downFault
	gone int64
}

func newWipe(k *scenarios.Wipe) *wipeFault {
	a := new(wipeFault)
	a.nodes, a.stop = &k.Nodes, a.wipe
	return a
}

func (a *wipeFault) wipe(w *World, h *host) string {
	records := w.records(h)
	a.gone += records
	w.sys.Wipe(h.id)
	w.destroyed(h, "wipe")
	text := fmt.Sprintf("%d records gone", records)
	if changes := w.forgetLost(); changes > 0 {
		text += fmt.Sprintf(", and all news of %d changes of the members", changes)
	}
	return text
}

func (a *wipeFault) effects(*World, *activeFault) int64 { return a.gone }

// records is how many keys and hints a disk holds.
func (w *World) records(h *host) int64 {
	node := w.contents(h)
	count := int64(node.Hints())
	node.EachStored(func(dynamo.KeyID, *vclock.Set) { count++ })
	return count
}
