package lab

import (
	"math"

	"dynamosim/analysis"
	"dynamosim/scenarios"
	"dynamosim/sim/rng"
)

// modelTrials is how many writes and reads the model of probabilistically bounded staleness draws for a setting.
const modelTrials = 50_000

// predict asks the model what the latencies of a cell alone would give.
func (c *ComparedCell) predict(k *comparison, cell int) {
	plan, err := k.open(k.cells[cell], &k.Seeds[0])
	if err != nil {
		c.ModelsNot = "it cannot be opened"
		return
	}
	p := &plan.Cluster
	switch {
	case len(p.Datacenters) > 0:
		c.ModelsNot = "the model knows one datacenter"
	case p.R < 1 || p.W < 1:
		c.ModelsNot = "the model knows no R or W of 0"
	default:
		c.Model = analysis.PredictWARS(legsOf(plan), p.N, p.R, p.W, modelTrials)
	}
}

// legsOf are the delays of the model as a plan has them: the network, the processor and the disk, each as if nothing else were going on. A
// replica sees a write when the message has been handled, acknowledges when its disk has it, and answers a read when the disk has read it.
func legsOf(plan *scenarios.Scenario) analysis.Legs {
	c := &plan.Cluster
	way := func(kind string, more ...scenarios.Dist) []*rng.Dist {
		latency := plan.Network.SameDC.Latency
		for _, m := range plan.Network.Messages {
			if m.Kind == kind {
				latency = m.Latency
			}
		}
		return delays(append([]scenarios.Dist{latency, c.CPU.Service.For(kind)}, more...))
	}
	write, read := []scenarios.Dist{c.Disk.Write}, []scenarios.Dist{c.Disk.Read}
	if c.Storage.Sync == scenarios.SyncEach {
		write = append(write, c.Disk.Sync)
	}
	if c.Storage.Engine == scenarios.EngineMemory {
		write, read = nil, nil
	}
	return analysis.Legs{
		W: way("replicate"), A: way("replicate-reply", write...), R: way("read", read...), S: way("read-reply"),
		Client: delays([]scenarios.Dist{plan.Network.Client.Latency}),
	}
}

func delays(list []scenarios.Dist) []*rng.Dist {
	var all []*rng.Dist
	for _, d := range list {
		if d.Dist != nil && !d.IsZero() {
			all = append(all, d.Dist)
		}
	}
	return all
}

// modelShare is the share of fresh gets that the model expects in a span of the curve, for gets that came when those of the cell came; NaN if none
// did.
func (c *ComparedCell) modelShare(from, to int64) float64 {
	gets, fresh := 0., 0.
	for _, p := range c.Curve {
		if p.From >= from && (p.To <= to || to == math.MaxInt64) && p.Gets > 0 {
			gets += float64(p.Gets)
			fresh += float64(p.Gets) * c.Model.Fresh(middleOf(p))
		}
	}
	return fresh / gets
}

// middleOf is a time that stands for a span of the curve.
func middleOf(p analysis.VisiblePoint) int64 {
	switch {
	case p.To == math.MaxInt64:
		return p.From * 7 / 5
	case p.From == 0:
		return p.To / 2
	}
	return int64(math.Sqrt(float64(p.From) * float64(p.To)))
}
