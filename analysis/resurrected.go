package analysis

import (
	"fmt"
	"slices"

	"dynamosim/analysis/history"
)

func resurrectedDeletesCheck() Check {
	return Check{
		Name: "resurrected-deletes",
		Lean: true,
		Doc: "what was deleted stays away: no get returns it, and nothing above its acknowledged deletion, once an earlier get had seen " +
			"the deletion or at the end; a get that is merely the last to learn of it is counted as stale",
		Source: "Dynamo §4.4: deleted items can resurface; Riak's tombstones",
		Examples: []Example{
			versions("put:a[0,10] get:a[11,12] del:d/a[20,30] get:[40,50] get:a[60,70]", Invalid, "gone and back"),
			versions("put:a[0,10] get:a[11,12] del:d/a[20,30] get:a[60,70]", Valid, "stale: nobody had seen that it is gone"),
		},
		begin: func(s *Subject, r Request) judging { return &undertaker{tally: newTally(r), limit: r.steps()} },
	}
}

// undertaker finds what came back after its deletion.
type undertaker struct {
	tally              *tally
	limit              int // steps per key
	deletions          int
	some               bool     // deletion may have happened
	s                  *Subject // the part whose keys are judged
	c                  *covering
	stale, resurrected int
}

func (u *undertaker) add(s *Subject) {
	u.s = s
	var left []finals
	if s.History.HasStates() {
		left = s.finals()
	}
	for key := range int32(s.History.Keys()) {
		if s.traits[key]&keyDeletes == 0 {
			continue
		}
		u.c = s.coveringOf(key, u.limit)
		f := u.judge(key)
		if left != nil && f.verdict == Valid {
			f = u.judgeEnd(key, &left[key])
		}
		if f.verdict == Valid && u.c.spent() {
			f = finding{verdict: Unknown, reason: budgetSpent(s.History.KeyName(key), len(u.c.rows), u.limit)}
		}
		u.tally.add(s, f)
		u.deletions += len(u.c.deletes)
	}
	u.some = u.some || s.hasDeletions()
}

func (u *undertaker) results() []Result {
	result := u.tally.finish()
	if !u.some {
		result.Vacuous = "the history has no deletions"
	}
	result.count("deletions", int64(u.deletions))
	result.count("stale", int64(u.stale))
	result.count("resurrected", int64(u.resurrected))
	if result.Verdict == Valid {
		result.Summary = fmt.Sprintf("%s, none undone", count(u.deletions, "deletion"))
		if u.stale > 0 {
			result.Summary += fmt.Sprintf(" (%s of what no get knew to be deleted)", count(u.stale, "stale get"))
		}
	}
	return []Result{result}
}

// grave is an acknowledged deletion and the first get that saw it.
type grave struct {
	deletion int32
	seen     int32 // position of a get, -1 as long as none has
	buried   int32 // position of what was certainly there and the get did not find, -1 where it returned the deletion
}

// judge follows the events of a key: gets that begin are held against the
// deletions acknowledged by then.
func (u *undertaker) judge(key int32) (f finding) {
	f.verdict = Valid
	var graves []grave
	for _, m := range u.s.momentsOf(key) {
		p := m.position()
		r := &u.c.rows[p]
		switch {
		case u.c.spent():
			return f
		case m.ends() && r.is(rowDeletes):
			graves = append(graves, grave{deletion: p, seen: -1, buried: -1})
		case m.ends() && r.is(rowReads):
			graves = u.visit(graves, p)
		case !m.ends() && r.is(rowReads):
			if e := u.hold(key, graves, p); e != nil && f.evidence == nil {
				f = finding{verdict: Invalid, evidence: e}
			}
		}
	}
	return f
}

// visit notes which deletions a get that ends has seen: it returned the
// tombstone or something above it, or nothing of what had certainly been there.
// A deletion that has been seen stands for those that it covers.
func (u *undertaker) visit(graves []grave, get int32) []grave {
	set := u.s.set(u.c.key, get)
	for i := range graves {
		u.c.steps++
		g := &graves[i]
		if g.seen < 0 && len(set) == 0 {
			g.buried = u.buried(g.deletion, get)
		}
		if g.seen < 0 && (g.buried >= 0 || u.c.covers(set, g.deletion)) {
			g.seen = get
		}
	}
	if len(graves) < 2 {
		return graves
	}
	return slices.DeleteFunc(graves, func(g grave) bool {
		return slices.ContainsFunc(graves, func(o grave) bool {
			return o.seen >= 0 && o.deletion != g.deletion && u.c.under(g.deletion, o.deletion)
		})
	})
}

