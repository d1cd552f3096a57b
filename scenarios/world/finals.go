package world

import (
	"strconv"

	"dynamosim/analysis/history"
	"dynamosim/scenarios/workload"
	"dynamosim/sim"
	"dynamosim/sim/rng"
)

// finalReaders is how many clients make the final reads.
const finalReaders = 8

// finalReads are the gets after everything has gone quiet: one of each key, from all its homes.
type finalReads struct {
	sessions []*session
	next     int32 // history's number of the next key
	open     int
}

// addFinalReaders makes the clients of the final reads. They stand in the first datacenter like a node.
func (w *World) addFinalReaders() {
	if !w.plan.FinalReads {
		return
	}
	for i := range finalReaders {
		s := w.addSession("final/"+strconv.Itoa(i+1), w.freeClient(), sim.ProcessConfig{})
		s.forgets = true
		w.finals.sessions = append(w.finals.sessions, s)
	}
}

// beginFinalReads starts every reader; the run ends with the last read.
func (w *World) beginFinalReads() {
	for _, s := range w.finals.sessions {
		w.sys.Run(s.id, s.hash, func() { w.nextFinal(s) })
	}
	if w.finals.open == 0 {
		w.finish()
	}
}

// nextFinal reads the next key with R=N.
func (w *World) nextFinal(s *session) {
	f := &w.finals
	if int(f.next) >= w.history.Keys() {
		return
	}
	numbered := f.next
	key := w.keyOf(numbered)
	f.next++
	f.open++
	n := uint8(w.config.N)
	l := s.lane()
	*l.ready() = job{kind: workload.Get, final: true, number: int64(rng.Hash(w.shared.Keys.Name(key)) >> 1), key: key, numbered: numbered, n: n, r: n,
		part: history.NoVersion}
	l.begin()
}

func (w *World) finalDone(l *lane) {
	w.finals.open--
	w.nextFinal(l.session)
	if w.finals.open == 0 {
		w.finish()
	}
}
