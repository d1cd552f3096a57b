package analysis

import (
	"math/rand/v2"
	"slices"
	"testing"

	"dynamosim/analysis/history"
)

// What the short ways accept the exact tests accept too, and most of what is
// linearizable goes the short way.
func TestShortWaysAcceptOnlyTheLegal(t *testing.T) {
	for _, model := range []history.Model{register, siblings, stamps} {
		accepted, legalKeys := 0, 0
		for seed := range uint64(*histories) {
			s := NewSubject(generate(seed, model, false, 1+int(seed%60)), Facts{})
			l := linearizer{s: s, whole: s.History, builder: newCallBuilder(s)}
			var f finding
			switch {
			case s.impossibleRead(0) != nil:
				f = finding{verdict: Invalid}
			case model == register:
				f = l.judgeRegister(0)
			case model == stamps:
				f = l.judgeMax(0)
			default:
				f = l.judgeSiblings(0)
			}
			ok := s.room.quick.accepts(s, 0)
			if ok && f.verdict != Valid {
				t.Fatalf("%v, seed %d: accepted, but %v:\n%s", model, seed, f.verdict, text(s.History))
			}
			if f.verdict == Valid {
				legalKeys++
				if ok {
					accepted++
				}
			}
		}
		if share := accepted * 100 / legalKeys; share < 70 || model != siblings && share < 100 {
			t.Errorf("%v: %d %% of the legal histories go the short way", model, share)
		}
	}
}

// An ordinary history goes the short way, whatever its length.
func TestOrdinaryHistoriesGoTheShortWay(t *testing.T) {
	for _, model := range []history.Model{register, siblings, stamps} {
		s := NewSubject(ordinary(model, 20_000, 20, 20), Facts{})
		for key := range int32(20) {
			if !s.room.quick.accepts(s, key) {
				t.Errorf("%v: key %d does not", model, key)
			}
		}
	}
}

// Judging a run by the checks of a scenario that names none, measures added,
// allocates for keys and columns, not for operations.
func TestJudgingAllocatesLittle(t *testing.T) {
	const keys = 20
	requests := append(defaults(), Request{Check: "divergence"}, Request{Check: "staleness"}, Request{Check: "availability"}, Request{Check: "latency"})
	for _, model := range []history.Model{register, siblings, stamps} {
		allocs := func(operations int) float64 {
			h := ordinary(model, operations, keys, 20)
			return testing.AllocsPerRun(1, func() { Judge(h, Options{Checks: requests}) })
		}
		if few, many := allocs(20_000), allocs(60_000); many > few+keys*40 {
			t.Errorf("%v: %v allocations for 20,000 operations, %v for 60,000", model, few, many)
		}
	}
}

func TestRadixSortSorts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var spare []int64
	for range 200 {
		values := make([]int64, r.IntN(2000))
		top := int64(1) << r.IntN(63)
		base := r.Int64N(top)
		for i := range values {
			values[i] = base/2 + r.Int64N(top)/2
		}
		want := slices.Sorted(slices.Values(values))
		spare = radixSort(values, spare)
		if !slices.Equal(values, want) {
			t.Fatalf("%d values below %d are not sorted", len(values), top)
		}
	}
}
