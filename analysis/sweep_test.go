package analysis

import (
	"math"
	"slices"
	"testing"

	"dynamosim/analysis/history"
)

// The sweep alone, without the patterns that come before it, agrees with
// Porcupine, also where many operations are open at once.
func TestSweepAgreesWithPorcupine(t *testing.T) {
	verdicts := map[outcome]int{}
	for seed := range uint64(*histories) {
		h := generate(seed, siblings, seed%2 == 1, 2+int(seed%26))
		s := NewSubject(h, Facts{})
		if s.impossibleRead(0) != nil {
			continue
		}
		want, ok := twin(h, siblings)
		if !ok {
			continue
		}
		calls := newCallBuilder(s).build(0, nil)
		got, _, _ := sweepSiblings(calls, DefaultSteps)
		if got == gaveUp || (got == legal) != want {
			t.Fatalf("seed %d: sweep says %v, Porcupine %v\n%s", seed, got, want, text(h))
		}
		verdicts[got]++
	}
	if n := *histories / 10; verdicts[legal] < n || verdicts[illegal] < n {
		t.Errorf("too few of one verdict: %v", verdicts)
	}
}

// Patterns are sound: whatever has a name is illegal by the exact test too.
func TestPatternsAreSound(t *testing.T) {
	kinds := map[string]int{}
	for seed := range uint64(*histories) {
		h := generate(seed, siblings, seed%2 == 1, 2+int(seed%26))
		s := NewSubject(h, Facts{})
		if s.impossibleRead(0) != nil {
			continue
		}
		l := linearizer{s: s, builder: newCallBuilder(s)}
		f := l.judgeSiblings(0)
		verdict, _, _ := sweepSiblings(newCallBuilder(s).build(0, nil), DefaultSteps)
		if f.verdict == Invalid {
			kinds[f.evidence.Kind]++
		}
		if (f.verdict == Invalid) != (verdict == illegal) {
			t.Fatalf("seed %d: %v by patterns, %v by the sweep\n%s", seed, f.verdict, verdict, text(h))
		}
	}
	for _, kind := range []string{"stale-read", "lost-sibling", "superseded-version", "false-sibling", "new-old-inversion"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s among %v", kind, kinds)
		}
	}
}

// Every history that the zone test accepts has an order that shows it.
func TestZoneCertificates(t *testing.T) {
	certified := 0
	for seed := range uint64(*histories) {
		h := generate(seed, register, false, 1+int(seed%40))
		s := NewSubject(h, Facts{})
		if s.impossibleRead(0) != nil {
			continue
		}
		calls := newCallBuilder(s).build(0, nil)
		var z zoneTest
		if a, _ := z.run(calls, nil); a != nil {
			continue
		}
		certified++
		checkOrder(t, h, calls, z.certificate(calls, nil))
	}
	if certified < *histories/4 {
		t.Errorf("only %d certificates", certified)
	}
}

// checkOrder demands that an order of calls contains each once, respects real
// time, and lets every read return the newest write.
func checkOrder(t *testing.T, h *history.History, calls []call, order []int32) {
	t.Helper()
	if len(order) != len(calls)+1 || order[0] != -1 {
		t.Fatalf("%d of %d calls in order", len(order)-1, len(calls))
	}
	seen := make([]bool, len(calls))
	latest, value := int32(math.MinInt32), int32(-1)
	for _, c := range order[1:] {
		if seen[c] || calls[c].end < latest {
			t.Fatalf("call %d comes twice or too late in %v\n%s", c, order, text(h))
		}
		seen[c] = true
		latest = max(latest, calls[c].begin)
		if calls[c].writes {
			value = c
		} else if got := slices.Concat(calls[c].set, []int32{-1})[0]; got != value {
			t.Fatalf("call %d reads %d where %d is the value in %v\n%s", c, got, value, order, text(h))
		}
	}
}

// A hot key with a hundred clients is decided, in bounded steps.
func TestHotKeysAreDecided(t *testing.T) {
	for _, model := range []history.Model{siblings, register, stamps} {
		h := ordinary(model, 10_000, 1, 100)
		for _, r := range Judge(h, Options{Checks: defaults()}) {
			if r.As == "" && r.Verdict != Valid {
				t.Errorf("%v: %s is %v: %s", model, r.Name(), r.Verdict, r.Summary)
			}
		}
	}
}

// A witness is small, however long the history.
func TestWitnessesAreSmall(t *testing.T) {
	for name, h := range map[string]*history.History{"stale read on a hot register": busy(30_000, 6), "reordered siblings": reordered(3_000)} {
		s := NewSubject(h, Facts{})
		r := linearizable(s, Request{})
		if r.Verdict != Invalid || len(r.Evidence[0].Operations) > 6 {
			t.Errorf("%s: %v, operations %v: %s", name, r.Verdict, r.Evidence[0].Operations, r.Summary)
		}
	}
}

// reordered is a long quiet history of siblings, in whose middle two gets see
// two open puts in opposite orders while both stay open: each answer alone is
// regular.
func reordered(n int) *history.History {
	h := history.New(history.Header{Model: history.Siblings})
	k := h.AddKey("k")
	c := []int32{h.AddClient("a"), h.AddClient("b"), h.AddClient("c"), h.AddClient("d")}
	last := history.NoVersion
	quiet := func(n int) {
		for range n {
			p := h.Invoke(0, c[0], history.Put, k)
			if last != history.NoVersion {
				h.SetContext(p, []history.OpID{last})
			}
			h.OkPut(0, p)
			last = p
			h.OkGet(0, h.Invoke(0, c[1], history.Get, k), []history.OpID{last})
		}
	}
	quiet(n / 4)
	x, y := h.Invoke(0, c[0], history.Put, k), h.Invoke(0, c[1], history.Put, k)
	h.SetContext(x, []history.OpID{last})
	h.SetContext(y, []history.OpID{last})
	g1, g2 := h.Invoke(0, c[2], history.Get, k), h.Invoke(0, c[3], history.Get, k)
	h.OkGet(0, g1, []history.OpID{x})
	h.OkGet(0, g2, []history.OpID{y})
	h.OkPut(0, x)
	h.OkPut(0, y)
	merge := h.Invoke(0, c[2], history.Put, k)
	h.SetContext(merge, []history.OpID{x, y})
	h.OkPut(0, merge)
	last = merge
	quiet(n / 4)
	return h
}
