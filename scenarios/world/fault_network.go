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
	return func(r *sim.Rule) { r.Loss = k.Share.Chance }
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
	return func(r *sim.Rule) { r.Delay = k.Add.Dist }
}

func bandwidthRule(k *scenarios.SlowLink) func(*sim.Rule) {
	return func(r *sim.Rule) { r.Bandwidth, r.Buffer = k.Rate.BytesPerSecond(), int64(k.Buffer) }
}
