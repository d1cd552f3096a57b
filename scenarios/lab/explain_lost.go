package lab

import (
	"fmt"
	"slices"
	"strings"

	"dynamosim/analysis/history"
	"dynamosim/dynamo/vclock"
	"dynamosim/scenarios"
)

// Stories of versions that went although they should have stayed, and of those that stayed although they should have gone.

// tellLost: nothing that is left at the end covers a write.
func (t *teller) tellLost() {
	t.tellWrite(t.w.Missed)
	switch t.w.Kind {
	case "lost-item":
		if t.tellForgotten(t.w.Missed) {
			return
		}
	case "diverged", "missing-replica", "stranded":
		t.tellLeft(t.w.Missed)
		t.tellOff()
		return
	case "leftover-hint", "misplaced":
		t.tellKept(t.w.Missed)
		t.tellOff()
		return
	}
	if t.tellSameDot(t.w.Missed) {
		return
	}
	t.tellReplaced(t.w.Missed)
	t.tellLeft(t.w.Missed)
}

// tellForgotten tells of the put that took a version's place although its client was never shown that; false: there is none.
func (t *teller) tellForgotten(v history.OpID) bool {
	for i := range t.c.changes {
		ch := &t.c.changes[i]
		if ch.gained || ch.holding.Version != v {
			continue
		}
		by := t.replacement(ch)
		if by == history.NoVersion || t.knew(by, v) || t.h.Op(by).Group == history.NoVersion {
			continue
		}
		read := t.h.Op(by).Group
		t.w.Get = read
		_, a := t.tellRead()
		if a == nil || !t.tellNewest(a, t.h.Versions(read)) {
			return false
		}
		t.note(ch)
		t.note(t.gainAt(ch, by))
		t.tellWrite(by)
		t.say("%s is made from %s alone, yet its context covers %s too: %s dropped that at %s", t.version(by),
			t.versions(t.h.Versions(read)), t.version(v), t.name(ch.node), t.at(ch.at))
		return true
	}
	return false
}

// knew reports whether the client of a put had read a version, or one that took its place.
func (t *teller) knew(put, v history.OpID) bool {
	if t.s.Model == history.LastWriteWins {
		return t.s.Supersedes(put, v)
	}
	return t.s.Under(history.Siblings).Supersedes(put, v)
}

// tellNewest tells what a coordinator left out because it returns the newest version alone; false: it left out nothing.
func (t *teller) tellNewest(a *attempt, returned []history.OpID) bool {
	for i := range t.c.marks {
		if m := &t.c.marks[i]; m.Mark == "newest_picked" && m.Ordinal == a.answeredIn && m.Proc == a.coordinator {
			t.say("%s found %d versions beside each other and returned the one with the latest timestamp only, %s (§6)", t.name(a.coordinator), m.Arg1, t.versions(returned))
			return true
		}
	}
	return false
}

// tellReplaced tells what became of a version: which others took its place on which nodes, and what crashes took.
func (t *teller) tellReplaced(v history.OpID) {
	if slices.Contains(t.told, v) {
		return
	}
	t.told = append(t.told, v)
	var crashes, others []*change
	for i := range t.c.changes {
		ch := &t.c.changes[i]
		switch {
		case ch.gained || ch.holding.Version != v:
		case ch.event.crashed:
			crashes = append(crashes, ch)
		case t.replacement(ch) != history.NoVersion:
			others = append(others, ch)
		}
	}
	if len(crashes) > 0 {
		t.tellCrashes(crashes)
	}
	groups := grouped(others, func(ch *change) string { return fmt.Sprint(t.replacement(ch)) })
	for _, g := range groups {
		if by := t.replacement(g[0]); !t.knew(by, v) {
			t.tellDominance(v, by, g)
			return
		}
	}
	for _, g := range groups { // replaced by right: then it is that one's end which counts
		by := t.replacement(g[0])
		t.say("%s, whose client had read it, took its place", t.version(by))
		t.noteAll(g)
		t.tellReplaced(by)
		return
	}
}

func (t *teller) noteAll(list []*change) {
	for _, ch := range list {
		t.note(ch)
	}
}

// tellCrashes tells which nodes lost a version by going down.
func (t *teller) tellCrashes(list []*change) {
	for _, g := range grouped(list, func(ch *change) string { return fmt.Sprint(ch.ordinal) }) {
		t.noteAll(g)
		var names []string
		for _, ch := range g {
			names = append(names, t.name(ch.node))
		}
		by := t.blame(t.downAt(g[0].ordinal, g[0].node))
		if by != "" {
			by = " in " + by
		}
		why := t.notDurable()
		if t.wiped(t.downAt(g[0].ordinal, g[0].node)) {
			why = plural(len(names), "its disk was", "their disks were") + " emptied"
		}
		t.say("%s lost it at %s, when %s went down%s: %s", listed(names), t.at(g[0].at), plural(len(names), "it", "they"), by, why)
	}
}

