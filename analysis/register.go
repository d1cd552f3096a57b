package analysis

import (
	"fmt"

	"dynamosim/analysis/history"
)

// judgeRegister judges a key that holds one value.
func (l *linearizer) judgeRegister(key int32) finding {
	calls := l.builder.build(key, nil)
	a, b := l.zones.run(calls, nil)
	if a == nil {
		return finding{verdict: Valid}
	}
	if e := l.stale(key); e != nil {
		return finding{verdict: Invalid, evidence: e}
	}
	calls = l.builder.build(key, nil)
	if asIf := emptiedBy(calls); asIf != nil {
		return l.judgeEmptied(key, calls, asIf)
	}
	a, b = l.zones.run(calls, nil)
	return l.shown(key, l.showZones(key, calls, a, b))
}

// emptiedBy gives, for every get that found nothing, the last deletion that
// had begun when it ended, or -1. It is nil if no such get can have seen a
// deletion, so that nothing always means the initial value.
func emptiedBy(calls []call) []int32 {
	var asIf []int32
	for i := range calls {
		if calls[i].writes || len(calls[i].set) > 0 {
			continue
		}
		for d := len(calls) - 1; d >= 0; d-- {
			if calls[d].tomb && calls[d].begin < calls[i].end {
				if asIf == nil {
					asIf = make([]int32, len(calls))
					for j := range asIf {
						asIf[j] = -1
					}
				}
				asIf[i] = int32(d)
				break
			}
		}
	}
	return asIf
}

// judgeEmptied judges a key on which finding nothing is not a unique value: it
// may be the initial one, or any deletion's. If one way to tell them apart is
// legal the key is; else only a search can say.
func (l *linearizer) judgeEmptied(key int32, calls []call, asIf []int32) finding {
	if a, _ := l.zones.run(calls, asIf); a == nil {
		return finding{verdict: Valid}
	}
	return l.search(key, calls)
}

// search asks Porcupine, for want of an exact test.
func (l *linearizer) search(key int32, calls []call) finding {
	name := l.s.History.KeyName(key)
	if len(calls) > searchCalls {
		return finding{verdict: Unknown, reason: fmt.Sprintf("%s: deletions and answers of nothing make the exact test inconclusive, and %s are too many to search",
			name, count(len(calls), "operation"))}
	}
	switch porcupineJudges(l.s, calls, l.r.steps()) {
	case legal:
		return finding{verdict: Valid}
	case gaveUp:
		return finding{verdict: Unknown, reason: budgetSpent(name, len(calls), l.r.steps())}
	}
	ids := minimise(l.s, key, allOf(l.s, key), func(part []call) bool {
		return porcupineJudges(l.s, part, l.r.steps()) == illegal
	})
	return finding{verdict: Invalid, evidence: l.s.evidence("new-old-inversion", key, ids, "%s", l.noOrder(ids))}
}

// searchCalls bounds the keys on which Porcupine is asked to decide.
const searchCalls = 2_000

func budgetSpent(key string, calls, steps int) string {
	return fmt.Sprintf("%s: the budget of %s was spent on %s", key, count(steps, "step"), count(calls, "operation"))
}

func allOf(s *Subject, key int32) []bool {
	keep := make([]bool, len(s.operations(key)))
	for i := range keep {
		keep[i] = true
	}
	return keep
}

// noOrder is the sentence about operations that only together are wrong. It
// tells of the last get among them.
func (l *linearizer) noOrder(ids []history.OpID) string {
	last := history.NoVersion
	for _, id := range ids {
		if o := l.s.History.Op(id); o.Func == history.Get &&
			(last == history.NoVersion || o.ReturnIndex > l.s.History.Op(last).ReturnIndex) {
			last = id
		}
	}
	return fmt.Sprintf("%s, and no order of these %d operations explains all their answers: %s",
		l.s.readText(last), len(ids), inversion)
}

// showZones makes evidence of two clusters that must each come before the
// other, on a key whose gets are all regular.
func (l *linearizer) showZones(key int32, calls []call, a, b *zone) *Evidence {
	old, newer := a, b
	if newer.write < 0 || old.write >= 0 && newer.s > old.s {
		old, newer = newer, old // nothing is newer than the initial value
	}
	var ids []history.OpID
	for _, c := range witness(a, b) {
		ids = append(ids, calls[c].id)
	}
	get, shown := calls[old.begun].id, calls[newer.ended].id
	return l.show("new-old-inversion", key, ids, "%s although %s, and that is the newer one: %s",
		l.s.readText(get), l.shownText(shown), inversion)
}

// shownText tells how a version had become visible: by a read of it, or the
// end of its write.
func (l *linearizer) shownText(id history.OpID) string {
	if o := l.s.History.Op(id); o.Func == history.Get {
		return fmt.Sprintf("%s had read %s at %s", l.s.client(id), l.s.versions(l.s.History.Versions(id)), l.s.at(o.Return))
	}
	return l.s.acknowledgedText(id, id)
}

// judgeMax judges a key of last-write-wins as a max-register.
func (l *linearizer) judgeMax(key int32) finding {
	calls := l.builder.build(key, nil)
	if reason := l.unstamped(key, calls); reason != "" {
		if e := l.stale(key); e != nil {
			return finding{verdict: Invalid, evidence: e}
		}
		return finding{verdict: Unknown, reason: reason}
	}
	v, wrong := l.max.run(calls, func(a, b int32) bool { return laterStamp(l.s.History, calls[a].id, calls[b].id) })
	if !wrong {
		return finding{verdict: Valid}
	}
	if len(calls[v.get].set) == 0 && emptiedBy(calls) != nil {
		return l.search(key, calls)
	}
	return l.shown(key, l.showOvertaken(key, calls, v))
}

// unstamped names a version that was acknowledged or read and has no
// timestamp; without one there is nothing to order it by.
func (l *linearizer) unstamped(key int32, calls []call) string {
	for i := range calls {
		if calls[i].writes && calls[i].end != never && !l.s.stamped(calls[i].id) {
			return fmt.Sprintf("%s: the version %s has no timestamp", l.s.History.KeyName(key), l.s.History.VersionName(calls[i].id))
		}
	}
	return ""
}

func (l *linearizer) showOvertaken(key int32, calls []call, v overtaken) *Evidence {
	get, by, shownBy := &calls[v.get], &calls[v.by], &calls[v.shownBy]
	ids := []history.OpID{get.id, by.id, shownBy.id}
	kind, why := "stale-read", "which has a later timestamp"
	if !shownBy.writes {
		kind, why = "new-old-inversion", "which has a later timestamp: "+inversion
	}
	return l.show(kind, key, ids, "%s although %s, %s", l.s.readText(get.id), l.shownText(shownBy.id), why)
}
