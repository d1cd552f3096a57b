package seeded

import (
	"flag"
	"fmt"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// seed has no meaning: it is the day on which the Dynamo paper was presented.
const seed = 20071015

const name = "rapid.seed"

func init() {
	if err := set(seed); err != nil {
		panic(err)
	}
}

func set(to uint64) error {
	if err := flag.Set(name, strconv.FormatUint(to, 10)); err != nil {
		return fmt.Errorf("setting the seed of property tests: %w", err)
	}
	return nil
}

// Rounds checks a property n times as often as rapid does by itself, with other cases in each round.
func Rounds(t *testing.T, n int, property func(t *rapid.T)) {
	t.Helper()
	first, err := strconv.ParseUint(flag.Lookup(name).Value.String(), 10, 64)
	if err != nil {
		t.Fatalf("the seed of property tests: %v", err)
	}
	t.Cleanup(func() { restore(t, first) })
	for i := range uint64(n) {
		if first != 0 { // else each round has a seed of its own already
			restore(t, first+i)
		}
		rapid.Check(t, property)
	}
}

func restore(t *testing.T, to uint64) {
	t.Helper()
	if err := set(to); err != nil {
		t.Fatal(err)
	}
}
