package analysis

import (
	"fmt"
	"strings"

	"dynamosim/analysis/history"
)

func linearizableCheck() Check {
	return Check{
		Name: "linearizable",
		Lean: true,
		Doc: "every operation on a key takes effect at one instant between its call and its end; " +
			"last-write-wins is judged by its own rule and, on a line of its own, as a register",
		Source: "Herlihy and Wing 1990; Gibbons and Korach 1997 (zones); Lowe 2017 (siblings); Porcupine confirms",
		Examples: []Example{
			registers("put:1[0,10] put:2[20,?) get:1[30,40] get:2[50,60]", Valid, "the unknown put took effect late"),
			registers("put:1[0,10] put:2[20,?) get:2[30,40] get:1[50,60]", Invalid, "once seen it may not vanish"),
			registers("put:1[0,10] put:2[20,30] get:1[40,50]", Invalid, "a stale read"),
			registers("put:1[0,10] put:2[20,100] get:2[30,40] get:1[50,60]", Invalid, "a new/old inversion, which regular allows"),
			versions("put:a[0,10] put:b[20,30] get:a,b[40,50]", Valid, "neither put had seen the other"),
			versions("put:a[0,10] put:b[20,30] get:b[40,50]", Invalid, "a sibling is lost"),
			versions("put:a[0,10] get:a[11,12] put:b/a[20,30] get:a,b[40,50]", Invalid, "a superseded version is back"),
			stamped("put:a@100[0,10] put:b@50[20,30] get:a[40,50]", Valid, "b lost by its timestamp; as a register it is invalid"),
		},
		begin: beginLinearizable,
	}
}

// judgeLinearizable judges by the model, and last-write-wins as a register too.
type judgeLinearizable struct{ own, register *linearizer }

func beginLinearizable(s *Subject, r Request) judging {
	j := &judgeLinearizable{own: newLinearizer(s, r)}
	if s.Model == history.LastWriteWins {
		j.own.noStamps = !s.hasStamps()
		r.lean = nil
		j.register = newLinearizer(s, r)
	}
	return j
}

func (j *judgeLinearizable) add(part *Subject) {
	j.own.add(part)
	if j.register != nil {
		j.register.add(part.as(history.Register))
	}
}

func (j *judgeLinearizable) results() []Result {
	results := []Result{j.own.finish()}
	if j.register != nil {
		second := j.register.finish()
		second.As, second.Want = history.Register.String(), WantReport
		results = append(results, second)
	}
	return results
}

// linearizer judges the keys of one history.
type linearizer struct {
	s       *Subject // the part whose keys are judged
	whole   *history.History
	r       Request
	tally   *tally
	builder *callBuilder
	zones   zoneTest
	max     maxTest
	asked   int // calls on which Porcupine has judged whole keys
	agreed  int // keys on which it did
	told    int // pieces of evidence found

	noStamps bool // last-write-wins without timestamps: nothing is judged
}

func newLinearizer(s *Subject, r Request) *linearizer {
	return &linearizer{whole: s.History, r: r, tally: newTally(r)}
}

// finding is the verdict on one key.
type finding struct {
	verdict  Verdict
	evidence *Evidence
	reason   string // why unknown
}

func (l *linearizer) add(s *Subject) {
	if l.noStamps {
		return
	}
	l.s, l.builder = s, newCallBuilder(s)
	for key := range int32(s.History.Keys()) {
		l.tally.add(s, l.judge(key))
	}
}

func (l *linearizer) finish() Result {
	if l.noStamps {
		const reason = "the puts carry no timestamps"
		return Result{Want: l.r.Want, Verdict: NotApplicable, Reason: reason, Summary: reason}
	}
	result := l.tally.finish()
	result.count("porcupine_keys", int64(l.agreed))
	if result.Verdict == Valid {
		result.Summary = extent(l.whole)
	}
	return result
}

// extent writes "12 operations on 3 keys".
func extent(h *history.History) string {
	return fmt.Sprintf("%s on %s", count(h.Len(), "operation"), count(h.Keys(), "key"))
}

func (l *linearizer) judge(key int32) finding {
	if e := l.s.impossibleRead(key); e != nil {
		return finding{verdict: Invalid, evidence: e}
	}
	var f finding
	stale := len(l.s.freshness().of(key)) > 0
	switch {
	case stale && l.told >= mostEvidence:
		return finding{verdict: Invalid}
	case l.s.plainly(key):
		f = finding{verdict: Valid}
	case l.s.Model == history.Register:
		f = l.judgeRegister(key)
	case l.s.Model == history.LastWriteWins:
		f = l.judgeMax(key)
	default:
		f = l.judgeSiblings(key)
	}
	if f.verdict == Invalid {
		l.told++
	}
	return l.secondOpinion(key, f)
}

