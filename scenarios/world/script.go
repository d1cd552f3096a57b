package world

import (
	"dynamosim/analysis/history"
	"dynamosim/dynamo"
	"dynamosim/dynamo/client"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
	"dynamosim/scenarios/workload"
	"dynamosim/sim"
	"dynamosim/sim/rng"
)

// scripted is what became of one scripted operation, for operations that refer to it.
type scripted struct {
	done    bool
	outcome client.Outcome
	context vclock.Clock
	dots    []vclock.Dot
	ids     []history.OpID
	part    history.OpID // that it wrote
	clock   vclock.Clock // of what was written or returned, as Figure 3 prints it
	fastest dynamo.NodeID
	at      int64
}

// addScript makes the clients that scripted operations name and schedules those that have a time.
func (w *World) addScript() {
	w.script = make([]scripted, len(w.plan.Operations))
	for i := range w.plan.Operations {
		o := &w.plan.Operations[i]
		if w.sessionByName(o.Client) == nil {
			w.addLibrary(w.addSession(o.Client, w.freeClient(), w.placed("")), sim.ClientZone)
		}
		if o.At >= 0 {
			w.at(int64(o.At), controlOperation, uint64(i))
		}
	}
}

func (w *World) sessionByName(name string) *session {
	for _, s := range w.sessions {
		if s.name == name {
			return s
		}
	}
	return nil
}

// due begins a scripted operation, or lets it wait for its client's earlier one to end.
func (w *World) due(i int) {
	if w.healed {
		return
	}
	s := w.sessionByName(w.plan.Operations[i].Client)
	if s.silent {
		return
	}
	if s.first.busy && !s.load.open() {
		s.waiting = append(s.waiting, i)
		return
	}
	w.sys.Run(s.id, s.hash, func() { w.beginScripted(s, i) })
}

// beginScripted lets a client begin a scripted operation.
func (w *World) beginScripted(s *session, i int) {
	o := &w.plan.Operations[i]
	kind, key := o.Kind()
	id := w.shared.Keys.Intern(key)
	j := job{number: int64(rng.Hash(o.ID) >> 1), key: id, numbered: w.historyKey(id), n: uint8(o.N), r: uint8(o.R), w: uint8(o.W), part: history.NoVersion}
	if o.Number >= 0 {
		j.number = int64(o.Number)
	}
	text, item := "", ""
	switch kind {
	case scenarios.OpGet:
		j.kind = workload.Get
	case scenarios.OpPut:
		j.kind, text = workload.Put, o.Value
	case scenarios.OpDelete:
		j.kind = workload.Delete
	case scenarios.OpRMW:
		j.kind, text = workload.ReadModifyWrite, o.Value
	case scenarios.OpCartAdd:
		j.kind, item = workload.CartAdd, o.Value
	case scenarios.OpCartRemove:
		j.kind, item = workload.CartRemove, o.Value
	}
	j.size = int32(len(text))
	l := s.lane()
	*l.ready() = j
	d := l.detail()
	d.script, d.text, d.item, d.timeout = i, text, item, int64(o.Timeout)
	if o.Via != "" {
		d.via = dynamo.NodeID(w.plan.Cluster.NodeIndex(o.Via))
	}
	w.giveContext(d, &o.Context)
	l.begin()
}

// giveContext makes a put supersede what the scenario says: the versions of other operations, or nothing.
func (w *World) giveContext(d *details, ref *scenarios.ContextRef) {
	if ref.Session {
		return
	}
	d.given = true
	for _, id := range ref.IDs {
		k := w.operationIndex(id)
		if k < 0 || !w.script[k].done {
			continue
		}
		r := &w.script[k]
		d.context = w.shared.Arena.Join(d.context, r.context)
		d.dots = append(d.dots, r.dots...)
		d.ids = append(d.ids, r.ids...)
		d.prefer = r.fastest
	}
}

func (w *World) operationIndex(id string) int {
	for i := range w.plan.Operations {
		if w.plan.Operations[i].ID == id {
			return i
		}
	}
	return -1
}

// checkOperation keeps what a scripted operation brought, and compares it with what the scenario wants.
func (w *World) checkOperation(l *lane, r *client.Result) {
	j, d := &l.job, l.details
	s := &w.script[d.script]
	s.outcome, s.context, s.dots, s.fastest = r.Outcome, r.Context(), r.Dots(), r.Fastest
	s.ids, s.part = s.ids[:0], history.NoVersion
	if j.writing {
		s.part = j.part
		if s.ids = append(s.ids, j.part); r.Beside() {
			s.ids = append(s.ids[:0], d.ids...)
		}
		s.clock = w.clockOfVersion(j.key, j.part)
	} else {
		s.ids = append(s.ids, w.versionsOf(r.Set)...)
		s.clock = w.shownClock(r.Set)
	}
	if kind, _ := w.plan.Operations[d.script].Kind(); kind == scenarios.OpGet || j.writing || r.Outcome != client.OK {
		w.judgeOperation(d.script, r)
	}
}

// shownClock is the join of the clocks of all versions of a set, each with its dot.
func (w *World) shownClock(set *vclock.Set) vclock.Clock {
	var c vclock.Clock
	if set == nil {
		return nil
	}
	for i := range set.Versions {
		c = w.shared.Arena.Join(c, set.Versions[i].Shown(w.shared.Arena))
	}
	return c
}

// clockOfVersion is the clock of a version, its dot included, as the first node that holds it has it.
func (w *World) clockOfVersion(key dynamo.KeyID, version history.OpID) vclock.Clock {
	for _, h := range w.hosts {
		set := h.node.Stored(key)
		for i := 0; set != nil && i < len(set.Versions); i++ {
			if v := &set.Versions[i]; versionOf(v.Value.ID) == version {
				return v.Shown(w.shared.Arena)
			}
		}
	}
	return nil
}

// scriptDone begins what waited for the end of an operation: the client's next one, and those that come after it.
func (w *World) scriptDone(l *lane) {
	i := l.details.script
	w.script[i].done, w.script[i].at = true, w.now()
	id := w.plan.Operations[i].ID
	for k := range w.plan.Operations {
		if after := w.plan.Operations[k].After; after != nil && after.Op == id {
			w.at(w.now()+int64(after.Delay), controlOperation, uint64(k))
		}
	}
	for k := range w.plan.Faults {
		if f := &w.plan.Faults[k]; f.Enabled && f.After != nil && f.After.Op == id {
			w.at(w.now()+int64(f.After.Delay), controlFaultStart, uint64(k))
		}
	}
	s := l.session
	if len(s.waiting) > 0 {
		next := s.waiting[0]
		s.waiting = s.waiting[1:]
		w.beginScripted(s, next)
	}
}
