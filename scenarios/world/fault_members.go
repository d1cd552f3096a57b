package world

import (
	"fmt"

	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
	"dynamosim/dynamo/membership"
	"dynamosim/scenarios"
	"dynamosim/sim/rng"
)

// joinFault boots nodes and tells a node of the ring that they join.
type joinFault struct {
	kind  *scenarios.Join
	count int64
}

func (a *joinFault) begin(w *World, f *activeFault) error {
	for _, name := range a.kind.Nodes {
		h := w.hosts[w.plan.Cluster.NodeIndex(name)]
		c := w.joinCommand(h, a.kind.Capacity)
		for _, at := range a.kind.Tokens {
			c.Tokens = append(c.Tokens, membership.Token{Hi: uint64(at.Chance)})
		}
		c.Tokens = membership.SortTokens(c.Tokens)
		if err := w.order(f, a.kind.Via, c); err != nil {
			return err
		}
		w.arrives(h)
		a.count++
	}
	return nil
}

func (a *joinFault) end(*World, *activeFault) {}

func (a *joinFault) effects(*World, *activeFault) int64 { return a.count }

// leaveFault tells a node of the ring that nodes leave.
type leaveFault struct {
	kind  *scenarios.Leave
	count int64
}

func (a *leaveFault) begin(w *World, f *activeFault) error {
	hosts, err := w.hit(f, &a.kind.Nodes)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		if err := w.order(f, a.kind.Via, dynamo.Command{What: membership.Leave, Node: dynamo.NodeID(h.id)}); err != nil {
			return err
		}
		w.balance(h, false)
		a.count++
	}
	return nil
}

func (a *leaveFault) end(*World, *activeFault) {}

func (a *leaveFault) effects(*World, *activeFault) int64 { return a.count }

// replaceFault does both.
type replaceFault struct {
	kind  *scenarios.Replace
	count int64
}

func (a *replaceFault) begin(w *World, f *activeFault) error {
	old := w.hosts[w.plan.Cluster.NodeIndex(a.kind.Node)]
	h := w.hosts[w.plan.Cluster.NodeIndex(a.kind.By)]
	c := w.joinCommand(h, 1)
	if last := w.place.View.Last(int32(old.id)); last != nil && last.What == membership.Join {
		c.Capacity, c.Tokens = last.Capacity, last.Tokens
	}
	if err := w.order(f, a.kind.Via, dynamo.Command{What: membership.Leave, Node: dynamo.NodeID(old.id)}); err != nil {
		return err
	}
	w.balance(old, false)
	a.count++
	if err := w.order(f, a.kind.Via, c); err != nil {
		return err
	}
	w.arrives(h)
	a.count++
	return nil
}

func (a *replaceFault) end(*World, *activeFault) {}

func (a *replaceFault) effects(*World, *activeFault) int64 { return a.count }

func (w *World) joinCommand(h *host, capacity float64) dynamo.Command {
	return dynamo.Command{What: membership.Join, Node: dynamo.NodeID(h.id), Capacity: capacity, Zone: int32(w.plan.Cluster.DatacenterOf(int(h.id)))}
}

// order gives an administrator's command to a node: the one that is named, or the first that can take it.
func (w *World) order(f *activeFault, via string, c dynamo.Command) error {
	for _, h := range w.hosts {
		named := via != "" && h.name == via
		able := via == "" && dynamo.NodeID(h.id) != c.Node && w.sys.Up(h.id) && h.node.Serving() && h.node.View().Has(int32(h.id))
		if !named && !able {
			continue
		}
		if !w.sys.Up(h.id) {
			return fmt.Errorf("%s is down", h.name)
		}
		err := fmt.Errorf("%s is paused", h.name)
		w.sys.Run(h.id, rng.Draw(0, rng.Hash(f.spec.Name), rng.Hash(w.shared.Names[c.Node]), 1), func() { err = h.node.Do(c) })
		if err != nil {
			return fmt.Errorf("%s refuses: %w", h.name, err)
		}
		return nil
	}
	return fmt.Errorf("no node of the ring is up")
}

// arrives boots a node that joins, unless it runs.
func (w *World) arrives(h *host) {
	h.absent = false
	if !w.sys.Up(h.id) && h.downs == 0 {
		h.boot()
	}
}

// departs is called when a node that has left holds nothing any more: it is switched off when the news of it had time to spread.
func (w *World) departs(h *host) {
	w.at(w.now()+10*int64(w.plan.Cluster.Gossip.Every), controlDeparted, uint64(h.id))
}

func (w *World) departed(h *host) {
	if last := h.node.View().Last(int32(h.id)); last == nil || last.What != membership.Drained || w.quiet {
		return
	}
	h.absent, w.someLeft = true, true
	stopNode(w, h)
}

// balancer is the configuration of clients that may contact all nodes, and where they stand.
type balancer struct {
	cfg   *client.Config
	place string
}

// serves is called when a node begins to serve: clients are told of one that has joined.
func (w *World) serves(h *host) {
	if h.boots > 1 && w.forgetful() {
		w.forgetLost()
	}
	if h.node.View().Has(int32(h.id)) {
		w.balance(h, true)
	}
}

// balance tells the balancers of clients that may contact all nodes about one node more, or one less.
func (w *World) balance(h *host, there bool) {
	id := dynamo.NodeID(h.id)
	for _, b := range w.balancers {
		b.cfg.Nodes = changeList(b.cfg.Nodes, id, there)
		if b.place == "" || b.place == w.Datacenter(h.name) {
			b.cfg.Near = changeList(b.cfg.Near, id, there)
		}
	}
}

// changeList gives a list with a node or without it, in the order of numbers. The old one is left as it is.
func changeList(list []dynamo.NodeID, id dynamo.NodeID, there bool) []dynamo.NodeID {
	var out []dynamo.NodeID
	for _, x := range list {
		if x == id {
			continue
		}
		if there && x > id {
			out, there = append(out, id), false
		}
		out = append(out, x)
	}
	if there {
		out = append(out, id)
	}
	if len(out) == 0 {
		return list
	}
	return out
}

// freeClient is a client that may contact all nodes, as they come and go.
func (w *World) freeClient() *client.Config {
	cfg := w.plainClient()
	w.balancers = append(w.balancers, balancer{cfg: cfg})
	return cfg
}
