package world

import (
	"fmt"
	"slices"
	"strings"

	"dynamosim/analysis/history"
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// A fault goes through its life in the sight of history and trace: scheduled, start, effect (how often, when it is over), end, and recovered
// (all nodes that it took down serve again); or refused, in place of all that follows scheduled.

// took notes that a fault has taken a node down.
func (f *activeFault) took(h *host) {
	if !slices.Contains(f.down, h) {
		f.down = append(f.down, h)
	}
}

// tellScheduled writes down which faults there are.
func (w *World) tellScheduled() {
	for _, f := range w.faults {
		if f.spec.Enabled {
			w.note(f, history.Scheduled, trace.FaultScheduled, fmt.Sprintf("%s, %s", f.spec.Kind, f.begins()), 0)
		}
	}
}

// begins says when a fault is to begin.
func (f *activeFault) begins() string {
	switch {
	case f.spec.When != nil:
		return "at " + f.spec.When.Point
	case f.spec.After != nil:
		return "after " + f.spec.After.Op
	}
	return "at " + f.spec.At.String()
}

// tellEffects writes down what a fault has done.
func (w *World) tellEffects(f *activeFault) {
	n := w.effects(f)
	w.note(f, history.Effect, trace.FaultEffect, fmt.Sprintf("%s: %d", effectOf(f.spec.Kind.Kind()), n), n)
}

// awaitRecovery begins to wait for the nodes that a fault which is over took down.
func (w *World) awaitRecovery(f *activeFault) {
	if len(f.down) > 0 {
		w.recovering = append(w.recovering, f)
		w.lookForRecovery()
	}
}

// lookForRecovery writes down which faults are over and done with, as all their nodes serve.
func (w *World) lookForRecovery() {
	w.recovering = slices.DeleteFunc(w.recovering, func(f *activeFault) bool {
		if len(w.away(f)) > 0 {
			return false
		}
		f.recovered = w.now()
		w.note(f, history.Recovered, trace.FaultRecovered, fmt.Sprintf("%s back", strings.Join(hostNames(f.down), ", ")), 0)
		return true
	})
}

// away lists the nodes that a fault took down and that do not serve. Those that have left the ring meanwhile need not.
func (w *World) away(f *activeFault) (away []*host) {
	for _, h := range f.down {
		if !h.absent && !(w.sys.Up(h.id) && h.node.Serving()) {
			away = append(away, h)
		}
	}
	return away
}

func hostNames(hosts []*host) (names []string) {
	for _, h := range hosts {
		names = append(names, h.name)
	}
	return names
}

// note writes a moment in the life of a fault into history and trace.
func (w *World) note(f *activeFault, phase history.Phase, kind trace.Kind, text string, n int64) {
	w.history.Nemesis(max(w.now(), 0), f.spec.Kind.Kind(), f.spec.Name, phase, text)
	if w.sink != nil {
		w.sink.Record(&trace.Record{Ordinal: w.sys.Ordinal(), Time: w.sys.Now(), Kind: kind, Proc: trace.None, Peer: trace.None, Cause: w.sys.Ordinal(),
			Lineage: rng.Hash(f.spec.Name), Text: f.spec.Name + ": " + text, Arg1: int64(f.index), Arg2: n})
	}
}

// lookForLiveness finds who is not back when all has settled, and for which keys not even a quorum is.
func (w *World) lookForLiveness() {
	back := func(h *host) bool { return w.sys.Up(h.id) && h.node.Serving() && !w.outsider(h) }
	for _, h := range w.hosts {
		if !h.absent && w.place.View.Has(int32(h.id)) && !back(h) {
			w.notBack = append(w.notBack, h.name)
		}
	}
	if len(w.notBack) == 0 {
		return
	}
	need := max(w.plan.Cluster.R, w.plan.Cluster.W)
	for k := range w.history.Keys() {
		there := 0
		for _, home := range w.homes(w.keyOf(int32(k))) {
			if back(w.hosts[home]) {
				there++
			}
		}
		if there < need {
			w.noQuorum = append(w.noQuorum, w.history.KeyName(int32(k)))
		}
	}
}