// notDurable tells why what was acknowledged was not on a disk.
func (t *teller) notDurable() string {
	c := &t.e.Plan.Cluster
	switch {
	case c.Storage.Engine == scenarios.EngineMemory:
		return "the storage engine keeps everything in memory"
	case c.WriteBuffer.Enabled:
		return "it was still in the write buffer"
	case c.Storage.Sync == scenarios.SyncPeriodic:
		return fmt.Sprintf("it had been acknowledged from memory, and the log is synced every %s only", round(int64(c.Storage.Period)))
	case c.Storage.Sync == scenarios.SyncNever:
		return "it had been acknowledged from memory, and the log is never synced"
	}
	return "it was not on the disk"
}

// tellDominance tells why a version that did not know of another one took its place.
func (t *teller) tellDominance(v, by history.OpID, where []*change) {
	t.noteAll(where)
	slices.SortStableFunc(where, func(a, b *change) int { return int(min(max(int64(a.ordinal)-int64(b.ordinal), -1), 1)) })
	for _, ch := range where {
		t.note(t.gainAt(ch, by))
	}
	first := where[0]
	if p := t.follow(by); p != nil && answering(p) != nil {
		for _, l := range answering(p).legs {
			if slices.ContainsFunc(where, func(ch *change) bool { return ch.node == l.to }) {
				t.see(l)
			}
		}
		t.say("at %s %s coordinated the put of %s by %s%s", t.at(answering(p).at), t.name(answering(p).coordinator), t.version(by), t.client(by), t.contextWords(by, v))
	}
	old, new := first.holding, t.gainAt(first, by).holding
	nodes := make([]string, len(where))
	for i, ch := range where {
		nodes[i] = t.name(ch.node)
	}
	slices.Sort(nodes)
	t.say("%s, and %s dropped %s at %s", t.orderWords(v, by, old, new), listed(slices.Compact(nodes)), t.version(v), t.between(first.at, where[len(where)-1].at))
}

// tellUsurper tells why a version took the place of one that its client had not seen; false: nothing tells.
func (t *teller) tellUsurper(v, by history.OpID) bool {
	var where []*change
	for i := range t.c.changes {
		if ch := &t.c.changes[i]; !ch.gained && ch.holding.Version == v && t.replacement(ch) == by {
			where = append(where, ch)
		}
	}
	if len(where) == 0 {
		return false
	}
	t.tellDominance(v, by, where)
	return true
}

func (t *teller) between(from, until int64) string {
	if t.at(from) == t.at(until) {
		return t.at(from)
	}
	return t.at(from) + " to " + t.at(until)
}

// contextWords tell what a put's client knew.
func (t *teller) contextWords(put, unseen history.OpID) string {
	context := t.h.Context(put)
	if len(context) == 0 {
		return fmt.Sprintf(", who had not seen %s: its context was empty", t.version(unseen))
	}
	return fmt.Sprintf(", who had not seen %s: its context was %s", t.version(unseen), t.versions(context))
}

// orderWords tell why one version counted as newer than another.
func (t *teller) orderWords(v, by history.OpID, old, new heldVersion) string {
	if t.e.Plan.Cluster.Versioning.Mode == scenarios.ModeLastWriteWins {
		return fmt.Sprintf("the last write wins: its timestamp %s is above the %s of %s", t.at(new.Stamp.Wall), t.at(old.Stamp.Wall), t.version(v))
	}
	clocks := fmt.Sprintf("its clock %s covers the %s of %s", t.c.world.ClockText(new.Clock), t.c.world.ClockText(old.Clock), t.version(v))
	switch {
	case t.cut(v) > 0:
		clocks += fmt.Sprintf(", which had been cut to %d entries", t.e.Plan.Cluster.Versioning.MaxEntries)
	case t.e.Plan.Cluster.Versioning.Mode == scenarios.ModePaper:
		clocks += ": one plain clock for each version cannot tell that the client never saw it"
	}
	return clocks
}

// heldAs is how a node holds a version at an event: the latest change of it there.
func (t *teller) heldAs(v history.OpID, node int32, ordinal uint64) *change {
	var found *change
	for i := range t.c.changes {
		if ch := &t.c.changes[i]; ch.gained && ch.holding.Version == v && ch.node == node && ch.ordinal <= ordinal {
			found = ch
		}
	}
	return found
}

// clockOf is what decides whether a version that a node holds covers others: the context that it keeps with it, or the version's own clock.
func clockOf(ch *change) vclock.Clock {
	if ch.holding.Context != nil {
		return ch.holding.Context
	}
	return ch.holding.Clock
}

