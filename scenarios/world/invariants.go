package world

import (
	"fmt"
	"slices"

	"dynamosim/dynamo"
	"dynamosim/dynamo/ring"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
)

// Invariants are what must hold inside the nodes at every moment, whatever clients see. They are observers: a run with all of them on is the run
// with none, only slower; docs/invariants.md says by how much.

// InvariantDoc describes an invariant.
type InvariantDoc struct {
	Name, Doc, When, Paper string
}

// The invariants, by their number.
const (
	invariantPlacement = iota
	invariantVersionOrder
	invariantDotUniqueness
	invariantNoResurrection
	invariantHintAccounting
	invariantQuorumArithmetic
	invariantEqualTrees
	invariantCount
)

var invariantDocs = [invariantCount]InvariantDoc{
	{"placement", "a node stores as its own only keys that it is a home of; judged where no members change", "a node stores something", "§4.3"},
	{"version-order", "what a node stores of a key never goes back: it covers all that it stored before; not judged where clocks are cut, nor where members change", "a node stores something", "§4.4"},
	{"dot-uniqueness", "no dot, an actor's counter, names two versions; judged in the clock modes that have dots", "a node stores a version, or sends a copy of it", "§4.4"},
	{"no-resurrection", "a version that a node dropped does not come back to it while it runs, unless what it stored of the key proves unreadable and it must begin anew; not judged where members change, nor in clock mode riak", "a node stores something", "§4.4"},
	{"hint-accounting", "the hints that a node stored are those delivered, superseded, rehomed, expired, destroyed or still kept", "anything happens to a hint", "§4.6"},
	{"quorum-arithmetic", "a put is acknowledged when as many different nodes as its W have answered that they have it, never earlier", "a put is acknowledged", "§4.5"},
	{"equal-trees", "two homes of a range have equal Merkle roots if, and only if, they store the same there", "everything is quiet", "§4.7"},
}

// InvariantDocs lists the invariants.
func InvariantDocs() []InvariantDoc { return invariantDocs[:] }

// InvariantResult is what became of an invariant in a run.
type InvariantResult struct {
	Name   string
	Judged int64 // how often it was looked at
	Broken int64
	First  Breach // the first time that it was broken; meaningful when Broken
}

// Breach is a moment at which an invariant did not hold.
type Breach struct {
	Time  int64 // of the scenario, ns
	Event uint64
	Node  string
	Key   string // "" where it is about none
	Text  string
}

// invariants watch a run.
type invariants struct {
	world   *World
	on      [invariantCount]bool
	results [invariantCount]InvariantResult
	fixed   bool // no members change
	root    func(n *dynamo.Node, r ring.Range) uint64

	stored  []dynamo.KeyID                 // in the handler that is running
	corrupt []dynamo.KeyID                 // found unreadable in it
	hinted  bool                           // something happened to a hint in it
	known   []map[dynamo.KeyID]*vclock.Set // by host: what it stored last; looked up, never ranged over
	gone    []map[goneVersion]struct{}     // by host: what it dropped in this life; the same
	lost    []map[dynamo.KeyID]uint32      // by host: how often it lost what it knew of a key; the same
	named   map[vclock.Dot]uint64          // the value that a dot names; the same
	quorum  quorumWatch
}

type goneVersion struct {
	key   dynamo.KeyID
	lost  uint32     // how often the node had lost what it knew of the key when it dropped it
	dot   vclock.Dot // a put that is sent again makes another version of the same value
	value uint64
}

// watchInvariants begins to watch what the plan asks for; nil: nothing.
func (w *World) watchInvariants() *invariants {
	v := &invariants{world: w, fixed: membersStay(w.plan), root: (*dynamo.Node).RangeHash}
	any := false
	for i, doc := range invariantDocs {
		v.on[i] = w.plan.Invariants.Has(doc.Name)
		any = any || v.on[i]
		v.results[i].Name = doc.Name
	}
	if !any {
		return nil
	}
	v.known, v.gone = make([]map[dynamo.KeyID]*vclock.Set, len(w.hosts)), make([]map[goneVersion]struct{}, len(w.hosts))
	v.lost = make([]map[dynamo.KeyID]uint32, len(w.hosts))
	for i := range w.hosts {
		v.forget(w.hosts[i])
	}
	v.named = map[vclock.Dot]uint64{}
	v.quorum.reset()
	return v
}

