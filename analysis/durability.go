package analysis

import (
	"fmt"

	"dynamosim/analysis/history"
)

// Destruction is a fault that destroyed synced data on a node: a wipe, rot, a
// write that was lost or went astray, a sync that lied, an old copy restored,
// or a node removed before it had drained.
type Destruction struct {
	Time int64 // virtual time, ns
	Node int32
	Kind string
}

// Audit is what a run counted when puts were acknowledged: the nodes whose
// synced store, hints included, held the version or what came after it.
type Audit struct {
	Acknowledged int
	Copies       []int     // acknowledged puts by how many nodes had synced them
	Thin         []ThinPut // those that fewer had than were to
	Lenient      string    // why fewer are only counted, e.g. "disks are not synced"; "" demands them
}

// ThinPut is a put that Copies nodes had synced when it was acknowledged, in
// place of Want.
type ThinPut struct {
	Put          history.OpID
	Copies, Want int
}

func durabilityCheck() Check {
	return Check{
		Name: "durability",
		Doc: "when a write is acknowledged the synced stores of W nodes, hints included, hold it or what came after it, and at the end that of " +
			"some node does; both may fail only where faults destroyed synced data, on W nodes since then, which is excused and counted",
		Source: "Dynamo §4.5: W replicas have written before a put is acknowledged; §4.6, §4.7",
		Needs:  NeedStates | NeedQuorum,
		begin:  func(s *Subject, r Request) judging { return &curator{whole: s, r: r, tally: newTally(r)} },
	}
}

// curator counts the copies of acknowledged writes.
type curator struct {
	s, whole                    *Subject // s: the part whose keys are judged
	r                           Request
	tally                       *tally
	acknowledged, lost, excused int
	below                       int // at the end held by fewer nodes than acknowledged it
	thin                        int // held by fewer when they were acknowledged
	copies                      []int32
	reached                     []bool
}

func (c *curator) add(s *Subject) {
	c.s = s
	thin := c.thinByKey()
	for key, list := range s.holdings() {
		f := c.judge(int32(key), list, c.r.steps())
		if put := thin[int32(key)]; put != nil && f.verdict != Invalid {
			f = finding{verdict: Invalid, evidence: c.thinEvidence(int32(key), put)}
		}
		c.tally.add(s, f)
	}
}

func (c *curator) results() []Result {
	s, result := c.whole, c.tally.finish()
	result.count("acknowledged", int64(c.acknowledged))
	result.count("lost", int64(c.lost))
	result.count("excused", int64(c.excused))
	result.count("below_w", int64(c.below))
	numbers := fmt.Sprintf("%d of %s lost", c.lost, count(c.acknowledged, "acknowledged write"))
	if a := s.Facts.Audit; a != nil {
		result.count("audited", int64(a.Acknowledged))
		result.count("thin", int64(c.thin))
		numbers += fmt.Sprintf(", %d acknowledged with fewer than W copies", c.thin)
		if a.Lenient != "" && c.thin > 0 {
			result.Reason = "that is only counted: " + a.Lenient
		}
	}
	if c.excused > 0 {
		numbers += fmt.Sprintf(", %d more to faults that destroy data", c.excused)
	}
	switch {
	case result.Verdict == Valid:
		result.Summary = numbers
	case result.Verdict == Invalid:
		result.Summary = numbers + "; " + result.Evidence[0].Text
	}
	if c.acknowledged == 0 {
		result.Vacuous = "no write was acknowledged"
	}
	return []Result{result}
}

// thinByKey counts the puts that too few nodes had synced when they were
// acknowledged, and returns the first of each key, if that is demanded.
func (c *curator) thinByKey() map[int32]*ThinPut {
	a := c.s.Facts.Audit
	if a == nil {
		return nil
	}
	first := map[int32]*ThinPut{} // looked up only
	for i := range a.Thin {
		put := &a.Thin[i]
		o := c.s.History.Op(put.Put)
		switch {
		case o.Outcome != history.Ok: // its client never learned of the acknowledgement
		case c.destroyedSince(o.Invoke) >= put.Want-put.Copies:
			c.excused++
		default:
			c.thin++
			if a.Lenient == "" && first[o.Key] == nil {
				first[o.Key] = put
			}
		}
	}
	return first
}

