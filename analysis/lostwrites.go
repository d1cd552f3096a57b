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
		Examples: []Example{
			versions("put:a[0,10] put:b[20,30] fin:b[40,50]", Invalid, "a is not left, and b had not seen it"),
			versions("put:a[0,10] get:a[11,12] put:b/a[20,30] fin:b[40,50]", Valid, "b came after a"),
			versions("put:a[0,10] get:a[11,12] put:b/a[20,?) fin:a[40,50]", Valid, "b was never acknowledged"),
		},
		Needs: NeedFinals,
		begin: func(s *Subject, r Request) judging { return &loser{tally: newTally(r), model: s.Model} },
	}
}

// loser counts the acknowledged writes of a history and finds the lost.
type loser struct {
	s            *Subject // the part whose keys are judged
	tally        *tally
	model        history.Model
	shadowed     int
	acknowledged int
	lost         int
	undecided    int // whose fate timestamps that nobody knows would tell
}

func (l *loser) add(s *Subject) {
	l.s = s
	finals := s.finals()
	for key := range int32(s.History.Keys()) {
		l.tally.add(s, l.judge(key, &finals[key]))
	}
	if l.model == history.LastWriteWins {
		l.shadowed += len(s.freshness().shadowed)
	}
}

func (l *loser) results() []Result {
	result := l.tally.finish()
	result.count("acknowledged", int64(l.acknowledged))
	result.count("lost", int64(l.lost))
	result.count("undecided", int64(l.undecided))
	numbers := fmt.Sprintf("%d of %s", l.lost, count(l.acknowledged, "acknowledged write"))
	if l.model == history.LastWriteWins {
		result.count("shadowed", int64(l.shadowed))
		numbers += fmt.Sprintf(", %d shadowed", l.shadowed)
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
	rows, acknowledged := l.s.rowsOf(key), 0
	for p := range rows {
		if rows[p].is(rowWrites) && rows[p].end != never {
			acknowledged++
		}
	}
	l.acknowledged += acknowledged
	if acknowledged == 0 {
		return finding{verdict: Valid}
	}
	if !f.known {
		return finding{verdict: Unknown, reason: l.s.History.KeyName(key) + ": no final get tells what is left"}
	}
	var first *row // of the lost the one that was acknowledged first
	open := 0
	lost, undecided := l.fates(key, f)
	for p := range rows {
		r := &rows[p]
		switch {
		case !r.is(rowWrites) || r.end == never:
		case lost(int32(p)):
			l.lost++
			if first == nil || r.end < first.end {
				first = r
			}
		case undecided(int32(p)):
			open++
		}
	}
	l.undecided += open
	switch {
	case first != nil:
		return finding{verdict: Invalid, evidence: l.evidence(key, f, first.id)}
	case open > 0:
		return finding{verdict: Unknown, reason: l.s.History.KeyName(key) + ": what is left has no timestamp"}
	}
	return finding{verdict: Valid}
}

// fates returns the rule of the model for a key, by the position of a write.
func (l *loser) fates(key int32, f *finals) (lost, undecided func(p int32) bool) {
	never := func(int32) bool { return false }
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
func (l *loser) siblingsRule(key int32, f *finals) func(p int32) bool {
	rows := l.s.rowsOf(key)
	reached := cleared(l.s.room.reached, len(rows))
	l.s.room.reached = reached
	for _, v := range f.versions {
		if p, ok := l.s.local(v, key); ok {
			reached[p] = true
		}
	}
	for _, d := range l.s.deletions(key) {
		reached[l.s.position(d, key)] = true
	}
	for p := int32(len(rows)) - 1; p >= 0; p-- { // contexts lie below
		if reached[p] {
			for _, q := range l.s.setOf(&rows[p]) {
				reached[q] = true
			}
		}
	}
	return func(p int32) bool { return !reached[p] }
}

// registerRule: something final was not already acknowledged before the write
// was invoked; or nothing is left, and that is true of a deletion.
func (l *loser) registerRule(key int32, f *finals) func(p int32) bool {
	rows := l.s.rowsOf(key)
	latest := int32(initially) // latest acknowledgement of what is left
	for _, v := range f.versions {
		if p, ok := l.s.local(v, key); ok {
			latest = max(latest, rows[p].end)
		}
	}
	if len(f.versions) == 0 {
		for _, d := range l.s.deletions(key) {
			latest = max(latest, rows[l.s.position(d, key)].end)
		}
	}
	return func(p int32) bool { return latest < rows[p].begin }
}

// stampRule: something final, or a deletion, has a stamp that is not below the
// write's. Where only a version without a known stamp could be the one, nobody
// can tell.
func (l *loser) stampRule(key int32, f *finals) (lost, undecided func(p int32) bool) {
	stamps := l.s.stampsOf(key)
	var top *stamp
	unknown := false
	consider := func(v history.OpID) {
		if at := &stamps[l.s.position(v, key)]; !l.s.stamped(v) {
			unknown = true
		} else if top == nil || at.above(top) {
			top = at
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
	below := func(p int32) bool { return top == nil || stamps[p].above(top) }
	lost = func(p int32) bool { return below(p) && !unknown }
	undecided = func(p int32) bool { return below(p) && unknown }
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
