package lab

import (
	"fmt"
	"strings"

	"dynamosim/scenarios"
)

// setting says what was run: cluster, clients, time and seed, and what the seed decided.
func (p *page) setting() {
	plan, result := p.report.Plan, p.report.Result
	p.parts("", clusterParts(&plan.Cluster)...)
	p.parts("", append(loadParts(plan), timeText(plan, result.Quiesce), fmt.Sprintf("seed %d", result.Seed))...)
	p.drawn()
}

// mostDrawn is how many drawn values are shown unless all are asked for.
const mostDrawn = 8

func (p *page) drawn() {
	o := &p.report.Plan.Origin
	var parts []string
	for i, d := range o.Drawn {
		if i == mostDrawn && !p.Verbose {
			parts = append(parts, fmt.Sprintf("and %d more (-v shows them)", len(o.Drawn)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%s = %s", Clean(d.Path), Clean(d.Value)))
	}
	if len(parts) > 0 {
		p.parts("drawn  ", parts...)
	}
	if p.Verbose {
		for _, n := range o.Notes {
			p.lines(hanging("note   ", Clean(n), p.Width)...)
		}
	} else if n := len(o.Notes); n > 0 {
		p.lines("note   " + counted(int64(n), "random fault was", "random faults were") + " refused or lowered when the plan was drawn (-v shows them)")
	}
}

func clusterParts(c *scenarios.Cluster) []string {
	parts := []string{nodesText(c), fmt.Sprintf("N=%d R=%d W=%d, %s quorum", c.N, c.R, c.W, c.Quorum)}
	switch c.Versioning.Mode {
	case scenarios.ModePaper:
		parts = append(parts, "plain vector clocks")
	case scenarios.ModeRiak:
		parts = append(parts, "one clock for all siblings")
	case scenarios.ModeLastWriteWins:
		parts = append(parts, "last write wins")
	case scenarios.ModeABD:
		parts = append(parts, "atomic registers")
	default:
		parts = append(parts, "dotted version vectors")
	}
	switch {
	case c.Storage.Engine == scenarios.EngineMemory:
		parts = append(parts, "in memory only")
	case c.Storage.Sync != scenarios.SyncEach:
		parts = append(parts, fmt.Sprintf("sync %s", c.Storage.Sync))
	}
	if c.WriteBuffer.Enabled {
		parts = append(parts, fmt.Sprintf("write buffer, %d of %d durable", c.WriteBuffer.Durable, c.N))
	}
	if c.Cache.Enabled {
		parts = append(parts, "object cache of "+c.Cache.Size.String())
	}
	if c.Admission.Enabled {
		parts = append(parts, "admission control")
	}
	var off []string
	if !c.ReadRepair.Enabled {
		off = append(off, "read repair")
	}
	if !c.Handoff.Enabled {
		off = append(off, "handoff")
	}
	if !c.Versioning.Tombstones.Enabled {
		off = append(off, "tombstones")
	}
	if !c.AntiEntropy.Enabled {
		off = append(off, "anti-entropy")
	}
	if len(off) > 0 {
		parts = append(parts, "without "+listed(off))
	}
	return parts
}

// nodesText says how many nodes there are and, where they have names of their own, what they are called.
func nodesText(c *scenarios.Cluster) string {
	text := counted(int64(c.Size()), "node", "nodes")
	if len(c.Datacenters) > 0 {
		var list []string
		for _, d := range c.Datacenters {
			list = append(list, fmt.Sprintf("%s %d", d.Name, d.Nodes))
		}
		return text + " in " + strings.Join(list, ", ")
	}
	if c.Size() <= 8 && c.Nodes[0] != "n1" {
		text += " " + strings.Join(c.Nodes, ", ")
	}
	return text
}

func loadParts(plan *scenarios.Scenario) []string {
	var parts []string
	for i := range plan.Workloads {
		parts = append(parts, workloadText(&plan.Workloads[i]))
	}
	if n := len(plan.Operations); n > 0 {
		text := counted(int64(n), "scripted operation", "scripted operations")
		if clients := scriptedClients(plan); len(clients) <= 4 {
			text += " of " + listed(clients)
		}
		parts = append(parts, text)
	}
	return parts
}

func workloadText(w *scenarios.Workload) string {
	text := fmt.Sprintf("%s: %s", w.Name, counted(int64(w.Clients), "client", "clients"))
	switch {
	case w.Rate > 0:
		text += fmt.Sprintf(", %s operations/s", strings.TrimSuffix(w.Rate.String(), "/s"))
	case len(w.Stages) > 0:
		text += ", a changing rate"
	}
	if w.Probe != nil {
		var after []string
		for _, d := range w.Probe.After {
			after = append(after, round(int64(d)))
		}
		return text + ", each a put of a fresh key and a get " + strings.Join(after, " or ") + " after its acknowledgement"
	}
	if w.Preset != "" {
		return text + ", " + string(w.Preset)
	}
	total := 0.0
	for _, op := range w.Ops {
		total += op.Weight
	}
	var mix []string
	for _, op := range w.Ops {
		if op.Weight > 0 {
			mix = append(mix, fmt.Sprintf("%.0f %% %s", op.Weight*100/total, op.Op))
		}
	}
	return text + ", " + strings.Join(mix, ", ")
}

// scriptedClients lists the clients of scripted operations in the order in which they come up.
func scriptedClients(plan *scenarios.Scenario) []string {
	var names []string
	seen := map[string]bool{}
	for i := range plan.Operations {
		if c := plan.Operations[i].Client; !seen[c] {
			seen[c] = true
			names = append(names, c)
		}
	}
	return names
}

func timeText(plan *scenarios.Scenario, quiesce int64) string {
	text := round(int64(plan.Duration)) + ", then " + round(quiesce) + " to settle"
	if plan.Warmup > 0 {
		text += ", " + round(int64(plan.Warmup)) + " of warm-up left out"
	}
	return text
}
