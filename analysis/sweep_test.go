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
		l := linearizer{s: s, whole: s.History, builder: newCallBuilder(s)}
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

// Cases that random histories rarely meet.
func TestSweepTable(t *testing.T) {
	for text, want := range map[string]outcome{
		"put:v[0,100] get:v[10,20] put:u/v[30,40] get:u[50,60]":                                            legal,
		"put:v[0,100] get:v[10,20] put:u/v[30,40] get:v[50,60]":                                            illegal,
		"put:v[0,100] get:v[10,20] del:u/v[30,40] get:v[50,60]":                                            illegal,
		"put:v[0,100] get:v[10,20] put:u/v[30,40] get:u,v[50,60]":                                          illegal,
		"put:a[0,100] put:b[0,100] put:c[0,100] get:b[10,20] get:a,b[30,40] get:a,b,c[50,60]":              legal,
		"put:a[0,100] put:b[0,100] get:a[5,90] get:b[6,91] get:a,b[95,99]":                                 illegal,
		"put:a[0,100] put:b[0,100] get:a[5,90] get:[6,91] get:a,b[95,99]":                                  legal,
		"put:a[0,10] get:a[11,12] put:b[20,100] get:a[15,95] get:b[50,60] del:d/a[30,90] get:b,d[96,99]":   legal,
		"put:a[0,10] get:a[11,12] put:b[20,100] get:a,b[15,95] get:b[50,60] del:d/a[30,90] get:a,b[61,70]": illegal,
		"put:a[0,10] get:a[11,12] del:d/a[20,?) del:e/a[20,?) get:d[30,40] get:d,e[50,60] get:[70,80]":     legal,
		"put:a[0,10] get:a[11,12] del:d/a[20,?) put:b/a[30,100] get:b[40,50] get:b,d[60,70] get:[80,90]":   illegal,
		"put:a[0,10] get:a[11,12] get:a[20,99] put:b/a[30,40] get:b[50,60]":                                legal,
		"put:a[0,10] get:a[11,12] get:a[45,99] put:b/a[30,40] get:b[50,60]":                                illegal,
		"put:a[0,50] put:b[0,50] get:a[1,60] get:b[55,70] get:a,b[80,90]":                                  illegal,
	} {
		h := record(t, siblings, text)
		calls := newCallBuilder(NewSubject(h, Facts{})).build(0, nil)
		got, _, _ := sweepSiblings(calls, DefaultSteps)
		if got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
		if legalToo, ok := twin(h, siblings); ok && legalToo != (want == legal) {
			t.Errorf("%s: Porcupine says %v", text, legalToo)
		}
	}
}

// Intervals are closed: who ends at the index at which another begins is
// concurrent with it. Recorded histories have no such ties, histories cut down
// have.
func TestTies(t *testing.T) {
	put := func(begin, end int32) call { return call{begin: begin, end: end, writes: true} }
	get := func(begin, end int32, set ...int32) call { return call{begin: begin, end: end, set: set} }
	for name, c := range map[string]struct {
		calls []call
		legal bool
	}{
		"A4, nothing at the end of the put":                          {[]call{put(0, 10), get(10, 20)}, true},
		"A5, nothing after the put":                                  {[]call{put(0, 10), get(11, 20)}, false},
		"old value at the end of the new put":                        {[]call{put(0, 10), put(20, 30), get(30, 40, 0)}, true},
		"old value after the new put":                                {[]call{put(0, 10), put(20, 30), get(31, 40, 0)}, false},
		"new put in between, touching":                               {[]call{put(0, 10), put(10, 20), get(20, 30, 0)}, true},
		"two values, each needing the register for itself, touching": {[]call{put(0, 5), get(6, 10, 0), put(2, 6), get(8, 9, 2)}, true},
		"two values in turns, touching":                              {[]call{put(0, 5), put(0, 5), get(5, 6, 0), get(6, 7, 1)}, true},
		"two values in turns, flickering":                            {[]call{put(0, 9), put(0, 9), get(1, 2, 0), get(3, 4, 1), get(5, 6, 0)}, false},
	} {
		var z zoneTest
		if a, _ := z.run(c.calls, nil); (a == nil) != c.legal {
			t.Errorf("%s: zones say %v", name, a == nil)
		}
		var m maxTest
		if _, wrong := m.run(c.calls, func(a, b int32) bool { return a > b }); wrong == c.legal {
			t.Errorf("%s: max-register says %v", name, !wrong)
		}
	}
}

// What the minimiser may leave out of a legal history leaves it legal.
func TestLeavingOutIsSound(t *testing.T) {
	for _, model := range []history.Model{siblings, register, stamps} {
		tried := 0
		for seed := range uint64(*histories / 2) {
			h := generate(seed, model, true, 4+int(seed%20))
			s := NewSubject(h, Facts{})
			if legal, ok := twin(h, model); !ok || !legal || s.impossibleRead(0) != nil {
				continue
			}
			m := minimiser{s: s, key: 0, b: newCallBuilder(s), keep: allOf(s, 0)}
			m.superseded = newSupersession(newAncestry(s, 0), s.acknowledgedAt(0))
			keep := make([]bool, len(m.keep))
			for i := range keep {
				keep[i] = (seed>>(i%13)+uint64(i*i))%3 > 0
			}
			m.hold(keep)
			tried++
			if porcupineJudges(s, m.b.build(0, keep), DefaultSteps) == illegal {
				t.Fatalf("%v, seed %d: illegal once only %v is kept of\n%s", model, seed, keep, text(h))
			}
		}
		if tried < *histories/10 {
			t.Errorf("%v: only %d histories tried", model, tried)
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
		r := resultOf("linearizable", s)
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
	beside := func(client int32) history.OpID {
		p := h.Invoke(0, client, history.Put, k)
		h.SetContext(p, []history.OpID{last})
		return p
	}
	x, y := beside(c[0]), beside(c[1])
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
