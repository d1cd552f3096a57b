package world

import (
	"fmt"
	"slices"

	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/scenarios"
	"dynamosim/sim"
	"dynamosim/sim/rng"
	"dynamosim/sim/trace"
)

// applier does what one kind of fault does. There is one for every kind that a scenario can name.
type applier interface {
	// begin starts the fault; an error says why it cannot start now.
	begin(w *World, f *activeFault) error
	// end takes it back.
	end(w *World, f *activeFault)
	// effects is how often it has taken effect so far.
	effects(w *World, f *activeFault) int64
}

// newApplier gives the applier for a kind, nil for one that has none.
func newApplier(kind scenarios.FaultKind) applier {
	switch k := kind.(type) {
	case *scenarios.Partition:
		return &networkFault{cuts: k.Cuts, rule: cutRule}
	case *scenarios.Loss:
		return &networkFault{cuts: k.Link.Cuts, rule: lossRule(k)}
	case *scenarios.Duplicate:
		return &networkFault{cuts: k.Link.Cuts, rule: duplicateRule(k)}
	case *scenarios.Reorder:
		return &networkFault{cuts: k.Link.Cuts, rule: reorderRule(k)}
	case *scenarios.Delay:
		return &networkFault{cuts: k.Link.Cuts, rule: delayRule(k)}
	case *scenarios.SlowLink:
		return &networkFault{cuts: k.Link.Cuts, rule: bandwidthRule(k)}
	case *scenarios.Corrupt:
		return &networkFault{cuts: k.Link.Cuts, rule: corruptRule(k)}
	case *scenarios.Clog:
		return &networkFault{cuts: k.Link.Cuts, rule: clogRule}
	case *scenarios.Flap:
		return &flapFault{networkFault: networkFault{cuts: k.Link.Cuts, rule: cutRule}, up: k.UpFor, down: k.DownFor}
	case *scenarios.CrashLoop:
		return &crashLoopFault{kind: k}
	case *scenarios.RollingRestart:
		return &rollingFault{kind: k}
	case *scenarios.Crash:
		return &downFault{nodes: &k.Nodes, stop: crashNode}
	case *scenarios.PowerLoss:
		return &downFault{nodes: &k.Nodes, stop: powerLoss(k.Unsynced)}
	case *scenarios.Stop:
		return &downFault{nodes: &k.Nodes, stop: stopNode}
	case *scenarios.Wipe:
		return newWipe(k)
	case *scenarios.Rollback:
		return newRollback(k)
	case *scenarios.DiskError:
		return newDiskError(k)
	case *scenarios.SyncLies:
		return wholeDisk(&k.Nodes, sim.FaultLie, 0)
	case *scenarios.LostWrite:
		return hitting(&k.Nodes, sim.FaultLost, k.File, k.Share, k.Nth)
	case *scenarios.MisdirectedWrite:
		return hitting(&k.Nodes, sim.FaultMisdirected, k.File, k.Share, k.Nth)
	case *scenarios.BitRot:
		return &rotFault{kind: k}
	case *scenarios.DiskFull:
		return wholeDisk(&k.Nodes, sim.FaultFull, k.Free)
	case *scenarios.DiskStall:
		return wholeDisk(&k.Nodes, sim.FaultStall, 0)
	case *scenarios.Restart:
		return &restartFault{nodes: &k.Nodes}
	case *scenarios.Pause:
		return &pauseFault{nodes: &k.Nodes}
	case *scenarios.Slow:
		return &slowFault{kind: k}
	case *scenarios.Join:
		return &joinFault{kind: k}
	case *scenarios.Leave:
		return &leaveFault{kind: k}
	case *scenarios.Replace:
		return &replaceFault{kind: k}
	case *scenarios.ClockFault:
		return &clockFault{kind: k}
	}
	return nil
}

// lingerer is an applier whose effects may come after its end: damage that is read later.
type lingerer interface {
	lingers() bool
}