func (c *curator) thinEvidence(key int32, put *ThinPut) *Evidence {
	return c.s.evidence("thin-acknowledgement", key, []history.OpID{put.Put}, "%s of %s was acknowledged at %s when %d of %s had synced it",
		c.s.version(put.Put), c.s.client(put.Put), c.s.at(c.s.History.Op(put.Put).Return), put.Copies, count(put.Want, "node"))
}

func (c *curator) judge(key int32, list []holding, steps int) finding {
	cover := c.s.coveringOf(key, steps)
	c.countCopies(cover, list)
	f := finding{verdict: Valid}
	for p := range cover.rows {
		r := &cover.rows[p]
		if !r.is(rowWrites) || r.end == never {
			continue
		}
		c.acknowledged++
		switch {
		case c.copies[p] > 0:
			if int(c.copies[p]) < c.s.Facts.W {
				c.below++
			}
		case c.forgotten(cover, int32(p)):
		case c.destroyedSince(c.s.History.Op(r.id).Return) >= c.s.Facts.W:
			c.excused++
		default:
			c.lost++
			if f.evidence == nil {
				f = finding{verdict: Invalid, evidence: c.s.evidence("no-copy", key, []history.OpID{r.id},
					"%s of %s was acknowledged at %s, and no node holds it or anything that came after it; %s since",
					c.s.version(r.id), c.s.client(r.id), c.s.at(c.s.History.Op(r.id).Return),
					c.destroyedText(c.s.History.Op(r.id).Return))}
			}
		}
	}
	if cover.spent() && f.verdict == Valid {
		return finding{verdict: Unknown, reason: budgetSpent(c.s.History.KeyName(key), len(cover.rows), steps)}
	}
	return f
}

// countCopies counts by position the nodes that hold a version or what came
// after it.
func (c *curator) countCopies(cover *covering, list []holding) {
	c.copies = cleared(c.copies, len(cover.rows))
	for i := 0; i < len(list); {
		node, set := list[i].node, []int32(nil)
		for ; i < len(list) && list[i].node == node; i++ {
			for _, v := range list[i].versions {
				if p, ok := c.s.local(v, cover.key); ok {
					set = append(set, p)
				}
			}
		}
		c.reach(cover, set)
		for p, there := range c.reached {
			if there {
				c.copies[p]++
			}
		}
	}
}

// reach marks what one of a set of versions is or came after.
func (c *curator) reach(cover *covering, set []int32) {
	c.reached = cleared(c.reached, len(cover.rows))
	for _, p := range set {
		c.reached[p] = true
	}
	for p := int32(len(cover.rows)) - 1; p >= 0; p-- {
		switch {
		case !cover.rows[p].is(rowWrites):
		case c.s.single():
			c.reached[p] = c.reached[p] || cover.covers(set, p)
		case c.reached[p]:
			for _, q := range c.s.set(cover.key, p) {
				c.reached[q] = true
			}
		}
	}
}

// forgotten reports whether a deletion explains that nothing is left: its
// tombstone may be past its grace.
func (c *curator) forgotten(cover *covering, p int32) bool {
	for _, d := range cover.deletes {
		if d == p && c.s.collected(cover.rows[p].id) || d != p && (cover.rows[d].is(rowUnknown) || c.copies[d] == 0) && cover.over(d, p) {
			return true
		}
	}
	return false
}

// destroyedSince counts the nodes on which faults destroyed synced data after
// a time.
func (c *curator) destroyedSince(t int64) int {
	nodes := map[int32]bool{} // counted only
	for _, d := range c.s.Facts.Destroyed {
		if d.Time >= t {
			nodes[d.Node] = true
		}
	}
	return len(nodes)
}

func (c *curator) destroyedText(since int64) string {
	if n := c.destroyedSince(since); n > 0 {
		return "faults destroyed data on " + count(n, "node")
	}
	return "no fault destroyed data"
}
