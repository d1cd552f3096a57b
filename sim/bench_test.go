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
