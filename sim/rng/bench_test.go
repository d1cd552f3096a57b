package rng

import (
	"slices"
	"testing"
)

func BenchmarkDraw(b *testing.B) {
	b.ReportAllocs()
	var sum uint64
	for i := 0; b.Loop(); i++ {
		sum += Draw(1, 2, 3, uint64(i))
	}
	_ = sum
}

func BenchmarkDraw2(b *testing.B) {
	b.ReportAllocs()
	var sum uint64
	for i := 0; b.Loop(); i++ {
		sum += Draw2(1, 2, 3, 4, uint64(i))
	}
	_ = sum
}

func BenchmarkStream(b *testing.B) {
	s := NewStream(1)
	var sum uint64
	for b.Loop() {
		sum += s.Uint64()
	}
	_ = sum
}

// The cost of making the random word is subtracted by looking at "constant".
func BenchmarkSample(b *testing.B) {
	all := everyDist()
	for _, name := range []string{"constant", "uniform", "exponential", "lognormal 1", "pareto 1.5", "normal", "empirical", "mixture"} {
		d := all[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var sum int64
			u := uint64(1)
			for b.Loop() {
				u = u*0x5851f42d4c957f2d + 0x14057b7ef767814f
				sum += d.Sample(u)
			}
			_ = sum
		})
	}
}

func BenchmarkRank(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		z := NewZipf(n, 0.99)
		b.Run(names[n], func(b *testing.B) {
			b.ReportAllocs()
			sum := 0
			u := uint64(1)
			for b.Loop() {
				u = u*0x5851f42d4c957f2d + 0x14057b7ef767814f
				sum += z.Rank(u)
			}
			_ = sum
		})
	}
}

var names = map[int]string{100: "1e2", 10_000: "1e4", 1_000_000: "1e6"}

func BenchmarkBuild(b *testing.B) {
	builders := map[string]func(){
		"lognormal": func() { must(LogNormal(ms, 5*ms)) },
		"pareto":    func() { must(Pareto(ms, 2, 0)) },
		"zipf 1e4":  func() { NewZipf(10_000, 0.99) },
		"zipf 1e6":  func() { NewZipf(1_000_000, 0.99) },
	}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range builders {
			if !yield(name) {
				return
			}
		}
	}) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				builders[name]()
			}
		})
	}
}

func BenchmarkMean(b *testing.B) {
	d := must(LogNormal(ms, 5*ms))
	for b.Loop() {
		d.Mean()
	}
}

func BenchmarkLogExp(b *testing.B) {
	x := 0.5
	for b.Loop() {
		x = Exp(Log(x))
	}
}
