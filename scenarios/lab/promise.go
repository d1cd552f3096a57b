package lab

import (
	"slices"

	"dynamosim/scenarios"
)

// final are checks of what is left when everything has settled: their promise rests on the time to settle, and on the mechanisms that bring
// versions to where they belong.
var final = []string{"convergence", "placement", "hints", "divergence"}

// weaker says what a smaller plan no longer has that the promise of the target rests on, "" for nothing. Without it the smaller plan would fail
// for a reason that says nothing of the larger one: replicas that nobody compares do not converge.
func (t *Target) weaker(was, is *scenarios.Scenario) string {
	if t.Crash != "" || t.Invariant != "" {
		return ""
	}
	for _, m := range mechanismsOf(was, is) {
		if m.was && !m.is && (m.always && t.atTheEnd() || m.moves && movesNodes(is)) {
			return "without " + m.name + " less is promised"
		}
	}
	switch a, b := &was.Cluster, &is.Cluster; {
	case t.atTheEnd() && is.Quiesce != was.Quiesce:
		return "with another time to settle less is promised"
	case a.Quorum == scenarios.QuorumStrict && b.Quorum != a.Quorum:
		return "without the strict quorum less is promised"
	case a.R+a.W > a.N && b.R+b.W <= b.N || b.W < a.W:
		return "with smaller quorums less is promised"
	case a.DatacenterQuorum != b.DatacenterQuorum:
		return "with another quorum of datacenters something else is promised"
	case a.Versioning.Mode != b.Versioning.Mode:
		return "with another mode of versions something else is promised"
	}
	return ""
}

// atTheEnd tells whether the target is about what is left at the end, or may be.
func (t *Target) atTheEnd() bool { return t.Check == "" || slices.Contains(final, t.Check) }

// switched is a mechanism in two plans.
type switched struct {
	name          string
	was, is       bool
	always, moves bool // it is needed for what is left at the end; where nodes come and go
}

func mechanismsOf(was, is *scenarios.Scenario) []switched {
	a, b := &was.Cluster, &is.Cluster
	return []switched{
		{"anti-entropy", a.AntiEntropy.Enabled, b.AntiEntropy.Enabled, true, false},
		{"handoff", a.Handoff.Enabled, b.Handoff.Enabled, true, false},
		{"read repair", a.ReadRepair.Enabled, b.ReadRepair.Enabled, true, false},
		{"gossip", a.Gossip.Enabled, b.Gossip.Enabled, true, true},
		{"transfer", a.Transfer.Enabled, b.Transfer.Enabled, true, true},
	}
}

// movesNodes tells whether nodes come or go.
func movesNodes(p *scenarios.Scenario) bool {
	return slices.ContainsFunc(p.Faults, func(f scenarios.Fault) bool {
		return slices.Contains([]string{"join", "leave", "replace", "wipe"}, f.Kind.Kind())
	}) ||
		p.Cluster.Membership.Start == scenarios.StartCold
}