// membersStay tells whether a plan keeps the nodes that it begins with.
func membersStay(plan *scenarios.Scenario) bool {
	for i := range plan.Faults {
		switch plan.Faults[i].Kind.Kind() {
		case "join", "leave", "replace":
			return false
		}
	}
	return plan.Cluster.Membership.Start == scenarios.StartFormed
}

// forget begins a life of a node: what it stored last is what its disk brings back.
func (v *invariants) forget(h *host) {
	v.known[h.id], v.gone[h.id], v.lost[h.id] = map[dynamo.KeyID]*vclock.Set{}, map[goneVersion]struct{}{}, map[dynamo.KeyID]uint32{}
	v.quorum.forget(h)
}

// mark takes what a node tells; it is judged when the handler has returned.
func (v *invariants) mark(h *host, m dynamo.Mark, key dynamo.KeyID, arg int64) {
	switch m {
	case dynamo.MarkStored:
		v.stored = append(v.stored, key)
	case dynamo.MarkTombstoneForgotten:
		delete(v.known[h.id], key)
	case dynamo.MarkCorruptRead:
		v.corrupt = append(v.corrupt, key)
	case dynamo.MarkHintStored, dynamo.MarkHintSuperseded, dynamo.MarkHintDelivered, dynamo.MarkHintExpired, dynamo.MarkHintDestroyed, dynamo.MarkHintRehomed:
		v.hinted = true
	case dynamo.MarkCoordinatePut:
		v.quorum.coordinates(h, key, arg)
	case dynamo.MarkCoordinatorStored:
		v.quorum.stored(h, key)
	}
}

// after judges what a handler of a node did.
func (v *invariants) after(h *host) {
	for _, key := range v.corrupt {
		if h.node.Stored(key) == nil { // the context that said what it had dropped is gone with the rest
			delete(v.known[h.id], key)
			v.lost[h.id][key]++
		}
	}
	v.corrupt = v.corrupt[:0]
	for _, key := range v.stored {
		v.judgeStored(h, key, h.node.Stored(key))
	}
	v.stored = v.stored[:0]
	if v.hinted {
		v.hinted = false
		v.judgeHints(h)
	}
	v.quorum.handled()
}

// judge counts a look at an invariant, and takes a breach of it down.
func (v *invariants) judge(i int, holds bool, h *host, key dynamo.KeyID, text func() string) {
	r := &v.results[i]
	r.Judged++
	if holds {
		return
	}
	if r.Broken++; r.Broken == 1 {
		r.First = Breach{Time: v.world.now(), Event: v.world.sys.Ordinal(), Node: h.name, Text: text()}
		if key != dynamo.NoKey {
			r.First.Key = v.world.shared.Keys.Name(key)
		}
	}
}

// judgeStored looks at what a node stores of a key now.
func (v *invariants) judgeStored(h *host, key dynamo.KeyID, set *vclock.Set) {
	if set == nil {
		return
	}
	if v.on[invariantPlacement] && v.fixed {
		v.judge(invariantPlacement, h.node.Placement().IsHome(dynamo.NodeID(h.id), key, v.world.config.N), h, key, func() string {
			return fmt.Sprintf("the homes are %v", v.world.names(v.world.homes(key)))
		})
	}
	before := v.known[h.id][key]
	v.known[h.id][key] = set
	if v.on[invariantVersionOrder] && v.fixed && v.world.config.Versions.MaxEntries == 0 && before != nil {
		v.judge(invariantVersionOrder, v.world.config.Mode.Merge(nil, before, set).Equal(set), h, key, func() string {
			return fmt.Sprintf("%s took the place of %s, which it does not cover", v.world.setText(set), v.world.setText(before))
		})
	}
	if v.on[invariantDotUniqueness] {
		v.judgeDots(h, key, set)
	}
	if v.on[invariantNoResurrection] && v.fixed && v.world.config.Mode != vclock.Riak {
		v.judgeGone(h, key, before, set)
	}
}

