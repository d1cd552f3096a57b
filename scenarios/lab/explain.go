package lab

import (
	"fmt"
	"slices"
	"strings"

	"dynamosim/analysis"
	"dynamosim/analysis/history"
	"dynamosim/scenarios"
	"dynamosim/sim/trace"
)

// ExplainOptions say what is to be explained, and how thoroughly. The zero value explains the first failed check by its first evidence.
type ExplainOptions struct {
	RunOptions
	Check     string         // "": the first that failed, else the first that is invalid
	Operation *int           // index in the history of an operation of the evidence; nil: any
	Redraws   int            // runs that are drawn again at each moment looked at; 0: as many as a run's length allows; below 0: none
	Redraw    func(done int) // told how many of them are done; nil: nobody
}

// Explanation is why a check is invalid: what happened to the operations of its evidence, found in the trace of the run.
type Explanation struct {
	Plan     *scenarios.Scenario
	Report   *Report
	Check    string // with the model, where it is judged under several
	Evidence analysis.Evidence
	Witness  analysis.Witness

	Story   []string         // sentences, in the order of what happened
	Faults  []Counterfactual // that stood between, and what the run is without them
	Turning *Turning         // nil: nobody asked

	records []trace.Record // those of the story, in order
	columns []int32        // processes that have a part in it
	names   processNames
}

// Nothing is why there is nothing to explain.
type Nothing struct{ Text string }

func (e *Nothing) Error() string { return e.Text }

// Explain runs a plan, and then once more to see what led to the evidence of a failed check. A plan whose checks are all valid ends with a
// *Nothing.
func Explain(plan *scenarios.Scenario, opts ExplainOptions) (*Explanation, error) {
	quiet := opts.RunOptions
	plan, err := opts.asking(plan)
	if err != nil {
		return nil, err
	}
	report, err := Run(plan, quiet)
	if err != nil {
		return nil, err
	}
	e := &Explanation{Plan: plan, Report: report}
	result, err := e.choose(&opts)
	if err != nil {
		return nil, err
	}
	subject := report.subject
	if m, err := history.ParseModel(result.As); err == nil {
		subject = subject.Under(m)
	} else if spec := report.spec(result.Check); spec != nil && spec.Model != "" {
		if m, err := history.ParseModel(spec.Model); err == nil {
			subject = subject.Under(m)
		}
	}
	var named bool
	if e.Witness, named = subject.Witness(&e.Evidence); !named {
		return nil, &Nothing{fmt.Sprintf("the evidence of %s names no operation whose way could be followed: %s", e.Check, e.Evidence.Text)}
	}
	c, err := follow(plan, e.Evidence.Key, quiet)
	if err != nil {
		return nil, err
	}
	e.names.set(c.names)
	t := &teller{e: e, c: c, s: subject, h: report.Result.History, w: e.Witness, shown: map[uint64]bool{}, usurper: history.NoVersion}
	t.tell()
	e.Story, e.records, e.columns = t.sentences, t.records(), t.columns()
	if opts.Redraws >= 0 {
		if err := e.retry(t, &opts); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// asking is the plan with the check that is to be explained among its checks.
func (o *ExplainOptions) asking(plan *scenarios.Scenario) (*scenarios.Scenario, error) {
	named := slices.ContainsFunc(plan.Checks, func(c scenarios.CheckSpec) bool { return c.Name == o.Check })
	if o.Check == "" || named {
		return plan, nil
	}
	if _, ok := analysis.FindCheck(o.Check); !ok {
		var names []string
		for _, c := range analysis.Checks() {
			names = append(names, c.Name)
		}
		return nil, &BadInput{Unknown("check", o.Check, names)}
	}
	with := *plan
	with.Checks = append(slices.Clip(plan.Checks), scenarios.CheckSpec{Name: o.Check, Want: scenarios.WantReport})
	return &with, nil
}

// choose finds the check and the evidence that are wanted.
func (e *Explanation) choose(o *ExplainOptions) (*analysis.Result, error) {
	checks := e.Report.Checks
	var best *analysis.Result
	for i := range checks {
		c := &checks[i]
		if c.Verdict != analysis.Invalid || o.Check != "" && c.Check != o.Check || e.evidenceOf(c, o.Operation) == nil {
			continue
		}
		if best == nil || best.Met() != analysis.Invalid && c.Met() == analysis.Invalid {
			best = c
		}
	}
	if best == nil {
		return nil, e.nothing(o)
	}
	e.Check, e.Evidence = best.Name(), *e.evidenceOf(best, o.Operation)
	return best, nil
}

// evidenceOf is the evidence of a result that an operation is part of; the first that names operations, if none is asked for.
func (e *Explanation) evidenceOf(r *analysis.Result, operation *int) *analysis.Evidence {
	i := slices.IndexFunc(r.Evidence, func(x analysis.Evidence) bool {
		return len(x.Operations) > 0 && (operation == nil || slices.Contains(x.Operations, *operation))
	})
	if i < 0 {
		return nil
	}
	return &r.Evidence[i]
}

func (e *Explanation) nothing(o *ExplainOptions) error {
	for i := range e.Report.Checks {
		c := &e.Report.Checks[i]
		switch {
		case o.Check == "" || c.Check != o.Check:
		case c.Verdict == analysis.Invalid && o.Operation != nil:
			return &Nothing{fmt.Sprintf("the evidence of check %s names no operation %d", c.Name(), *o.Operation)}
		default:
			return &Nothing{fmt.Sprintf("check %s is %s in this run", c.Name(), c.Verdict)}
		}
	}
	if o.Operation != nil {
		return &Nothing{fmt.Sprintf("no invalid check of this run has operation %d for evidence", *o.Operation)}
	}
	return &Nothing{"no check of this run is invalid with operations for evidence"}
}

// checkName is the check without the model that it was judged by.
func (e *Explanation) checkName() string {
	name, _, _ := strings.Cut(e.Check, " ")
	return name
}
