package analysis

import (
	"fmt"
	"slices"
	"strings"

	"dynamosim/analysis/history"
)

func convergenceCheck() Check {
	return Check{
		Name: "convergence",
		Doc: "after the heal, within the bound, all homes of every key hold equal live versions; " +
			"a tombstone past its grace counts as absent; where only a core must come back, its nodes",
		Source: "Dynamo §2.3, §4.7: eventual consistency; Vogels 2009",
		Needs:  NeedStates,
		begin:  func(s *Subject, r Request) judging { return &judgeConvergence{whole: s, r: r, tally: newTally(r)} },
	}
}

type judgeConvergence struct {
	whole *Subject
	r     Request
	tally *tally
}

func (j *judgeConvergence) add(s *Subject) {
	for key, list := range s.holdings() {
		if !slices.Contains(s.Facts.Unreachable, int32(key)) {
			j.tally.add(s, s.converged(int32(key), list))
		}
	}
}

func (j *judgeConvergence) results() []Result {
	s, result := j.whole, j.tally.finish()
	s.withinBound(&result, j.r)
	if len(s.Facts.Away) > 0 && result.Verdict == Valid {
		result.Summary += ", " + strings.Join(s.names(s.Facts.Away), ", ") + " apart, which never came back"
	}
	if s.Facts.Lenient != "" && result.Want != WantReport {
		result.Want, result.Reason = WantReport, "only reported: "+s.Facts.Lenient
	}
	return []Result{result}
}

// converged compares what the homes of a key hold.
func (s *Subject) converged(key int32, list []holding) finding {
	var first *holding
	for i := range list {
		g := &list[i]
		switch {
		case !g.home || slices.Contains(s.Facts.Away, g.node):
		case first == nil:
			first = g
		case !slices.Equal(first.versions, g.versions):
			ids := append(slices.Clone(first.versions), g.versions...)
			return finding{verdict: Invalid, evidence: s.evidence("diverged", key, ids, "%s holds %s, but %s holds %s",
				s.History.NodeName(first.node), s.versions(first.versions), s.History.NodeName(g.node), s.versions(g.versions))}
		}
	}
	return finding{verdict: Valid}
}

// withinBound judges the time from the heal to convergence, where the run
// knows it.
func (s *Subject) withinBound(result *Result, r Request) {
	heal, healed := s.History.Mark(history.Heal)
	bound := s.Facts.Bound
	if r.Within > 0 {
		bound = r.Within
	}
	if result.Verdict != Valid {
		return
	}
	result.Summary = fmt.Sprintf("%s equal on all homes", count(s.History.Keys(), "key"))
	if !healed || s.Facts.Converged == 0 {
		return
	}
	took := max(0, s.Facts.Converged-heal)
	result.count("heal_to_convergence_ns", took)
	result.Summary = duration(took) + " after the heal"
	if bound > 0 && took > bound {
		e := Evidence{Kind: "late", Operations: []int{}, Text: fmt.Sprintf("all homes were equal %s after the heal at %s, later than the bound of %s",
			duration(took), s.at(heal), duration(bound))}
		result.Verdict, result.Evidence, result.Summary = Invalid, []Evidence{e}, e.Text
	}
}
