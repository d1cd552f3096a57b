package world

import (
	"slices"

	"dynamosim/scenarios"
)

// The core is who must come together after the heal. Where a scenario asks for a core only (liveness: core), some faults may last for ever: nodes that
// such a fault takes down, freezes, slows or robs of a sound disk are outside, and of those that it cuts apart the largest group that is in touch
// with itself remains. Elsewhere all members are the core.

// keeper is an applier that lasting for ever keeps nodes outside the core.
type keeper interface{ keeps() []*host }

func (a *downFault) keeps() []*host      { return a.hosts }
func (a *crashLoopFault) keeps() []*host { return a.hosts }
func (a *rollingFault) keeps() []*host {
	if a.at < len(a.hosts) {
		return a.hosts[a.at : a.at+1] // whose turn it is; the others are up
	}
	return nil
}
func (a *pauseFault) keeps() []*host { return a.hosts }
func (a *slowFault) keeps() []*host  { return a.hosts }
func (a *ruleFault) keeps() []*host  { return a.hosts }

// parter is an applier that lasting for ever parts nodes.
type parter interface {
	parts(w *World) []linkSet
}

func (a *networkFault) parts(*World) (links []linkSet) {
	for _, r := range a.rules {
		if r.Cut || r.Hold {
			links = append(links, linkSet{r.From, r.To})
		}
	}
	return links
}

// parts: a link that works now and then is none to rely on.
func (a *flapFault) parts(w *World) (links []linkSet) {
	cuts, err := a.cuts(w)
	if err != nil {
		return nil
	}
	for _, c := range cuts {
		links = append(links, linkSet{w.processes(c.From), w.processes(c.To)})
	}
	return links
}

// findCore finds, at the heal, who is outside.
func (w *World) findCore() {
	if w.plan.Liveness != scenarios.LivenessCore || w.foreign {
		return
	}
	w.outside = make([]bool, len(w.hosts))
	var links []linkSet
	for _, f := range w.faults {
		if f.phase != faultOn {
			continue
		}
		if k, ok := f.applier.(keeper); ok {
			for _, h := range k.keeps() {
				w.outside[h.id] = true
			}
		}
		if p, ok := f.applier.(parter); ok {
			links = append(links, p.parts(w)...)
		}
	}
	w.leaveParted(links)
}

// leaveParted leaves out nodes, whoever is cut off from most of the others first, until no two are cut off from each other.
func (w *World) leaveParted(links []linkSet) {
	for {
		worst, most := -1, 0
		for i := range w.hosts {
			if n := w.parted(i, links); n >= most && n > 0 {
				worst, most = i, n
			}
		}
		if worst < 0 {
			return
		}
		w.outside[worst] = true
	}
}

// parted counts the nodes of the core that a node is cut off from, in one direction at least.
func (w *World) parted(i int, links []linkSet) (n int) {
	a := w.hosts[i]
	if !w.inCore(a) {
		return 0
	}
	for _, b := range w.hosts {
		if b != a && w.inCore(b) && slices.ContainsFunc(links, func(l linkSet) bool {
			return l.from.Has(a.id) && l.to.Has(b.id) || l.from.Has(b.id) && l.to.Has(a.id)
		}) {
			n++
		}
	}
	return n
}

// inCore tells whether a node must come together with the others.
func (w *World) inCore(h *host) bool {
	return !h.absent && w.place.View.Has(int32(h.id)) && (w.outside == nil || !w.outside[h.id])
}

// outsider tells whether a node is outside, for good.
func (w *World) outsider(h *host) bool { return w.outside != nil && w.outside[h.id] }

// leaveLate leaves out, once all has settled, the nodes that did not come back though nothing keeps them.
func (w *World) leaveLate() {
	if w.outside == nil {
		return
	}
	for _, h := range w.hosts {
		if !h.absent && !(w.sys.Up(h.id) && h.node.Serving()) {
			w.outside[h.id] = true
		}
	}
	w.recheckConvergence()
}
