package analysis

import "dynamosim/analysis/history"

// judgeSiblings judges a key that holds Dynamo's versions, as a multi-value
// register: a put replaces its context by itself, a get returns what is there.
// Cheap patterns come first, since they have a name and a short witness; then
// the exact test.
func (l *linearizer) judgeSiblings(key int32) finding {
	if reason := l.s.inventedContext(key); reason != "" {
		return finding{verdict: Unknown, reason: reason}
	}
	if e := l.stale(key); e != nil {
		return finding{verdict: Invalid, evidence: e}
	}
	a := l.s.ancestryOf(key)
	if e := l.superseded(a, l.s.acknowledgedAt(key)); e != nil {
		return finding{verdict: Invalid, evidence: e}
	}
	if e := l.falseSiblings(a); e != nil {
		return finding{verdict: Invalid, evidence: e}
	}
	known := l.s.knownAt(key)
	if e := l.missedSeen(a, known); e != nil {
		return finding{verdict: Invalid, evidence: e}
	}
	if e := l.superseded(a, known); e != nil {
		return finding{verdict: Invalid, evidence: e}
	}
	return l.sweepKey(key)
}

// superseded returns evidence of a get that returned a version which had been
// superseded before it began.
func (l *linearizer) superseded(a *ancestry, known []int32) *Evidence {
	s := newSupersession(a, known)
	var e *Evidence
	l.s.gets(a.key, func(p int32, get history.OpID, _ *history.Operation) bool {
		v, by, found := s.returned(a, p)
		if !found {
			return true
		}
		ids := []history.OpID{get, a.rows[v].id, a.rows[by].id}
		kind, after := "superseded-version", ""
		shown := l.firstSight(a.key, by, known)
		if shown != a.rows[by].id {
			ids = append(ids, shown)
			kind, after = "new-old-inversion", ": "+inversion
		}
		e = l.show(kind, a.key, ids, "%s although %s supersedes %s and %s%s", l.s.readText(get),
			l.s.version(a.rows[by].id), l.s.version(a.rows[v].id), l.shownText(shown), after)
		return e == nil
	})
	return e
}

// firstSight returns the operation whose end made the version at a position
// known: its own, or the first get that returned it.
func (l *linearizer) firstSight(key, position int32, known []int32) history.OpID {
	ops := l.s.operations(key)
	for _, id := range ops {
		if o := l.s.History.Op(id); o.Outcome == history.Ok && o.ReturnIndex == known[position] {
			return id
		}
	}
	return ops[position]
}

// falseSiblings returns evidence of a get that returned a version beside one
// that supersedes it.
func (l *linearizer) falseSiblings(a *ancestry) *Evidence {
	var e *Evidence
	l.s.gets(a.key, func(p int32, get history.OpID, _ *history.Operation) bool {
		if older, newer, found := a.falseSiblings(p); found {
			ids := []history.OpID{get, a.rows[older].id, a.rows[newer].id}
			e = l.show("false-sibling", a.key, ids, "%s although %s supersedes %s", l.s.readText(get),
				l.s.version(a.rows[newer].id), l.s.version(a.rows[older].id))
		}
		return e == nil
	})
	return e
}

// missedSeen returns evidence of a get that lacks a version which another get
// had returned before it began.
func (l *linearizer) missedSeen(a *ancestry, known []int32) *Evidence {
	front := l.s.frontierOf(a, known)
	front.sort()
	var e *Evidence
	l.s.gets(a.key, func(p int32, get history.OpID, o *history.Operation) bool {
		front.advance(o.InvokeIndex)
		if w := front.missed(p); w >= 0 {
			shown := l.firstSight(a.key, w, known)
			ids := []history.OpID{get, a.rows[w].id, shown}
			e = l.show("new-old-inversion", a.key, ids, "%s although %s: %s", l.s.readText(get), l.shownText(shown), inversion)
		}
		return e == nil
	})
	return e
}

// sweepKey runs the exact test and cuts an illegal history down to what shows
// it.
func (l *linearizer) sweepKey(key int32) finding {
	calls := l.builder.build(key, nil)
	verdict, at, _ := sweepSiblings(calls, l.r.steps())
	switch verdict {
	case legal:
		return finding{verdict: Valid}
	case gaveUp:
		return finding{verdict: Unknown, reason: budgetSpent(l.s.History.KeyName(key), len(calls), l.r.steps())}
	}
	keep := allOf(l.s, key)
	for p, id := range l.s.operations(key) {
		keep[p] = l.s.History.Op(id).InvokeIndex <= calls[at].end
	}
	ids := minimise(l.s, key, keep, func(part []call) bool {
		verdict, _, _ := sweepSiblings(part, l.r.steps())
		return verdict == illegal
	})
	return l.shown(key, l.show("new-old-inversion", key, ids, "%s", l.noOrder(ids)))
}
