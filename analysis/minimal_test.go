package analysis

import (
	"slices"
	"testing"

	"dynamosim/analysis/history"
)

// partOf is a history of some operations of another, as they stand in it.
func partOf(h *history.History, model history.Model, indexes []int) *history.History {
	part := history.New(history.Header{Model: model})
	for c := range int32(h.Clients()) {
		part.AddClient(h.ClientName(c))
	}
	for k := range int32(h.Keys()) {
		part.AddKey(h.KeyName(k))
	}
	copySome(h, part, indexes, model == siblings)
	return part
}

// returnedBy tells whether one of the operations is a get that returned the
// version that operation index wrote: without it that get would read what
// nobody wrote, which is another anomaly.
func returnedBy(h *history.History, indexes []int, index int) bool {
	for i := range h.Len() {
		id := history.OpID(i)
		if o := h.Op(id); slices.Contains(indexes, int(o.InvokeIndex)) && o.Func == history.Get && o.Outcome == history.Ok {
			for _, v := range h.Versions(id) {
				if v.Written() && int(h.Op(v).InvokeIndex) == index {
					return true
				}
			}
		}
	}
	return false
}

// deletes tells whether operation index is a deletion. It may be why a get did
// not see something, which without it would be another anomaly.
func deletes(h *history.History, index int) bool {
	for i := range h.Len() {
		if o := h.Op(history.OpID(i)); int(o.InvokeIndex) == index {
			return o.Func == history.Delete
		}
	}
	return false
}

// links tells whether operation index is between two others: one names it as
// what it supersedes, and it names another.
func links(h *history.History, indexes []int, index int) bool {
	above, below := false, false
	for i := range h.Len() {
		for _, v := range h.Context(history.OpID(i)) {
			named, by := int(h.Op(v).InvokeIndex), int(h.Op(history.OpID(i)).InvokeIndex)
			above = above || named == index && slices.Contains(indexes, by)
			below = below || by == index && slices.Contains(indexes, named)
		}
	}
	return above && below
}

// Evidence is minimal: its operations alone break the promise, and without any
// one of them they do not.
func TestEvidenceIsMinimal(t *testing.T) {
	for _, check := range []string{"linearizable", "regular", "read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads", "causal", "resurrected-deletes"} {
		for _, model := range []history.Model{register, siblings, stamps} {
			judged, bad, total := 0, 0, 0
			for seed := range uint64(*histories / 20) {
				h := generate(seed, model, seed%2 == 0, 1+int(seed%40))
				if check == "causal" && seed%2 == 0 {
					h = severalKeys(seed, model, 8+int(seed%24))
				}
				request := Options{Checks: []Request{{Check: check}}}
				r := Judge(h, request)[0]
				if r.Verdict != Invalid {
					continue
				}
				judged++
				for _, e := range r.Evidence {
					total++
					if again := Judge(partOf(h, model, e.Operations), request)[0]; again.Verdict != Invalid {
						t.Fatalf("%s of %v, seed %d: %s %v alone is %v:\n%s", check, model, seed, e.Kind, e.Operations, again.Verdict, text(h))
					}
					for i, index := range e.Operations {
						rest := slices.Delete(slices.Clone(e.Operations), i, i+1)
						if returnedBy(h, rest, index) || deletes(h, index) || links(h, rest, index) {
							continue
						}
						if again := Judge(partOf(h, model, rest), request)[0]; again.Verdict == Invalid {
							bad++
							if bad <= 2 {
								t.Errorf("%s of %v, seed %d: %s %v does not need %d:\n%s\n%s\n%s", check, model, seed, e.Kind, e.Operations, index, text(partOf(h, model, e.Operations)), e.Text, again.Summary)
							}
							break
						}
					}
				}
			}
			t.Logf("%s of %v: %d invalid, %d of %d not minimal", check, model, judged, bad, total)
		}
	}
}
