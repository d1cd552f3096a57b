package world

import (
	"fmt"

	"dynamosim/dynamo"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
	"dynamosim/sim"
	"dynamosim/sim/rng"
)

// ruleFault is a fault of disks that lasts: each of its nodes has a rule of its own while it is on.
type ruleFault struct {
	nodes *scenarios.Selector
	like  sim.DiskRule // what each of the rules is made of
	after bool         // what it has done is still felt when it is over
	hosts []*host
	rules []*sim.DiskRule
}

func (a *ruleFault) begin(w *World, f *activeFault) error {
	hosts, err := w.hit(f, a.nodes)
	if err != nil {
		return err
	}
	a.hosts = hosts
	for _, h := range hosts {
		rule := a.like
		rule.Name = f.spec.Name
		a.rules = append(a.rules, &rule)
		w.sys.AddDiskRule(h.id, &rule)
	}
	return nil
}

func (a *ruleFault) end(w *World, _ *activeFault) {
	for i, h := range a.hosts {
		w.sys.RemoveDiskRule(h.id, a.rules[i])
	}
}

func (a *ruleFault) effects(*World, *activeFault) (n int64) {
	for _, rule := range a.rules {
		n += rule.Effects
	}
	return n
}

func (a *ruleFault) lingers() bool { return a.after }

// filePrefix is how the names of the files of a store begin.
func filePrefix(f scenarios.StoreFile) string {
	switch f {
	case scenarios.FileHints:
		return dynamo.HintFiles
	case scenarios.FileMembers:
		return dynamo.MetaFiles
	}
	return dynamo.DataFiles
}

func newDiskError(k *scenarios.DiskError) *ruleFault {
	ops := map[scenarios.DiskOperation]sim.DiskOps{scenarios.DiskRead: sim.Reads, scenarios.DiskWrite: sim.Writes, scenarios.DiskSync: sim.Syncs}
	a := hitting(&k.Nodes, sim.FaultError, k.File, k.Share, k.Nth)
	for _, o := range k.Operations {
		a.like.Ops |= ops[o]
	}
	a.after = false
	return a
}

// hitting is a fault that hits some of the operations on the files of a store.
func hitting(nodes *scenarios.Selector, does sim.DiskFault, file scenarios.StoreFile, share scenarios.Share, nth int) *ruleFault {
	return &ruleFault{nodes: nodes, after: true, like: sim.DiskRule{Does: does, File: filePrefix(file), Share: share.Chance, Nth: int64(nth)}}
}

// wholeDisk is a fault of all that a disk does.
func wholeDisk(nodes *scenarios.Selector, does sim.DiskFault, free scenarios.Bytes) *ruleFault {
	return &ruleFault{nodes: nodes, like: sim.DiskRule{Does: does, Free: int64(free)}}
}

// rotFault turns bits of disks over. What it has done is found by and by.
type rotFault struct {
	kind *scenarios.BitRot
	rots []*sim.Rot
}

func (a *rotFault) begin(w *World, f *activeFault) error {
	hosts, err := w.hit(f, &a.kind.Nodes)
	if err != nil {
		return err
	}
	all := 0
	for _, h := range hosts {
		rot := &sim.Rot{Name: f.spec.Name, File: filePrefix(a.kind.File), Bits: a.kind.Bits, Until: w.contents(h).Vouched}
		turned := w.sys.Rot(h.id, rot)
		if turned > 0 && a.kind.File != scenarios.FileMembers {
			w.destroyed(h, "bit-rot")
		}
		a.rots = append(a.rots, rot)
		f.notes = append(f.notes, fmt.Sprintf("%s: %d bits", h.name, turned))
		all += turned
	}
	if all == 0 {
		return fmt.Errorf("nothing on %v has been vouched for by a later record", &a.kind.Nodes)
	}
	return nil
}

func (a *rotFault) end(*World, *activeFault) {}

func (a *rotFault) effects(*World, *activeFault) (n int64) {
	for _, rot := range a.rots {
		n += rot.Effects
	}
	return n
}

func (a *rotFault) lingers() bool { return true }

// rollbackFault takes nodes down and puts old copies of their disks in the place of these.
type rollbackFault struct {
	downFault
	kind   *scenarios.Rollback
	copies map[sim.ProcID][]sim.StoredFile // nil: not made yet
	gone   int64
}

func newRollback(k *scenarios.Rollback) *rollbackFault {
	a := &rollbackFault{kind: k}
	a.nodes, a.stop = &k.Nodes, a.restore
	return a
}

// copyDisks makes the copies, of the nodes that the fault may be about.
func (a *rollbackFault) copyDisks(w *World) {
	a.copies = map[sim.ProcID][]sim.StoredFile{}
	names := w.Present()
	if !a.kind.Nodes.Symbolic() {
		names, _ = a.kind.Nodes.Resolve(w) // or none: then there is no copy
	}
	for _, id := range w.nodeIDs(names) {
		a.copies[sim.ProcID(id)] = w.sys.Files(sim.ProcID(id))
	}
}

func (a *rollbackFault) begin(w *World, f *activeFault) error {
	names, err := a.kind.Nodes.Resolve(w)
	if err != nil {
		return err
	}
	for i, id := range w.nodeIDs(names) {
		if a.copies[sim.ProcID(id)] == nil {
			return fmt.Errorf("there is no copy of the disk of %s from %v", names[i], a.kind.To)
		}
	}
	return a.downFault.begin(w, f)
}

func (a *rollbackFault) restore(w *World, h *host) string {
	before := w.contents(h)
	w.sys.Crash(h.id)
	w.sys.Restore(h.id, a.copies[h.id], rng.Mix(rng.Hash(h.name), h.boots)|1)
	w.destroyed(h, "rollback")
	gone := w.missing(before, w.contents(h))
	a.gone += gone
	return fmt.Sprintf("%d records gone", gone)
}

func (a *rollbackFault) effects(*World, *activeFault) int64 { return a.gone }

// missing is of how many keys, and of how many hints, a node held something that it does not hold after.
func (w *World) missing(before, after *dynamo.Node) (count int64) {
	lacks := func(had, has *vclock.Set) {
		if had != nil && w.config.Mode.Merge(nil, has, had) != has {
			count++
		}
	}
	before.EachStored(func(key dynamo.KeyID, set *vclock.Set) { lacks(set, after.Stored(key)) })
	before.EachHint(func(home dynamo.NodeID, key dynamo.KeyID, set *vclock.Set) { lacks(set, after.HintFor(home, key)) })
	return count
}
