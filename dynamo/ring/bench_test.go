package ring

import (
	"fmt"
	"testing"
)

func BenchmarkRangeOf(b *testing.B) {
	for _, nodes := range []int{5, 100, 3000} {
		for _, strategy := range []int{1, 3} {
			b.Run(fmt.Sprintf("strategy%d/nodes%d", strategy, nodes), func(b *testing.B) {
				s := newSource(1)
				r := build(strategy, members(nodes, 1), 16, 16*nodes, s, Options{})
				keys := make([]Position, 1024)
				for i := range keys {
					keys[i] = Position{s.Uint64(), s.Uint64()}
				}
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					r.RangeOf(keys[i%1024])
				}
			})
		}
	}
}

func BenchmarkHomesKnown(b *testing.B) {
	r := build(3, members(100, 1), 0, 1024, newSource(1), Options{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.Prefer(i%1024, 3)
	}
}

// BenchmarkHomesFirst is one list of homes worked out, spread over zones and not.
func BenchmarkHomesFirst(b *testing.B) {
	nodes := members(1000, 3)
	for _, spread := range []bool{false, true} {
		b.Run(fmt.Sprintf("spread=%v", spread), func(b *testing.B) {
			opts := Options{Spread: spread, ZoneOf: func(node int32) int32 { return nodes[node].Zone }}
			r := build(1, nodes, 16, 0, newSource(1), opts)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r.lists.set(i%r.Ranges(), nil)
				r.Prefer(i%r.Ranges(), 3)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for _, nodes := range []int{5, 100, 3000} {
		b.Run(fmt.Sprintf("nodes%d", nodes), func(b *testing.B) {
			tokens := RandomTokens(members(nodes, 1), 16, newSource(1).token)
			b.ReportAllocs()
			for b.Loop() {
				New(tokens, Options{})
			}
		})
	}
}
