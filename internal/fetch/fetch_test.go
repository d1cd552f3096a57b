package fetch_test

import (
	"testing"

	"dynamosim/internal/fetch"
)

// Whatever is asked for, memory is not touched: not what lies beyond the end, not what is nowhere.
func TestLinesTouchesNothing(t *testing.T) {
	x := [4]uint64{1, 2, 3, 4}
	for _, n := range []int{-1, 0, 1, 1000} {
		fetch.Lines(&x, n)
		fetch.Lines[uint64](nil, n)
	}
	if x != [4]uint64{1, 2, 3, 4} {
		t.Errorf("%v", x)
	}
}

func BenchmarkLines(b *testing.B) {
	x := new([1 << 10]uint64)
	for range b.N {
		fetch.Lines(x, 4)
	}
}
