package dynamo

// Planted is a mistake that a test plants in a node, to see that the checks of its scenarios find it. Nothing but tests plants one: a
// scenario cannot, and neither can the command line.
type Planted uint8

// The mistakes. Two more are settings: an acknowledgement before the sync is Sync: storage.Periodic, and a node that goes on under its old
// actor after it has lost its disk is Versions.FixedActors.
const (
	PlantedNothing        Planted = 0
	PlantedServerContext  Planted = 1 // a put's context is what its coordinator holds, whatever its client has seen: concurrent versions are dropped
	PlantedHintOverwrites Planted = 2 // a hint takes the place of what its home holds by then
	PlantedEarlyDrop      Planted = 3 // a range is dropped when it is sent, not when it has arrived
	plantedMistakes               = 4
)

// PlantedMistakes lists them all.
func PlantedMistakes() []Planted {
	var all []Planted
	for p := PlantedNothing + 1; p < plantedMistakes; p++ {
		all = append(all, p)
	}
	return all
}

// String names the mistake.
func (p Planted) String() string {
	return [...]string{"nothing", "server-context", "hint-overwrites", "early-drop"}[p]
}

// forgetSent is PlantedEarlyDrop.
func (n *Node) forgetSent(t *task, sets []Moved) {
	for _, x := range sets {
		if t.leaves && !n.place.IsHome(n.id, x.Key, n.cfg.N) {
			n.remove(n.store.slotOf(x.Key), &ticket{kind: ticketNobody, key: x.Key})
		}
	}
}
