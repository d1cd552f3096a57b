package lab

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dynamosim/analysis"
	"dynamosim/analysis/history"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
	"dynamosim/sim/trace"
)

// teller puts the course of a key into sentences about the operations of an evidence, and notes which events they are about.
type teller struct {
	e *Explanation
	c *course
	s *analysis.Subject
	h *history.History
	w analysis.Witness

	sentences []string
	blamed    []int // faults that a sentence named, in order
	shown     map[uint64]bool
	tracks    []*track       // operations that were told of
	present   []int32        // processes that were told of
	notes     []trace.Record // what nodes came to hold, and what they lost
	told      []history.OpID // versions whose fate was told
	usurper   history.OpID   // a version that took another one's place without having known it; NoVersion: none
}

func (t *teller) say(format string, args ...any) {
	t.sentences = append(t.sentences, capital(fmt.Sprintf(format, args...))+".")
}

// capital makes the first letter of an English word large; names of nodes and clients stay as they are.
func capital(s string) string {
	for _, word := range []string{"the ", "all ", "its ", "at ", "with ", "what ", "nothing ", "whoever ", "by ", "of ", "a put "} {
		if strings.HasPrefix(s, word) {
			return strings.ToUpper(s[:1]) + s[1:]
		}
	}
	return s
}

// tell tells the story that the kind of evidence asks for.
func (t *teller) tell() {
	none := history.NoVersion
	switch {
	case t.w.Kind == "resurfaced-item":
		t.tellBranches()
	case t.w.Get != none && t.w.Missed != none:
		t.tellMissed()
	case t.w.Get != none && t.w.Stale != none:
		t.tellStale()
	case t.w.Get != none:
		t.tellRead()
	case t.w.Stale != none:
		t.tellReturned()
	default:
		t.tellLost()
	}
}

// tellMissed: a get lacks a write.
func (t *teller) tellMissed() {
	put, a := t.tellWrite(t.w.Missed)
	if t.w.Shown != history.NoVersion {
		t.tellShown()
	}
	get, b := t.tellRead()
	if put == nil || get == nil || a == nil || b == nil {
		t.tellReplaced(t.w.Missed)
		return
	}
	answers := t.answers(b)
	if t.tellShadowed(a, answers) {
		return
	}
	t.whyLacked(t.w.Missed, answers)
	if t.usurper != history.NoVersion && t.tellUsurper(t.w.Missed, t.usurper) {
		return
	}
	t.tellOutranked(answers)
	t.tellMeeting(a, b, answers)
}

// tellWrite tells how a put went: who coordinated it, who had it when it was acknowledged, what became of the other copies.
func (t *teller) tellWrite(v history.OpID) (*track, *attempt) {
	o := t.h.Op(v)
	p := t.c.ops[v]
	what := fmt.Sprintf("the %s of %s by %s", o.Func, t.version(v), t.client(v))
	if o.Func == history.Delete {
		what = fmt.Sprintf("%s by %s", t.version(v), t.client(v))
	}
	if o.Preloaded() || p == nil {
		t.say("%s was there from the beginning", t.version(v))
		return nil, nil
	}
	t.tracks = append(t.tracks, p)
	a := answering(p)
	if a == nil {
		t.say("%s at %s reached no coordinator", what, t.at(p.invoked))
		return p, nil
	}
	in := t.had(a)
	where := fmt.Sprintf("%s was coordinated by %s", what, t.name(a.coordinator))
	if int(a.coordinator) < t.c.nodes && !slices.Contains(t.c.homes, a.coordinator) && !slices.Contains(t.c.before, a.coordinator) {
		where += ", no home of the key,"
	} else if int(a.coordinator) >= t.c.nodes {
		where = fmt.Sprintf("%s was coordinated by its own client library", what)
	}
	switch {
	case a.answered > 0 && len(in) > 0:
		t.say("%s and acknowledged at %s, when W = %d %s had it: %s", where, t.at(t.returned(v)), a.quorum, plural(a.quorum, "node", "nodes"), t.copies(a, in))
	case a.answered > 0:
		t.say("%s and acknowledged at %s", where, t.at(t.returned(v)))
	default:
		t.say("%s at %s and never acknowledged: fewer than W = %d nodes answered in time", where, t.at(a.at), a.quorum)
	}
	t.tellCopies(a)
	return p, a
}

func (t *teller) returned(v history.OpID) int64 { return t.h.Op(v).Return }

// answering is the attempt that an operation was answered by, or else its last.
func answering(p *track) *attempt {
	for _, a := range p.attempts {
		if a.answered > 0 && a.answerFate == "" {
			return a
		}
	}
	if len(p.attempts) == 0 {
		return nil
	}
	return p.attempts[len(p.attempts)-1]
}

// had are the nodes that had a copy when the coordinator answered.
func (t *teller) had(a *attempt) []int32 {
	var list []int32
	if a.wrote > 0 && a.wrote <= a.answered {
		list = append(list, a.coordinator)
	}
	for _, l := range a.legs {
		if l.message == "replicate" && l.ok && l.answered > 0 && l.answered <= a.answered && !slices.Contains(list, l.to) {
			list = append(list, l.to)
		}
	}
	slices.Sort(list)
	return list
}

