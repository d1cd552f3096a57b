package scenarios

import (
	"fmt"
	"strconv"
	"strings"
)

// Topology is what a running world knows about names, for those who resolve
// selectors. Every list has a fixed order.
type Topology interface {
	// Nodes returns all nodes.
	Nodes() []string
	// Datacenter returns the datacenter of a node, "" in a cluster without.
	Datacenter(node string) string
	// Replicas returns the first N nodes of the key's preference list.
	Replicas(key string) []string
	// Coordinator returns the node that coordinated the key's latest put, or
	// the first of its preference list before any.
	Coordinator(key string) string
	// Fallbacks returns the key's preference list after the first N.
	Fallbacks(key string) []string
	// Neighbours returns the nodes before and after a node on the ring.
	Neighbours(node string) []string
	// Clients returns the clients of a workload, or the scripted client of that
	// name, or all clients if the name is empty; nil if there is none.
	Clients(name string) []string
}

// Resolve returns the names of those who are meant: nodes in the order of the
// topology, then clients, each once. It fails where a name is unknown, where
// nobody is meant, or where something random was never drawn.
func (s Selector) Resolve(t Topology) ([]string, error) {
	r := newResolver(t)
	if err := r.add(s); err != nil {
		return nil, err
	}
	names := r.names()
	if len(names) == 0 {
		return nil, fmt.Errorf("%v: nobody is meant", s)
	}
	return names, nil
}

// resolver collects the names that selectors mean.
type resolver struct {
	Topology
	nodes   []string
	index   map[string]int // of nodes
	chosen  []bool         // by index of a node
	clients []string
	known   map[string]bool // clients collected
}

func newResolver(t Topology) *resolver {
	r := &resolver{Topology: t, nodes: t.Nodes(), known: map[string]bool{}}
	r.index = make(map[string]int, len(r.nodes))
	for i, n := range r.nodes {
		r.index[n] = i
	}
	r.chosen = make([]bool, len(r.nodes))
	return r
}

// names returns what was collected.
func (r *resolver) names() []string {
	var names []string
	for i, n := range r.nodes {
		if r.chosen[i] {
			names = append(names, n)
		}
	}
	return append(names, r.clients...)
}

func (r *resolver) add(s Selector) error {
	switch s.Form {
	case SelectNamed:
		return r.addNamed(s.Name)
	case SelectUnion:
		for _, part := range s.Of {
			if err := r.add(part); err != nil {
				return err
			}
		}
		return nil
	case SelectAll:
		if present, ok := r.Topology.(interface{ Present() []string }); ok {
			return r.addNodes(present.Present())
		}
		return r.addNodes(r.nodes)
	case SelectReplicas:
		return r.addNodes(r.Replicas(s.Name))
	case SelectCoordinator:
		if c := r.Coordinator(s.Name); c != "" {
			return r.addNodes([]string{c})
		}
		return nil
	case SelectFallbacks:
		return r.addNodes(r.Fallbacks(s.Name))
	case SelectNeighbours:
		return r.addNodes(r.Neighbours(s.Name))
	case SelectNone:
		return fmt.Errorf("nobody was selected")
	}
	return fmt.Errorf("%v: was never drawn", s)
}

func (r *resolver) addNodes(names []string) error {
	for _, n := range names {
		i, ok := r.index[n]
		if !ok {
			return fmt.Errorf("no node %q", n)
		}
		r.chosen[i] = true
	}
	return nil
}

// addNamed adds a node, the nodes of a datacenter, or clients, in this order
// of precedence.
func (r *resolver) addNamed(name string) error {
	if _, ok := r.index[name]; ok {
		return r.addNodes([]string{name})
	}
	found := false
	for i, n := range r.nodes {
		if r.Datacenter(n) == name {
			r.chosen[i], found = true, true
		}
	}
	if found {
		return nil
	}
	clients := r.clientsNamed(name)
	if len(clients) == 0 {
		return fmt.Errorf("no node, datacenter or client %q", name)
	}
	for _, c := range clients {
		if !r.known[c] {
			r.known[c] = true
			r.clients = append(r.clients, c)
		}
	}
	return nil
}

// clientsNamed returns the clients of a workload, or with shoppers/3 its third.
func (r *resolver) clientsNamed(name string) []string {
	workload, number, numbered := strings.Cut(name, "/")
	clients := r.Clients(workload)
	if !numbered {
		return clients
	}
	if i, err := strconv.Atoi(number); err == nil && i >= 1 && i <= len(clients) {
		return clients[i-1 : i]
	}
	return nil
}

// Cut is a set of directed links: from each of From to each of To, but not
// from anybody to itself.
type Cut struct{ From, To []string }

// Cuts returns the links that are meant. It fails as Resolve does.
func (l Link) Cuts(t Topology) ([]Cut, error) {
	nodes := t.Nodes()
	switch l.Form {
	case LinkAll:
		return []Cut{{nodes, nodes}}, nil
	case LinkClient:
		clients := t.Clients("")
		if len(clients) == 0 {
			return nil, fmt.Errorf("client links: there are no clients")
		}
		return []Cut{{clients, nodes}, {nodes, clients}}, nil
	case LinkSameDC, LinkCrossDC:
		return classCuts(t, l.Form == LinkSameDC), nil
	}
	from, err := l.From.Resolve(t)
	if err != nil {
		return nil, err
	}
	to, err := l.To.Resolve(t)
	if err != nil {
		return nil, err
	}
	if l.Form == LinkOneWay {
		return []Cut{{from, to}}, nil
	}
	return []Cut{{from, to}, {to, from}}, nil
}

// classCuts returns the links within each datacenter, or those out of each.
func classCuts(t Topology, within bool) []Cut {
	var order []string
	members := map[string][]string{}
	for _, n := range t.Nodes() {
		dc := t.Datacenter(n)
		if members[dc] == nil {
			order = append(order, dc)
		}
		members[dc] = append(members[dc], n)
	}
	var cuts []Cut
	for _, dc := range order {
		if within {
			cuts = append(cuts, Cut{members[dc], members[dc]})
			continue
		}
		var others []string
		for _, o := range order {
			if o != dc {
				others = append(others, members[o]...)
			}
		}
		if len(others) > 0 {
			cuts = append(cuts, Cut{members[dc], others})
		}
	}
	return cuts
}
