package vclock

import "testing"

// pair returns a set of n actors' making and one that succeeds it.
func pair(m Mode, n int) (old, now *Set) {
	w := newWorld(m, n, 1)
	for i := range 2 * n {
		old = w.replicas[(i+n-1)%n].set
		w.put(0, i%n, i == 0, false)
		w.get(0, i%n)
		now = w.replicas[i%n].set
	}
	return old, now
}

func BenchmarkMergeSame(b *testing.B) {
	_, now := pair(Dotted, 3)
	b.ReportAllocs()
	for b.Loop() {
		Dotted.Merge(nil, now, now)
	}
}

func BenchmarkMergeNewer(b *testing.B) {
	for _, m := range []Mode{Dotted, Riak, Paper, LastWriteWins} {
		b.Run(m.String(), func(b *testing.B) {
			old, now := pair(m, 3)
			b.ReportAllocs()
			for b.Loop() {
				m.Merge(nil, old, now)
			}
		})
	}
}

func BenchmarkMergeSiblings(b *testing.B) {
	for _, m := range []Mode{Dotted, Riak, Paper} {
		b.Run(m.String(), func(b *testing.B) {
			w := newWorld(m, 2, 1)
			w.put(0, 0, true, false)
			w.put(0, 1, true, false)
			b.ReportAllocs()
			for b.Loop() {
				m.Merge(w.arena, w.replicas[0].set, w.replicas[1].set)
			}
		})
	}
}

func BenchmarkPut(b *testing.B) {
	for _, m := range []Mode{Dotted, Riak, Paper, LastWriteWins} {
		b.Run(m.String(), func(b *testing.B) {
			a := new(Arena)
			var s *Set
			counter := uint64(0)
			b.ReportAllocs()
			for b.Loop() {
				counter++
				v := Version{Dot: Dot{Actor(counter%3) + 1, counter}, Stamp: Stamp{Wall: int64(counter)}}
				s, _ = m.Put(a, s, s.ContextFor(m, a), v)
			}
		})
	}
}

func BenchmarkHash(b *testing.B) {
	_, now := pair(Dotted, 3)
	b.ReportAllocs()
	for b.Loop() {
		now.Hash()
	}
}

func BenchmarkAppendSet(b *testing.B) {
	_, now := pair(Dotted, 3)
	buf := AppendSet(nil, now)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendSet(buf[:0], now)
	}
}

func BenchmarkDecodeSet(b *testing.B) {
	_, now := pair(Dotted, 3)
	buf := AppendSet(nil, now)
	a := new(Arena)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeSet(a, buf); err != nil {
			b.Fatal(err)
		}
	}
}
