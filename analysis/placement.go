package analysis

import (
	"fmt"
	"slices"
	"strings"

	"dynamosim/analysis/history"
)

func placementCheck() Check {
	return Check{
		Name: "placement",
		Doc: "at the end each of a key's homes holds every final version, and no other node or hint store holds any; " +
			"what no home holds is stranded",
		Source: "Dynamo §4.3, §4.6, §4.9",
		Needs:  NeedStates,
		begin:  func(s *Subject, r Request) judging { return &judgePlacement{whole: s.History, tally: newTally(r)} },
	}
}

type judgePlacement struct {
	whole                   *history.History
	tally                   *tally
	stranded, missing, left int
}

func (j *judgePlacement) add(s *Subject) {
	for key, list := range s.holdings() {
		p := placer{s: s, key: int32(key), list: list}
		j.tally.add(s, p.judge())
		j.stranded, j.missing, j.left = j.stranded+p.stranded, j.missing+p.missing, j.left+p.left
	}
}

func (j *judgePlacement) results() []Result {
	result := j.tally.finish()
	result.count("stranded", int64(j.stranded))
	result.count("missing", int64(j.missing))
	result.count("misplaced", int64(j.left))
	if result.Verdict == Valid {
		result.Summary = fmt.Sprintf("%s on their homes and nowhere else", count(j.whole.Keys(), "key"))
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
	if p.settled() {
		return finding{verdict: Valid}
	}
	a := p.s.ancestryOf(p.key)
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

// settled reports whether only homes hold anything, and all the same.
func (p *placer) settled() bool {
	for i := range p.list {
		if g := &p.list[i]; !g.home || !slices.Equal(g.versions, p.list[0].versions) {
			return false
		}
	}
	return true
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
