package rng

import (
	"fmt"
	"math"
	"math/bits"
	"testing"
)

// The values are part of the format: a run's digest depends on each of them.
func TestHashesNeverChange(t *testing.T) {
	for _, c := range []struct {
		what string
		got  uint64
		want uint64
	}{
		{"Mix(0, 0)", Mix(0, 0), 0x1ff5c2923a788d2c},
		{"Mix(1, 2)", Mix(1, 2), 0xf7858b38a8499be9},
		{"Mix(2, 1)", Mix(2, 1), 0xb077298a7052d745},
		{"Hash of nothing", Hash(""), 0xf52a15e9a9b5e89b},
		{"Hash(n1)", Hash("n1"), 0xf8e46110455c6e53},
		{"Hash(n2)", Hash("n2"), 0xc1e0caa6db6efd5c},
		{"Draw", Draw(1, 2, 3, 4), 0x218599301c254913},
		{"Draw2", Draw2(1, 2, 3, 4, 5), 0x63288a8f8fcb8859},
	} {
		if c.got != c.want {
			t.Errorf("%s = %#x, want %#x", c.what, c.got, c.want)
		}
	}
}

func TestHashIsFNVWithAFinaliser(t *testing.T) {
	// The published FNV-1a of "foobar".
	if got, want := Hash("foobar"), finalise(0x85944171f73967e8); got != want {
		t.Errorf("Hash(foobar) = %#x, want %#x", got, want)
	}
}

func TestHashesOfNamesDiffer(t *testing.T) {
	seen := map[uint64]string{}
	for i := range 100_000 {
		for _, name := range []string{fmt.Sprint("n", i), fmt.Sprint("client-", i)} {
			h := Hash(name)
			if other, ok := seen[h]; ok {
				t.Fatalf("Hash(%q) = Hash(%q)", name, other)
			}
			seen[h] = name
		}
	}
}

// Flipping one bit of one argument flips every bit of the draw in about half
// of the cases.
func TestDrawAvalanche(t *testing.T) {
	const trials = 4000
	for arg := range 4 {
		for bit := range 64 {
			var flips [64]int
			for i := range uint64(trials) {
				in := [4]uint64{1, 2, Hash("n1"), i}
				before := Draw(in[0], in[1], in[2], in[3])
				in[arg] ^= 1 << bit
				diff := before ^ Draw(in[0], in[1], in[2], in[3])
				for ; diff != 0; diff &= diff - 1 {
					flips[bits.TrailingZeros64(diff)]++
				}
			}
			for out, n := range flips {
				if share := float64(n) / trials; math.Abs(share-0.5) > 0.06 {
					t.Errorf("argument %d, bit %d flips bit %d in a share of %.3f, want 0.5", arg, bit, out, share)
				}
			}
		}
	}
}

// pairs are two ways to draw that a run uses side by side; the i-th pair of
// draws must behave as two independent numbers.
var pairs = []struct {
	name string
	draw func(i uint64) (uint64, uint64)
}{
	{"neighbouring lineages", func(i uint64) (uint64, uint64) { return Draw(1, 1, 7, 2*i), Draw(1, 1, 7, 2*i+1) }},
	{"two purposes", func(i uint64) (uint64, uint64) { return Draw(1, 1, 7, i), Draw(1, 2, 7, i) }},
	{"two entities", func(i uint64) (uint64, uint64) { return Draw(1, 1, Hash("a"), i), Draw(1, 1, Hash("b"), i) }},
	{"two seeds", func(i uint64) (uint64, uint64) { return Draw(1, 1, 7, i), Draw(2, 1, 7, i) }},
	{"neighbouring seeds", func(i uint64) (uint64, uint64) { return Draw(i, 1, 7, 9), Draw(i+1, 1, 7, 9) }},
	{"there and back", func(i uint64) (uint64, uint64) { return Draw2(1, 1, 5, 6, i), Draw2(1, 1, 6, 5, i) }},
	{"links of one sender", func(i uint64) (uint64, uint64) {
		return Draw2(1, 1, 5, Hash(fmt.Sprint("n", i)), 3), Draw2(1, 1, 5, Hash(fmt.Sprint("n", i)), 4)
	}},
	{"effects of one event", func(i uint64) (uint64, uint64) {
		parent := Mix(Hash("client"), i)
		return Draw(1, 1, 7, Mix(parent, 0)), Draw(1, 1, 7, Mix(parent, 1))
	}},
	{"one stream", func(i uint64) (uint64, uint64) {
		s := NewStream(i)
		return s.Uint64(), s.Uint64()
	}},
	{"neighbouring streams", func(i uint64) (uint64, uint64) { return NewStream(i).Uint64(), NewStream(i + 1).Uint64() }},
}

