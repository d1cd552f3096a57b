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
	for _, g := range grouped(reasons, func(r reason) string { return r.why + "|" + r.later }) {
		names, times := make([]string, len(g)), make([]string, len(g))
		for i := range g {
			names[i] = t.name(g[i].node)
			times[i] = g[i].when()
			t.join(g[i].node)
		}
		text := g[0].why
		switch {
		case g[0].at == 0:
		case g[0].later != "":
			text = strings.TrimPrefix(text+"; "+plural(len(g), "it", "they")+" got it only "+listed(slices.Compact(times))+", "+g[0].later, "; it ")
			text = strings.TrimPrefix(text, "; they ")
		default:
			text += " at " + listed(slices.Compact(times))
		}
		t.say("%s %s", listed(names), text)
	}
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
func (r *reason) when() string {
	switch after := r.at - r.asked; {
	case r.later == "":
		return moment(r.at)
	case r.asked > 0 && after >= 0 && after < 100e6:
		return span(after) + " after its answer"
	}
	return "at " + moment(r.at)
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
	case before != nil && !before.gained:
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
		return "never got it, as its copy " + t.fateWords([]*leg{own})
	case !slices.Contains(t.c.homes, node):
		return "is no home of the key and was not sent it"
	case node == a.coordinator:
		return ""
	}
	why := "was passed over by " + t.name(a.coordinator)
	if d := t.c.doubted(a.coordinator, node, a.ordinal); d != nil {
		why += ", which had believed it to be down since " + moment(d.at)
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
			t.say("the last write wins, by timestamp: %s got %s by the clock of %s%s; that of %s is %s, so it stayed, on every node", t.version(t.w.Missed), moment(mine),
				t.name(put.coordinator), why, t.version(v), moment(theirs))
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
		by := t.blame(t.downAt(ch.ordinal, ch.node))
		if by != "" {
			by = " in " + by
		}
		return "lost it when it went down" + by + ", before it was on its disk,"
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
