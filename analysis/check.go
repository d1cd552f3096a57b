package analysis

import (
	"slices"

	"dynamosim/analysis/history"
)

// Need is something that a history must have for a check to be able to answer.
type Need uint8

const (
	NeedStates Need = 1 << iota // state lines: what every node holds at the end
	NeedFinals                  // state lines, or gets marked final
	NeedStamps                  // timestamps of last-write-wins
	NeedTags                    // cart operations with tags
	NeedHints                   // the account of a run's hints
	NeedQuorum                  // what an acknowledgement means: Facts.W
)

// Check is one checker: a name that scenarios and users type, what it
// promises, and the function that judges.
type Check struct {
	Name    string
	Doc     string          // one sentence: what is promised
	Source  string          // where the promise or the algorithm comes from
	Models  []history.Model // that it can judge; empty is all
	Needs   Need
	Measure bool // has no promise: always measured, never wanted
	// OnRequest says that it is measured only when asked for by name, since it
	// takes time or says little of most histories.
	OnRequest bool
	Examples  []Example // small histories and the verdicts on them
	Lean      bool      // its evidence is of operations alone, and is made as small as can be

	begin func(s *Subject, r Request) judging
}

// judging is a check under way.
type judging interface {
	// add judges the keys of a part of the subject that was begun with, or all
	// of them. Parts come in the order of their keys.
	add(part *Subject)
	// results is called when all parts have been added.
	results() []Result
}

// judge runs the check over a subject.
func (c *Check) judge(s *Subject, r Request) []Result {
	var j judging
	for again := true; again; {
		j = c.begin(s, r)
		again = !s.eachPart(j.add)
	}
	return j.results()
}

// Checks returns all checks in the order in which they are reported.
func Checks() []Check {
	return []Check{
		linearizableCheck(),
		regularCheck(),
		lostWritesCheck(),
		convergenceCheck(),
		durabilityCheck(),
		placementCheck(),
		hintsCheck(),
		cartCheck(),
		readYourWritesCheck(),
		monotonicReadsCheck(),
		monotonicWritesCheck(),
		writesFollowReadsCheck(),
		causalCheck(),
		resurrectedDeletesCheck(),
		divergenceCheck(),
		stalenessCheck(),
		visibilityCheck(),
		kAtomicityCheck(),
		deltaCheck(),
		availabilityCheck(),
		latencyCheck(),
	}
}

// FindCheck returns the check of this name.
func FindCheck(name string) (Check, bool) {
	all := Checks()
	i := slices.IndexFunc(all, func(c Check) bool { return c.Name == name })
	if i < 0 {
		return Check{}, false
	}
	return all[i], true
}

// missing says why a history cannot answer a check, or returns "".
func (c *Check) missing(s *Subject) string {
	h := s.History
	switch {
	case len(c.Models) > 0 && !slices.Contains(c.Models, s.Model):
		return "it says nothing of the model " + s.Model.String()
	case c.Needs&NeedStates != 0 && !h.HasStates():
		return "the history has no state lines"
	case c.Needs&NeedFinals != 0 && !h.HasStates() && !s.hasFinals():
		return "the history has neither state lines nor gets marked final"
	case c.Needs&NeedStamps != 0 && !s.hasStamps():
		return "the puts carry no timestamps"
	case c.Needs&NeedTags != 0 && !h.HasCarts():
		return "the history has no cart operations with tags"
	case c.Needs&NeedHints != 0 && len(s.Facts.Hints) == 0:
		return "only a run keeps account of its hints"
	case c.Needs&NeedQuorum != 0 && s.Facts.W == 0:
		return "only a run tells what an acknowledgement means"
	}
	return ""
}