// copies names nodes with what they keep their copy for.
func (t *teller) copies(a *attempt, nodes []int32) string {
	var words []string
	for _, n := range nodes {
		word := t.name(n)
		for _, l := range a.legs {
			if l.to == n && l.home >= 0 {
				word += " (as a hint for " + t.name(l.home) + ")"
			}
		}
		words = append(words, word)
	}
	return listed(words)
}

// tellCopies tells of copies that were lost, of those that came later, and of who stood in.
func (t *teller) tellCopies(a *attempt) {
	var lost, late []*leg
	var clauses []string
	in := t.had(a)
	for _, l := range a.legs {
		if l.message != "replicate" {
			continue
		}
		t.see(l)
		switch {
		case l.arrived == 0:
			lost = append(lost, l)
		case l.arrived > a.answered && a.answered > 0:
			late = append(late, l)
		case l.home >= 0 && !slices.Contains(in, l.to):
			clauses = append(clauses, fmt.Sprintf("%s took a hint for %s", t.name(l.to), t.name(l.home)))
		}
	}
	var fates []string
	for _, g := range grouped(lost, t.fate) {
		fates = append(fates, fmt.Sprintf("the %s to %s %s", plural(len(g), "copy", "copies"), t.receivers(g), t.fateWords(g)))
	}
	clauses = append(fates, clauses...)
	if len(late) > 0 && a.answered > 0 {
		slices.SortStableFunc(late, func(a, b *leg) int { return cmp.Compare(a.arrived, b.arrived) })
		words := make([]string, len(late))
		for i, l := range late {
			words[i] = t.receivers([]*leg{l}) + " " + span(l.arrived-a.answered) + t.delayWords(l)
		}
		clauses = append(clauses, fmt.Sprintf("the %s reached %s after that", plural(len(late), "copy", "copies"), listed(words)))
		if len(fates) == 0 {
			clauses[len(clauses)-1] = fmt.Sprintf("%s reached %s after that", plural(len(late), "the other copy", "the other copies"), listed(words))
		}
	}
	if len(clauses) > 0 {
		t.say("%s", strings.Join(clauses, "; "))
	}
}

// delayWords name the faults that made a message late.
func (t *teller) delayWords(l *leg) string {
	if list := slices.Concat(l.faults, l.onReceiver); len(list) > 0 {
		return " (held up by " + t.blame(list) + ")"
	}
	return ""
}

// fate is what became of a message, to tell messages apart by.
func (t *teller) fate(l *leg) string { return fmt.Sprint(l.fate, l.faults) }

// fateWords tell what became of messages.
func (t *teller) fateWords(g []*leg) string {
	were := plural(len(g), "was", "were")
	by := t.blame(g[0].faults)
	if by != "" {
		by = " by " + by
	}
	switch g[0].fate {
	case "cut":
		return were + " cut off" + by
	case "lost":
		return were + " lost on the way" + by
	case "down", "died waiting":
		if by != "" {
			by = " (" + t.blame(g[0].faults) + ")"
		}
		return "found " + plural(len(g), "it", "them") + " down" + by
	case "damaged":
		return were + " damaged on the way" + by
	case "no room":
		return were + " dropped: there was no room on the way" + by
	case "refused":
		return were + " refused: the queue was full"
	}
	return were + " still under way at the end" + by
}

// tellShown tells of the get that had returned a write which nobody had acknowledged.
func (t *teller) tellShown() {
	g := t.h.Op(t.w.Shown)
	t.follow(t.w.Shown)
	t.say("%s had been told of it by a get that ended at %s", t.client(t.w.Shown), t.at(g.Return))
}

// follow makes an operation part of the picture.
func (t *teller) follow(op history.OpID) *track {
	p := t.c.ops[op]
	if p != nil && !slices.Contains(t.tracks, p) {
		t.tracks = append(t.tracks, p)
	}
	return p
}

// answer is what one node said to a get.
type answer struct {
	node     int32
	versions []history.OpID
	at       int64 // when it looked
	ordinal  uint64
}

// answers are those that a get's coordinator had when it answered.
func (t *teller) answers(a *attempt) []answer {
	var list []answer
	for _, l := range a.legs {
		if l.message == "read" && l.ok && l.answered > 0 && l.answered <= a.answered && l.answeredIn <= a.answeredIn {
			list = append(list, answer{l.to, l.versions, l.replied, l.repliedIn})
		}
	}
	if len(list) < a.quorum && int(a.coordinator) < t.c.nodes {
		list = append([]answer{{a.coordinator, t.heldAt(a.coordinator, a.answeredIn), a.answered, a.answeredIn}}, list...)
	}
	return list
}

