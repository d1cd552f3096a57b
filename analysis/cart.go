package analysis

import (
	"fmt"

	"dynamosim/analysis/history"
)

func cartCheck() Check {
	return Check{
		Name: "cart",
		Doc: "no addition to a shopping cart is lost: at the end every acknowledged item is there, unless a removal that " +
			"had seen it was invoked, and nothing that nobody added; strict: no removed item comes back either",
		Source: "Dynamo §4.4: \"'Add to Cart' operation can never be forgotten or rejected\"",
		Needs:  NeedTags,
		begin:  func(s *Subject, r Request) judging { return &carts{tally: newTally(r), strict: r.Strict} },
	}
}

// tagFacts is what a history tells of one tag, the name of one addition.
type tagFacts struct {
	item    int32
	key     int32
	add     history.OpID // NoVersion if nobody added it
	removed history.OpID // an acknowledged removal, or NoVersion
	invoked bool         // some removal was invoked
}

// carts judges all carts of a history.
type carts struct {
	tally  *tally
	strict bool
	judged bool // some cart has been

	s     *Subject // the part whose keys are judged
	tags  []tagFacts
	byKey [][]int32 // tags added to each key

	adds, lost, phantom, resurfaced int
}

func (c *carts) add(s *Subject) {
	c.s, c.tags, c.byKey = s, s.tagFacts(), make([][]int32, s.History.Keys())
	for tag, t := range c.tags {
		if t.add != history.NoVersion {
			c.byKey[t.key] = append(c.byKey[t.key], int32(tag))
		}
	}
	final := c.finalItems()
	for key := range int32(s.History.Keys()) {
		if final[key] != history.NoVersion {
			c.judged = true
			c.tally.add(s, c.judge(key, final[key], c.strict))
		}
	}
}

func (c *carts) results() []Result {
	result := c.tally.finish()
	if !c.judged {
		result.Verdict, result.Reason = NotApplicable, "no final get tells what is in the carts"
		result.Summary = result.Reason
		return []Result{result}
	}
	result.count("adds", int64(c.adds))
	result.count("lost", int64(c.lost))
	result.count("phantom", int64(c.phantom))
	result.count("resurfaced", int64(c.resurfaced))
	if result.Verdict == Valid {
		result.Summary = fmt.Sprintf("%d of %s lost, %s resurfaced", c.lost, count(c.adds, "acknowledged addition"),
			count(c.resurfaced, "removed item"))
	}
	return []Result{result}
}

func (s *Subject) tagFacts() []tagFacts {
	tags := make([]tagFacts, s.History.Tags())
	for i := range tags {
		tags[i] = tagFacts{add: history.NoVersion, removed: history.NoVersion}
	}
	for i := range s.History.Len() {
		id := history.OpID(i)
		o := s.History.Op(id)
		if !s.History.IsCart(id) || o.Outcome == history.Fail {
			continue
		}
		for _, a := range s.History.Adds(id) {
			t := &tags[a.Tag]
			t.item, t.key, t.add = a.Item, o.Key, id
		}
		for _, tag := range s.History.Removes(id) {
			tags[tag].invoked = true
			if o.Outcome == history.Ok {
				tags[tag].removed = id
			}
		}
	}
	return tags
}

// finalItems returns by key the last get that was marked final and told what
// is in the cart, or NoVersion.
func (c *carts) finalItems() []history.OpID {
	last := make([]history.OpID, c.s.History.Keys())
	for i := range last {
		last[i] = history.NoVersion
	}
	for i := range c.s.History.Len() {
		id := history.OpID(i)
		if o := c.s.History.Op(id); o.Final() && o.Outcome == history.Ok && o.Func == history.Get && c.s.History.IsCart(id) {
			last[o.Key] = id
		}
	}
	return last
}

// judge compares what a cart holds at the end with what was added to it.
func (c *carts) judge(key int32, get history.OpID, strict bool) finding {
	h := c.s.History
	there := map[int32]bool{} // tags found; lookups only
	f := finding{verdict: Valid}
	note := func(e *Evidence) {
		if f.evidence == nil {
			f = finding{verdict: Invalid, evidence: e}
		}
	}
	for _, item := range h.Items(get) {
		there[item.Tag] = true
		t := &c.tags[item.Tag]
		switch {
		case t.add == history.NoVersion || t.key != key || t.item != item.Item:
			c.phantom++
			note(c.s.evidence("phantom-item", key, []history.OpID{get}, "%s is in the cart at the end although nobody added it",
				h.ItemName(item.Item)))
		case t.removed != history.NoVersion:
			c.resurfaced++
			if strict {
				note(c.s.evidence("resurfaced-item", key, []history.OpID{get, t.add, t.removed},
					"%s is in the cart at the end although its removal by %s was acknowledged at %s",
					h.ItemName(item.Item), c.s.client(t.removed), c.s.at(h.Op(t.removed).Return)))
			}
		}
	}
	for _, tag := range c.byKey[key] {
		t := &c.tags[tag]
		if h.Op(t.add).Outcome != history.Ok {
			continue
		}
		c.adds++
		if !there[tag] && !t.invoked {
			c.lost++
			note(c.s.evidence("lost-item", key, []history.OpID{get, t.add},
				"%s, added by %s and acknowledged at %s, is not in the cart at the end although nobody removed it",
				h.ItemName(t.item), c.s.client(t.add), c.s.at(h.Op(t.add).Return)))
		}
	}
	return f
}