// buried returns the position of something that a deletion covers and that was
// certain to exist before a get began, -1 if there is nothing.
func (u *undertaker) buried(deletion, get int32) int32 {
	known := u.s.knownAt(u.c.key)
	for p := range u.c.rows[:deletion] {
		if v := int32(p); u.c.rows[v].is(rowWrites) && known[v] < u.c.rows[get].begin && u.c.under(v, deletion) {
			return v
		}
	}
	return -1
}

// proof lists the operations by which a get is known to have seen a deletion.
func (u *undertaker) proof(g *grave) []history.OpID {
	ids := append(u.way(u.s.set(u.c.key, g.seen), g.deletion), u.c.rows[g.seen].id)
	ids = append(ids, u.s.History.Versions(u.c.rows[g.seen].id)...)
	if g.buried < 0 {
		return ids
	}
	known := u.s.knownAt(u.c.key)[g.buried]
	for p := range u.c.rows { // what it is known from: its own end, or a get of it
		if u.c.rows[p].end == known {
			ids = append(ids, u.c.rows[p].id)
		}
	}
	ids = append(ids, u.c.rows[g.buried].id)
	return append(ids, u.way([]int32{g.deletion}, g.buried)...)
}

// under reports whether a version is deleted by a deletion: for a register,
// whether it had ended before that was invoked.
func (c *covering) under(v, deletion int32) bool {
	if c.s.single() && !c.s.stampsCount() {
		return c.rows[v].end < c.rows[deletion].begin
	}
	return v != deletion && (!c.s.stampsCount() || c.rows[v].is(rowStamped) && c.rows[deletion].is(rowStamped)) && c.over(deletion, v)
}

// hold returns evidence if a get that begins returned something that a
// deletion which had been seen covers, and nothing above that.
func (u *undertaker) hold(key int32, graves []grave, get int32) *Evidence {
	set := u.s.set(key, get)
	stale := false
	for i := range graves {
		g := &graves[i]
		u.c.steps++
		at := slices.IndexFunc(set, func(v int32) bool { return u.c.under(v, g.deletion) })
		if at < 0 || u.c.covers(set, g.deletion) {
			continue
		}
		if g.seen < 0 || u.c.rows[g.seen].end > u.c.rows[get].begin {
			stale = true
			continue
		}
		u.resurrected++
		seen, d := u.c.rows[g.seen].id, u.c.rows[g.deletion].id
		ids := append([]history.OpID{u.c.rows[get].id, d}, u.s.History.Versions(u.c.rows[get].id)...)
		ids = append(ids, u.way([]int32{g.deletion}, set[at])...)
		ids = append(ids, u.proof(g)...)
		return u.s.evidence("resurrected", key, ids, "%s although it had been deleted by %s at %s, and %s had read %s since, at %s",
			u.s.readText(u.c.rows[get].id), u.s.client(d), u.s.at(u.s.History.Op(d).Return), u.s.client(seen),
			u.s.versions(u.s.History.Versions(seen)), u.s.at(u.s.History.Op(seen).Return))
	}
	if stale {
		u.stale++
	}
	return nil
}

// way lists the writes that lead from one of a set of versions down to w.
func (u *undertaker) way(set []int32, w int32) (ids []history.OpID) {
	if u.s.single() {
		return nil
	}
	for _, p := range u.c.a.path(set, w) {
		ids = append(ids, u.c.rows[p].id)
	}
	return ids
}

// judgeEnd looks for what is left at the end although it was deleted.
func (u *undertaker) judgeEnd(key int32, left *finals) finding {
	var set []int32
	for _, v := range left.versions {
		if p, ok := u.s.local(v, key); ok {
			set = append(set, p)
		}
	}
	for _, d := range u.c.deletes {
		if u.c.rows[d].end == never {
			continue
		}
		at := slices.IndexFunc(set, func(v int32) bool { return u.c.under(v, d) })
		if at < 0 || u.c.covers(set, d) {
			continue
		}
		u.resurrected++
		v := u.c.rows[set[at]].id
		ids := append([]history.OpID{u.c.rows[d].id, v}, u.way([]int32{d}, set[at])...)
		return finding{verdict: Invalid, evidence: u.s.evidence("resurrected", key, ids, "%s is there at the end although %s had deleted it by %s",
			u.s.version(v), u.s.client(u.c.rows[d].id), u.s.at(u.s.History.Op(u.c.rows[d].id).Return))}
	}
	return finding{verdict: Valid}
}
