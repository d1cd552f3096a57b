package analysis

import (
	"slices"

	"dynamosim/analysis/history"
)

// The session guarantees of D. Terry et al., Session Guarantees for Weakly
// Consistent Replicated Data, PDIS 1994, for each key on its own. A session is
// one client; one operation comes before another in it if it ended before the
// other began. Operations whose outcome is unknown oblige to nothing.

// sessionRule is one guarantee: which versions a client that knows them is
// owed, and what by.
type sessionRule struct {
	written  bool // it knows what it wrote; else what its gets returned
	byWrites bool // who covers a later write of the client is to cover them; else every later get of the client
	kind     string
	text     func(s *Subject, v sessionBreach) string
}

// sessionBreach is an answer that lacks a version. The version was known from
// an operation of the client; write is the client's later write that the
// answer covers, or NoVersion.
type sessionBreach struct{ get, lacked, from, write history.OpID }

// owed is a version that a client knows, and the operation from which.
type owed struct{ version, from int32 }

// duty is that whoever covers a write is to cover what its client knew.
type duty struct {
	write int32
	owed
}

// sessions judges a guarantee.
type sessions struct {
	whole    *history.History
	tally    *tally
	steps    int      // per key
	s        *Subject // the part whose keys are judged
	rule     *sessionRule
	c        *covering
	slot     []int32 // by client: its place in knows plus one, 0 is none
	clients  []int32 // that have one
	knows    [][]owed
	duties   []duty
	breaches int
}

func beginSessions(s *Subject, r Request, rule *sessionRule) judging {
	return &sessions{whole: s.History, tally: newTally(r), steps: r.steps(), rule: rule, slot: make([]int32, s.History.Clients())}
}

func (w *sessions) add(s *Subject) {
	w.s = s
	for key := range int32(s.History.Keys()) {
		w.tally.add(s, w.judge(key, w.steps))
	}
}

func (w *sessions) results() []Result {
	result := w.tally.finish()
	result.count("violations", int64(w.breaches))
	if result.Verdict == Valid {
		result.Summary = extent(w.whole)
	}
	return []Result{result}
}

func (w *sessions) judge(key int32, steps int) finding {
	if w.s.plainly(key) {
		return finding{verdict: Valid}
	}
	if e := w.s.impossibleRead(key); e != nil {
		return finding{verdict: Invalid, evidence: e}
	}
	if reason := w.s.inventedContext(key); reason != "" && w.s.Model == history.Siblings {
		return finding{verdict: Unknown, reason: reason}
	}
	w.begin(key, steps)
	first, found := w.walk()
	if w.rule.byWrites && !found {
		first, found = w.check()
	}
	switch {
	case found:
		v := first
		ids := []history.OpID{v.get, v.lacked, v.from, v.write}
		ids = append(ids, w.s.History.Versions(v.get)...)
		if v.write != history.NoVersion && !w.s.single() {
			for _, p := range w.c.a.path(w.s.set(key, w.s.position(v.get, key)), w.s.position(v.write, key)) {
				ids = append(ids, w.c.rows[p].id)
			}
		}
		return finding{verdict: Invalid, evidence: w.s.evidence(w.rule.kind, key, ids, "%s", w.rule.text(w.s, v))}
	case w.c.spent():
		return finding{verdict: Unknown, reason: budgetSpent(w.s.History.KeyName(key), len(w.c.rows), steps)}
	}
	return finding{verdict: Valid}
}

func (w *sessions) begin(key int32, steps int) {
	w.c = w.s.coveringOf(key, steps)
	for _, c := range w.clients {
		w.slot[c] = 0
	}
	w.clients, w.duties = w.clients[:0], w.duties[:0]
}

// knowledge returns what a client knows so far.
func (w *sessions) knowledge(client int32) *[]owed {
	if w.slot[client] == 0 {
		w.clients = append(w.clients, client)
		n := len(w.clients)
		w.slot[client] = int32(n)
		if len(w.knows) < n {
			w.knows = append(w.knows, nil)
		}
		w.knows[n-1] = w.knows[n-1][:0]
	}
	return &w.knows[w.slot[client]-1]
}

// walk follows the events of the key. It returns the first answer that lacks
// what its client knew.
func (w *sessions) walk() (first sessionBreach, found bool) {
	for _, m := range w.s.momentsOf(w.c.key) {
		p := m.position()
		r := &w.c.rows[p]
		if w.c.spent() || !r.is(rowReads|rowWrites) {
			continue
		}
		known := w.knowledge(w.s.History.Op(r.id).Client)
		switch {
		case m.ends():
			w.learn(known, p)
		case w.rule.byWrites && r.is(rowWrites):
			w.oblige(p, *known)
		case !w.rule.byWrites && r.is(rowReads):
			for _, o := range *known {
				if w.c.misses(p, o.version) {
					w.note(&first, &found, sessionBreach{r.id, w.c.rows[o.version].id, w.c.rows[o.from].id, history.NoVersion})
					break
				}
			}
		}
	}
	return first, found
}

func (w *sessions) note(first *sessionBreach, found *bool, v sessionBreach) {
	w.breaches++
	if !*found {
		*first, *found = v, true
	}
}

// learn takes in what the end of an operation tells its client. Of what is
// known only what nothing else known covers is kept.
func (w *sessions) learn(known *[]owed, p int32) {
	if w.rule.written == w.c.rows[p].is(rowReads) {
		return
	}
	if w.rule.written {
		w.keep(known, owed{version: p, from: p})
		return
	}
	for _, v := range w.s.set(w.c.key, p) {
		w.keep(known, owed{version: v, from: p})
	}
}

func (w *sessions) keep(known *[]owed, o owed) {
	for _, k := range *known {
		if w.stronger(k.version, o.version) {
			return
		}
	}
	*known = slices.DeleteFunc(*known, func(k owed) bool { return w.stronger(o.version, k.version) })
	*known = append(*known, o)
}

// stronger reports whether whoever covers version v covers u.
func (w *sessions) stronger(v, u int32) bool {
	if w.s.single() && !w.s.stampsCount() {
		return w.c.rows[v].begin >= w.c.rows[u].begin
	}
	return w.c.over(v, u)
}

// oblige notes what a write must not be seen without.
func (w *sessions) oblige(p int32, known []owed) {
	for _, o := range known {
		if !w.stronger(p, o.version) {
			w.duties = append(w.duties, duty{write: p, owed: o})
		}
	}
}

// check looks for answers that cover a write and lack what its client knew.
func (w *sessions) check() (first sessionBreach, found bool) {
	for _, d := range w.duties {
		for p := range w.c.rows {
			r := &w.c.rows[p]
			if w.c.spent() {
				return first, found
			}
			if r.is(rowReads) && w.shows(int32(p), d.write) && w.c.misses(int32(p), d.version) {
				w.note(&first, &found, sessionBreach{r.id, w.c.rows[d.version].id, w.c.rows[d.from].id, w.c.rows[d.write].id})
				break
			}
		}
	}
	return first, found
}

// shows reports whether a get covers a write for certain. A larger timestamp
// alone does not say so: the get may have come before the write.
func (w *sessions) shows(get, write int32) bool {
	set := w.s.set(w.c.key, get)
	if w.s.stampsCount() && w.c.rows[get].begin < w.c.rows[write].begin {
		return slices.Contains(set, write)
	}
	return w.c.rows[get].end > w.c.rows[write].begin && w.c.covers(set, write)
}
