package analysis

import (
	"dynamosim/analysis/history"
)

func regularCheck() Check {
	return Check{
		Name: "regular",
		Lean: true,
		Doc: "a get covers everything acknowledged before it began, and returns nothing superseded before it began " +
			"or begun after it ended: what R+W>N promises",
		Source: "Lamport 1986; Shao, Welch, Pierce and Lee 2011",
		Examples: []Example{
			registers("put:1[0,10] put:2[20,100] get:2[30,40] get:1[50,60]", Valid, "2 is not acknowledged yet"),
			registers("put:1[0,10] put:2[20,30] get:1[40,50]", Invalid, "2 was acknowledged before the get began"),
			versions("put:a[0,10] get:a[11,12] put:b/a[20,30] get:a,b[40,50]", Invalid, "a had been superseded"),
		},
		begin: func(s *Subject, r Request) judging { return &judgeRegular{linearizer: newLinearizer(s, r)} },
	}
}

type judgeRegular struct {
	*linearizer
	stale int
}

func (j *judgeRegular) add(s *Subject) {
	j.s, j.builder = s, newCallBuilder(s)
	for key := range int32(s.History.Keys()) {
		j.tally.add(s, j.judgeRegular(key))
	}
	j.stale += len(s.freshness().stale)
}

func (j *judgeRegular) results() []Result {
	result := j.tally.finish()
	result.count("stale_gets", int64(j.stale))
	if result.Verdict == Valid {
		result.Summary = extent(j.whole)
	}
	return []Result{result}
}

func (l *linearizer) judgeRegular(key int32) finding {
	if e := l.s.impossibleRead(key); e != nil {
		return finding{verdict: Invalid, evidence: e}
	}
	if stale := l.s.freshness().of(key); len(stale) > 0 {
		g := stale[0]
		ids := append([]history.OpID{g.get, g.missed}, l.s.History.Versions(g.get)...)
		e := l.s.evidence(staleKind(l.s, key, g), key, ids, "%s", staleText(l.s, g))
		return finding{verdict: Invalid, evidence: e}
	}
	if l.s.Model != history.Siblings {
		return finding{verdict: Valid}
	}
	if e := l.superseded(l.s.ancestryOf(key), l.s.acknowledgedAt(key)); e != nil {
		return finding{verdict: Invalid, evidence: e}
	}
	return finding{verdict: Valid}
}
