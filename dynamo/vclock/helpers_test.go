package vclock

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// clockOf parses "a2 b1" into a clock: actors are letters from a to h.
func clockOf(text string) Clock {
	var c Clock
	for _, pair := range strings.Fields(text) {
		var counter uint64
		if _, err := fmt.Sscanf(pair[1:], "%d", &counter); err != nil {
			panic(err)
		}
		c = (*Arena)(nil).With(c, Dot{Actor: letter(pair[0]), Counter: counter}, int64(counter))
	}
	return c
}

func letter(b byte) Actor { return Actor(b-'a') + 1 }

func letters(a Actor) string { return string(rune('a' + a - 1)) }

// drawClock draws a clock of up to 5 of 8 actors with counters up to 4.
func drawClock(t *rapid.T, label string) Clock {
	m := rapid.MapOfN(rapid.Uint64Range(1, 8), rapid.Uint64Range(1, 4), 0, 5).Draw(t, label)
	var c Clock
	for a := range uint64(9) {
		if m[a] > 0 {
			c = append(c, Entry{Actor: Actor(a), Counter: m[a], Time: int64(100*a + m[a])})
		}
	}
	return c
}

// world is a few replicas of one key, clients that remember contexts, and all the
// sets that were ever sent: each may arrive anywhere, at any time, often or never.
// Beside each set goes what a deliberately simple twin says, in events.
type world struct {
	mode     Mode
	arena    *Arena
	limit    int // entries of a clock; 0 is no truncation
	replicas []replica
	clients  []knowledge
	sent     []replica
	history  map[Dot]events // of each version, what its client had seen
	counters []uint64       // by actor
	clock    int64
	stats    PutStats
}

// replica is what one holds: the set under test, all events that it ever heard of,
// and those of them that it knows somebody to have buried.
type replica struct {
	set   *Set
	seen  events
	gone  events
	actor Actor // under which it coordinates
}

// knowledge is a client's context beside the events it stands for.
type knowledge struct {
	context Clock
	seen    events
}

type events map[Dot]bool

func (e events) clone() events {
	out := make(events, len(e))
	for d := range e {
		out[d] = true
	}
	return out
}

func (e events) add(o events) {
	for d := range o {
		e[d] = true
	}
}

func newWorld(m Mode, replicas, clients int) *world {
	w := &world{mode: m, arena: new(Arena), history: map[Dot]events{}, counters: []uint64{0}}
	for range replicas {
		w.replicas = append(w.replicas, replica{seen: events{}, gone: events{}, actor: w.newActor()})
	}
	for range clients {
		w.clients = append(w.clients, knowledge{seen: events{}})
	}
	return w
}

// newActor gives one that was never used before.
func (w *world) newActor() Actor {
	w.counters = append(w.counters, 0)
	return Actor(len(w.counters) - 1)
}

// forget has a replica lose all that it holds, as when a hint was delivered and
// dropped, and go on under a new actor or, against the rule, the old one.
func (w *world) forget(at int, newActor bool) {
	r := replica{seen: events{}, gone: events{}, actor: w.replicas[at].actor}
	if newActor {
		r.actor = w.newActor()
	}
	w.replicas[at] = r
}

func (w *world) get(client, at int) {
	r := &w.replicas[at]
	w.clients[client] = knowledge{context: r.set.ContextFor(w.mode, w.arena), seen: r.seen.clone()}
}

// put has a client put through a coordinator, with the context it last got or none.
func (w *world) put(client, at int, blind, deletion bool) Dot {
	var k knowledge
	if !blind {
		k = w.clients[client]
	}
	actor := w.replicas[at].actor
	w.counters[actor]++
	w.clock++
	dot := Dot{Actor: actor, Counter: w.counters[actor]}
	v := Version{
		Dot: dot, Stamp: Stamp{Wall: w.clock, Node: uint32(at)}, Tombstone: deletion,
		Value: Value{ID: uint64(w.clock), Len: uint32(10 * w.clock)},
	}
	r := &w.replicas[at]
	before := r.set
	var stats PutStats
	r.set, stats = w.mode.Put(w.arena, before, k.context, v)
	w.stats.Superseded += stats.Superseded
	w.stats.FalseDominations += stats.FalseDominations
	if w.limit > 0 {
		r.set, _ = w.mode.Truncate(w.arena, r.set, dot, w.limit)
	}
	w.history[dot] = k.seen.clone()
	r.seen = r.seen.clone()
	r.seen.add(k.seen)
	r.seen[dot] = true
	return dot
}

