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
			"a tombstone past its grace counts as absent",
		Source: "Dynamo §2.3, §4.7: eventual consistency; Vogels 2009",
		Needs:  NeedStates,
		Judge:  judgeConvergence,
	}
}

func judgeConvergence(s *Subject, r Request) []Result {
	result := Result{Want: r.Want}
	t := newTally(&result)
	for key, list := range s.holdings() {
		if !slices.Contains(s.Facts.Unreachable, int32(key)) {
			t.add(s.History.KeyName(int32(key)), s.converged(int32(key), list))
		}
	}
	t.finish()
	s.withinBound(&result, r)
	if s.Facts.Lenient != "" && result.Want != WantReport {
		result.Want, result.Reason = WantReport, "only reported: "+s.Facts.Lenient
	}
	return []Result{result}
}

// converged compares what the homes of a key hold.
func (s *Subject) converged(key int32, list []holding) finding {
	var homes []holding
	for _, g := range list {
		if g.home {
			homes = append(homes, g)
		}
	}
	for i := 1; i < len(homes); i++ {
		if slices.Equal(homes[0].versions, homes[i].versions) {
			continue
		}
		ids := append(slices.Clone(homes[0].versions), homes[i].versions...)
		return finding{verdict: Invalid, evidence: s.evidence("diverged", key, ids, "%s holds %s, but %s holds %s",
			s.History.NodeName(homes[0].node), s.versions(homes[0].versions),
			s.History.NodeName(homes[i].node), s.versions(homes[i].versions))}
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

func placementCheck() Check {
	return Check{
		Name: "placement",
		Doc: "at the end each of a key's homes holds every final version, and no other node or hint store holds any; " +
			"what no home holds is stranded",
		Source: "Dynamo §4.3, §4.6, §4.9",
		Needs:  NeedStates,
		Judge:  judgePlacement,
	}
}

func judgePlacement(s *Subject, r Request) []Result {
	result := Result{Want: r.Want}
	t := newTally(&result)
	var stranded, missing, left int
	for key, list := range s.holdings() {
		p := placer{s: s, key: int32(key), list: list}
		t.add(s.History.KeyName(int32(key)), p.judge())
		stranded, missing, left = stranded+p.stranded, missing+p.missing, left+p.left
	}
	t.finish()
	result.count("stranded", int64(stranded))
	result.count("missing", int64(missing))
	result.count("misplaced", int64(left))
	if result.Verdict == Valid {
		result.Summary = fmt.Sprintf("%s on their homes and nowhere else", count(s.History.Keys(), "key"))
	}
	return []Result{result}
}

// placer judges where the versions of one key are.
type placer struct {
	s                       *Subject
	key                     int32
	list                    []holding
	stranded, missing, left int
}

func (p *placer) judge() finding {
	a := newAncestry(p.s, p.key)
	var first *Evidence
	note := func(e *Evidence) {
		if first == nil {
			first = e
		}
	}
	for _, v := range p.s.newestOf(p.key, p.union()) {
		var lacking []int32
		homes := 0
		for _, g := range p.list {
			if g.home {
				homes++
				if !p.holds(a, g, v) {
					lacking = append(lacking, g.node)
				}
			}
		}
		switch {
		case len(lacking) == homes:
			p.stranded++
			note(p.evidence("stranded", v, "no home of the key holds %s, but %s does", p.s.version(v), p.holders(v)))
		case len(lacking) > 0:
			p.missing++
			note(p.evidence("missing-replica", v, "%s is missing on %s", p.s.version(v), strings.Join(p.s.names(lacking), ", ")))
		}
	}
	for _, g := range p.list {
		if !g.home && len(g.versions) > 0 {
			p.left++
			note(p.leftover(g))
		}
	}
	if first != nil {
		return finding{verdict: Invalid, evidence: first}
	}
	return finding{verdict: Valid}
}

// union returns all versions that somebody holds.
func (p *placer) union() []history.OpID {
	var all []history.OpID
	for _, g := range p.list {
		all = append(all, g.versions...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// holds reports whether a node holds a version or one that supersedes it.
func (p *placer) holds(a *ancestry, g holding, v history.OpID) bool {
	return slices.ContainsFunc(g.versions, func(o history.OpID) bool { return o == v || p.s.supersedes(a, o, v) })
}

func (p *placer) holders(v history.OpID) string {
	var nodes []int32
	for _, g := range p.list {
		if slices.Contains(g.versions, v) && !slices.Contains(nodes, g.node) {
			nodes = append(nodes, g.node)
		}
	}
	return strings.Join(p.s.names(nodes), ", ")
}

func (p *placer) evidence(kind string, v history.OpID, format string, args ...any) *Evidence {
	return p.s.evidence(kind, p.key, []history.OpID{v}, format, args...)
}

func (p *placer) leftover(g holding) *Evidence {
	node := p.s.History.NodeName(g.node)
	if g.role == history.Hint {
		return p.s.evidence("leftover-hint", p.key, g.versions, "%s still keeps a hint with %s", node, p.s.versions(g.versions))
	}
	return p.s.evidence("misplaced", p.key, g.versions, "%s holds %s, but is no home of the key", node, p.s.versions(g.versions))
}