// judgeDots looks for a dot that names two versions.
func (v *invariants) judgeDots(h *host, key dynamo.KeyID, set *vclock.Set) {
	if mode := v.world.config.Mode; mode != vclock.Dotted && mode != vclock.Riak {
		return
	}
	for i := range set.Versions {
		version := &set.Versions[i]
		value, named := v.named[version.Dot]
		if !named {
			value = version.Value.ID
			v.named[version.Dot] = value
		}
		v.judge(invariantDotUniqueness, value == version.Value.ID, h, key, func() string {
			return fmt.Sprintf("the dot %s names %s and %s", v.world.clockText(vclock.Clock{{Actor: version.Dot.Actor, Counter: version.Dot.Counter}}),
				v.world.history.VersionName(versionOf(value)), v.world.history.VersionName(versionOf(version.Value.ID)))
		})
	}
}

// judgeGone looks for versions that are back.
func (v *invariants) judgeGone(h *host, key dynamo.KeyID, before, set *vclock.Set) {
	gone, lost := v.gone[h.id], v.lost[h.id][key]
	for i := range set.Versions {
		id := set.Versions[i].Value.ID
		_, was := gone[goneVersion{key, lost, set.Versions[i].Dot, id}]
		v.judge(invariantNoResurrection, !was, h, key, func() string {
			return v.world.history.VersionName(versionOf(id)) + " had been dropped and is back"
		})
	}
	if before == nil {
		return
	}
	for i := range before.Versions {
		old := &before.Versions[i]
		if !slices.ContainsFunc(set.Versions, func(x vclock.Version) bool { return x.Dot == old.Dot && x.Value.ID == old.Value.ID }) {
			gone[goneVersion{key, lost, old.Dot, old.Value.ID}] = struct{}{}
		}
	}
}

// judgeHints looks at the account of a node's hints.
func (v *invariants) judgeHints(h *host) {
	if !v.on[invariantHintAccounting] || !h.node.Serving() {
		return
	}
	count := func(m dynamo.Mark) int64 { return h.counted[counterOf(m)] }
	in := count(dynamo.MarkHintStored) + h.hints.returned
	out := count(dynamo.MarkHintDelivered) + count(dynamo.MarkHintSuperseded) + count(dynamo.MarkHintRehomed) + count(dynamo.MarkHintExpired) +
		count(dynamo.MarkHintDestroyed) + h.hints.lost
	v.judge(invariantHintAccounting, in == out+int64(h.node.Hints()), h, dynamo.NoKey, func() string {
		return fmt.Sprintf("%d stored or back from its disk, %d gone, %d kept", in, out, h.node.Hints())
	})
}

// judgeTrees looks at the Merkle trees of all homes, once everything is quiet.
func (v *invariants) judgeTrees() {
	w := v.world
	if !v.on[invariantEqualTrees] {
		return
	}
	for i := range w.place.Ring.Ranges() {
		r := w.place.Ring.Range(i)
		homes := w.place.Ring.Preference(i)
		homes = homes[:min(len(homes), w.config.N)]
		for k, b := range homes {
			if k == 0 || !w.quietNode(homes[0]) || !w.quietNode(b) {
				continue
			}
			a := homes[0]
			equal, sure := sameInRange(w.hosts[a].node, w.hosts[b].node, r)
			if !sure {
				continue
			}
			v.judge(invariantEqualTrees, equal == (v.root(w.hosts[a].node, r) == v.root(w.hosts[b].node, r)), w.hosts[b], dynamo.NoKey, func() string {
				return fmt.Sprintf("range %d: its data and those of %s are equal: %v, its root and theirs are not of that opinion", i, w.hosts[a].name, equal)
			})
		}
	}
}

// quietNode tells whether a node is up and serves.
func (w *World) quietNode(n int32) bool { return w.sys.Up(w.hosts[n].id) && w.hosts[n].node.Serving() }

// result is what was found, of the invariants that were on.
func (v *invariants) result() []InvariantResult {
	if v == nil {
		return nil
	}
	var list []InvariantResult
	for i := range v.results {
		if v.on[i] {
			list = append(list, v.results[i])
		}
	}
	return list
}

// setText writes the versions of a set.
func (w *World) setText(set *vclock.Set) string {
	text := ""
	for i := range set.Versions {
		if i > 0 {
			text += ", "
		}
		text += w.history.VersionName(versionOf(set.Versions[i].Value.ID)) + " " + w.clockText(set.Versions[i].Shown(nil))
	}
	return "{" + text + "}"
}
