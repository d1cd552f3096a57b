package sim

import (
	"fmt"
	"testing"

	"dynamosim/sim/rng"
)

// PHOLD (Fujimoto 1990) on the bare kernel: n processes with one pending event
// each; an event draws a target and a delay and schedules one event there.
func BenchmarkPHOLD(b *testing.B) {
	delays := phase(4096)
	for _, n := range []int{1e2, 1024, 1e4, 1e5, 1e6} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var k kernel
			k.reset()
			states := make([]uint64, n)
			for p := range n {
				states[p] = rng.Mix(uint64(p), 1)
				i, e := k.alloc()
				*e = event{proc: ProcID(p), kind: eventTimer}
				k.schedule(delays[p&4095], i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				i, at, _ := k.next(1<<63 - 1)
				k.begin(at)
				e := k.events[i]
				k.release(i)
				x := states[e.proc]
				x ^= x << 13
				x ^= x >> 7
				x ^= x << 17
				states[e.proc] = x
				j, f := k.alloc()
				*f = event{lineage: x, cause: k.ordinal, proc: ProcID(rng.Below(x, uint64(n))), kind: eventTimer}
				k.schedule(k.after(delays[x&4095]), j)
			}
		})
	}
}

// phase is a table of n exponential delays with a mean of 1 ms.
func phase(n int) []int64 {
	d, err := rng.Exponential(1_000_000)
	if err != nil {
		panic(err)
	}
	table := make([]int64, n)
	for i := range table {
		table[i] = 1 + d.Sample(uint64(i)<<52|1<<51)
	}
	return table
}

// parcel is a message of the size that a real protocol has.
type parcel struct {
	kind uint8
	n    uint64
	rest [22]uint64
}

func parcelConfig() Config[parcel] {
	return Config[parcel]{
		Seeds:   Seeds{1, 2},
		Kind:    func(m *parcel) uint8 { return m.kind },
		Size:    func(m *parcel) int64 { return 100 },
		Hash:    func(m *parcel) uint64 { return m.n },
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
func (r *relay) Timer(Timer)     {}
func (r *relay) Disk(Completion) {}

// BenchmarkHop is one message through the System: send, draw of the latency,
// dispatch, handler, digest; the second with a core that takes time for it.
func BenchmarkHop(b *testing.B) {
	for _, n := range []int{100, 1024, 10_000} {
		for _, cores := range []int{0, 1} {
			b.Run(fmt.Sprintf("%d/cores=%d", n, cores), func(b *testing.B) {
				s := relays(n, cores)
				b.ReportAllocs()
				b.ResetTimer()
				s.Step(b.N)
			})
		}
	}
}

// relays returns a system of n relays with n messages under way.
func relays(n, cores int) *System[parcel] {
	s := New(parcelConfig())
	service := []*rng.Dist{rng.Constant(1000)}
	for i := range n {
		p := s.AddProcess(fmt.Sprint("p", i), ProcessConfig{Cores: cores, Service: service})
		r := &relay{env: s.Env(p), peers: uint64(n)}
		s.Boot(p, r, 1, nil)
	}
	for i := range ProcID(n) {
		s.Run(i, uint64(i), func() { s.Env(i).Send((i+1)%ProcID(n), &parcel{n: uint64(i)}) })
	}
	s.Step(4 * n)
	return s
}
