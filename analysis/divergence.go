package analysis

import (
	"fmt"

	"dynamosim/analysis/history"
)

func divergenceCheck() Check {
	return Check{
		Name: "divergence",
		Doc: "how many gets returned several versions, how many of those wrongly (one supersedes the other), " +
			"and how long a key's siblings lasted",
		Source:  "Dynamo §6.3: 99.94 % of requests saw exactly one version",
		Models:  []history.Model{history.Siblings},
		Measure: true,
		Judge:   measureDivergence,
	}
}

func measureDivergence(s *Subject, r Request) []Result {
	result := Result{Verdict: Measured}
	m := s.MeasureLoad()
	e := s.episodes(s.Load()[0])
	gets := m.Siblings.Count()
	result.count("gets", int64(gets))
	result.count("sibling_reads", int64(m.SiblingGets))
	result.count("siblings_max", m.Siblings.Max())
	for n := int64(0); n <= m.Siblings.Max() && gets > 0; n++ {
		if k := m.Siblings.AtMost(n) - m.Siblings.AtMost(n-1); k > 0 {
			result.count(fmt.Sprintf("gets_of_%d", n), int64(k))
		}
	}
	result.count("false_siblings", int64(e.falseSiblings))
	result.count("keys", int64(e.keys))
	result.count("open_at_end", int64(e.open))
	result.count("reconciled_max_ns", e.lasted.Max())
	result.Summary = divergenceText(m, &e)
	return []Result{result}
}

func divergenceText(m *Measures, e *episodes) string {
	text := fmt.Sprintf("%s of gets returned several versions", share(int64(m.SiblingGets), int64(m.Siblings.Count())))
	if m.SiblingGets == 0 {
		return text
	}
	text += fmt.Sprintf(" (%s, up to %d)", count(e.keys, "key"), m.Siblings.Max())
	if e.lasted.Count() > 0 {
		text += ", reconciled within " + duration(e.lasted.Max())
	}
	if e.open > 0 {
		text += fmt.Sprintf(", %d not reconciled when last seen", e.open)
	}
	return text
}

// episodes are the times during which a key was seen to have siblings: from
// the end of the first get that returned several versions to the end of the
// next get, begun after that, that returned one or none.
type episodes struct {
	keys          int // that had siblings
	open          int // episodes without an end
	falseSiblings int // gets that returned a version beside one that supersedes it
	lasted        Distribution
}

func (s *Subject) episodes(within Interval) episodes {
	var e episodes
	var lasted []int64
	for key := range int32(s.History.Keys()) {
		a := newAncestry(s, key)
		since, had := int64(-1), false
		s.gets(key, func(p int32, get history.OpID, o *history.Operation) bool {
			several := len(s.History.Versions(get)) > 1
			if several && o.Invoke >= within.From && o.Invoke < within.To {
				had = true
				if _, _, found := a.falseSiblings(p); found {
					e.falseSiblings++
				}
				if since < 0 {
					since = o.Return
				}
			}
			if !several && since >= 0 && o.Invoke >= since {
				lasted = append(lasted, o.Return-since)
				since = -1
			}
			return true
		})
		if had {
			e.keys++
		}
		if since >= 0 {
			e.open++
		}
	}
	e.lasted = NewDistribution(lasted)
	return e
}
