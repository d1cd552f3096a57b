package rng

import (
	"math"
	"math/big"
	"strings"
	"testing"
)

func TestParseChance(t *testing.T) {
	for _, c := range []struct {
		text string
		want Chance
	}{
		{"0", Never}, {"0%", Never}, {"0.000", Never}, {"0e5", Never}, {"00", Never},
		{"1", Certain}, {"100%", Certain}, {"1.0", Certain}, {"1e0", Certain}, {"100.00%", Certain}, {"0.1e1", Certain}, {"1e2%", Certain}, {"01", Certain},
		{"0.5", 1 << 63}, {"50%", 1 << 63}, {".5", 1 << 63}, {"5e-1", 1 << 63}, {"0.05E+1", 1 << 63}, {"500e-3", 1 << 63},
		{"0.25", 1 << 62}, {"12.5%", 1 << 61},
		{"1%", 184467440737095516}, {"0.01", 184467440737095516}, {"1e-2", 184467440737095516},
		{"0.1%", 18446744073709552}, {"1e-6", 18446744073710},
		{"1e-19", 2}, {"1e-20", 1}, {"1e-60", 1}, {"0.00000000000000000000000000001%", 1},
		{"0.99999999999999999999999", math.MaxUint64 - 1}, {"99.9999999999999999999999%", math.MaxUint64 - 1},
	} {
		got, err := ParseChance(c.text)
		if err != nil || got != c.want {
			t.Errorf("ParseChance(%q) = %d, %v, want %d", c.text, got, err, c.want)
		}
	}
}

func TestParseChanceRefuses(t *testing.T) {
	for _, text := range []string{
		"", "%", ".", ".%", "e", "e5", "1e", "1e+", "NaN", "nan", "Inf", "-0.1", "-0", "+0.5", "1.1", "2", "10", "100", "101%", "100.1%", "1.00000000000000000000001",
		"1e1", "1e3%", "0x1p-2", "1_0%", "0,5", "1..", "1.2.3", " 1%", "1% ", "1 %", "1%%", "%1", "½", "1e-61", "1e99999999999999999999", "1e0x1",
		strings.Repeat("0", 61),
	} {
		if got, err := ParseChance(text); err == nil {
			t.Errorf("ParseChance(%q) = %d, want an error", text, got)
		} else if !strings.Contains(err.Error(), "from 0 to 1") {
			t.Errorf("ParseChance(%q): %v: does not say what is allowed", text, err)
		}
	}
}

func TestChanceString(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0%", "1": "100%", "0.01": "1%", "0.5": "50%", "0.1": "10%", "0.005": "0.5%", "1e-6": "0.0001%",
		"0.123456": "12.3456%", "0.999": "99.9%", "0.3": "30%", "1e-20": "0.000000000000000005%",
	} {
		c, err := ParseChance(text)
		if err != nil || c.String() != want {
			t.Errorf("%s prints as %q, %v, want %q", text, c, err, want)
		}
	}
}

func FuzzChanceRoundTrip(f *testing.F) {
	for _, c := range []uint64{0, 1, 2, 3, 1 << 63, math.MaxUint64 - 2, math.MaxUint64 - 1, math.MaxUint64, 1 << 32, 184467440737095516} {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, threshold uint64) {
		c := Chance(threshold)
		text := c.String()
		if back, err := ParseChance(text); err != nil || back != c {
			t.Errorf("%d prints as %s, which reads as %d, %v", threshold, text, back, err)
		}
	})
}

// What is read is the decimal's nearest threshold, which math/big computes
// without any of the cleverness.
func FuzzParseChance(f *testing.F) {
	for _, text := range []string{"1%", "0.01", "1e-6", "100%", "1.5", "99.99999999999999999%", "-1", "NaN", "0.5e-3%", "3e-20"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseChance(text)
		if err != nil {
			return
		}
		body, percent := strings.CutSuffix(text, "%")
		p, ok := new(big.Rat).SetString(body)
		if !ok {
			t.Fatalf("ParseChance(%q) = %v, but math/big cannot read it", text, got)
		}
		if percent {
			p.Mul(p, big.NewRat(1, 100))
		}
		if want := nearestThreshold(p); got != want {
			t.Errorf("ParseChance(%q) = %d, want %d", text, got, want)
		}
	})
}

func nearestThreshold(p *big.Rat) Chance {
	one := big.NewRat(1, 1)
	switch {
	case p.Sign() == 0:
		return Never
	case p.Cmp(one) == 0:
		return Certain
	}
	scaled := new(big.Rat).Mul(p, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 64)))
	scaled.Add(scaled, big.NewRat(1, 2))
	floor := new(big.Int).Quo(scaled.Num(), scaled.Denom())
	if !floor.IsUint64() || floor.Uint64() == math.MaxUint64 {
		return math.MaxUint64 - 1
	}
	return Chance(max(floor.Uint64(), 1))
}

func TestChanceHit(t *testing.T) {
	for _, c := range []struct {
		c    Chance
		u    uint64
		want bool
	}{
		{Never, 0, false}, {Never, math.MaxUint64, false},
		{Certain, 0, true}, {Certain, math.MaxUint64, true},
		{1 << 63, 1<<63 - 1, true}, {1 << 63, 1 << 63, false},
		{1, 0, true}, {1, 1, false},
		{math.MaxUint64 - 1, math.MaxUint64, false},
	} {
		if got := c.c.Hit(c.u); got != c.want {
			t.Errorf("chance %d hit by %d: %v", uint64(c.c), c.u, got)
		}
	}
}

func TestChanceHitsItsShare(t *testing.T) {
	for _, text := range []string{"0.1%", "1%", "30%", "99%"} {
		c, _ := ParseChance(text)
		const n = 200_000
		hits := 0
		for i := range uint64(n) {
			if c.Hit(Draw(1, 2, 3, i)) {
				hits++
			}
		}
		p := c.Float()
		if sigma := math.Sqrt(n * p * (1 - p)); math.Abs(float64(hits)-n*p) > 4*sigma {
			t.Errorf("%s hit %d of %d", text, hits, n)
		}
	}
}