// stepper is an applier with a life of its own: it asks to be woken, and goes on.
type stepper interface {
	step(w *World, f *activeFault, arg uint64)
}

// wake steps a fault after a while, if it is still on then.
func (w *World) wake(f *activeFault, after int64, arg uint64) {
	w.sys.At(w.now()+after+Epoch, sim.Control{
		Kind: controlFaultStep, A: uint64(f.index), B: arg, Lineage: rng.Draw(0, controlFaultStep, rng.Hash(f.spec.Name), rng.Mix(arg, uint64(w.now()+after))),
	})
}

// stepFault wakes a fault that asked for it.
func (w *World) stepFault(i int, arg uint64) {
	f := w.faults[i]
	if s, ok := f.applier.(stepper); ok && f.phase == faultOn {
		s.step(w, f, arg)
	}
}

// drawTime draws a length of time for the n-th turn of a fault, at least one nanosecond.
func (w *World) drawTime(f *activeFault, d scenarios.Dist, entity string, n uint64) int64 {
	return max(1, d.Dist.Sample(rng.Draw2(w.seeds.environment, 0x7475726e, rng.Hash(f.spec.Name), rng.Hash(entity), n)))
}

// activeFault is a fault in a run: waiting, begun, or over.
type activeFault struct {
	spec    *scenarios.Fault
	applier applier
	index   int
	phase   faultPhase
	start   int64
	end     int64
	refused string
	seen    int      // moments of its trigger so far
	notes   []string // what it hit: names that the run decided, bytes lost
	count   int64    // effects, once it is over

	down      []*host // that it took down
	recovered int64   // when all of them served again; -1: they did not
}

type faultPhase uint8

const (
	faultWaiting faultPhase = iota
	faultOn
	faultOver
	faultRefused
)

// addFaults prepares the faults of the plan and schedules those that have a time.
func (w *World) addFaults() error {
	for i := range w.plan.Faults {
		spec := &w.plan.Faults[i]
		f := &activeFault{spec: spec, index: i, recovered: -1}
		if f.applier = newApplier(spec.Kind); f.applier == nil {
			return fmt.Errorf("fault %s: nothing applies the kind %s", spec.Name, spec.Kind.Kind())
		}
		w.faults = append(w.faults, f)
		if k, ok := spec.Kind.(*scenarios.Rollback); ok && spec.Enabled {
			w.at(int64(k.To), controlCopy, uint64(i))
		}
		switch {
		case !spec.Enabled:
		case spec.When != nil:
			w.triggers = append(w.triggers, i)
		case spec.After == nil:
			w.at(int64(spec.At), controlFaultStart, uint64(i))
		}
	}
	return nil
}

// startFault begins a fault and schedules its end.
func (w *World) startFault(i int) {
	f := w.faults[i]
	if f.phase != faultWaiting || w.healed {
		return
	}
	f.start = w.now()
	w.tallyOf(f)
	if err := f.applier.begin(w, f); err != nil {
		f.phase, f.refused, f.end = faultRefused, err.Error(), w.now()
		w.tellFault(f, history.Refused, f.refused)
		return
	}
	f.phase = faultOn
	w.tellFault(f, history.Start, f.text())
	switch at, ok := f.ends(); {
	case f.spec.Kind.Instant():
		w.endFault(i)
	case ok && at <= w.now():
		w.endFault(i)
	case ok && at < int64(w.plan.Duration):
		w.at(at, controlFaultEnd, uint64(i))
	}
}

// ends is when the fault is over by its own word; false: the heal ends it.
func (f *activeFault) ends() (at int64, ok bool) {
	switch {
	case f.spec.Until > 0:
		return int64(f.spec.Until), true
	case f.spec.For > 0:
		return f.start + int64(f.spec.For), true
	}
	return 0, false
}

