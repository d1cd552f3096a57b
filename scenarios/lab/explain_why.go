package lab

import (
	"fmt"
	"slices"
	"strings"

	"dynamosim/analysis/history"
	"dynamosim/scenarios"
	"dynamosim/sim/trace"
)

// Why a node lacked a version: it never came, it came too late, or it was there and went.

// whyLacked tells for each of the nodes that answered a get why its answer lacked a write.
func (t *teller) whyLacked(v history.OpID, answers []answer) {
	var reasons []reason
	for _, x := range answers {
		if t.s.Lacks(x.versions, v) {
			r := t.reason(v, x.node, x.ordinal)
			r.node, r.asked = x.node, x.at
			reasons = append(reasons, r)
		}
	}
	for _, g := range grouped(reasons, reason.kind) {
		names, times, laters := make([]string, len(g)), make([]string, len(g)), []string{}
		for i := range g {
			names[i], times[i] = t.name(g[i].node), g[i].when(t)
			t.join(g[i].node)
			if g[i].later != "" {
				laters = append(laters, map[bool]string{true: names[i] + " "}[len(g) > 1]+g[i].when(t)+", "+g[i].later)
			}
		}
		var text string
		switch later := strings.Join(laters, "; "); {
		case g[0].why == "" && len(g) == 1:
			text = "got it only " + later
		case g[0].why == "":
			text = "got it only after that: " + later
		case later != "" && len(g) == 1:
			text = g[0].why + "; it got it only " + later
		case later != "":
			text = g[0].why + "; they got it only after that: " + later
		case g[0].at != 0:
			text = g[0].why + " at " + listed(slices.Compact(times))
		default:
			text = g[0].why
		}
		t.say("%s %s", listed(names), text)
	}
}

// kind tells reasons apart that one sentence can tell together.
func (r reason) kind() string {
	if r.why == "" && r.later != "" {
		return "late"
	}
	return r.why
}

// reason is why a node lacked a version.
type reason struct {
	node  int32
	why   string // "" where its copy was only late
	later string // how it came in the end
	at    int64  // of what happened; 0: nothing did
	asked int64  // when the node answered
}

// when is the moment of what happened: when it came shortly after the answer, how much later.
func (r *reason) when(t *teller) string {
	switch after := r.at - r.asked; {
	case r.later == "":
		return t.at(r.at)
	case r.asked > 0 && after >= 0 && after < 100e6:
		return span(after) + " after its answer"
	}
	return "at " + t.at(r.at)
}

// reason tells why a node lacked a version at an event.
func (t *teller) reason(v history.OpID, node int32, ordinal uint64) reason {
	var before, after *change // the last of this version before the event, the first after it
	for i := range t.c.changes {
		ch := &t.c.changes[i]
		switch {
		case ch.node != node || ch.holding.Version != v:
		case ch.ordinal < ordinal:
			before = ch
		case after == nil && ch.gained:
			after = ch
		}
	}
	switch {
	case t.h.Op(v).Func == history.Delete && !t.e.Plan.Cluster.Versioning.Tombstones.Enabled && t.took(v, node):
		return reason{why: "had removed the value, and keeps no tombstone to tell of it"}
	case before != nil && !before.gained:
		if by := t.replacement(before); by != history.NoVersion && !before.event.crashed && !t.knew(by, v) {
			t.usurper = by
		}
		return reason{why: "had held it, but " + t.lossWords(before), at: before.at}
	case before != nil:
		return reason{why: "held it, but its answer left that out"}
	}
	r := reason{why: t.neverCame(v, node)}
	own := t.ownCopy(v, node)
	switch {
	case after == nil && own != nil && own.arrivedIn > ordinal: // it found something newer there
		r.at, r.later = own.arrived, "from "+t.name(own.from)
	case after != nil:
		t.note(after)
		t.seePush(after)
		r.at, r.later = after.at, t.gainWords(after)
	case r.why == "":
		r.why = "was never sent it"
	}
	return r
}

// seePush puts the message by which a version came into the picture.
func (t *teller) seePush(ch *change) {
	for _, l := range t.c.pushes {
		if l.arrivedIn == ch.ordinal {
			t.see(l)
		}
	}
}

// neverCame tells what kept the put's own copy from a node; "" where that copy did arrive.
func (t *teller) neverCame(v history.OpID, node int32) string {
	p := t.c.ops[v]
	if p == nil || answering(p) == nil {
		return ""
	}
	a := answering(p)
	own, stood := t.ownCopy(v, node), ""
	for _, l := range a.legs {
		if l.message == "replicate" && l.home == node {
			stood = t.name(l.to)
		}
	}
	switch {
	case own != nil && own.arrived > 0:
		return ""
	case own != nil:
		return "never got it, as the copy " + t.fateWords([]*leg{own})
	case !slices.Contains(t.c.homes, node):
		return "is no home of the key and was not sent it"
	case node == a.coordinator:
		return ""
	}
	why := "was passed over by " + t.name(a.coordinator)
	if d := t.c.doubted(a.coordinator, node, a.ordinal); d != nil {
		why += ", which had believed it to be down since " + t.at(d.at)
		if by := t.blame(d.faults); by != "" {
			why += " (" + by + ")"
		}
	}
	if stood != "" {
		why += "; " + stood + " stood in"
	}
	return why
}

