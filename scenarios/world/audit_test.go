package world

import (
	"testing"

	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
	"dynamosim/sim"
)

// auditedRun runs a scenario of the library to its end with an audit.
func auditedRun(t *testing.T, name string, set ...string) *World {
	t.Helper()
	text, ok := scenarios.LibraryFile(name)
	if !ok {
		t.Fatalf("no scenario @%s", name)
	}
	plan, problems := scenarios.Load("@"+name, text, nil, scenarios.Vocabulary{}, scenarios.LoadOptions{Set: append(set, "checks.durability=report")})
	if plan == nil {
		t.Fatal(scenarios.FormatAll(problems))
	}
	w, err := New(plan, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for w.Step(1 << 20) {
	}
	return w
}

// What an audit has read along is what the disks bring back after a power loss that takes everything unsynced: each key and each hint, after a
// run with crashes, power losses, compactions and hints that came and went.
func TestAuditKnowsWhatDisksHold(t *testing.T) {
	for _, name := range []string{"chaos", "cart-partition", "abd", "group-commit", "hinted-handoff"} {
		w := auditedRun(t, name)
		keys, hints := 0, 0
		for i, h := range w.hosts {
			w.sys.PowerLoss(h.id, sim.Lose)
			node, d := w.contents(h), w.audit.disks[i]
			node.EachStored(func(key dynamo.KeyID, set *vclock.Set) {
				if got := d.own[key].set; int(key) < len(w.keys) && w.keys[key] >= 0 && got != nil && !got.Equal(set) {
					t.Errorf("@%s, %s: the disk of %s differs from what was read along", name, w.shared.Keys.Name(key), h.name)
				}
				keys++
			})
			node.EachHint(func(home dynamo.NodeID, key dynamo.KeyID, set *vclock.Set) {
				if got := d.hints[hintOf{home, key}].set; got == nil || !got.Equal(set) {
					t.Errorf("@%s, %s: the hint of %s for %s differs", name, w.shared.Keys.Name(key), h.name, w.nodeName(home))
				}
				hints++
			})
			for key, s := range d.own { // order: each key is looked at by itself
				if held := node.Stored(key); s.set != nil && held == nil {
					t.Errorf("@%s, %s: %s holds nothing, and something was read along", name, w.shared.Keys.Name(key), h.name)
				}
			}
		}
		if keys < 10 && name != "abd" {
			t.Errorf("@%s: %d keys and %d hints", name, keys, hints)
		}
	}
}

// An engine that starts on a disk whose newest record cannot be read counts on from an older one: what it writes then is the newest all the same,
// in its store and among its hints.
func TestAuditBelievesTheLatestLife(t *testing.T) {
	d := &auditedDisk{}
	d.forget()
	first, later := new(vclock.Set), new(vclock.Set)
	for _, home := range []dynamo.NodeID{dynamo.NoNode, 3} {
		of := hintOf{home, 7}
		newest := func() *vclock.Set {
			if home == dynamo.NoNode {
				return d.own[7].set
			}
			return d.hints[of].set
		}
		d.take(&auditedState{home: home, key: 7, syncedState: syncedState{first, 10}})
		d.take(&auditedState{home: home, key: 7, syncedState: syncedState{later, 5}})
		if newest() != first {
			t.Error("a copy of an older record counts in one life")
		}
		d.restart()
		if newest() != first {
			t.Error("what a disk held is forgotten by a restart")
		}
		d.take(&auditedState{home: home, key: 7, syncedState: syncedState{later, 5}})
		if newest() != later {
			t.Error("what was written after a restart does not count")
		}
	}
}

// With a sync before every acknowledgement W nodes hold each put; without any, none does.
func TestAuditCountsCopies(t *testing.T) {
	for _, c := range []struct {
		name string
		set  []string
		thin bool
	}{
		{"cart-partition", nil, false},
		{"cart-partition", []string{"cluster.w=1"}, false},
		{"cart-partition", []string{"cluster.storage.sync=group"}, false},
		{"cart-partition", []string{"cluster.storage.sync=never"}, true},
		{"cart-partition", []string{"cluster.versioning.mode=last-write-wins", "workloads=[{name: kv, clients: 8, rate: 100/s, ops: {get: 0.5, put: 0.5}}]"}, false},
		{"cart-partition", []string{"cluster.versioning.mode=riak"}, false},
		{"cart-partition", []string{"cluster.versioning.mode=paper"}, false},
		{"client-driven", nil, false},
		{"actor-epochs", nil, false},
		{"durable-write", nil, true},
	} {
		w := auditedRun(t, c.name, c.set...)
		a := w.Result().Audit
		if a.Acknowledged == 0 || (len(a.Thin) > 0) != c.thin {
			t.Errorf("@%s %v: %d of %d puts have too few copies", c.name, c.set, len(a.Thin), a.Acknowledged)
		}
		sum := 0
		for _, n := range a.Copies {
			sum += n
		}
		if sum != a.Acknowledged {
			t.Errorf("@%s %v: %d puts by copies, %d acknowledged", c.name, c.set, sum, a.Acknowledged)
		}
	}
}