func (w *world) send(from int) { w.sent = append(w.sent, w.replicas[from]) }

func (w *world) deliver(i, to int) {
	r, m := &w.replicas[to], w.sent[i]
	r.set = w.mode.Merge(w.arena, r.set, m.set)
	r.seen, r.gone = r.seen.clone(), r.gone.clone()
	r.seen.add(m.seen)
	r.gone.add(m.gone)
}

// bury has a replica drop the tombstones made before some time.
func (w *world) bury(at int, before int64) {
	r := &w.replicas[at]
	_, versions := r.set.parts()
	r.gone = r.gone.clone()
	for _, v := range versions {
		if v.Tombstone && v.Stamp.Wall < before {
			r.gone[v.Dot] = true
		}
	}
	r.set = r.set.Buried(w.arena, before)
}

// live returns the events that no other event heard of has seen and nobody heard of
// has buried: what Dynamo is to keep, by definition.
func (w *world) live(r *replica) []Dot {
	var out []Dot
	for d := range r.seen {
		superseded := r.gone[d]
		for by := range r.seen {
			superseded = superseded || w.history[by][d]
		}
		if !superseded {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, Dot.Compare)
	return out
}

// dots returns the dots of the versions held.
func (s *Set) dots() []Dot {
	var out []Dot
	_, versions := s.parts()
	for i := range versions {
		out = append(out, versions[i].Dot)
	}
	return out
}

// step draws one thing that happens.
func (w *world) step(t *rapid.T) (replica int) {
	at := rapid.IntRange(0, len(w.replicas)-1).Draw(t, "replica")
	client := rapid.IntRange(0, len(w.clients)-1).Draw(t, "client")
	happenings := []string{"get", "put", "put", "blind", "delete", "send", "deliver", "deliver", "bury", "forget"}
	switch rapid.SampledFrom(happenings).Draw(t, "what") {
	case "get":
		w.get(client, at)
	case "put":
		w.put(client, at, false, false)
	case "blind":
		w.put(client, at, true, false)
	case "delete":
		w.put(client, at, false, true)
	case "send":
		w.send(at)
	case "deliver":
		if len(w.sent) > 0 {
			w.deliver(rapid.IntRange(0, len(w.sent)-1).Draw(t, "message"), at)
		}
	case "bury":
		if w.mode == Dotted { // the one that promises anything afterwards
			w.bury(at, rapid.Int64Range(0, w.clock+1).Draw(t, "before"))
		}
	case "forget":
		if (w.mode == Dotted || w.mode == Riak) && len(w.counters) < 9 {
			w.forget(at, true)
		}
	}
	return at
}

// valid checks the form of a set: clocks sorted, versions in canonical order.
func valid(t interface{ Fatalf(string, ...any) }, s *Set) {
	context, versions := s.parts()
	clocks := []Clock{context}
	for i := range versions {
		clocks = append(clocks, versions[i].Clock)
		if i > 0 && versions[i-1].compare(&versions[i]) >= 0 {
			t.Fatalf("versions out of order: %v", s.dots())
		}
	}
	for _, c := range clocks {
		for i := range c {
			if c[i].Counter == 0 || i > 0 && c[i-1].Actor >= c[i].Actor {
				t.Fatalf("malformed clock %v", c)
			}
		}
	}
}

// everySet runs a random world and returns all sets that came up in it.
func everySet(t *rapid.T, m Mode) []*Set {
	w := newWorld(m, 3, 2)
	sets := []*Set{nil}
	for range rapid.IntRange(1, 25).Draw(t, "steps") {
		sets = append(sets, w.replicas[w.step(t)].set)
	}
	return sets
}

func forModes(t *testing.T, f func(t *testing.T, m Mode)) {
	for _, m := range []Mode{Dotted, Riak, Paper, LastWriteWins, ABD} {
		t.Run(m.String(), func(t *testing.T) { f(t, m) })
	}
}
