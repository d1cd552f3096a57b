package sim

import (
	"fmt"
	"testing"

	"dynamosim/sim/rng"
)

// parcel is a message of the size that a real protocol has.
type parcel struct {
	kind uint8
	n    uint64
	rest [22]uint64
}

func parcelConfig() Config[parcel] {
	return Config[parcel]{
		Seeds:   Seeds{1, 2},
		Label:   func(m *parcel) Label { return Label{Kind: m.kind, Size: 100, Hash: m.n} },
		Network: NetworkConfig{SameDC: Path{Latency: must(rng.Exponential(1_000_000))}},
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// relay sends each message on to a process drawn from its number.
type relay struct {
	env   *Proc[parcel]
	peers uint64
}

func (r *relay) Message(from ProcID, m *parcel) {
	m.n = rng.Mix(m.n, 1)
	r.env.Send(ProcID(rng.Below(m.n, r.peers)), m)
}

// Timer sends something new, so that faults do not run the world dry.
func (r *relay) Timer(t Timer) {
	r.env.Send(0, &parcel{n: r.env.Rand(1)})
	r.env.SetTimer(t, 10*ms)
}

func (r *relay) Disk(*Completion) {}

// BenchmarkHop is one message through the System: send, draw of the latency,
// dispatch, handler, digest; with cores=1 also an arrival and a service.
func BenchmarkHop(b *testing.B) {
	for _, n := range []int{100, 1024, 10_000} {
		for _, cores := range []int{0, 1} {
			b.Run(fmt.Sprintf("%d/cores=%d", n, cores), func(b *testing.B) {
				s := relays(parcelConfig(), n, cores)
				b.ReportAllocs()
				b.ResetTimer()
				before := s.counters.Delivered
				for s.counters.Delivered-before < int64(b.N) {
					s.Step(100)
				}
			})
		}
	}
}

// BenchmarkHopWithRules is a hop under ten faults elsewhere, and under one that
// does something to every message.
func BenchmarkHopWithRules(b *testing.B) {
	for _, delay := range []*rng.Dist{nil, rng.Constant(1)} {
		b.Run(fmt.Sprintf("hit=%v", delay != nil), func(b *testing.B) {
			s := relays(parcelConfig(), 1024, 0)
			for i := range ProcID(10) {
				s.AddRule(&Rule{Name: fmt.Sprint(i), From: NewSet(i), To: NewSet(i + 1), Loss: 1 << 50})
			}
			if delay != nil {
				s.AddRule(&Rule{Name: "all", Delay: delay})
			}
			b.ResetTimer()
			s.Step(b.N)
		})
	}
}

// relays returns a system of n relays with n messages under way.
func relays(cfg Config[parcel], n, cores int) *System[parcel] {
	s := New(cfg)
	service := []*rng.Dist{rng.Constant(1000)}
	for i := range n {
		p := s.AddProcess(fmt.Sprint("p", i), ProcessConfig{Cores: cores, Service: service})
		s.Boot(p, &relay{env: s.Env(p), peers: uint64(n)}, 1, nil)
	}
	for i := range ProcID(n) {
		s.Run(i, uint64(i), func() { s.Env(i).Send((i+1)%ProcID(n), &parcel{n: uint64(i)}) })
	}
	s.Step(4 * n)
	return s
}

// BenchmarkTimers is an operation that ends after 1 ms at most with a timeout
// of 500 ms that is cancelled then: two timers set, one fired, one cancelled.
func BenchmarkTimers(b *testing.B) {
	for _, n := range []int{1, 50, 500} {
		b.Run(fmt.Sprint(20*n), func(b *testing.B) {
			s := New(parcelConfig())
			for i := range n {
				p := s.AddProcess(fmt.Sprint(i), ProcessConfig{})
				h := &worker{env: s.Env(p)}
				s.Boot(p, h, 1, func() { h.Timer(Timer{}) })
			}
			b.ReportAllocs()
			b.ResetTimer()
			s.Step(b.N)
		})
	}
}

// BenchmarkDisk is one record: five of them are appended, synced and one read.
func BenchmarkDisk(b *testing.B) {
	s := New(parcelConfig())
	p := s.AddProcess("p", ProcessConfig{Disk: &DiskConfig{Write: rng.Constant(1000), Sync: rng.Constant(50_000)}})
	h := &scribe{env: s.Env(p), record: make([]byte, 60)}
	s.Boot(p, h, 1, h.next)
	b.ReportAllocs()
	b.ResetTimer()
	s.Step(2 * b.N / 5)
}
