package dynamo_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"

	"pgregory.net/rapid"
)

// What a replica holds depends on what it was sent, not on the order, nor on how often (Dynamo §4.4: merging versions is a join).
func TestOrderOfReplicationDoesNotMatter(t *testing.T) {
	inStorms(t, func(t *rapid.T) {
		mode := anyOf(t, "mode", []vclock.Mode{vclock.Dotted, vclock.Paper, vclock.LastWriteWins})
		sets := someSets(t, mode)
		cfg := calm()
		cfg.Mode = mode
		s := newStorm(3, 0, cfg)
		s.truth = nil
		for _, h := range s.hosts[:2] {
			for range 2 {
				for _, i := range rapid.Permutation(numbersBelow(len(sets))).Draw(t, "order") {
					h.node.Message(2, &dynamo.Message{Kind: dynamo.Replicate, Request: uint64(i), Key: s.keys[0], Client: dynamo.NoNode, Node: dynamo.NoNode, Set: sets[i]})
				}
			}
		}
		if x, y := s.hosts[0].node.Stored(s.keys[0]), s.hosts[1].node.Stored(s.keys[0]); !x.Equal(y) {
			t.Fatalf("%v and %v", x, y)
		}
	})
}

func numbersBelow(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// someSets lets three coordinators make versions, in contexts seen anywhere, and now and then hear of each other.
func someSets(t *rapid.T, mode vclock.Mode) []*vclock.Set {
	var made []*vclock.Set
	held := make([]*vclock.Set, 3)
	for i := range rapid.IntRange(1, 8).Draw(t, "puts") {
		k := rapid.IntRange(0, 2).Draw(t, "coordinator")
		if len(made) > 0 && rapid.Bool().Draw(t, "hears") {
			held[k] = mode.Merge(nil, held[k], anyOf(t, "of", made))
		}
		var context vclock.Clock
		if len(made) > 0 && rapid.Bool().Draw(t, "has seen") {
			context = anyOf(t, "what", made).ContextFor(mode, nil)
		}
		v := vclock.Version{
			Dot:   vclock.Dot{Actor: dynamo.ActorOf(dynamo.NodeID(k), 1), Counter: uint64(i) + 1},
			Stamp: vclock.Stamp{Wall: int64(rapid.IntRange(0, 3).Draw(t, "wall")), Node: uint32(k)}, Value: valueOf(i),
		}
		held[k], _ = mode.Put(nil, held[k], context, v)
		made = append(made, held[k])
	}
	return made
}

// act is something that happens to a cluster by a plan, not by chance.
type act struct {
	kind      string
	user, key int
	host      dynamo.NodeID
	peer      dynamo.NodeID
	wait      time.Duration
}

// A duplicate of a message between nodes changes nothing but marks: two clusters go through the same, in one of them every such message is
// delivered twice, and in the end clients were told the same and nodes hold the same.
func TestDuplicatesBetweenNodesChangeNothing(t *testing.T) {
	inStorms(t, func(t *rapid.T) {
		cfg := anyConfig(t)
		cfg.SuspectAfter = 1
		nodes := anyOf(t, "nodes", []int{3, 4, 5})
		var acts []act
		for range rapid.IntRange(1, 12).Draw(t, "acts") {
			acts = append(acts, anyAct(t, nodes))
		}
		once, twice := newStorm(nodes, 2, cfg), newStorm(nodes, 2, cfg)
		once.steady, twice.steady, twice.doubling = true, true, true
		for _, a := range acts {
			told, again := once.perform(a), twice.perform(a)
			if told != again {
				t.Fatalf("%v: clients were told %q, and with duplicates %q", a, told, again)
			}
			once.check(t)
			twice.check(t)
		}
		if x, y := once.holdings(), twice.holdings(); !slices.Equal(x, y) {
			t.Fatalf("after %v nodes hold %v, and with duplicates %v", acts, x, y)
		}
	})
}

func anyAct(t *rapid.T, nodes int) act {
	return act{
		kind: anyOf(t, "act", []string{"put", "put", "put", "blind put", "get", "get", "crash", "boot", "cut", "mend"}),
		user: rapid.IntRange(0, 1).Draw(t, "user"), key: rapid.IntRange(0, 1).Draw(t, "key"),
		host: dynamo.NodeID(rapid.IntRange(0, nodes-1).Draw(t, "host")), peer: dynamo.NodeID(rapid.IntRange(0, nodes-1).Draw(t, "peer")),
		wait: anyOf(t, "for", []time.Duration{0, 50e6, 150e6, 2e9}),
	}
}

// perform does one act and lets what follows happen. It gives what clients were told by the end of it.
func (s *storm) perform(a act) string {
	h, u := s.hosts[a.host], s.users[a.user]
	switch {
	case a.kind == "crash" && h.up:
		h.crash(false, 0)
	case a.kind == "boot" && !h.up:
		h.boot()
	case a.kind == "cut":
		s.cut[[2]dynamo.NodeID{a.host, a.peer}] = true
	case a.kind == "mend":
		clear(s.cut)
	case u.lib.Busy():
	case a.kind == "get":
		u.get(a.key, a.host, false)
	case a.kind == "put":
		u.put(u.last[a.key], false, a.host, dynamo.NoNode)
	case a.kind == "blind put":
		u.put(handed{key: a.key}, false, a.host, dynamo.NoNode)
	}
	s.pass(a.wait)
	told := ""
	for _, u := range s.users {
		told += fmt.Sprintf("%v %v; ", u.outcome, u.last)
	}
	return told
}

// holdings lists what nodes that are up hold, hints included.
func (s *storm) holdings() []string {
	var list []string
	for _, h := range s.hosts {
		for _, key := range s.keys {
			list = append(list, fmt.Sprint(h.id, key, numbersOf(h.node.Stored(key))))
		}
		h.node.EachHint(func(home dynamo.NodeID, key dynamo.KeyID, set *vclock.Set) {
			list = append(list, fmt.Sprint(h.id, " for ", home, key, numbersOf(set)))
		})
	}
	return list
}