// endFault takes a fault back. The heal ends all of them but those that last forever.
func (w *World) endFault(i int) {
	f := w.faults[i]
	if f.phase != faultOn || w.healed && f.spec.For == scenarios.Forever {
		return
	}
	f.phase, f.end = faultOver, w.now()
	f.applier.end(w, f)
	f.count = f.applier.effects(w, f)
	w.tallyOf(f)
	w.tellEffects(f)
	w.tellFault(f, history.End, f.text())
	w.awaitRecovery(f)
}

// text is the fault as a scenario would write it, with what the run decided.
func (f *activeFault) text() string {
	text := f.spec.Kind.String()
	for _, note := range f.notes {
		text += "; " + note
	}
	return text
}

// Effects is how often the fault has taken effect so far.
func (w *World) effects(f *activeFault) int64 {
	l, ok := f.applier.(lingerer)
	if f.phase == faultOn || ok && l.lingers() {
		return f.applier.effects(w, f)
	}
	return f.count
}

// tellFault writes a fault's beginning or end into history, digest and trace.
func (w *World) tellFault(f *activeFault, phase history.Phase, text string) {
	w.history.Nemesis(w.now(), f.spec.Kind.Kind(), f.spec.Name, phase, text)
	w.sys.Digest().Add4(uint64(w.now()), 0x6661756c74, rng.Hash(f.spec.Name), uint64(phase))
	if w.sink == nil {
		return
	}
	kind := trace.FaultStart
	switch phase {
	case history.End:
		kind = trace.FaultEnd
	case history.Refused:
		kind = trace.FaultRefused
	}
	w.sink.Record(&trace.Record{Ordinal: w.sys.Ordinal(), Time: w.sys.Now(), Kind: kind, Proc: -1, Peer: -1, Cause: w.sys.Ordinal(),
		Lineage: rng.Hash(f.spec.Name), Text: f.spec.Name + ": " + text, Arg1: int64(f.index)})
}

// pull begins the faults that wait for this moment in a node. What kills the node does so at this very point of its code: the effects of the handler
// before it stand, those after it never happen. All else begins when the handler has ended: what freezes the node, stops it in good order, or hits others.
func (w *World) pull(h *host, m dynamo.Mark, key dynamo.KeyID) {
	point := dynamo.Marks()[m-1].Point
	if point == "" {
		return
	}
	var dying []int // faults that take the node down, at this moment; each trigger counts the moment, whatever the others do
	for k := 0; k < len(w.triggers); k++ {
		f := w.faults[w.triggers[k]]
		if !w.matches(f, h, point, key) {
			continue
		}
		if f.seen++; f.seen < f.spec.When.Nth {
			continue
		}
		w.triggers = append(w.triggers[:k:k], w.triggers[k+1:]...)
		k--
		if w.kills(f, h) {
			dying = append(dying, f.index)
			continue
		}
		w.at(w.now(), controlFaultStart, uint64(f.index))
	}
	if dying != nil {
		h.proc.Mute(func() {
			for _, i := range dying {
				w.startFault(i)
			}
		})
	}
}

// kills tells whether a fault takes a node down without letting it finish what it is doing.
func (w *World) kills(f *activeFault, h *host) bool {
	switch f.spec.Kind.(type) {
	case *scenarios.Crash, *scenarios.PowerLoss, *scenarios.CrashLoop, *scenarios.Restart, *scenarios.Wipe, *scenarios.Rollback:
	default:
		return false
	}
	names, err := f.spec.Kind.Down().Resolve(w)
	return err == nil && slices.Contains(names, h.name)
}

// matches tells whether a moment in a node is the one that a fault waits for.
func (w *World) matches(f *activeFault, h *host, point string, key dynamo.KeyID) bool {
	when := f.spec.When
	if when.Point != point || when.Key != "" && (key == dynamo.NoKey || w.shared.Keys.Name(key) != when.Key) {
		return false
	}
	names, err := when.Node.Resolve(w)
	if err != nil {
		return false
	}
	for _, name := range names {
		if name == h.name {
			return true
		}
	}
	return false
}