// cut is how many entries of a version's clock were cut off when it was made.
func (t *teller) cut(v history.OpID) int64 {
	p := t.c.ops[v]
	if p == nil {
		return 0
	}
	for _, a := range p.attempts {
		for i := range t.c.marks {
			if m := &t.c.marks[i]; m.Mark == "truncations" && m.Ordinal == a.ordinal && m.Proc == a.coordinator {
				return m.Arg1
			}
		}
	}
	return 0
}

// tellLeft tells what is there at the end in place of a version.
func (t *teller) tellLeft(v history.OpID) {
	var left []history.OpID
	lacking := []string{}
	for n := range t.c.nodes {
		var own []history.OpID
		for _, h := range t.c.held[n] {
			own = append(own, h.Version)
			if !slices.Contains(left, h.Version) {
				left = append(left, h.Version)
			}
		}
		if t.s.Lacks(own, v) && slices.Contains(t.c.homes, int32(n)) {
			lacking = append(lacking, t.name(int32(n)))
		}
	}
	slices.Sort(left)
	switch {
	case slices.Contains(left, v) && len(lacking) > 0:
		t.say("at the end %s %s not have it", listed(lacking), plural(len(lacking), "does", "do"))
		for _, n := range t.c.homes {
			if slices.Contains(lacking, t.name(n)) {
				t.whyLacked(v, []answer{{node: n, ordinal: t.c.events + 1}})
			}
		}
	case !slices.Contains(left, v):
		t.say("at the end no node has %s; what is left is %s", t.version(v), t.versions(left))
	}
}

// tellSameDot tells of two versions that bear one name, so that who knows one takes the other for it; false: there are none.
func (t *teller) tellSameDot(v history.OpID) bool {
	mine, ok := t.c.dots[v]
	p := t.c.ops[v]
	if !ok || mine == (vclock.Dot{}) || p == nil || answering(p) == nil {
		return false
	}
	for i := range t.h.Len() {
		other := history.OpID(i)
		if dot, known := t.c.dots[other]; !known || dot != mine || other == v {
			continue
		}
		a := answering(p)
		t.say("%s bears the same dot as %s, %s%s", t.version(v), t.version(other), t.c.world.ClockText(vclock.Clock{{Actor: mine.Actor, Counter: mine.Counter}}),
			t.amnesia(a.coordinator, a.ordinal))
		t.say("whoever knows %s takes %s for that, and drops it", t.version(other), t.version(v))
		t.follow(other)
		t.tellLeft(v)
		return true
	}
	return false
}

// amnesia tells why a node gives a dot again.
func (t *teller) amnesia(node int32, ordinal uint64) string {
	for i := len(t.c.lives) - 1; i >= 0; i-- {
		l := &t.c.lives[i]
		if l.node != node || l.up || l.ordinal > ordinal || l.fault < 0 {
			continue
		}
		return fmt.Sprintf(": %s went down in %s at %s and came back without its counter, under the same name", t.name(node), t.blame([]int{l.fault}), t.at(l.at))
	}
	return ""
}

// tellKept tells of nodes that hold a version although they are no homes of the key.
func (t *teller) tellKept(v history.OpID) {
	for n := range t.c.nodes {
		for _, h := range t.c.held[n] {
			if h.Version != v || h.Home == int32(n) && slices.Contains(t.c.homes, int32(n)) {
				continue
			}
			got := t.heldAs(v, int32(n), t.c.events)
			if got == nil {
				continue
			}
			t.note(got)
			switch {
			case h.Home != int32(n):
				t.say("%s has kept it since %s as a hint for %s, which never got it from there", t.name(int32(n)), t.at(got.at), t.name(h.Home))
			case slices.Contains(t.c.before, int32(n)):
				t.say("%s has held it since %s, when it was a home of the key; since then the homes have become %s", t.name(int32(n)), t.at(got.at), t.nodes(t.c.homes))
				t.blameMembers()
			default:
				t.say("%s has held it since %s, %s, though it is no home of the key", t.name(int32(n)), t.at(got.at), t.gainWords(got))
			}
		}
	}
}

// blameMembers remembers the changes of the members that moved keys.
func (t *teller) blameMembers() {
	for i := range t.e.Plan.Faults {
		switch t.e.Plan.Faults[i].Kind.Kind() {
		case "join", "leave", "replace":
			t.blame([]int{i})
		}
	}
}

// tellOff names the mechanisms that could have brought a version where it belongs, and are switched off.
func (t *teller) tellOff() {
	c := &t.e.Plan.Cluster
	var off []string
	for _, m := range []struct {
		name string
		on   bool
	}{{"hinted handoff", c.Handoff.Enabled}, {"read repair", c.ReadRepair.Enabled}, {"anti-entropy", c.AntiEntropy.Enabled}, {"the transfer of ranges", c.Transfer.Enabled}, {"gossip", c.Gossip.Enabled}} {
		if !m.on {
			off = append(off, m.name)
		}
	}
	if len(off) > 0 {
		t.say("what could have brought it where it belongs is switched off: %s", listed(off))
	}
}

