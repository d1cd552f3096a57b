package sim

import (
	"fmt"
	"testing"
)

// plainPhold is PHOLD as its definition reads, over a list that is searched for
// its minimum; of two events of a time the later one comes first.
func plainPhold(n int, until int64) (events, checksum uint64) {
	type entry struct {
		at int64
		p  int
	}
	delays := PholdDelays()
	var pending []entry
	words := make([]uint64, n)
	for p := range n {
		words[p] = PholdState(p)
		pending = append(pending, entry{delays[p%len(delays)], p})
	}
	for {
		first := 0
		for i, e := range pending {
			if e.at <= pending[first].at {
				first = i
			}
		}
		e := pending[first]
		if e.at > until {
			return events, checksum
		}
		x := words[e.p]
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		words[e.p] = x
		events++
		checksum += (uint64(e.at) ^ uint64(e.p)<<40) * 0x9e3779b97f4a7c15
		pending[first] = entry{e.at + delays[x%uint64(len(delays))], mulHigh(x, n)}
	}
}

// mulHigh is x*n divided by 2^64, by halves.
func mulHigh(x uint64, n int) int {
	low, high := x&(1<<32-1), x>>32
	return int((high*uint64(n) + low*uint64(n)>>32) >> 32)
}

// A crowd that comes all at once, for which the queue changes while it comes.
func TestPholdOfACrowd(t *testing.T) {
	run := func(q Queue) uint64 {
		b := NewPhold(1)
		b.kernel.choice = q
		for range crowd + 5 {
			b.schedule(0, 0, b.delays[len(b.kernel.events)&pholdMask])
		}
		if (b.kernel.other != nil) != (q == QueueAuto) {
			t.Fatalf("queue %d: the radix heap is in use: %v", q, b.kernel.other != nil)
		}
		b.RunUntil(500_000)
		return b.Checksum()
	}
	if heap, radix := run(QueueHeap), run(QueueAuto); heap != radix {
		t.Errorf("checksum %x with the heap, %x with the radix heap", heap, radix)
	}
}

func TestPholdAgainstItsDefinition(t *testing.T) {
	for _, n := range []int{1, 2, 50, 5000} {
		until := int64(4_000_000)
		b := NewPhold(n)
		half := b.RunUntil(until / 2)
		events := half + b.RunUntil(until)
		wantEvents, wantSum := plainPhold(n, until)
		if events != wantEvents || b.Checksum() != wantSum {
			t.Errorf("n=%d: %d events, checksum %x; want %d, %x", n, events, b.Checksum(), wantEvents, wantSum)
		}
		if half == 0 || half == events || b.Now() != until {
			t.Errorf("n=%d: %d of %d events in the first half, ends at %d", n, half, events, b.Now())
		}
	}
}

// The checksum that every simulator under bench has to reach.
func TestPholdChecksum(t *testing.T) {
	b := NewPhold(1024)
	if events := b.RunUntil(100_000_000); events != pholdEvents || b.Checksum() != pholdSum {
		t.Errorf("%d events, checksum %x", events, b.Checksum())
	}
}

const (
	pholdEvents = 103447
	pholdSum    = 0x63d5eefa57ad8e0d
)

func TestPholdDoesNotAllocate(t *testing.T) {
	b := NewPhold(1024)
	if n := testing.AllocsPerRun(5, func() { b.RunUntil(b.Now() + 5_000_000) }); n != 0 {
		t.Errorf("%v allocations in 5 ms", n)
	}
}

func BenchmarkPHOLD(b *testing.B) {
	for _, n := range []int{1e2, 1024, 1e4, 1e5, 1e6} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := NewPhold(n)
			p.RunUntil(1_000_000)
			b.ReportAllocs()
			b.ResetTimer()
			for left := b.N; left > 0; {
				step := min(left, n)
				left -= int(p.RunUntil(p.Now() + 1 + int64(step)*1_000_000/int64(n)))
			}
		})
	}
}