// heldAt are the versions that a node held just before an event.
func (t *teller) heldAt(node int32, ordinal uint64) []history.OpID {
	var list []history.OpID
	for i := range t.c.changes {
		ch := &t.c.changes[i]
		if ch.node != node || ch.ordinal >= ordinal {
			continue
		}
		if ch.gained {
			list = append(list, ch.holding.Version)
		} else if at := slices.Index(list, ch.holding.Version); at >= 0 {
			list = slices.Delete(list, at, at+1)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// tellRead tells who coordinated the get, and by whose answers.
func (t *teller) tellRead() (*track, *attempt) {
	g := t.follow(t.w.Get)
	what := fmt.Sprintf("the get by %s", t.client(t.w.Get))
	if g == nil || answering(g) == nil {
		t.say("%s at %s reached no coordinator", what, t.at(t.h.Op(t.w.Get).Invoke))
		return nil, nil
	}
	a := answering(g)
	by := t.name(a.coordinator)
	if int(a.coordinator) >= t.c.nodes {
		by = "its own client library"
	}
	var said []string
	for _, x := range grouped(t.answers(a), func(x answer) string { return fmt.Sprint(x.versions) }) {
		names := make([]string, len(x))
		for i := range x {
			names[i] = t.name(x[i].node)
		}
		said = append(said, fmt.Sprintf("%s with %s", listed(names), t.versions(x[0].versions)))
	}
	t.say("%s at %s was coordinated by %s, which returned what the first R = %d %s to answer held: %s", what, t.at(g.invoked), by, a.quorum,
		plural(a.quorum, "node", "nodes"), strings.Join(said, ", "))
	t.tellUnanswered(a)
	return g, a
}

// tellUnanswered tells of the nodes that a get asked in vain.
func (t *teller) tellUnanswered(a *attempt) {
	var lost []*leg
	for _, l := range a.legs {
		if l.message != "read" || l.sent > a.answered {
			continue
		}
		if l.fate != "" {
			lost = append(lost, l)
		}
		if l.fate != "" || l.answeredIn > 0 && l.answeredIn <= a.answeredIn {
			t.see(l)
		}
	}
	for _, g := range grouped(lost, t.fate) {
		t.say("its %s to %s %s", plural(len(g), "request", "requests"), t.receivers(g), t.fateWords(g))
	}
}

func (t *teller) receivers(g []*leg) string {
	var names []string
	for _, l := range g {
		name := t.name(l.to)
		if l.home >= 0 {
			name += " (as a hint for " + t.name(l.home) + ")"
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return listed(slices.Compact(names))
}

// see makes a message part of the picture.
func (t *teller) see(l *leg) {
	for _, ordinal := range []uint64{l.sentIn, l.arrivedIn, l.answeredIn} {
		t.shown[ordinal] = true
	}
	t.join(l.from)
	t.join(l.to)
}

func (t *teller) join(process int32) {
	if process >= 0 && !slices.Contains(t.present, process) {
		t.present = append(t.present, process)
	}
}

// blame names faults and remembers them.
func (t *teller) blame(faults []int) string {
	var names []string
	slices.Sort(faults)
	for _, f := range slices.Compact(faults) {
		if !slices.Contains(t.blamed, f) {
			t.blamed = append(t.blamed, f)
		}
		names = append(names, faultName(&t.e.Plan.Faults[f]))
	}
	return listed(names)
}

// at writes a moment: in seconds, or more finely where a run has hardly begun.
func (t *teller) at(ns int64) string {
	if ns > 0 && ns < 1e9 {
		return span(ns)
	}
	return moment(ns)
}

func (t *teller) name(process int32) string { return Clean(t.e.names.name(process)) }

func (t *teller) client(op history.OpID) string { return Clean(t.h.ClientName(t.h.Op(op).Client)) }

func (t *teller) version(v history.OpID) string { return Clean(t.s.Words(v)) }

func (t *teller) versions(list []history.OpID) string {
	if len(list) == 0 {
		return "nothing"
	}
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = t.version(v)
	}
	return listed(words)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// faultName names a fault with what it is: the partition cut.
func faultName(f *scenarios.Fault) string {
	name, kind := Clean(f.Name), f.Kind.Kind()
	if strings.HasPrefix(name, kind) {
		return name
	}
	return "the " + strings.ReplaceAll(kind, "-", " ") + " " + name
}

// grouped puts what has the same text together, in the order of the first of each.
func grouped[T any](list []T, text func(T) string) [][]T {
	var groups [][]T
	at := map[string]int{} // lookups only
	for _, x := range list {
		key := text(x)
		i, met := at[key]
		if !met {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], x)
	}
	return groups
}

// faultWords tell what a fault was, and when.
func (t *teller) faultWords(i int) string {
	spec := &t.e.Plan.Faults[i]
	f := t.faultResult(spec)
	if f == nil {
		return Clean(spec.Name)
	}
	text, _, _ := strings.Cut(Clean(f.Text), "; ")
	when := "at " + t.at(f.Start)
	if f.End > f.Start {
		when = fmt.Sprintf("from %s to %s", t.at(f.Start), t.at(f.End))
	}
	return fmt.Sprintf("%s, %s, %s", Clean(spec.Name), text, when)
}

func (t *teller) faultResult(spec *scenarios.Fault) *world.FaultResult {
	for i := range t.e.Report.Result.Faults {
		if f := &t.e.Report.Result.Faults[i]; f.Name == spec.Name {
			return f
		}
	}
	return nil
}
