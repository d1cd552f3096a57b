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
		begin:   func(s *Subject, r Request) judging { return &judgeDivergence{whole: s} },
	}
}

type judgeDivergence struct {
	whole  *Subject
	found  episodes
	lasted []int64
}

func (j *judgeDivergence) add(s *Subject) {
	j.lasted = s.episodes(j.whole.Load()[0], &j.found, j.lasted)
}

func (j *judgeDivergence) results() []Result {
	result := Result{Verdict: Measured}
	m, e := j.whole.MeasureLoad(), j.found
	e.lasted = NewDistribution(j.lasted)
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

// episodes adds those of a subject, and how long they lasted.
func (s *Subject) episodes(within Interval, e *episodes, lasted []int64) []int64 {
	for key := range int32(s.History.Keys()) {
		k := keyEpisodes{episodes: e, s: s, key: key, since: -1}
		rows := s.rowsOf(key)
		for p := range rows {
			switch r := &rows[p]; {
			case r.is(rowSeveral):
				k.several(int32(p), r.id, within)
			case k.since >= 0 && r.is(rowReads):
				lasted = k.single(r.id, lasted)
			}
		}
		if k.had {
			e.keys++
		}
		if k.since >= 0 {
			e.open++
		}
	}
	return lasted
}

// keyEpisodes follows the gets of a key.
type keyEpisodes struct {
	*episodes
	s     *Subject
	key   int32
	since int64 // end of the get that began the present episode; -1 is none
	had   bool
}

// several takes a get that returned several versions.
func (k *keyEpisodes) several(p int32, get history.OpID, within Interval) {
	o := k.s.History.Op(get)
	if o.Invoke < within.From || o.Invoke >= within.To {
		return
	}
	k.had = true
	if _, _, found := k.s.ancestryOf(k.key).falseSiblings(p); found {
		k.falseSiblings++
	}
	if k.since < 0 {
		k.since = o.Return
	}
}

// single takes a get that returned one version or none, which ends an episode
// that it began after.
func (k *keyEpisodes) single(get history.OpID, lasted []int64) []int64 {
	if o := k.s.History.Op(get); o.Invoke >= k.since {
		lasted = append(lasted, o.Return-k.since)
		k.since = -1
	}
	return lasted
}
