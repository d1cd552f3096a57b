package world

import (
	"slices"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
	"dynamosim/sim"
)

// What those who explain a run want to know of it beside the words of its trace. Asking changes nothing.

// Told is what the message of the record that a trace receives right now carries.
type Told struct {
	Request  uint64         // the number that a request and its answers share
	Client   int32          // forwarded requests: the process that the coordinator answers; -1: none
	Home     int32          // copies: the node that the receiver is to keep it for, -1: for itself
	OK       bool           // no refusal, no timeout
	Versions []history.OpID // the versions that it brings, or the one that a client's put asks for; its memory is used again
	Dots     []vclock.Dot   // of the versions that it brings
}

// Told gives what is known of the message that the latest record is about. It is meant for sinks, while they are given that record.
func (w *World) Told() *Told { return &w.told }

// takeDown fills Told.
func (w *World) takeDown(m *dynamo.Message) {
	t := &w.told
	*t = Told{Request: m.Request, Client: int32(m.Client), Home: -1, OK: m.Status == dynamo.OK, Versions: t.Versions[:0], Dots: t.Dots[:0]}
	if m.Kind == dynamo.Replicate || m.Kind == dynamo.Hint {
		t.Home = int32(m.Node)
	}
	if m.Set != nil {
		for i := range m.Set.Versions {
			t.Versions = append(t.Versions, versionOf(m.Set.Versions[i].Value.ID))
			t.Dots = append(t.Dots, m.Set.Versions[i].Dot)
		}
	} else if id := m.Value().ID; id != 0 {
		t.Versions = append(t.Versions, versionOf(id))
	}
}

// Holding is a version that a node holds of a key.
type Holding struct {
	Version history.OpID
	Dot     vclock.Dot   // the name that its clock mode knows it by; zero where it has none
	Home    int32        // the node that it keeps it for; its own number where it keeps it for itself
	Clock   vclock.Clock // with the version's own dot
	Context vclock.Clock // that the node holds with the key's versions, where the clock mode has one
	Stamp   vclock.Stamp
}

// Holdings appends what a node holds of a key: its own, then the hints that it keeps. Of a node that is down, it is what its disk would bring
// back.
func (w *World) Holdings(list []Holding, node int32, key string) []Holding {
	id := w.findKey(key)
	if id == dynamo.NoKey {
		return list
	}
	n := w.contents(w.hosts[node])
	list = appendHoldings(list, node, n.Stored(id))
	n.EachHint(func(home dynamo.NodeID, k dynamo.KeyID, set *vclock.Set) {
		if k == id {
			list = appendHoldings(list, int32(home), set)
		}
	})
	return list
}

func appendHoldings(list []Holding, home int32, set *vclock.Set) []Holding {
	if set == nil {
		return list
	}
	for i := range set.Versions {
		v := &set.Versions[i]
		list = append(list, Holding{Version: versionOf(v.Value.ID), Dot: v.Dot, Home: home, Clock: v.Shown(nil), Context: set.Context, Stamp: v.Stamp})
	}
	return list
}

// ClockText writes a clock as the paper does, with the names of nodes.
func (w *World) ClockText(c vclock.Clock) string { return w.clockText(c) }

// HomesOf are the nodes that a key belongs on now, by number, in the order of its preference list.
func (w *World) HomesOf(key string) []int32 {
	if id := w.findKey(key); id != dynamo.NoKey {
		return w.homes(id)
	}
	return nil
}

// FaultsBetween are the faults, by their number in the plan, that touch what one process sends to another now.
func (w *World) FaultsBetween(from, to int32) []int {
	var list []int
	for i, f := range w.faults {
		if f.phase != faultOn {
			continue
		}
		if a, is := f.applier.(interface {
			between(from, to sim.ProcID) bool
		}); is && a.between(sim.ProcID(from), sim.ProcID(to)) {
			list = append(list, i)
		}
	}
	return list
}

func (a *networkFault) between(from, to sim.ProcID) bool {
	for _, rule := range a.rules {
		if rule.From.Has(from) && rule.To.Has(to) {
			return true
		}
	}
	return false
}

// FaultsOn are the faults, by their number in the plan, that make a node slow, let it stand still or set its clock wrong now.
func (w *World) FaultsOn(node int32) []int {
	var list []int
	for i, f := range w.faults {
		if a, is := f.applier.(interface{ on() []*host }); is && f.phase == faultOn && slices.Contains(a.on(), w.hosts[node]) {
			list = append(list, i)
		}
	}
	return list
}

func (a *pauseFault) on() []*host { return a.hosts }
func (a *slowFault) on() []*host  { return a.hosts }
func (a *clockFault) on() []*host { return a.hosts }

// FaultOfControl is the fault, by its number in the plan, that a control event begins, ends or moves on; -1: it is none of a fault. The
// arguments are those of the event's record.
func FaultOfControl(kind, a int64) int {
	switch kind {
	case controlFaultStart, controlFaultEnd, controlFaultStep:
		return int(a)
	}
	return -1
}
