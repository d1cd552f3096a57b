package ring

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// whole is 2^128, the length of the ring.
func whole() *big.Int { return new(big.Int).Lsh(big.NewInt(1), 128) }

func (p Position) big() *big.Int {
	b := new(big.Int).SetUint64(p.Hi)
	return b.Lsh(b, 64).Or(b, new(big.Int).SetUint64(p.Lo))
}

// drawPosition favours both ends of the ring, the seam of the two words, and little.
func drawPosition(t *rapid.T, label string) Position {
	word := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 3), rapid.Uint64Range(1<<64-3, 1<<64-1))
	return Position{word.Draw(t, label+".hi"), word.Draw(t, label+".lo")}
}

func TestPositionsAgainstBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawPosition(t, "p"), drawPosition(t, "q")
		if got, want := p.Compare(q), p.big().Cmp(q.big()); got != want || p.Less(q) != (want < 0) {
			t.Fatalf("%v to %v: %d, want %d", p, q, got, want)
		}
		want := new(big.Int).Sub(q.big(), p.big())
		want.Mod(want, whole())
		if got := p.Distance(q); got.big().Cmp(want) != 0 {
			t.Fatalf("from %v to %v: %v, want %x", p, q, got, want)
		}
		exact, _ := new(big.Float).Quo(new(big.Float).SetInt(p.big()), new(big.Float).SetInt(whole())).Float64()
		if got := p.Float(); got < exact*(1-1e-15) || got > exact*(1+1e-15) {
			t.Fatalf("%v as a share: %v, want %v", p, got, exact)
		}
	})
}

func TestFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 1<<40).Draw(t, "n")
		i := rapid.Uint64Range(0, n-1).Draw(t, "i")
		want := new(big.Int).Mul(whole(), new(big.Int).SetUint64(i))
		want.Quo(want, new(big.Int).SetUint64(n))
		if got := fraction(i, n); got.big().Cmp(want) != 0 {
			t.Fatalf("%d/%d: %v, want %x", i, n, got, want)
		}
	})
}

func TestShare(t *testing.T) {
	for f, want := range map[float64]Position{
		0:             {},
		0.5:           {Hi: 1 << 63},
		0.75:          {Hi: 3 << 62},
		0x1p-64:       {Hi: 1},
		0x1p-65:       {Lo: 1 << 63},
		0x1p-128:      {Lo: 1},
		0x1p-129:      {},
		1 - 0x1p-53:   {Hi: 1<<64 - 1<<11},
		0x1.00001p-40: {Hi: 1<<24 + 1<<4},
	} {
		if got := Share(f); got != want {
			t.Errorf("share %v: %v, want %v", f, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64Range(0, 0x1.fffffffffffffp-1).Draw(t, "f")
		if f >= 0x1p-60 && Share(f).Float() != f {
			t.Fatalf("%v became %v", f, Share(f).Float())
		}
	})
	for _, f := range []float64{1, -0.1, 2} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("share %v is accepted", f)
				}
			}()
			Share(f)
		}()
	}
}

func TestRanges(t *testing.T) {
	at := func(f float64) Position { return Share(f) }
	after := func(p Position) Position { return Position{p.Hi, p.Lo + 1} }
	for _, c := range []struct {
		name    string
		r       Range
		in, out []Position
		share   float64
	}{
		{"in the middle", Range{at(.25), at(.5)}, []Position{after(at(.25)), at(.3), at(.5)}, []Position{at(.25), after(at(.5)), at(0), at(.9)}, .25},
		{"around zero", Range{at(.75), at(.25)}, []Position{after(at(.75)), at(.9), at(0), at(.25)}, []Position{at(.75), after(at(.25)), at(.5)}, .5},
		{"up to zero", Range{at(.75), at(0)}, []Position{at(.9), at(0)}, []Position{after(at(0)), at(.75)}, .25},
		{"the whole ring", Range{at(.5), at(.5)}, []Position{at(.5), after(at(.5)), at(0), at(.1)}, nil, 1},
	} {
		for _, p := range c.in {
			if !c.r.Contains(p) {
				t.Errorf("%s: %v does not contain %v", c.name, c.r, p)
			}
		}
		for _, p := range c.out {
			if c.r.Contains(p) {
				t.Errorf("%s: %v contains %v", c.name, c.r, p)
			}
		}
		if got := c.r.Share(); got != c.share {
			t.Errorf("%s: share %v, want %v", c.name, got, c.share)
		}
	}
}
