package world

import "dynamosim/dynamo"

// Nodes of one's own: a run may have other code than package dynamo's in the place of its nodes. Clients, network, disks, clocks and faults are
// the same; what the world knows of the inside of nodes it knows only of a *dynamo.Node.

// NewNode makes the code of a node for one life: at its start and again after each crash. The Env has methods of dynamo.Host.
type NewNode func(env dynamo.Env) dynamo.Process

// own makes the processes of the first lives. Where they are no *dynamo.Node, nobody looks into them: there are no preloaded versions, no
// states at the end, no convergence.
func (w *World) own() {
	if w.newNode == nil {
		return
	}
	for _, h := range w.hosts {
		h.other = w.newNode(&h.env)
		_, known := h.other.(*dynamo.Node)
		w.foreign = w.foreign || !known
	}
}

// take gives a host the code of its next life.
func (h *host) take() {
	w := h.world
	if w.newNode == nil {
		return
	}
	if h.boots > 1 {
		h.other = w.newNode(&h.env)
	}
	if n, known := h.other.(*dynamo.Node); known && !w.foreign {
		h.node, h.other = n, nil
	}
}

// start begins a life.
func (h *host) start() {
	if h.other != nil {
		h.other.Start(&h.env)
		return
	}
	h.node.Start(&h.env)
}

// ID, Nodes, Config and Shared make a nodeEnv a dynamo.Host.

// ID is the node's address.
func (e *nodeEnv) ID() dynamo.NodeID { return dynamo.NodeID(e.host.id) }

// Nodes is how many nodes there are, by their addresses from 0.
func (e *nodeEnv) Nodes() int { return len(e.host.world.shared.Names) }

// Config is what all nodes are configured with.
func (e *nodeEnv) Config() *dynamo.Config { return &e.host.world.config }

// Shared is what all nodes of a run have in common.
func (e *nodeEnv) Shared() *dynamo.Shared { return e.host.world.shared }