// ownCopy is the copy of a put that was sent to a node for itself; nil: none was.
func (t *teller) ownCopy(v history.OpID, node int32) *leg {
	p := t.c.ops[v]
	if p == nil || answering(p) == nil {
		return nil
	}
	for _, l := range answering(p).legs {
		if l.message == "replicate" && l.to == node && l.home < 0 {
			return l
		}
	}
	return nil
}

// took reports whether a node took part in a write: it coordinated it, or got a copy.
func (t *teller) took(v history.OpID, node int32) bool {
	p := t.c.ops[v]
	if p == nil || answering(p) == nil {
		return false
	}
	own := t.ownCopy(v, node)
	return answering(p).coordinator == node || own != nil && own.arrived > 0
}

// repairs reports whether a node repaired itself when it came to hold a version: it had coordinated a get.
func (t *teller) repairs(ch *change) bool {
	return slices.ContainsFunc(t.c.marks, func(m trace.Record) bool {
		return m.Ordinal == ch.ordinal && m.Proc == ch.node && m.Mark == "read_repairs"
	})
}

// wiped reports whether one of some faults empties disks.
func (t *teller) wiped(faults []int) bool {
	return slices.ContainsFunc(faults, func(f int) bool { return t.e.Plan.Faults[f].Kind.Kind() == "wipe" })
}

// tellShadowed tells of a write that lost by its timestamp before anybody stored it; false: it did not.
func (t *teller) tellShadowed(put *attempt, answers []answer) bool {
	if t.e.Plan.Cluster.Versioning.Mode != scenarios.ModeLastWriteWins || len(t.c.changesOf(t.w.Missed)) > 0 {
		return false
	}
	mine, _, ok := t.h.StampOf(t.w.Missed)
	for _, x := range answers {
		for _, v := range x.versions {
			theirs, _, known := t.h.StampOf(v)
			if !ok || !known || theirs < mine {
				continue
			}
			why := ""
			if off := mine - put.at; off < -1e6 || off > 1e6 {
				why = fmt.Sprintf(", which was %s %s", span(max(off, -off)), map[bool]string{true: "behind", false: "ahead"}[off < 0])
				if by := t.blame(put.faults); by != "" {
					why += " (" + by + ")"
				}
			}
			t.say("the last write wins, by timestamp: %s got %s by the clock of %s%s; that of %s is %s, so it stayed, on every node", t.version(t.w.Missed), t.at(mine),
				t.name(put.coordinator), why, t.version(v), t.at(theirs))
			return true
		}
	}
	return false
}

// gainWords tell how a version came to a node.
func (t *teller) gainWords(ch *change) string {
	switch {
	case ch.event.message == "hint":
		return "as the hint of " + t.name(ch.event.peer)
	case ch.event.message == "read-reply":
		return "by read repair"
	case ch.event.message == "repair":
		return "by read repair from " + t.name(ch.event.peer)
	case ch.event.message == "merkle":
		return "by anti-entropy with " + t.name(ch.event.peer)
	case ch.event.message == "transfer":
		return "by a transfer from " + t.name(ch.event.peer)
	case t.repairs(ch):
		return "by read repair"
	case ch.event.message == "replicate" && ch.holding.Home != ch.node:
		return fmt.Sprintf("from %s, as a hint for %s", t.name(ch.event.peer), t.name(ch.holding.Home))
	case ch.event.message == "replicate":
		return "from " + t.name(ch.event.peer)
	case ch.event.message == "put" || ch.event.message == "forward-put":
		return "as its coordinator"
	}
	return "by itself"
}

// lossWords tell how a version left a node, at a time that is told apart.
func (t *teller) lossWords(ch *change) string {
	t.note(ch)
	if ch.event.crashed {
		faults := t.downAt(ch.ordinal, ch.node)
		by := t.blame(faults)
		if by != "" {
			by = " in " + by
		}
		if t.wiped(faults) {
			return "went down" + by + ", which emptied the disk,"
		}
		return "went down" + by + " before it was on the disk,"
	}
	if by := t.replacement(ch); by != history.NoVersion {
		t.note(t.gainAt(ch, by))
		return fmt.Sprintf("replaced it by %s, %s,", t.version(by), t.gainWords(t.gainAt(ch, by)))
	}
	switch {
	case t.h.Op(ch.holding.Version).Func == history.Delete:
		return "forgot the tombstone, past its grace,"
	case strings.HasPrefix(ch.event.mark, "hints_delivered"):
		return "gave its hint away"
	}
	return "lost it"
}

