package merkle

import (
	"fmt"
	"testing"
)

func filled(n int) *Index {
	x := &Index{Content: func(slot int32) uint64 { return uint64(slot) + 1 }}
	for slot := range int32(n) {
		x.Put(slot, Position{mix(uint64(slot)), mix(uint64(slot) + 1<<40)})
	}
	x.Hash(Range{})
	return x
}

var sizes = []int{100, 10_000, 1_000_000}

// A write to a key that is held, when every key is up to date before it.
func BenchmarkTouch(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x := filled(n)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%n == n-1 {
					b.StopTimer()
					x.Hash(Range{})
					b.StartTimer()
				}
				x.Touch(int32(uint64(i) * 7919 % uint64(n)))
			}
		})
	}
}

func BenchmarkInsert(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				filled(n)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/key")
		})
	}
}

// The root of one of 256 ranges.
func BenchmarkRoot(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x := filled(n)
			b.ReportAllocs()
			for i := uint64(0); b.Loop(); i++ {
				x.Hash(Range{Position{Hi: i << 56}, Position{Hi: (i + 1) << 56}})
			}
		})
	}
}

// Finding one differing key in one of 256 ranges.
func BenchmarkComparison(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x, y := filled(n), filled(n)
			y.Content = func(int32) uint64 { return 0 }
			y.Touch(0)
			at := y.leaves[0].at.Hi >> 56 << 56
			r := Range{Position{Hi: at}, Position{Hi: at + 1<<56}}
			b.ReportAllocs()
			for b.Loop() {
				if _, _, _, leaves := reconcile(Shape{2, 10}, r, x, y); len(leaves) != 1 {
					b.Fatal(leaves)
				}
			}
		})
	}
}
