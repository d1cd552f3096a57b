package world

import (
	"strings"
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
)

// watchedWorld runs a scenario of the library with invariants on, up to a moment.
func watchedWorld(t testing.TB, name, onCase string, until int64, watched ...string) *World {
	t.Helper()
	text, ok := scenarios.LibraryFile(name)
	if !ok {
		t.Fatalf("no scenario %s", name)
	}
	plan, problems := scenarios.Load("@"+name, text, nil, scenarios.Vocabulary{}, scenarios.LoadOptions{Case: onCase})
	if plan == nil {
		t.Fatal(scenarios.FormatAll(problems))
	}
	plan.Invariants = watched
	w, err := New(plan, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.RunUntil(until)
	return w
}

// broken lists the invariants that did not hold.
func (w *World) broken() []string {
	var list []string
	for _, r := range w.watched.result() {
		if r.Broken > 0 {
			list = append(list, r.Name)
		}
	}
	return list
}

// Under faults of all kinds every invariant is looked at, and holds; watching changes nothing.
func TestInvariantsHoldUnderFaults(t *testing.T) {
	looked := map[string]int64{} // lookups only
	for _, name := range []string{"chaos", "hinted-handoff", "abd", "wiped-disk", "sloppy-quorum", "corruption"} {
		w, plain := watchedWorld(t, name, "", 1e15, "all"), watchedWorld(t, name, "", 1e15)
		if w.Digest() != plain.Digest() {
			t.Errorf("%s: another digest with invariants", name)
		}
		for _, r := range w.Result().Invariants {
			looked[r.Name] += r.Judged
			if r.Broken > 0 {
				t.Errorf("%s: %s: %+v", name, r.Name, r.First)
			}
		}
		if plain.watched != nil || plain.Result().Invariants != nil {
			t.Errorf("%s: watched though nobody asked", name)
		}
	}
	for _, doc := range InvariantDocs() {
		if looked[doc.Name] == 0 {
			t.Errorf("nobody looked at %s", doc.Name)
		}
	}
}

// What the paper's design cannot promise, or a switched-off mechanism no longer does, is seen inside the node at the moment when it happens.
func TestInvariantsSeeByDesignAnomalies(t *testing.T) {
	for _, c := range []struct{ scenario, onCase, broken string }{
		{"resurrection", "", "no-resurrection"},
		{"actor-epochs", "without", "dot-uniqueness"},
	} {
		if got := watchedWorld(t, c.scenario, c.onCase, 1e15, "all").broken(); len(got) != 1 || got[0] != c.broken {
			t.Errorf("%s, case %q breaks %v, want %s", c.scenario, c.onCase, got, c.broken)
		}
	}
}

// Each invariant catches the bug that it is there for, planted into an otherwise sound run, and no other invariant is bothered.
func TestInvariantsCatchPlantedBugs(t *testing.T) {
	key := func(w *World) dynamo.KeyID { return w.findKey("k") }
	home := func(w *World) *host { return w.hosts[w.homes(key(w))[0]] }
	for _, c := range []struct {
		invariant, says string
		plant           func(w *World)
	}{
		{"placement", "the homes are [a b c]", func(w *World) { // a replica keeps as its own what it was to keep as a hint
			w.watched.judgeStored(w.hosts[4], key(w), home(w).node.Stored(key(w)))
		}},
		{"version-order", "which it does not cover", func(w *World) { // a hint overwrites what is newer
			h := home(w)
			set := *h.node.Stored(key(w))
			set.Context, set.Versions = nil, nil
			w.watched.judgeStored(h, key(w), &set)
		}},
		{"dot-uniqueness", "names", func(w *World) { // a node counts from an old counter again
			h := home(w)
			set := *h.node.Stored(key(w))
			set.Versions = append([]vclock.Version(nil), set.Versions...)
			set.Versions[0].Value.ID++
			w.watched.sends(h, 1, &dynamo.Message{Kind: dynamo.Replicate, Key: key(w), Set: &set})
		}},
		{"no-resurrection", "had been dropped and is back", func(w *World) { // a tombstone is forgotten too early
			h := home(w)
			w.watched.gone[h.id][goneVersion{key(w), 0, h.node.Stored(key(w)).Versions[0].Dot, h.node.Stored(key(w)).Versions[0].Value.ID}] = struct{}{}
			w.watched.judgeStored(h, key(w), h.node.Stored(key(w)))
		}},
		{"hint-accounting", "stored or back from its disk", func(w *World) { // a hint vanishes without a word
			h := w.hosts[3]
			h.counted[counterOf(dynamo.MarkHintStored)]++
			w.watched.judgeHints(h)
		}},
		{"quorum-arithmetic", "acknowledged with W = 2 after the answers of [", func(w *World) { // an error counts as an acknowledgement
			h := home(w)
			w.watched.quorum.takes(h, 9, &dynamo.Message{Kind: dynamo.Put, Request: 77})
			w.watched.quorum.coordinates(h, key(w), 2)
			w.watched.sends(h, 1, &dynamo.Message{Kind: dynamo.Replicate, Request: 5, Key: key(w)})
			w.watched.quorum.takes(h, 1, &dynamo.Message{Kind: dynamo.ReplicateReply, Request: 5, Status: dynamo.DiskFailed})
			w.watched.quorum.takes(h, 2, &dynamo.Message{Kind: dynamo.ReplicateReply, Request: 5})
			w.watched.quorum.takes(h, 2, &dynamo.Message{Kind: dynamo.ReplicateReply, Request: 5}) // once per node
			w.watched.sends(h, 9, &dynamo.Message{Kind: dynamo.PutReply, Request: 77, Key: key(w)})
		}},
		{"equal-trees", "its root and theirs are not of that opinion", func(w *World) { // the hash depends on the order of siblings
			n := uint64(0)
			w.watched.root = func(*dynamo.Node, ring.Range) uint64 { n++; return n }
			w.watched.judgeTrees()
		}},
	} {
		w := watchedWorld(t, "sloppy-quorum", "", 7e9, "all")
		if got := w.broken(); got != nil {
			t.Fatalf("broken before anything was planted: %v", got)
		}
		c.plant(w)
		got := w.broken()
		if len(got) != 1 || got[0] != c.invariant {
			t.Errorf("the bug planted for %s breaks %v", c.invariant, got)
			continue
		}
		for _, r := range w.watched.result() {
			if r.Broken > 0 && !strings.Contains(r.First.Text, c.says) {
				t.Errorf("%s says %q, want %q", r.Name, r.First.Text, c.says)
			}
		}
	}
}

// A node that found unreadable what it stored of a key has lost, with the context, what it knew to be superseded: that may come back to it.
func TestNoResurrectionEndsWithTheContext(t *testing.T) {
	for _, unreadable := range []bool{false, true} {
		w := watchedWorld(t, "sloppy-quorum", "", 7e9, "no-resurrection")
		key, from := w.findKey("k"), w.hosts[w.homes(w.findKey("k"))[0]]
		h := w.hosts[4] // which stores nothing of the key
		set := from.node.Stored(key)
		v := &set.Versions[0]
		w.watched.gone[h.id][goneVersion{key, 0, v.Dot, v.Value.ID}] = struct{}{}
		if unreadable {
			w.watched.mark(h, dynamo.MarkCorruptRead, key, 0)
			w.watched.after(h)
		}
		w.watched.judgeStored(h, key, set)
		if broken := len(w.broken()) > 0; broken == unreadable {
			t.Errorf("unreadable: %v; broken: %v", unreadable, broken)
		}
	}
}

// The actors of a node are numbered in the order in which it took them: their epochs are drawn.
func TestActorsAreNumbered(t *testing.T) {
	w := watchedWorld(t, "actor-epochs", "", 1e15)
	names := map[string]bool{}
	for a, number := range w.actors { // order: each is looked at by itself
		if number > 3 || number > 1 && dynamo.ActorEpoch(a) < 1000 {
			t.Errorf("number %d is epoch %d", number, dynamo.ActorEpoch(a))
		}
		names[string(w.appendActor(nil, a))] = true
	}
	if len(names) != len(w.actors) || !names["a"] || !names["a~2"] {
		t.Errorf("names %v", names)
	}
}

// What each invariant costs: compare with none.
func BenchmarkInvariants(b *testing.B) {
	for _, name := range append([]string{"none"}, append(namesOfInvariants(), "all")...) {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				if name == "none" {
					watchedWorld(b, "chaos", "", 1e15)
				} else {
					watchedWorld(b, "chaos", "", 1e15, name)
				}
			}
		})
	}
}

func namesOfInvariants() []string {
	var names []string
	for _, doc := range InvariantDocs() {
		names = append(names, doc.Name)
	}
	return names
}