// tellStale: a get returned a version that another one had replaced.
func (t *teller) tellStale() {
	t.tellAgain(t.w.Stale)
	t.tellWrite(t.w.By)
	_, a := t.tellRead()
	if a == nil {
		return
	}
	answers := t.answers(a)
	var with []answer
	for _, x := range answers {
		if slices.Contains(x.versions, t.w.Stale) {
			with = append(with, x)
		}
	}
	t.whyLacked(t.w.By, with)
	for _, x := range answers {
		for _, v := range x.versions {
			if v != t.w.Stale && t.s.Supersedes(v, t.w.Stale) && len(with) > 0 {
				t.tellFalseConcurrency(v, t.w.Stale, x, with[0])
				return
			}
		}
	}
}

// tellAgain tells of a put that was made twice because its client sent it again.
func (t *teller) tellAgain(v history.OpID) {
	p := t.c.ops[v]
	if p == nil || len(p.attempts) < 2 {
		return
	}
	t.follow(v)
	var turns []string
	for _, a := range p.attempts {
		turns = append(turns, fmt.Sprintf("by %s at %s", t.name(a.coordinator), t.at(a.at)))
		t.shown[a.ordinal] = true
		t.join(a.coordinator)
		for _, l := range a.legs {
			t.see(l)
		}
	}
	why := "got no answer in time"
	if a := p.attempts[0]; a.answerFate != "" {
		why = "was not answered, as the answer " + t.fateWords([]*leg{{fate: a.answerFate, faults: a.answerFaults}})
	}
	t.say("the put of %s by %s %s; so its client sent it again, and it was coordinated twice, %s: each time a new version of it was made", t.version(v),
		t.client(v), why, listed(turns))
}

// tellFalseConcurrency tells why a version stayed beside one that had replaced it: x answered with the newer one, y with the older.
func (t *teller) tellFalseConcurrency(v, old history.OpID, x, y answer) {
	t.follow(v)
	a, b := t.heldAs(v, x.node, x.ordinal), t.heldAs(old, y.node, y.ordinal)
	if a == nil || b == nil || clockOf(a).Descends(b.holding.Clock) {
		return
	}
	why := ""
	if n := t.cut(v); n > 0 {
		why = fmt.Sprintf(", because it was cut to %d entries when %s was made", t.e.Plan.Cluster.Versioning.MaxEntries, t.version(v))
	}
	t.say("the clock %s that %s keeps with %s does not cover the %s of %s%s; so the two count as concurrent, and both were returned",
		t.c.world.ClockText(clockOf(a)), t.name(x.node), t.version(v), t.c.world.ClockText(b.holding.Clock), t.version(old), why)
}

// tellReturned: a deleted version is there at the end.
func (t *teller) tellReturned() {
	t.tellWrite(t.w.By)
	for n := range t.c.nodes {
		if slices.ContainsFunc(t.c.held[n], func(h heldVersion) bool { return h.Version == t.w.Stale }) {
			t.whyLacked(t.w.By, []answer{{node: int32(n), versions: []history.OpID{t.w.Stale}, ordinal: t.c.events + 1}})
		}
	}
}

// tellBranches: a removal and what was put beside it were merged, and what had been removed is back.
func (t *teller) tellBranches() {
	item := ""
	if adds := t.h.Adds(t.w.Stale); len(adds) > 0 {
		item = Clean(t.h.ItemName(adds[0].Item))
	}
	t.follow(t.w.Stale)
	t.say("%s put %s into the cart with %s, acknowledged at %s, and %s took it out with %s", t.client(t.w.Stale), item, t.version(t.w.Stale),
		t.at(t.returned(t.w.Stale)), t.client(t.w.By), t.version(t.w.By))
	t.tellWrite(t.w.By)
	branch := t.branch()
	if branch == history.NoVersion {
		return
	}
	t.tellWrite(branch)
	seen := strings.TrimPrefix(t.contextWords(branch, t.w.By), ", who")
	t.say("%s%s, in which %s still was, so neither version replaces the other", t.client(branch), seen, item)
	t.say("whoever reads both merges them to their union (§4.4): no addition is lost, and %s is back", item)
}

// branch is the first acknowledged version that has what was removed and stands beside the removal.
func (t *teller) branch() history.OpID {
	for i := range t.h.Len() {
		v := history.OpID(i)
		o := t.h.Op(v)
		if o.Key == t.w.Key && o.Acknowledged() && v != t.w.By && t.s.Supersedes(v, t.w.Stale) && !t.s.Supersedes(v, t.w.By) && !t.s.Supersedes(t.w.By, v) {
			return v
		}
	}
	return history.NoVersion
}