// secondOpinion asks Porcupine about keys that are small enough.
func (l *linearizer) secondOpinion(key int32, f finding) finding {
	n := len(l.s.rowsOf(key))
	if f.verdict == Unknown || n > porcupineCalls || l.asked+n > l.r.secondOpinion(l.whole.Len()) {
		return f
	}
	l.asked += n
	calls := l.builder.build(key, nil)
	o := porcupineJudges(l.s, calls, l.r.steps())
	if o == gaveUp {
		return f
	}
	l.agreed++
	if (o == legal) != (f.verdict == Valid) {
		return finding{verdict: Unknown, reason: fmt.Sprintf("%s: the exact test says %v, Porcupine says the contrary; this is an error of the checker",
			l.s.History.KeyName(key), f.verdict)}
	}
	return f
}

// show makes evidence of operations that Porcupine confirms to be illegal
// alone; nil if it does not.
func (l *linearizer) show(kind string, key int32, ids []history.OpID, format string, args ...any) *Evidence {
	keep := make([]bool, len(l.s.operations(key)))
	for _, id := range ids {
		p := l.s.position(id, key)
		keep[p] = true
		if l.s.History.Op(id).Func == history.Get {
			for _, q := range l.s.set(key, p) {
				keep[q] = true
			}
		}
	}
	if porcupineJudges(l.s, l.builder.build(key, keep), l.r.steps()) != illegal {
		return nil
	}
	var kept []history.OpID
	for p, id := range l.s.operations(key) {
		if keep[p] {
			kept = append(kept, id)
		}
	}
	return l.s.evidence(kind, key, kept, format, args...)
}

// shown is the finding on a key that an exact test found illegal.
func (l *linearizer) shown(key int32, e *Evidence) finding {
	if e == nil {
		return finding{verdict: Unknown, reason: l.s.History.KeyName(key) +
			": the exact test finds it illegal, Porcupine does not confirm the witness; this is an error of the checker"}
	}
	return finding{verdict: Invalid, evidence: e}
}

// stale returns evidence of the first get on a key that missed what had been
// acknowledged before it began, as no regular register may.
func (l *linearizer) stale(key int32) *Evidence {
	for _, g := range l.s.freshness().of(key) {
		ids := []history.OpID{g.get, g.missed}
		if e := l.show(staleKind(l.s, key, g), key, ids, "%s", staleText(l.s, g)); e != nil {
			return e
		}
	}
	return nil
}

func staleText(s *Subject, g staleGet) string {
	return fmt.Sprintf("%s although %s", s.readApart(g.get, g.missed), s.acknowledgedText(g.missed, g.get))
}

// staleKind tells an old answer from one that lacks a sibling only.
func staleKind(s *Subject, key int32, g staleGet) string {
	versions := s.History.Versions(g.get)
	if s.Model != history.Siblings || len(versions) == 0 {
		return "stale-read"
	}
	a := s.ancestryOf(key)
	for _, p := range s.set(key, s.position(g.get, key)) {
		if a.above(s.position(g.missed, key), p) {
			return "stale-read"
		}
	}
	return "lost-sibling"
}

const inversion = "a new/old inversion, which a regular register, as R+W>N promises, allows and a linearizable one does not"

// tally gathers the verdicts on keys into a result.
type tally struct {
	result  Result
	request Request
	invalid int
	unknown int
	reasons []string
}

// mostEvidence and mostReasons bound what a result tells, one piece a key.
const (
	mostEvidence = 10
	mostReasons  = 3
)

func newTally(r Request) *tally {
	return &tally{result: Result{Want: r.Want, Verdict: Valid}, request: r}
}

// add takes the verdict on a key of a subject.
func (t *tally) add(s *Subject, f finding) {
	t.result.Verdict = t.result.Verdict.worse(f.verdict)
	switch f.verdict {
	case Invalid:
		t.invalid++
		if len(t.result.Evidence) < mostEvidence {
			t.result.Evidence = append(t.result.Evidence, s.lean(t.request, *f.evidence))
		}
	case Unknown:
		t.unknown++
		if len(t.reasons) < mostReasons {
			t.reasons = append(t.reasons, f.reason)
		}
	}
}

func (t *tally) finish() Result {
	r := &t.result
	r.count("invalid_keys", int64(t.invalid))
	r.count("unknown_keys", int64(t.unknown))
	r.Reason = strings.Join(t.reasons, "; ")
	if more := t.unknown - len(t.reasons); more > 0 {
		r.Reason += fmt.Sprintf("; and %s more", count(more, "key"))
	}
	switch r.Verdict {
	case Invalid:
		r.Summary = r.Evidence[0].Text
	case Unknown:
		r.Summary = r.Reason
	}
	return *r
}
