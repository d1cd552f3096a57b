package trace

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
	"testing"
)

// The values are part of the format: every golden digest rests on them.
func TestDigestNeverChanges(t *testing.T) {
	var d Digest
	if got, want := d.String(), "916fe8c833a76f34c399c30862fbebcb"; got != want {
		t.Errorf("the digest of nothing is %s, want %s", got, want)
	}
	d.Add1(1)
	d.Add2(2, 3)
	d.Add3(4, 5, 6)
	d.Add4(7, 8, 9, 10)
	d.Add5(11, 12, 13, 14, 15)
	d.Add6(16, 17, 18, 19, 20, 21)
	d.AddString("replicate cart")
	if got, want := d.String(), "011a2c2a1f834e6bb192f223b2bb4e40"; got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	if sum := fmt.Sprintf("%x", d.Sum()); sum != d.String() {
		t.Errorf("Sum is %s, String %s", sum, d.String())
	}
	d.Reset()
	if d != (Digest{}) {
		t.Error("Reset leaves something")
	}
}

// digestOf adds words one way or another.
func digestOf(add func(d *Digest)) Digest {
	var d Digest
	add(&d)
	return d
}

func TestDigestTellsApart(t *testing.T) {
	seen := map[Digest]string{}
	for name, add := range map[string]func(d *Digest){
		"nothing":    func(d *Digest) {},
		"0":          func(d *Digest) { d.Add1(0) },
		"0 0":        func(d *Digest) { d.Add2(0, 0) },
		"0 0 0":      func(d *Digest) { d.Add3(0, 0, 0) },
		"0 0 0 0":    func(d *Digest) { d.Add4(0, 0, 0, 0) },
		"0 twice":    func(d *Digest) { d.Add1(0); d.Add1(0) },
		"1 2":        func(d *Digest) { d.Add2(1, 2) },
		"2 1":        func(d *Digest) { d.Add2(2, 1) },
		"1, 2":       func(d *Digest) { d.Add1(1); d.Add1(2) },
		"2, 1":       func(d *Digest) { d.Add1(2); d.Add1(1) },
		"1 2 3 4":    func(d *Digest) { d.Add4(1, 2, 3, 4) },
		"3 4 1 2":    func(d *Digest) { d.Add4(3, 4, 1, 2) },
		"5 words":    func(d *Digest) { d.Add5(1, 2, 3, 4, 5) },
		"6 words":    func(d *Digest) { d.Add6(1, 2, 3, 4, 5, 0) },
		"empty text": func(d *Digest) { d.AddString("") },
		"a":          func(d *Digest) { d.AddString("a") },
		"a NUL":      func(d *Digest) { d.AddString("a\x00") },
		"a, b":       func(d *Digest) { d.AddString("a"); d.AddString("b") },
		"ab":         func(d *Digest) { d.AddString("ab") },
		"8 letters":  func(d *Digest) { d.AddString("abcdefgh") },
		"9 letters":  func(d *Digest) { d.AddString("abcdefghi") },
		"16 letters": func(d *Digest) { d.AddString("abcdefghijklmnop") },
		"8 and 8":    func(d *Digest) { d.AddString("abcdefgh"); d.AddString("ijklmnop") },
	} {
		d := digestOf(add)
		if other, ok := seen[d]; ok {
			t.Errorf("%s and %s have the same digest %s", name, other, &d)
		}
		seen[d] = name
	}
}

// A bit that differs anywhere in an event changes each bit of the digest in
// about half of the cases.
func TestDigestAvalanche(t *testing.T) {
	const trials = 2000
	for word := range 5 {
		for bit := 0; bit < 64; bit += 7 {
			var flips [128]int
			for i := range uint64(trials) {
				event := [5]uint64{i * 1000, i, 0x0100000200000003, i * 0x9e3779b97f4a7c15, 7}
				before := digestOf(func(d *Digest) { d.Add5(event[0], event[1], event[2], event[3], event[4]) })
				event[word] ^= 1 << bit
				after := digestOf(func(d *Digest) { d.Add5(event[0], event[1], event[2], event[3], event[4]) })
				x, y := before.Sum(), after.Sum()
				count(flips[:64], binary.BigEndian.Uint64(x[:8])^binary.BigEndian.Uint64(y[:8]))
				count(flips[64:], binary.BigEndian.Uint64(x[8:])^binary.BigEndian.Uint64(y[8:]))
			}
			for out, n := range flips {
				if share := float64(n) / trials; share < 0.44 || share > 0.56 {
					t.Errorf("bit %d of word %d flips bit %d in a share of %.3f", bit, word, out, share)
				}
			}
		}
	}
}

func count(flips []int, diff uint64) {
	for ; diff != 0; diff &= diff - 1 {
		flips[bits.TrailingZeros64(diff)]++
	}
}

// Short sequences of small numbers, as events are, all have digests of their
// own, in each lane alone too.
func TestDigestsOfSmallNumbersDiffer(t *testing.T) {
	lanes := [2]map[uint64]bool{{}, {}}
	n := 0
	for a := range uint64(40) {
		for b := range uint64(40) {
			for c := range uint64(40) {
				d := digestOf(func(d *Digest) { d.Add3(a, b, c) })
				lanes[0][d.a], lanes[1][d.b] = true, true
				n++
			}
		}
	}
	if len(lanes[0]) != n || len(lanes[1]) != n {
		t.Errorf("%d sequences have %d and %d digests", n, len(lanes[0]), len(lanes[1]))
	}
}

// A difference does not fade: a million equal events after it the digests
// still differ in both lanes.
func TestDigestDoesNotForget(t *testing.T) {
	var x, y Digest
	x.Add1(1)
	y.Add1(2)
	for i := range uint64(1_000_000) {
		x.Add2(0, i&1)
		y.Add2(0, i&1)
		if x.a == y.a || x.b == y.b {
			t.Fatalf("a lane has forgotten after %d events", i)
		}
	}
}

func TestDigestDoesNotAllocate(t *testing.T) {
	var d Digest
	name := strings.Repeat("name", 5)
	if n := testing.AllocsPerRun(100, func() {
		d.Add1(1)
		d.Add5(1, 2, 3, 4, 5)
		d.AddString(name)
		_ = d.Sum()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDigest(b *testing.B) {
	for _, c := range []struct {
		name string
		add  func(d *Digest, i uint64)
	}{
		{"4 words", func(d *Digest, i uint64) { d.Add4(i, 2, 3, 4) }},
		{"5 words", func(d *Digest, i uint64) { d.Add5(i, 2, 3, 4, 5) }},
		{"20 letters", func(d *Digest, i uint64) { d.AddString("shopping-cart-number") }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var d Digest
			for i := 0; b.Loop(); i++ {
				c.add(&d, uint64(i))
			}
		})
	}
}
