package world

import (
	"fmt"

	"dynamosim/scenarios"
	"dynamosim/sim"
	"dynamosim/sim/rng"
)

// networkFault is a fault of links: one rule of the simulator for each set of directed links.
type networkFault struct {
	cuts  func(scenarios.Topology) ([]scenarios.Cut, error)
	rule  func(*sim.Rule)
	rules []*sim.Rule
}

func (a *networkFault) begin(w *World, f *activeFault) error {
	cuts, err := a.cuts(w)
	if err != nil {
		return err
	}
	for i, cut := range cuts {
		rule := &sim.Rule{Name: f.spec.Name, From: w.processes(cut.From), To: w.processes(cut.To)}
		if i > 0 {
			rule.Name = fmt.Sprintf("%s/%d", f.spec.Name, i)
		}
		a.rule(rule)
		a.rules = append(a.rules, rule)
		w.sys.AddRule(rule)
	}
	return nil
}

func (a *networkFault) end(w *World, _ *activeFault) {
	for _, rule := range a.rules {
		w.sys.RemoveRule(rule)
	}
}

func (a *networkFault) effects(*World, *activeFault) int64 {
	n := int64(0)
	for _, rule := range a.rules {
		n += rule.Effects
	}
	return n
}

func cutRule(r *sim.Rule) { r.Cut = true }

func lossRule(k *scenarios.Loss) func(*sim.Rule) {
	return func(r *sim.Rule) { r.Loss, r.Correlation = k.Share.Chance, k.Correlation.Chance }
}

func duplicateRule(k *scenarios.Duplicate) func(*sim.Rule) {
	lag := k.Lag.Dist
	if lag == nil {
		lag = rng.Constant(0)
	}
	return func(r *sim.Rule) { r.Duplicate, r.Lag = k.Share.Chance, lag }
}

func reorderRule(k *scenarios.Reorder) func(*sim.Rule) {
	return func(r *sim.Rule) { r.Reorder, r.Gap = k.Share.Chance, int64(k.Gap) }
}

func delayRule(k *scenarios.Delay) func(*sim.Rule) {
	return func(r *sim.Rule) { r.Delay, r.Correlation = k.Add.Dist, k.Correlation.Chance }
}

func bandwidthRule(k *scenarios.SlowLink) func(*sim.Rule) {
	return func(r *sim.Rule) { r.Bandwidth, r.Buffer = k.Rate.BytesPerSecond(), int64(k.Buffer) }
}

func corruptRule(k *scenarios.Corrupt) func(*sim.Rule) {
	return func(r *sim.Rule) { r.Corrupt = k.Share.Chance }
}

func clogRule(r *sim.Rule) { r.Hold = true }

// flapFault cuts links and lets them work, in turns. Each cut has rules of its own; the effects of those that are gone are kept.
type flapFault struct {
	networkFault
	up, down scenarios.Dist
	cut      bool
	turn     uint64
	before   int64 // effects of earlier cuts
}

func (a *flapFault) begin(w *World, f *activeFault) error {
	if err := a.networkFault.begin(w, f); err != nil {
		return err
	}
	a.cut = true
	w.wake(f, w.drawTime(f, a.down, "down", a.turn), a.turn)
	return nil
}

func (a *flapFault) step(w *World, f *activeFault, _ uint64) {
	if a.cut {
		a.stop(w, f)
		w.wake(f, w.drawTime(f, a.up, "up", a.turn), a.turn)
		return
	}
	a.turn++
	if err := a.begin(w, f); err != nil {
		f.notes = append(f.notes, err.Error())
	}
}

func (a *flapFault) stop(w *World, f *activeFault) {
	a.networkFault.end(w, f)
	a.before += a.networkFault.effects(w, f)
	a.rules, a.cut = nil, false
}

func (a *flapFault) end(w *World, f *activeFault) {
	if a.cut {
		a.stop(w, f)
	}
}

func (a *flapFault) effects(w *World, f *activeFault) int64 {
	return a.before + a.networkFault.effects(w, f)
}
