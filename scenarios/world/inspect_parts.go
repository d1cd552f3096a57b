package world

import (
	"fmt"
	"slices"

	"dynamosim/dynamo"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
	"dynamosim/sim"
)

// Single parts of the state at a moment, seen from outside. Looking changes nothing.

// QueueSnapshot is what waits at a node.
type QueueSnapshot struct {
	Node     string
	Serving  int // messages on its cores
	Waiting  int // messages that wait for a core
	Held     int // messages, timers and completions kept from it by a pause
	Disk     int // operations that its disk has not finished
	Incoming int // messages under way to it
	Open     int // requests that it coordinates
}

// Queues tells what waits at the nodes, at one alone where a name is given.
func (w *World) Queues(node string) []QueueSnapshot {
	incoming := make([]int, w.sys.Processes())
	w.sys.InFlight(func(f sim.Flight[dynamo.Message]) bool {
		incoming[f.To]++
		return true
	})
	var list []QueueSnapshot
	for _, h := range w.hosts {
		if node != "" && h.name != node {
			continue
		}
		q := w.sys.Queues(h.id)
		s := QueueSnapshot{Node: h.name, Serving: q.Serving, Waiting: q.Waiting, Held: q.Held, Disk: q.Disk, Incoming: incoming[h.id]}
		if w.quietNode(int32(h.id)) {
			s.Open = h.node.Footprint().Requests
		}
		list = append(list, s)
	}
	return list
}

// HintDetail is a hint that a node keeps.
type HintDetail struct {
	Node, Home, Key string
	Versions        []string // with their clocks
}

// HintStore lists the hints that the nodes keep, of one node or of one key where they are named, by node and then in the order of names of keys.
func (w *World) HintStore(node, key string) []HintDetail {
	var list []HintDetail
	for _, h := range w.hosts {
		if node != "" && h.name != node {
			continue
		}
		first := len(list)
		w.contents(h).EachHint(func(home dynamo.NodeID, id dynamo.KeyID, set *vclock.Set) {
			name := w.shared.Keys.Name(id)
			if key != "" && name != key {
				return
			}
			d := HintDetail{Node: h.name, Home: w.nodeName(home), Key: name}
			for _, v := range w.versionsHeld(nil, set, "") {
				d.Versions = append(d.Versions, v.Version+" "+v.Clock)
			}
			list = append(list, d)
		})
		slices.SortStableFunc(list[first:], func(a, b HintDetail) int { return compareTexts(a.Key+"\x00"+a.Home, b.Key+"\x00"+b.Home) })
	}
	return list
}

func compareTexts(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// RingSnapshot is a member's part of the ring.
type RingSnapshot struct {
	Node    string
	Tokens  int
	Primary float64 // share of the key space that it is the first home of
	Homes   float64 // that it is one of the N homes of
}

// RingView is the ring as a node sees it.
type RingView struct {
	Members    []RingSnapshot
	Ranges     int
	At         float64  // place of the key asked for, as a share of the ring
	Preference []string // its preference list, the homes first
	N          int
}

// Ring shows the ring by the view of a node, or, where none is named, by that which all should agree upon; and where a key belongs, if one is named.
// ok is false where nobody has used such a key yet.
func (w *World) Ring(node, key string) (v RingView, ok bool) {
	place := w.place
	for _, h := range w.hosts {
		if h.name == node && w.quietNode(int32(h.id)) {
			place = h.node.Placement()
		}
	}
	v = RingView{Ranges: place.Ring.Ranges(), N: w.config.N}
	tokens := make([]int, len(w.hosts))
	for _, t := range place.Ring.Tokens() {
		tokens[t.Node]++
	}
	for _, l := range place.Ring.Loads(w.config.N) {
		v.Members = append(v.Members, RingSnapshot{w.nodeName(dynamo.NodeID(l.Node)), tokens[l.Node], l.Primary, l.Homes})
	}
	if key == "" {
		return v, true
	}
	id := w.findKey(key)
	if id == dynamo.NoKey {
		return v, false
	}
	v.At = w.shared.Keys.Position(id).Float()
	v.Preference = w.names(place.Preference(id, len(w.hosts)))
	return v, true
}

// TreeSnapshot is the Merkle tree of a range on one of its homes.
type TreeSnapshot struct {
	Range int
	Node  string
	Keys  int
	Root  string // 16 hex digits
	Equal bool   // all homes of the range that are up have this root
}

// Trees lists the roots of the homes that are up, range by range: of the ranges in which homes differ, or of all with keys that a node is a
// home of.
// equal counts the ranges whose homes do not differ.
func (w *World) Trees(node string) (list []TreeSnapshot, equal int) {
	r := w.place.Ring
	for i := range r.Ranges() {
		var rows []TreeSnapshot
		same, mine, keys := true, node == "", 0
		homes := r.Preference(i)
		for _, n := range homes[:min(len(homes), w.config.N)] {
			mine = mine || w.hosts[n].name == node
			if w.quietNode(n) {
				rows = append(rows, w.tree(i, r.Range(i), w.hosts[n]))
				same = same && rows[len(rows)-1].Root == rows[0].Root
				keys += rows[len(rows)-1].Keys
			}
		}
		if same {
			equal++
		}
		if !mine || same && (node == "" || keys == 0) {
			continue
		}
		for k := range rows {
			rows[k].Equal = same
		}
		list = append(list, rows...)
	}
	return list, equal
}

func (w *World) tree(i int, r ring.Range, h *host) TreeSnapshot {
	return TreeSnapshot{Range: i, Node: h.name, Keys: h.node.CountInRange(r), Root: fmt.Sprintf("%016x", h.node.RangeHash(r))}
}
