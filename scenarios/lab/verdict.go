package lab

import (
	"fmt"

	"dynamosim/analysis"
	"dynamosim/scenarios"
	"dynamosim/scenarios/world"
)

// Verdict is the outcome of a run in one word.
type Verdict string

// The verdicts and their exit codes. A run has the worst that applies, in this order: what cannot be trusted comes before what failed.
const (
	Internal         Verdict = "internal error"   // 4
	Nondeterministic Verdict = "nondeterministic" // 5
	BadScenario      Verdict = "bad scenario"     // 3
	Failed           Verdict = "fail"             // 1: a check or an expectation
	Vacuous          Verdict = "vacuous"          // 6: a fault, a mechanism or a check had nothing to show
	Undecided        Verdict = "unknown"          // 2: a budget ran out
	Passed           Verdict = "pass"             // 0
)

// Exit codes of the program.
const (
	ExitPass             = 0
	ExitFail             = 1
	ExitUnknown          = 2
	ExitBadInput         = 3
	ExitInternal         = 4
	ExitNondeterministic = 5
	ExitVacuous          = 6
	ExitInterrupted      = 130
)

// severity lists verdicts from the worst to the best, with their exit codes.
var severity = [...]struct {
	verdict Verdict
	code    int
}{
	{Internal, ExitInternal}, {Nondeterministic, ExitNondeterministic}, {BadScenario, ExitBadInput}, {Failed, ExitFail},
	{Vacuous, ExitVacuous}, {Undecided, ExitUnknown}, {Passed, ExitPass},
}

// conclude draws the verdict from checks, expectations, faults, mechanisms and budgets.
func (r *Report) conclude() {
	found := map[Verdict][]string{}
	add := func(v Verdict, format string, args ...any) { found[v] = append(found[v], fmt.Sprintf(format, args...)) }
	if r.Result.Exhausted != nil {
		for _, reason := range exhaustionText(r.Result.Exhausted) {
			add(Undecided, "%s", reason)
		}
	}
	for i := range r.Checks {
		r.concludeCheck(&r.Checks[i], add)
	}
	for _, c := range r.Expectations {
		if !c.Holds && r.Result.Exhausted == nil { // nobody knows what they would have come to
			add(Failed, "expected %s, got %s", c.Text, c.Got)
		}
	}
	for i := range r.Result.Invariants {
		if v := &r.Result.Invariants[i]; v.Broken > 0 {
			add(Failed, "invariant %s is broken %s, first %s", v.Name, counted(v.Broken, "time", "times"), breachText(&v.First))
		}
	}
	r.concludeLiveness(add)
	r.concludeVacuity(add)
	for _, s := range severity {
		if len(found[s.verdict]) == 0 && s.verdict != Passed {
			continue
		}
		if r.Verdict == "" {
			r.Verdict, r.ExitCode = s.verdict, s.code
		}
		r.Reasons = append(r.Reasons, found[s.verdict]...)
	}
}

func (r *Report) concludeCheck(c *analysis.Result, add func(Verdict, string, ...any)) {
	spec := r.spec(c.Check)
	switch {
	case spec == nil:
	case r.Result.Exhausted != nil && (c.Verdict != analysis.Invalid || c.Want != analysis.WantValid): // the rest of the run could say otherwise
	case c.Verdict == analysis.NotApplicable && spec.Named:
		add(BadScenario, "check %s cannot be answered: %s", c.Name(), c.Reason)
	case c.Verdict == analysis.NotApplicable:
	case c.Met() == analysis.Unknown && spec.Unknown != scenarios.UnknownAllow:
		add(Undecided, "check %s is undecided: %s", c.Name(), c.Reason)
	case c.Met() == analysis.Invalid:
		add(Failed, "check %s is %s, wanted %s", c.Name(), c.Verdict, c.Want)
	}
}

// spec is what the plan says of a check, nil where it says nothing.
func (r *Report) spec(check string) *scenarios.CheckSpec {
	for i := range r.Plan.Checks {
		if r.Plan.Checks[i].Name == check {
			return &r.Plan.Checks[i]
		}
	}
	return nil
}

// concludeLiveness looks for what was to be back after the heal and is not.
func (r *Report) concludeLiveness(add func(Verdict, string, ...any)) {
	switch {
	case r.Result.Exhausted != nil:
	case r.Plan.Liveness == scenarios.LivenessAll && len(r.Result.NotBack) > 0:
		add(Failed, "%s never came back after the heal (liveness: all)", listed(r.Result.NotBack))
	case r.Plan.Liveness == scenarios.LivenessCore && len(r.Result.NoQuorum) > 0:
		add(Failed, "%s of the keys have no quorum after the heal, %s among them (liveness: core): %s never came back", thousands(int64(len(r.Result.NoQuorum))),
			r.Result.NoQuorum[0], listed(r.Result.NotBack))
	}
}

// concludeVacuity looks for what was asked for and had nothing to show: faults that a person scripted, mechanisms under requires.
func (r *Report) concludeVacuity(add func(Verdict, string, ...any)) {
	if r.Result.Exhausted != nil {
		return
	}
	for _, f := range r.Result.Faults {
		switch {
		case f.Drawn:
		case f.Refused != "":
			add(Vacuous, "fault %s could not begin: %s", f.Name, f.Refused)
		case !f.Began:
			add(Vacuous, "fault %s never began", f.Name)
		case f.Effects == 0:
			add(Vacuous, "fault %s had no effect (%s: 0)", f.Name, f.Effect)
		}
	}
	for _, name := range r.Plan.Requires {
		for _, m := range world.Mechanisms() {
			if m.Name == name && r.Result.Counter(m.Counter) == 0 {
				add(Vacuous, "required mechanism %s never acted (%s: 0)", name, m.Counter)
			}
		}
	}
	for i := range r.Checks {
		if c := &r.Checks[i]; c.Vacuous != "" && c.Want != analysis.WantReport && c.Met() == analysis.Valid && r.spec(c.Check) != nil && r.spec(c.Check).Named {
			add(Vacuous, "check %s had nothing to show: %s", c.Name(), c.Vacuous)
		}
	}
	if r.Result.History.Len() == 0 {
		add(Vacuous, "no client did anything")
	}
}