// downAt is the fault that took a node down in an event.
func (t *teller) downAt(ordinal uint64, node int32) []int {
	for i := range t.c.lives {
		if l := &t.c.lives[i]; l.ordinal == ordinal && l.node == node && !l.up && l.fault >= 0 {
			return []int{l.fault}
		}
	}
	return nil
}

// replacement is the version that a node gained in the event in which it lost another one.
func (t *teller) replacement(lost *change) history.OpID {
	for i := range t.c.changes {
		if ch := &t.c.changes[i]; ch.ordinal == lost.ordinal && ch.node == lost.node && ch.gained && ch.holding.Home == lost.holding.Home {
			return ch.holding.Version
		}
	}
	return history.NoVersion
}

func (t *teller) gainAt(lost *change, v history.OpID) *change {
	for i := range t.c.changes {
		if ch := &t.c.changes[i]; ch.ordinal == lost.ordinal && ch.node == lost.node && ch.gained && ch.holding.Version == v {
			return ch
		}
	}
	return lost
}

// note puts a change into the picture.
func (t *teller) note(ch *change) {
	t.shown[ch.ordinal] = true
	t.join(ch.node)
	text := "has " + t.version(ch.holding.Version)
	if ch.gained && ch.holding.Home != ch.node {
		text += " for " + t.name(ch.holding.Home)
	}
	if !ch.gained {
		text = "loses " + t.version(ch.holding.Version)
	}
	r := trace.Record{Ordinal: ch.ordinal, Time: ch.at, Kind: trace.Mark, Proc: ch.node, Peer: trace.None, Mark: text}
	if !slices.Contains(t.notes, r) {
		t.notes = append(t.notes, r)
	}
}

// tellMeeting tells why the nodes of the write and those of the read have none in common.
func (t *teller) tellMeeting(put, get *attempt, answers []answer) {
	in := t.had(put)
	var asked []int32
	for _, x := range answers {
		asked = append(asked, x.node)
	}
	if len(in) == 0 || len(asked) == 0 {
		return
	}
	for _, n := range in {
		if slices.Contains(asked, n) {
			return // whyLacked has told of it
		}
	}
	c := &t.e.Plan.Cluster
	quorums := fmt.Sprintf("the write's nodes were %s, the read's %s", t.nodes(in), t.nodes(asked))
	standIn := slices.ContainsFunc(put.legs, func(l *leg) bool { return l.home >= 0 && slices.Contains(in, l.to) })
	for _, n := range slices.Concat(in, asked) {
		standIn = standIn || !slices.Contains(t.c.homes, n)
	}
	switch {
	case put.quorum+get.quorum <= c.N:
		t.say("with R + W = %d, not more than N = %d, a read and a write need not meet in any node: %s", put.quorum+get.quorum, c.N, quorums)
	case standIn && c.Quorum == scenarios.QuorumSloppy:
		t.say("R + W = %d > N = %d makes a read meet a write only among the homes %s; a sloppy quorum counts stand-ins as well: %s",
			put.quorum+get.quorum, c.N, t.nodes(t.c.homes), quorums)
	default:
		t.say("the two have no node in common although R + W = %d > N = %d: %s", put.quorum+get.quorum, c.N, quorums)
	}
}

func (t *teller) nodes(list []int32) string {
	names := make([]string, len(list))
	for i, n := range list {
		names[i] = t.name(n)
	}
	return listed(names)
}

// tellOutranked tells of a register's write that was among the answers and lost by its timestamp.
func (t *teller) tellOutranked(answers []answer) {
	if t.e.Plan.Cluster.Versioning.Mode != scenarios.ModeABD {
		return
	}
	returned := t.h.Versions(t.w.Get)
	for _, x := range answers {
		if len(returned) != 1 || !slices.Contains(x.versions, t.w.Missed) {
			continue
		}
		mine := t.heldAs(t.w.Missed, x.node, x.ordinal)
		for i := range t.c.changes {
			theirs := &t.c.changes[i]
			if mine == nil || !theirs.gained || theirs.holding.Version != returned[0] {
				continue
			}
			t.say("of the two the get returned %s, whose timestamp %s is above the %s of %s, although it was written before", t.version(returned[0]),
				t.stamp(theirs), t.stamp(mine), t.version(t.w.Missed))
			if !t.e.Plan.Cluster.Versioning.ABD.Query {
				t.say("a put that does not ask a majority for its timestamp first may come out below what is there already")
			}
			return
		}
	}
}

// stamp writes the timestamp of a register: its counter and its node.
func (t *teller) stamp(ch *change) string {
	return fmt.Sprintf("(%d, %s)", ch.holding.Stamp.Wall, t.name(int32(ch.holding.Stamp.Node)))
}
