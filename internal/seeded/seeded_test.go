package seeded

import (
	"flag"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawn returns what a property's rounds draw.
func drawn(t *testing.T, n int) []uint64 {
	var all []uint64
	Rounds(t, n, func(t *rapid.T) { all = append(all, rapid.Uint64().Draw(t, "x")) })
	return all
}

func TestEveryRunDrawsTheSame(t *testing.T) {
	before := flag.Lookup(name).Value.String()
	if before != "20071015" {
		t.Skip("another seed is asked for")
	}
	var first, second []uint64
	t.Run("first", func(t *testing.T) { first = drawn(t, 3) })
	t.Run("second", func(t *testing.T) { second = drawn(t, 3) })
	if !slices.Equal(first, second) {
		t.Errorf("the same seed drew %x and then %x", first, second)
	}
	round := len(first) / 3
	if slices.Equal(first[:round], first[round:2*round]) {
		t.Errorf("two rounds drew the same: %x", first[:round])
	}
	if now := flag.Lookup(name).Value.String(); now != before {
		t.Errorf("the seed is %s after the rounds, %s before", now, before)
	}
}
