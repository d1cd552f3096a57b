package sim

import (
	"fmt"

	"dynamosim/sim/rng"
)

// Phold is the usual benchmark of event kernels (R. Fujimoto, "Performance of
// Time Warp under Synthetic Workloads", 1990), run by the kernel of this package
// with nothing around it: no messages, no handlers, no digest. What it costs is
// what every event of a System costs at least, so it is what everything else is
// measured against.
//
// It is defined to the bit, so that other simulators can run the same:
//
//   - There are n logical processes and always n pending events. Process p holds
//     a word x, at first PholdState(p); its first event is due at
//     PholdDelays()[p mod 4096].
//   - An event at process p and time t steps p's word by xorshift
//     (x ^= x<<13; x ^= x>>7; x ^= x<<17) and schedules an event at the process
//     that is the high 64 bits of x*n, after PholdDelays()[x mod 4096].
//   - The checksum is the sum over all events, modulo 2^64, of
//     (t xor p<<40) * 0x9e3779b97f4a7c15. Events of one time commute: neither the
//     words nor the checksum at a time depend on how a simulator breaks ties.
type Phold struct {
	kernel   kernel
	delays   []int64
	words    []uint64
	checksum uint64
}

// pholdDelays is how many delays there are; pholdMask takes a word to one of them.
const (
	pholdDelays = 1 << 12
	pholdMask   = pholdDelays - 1
)

// PholdDelays returns the delays in ns: 4096 quantiles of an exponential
// distribution with a mean of 1 ms, none of them 0.
func PholdDelays() []int64 {
	d, err := rng.Exponential(1_000_000)
	if err != nil {
		panic(fmt.Sprintf("sim: %v", err))
	}
	table := make([]int64, pholdDelays)
	for i := range table {
		table[i] = 1 + d.Sample(uint64(i)<<52|1<<51)
	}
	return table
}

// PholdState is the first word of process p: never 0, which xorshift would keep.
func PholdState(p int) uint64 { return (uint64(p) + 1) * 0x9e3779b97f4a7c15 }

// NewPhold makes a benchmark of n processes, 1 to 2^24.
func NewPhold(n int) *Phold {
	if n < 1 || n > indexMask+1 {
		panic(fmt.Sprintf("sim: PHOLD with %d processes", n))
	}
	b := &Phold{delays: PholdDelays(), words: make([]uint64, n)}
	b.kernel.reset()
	for p := range b.words {
		b.words[p] = PholdState(p)
		b.schedule(ProcID(p), 0, b.delays[p&pholdMask])
	}
	return b
}

func (b *Phold) schedule(p ProcID, lineage uint64, at int64) {
	i, e := b.kernel.alloc()
	*e = event{lineage: lineage, cause: b.kernel.ordinal, proc: p, kind: eventTimer}
	b.kernel.schedule(at, i)
}

// RunUntil dispatches every event that is due at t or before, in ns, and returns
// how many there were: about n in a millisecond.
func (b *Phold) RunUntil(t int64) (events uint64) {
	k, n := &b.kernel, uint64(len(b.words))
	before := k.ordinal
	for {
		i, at, ok := k.next(t)
		if !ok {
			k.now = max(k.now, t)
			return k.ordinal - before
		}
		k.begin(at)
		p := k.events[i].proc
		k.release(i)
		x := b.words[p]
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b.words[p] = x
		b.checksum += (uint64(at) ^ uint64(p)<<40) * 0x9e3779b97f4a7c15
		b.schedule(ProcID(rng.Below(x, n)), x, k.after(b.delays[x&pholdMask]))
	}
}

// Now is the time in ns.
func (b *Phold) Now() int64 { return b.kernel.now }

// Pending is how many events are scheduled: as many as there are processes.
func (b *Phold) Pending() int { return len(b.words) }

// Checksum covers all events so far.
func (b *Phold) Checksum() uint64 { return b.checksum }
