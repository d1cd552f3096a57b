package analysis

import (
	"slices"
	"testing"

	"dynamosim/analysis/history"
)

// naive answers questions about a key by looking at everything.
type naive struct {
	h     *history.History
	model history.Model
}

// above reports whether v is w or reaches w through contexts.
func (n naive) above(v, w history.OpID) bool {
	return v == w || v > w && slices.ContainsFunc(n.h.Context(v), func(c history.OpID) bool { return n.above(c, w) })
}

// misses reports whether a get should have covered w, by the definition word for
// word, and did not.
func (n naive) misses(get, w history.OpID) bool {
	h, g, o := n.h, n.h.Op(get), n.h.Op(w)
	if !o.Acknowledged() || o.ReturnIndex > g.InvokeIndex {
		return false
	}
	versions := h.Versions(get)
	deletes := func(stops func(d history.OpID) bool) bool {
		for i := range h.Len() {
			d := history.OpID(i)
			if x := h.Op(d); x.Func == history.Delete && x.Outcome != history.Fail && x.InvokeIndex < g.ReturnIndex && stops(d) {
				return true
			}
		}
		return false
	}
	switch n.model {
	case history.Siblings:
		if slices.ContainsFunc(versions, func(v history.OpID) bool { return n.above(v, w) }) {
			return false
		}
		if o.Func == history.Delete {
			return slices.ContainsFunc(versions, func(v history.OpID) bool { return n.above(w, v) })
		}
		return !deletes(func(d history.OpID) bool { return n.above(d, w) })
	case history.Register:
		if len(versions) == 0 {
			return !deletes(func(d history.OpID) bool { return ended(h.Op(d)) >= o.InvokeIndex })
		}
		return ended(h.Op(versions[0])) < o.InvokeIndex
	}
	if len(versions) == 0 {
		return o.Func != history.Delete && !deletes(func(d history.OpID) bool { return !h.Op(d).Stamped() || laterStamp(h, d, w) })
	}
	return laterStamp(h, w, versions[0])
}

func TestFreshnessAgainstTheDefinition(t *testing.T) {
	for _, model := range []history.Model{siblings, register, stamps} {
		stale := 0
		for seed := range uint64(3000) {
			h := generate(seed, model, seed%2 == 0, 4+int(seed%30))
			s := NewSubject(h, Facts{})
			if s.impossibleRead(0) != nil {
				continue
			}
			n := naive{h, model}
			got := s.freshness().of(0)
			for i := range h.Len() {
				get := history.OpID(i)
				o := h.Op(get)
				if o.Func != history.Get || o.Outcome != history.Ok {
					continue
				}
				behind, lag := int32(0), int64(0)
				for w := range history.OpID(h.Len()) {
					if n.misses(get, w) {
						behind++
						lag = max(lag, o.Invoke-h.Op(w).Return)
					}
				}
				g := staleGet{get: get}
				if len(got) > 0 && got[0].get == get {
					g, got = got[0], got[1:]
					stale++
					if !n.misses(get, g.missed) {
						t.Fatalf("%v, seed %d: get %d does not miss %d\n%s", model, seed, get, g.missed, text(h))
					}
				}
				if g.behind != behind || g.lag != lag {
					t.Fatalf("%v, seed %d: get %d misses %d for %d ns, by definition %d for %d ns\n%s", model, seed, get,
						g.behind, g.lag, behind, lag, text(h))
				}
			}
		}
		if stale < 500 {
			t.Errorf("%v: only %d stale gets compared", model, stale)
		}
	}
}

func TestShadowedAgainstTheDefinition(t *testing.T) {
	found := 0
	for seed := range uint64(2000) {
		h := generate(seed, stamps, true, 20)
		want := 0
		for w := range history.OpID(h.Len()) {
			o := h.Op(w)
			shadowed := false
			for p := range history.OpID(h.Len()) {
				x := h.Op(p)
				shadowed = shadowed || o.Acknowledged() && x.Acknowledged() && x.ReturnIndex < o.InvokeIndex && laterStamp(h, p, w)
			}
			if shadowed {
				want++
			}
		}
		found += want
		if got := len(NewSubject(h, Facts{}).freshness().shadowed); got != want {
			t.Fatalf("seed %d: %d shadowed, by definition %d\n%s", seed, got, want, text(h))
		}
	}
	if found < 500 {
		t.Errorf("only %d shadowed puts compared", found)
	}
}

// A version that is missed for good does not make every later get slow or
// wrong: answers about it are remembered.
func TestLongMissingVersion(t *testing.T) {
	h := history.New(history.Header{Model: history.Siblings})
	c, k := h.AddClient("c"), h.AddKey("k")
	put := func(context ...history.OpID) history.OpID {
		id := h.Invoke(0, c, history.Put, k)
		h.SetContext(id, context)
		h.OkPut(0, id)
		return id
	}
	put() // lost: nobody ever supersedes or returns it
	last := put()
	for range 20_000 {
		last = put(last)
		h.OkGet(0, h.Invoke(0, c, history.Get, k), []history.OpID{last})
	}
	s := NewSubject(h, Facts{})
	if n := len(s.freshness().stale); n != 20_000 {
		t.Errorf("%d gets miss the first version, want all 20000", n)
	}
	for _, g := range s.freshness().stale {
		if g.behind != 1 || g.missed != 0 {
			t.Fatalf("%+v", g)
		}
	}
}

// The check of regularity, against its definition.
func TestRegularAgainstTheDefinition(t *testing.T) {
	for _, model := range []history.Model{siblings, register, stamps} {
		verdicts := map[Verdict]int{}
		for seed := range uint64(*histories / 3) {
			h := generate(seed, model, seed%2 == 0, 4+int(seed%30))
			s := NewSubject(h, Facts{})
			want := Valid
			if s.impossibleRead(0) != nil || (naive{h, model}).irregular() {
				want = Invalid
			}
			if r := resultOf("regular", s); r.Verdict != want {
				t.Fatalf("%v, seed %d: %v (%s), by definition %v\n%s", model, seed, r.Verdict, r.Summary, want, text(h))
			}
			verdicts[want]++
		}
		if verdicts[Valid] < *histories/30 || verdicts[Invalid] < *histories/30 {
			t.Errorf("%v: too few of one verdict: %v", model, verdicts)
		}
	}
}

// irregular reports whether some get missed what was acknowledged before it
// began, or returned what something acknowledged before it began supersedes.
func (n naive) irregular() bool {
	for get := range history.OpID(n.h.Len()) {
		g := n.h.Op(get)
		if g.Func != history.Get || g.Outcome != history.Ok {
			continue
		}
		for w := range history.OpID(n.h.Len()) {
			if n.misses(get, w) {
				return true
			}
			o := n.h.Op(w)
			before := o.Acknowledged() && o.ReturnIndex < g.InvokeIndex
			if n.model == history.Siblings && before && slices.ContainsFunc(n.h.Versions(get), func(v history.OpID) bool {
				return v != w && n.above(w, v)
			}) {
				return true
			}
		}
	}
	return false
}
