package analysis

import (
	"fmt"

	"dynamosim/analysis/history"
)

func lostWritesCheck() Check {
	return Check{
		Name: "lost-writes",
		Doc: "no acknowledged put or delete is lost: something that is left at the end is it or came after it; " +
			"last-write-wins also counts the shadowed, which lost to a put that had ended before they began",
		Source: "Dynamo §2.1, §4.6: \"always writeable\"",
		Needs:  NeedFinals,
		Judge:  judgeLostWrites,
	}
}

// loser counts the acknowledged writes of a history and finds the lost.
type loser struct {
	s            *Subject
	acknowledged int
	lost         int
	undecided    int // whose fate timestamps that nobody knows would tell
}

func judgeLostWrites(s *Subject, r Request) []Result {
	result := Result{Want: r.Want}
	l := loser{s: s}
	t := newTally(&result)
	finals := s.finals()
	for key := range int32(s.History.Keys()) {
		t.add(s.History.KeyName(key), l.judge(key, &finals[key]))
	}
	t.finish()
	result.count("acknowledged", int64(l.acknowledged))
	result.count("lost", int64(l.lost))
	result.count("undecided", int64(l.undecided))
	numbers := fmt.Sprintf("%d of %s", l.lost, count(l.acknowledged, "acknowledged write"))
	if s.Model == history.LastWriteWins {
		shadowed := len(s.freshness().shadowed)
		result.count("shadowed", int64(shadowed))
		numbers += fmt.Sprintf(", %d shadowed", shadowed)
	}
	switch result.Verdict {
	case Invalid:
		result.Summary = numbers + "; " + result.Evidence[0].Text
	case Valid:
		result.Summary = numbers
	}
	return []Result{result}
}

// judge judges a key by its model's rule: which acknowledged writes does
// something final cover?
func (l *loser) judge(key int32, f *finals) finding {
	writes := l.s.acknowledgedWrites(key)
	l.acknowledged += len(writes)
	if len(writes) == 0 {
		return finding{verdict: Valid}
	}
	if !f.known {
		return finding{verdict: Unknown, reason: l.s.History.KeyName(key) + ": no final get tells what is left"}
	}
	first, open := history.NoVersion, 0
	lost, undecided := l.fates(key, f)
	for _, w := range writes {
		switch {
		case lost(w):
			l.lost++
			if first == history.NoVersion {
				first = w
			}
		case undecided(w):
			open++
		}
	}
	l.undecided += open
	switch {
	case first != history.NoVersion:
		return finding{verdict: Invalid, evidence: l.evidence(key, f, first)}
	case open > 0:
		return finding{verdict: Unknown, reason: l.s.History.KeyName(key) + ": what is left has no timestamp"}
	}
	return finding{verdict: Valid}
}

// fates returns the rule of the model for a key.
func (l *loser) fates(key int32, f *finals) (lost, undecided func(w history.OpID) bool) {
	never := func(history.OpID) bool { return false }
	switch l.s.Model {
	case history.Siblings:
		return l.siblingsRule(key, f), never
	case history.Register:
		return l.registerRule(key, f), never
	}
	return l.stampRule(key, f)
}

// siblingsRule: something final, or a deletion that was invoked, is the write
// or reaches it through contexts.
func (l *loser) siblingsRule(key int32, f *finals) func(history.OpID) bool {
	a := newAncestry(l.s, key)
	reached := make([]bool, len(a.ops))
	var stack []int32
	visit := func(p int32) {
		if !reached[p] {
			reached[p] = true
			stack = append(stack, p)
		}
	}
	for _, v := range f.versions {
		if p, ok := l.s.local(v, key); ok {
			visit(p)
		}
	}
	for _, d := range l.s.deletions(key) {
		visit(l.s.place[d].position)
	}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, q := range a.parents(p) {
			visit(q)
		}
	}
	return func(w history.OpID) bool { return !reached[l.s.place[w].position] }
}

// registerRule: something final was not already acknowledged before the write
// was invoked; or nothing is left, and that is true of a deletion.
func (l *loser) registerRule(key int32, f *finals) func(history.OpID) bool {
	latest := int32(initially) // latest acknowledgement of what is left
	for _, v := range f.versions {
		if _, ok := l.s.local(v, key); ok {
			latest = max(latest, ended(l.s.History.Op(v)))
		}
	}
	if len(f.versions) == 0 {
		for _, d := range l.s.deletions(key) {
			latest = max(latest, ended(l.s.History.Op(d)))
		}
	}
	return func(w history.OpID) bool { return latest < l.s.History.Op(w).InvokeIndex }
}

// stampRule: something final, or a deletion, has a stamp that is not below the
// write's. Where only a version without a known stamp could be the one, nobody
// can tell.
func (l *loser) stampRule(key int32, f *finals) (lost, undecided func(history.OpID) bool) {
	h := l.s.History
	top, unknown := history.NoVersion, false
	consider := func(v history.OpID) {
		if !l.s.stamped(v) {
			unknown = true
		} else if top == history.NoVersion || laterStamp(h, v, top) {
			top = v
		}
	}
	for _, v := range f.versions {
		if _, ok := l.s.local(v, key); ok {
			consider(v)
		}
	}
	for _, d := range l.s.deletions(key) {
		consider(d)
	}
	below := func(w history.OpID) bool {
		return top == history.NoVersion || w != top && laterStamp(h, w, top)
	}
	lost = func(w history.OpID) bool { return below(w) && !unknown }
	undecided = func(w history.OpID) bool { return below(w) && unknown }
	return lost, undecided
}

func (l *loser) evidence(key int32, f *finals, w history.OpID) *Evidence {
	ids := []history.OpID{w}
	if f.get != history.NoVersion {
		ids = append(ids, f.get)
	}
	ids = append(ids, f.versions...)
	kind := "lost-write"
	if l.s.History.Op(w).Func == history.Delete {
		kind = "lost-delete"
	}
	var what string
	switch l.s.Model {
	case history.Siblings:
		what = "neither among the final versions nor superseded by one of them"
	case history.Register:
		what = "not what is left, and nothing that is left could have come after it"
	default:
		what = "not what is left, and nothing that is left has a later timestamp"
	}
	return l.s.evidence(kind, key, ids, "%s of %s was acknowledged at %s and is %s (left: %s)", l.s.version(w),
		l.s.client(w), l.s.at(l.s.History.Op(w).Return), what, l.s.versions(f.versions))
}
