package dynamo_test

import (
	"testing"
	"unsafe"

	"dynamosim/dynamo"
	"dynamosim/dynamo/merkle"
	"dynamosim/dynamo/vclock"
)

// A message is copied at every send: it fits a cache line.
func TestMessageFitsACacheLine(t *testing.T) {
	if size := unsafe.Sizeof(dynamo.Message{}); size > 64 {
		t.Errorf("a message takes %d bytes", size)
	}
}

// Every part of a message's content enters its hash, and what it is made of in memory does not.
func TestMessageHashCoversTheContent(t *testing.T) {
	keys := dynamo.NewKeys(nil)
	k, other := keys.Intern("k"), keys.Intern("other")
	clock := vclock.Clock{{Actor: 1, Counter: 2}}
	set := func() *vclock.Set {
		return &vclock.Set{Context: clock, Versions: []vclock.Version{{Dot: vclock.Dot{Actor: 1, Counter: 2}}}}
	}
	full := func() dynamo.Message {
		return dynamo.Message{Kind: dynamo.PutReply, N: 3, Quorum: 2, Request: 7, Ack: 8, Key: k, Client: 4, Node: 5, Set: set(),
			Body: &dynamo.Body{Context: clock, Dots: []vclock.Dot{{Actor: 1, Counter: 3}}, Value: vclock.Value{ID: 9, Len: 10}, Stamp: vclock.Stamp{Wall: 11, Node: 12},
				Trees: &dynamo.Trees{Lists: []merkle.List{{Range: merkle.Range{Upto: merkle.Position{Hi: 1}}, Level: 1, First: 2, Hashes: []uint64{3, 4}}},
					Buckets: []dynamo.Bucket{{Leaf: merkle.Leaf{Index: 3}, Keys: []dynamo.KeyHash{{Key: k, Hash: 5}}}}, Wants: []dynamo.KeyID{k}, Sets: []dynamo.KeySet{{Key: k, Set: set()}}}}}
	}
	base := full()
	want := base.Hash(keys)
	if again := full(); again.Hash(keys) != want {
		t.Error("two messages of one content differ")
	}
	for name, change := range map[string]func(m *dynamo.Message){
		"kind":         func(m *dynamo.Message) { m.Kind = dynamo.GetReply },
		"status":       func(m *dynamo.Message) { m.Status = dynamo.Timeout },
		"n":            func(m *dynamo.Message) { m.N = 4 },
		"quorum":       func(m *dynamo.Message) { m.Quorum = 3 },
		"tombstone":    func(m *dynamo.Message) { m.Tombstone = true },
		"request":      func(m *dynamo.Message) { m.Request++ },
		"ack":          func(m *dynamo.Message) { m.Ack++ },
		"key":          func(m *dynamo.Message) { m.Key = other },
		"client":       func(m *dynamo.Message) { m.Client++ },
		"node":         func(m *dynamo.Message) { m.Node++ },
		"no set":       func(m *dynamo.Message) { m.Set = nil },
		"set":          func(m *dynamo.Message) { m.Set = &vclock.Set{Context: clock, Versions: []vclock.Version{{}}} },
		"no body":      func(m *dynamo.Message) { m.Body = nil },
		"context":      func(m *dynamo.Message) { m.Body.Context = nil },
		"dots":         func(m *dynamo.Message) { m.Body.Dots[0].Counter++ },
		"value":        func(m *dynamo.Message) { m.Body.Value.ID++ },
		"length":       func(m *dynamo.Message) { m.Body.Value.Len++ },
		"stamp":        func(m *dynamo.Message) { m.Body.Stamp.Wall++ },
		"stamp's node": func(m *dynamo.Message) { m.Body.Stamp.Node++ },
		"no trees":     func(m *dynamo.Message) { m.Body.Trees = nil },
		"list's range": func(m *dynamo.Message) { m.Body.Trees.Lists[0].Range.Upto.Lo++ },
		"list's level": func(m *dynamo.Message) { m.Body.Trees.Lists[0].Level++ },
		"list's place": func(m *dynamo.Message) { m.Body.Trees.Lists[0].First++ },
		"list's hash":  func(m *dynamo.Message) { m.Body.Trees.Lists[0].Hashes[1]++ },
		"leaf":         func(m *dynamo.Message) { m.Body.Trees.Buckets[0].Leaf.Index++ },
		"leaf's range": func(m *dynamo.Message) { m.Body.Trees.Buckets[0].Leaf.Range.After.Hi++ },
		"leaf's key":   func(m *dynamo.Message) { m.Body.Trees.Buckets[0].Keys[0].Key = other },
		"leaf's hash":  func(m *dynamo.Message) { m.Body.Trees.Buckets[0].Keys[0].Hash++ },
		"wanted key":   func(m *dynamo.Message) { m.Body.Trees.Wants[0] = other },
		"moved key":    func(m *dynamo.Message) { m.Body.Trees.Sets[0].Key = other },
		"moved set":    func(m *dynamo.Message) { m.Body.Trees.Sets[0].Set = &vclock.Set{Context: clock} },
		"back":         func(m *dynamo.Message) { m.Body.Trees.Back = true },
	} {
		m := full()
		if change(&m); m.Hash(keys) == want {
			t.Errorf("%s does not enter the hash", name)
		}
	}
}

// A get's answer gives the context of the versions that it returns, which no message need repeat (Dynamo §4.4).
func TestContextOfAGetsAnswerIsThatOfItsVersions(t *testing.T) {
	keys := dynamo.NewKeys(nil)
	clock := vclock.Clock{{Actor: 1, Counter: 2}}
	set := &vclock.Set{Context: clock, Versions: []vclock.Version{{Dot: vclock.Dot{Actor: 1, Counter: 2}}}}
	short := dynamo.Message{Kind: dynamo.GetReply, Key: dynamo.NoKey, Set: set}
	long := short
	long.Body = &dynamo.Body{Context: clock}
	if short.Context().Compare(clock) != vclock.Equal || short.Hash(keys) != long.Hash(keys) || short.Size(keys) != long.Size(keys) {
		t.Error("the two ways to give a context differ")
	}
	if m := (dynamo.Message{Kind: dynamo.Replicate, Set: set}); m.Context() != nil {
		t.Error("what replicas send each other has a context for clients")
	}
}
