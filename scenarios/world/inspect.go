package world

import (
	"fmt"

	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
)

// Snapshot is what there is at one moment, seen from outside. Looking changes nothing.
type Snapshot struct {
	Time  int64 // of the scenario, ns
	Event uint64
	Homes []string // of the key asked for, in the order of its preference list: the first N
	Nodes []NodeSnapshot
}

// NodeSnapshot is one node. Of a node that is down it shows what its disk would bring back.
type NodeSnapshot struct {
	Name     string
	Up       bool
	Serving  bool // it has recovered
	Paused   bool
	Boots    uint64
	Keys     int // that it stores
	Hints    []HintSnapshot
	Suspects []string // the peers that it believes to be down
	Members  []string // by its view
	Ranges   int      // of the ring that it is a home of
	Hosted   []string // the same by name, where one node is looked at alone; of many, neighbours are one
	Open     int      // operations that it coordinates
	Doubt    string   // of what its disk may have forgotten something: "all keys", "keys not found", "3 keys"; "" for nothing
	Versions []VersionSnapshot
}

// HintSnapshot counts the hints that a node keeps for a home: all of them, or those of the key asked for.
type HintSnapshot struct {
	Home  string
	Count int
}

// VersionSnapshot is a version of the key asked for.
type VersionSnapshot struct {
	Version   string // as the history names it
	Clock     string
	Tombstone bool
	Hint      string // the home that the node keeps it for; "" for its own
}

// RunUntil runs on to a time of the scenario, what happens at that time included.
func (w *World) RunUntil(t int64) {
	for w.now() < t && !w.over() {
		w.sys.RunUntil(min(t, w.now()+1e9) + Epoch)
	}
}

// Inspect looks at the nodes, at one alone where a name is given, and at what they hold of a key where one is given. ok is false where
// nobody has used such a key yet.
func (w *World) Inspect(node, key string) (s Snapshot, ok bool) {
	s = Snapshot{Time: w.now(), Event: w.sys.Events()}
	id := dynamo.NoKey
	if key != "" {
		if id = w.findKey(key); id == dynamo.NoKey {
			return s, false
		}
		s.Homes = w.names(w.homes(id))
	}
	for _, h := range w.hosts {
		if node == "" || h.name == node {
			s.Nodes = append(s.Nodes, w.inspect(h, id))
		}
		if h.name == node {
			s.Nodes[len(s.Nodes)-1].Hosted = w.namesOfHosted(h)
		}
	}
	return s, true
}

// findKey finds a key that the world knows.
func (w *World) findKey(name string) dynamo.KeyID {
	for id := range w.shared.Keys.Len() {
		if w.shared.Keys.Name(dynamo.KeyID(id)) == name {
			return dynamo.KeyID(id)
		}
	}
	return dynamo.NoKey
}

func (w *World) inspect(h *host, key dynamo.KeyID) NodeSnapshot {
	n := w.contents(h)
	s := NodeSnapshot{Name: h.name, Up: w.sys.Up(h.id), Paused: h.pauses > 0, Boots: h.boots}
	s.Serving = s.Up && h.node.Serving()
	n.EachStored(func(dynamo.KeyID, *vclock.Set) { s.Keys++ })
	if key != dynamo.NoKey {
		s.Versions = w.versionsHeld(s.Versions, n.Stored(key), "")
	}
	n.EachHint(func(home dynamo.NodeID, k dynamo.KeyID, set *vclock.Set) {
		if key != dynamo.NoKey && k != key {
			return
		}
		s.addHint(w.nodeName(home))
		if k == key {
			s.Versions = w.versionsHeld(s.Versions, set, w.nodeName(home))
		}
	})
	if s.Serving {
		s.Open = h.node.Footprint().Requests
		s.Doubt = doubtOf(h.node)
		for _, p := range h.node.Suspected() {
			s.Suspects = append(s.Suspects, w.nodeName(p))
		}
		for _, m := range h.node.View().Members() {
			s.Members = append(s.Members, w.nodeName(dynamo.NodeID(m.Node)))
		}
		s.Ranges = len(h.node.Placement().Ring.Hosted(int32(h.id), w.config.N))
	}
	return s
}

func doubtOf(n *dynamo.Node) string {
	switch any, absent, keys := n.Doubt(); {
	case any:
		return "all keys"
	case absent:
		return "keys not found"
	case keys == 1:
		return "1 key"
	case keys > 1:
		return fmt.Sprintf("%d keys", keys)
	}
	return ""
}

func (s *NodeSnapshot) addHint(home string) {
	for i := range s.Hints {
		if s.Hints[i].Home == home {
			s.Hints[i].Count++
			return
		}
	}
	s.Hints = append(s.Hints, HintSnapshot{home, 1})
}

func (w *World) versionsHeld(list []VersionSnapshot, set *vclock.Set, hint string) []VersionSnapshot {
	if set == nil {
		return list
	}
	for i := range set.Versions {
		v := &set.Versions[i]
		list = append(list, VersionSnapshot{
			Version: w.history.VersionName(w.versionRead(v.Value.ID)), Clock: w.clockText(v.Shown(w.shared.Arena)), Tombstone: v.Tombstone, Hint: hint,
		})
	}
	return list
}
