package world

import (
	"dynamosim/analysis/history"
	"dynamosim/scenarios"
	"dynamosim/scenarios/workload"
)

// Issued is an operation that a client of the application began, generated or scripted: all that it takes to script it.
type Issued struct {
	At     int64 // ns
	Client string
	Kind   scenarios.OpKind // "": none that can be scripted
	Key    string
	Item   string // of a cart operation
	Blind  bool   // a put without any context
	Fresh  bool   // a put or delete after a get of its own

	Workload int   // that generated it; -1: scripted
	Number   int64 // of a generated one: which of its client's
	Script   int   // place of a scripted one in the plan; -1: generated

	Parts []history.OpID // the operations of the history that it is made of: a get, a put, or both
}

// opKinds are the kinds of operations as scenarios name them.
var opKinds = [...]scenarios.OpKind{
	workload.Get: scenarios.OpGet, workload.Put: scenarios.OpPut, workload.Delete: scenarios.OpDelete, workload.ReadModifyWrite: scenarios.OpRMW,
	workload.CartAdd: scenarios.OpCartAdd, workload.CartRemove: scenarios.OpCartRemove,
}

// opKind is the kind of an operation as a scenario would script it, "" where it cannot.
func opKind(f workload.Func) scenarios.OpKind {
	if int(f) >= len(opKinds) {
		return ""
	}
	return opKinds[f]
}

// noteIssued tells of the part that a lane has invoked. Final reads are the world's own.
func (w *World) noteIssued(l *lane) {
	j := &l.job
	if j.final {
		return
	}
	d := l.detail()
	if d.issued == 0 {
		op := Issued{At: w.now(), Client: l.session.name, Kind: opKind(j.kind), Key: w.shared.Keys.Name(j.key), Item: d.item, Blind: j.blind, Fresh: j.fresh,
			Workload: -1, Number: j.number, Script: d.script}
		if l.session.load != nil && d.script < 0 {
			op.Workload = int(l.session.load.index)
		}
		*w.issued = append(*w.issued, op)
		d.issued = len(*w.issued)
	}
	op := &(*w.issued)[d.issued-1]
	op.Parts = append(op.Parts, j.part)
}
