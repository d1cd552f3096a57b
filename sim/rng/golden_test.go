package rng

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"
)

// The bits of these samples are the same on every architecture and for ever:
// the tests run on whatever machine compare with what amd64 gave.
func TestSamplesAreTheSameEverywhere(t *testing.T) {
	dists := everyDist()
	unit := func(u uint64) float64 { return float64(float64(u>>12)*0x1p-52) + 0x1p-53 }
	bits := math.Float64bits
	for name, sample := range map[string]func(u uint64) uint64{
		"Log": func(u uint64) uint64 {
			return bits(Log(math.Float64frombits(u &^ (1 << 63) % math.Float64bits(math.Inf(1)))))
		},
		"Exp":              func(u uint64) uint64 { return bits(Exp(float64(unit(u)*1500) - 750)) },
		"Pow":              func(u uint64) uint64 { return bits(Pow(float64(unit(u)*10), float64(unit(u*3)*20)-10)) },
		"NormalQuantile":   func(u uint64) uint64 { return bits(NormalQuantile(math.Ldexp(unit(u), -int(u%40)))) },
		"Hash":             func(u uint64) uint64 { return Hash(hex.EncodeToString(binary.BigEndian.AppendUint64(nil, u))) },
		"Draw":             func(u uint64) uint64 { return Draw(1, u, u>>7, ^u) ^ Draw2(u, 2, 3, u*5, u) },
		"Stream":           func(u uint64) uint64 { return NewStream(u).Below(u) },
		"Chance":           func(u uint64) uint64 { return Hash(Chance(u >> (u % 40)).String()) },
		"Zipf 0":           rankOf(NewZipf(1000, 0)),
		"Zipf 0.5":         rankOf(NewZipf(100_000, 0.5)),
		"Zipf 0.99":        rankOf(NewZipf(1000, 0.99)),
		"Zipf 0.99 of 1e9": rankOf(NewZipf(1_000_000_000, 0.99)),
		"Zipf 1":           rankOf(NewZipf(1_000_000, 1)),
		"Zipf 1.5":         rankOf(NewZipf(1_000_000, 1.5)),
	} {
		compare(t, name, sample, 5000)
	}
	for name, d := range dists {
		compare(t, name, func(u uint64) uint64 { return uint64(d.Sample(u)) }, 20_000)
		compare(t, name+", moments", func(u uint64) uint64 { return uint64(d.Mean() + d.Quantile(unit(u))) }, 20)
	}
}

func rankOf(z *Zipf) func(uint64) uint64 { return func(u uint64) uint64 { return uint64(z.Rank(u)) } }

func compare(t *testing.T, name string, sample func(u uint64) uint64, n int) {
	t.Helper()
	sum := sha256.New()
	for i := range n {
		u := Draw(42, 1, 1, uint64(i))
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], sample(u))
		sum.Write(word[:])
	}
	got := hex.EncodeToString(sum.Sum(nil))[:16]
	if want := golden[name]; got != want {
		t.Errorf("%q: %q, want %q", name, got, want)
	}
}