func TestPairsOfDrawsAreIndependent(t *testing.T) {
	const n, cells = 1 << 17, 16
	for _, p := range pairs {
		for _, shift := range []int{60, 30, 0} {
			var count [cells][cells]int
			for i := range uint64(n) {
				a, b := p.draw(i)
				count[a>>shift%cells][b>>shift%cells]++
			}
			chi := 0.0
			for _, row := range count {
				for _, c := range row {
					d := float64(c) - n/cells/cells
					chi += d * d / (n / cells / cells)
				}
			}
			// 255 degrees of freedom: mean 255, standard deviation 22.6.
			if chi < 170 || chi > 345 {
				t.Errorf("%s, bits from %d: chi-square %.0f, want 255 ± 90", p.name, shift, chi)
			}
		}
	}
}

func TestPairsOfDrawsAreUncorrelated(t *testing.T) {
	const n = 1 << 17
	for _, p := range pairs {
		sum := 0.0
		for i := range uint64(n) {
			a, b := p.draw(i)
			sum += (float64(a)/0x1p64 - 0.5) * (float64(b)/0x1p64 - 0.5) * 12
		}
		if r := sum / n; math.Abs(r) > 4/math.Sqrt(n) {
			t.Errorf("%s: correlation %.4f", p.name, r)
		}
	}
}

// A birthday test: random 64-bit words whose upper 32 bits collide as often as
// they should, neither never (a lattice) nor too often.
func TestDrawsCollideAsRandomWordsDo(t *testing.T) {
	const n = 1 << 18 // 8 collisions of 32 bits expected
	seen := make(map[uint32]bool, n)
	collisions := 0
	for i := range uint64(n) {
		h := uint32(Draw(1, 1, 7, i) >> 32)
		if seen[h] {
			collisions++
		}
		seen[h] = true
	}
	if collisions < 1 || collisions > 20 {
		t.Errorf("%d collisions, want about 8", collisions)
	}
}

func TestBelow(t *testing.T) {
	for _, c := range []struct{ u, n, want uint64 }{
		{0, 10, 0},
		{math.MaxUint64, 10, 9},
		{1 << 63, 10, 5},
		{math.MaxUint64, 0, 0},
		{math.MaxUint64, 1, 0},
		{math.MaxUint64, math.MaxUint64, math.MaxUint64 - 1},
	} {
		if got := Below(c.u, c.n); got != c.want {
			t.Errorf("Below(%d, %d) = %d, want %d", c.u, c.n, got, c.want)
		}
	}
}

// SplitMix64 from state 1234567, as published with its reference code.
func TestStreamIsSplitMix64(t *testing.T) {
	s := Stream{state: 1234567}
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if got := s.Uint64(); got != want {
			t.Errorf("number %d = %d, want %d", i, got, want)
		}
	}
}

func TestStreamBelow(t *testing.T) {
	s, count := NewStream(1), [6]int{}
	for range 60_000 {
		count[s.Below(6)]++
	}
	for face, n := range count {
		if math.Abs(float64(n)-10_000) > 400 {
			t.Errorf("face %d came %d times of 60000", face, n)
		}
	}
}
