package sim

import (
	"fmt"
	"testing"

	"dynamosim/sim/rng"
)

// allocs returns the allocations of 10,000 events of a system that has warmed up.
func allocs(s *System[parcel]) float64 {
	s.Step(50_000)
	return testing.AllocsPerRun(5, func() { s.Step(10_000) })
}

func wantNoAllocs(t *testing.T, s *System[parcel]) {
	t.Helper()
	if n := allocs(s); n != 0 {
		t.Errorf("%v allocations in 10,000 events", n)
	}
}

func TestMessagesDoNotAllocate(t *testing.T) {
	wantNoAllocs(t, relays(parcelConfig(), 100, 0))
	wantNoAllocs(t, relays(parcelConfig(), 100, 1))
}

func TestRulesDoNotAllocate(t *testing.T) {
	s := relays(parcelConfig(), 20, 1)
	s.AddRule(&Rule{Name: "bad", Loss: 1 << 61, Duplicate: 1 << 60, Lag: rng.Constant(ms), Reorder: 1 << 60, Gap: ms, Delay: rng.Constant(ms), Bandwidth: 1e6})
	s.AddRule(&Rule{Name: "cut", From: NewSet(0), To: NewSet(1), Cut: true})
	s.Run(1, 1, func() { s.Env(1).SetTimer(Timer{}, 1) })
	wantNoAllocs(t, s)
}

func TestTimersDoNotAllocate(t *testing.T) {
	s := New(parcelConfig())
	for i := range 10 {
		p := s.AddProcess(fmt.Sprint(i), ProcessConfig{})
		h := &worker{env: s.Env(p)}
		s.Boot(p, h, 1, func() { h.Timer(Timer{}) })
	}
	wantNoAllocs(t, s)
}

func TestDisksDoNotAllocate(t *testing.T) {
	s := New(parcelConfig())
	for i := range 3 {
		p := s.AddProcess(fmt.Sprint(i), ProcessConfig{Disk: &DiskConfig{Write: rng.Constant(1000), Sync: rng.Constant(50_000)}})
		h := &scribe{env: s.Env(p), record: make([]byte, 60)}
		s.Boot(p, h, 1, h.next)
	}
	wantNoAllocs(t, s)
}

// worker keeps 20 operations under way, each with a timeout that hardly ever
// fires.
type worker struct {
	env     *Proc[parcel]
	timeout [20]TimerID
}

func (w *worker) Message(ProcID, *parcel) {}
func (w *worker) Disk(*Completion)        {}
func (w *worker) Timer(t Timer) {
	if t.Kind == 0 {
		for i := range w.timeout {
			w.begin(uint32(i))
		}
		return
	}
	w.env.CancelTimer(w.timeout[t.A])
	w.begin(t.A)
}

func (w *worker) begin(i uint32) {
	w.env.SetTimer(Timer{Kind: 1, A: i}, 1000+int64(w.env.Rand(1)%ms))
	w.timeout[i] = w.env.SetTimer(Timer{Kind: 2, A: i}, 500*ms)
}

// scribe appends records, syncs and reads, and now and then begins a new
// file.
type scribe struct {
	env    *Proc[parcel]
	record []byte
	n      int
}

func (s *scribe) Message(ProcID, *parcel) {}
func (s *scribe) Timer(Timer)             {}
func (s *scribe) Disk(c *Completion) {
	if c.Op == OpRead {
		s.next()
	}
}

func (s *scribe) next() {
	d := s.env.Disk()
	f := d.Open("log")
	if s.n++; s.n%500 == 0 {
		d.Remove("log", 0)
		d.SyncDir(0)
		f = d.Open("log")
	}
	for range 5 {
		d.Append(f, s.record, 300, 0)
	}
	d.Sync(f, 1)
	d.Read(f, int64(s.n%10)*60, 60, 2)
}
