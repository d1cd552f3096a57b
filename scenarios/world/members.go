package world

import (
	"fmt"
	"strings"

	"dynamosim/dynamo"
	"dynamosim/dynamo/membership"
	"dynamosim/scenarios"
)

// found sets what nodes know of the ring in the beginning.
func (w *World) found() {
	first := founders(&w.plan.Cluster, w.seeds.plan)
	view := membership.New()
	if w.plan.Cluster.Membership.Start == scenarios.StartCold {
		w.shared.Cold = first
	} else {
		view = membership.New(first...)
		w.shared.Formed = view
	}
	w.place = w.shared.Place(view)
}

// seedNodes tells the nodes which of them all know from the configuration.
func (w *World) seedNodes() error {
	choice := w.plan.Cluster.Membership.SeedNodes
	if choice == nil {
		return nil
	}
	names, err := choice.Resolve(w)
	if err != nil {
		return fmt.Errorf("cluster.membership.seed_nodes: %w", err)
	}
	w.config.SeedNodes = w.nodeIDs(names)
	return nil
}

// adopted is called when a node acts upon a new view. The ring that checks know is that of all such changes together: what the administrators
// have asked for, and no crash can take back. A disk that is destroyed can, see forgetLost.
func (w *World) adopted(h *host) {
	all := membership.Merge(w.place.View, h.node.View())
	if all == w.place.View {
		return
	}
	w.place = w.shared.Place(all)
	if w.healed {
		w.recheckConvergence()
	}
}

// forgetLost is called when a disk was destroyed. A change of the members that only its node knew is gone with it: nobody will ever act upon
// it, unless a message that is under way still tells of it.
func (w *World) forgetLost() (gone int) {
	if w.place.View.Next() <= 1 {
		return 0
	}
	left := membership.New()
	for _, h := range w.hosts {
		left = membership.Merge(left, w.contents(h).View())
	}
	if gone = len(w.place.View.Changes()) - len(left.Changes()); gone > 0 {
		w.place = w.shared.Place(left)
		if w.healed {
			w.recheckConvergence()
		}
	}
	return max(gone, 0)
}

// claimMembers compares whom a node knows as members with those that the scenario names.
func (w *World) claimMembers(path string, c *scenarios.StateCheck) {
	want, err := c.Members.Resolve(w)
	if err != nil {
		w.wants = append(w.wants, Claim{Path: path, Want: c.Members.String(), Got: err.Error()})
		return
	}
	for _, h := range w.hosts {
		if c.Node != "" && h.name != c.Node || c.Node == "" && !w.sys.Up(h.id) {
			continue
		}
		at := path
		if c.Node == "" {
			at += "." + h.name
		}
		w.claim(at, sortedList(want), w.memberNames(h))
	}
}

// memberNames lists whom a node knows as members.
func (w *World) memberNames(h *host) string {
	var names []string
	for _, m := range w.contents(h).View().Members() {
		names = append(names, w.shared.Names[m.Node])
	}
	return sortedList(names)
}

// describeView puts into words what a message says of the members.
func (w *World) describeView(v *membership.View) string {
	members := make([]string, 0, len(v.Members()))
	for _, m := range v.Members() {
		members = append(members, w.nodeName(dynamo.NodeID(m.Node)))
	}
	return fmt.Sprintf("%d changes: %s", len(v.Changes()), strings.Join(members, " "))
}
